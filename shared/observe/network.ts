import {
  DescribeVpcAttributeCommand,
  DescribeVpcEndpointServicesCommand,
  type DescribeVpcEndpointServicesResult,
  DescribeVpcsCommand,
  type EC2Client,
  type Filter,
  type NetworkInterface,
  paginateDescribeNetworkInterfaces,
  paginateDescribeSecurityGroups,
  paginateDescribeSubnets,
  paginateDescribeVpcEndpoints,
  type SecurityGroup,
  type ServiceDetail,
  type Subnet,
  type VpcEndpoint,
} from '@aws-sdk/client-ec2';
import { errorName } from '../errors.ts';
import { endpointFingerprint } from '../plan/network.ts';
import type { EndpointInputs, EndpointState, NetworkState } from '../plan/observed.ts';
import type { NetworkRule } from '../policy/rules.ts';
import { normalizeName } from '../records/names.ts';
import { OWNER_TAG } from '../tags.ts';
import { said } from './said.ts';
import { asRange, httpsAccess, isOwnGroup, letsIn, missingRanges, ruleSources } from './security-groups.ts';

/** Without `.requests` it is App Runner's control plane (docs/facts.md#endpoint-service-name). */
export function endpointServiceName(region: string): string {
  return `com.amazonaws.${region}.apprunner.requests`;
}

export interface NetworkScope extends NetworkRule {
  /** 12 digits: the service's own. */
  readonly account: string;
  readonly region: string;
  readonly ownerTag: string;
  /** Whether no connection of the service leads to an endpoint: then only the state is asked of one that is pending. */
  readonly isUnused?: boolean;
}

/** The VPC's App Runner endpoints, or the inputs for a new one. */
export async function observeNetwork(ec2: EC2Client, scope: NetworkScope): Promise<NetworkState> {
  const { vpcId } = scope;
  const described = await describeEndpoints(ec2, scope);
  const living = described.filter((endpoint) => stateOf(endpoint) !== 'deleted');
  if (living.length > 0) {
    const endpoints = await observeEndpoints(ec2, scope, living);
    return { vpcId, vpcFound: true, endpoints, endpointInputs: undefined };
  }
  const vpc = await observeVpc(ec2, vpcId);
  if (vpc === undefined) return { vpcId, vpcFound: false, endpoints: [], endpointInputs: undefined };
  const { ownerId, cidrs } = vpc;
  if (ownerId !== scope.account) {
    // EC2 does not describe another account's VPC.
    return { vpcId, vpcFound: true, vpc: { ownerId, dnsSupport: true }, endpoints: [], endpointInputs: undefined };
  }
  const { EnableDnsSupport } = await ec2.send(
    new DescribeVpcAttributeCommand({ VpcId: vpcId, Attribute: 'enableDnsSupport' }),
  );
  return {
    vpcId,
    vpcFound: true,
    vpc: { ownerId, dnsSupport: said(EnableDnsSupport, 'DescribeVpcAttribute').Value !== false },
    endpoints: [],
    endpointInputs: await observeEndpointInputs(ec2, scope, cidrs),
  };
}

async function describeEndpoints(ec2: EC2Client, scope: NetworkScope): Promise<readonly VpcEndpoint[]> {
  const endpoints: VpcEndpoint[] = [];
  const filters = [
    { Name: 'vpc-id', Values: [scope.vpcId] },
    { Name: 'service-name', Values: [endpointServiceName(scope.region)] },
  ];
  for await (const page of paginateDescribeVpcEndpoints({ client: ec2 }, { Filters: filters })) {
    endpoints.push(...said(page.VpcEndpoints, 'DescribeVpcEndpoints'));
  }
  return endpoints;
}

async function observeEndpoints(
  ec2: EC2Client,
  scope: NetworkScope,
  endpoints: readonly VpcEndpoint[],
): Promise<readonly EndpointState[]> {
  const asked = endpoints.filter((endpoint) => scope.isUnused !== true || stateOf(endpoint) !== 'pending');
  const interfaceIds = asked.flatMap(({ NetworkInterfaceIds = [] }) => NetworkInterfaceIds);
  const groupIds = asked.flatMap(({ Groups = [] }) => Groups.flatMap(({ GroupId }) => GroupId ?? []));
  const [interfaces, groups] = await Promise.all([
    interfaceIds.length === 0 ? [] : describeInterfaces(ec2, [{ Name: 'network-interface-id', Values: interfaceIds }]),
    groupIds.length === 0 ? [] : describeGroups(ec2, [{ Name: 'group-id', Values: [...new Set(groupIds)] }]),
  ]);
  return Promise.all(
    endpoints.map(async (endpoint): Promise<EndpointState> => {
      const state = endpointState(endpoint, interfaces, scope.ownerTag);
      return asked.includes(endpoint)
        ? { ...state, ...(await observeAccess(ec2, scope, endpoint, state, groups)) }
        : state;
    }),
  );
}

/** Who reaches an endpoint. */
async function observeAccess(
  ec2: EC2Client,
  scope: NetworkScope,
  endpoint: VpcEndpoint,
  { addresses }: EndpointState,
  groups: readonly SecurityGroup[],
): Promise<Pick<EndpointState, 'allowsHttps' | 'unreadSources' | 'ownGroup'>> {
  const attached = groups.filter((group) => endpoint.Groups?.some(({ GroupId }) => GroupId === group.GroupId));
  const own = attached.find((group) => isOwnGroup(group, scope.ownerTag));
  // The endpoint's own addresses are of the VPC, too: its ranges are read only where a rule does not contain these.
  const isOpen = letsIn(attached, [...addresses.map(asRange), ...scope.allowFrom]);
  const needsRanges = !isOpen || (own !== undefined && scope.allowFrom.length === 0);
  const cidrs = needsRanges ? ((await observeVpc(ec2, scope.vpcId))?.cidrs ?? []) : [];
  return {
    ...(isOpen ? { allowsHttps: true } : await httpsAccess(attached, openTo(scope, cidrs), ruleSources(ec2))),
    ...(own?.GroupId === undefined
      ? {}
      : { ownGroup: { id: own.GroupId, missing: missingRanges(own, wantedRanges(scope, cidrs)) } }),
  };
}

/** What the group that the stack creates lets in. */
function wantedRanges({ allowFrom }: NetworkScope, cidrs: readonly string[]): readonly string[] {
  return allowFrom.length > 0 ? allowFrom : cidrs;
}

/** A group is open if it lets in addresses of the VPC, or of the ranges that the policy gives instead. */
function openTo({ allowFrom }: NetworkScope, cidrs: readonly string[]): readonly string[] {
  return [...cidrs, ...allowFrom];
}

/** Lower case on the wire, capitalised in the model (docs/facts.md#endpoint-state-case). */
function stateOf({ State }: VpcEndpoint): string {
  return (State ?? '').toLowerCase();
}

/** The regional name, once there is one: DNS entries may come later than the state `available`. */
function nameOf({ DnsEntries: [regional] = [] }: VpcEndpoint): EndpointState['name'] {
  return regional?.DnsName === undefined || regional.HostedZoneId === undefined
    ? undefined
    : { name: normalizeName(regional.DnsName), zoneId: regional.HostedZoneId };
}

function endpointState(
  endpoint: VpcEndpoint,
  interfaces: readonly NetworkInterface[],
  ownerTag: string,
): EndpointState {
  const own = interfaces.filter(({ NetworkInterfaceId = '' }) =>
    endpoint.NetworkInterfaceIds?.includes(NetworkInterfaceId),
  );
  return {
    id: endpoint.VpcEndpointId ?? '',
    state: stateOf(endpoint),
    name: nameOf(endpoint),
    isDualStack: endpoint.IpAddressType === 'dualstack',
    addresses: own.flatMap(({ PrivateIpAddress, Ipv6Addresses = [] }) => [
      ...(PrivateIpAddress === undefined ? [] : [PrivateIpAddress]),
      ...Ipv6Addresses.flatMap(({ Ipv6Address }) => (Ipv6Address === undefined ? [] : [Ipv6Address])),
    ]),
    interfaceCount: endpoint.NetworkInterfaceIds?.length ?? 0,
    ours: endpoint.Tags?.some(({ Key, Value }) => Key === OWNER_TAG && Value === ownerTag) === true,
  };
}

async function describeInterfaces(ec2: EC2Client, Filters: Filter[]): Promise<readonly NetworkInterface[]> {
  const found: NetworkInterface[] = [];
  for await (const { NetworkInterfaces } of paginateDescribeNetworkInterfaces({ client: ec2 }, { Filters })) {
    found.push(...said(NetworkInterfaces, 'DescribeNetworkInterfaces'));
  }
  return found;
}

export async function describeGroups(ec2: EC2Client, Filters: Filter[]): Promise<readonly SecurityGroup[]> {
  const found: SecurityGroup[] = [];
  for await (const { SecurityGroups } of paginateDescribeSecurityGroups({ client: ec2 }, { Filters })) {
    found.push(...said(SecurityGroups, 'DescribeSecurityGroups'));
  }
  return found;
}

export async function describeSubnets(ec2: EC2Client, Filters: Filter[]): Promise<readonly Subnet[]> {
  const found: Subnet[] = [];
  for await (const { Subnets } of paginateDescribeSubnets({ client: ec2 }, { Filters })) {
    found.push(...said(Subnets, 'DescribeSubnets'));
  }
  return found;
}

/** The endpoint service: one name has one entry, on whatever page. */
export async function describeEndpointService(ec2: EC2Client, name: string): Promise<ServiceDetail | undefined> {
  let NextToken: string | undefined;
  do {
    const page: DescribeVpcEndpointServicesResult = await ec2.send(
      new DescribeVpcEndpointServicesCommand({ ServiceNames: [name], NextToken }),
    );
    const [detail] = said(page.ServiceDetails, 'DescribeVpcEndpointServices');
    if (detail !== undefined) return detail;
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return undefined;
}

/** The fingerprint of one endpoint (`endpointFingerprint`); `deleted` when it is no longer found. */
export async function observeEndpointState(ec2: EC2Client, endpointId: string): Promise<string> {
  // By filter, not by id: an unknown id is then an empty answer and not an error to be interpreted.
  const filter = { Name: 'vpc-endpoint-id', Values: [endpointId] };
  for await (const page of paginateDescribeVpcEndpoints({ client: ec2 }, { Filters: [filter] })) {
    for (const endpoint of said(page.VpcEndpoints, 'DescribeVpcEndpoints'))
      return endpointFingerprint({ state: stateOf(endpoint), name: nameOf(endpoint) });
  }
  return 'deleted';
}

/** The VPC's owner and ranges of both families, or `undefined` when there is no such VPC. */
async function observeVpc(
  ec2: EC2Client,
  vpcId: string,
): Promise<{ readonly ownerId: string; readonly cidrs: readonly string[] } | undefined> {
  try {
    const { Vpcs } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId] }));
    const [vpc] = said(Vpcs, 'DescribeVpcs');
    if (vpc === undefined) return undefined;
    const associated = (vpc.CidrBlockAssociationSet ?? [])
      .filter(({ CidrBlockState }) => CidrBlockState?.State === 'associated')
      .flatMap(({ CidrBlock }) => (CidrBlock === undefined ? [] : [CidrBlock]));
    const ipv4 = associated.length > 0 || vpc.CidrBlock === undefined ? associated : [vpc.CidrBlock];
    const ipv6 = (vpc.Ipv6CidrBlockAssociationSet ?? [])
      .filter(({ Ipv6CidrBlockState }) => Ipv6CidrBlockState?.State === 'associated')
      .flatMap(({ Ipv6CidrBlock }) => Ipv6CidrBlock ?? []);
    const cidrs = [...ipv4, ...ipv6];
    return { ownerId: vpc.OwnerId ?? '', cidrs };
  } catch (error) {
    if (['InvalidVpcID.NotFound', 'InvalidVpcID.Malformed'].includes(errorName(error))) return undefined;
    throw error;
  }
}

async function observeEndpointInputs(
  ec2: EC2Client,
  scope: NetworkScope,
  cidrs: readonly string[],
): Promise<EndpointInputs> {
  const inVpc = [{ Name: 'vpc-id', Values: [scope.vpcId] }];
  const [service, subnets, groups] = await Promise.all([
    describeEndpointService(ec2, endpointServiceName(scope.region)),
    describeSubnets(ec2, inVpc),
    describeGroups(ec2, inVpc),
  ]);
  const offeredZones = service?.AvailabilityZones ?? [];
  const chosen = chooseSubnets(subnets, offeredZones, scope.subnetIds);
  const withIpv6 = chooseSubnets(subnets.filter(hasIpv6), offeredZones, scope.subnetIds);
  const lacking = [...chosen].filter(([zone]) => !withIpv6.has(zone)).map(([, id]) => id);
  const given = groups.filter(({ GroupId = '' }) => scope.securityGroupIds.includes(GroupId));
  const isOpen = async (group: SecurityGroup) =>
    (await httpsAccess([group], openTo(scope, cidrs), ruleSources(ec2))).allowsHttps;
  const areOpen = await Promise.all(given.map(isOpen));
  const usable = given.filter((_, index) => areOpen[index]);
  const own = groups.filter(
    (group) => isOwnGroup(group, scope.ownerTag) && missingRanges(group, wantedRanges(scope, cidrs)).length === 0,
  );
  return {
    subnetIds: [...chosen.values()],
    dualStack:
      service?.SupportedIpAddressTypes?.includes('ipv6') !== true
        ? { kind: 'impossible', why: 'the App Runner endpoint service does not take IPv6 in this region' }
        : lacking.length > 0
          ? { kind: 'impossible', why: `no IPv6 range in ${lacking.join(', ')}` }
          : { kind: 'possible', subnetIds: [...withIpv6.values()] },
    offeredZones,
    securityGroupIds: (usable.length > 0 ? usable : own.slice(0, 1)).flatMap(({ GroupId }) => GroupId ?? []),
    cidrs: wantedRanges(scope, cidrs),
  };
}

/** Given subnets first, then by id, so that the choice is stable; one per zone (docs/facts.md#one-subnet-per-zone). */
function chooseSubnets(
  subnets: readonly Subnet[],
  offeredZones: readonly string[],
  givenIds: readonly string[],
): ReadonlyMap<string, string> {
  const candidates = subnets
    .flatMap(({ SubnetId, AvailabilityZone }) =>
      SubnetId === undefined || AvailabilityZone === undefined ? [] : [{ id: SubnetId, zone: AvailabilityZone }],
    )
    .sort((a, b) => a.id.localeCompare(b.id));
  const given = candidates.filter(({ id }) => givenIds.includes(id));
  const byZone = new Map<string, string>();
  for (const { id, zone } of given.length > 0 ? given : candidates) {
    if (offeredZones.includes(zone) && !byZone.has(zone)) byZone.set(zone, id);
  }
  return byZone;
}

function hasIpv6({ Ipv6CidrBlockAssociationSet = [] }: Subnet): boolean {
  return Ipv6CidrBlockAssociationSet.some(({ Ipv6CidrBlockState }) => Ipv6CidrBlockState?.State === 'associated');
}
