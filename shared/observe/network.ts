import {
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcEndpointServicesCommand,
  DescribeVpcsCommand,
  type EC2Client,
  type NetworkInterface,
  paginateDescribeVpcEndpoints,
  type SecurityGroup,
  type VpcEndpoint,
} from '@aws-sdk/client-ec2';
import { errorName } from '../errors.ts';
import type { EndpointInputs, EndpointState, NetworkState } from '../plan/observed.ts';
import type { NetworkRule } from '../policy/rules.ts';
import { normalizeName } from '../records/names.ts';
import { OWNER_TAG } from '../tags.ts';

/** Without `.requests` it is App Runner's control plane (docs/facts.md#endpoint-service-name). */
export function endpointServiceName(region: string): string {
  return `com.amazonaws.${region}.apprunner.requests`;
}

export interface NetworkScope extends NetworkRule {
  /** 12 digits: the service's own. */
  readonly account: string;
  readonly region: string;
  readonly ownerTag: string;
}

/** The VPC's App Runner endpoints, or the inputs for a new one. */
export async function observeNetwork(ec2: EC2Client, scope: NetworkScope): Promise<NetworkState> {
  const { vpcId } = scope;
  const endpoints = await observeEndpoints(ec2, scope);
  const living = endpoints.filter(({ state }) => state !== 'deleted');
  if (living.length > 0) return { vpcId, vpcFound: true, endpoints: living, endpointInputs: undefined };
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
    vpc: { ownerId, dnsSupport: EnableDnsSupport?.Value !== false },
    endpoints: [],
    endpointInputs: await observeMaterials(ec2, scope, cidrs),
  };
}

async function observeEndpoints(ec2: EC2Client, scope: NetworkScope): Promise<readonly EndpointState[]> {
  const endpoints: VpcEndpoint[] = [];
  const filters = [
    { Name: 'vpc-id', Values: [scope.vpcId] },
    { Name: 'service-name', Values: [endpointServiceName(scope.region)] },
  ];
  for await (const page of paginateDescribeVpcEndpoints({ client: ec2 }, { Filters: filters })) {
    endpoints.push(...(page.VpcEndpoints ?? []));
  }
  const interfaces = await describeInterfaces(
    ec2,
    endpoints.flatMap(({ NetworkInterfaceIds = [] }) => NetworkInterfaceIds),
  );
  const groups = await describeGroups(
    ec2,
    endpoints.flatMap(({ Groups = [] }) => Groups.map(({ GroupId = '' }) => GroupId)),
  );
  return endpoints.map((endpoint) => endpointState(endpoint, interfaces, groups, scope.ownerTag));
}

function endpointState(
  endpoint: VpcEndpoint,
  interfaces: readonly NetworkInterface[],
  groups: readonly SecurityGroup[],
  ownerTag: string,
): EndpointState {
  const own = interfaces.filter(({ NetworkInterfaceId = '' }) =>
    endpoint.NetworkInterfaceIds?.includes(NetworkInterfaceId),
  );
  const [regional] = endpoint.DnsEntries ?? [];
  return {
    id: endpoint.VpcEndpointId ?? '',
    // Lower case on the wire, capitalised in the model (docs/facts.md#endpoint-state-case).
    state: (endpoint.State ?? '').toLowerCase(),
    name:
      regional?.DnsName === undefined || regional.HostedZoneId === undefined
        ? undefined
        : { name: normalizeName(regional.DnsName), zoneId: regional.HostedZoneId },
    addresses: own.flatMap(({ PrivateIpAddress, Ipv6Addresses = [] }) => [
      ...(PrivateIpAddress === undefined ? [] : [PrivateIpAddress]),
      ...Ipv6Addresses.flatMap(({ Ipv6Address }) => (Ipv6Address === undefined ? [] : [Ipv6Address])),
    ]),
    interfaceCount: endpoint.NetworkInterfaceIds?.length ?? 0,
    allowsHttps: groups.some(
      (group) => endpoint.Groups?.some(({ GroupId }) => GroupId === group.GroupId) === true && allowsHttps(group),
    ),
    ours: endpoint.Tags?.some(({ Key, Value }) => Key === OWNER_TAG && Value === ownerTag) === true,
  };
}

/** Whether the group lets TCP 443 in from anywhere at all. */
export function allowsHttps({ IpPermissions = [] }: SecurityGroup): boolean {
  return IpPermissions.some(
    ({ IpProtocol, FromPort, ToPort, IpRanges, UserIdGroupPairs, PrefixListIds, Ipv6Ranges }) => {
      const https = IpProtocol === '-1' || (IpProtocol === 'tcp' && (FromPort ?? 0) <= 443 && 443 <= (ToPort ?? -1));
      return (
        https && [IpRanges, Ipv6Ranges, UserIdGroupPairs, PrefixListIds].some((sources) => (sources?.length ?? 0) > 0)
      );
    },
  );
}

async function describeInterfaces(ec2: EC2Client, ids: readonly string[]): Promise<readonly NetworkInterface[]> {
  if (ids.length === 0) return [];
  const { NetworkInterfaces = [] } = await ec2.send(
    new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'network-interface-id', Values: [...ids] }] }),
  );
  return NetworkInterfaces;
}

async function describeGroups(ec2: EC2Client, ids: readonly string[]): Promise<readonly SecurityGroup[]> {
  if (ids.length === 0) return [];
  const { SecurityGroups = [] } = await ec2.send(
    new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-id', Values: [...new Set(ids)] }] }),
  );
  return SecurityGroups;
}

/** The state of one endpoint as on the wire, in lower case; `deleted` when it is no longer found. */
export async function observeEndpointState(ec2: EC2Client, endpointId: string): Promise<string> {
  // By filter, not by id: an unknown id is then an empty answer and not an error to be interpreted.
  const filter = { Name: 'vpc-endpoint-id', Values: [endpointId] };
  for await (const page of paginateDescribeVpcEndpoints({ client: ec2 }, { Filters: [filter] })) {
    for (const { State } of page.VpcEndpoints ?? []) return (State ?? '').toLowerCase();
  }
  return 'deleted';
}

/** The VPC's owner and IPv4 ranges, or `undefined` when there is no such VPC. */
async function observeVpc(
  ec2: EC2Client,
  vpcId: string,
): Promise<{ readonly ownerId: string; readonly cidrs: readonly string[] } | undefined> {
  try {
    const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId] }));
    const [vpc] = Vpcs;
    if (vpc === undefined) return undefined;
    const associated = (vpc.CidrBlockAssociationSet ?? [])
      .filter(({ CidrBlockState }) => CidrBlockState?.State === 'associated')
      .flatMap(({ CidrBlock }) => (CidrBlock === undefined ? [] : [CidrBlock]));
    const cidrs = associated.length > 0 || vpc.CidrBlock === undefined ? associated : [vpc.CidrBlock];
    return { ownerId: vpc.OwnerId ?? '', cidrs };
  } catch (error) {
    if (['InvalidVpcID.NotFound', 'InvalidVpcID.Malformed'].includes(errorName(error))) return undefined;
    throw error;
  }
}

async function observeMaterials(
  ec2: EC2Client,
  scope: NetworkScope,
  cidrs: readonly string[],
): Promise<EndpointInputs> {
  const inVpc = { Name: 'vpc-id', Values: [scope.vpcId] };
  const [services, subnets, groups] = await Promise.all([
    ec2.send(new DescribeVpcEndpointServicesCommand({ ServiceNames: [endpointServiceName(scope.region)] })),
    ec2.send(new DescribeSubnetsCommand({ Filters: [inVpc] })),
    ec2.send(new DescribeSecurityGroupsCommand({ Filters: [inVpc] })),
  ]);
  const offeredZones = services.ServiceDetails?.[0]?.AvailabilityZones ?? [];
  // Configured subnets first, then by id, so that the choice is stable; one per zone
  // (docs/facts.md#one-subnet-per-zone).
  const byZone = new Map<string, string>();
  const candidates = (subnets.Subnets ?? [])
    .flatMap(({ SubnetId, AvailabilityZone }) =>
      SubnetId === undefined || AvailabilityZone === undefined ? [] : [{ id: SubnetId, zone: AvailabilityZone }],
    )
    .sort((a, b) => a.id.localeCompare(b.id));
  const given = candidates.filter(({ id }) => scope.subnetIds.includes(id));
  for (const { id, zone } of given.length > 0 ? given : candidates) {
    if (offeredZones.includes(zone) && !byZone.has(zone)) byZone.set(zone, id);
  }
  const usable = (groups.SecurityGroups ?? []).filter(allowsHttps);
  const givenGroups = usable.filter(({ GroupId = '' }) => scope.securityGroupIds.includes(GroupId));
  const ownGroups = usable.filter(({ Tags }) =>
    Tags?.some(({ Key, Value }) => Key === OWNER_TAG && Value === scope.ownerTag),
  );
  return {
    subnetIds: [...byZone.values()],
    offeredZones,
    securityGroupIds: (givenGroups.length > 0 ? givenGroups : ownGroups.slice(0, 1)).flatMap(({ GroupId }) =>
      GroupId === undefined ? [] : [GroupId],
    ),
    cidrs: scope.allowFrom.length > 0 ? scope.allowFrom : cidrs,
  };
}
