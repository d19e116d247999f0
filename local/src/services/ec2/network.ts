import type { Tag } from '@aws-sdk/client-ec2';
import { AwsError } from '../../wire/errors.ts';
import type { EndpointView } from '../../world.ts';
import type { AddressBlock } from './address-block.ts';
import { type PageRequest, page } from './pages.ts';
import type { AvailabilityZone } from './regions.ts';

/** A service that interface endpoints can be made for. */
export interface EndpointService {
  /** `com.amazonaws.ap-northeast-1.apprunner.requests`. */
  readonly name: string;
  readonly region: string;
  /** What stands between `vpce-<id>-<suffix>.` and `.<region>.vpce.amazonaws.com`. */
  readonly dnsLabel: string;
  /** The name that private DNS would take over; the one for requests has none (docs/facts.md#endpoint-service-name). */
  readonly privateDnsName?: string;
  /**
   * Whether a second endpoint in the same VPC is refused even without private DNS, and over which domain.
   * One user got "a conflicting DNS domain" for App Runner (captured); the exact words for this service are unknown.
   */
  readonly exclusiveDomain?: string;
}

export interface VpcRecord {
  readonly vpcId: string;
  readonly block: AddressBlock;
  /** An Amazon-provided /56. */
  readonly ipv6Block: AddressBlock | undefined;
  readonly tenancy: 'default' | 'dedicated' | 'host';
  readonly defaultGroupId: string;
  dnsSupport: boolean;
  dnsHostnames: boolean;
}

export interface SubnetRecord {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly block: AddressBlock;
  /** A /64 of the VPC's block. */
  readonly ipv6Block: AddressBlock | undefined;
  readonly zone: AvailabilityZone;
}

/** One security group rule: one direction, one range of ports, one peer. */
export interface RuleRecord {
  readonly ruleId: string;
  readonly egress: boolean;
  /** `tcp`, `udp`, `icmp`, `icmpv6`, `-1` for everything, or a protocol number. */
  readonly protocol: string;
  /** Ports, or ICMP type and code; -1 for all. */
  readonly fromPort: number;
  readonly toPort: number;
  readonly peer:
    | { readonly kind: 'block'; readonly block: AddressBlock }
    | { readonly kind: 'group'; readonly groupId: string }
    | { readonly kind: 'prefix-list'; readonly prefixListId: string };
  readonly description: string | undefined;
}

export interface GroupRecord {
  readonly groupId: string;
  readonly groupName: string;
  readonly description: string;
  readonly vpcId: string;
  rules: readonly RuleRecord[];
}

export interface PrefixListRecord {
  readonly prefixListId: string;
  readonly entries: readonly { readonly block: AddressBlock; readonly description: string | undefined }[];
}

export interface InterfaceRecord {
  readonly networkInterfaceId: string;
  readonly endpointId: string;
  readonly subnet: SubnetRecord;
  /** Does not change while the endpoint lives (docs/facts.md#endpoint-addresses-are-stable). */
  readonly address: string;
  ipv6Address: string | undefined;
  readonly macAddress: string;
  readonly attachmentId: string;
  readonly createdAt: number;
}

export type AddressType = 'ipv4' | 'dualstack';
export type DnsRecordType = 'ipv4' | 'dualstack' | 'ipv6' | 'service-defined';

export interface EndpointRecord {
  readonly endpointId: string;
  /** The 8 characters after the id in the endpoint's names. */
  readonly suffix: string;
  readonly service: EndpointService;
  readonly vpcId: string;
  readonly createdAt: number;
  state: EndpointView['state'];
  /** Set by a test or a person: the state stays as it is. */
  forced: boolean;
  failure: { readonly code: string; readonly message: string } | undefined;
  ipAddressType: AddressType;
  dnsRecordType: DnsRecordType;
  /** Whether `DnsEntries` are listed and answered already. */
  named: boolean;
  privateDns: boolean;
  groupIds: readonly string[];
  interfaces: readonly InterfaceRecord[];
}

/** What a resource is called, by the prefix of its id. */
const kinds = {
  vpc: { type: 'vpc', code: 'InvalidVpcID', noun: 'vpc ID' },
  subnet: { type: 'subnet', code: 'InvalidSubnetID', noun: 'subnet ID' },
  sg: { type: 'security-group', code: 'InvalidGroup', malformed: 'InvalidGroupId', noun: 'security group' },
  sgr: { type: 'security-group-rule', code: 'InvalidSecurityGroupRuleId', noun: 'security group rule ID' },
  eni: {
    type: 'network-interface',
    code: 'InvalidNetworkInterfaceID',
    malformed: 'InvalidNetworkInterfaceId',
    noun: 'networkInterface ID',
  },
  pl: {
    type: 'prefix-list',
    code: 'InvalidPrefixListID',
    malformed: 'InvalidPrefixListId',
    noun: 'prefix list ID',
  },
  vpce: { type: 'vpc-endpoint', code: 'InvalidVpcEndpointId', noun: 'Vpc Endpoint Id' },
} as const;

export type Kind = keyof typeof kinds;
export type ResourceType = (typeof kinds)[Kind]['type'];

export const resourceType = (kind: Kind): ResourceType => kinds[kind].type;

/** Which kind of resource an id names, or `undefined` when it is of none that is imitated. */
export function kindOf(id: string): Kind | undefined {
  const prefix = id.slice(0, id.lastIndexOf('-'));
  return Object.hasOwn(kinds, prefix)
    ? // Own keys of `kinds` are all of `Kind`, and TypeScript does not conclude that.
      (prefix as Kind)
    : undefined;
}

export const notFound = (kind: Kind, id: string): AwsError =>
  new AwsError(`${kinds[kind].code}.NotFound`, `The ${kinds[kind].noun} '${id}' does not exist`);

/**
 * The codes are in https://docs.aws.amazon.com/ec2/latest/devguide/errors-overview.html, the message is captured.
 * @throws AwsError `InvalidGroupId.Malformed` and the like, for an id that no resource of the kind can have.
 */
function checkForm(kind: Kind, id: string): void {
  if (new RegExp(`^${kind}-[0-9a-z]+$`).test(id)) return;
  const { code, malformed = code } = { malformed: undefined, ...kinds[kind] };
  throw new AwsError(`${malformed}.Malformed`, `Invalid id: "${id}" (expecting "${kind}-...")`);
}

/** The EC2 of one account in one region. There is no default VPC: it begins empty. */
export class Ec2Network {
  readonly account: string;
  readonly region: string;
  readonly vpcs = new Map<string, VpcRecord>();
  readonly subnets = new Map<string, SubnetRecord>();
  readonly groups = new Map<string, GroupRecord>();
  readonly prefixLists = new Map<string, PrefixListRecord>();
  readonly endpoints = new Map<string, EndpointRecord>();
  /** Resource id → key → value. */
  readonly tags = new Map<string, Map<string, string>>();
  /** Client token of CreateVpcEndpoint → what it was used for. */
  readonly clientTokens = new Map<string, { readonly request: string; readonly endpoint: EndpointRecord }>();

  constructor(account: string, region: string) {
    this.account = account;
    this.region = region;
  }

  /** @throws AwsError `InvalidVpcID.NotFound` */
  vpc(id: string): VpcRecord {
    return found(this.vpcs, 'vpc', id);
  }

  /** @throws AwsError `InvalidSubnetID.NotFound` */
  subnet(id: string): SubnetRecord {
    return found(this.subnets, 'subnet', id);
  }

  /** @throws AwsError `InvalidGroup.NotFound` */
  group(id: string): GroupRecord {
    return found(this.groups, 'sg', id);
  }

  /** @throws AwsError `InvalidPrefixListID.NotFound` */
  prefixList(id: string): PrefixListRecord {
    return found(this.prefixLists, 'pl', id);
  }

  /** @throws AwsError `InvalidVpcEndpointId.NotFound` */
  endpoint(id: string): EndpointRecord {
    return found(this.endpoints, 'vpce', id);
  }

  interfaces(): readonly InterfaceRecord[] {
    return [...this.endpoints.values()].flatMap((endpoint) => endpoint.interfaces);
  }

  subnetsOf(vpcId: string): readonly SubnetRecord[] {
    return [...this.subnets.values()].filter((subnet) => subnet.vpcId === vpcId);
  }

  endpointsOf(vpcId: string): readonly EndpointRecord[] {
    return [...this.endpoints.values()].filter((endpoint) => endpoint.vpcId === vpcId);
  }

  has(kind: Kind, id: string): boolean {
    switch (kind) {
      case 'vpc':
        return this.vpcs.has(id);
      case 'subnet':
        return this.subnets.has(id);
      case 'sg':
        return this.groups.has(id);
      case 'sgr':
        return [...this.groups.values()].some((group) => group.rules.some((rule) => rule.ruleId === id));
      case 'eni':
        return this.interfaces().some((item) => item.networkInterfaceId === id);
      case 'pl':
        return this.prefixLists.has(id);
      case 'vpce':
        return this.endpoints.has(id);
    }
  }

  /** The tags of a resource, in the order of their keys. */
  tagsOf(id: string): Tag[] {
    return [...(this.tags.get(id) ?? [])]
      .map(([Key, Value]) => ({ Key, Value }))
      .sort((a, b) => (a.Key < b.Key ? -1 : 1));
  }

  arn(type: ResourceType, id: string): string {
    return `arn:aws:ec2:${this.region}:${this.account}:${type}/${id}`;
  }
}

function found<Item>(items: ReadonlyMap<string, Item>, kind: Kind, id: string): Item {
  checkForm(kind, id);
  const item = items.get(id);
  if (item === undefined) throw notFound(kind, id);
  return item;
}

/** Every account's network in every region; each comes into being when it is first asked for. */
export class Networks {
  readonly #networks = new Map<string, Ec2Network>();
  readonly #pageLimit: number;
  /** Accounts whose subnets of a VPC are shared with them, by VPC id. */
  readonly #shares = new Map<string, ReadonlySet<string>>();

  /** @param pageLimit how many items a page of a listing holds at most, whatever the caller asks for. */
  constructor(pageLimit = Number.POSITIVE_INFINITY) {
    this.#pageLimit = pageLimit;
  }

  /** One page of a listing: see `page`. */
  page<Item>(items: readonly Item[], input: PageRequest, bounds: { readonly clamp?: boolean } = {}) {
    return page(items, input, { ...bounds, limit: this.#pageLimit });
  }

  of(place: { readonly account: string; readonly region: string }): Ec2Network {
    const key = `${place.account} ${place.region}`;
    const network = this.#networks.get(key) ?? new Ec2Network(place.account, place.region);
    this.#networks.set(key, network);
    return network;
  }

  all(): readonly Ec2Network[] {
    return [...this.#networks.values()];
  }

  /** As RAM does for subnets: the VPC is described to the account too, as its owner's; what is in it is not (captured). */
  share(vpcId: string, account: string): void {
    this.#shares.set(vpcId, new Set([...(this.#shares.get(vpcId) ?? []), account]));
  }

  /** Networks of other accounts with the VPCs of theirs that are shared with this one. */
  sharedWith({
    account,
    region,
  }: {
    readonly account: string;
    readonly region: string;
  }): readonly [Ec2Network, VpcRecord][] {
    return this.all()
      .filter((network) => network.account !== account && network.region === region)
      .flatMap((network) =>
        [...network.vpcs.values()]
          .filter(({ vpcId }) => this.#shares.get(vpcId)?.has(account))
          .map((vpc): [Ec2Network, VpcRecord] => [network, vpc]),
      );
  }
}

/**
 * The records a Describe call is about: those of `ids`, or all.
 * @throws AwsError the kind's Malformed or NotFound for the first id that is not there.
 */
export function chosen<Item>(
  items: readonly Item[],
  ids: readonly string[] | undefined,
  kind: Kind,
  idOf: (item: Item) => string,
): readonly Item[] {
  if (ids === undefined || ids.length === 0) return items;
  for (const id of ids) {
    checkForm(kind, id);
    if (!items.some((item) => idOf(item) === id)) throw notFound(kind, id);
  }
  return items.filter((item) => ids.includes(idOf(item)));
}
