import {
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  type EC2Client,
  paginateDescribeVpcEndpoints,
  type SecurityGroup,
  type VpcEndpoint,
} from '@aws-sdk/client-ec2';
import { errorName } from '../../../shared/errors.ts';
import {
  describeEndpointService,
  describeGroups,
  describeSubnets,
  endpointServiceName,
} from '../../../shared/observe/network.ts';
import { httpsAccess, httpsSources, ruleSources } from '../../../shared/observe/security-groups.ts';

export interface SubnetFacts {
  readonly id: string;
  /** `ap-northeast-1a` */
  readonly zone: string;
  /** `10.0.22.0/24` */
  readonly cidr: string;
}

export interface GroupFacts {
  readonly id: string;
  /** TCP 443 in, from anywhere at all. */
  readonly httpsIn: boolean;
  /** TCP 443 out, to anywhere at all. DNS of the VPC's own resolver is not subject to security groups (documented). */
  readonly httpsOut: boolean;
}

export interface EndpointFacts {
  readonly id: string;
  /** `com.amazonaws.<region>.apprunner.requests` */
  readonly service: string;
  readonly type: string;
  /** Lower case (docs/facts.md#endpoint-state-case). */
  readonly state: string;
  readonly privateDns: boolean;
  readonly subnetIds: readonly string[];
  readonly groupIds: readonly string[];
}

/** The VPC that services are to be reached from, as the caller sees it. */
export type VpcFacts =
  | { readonly kind: 'none' }
  | { readonly kind: 'elsewhere'; readonly ownerId: string }
  | {
      readonly kind: 'own';
      readonly dnsSupport: boolean;
      readonly cidrs: readonly string[];
      readonly endpoints: readonly EndpointFacts[];
      /** Zones that App Runner's endpoint service is offered in. */
      readonly offeredZones: readonly string[];
      readonly subnets: readonly SubnetFacts[];
      readonly groups: readonly GroupFacts[];
    };

export async function askVpc(client: EC2Client, vpcId: string, account: string, region: string): Promise<VpcFacts> {
  const vpc = await describeVpc(client, vpcId);
  if (vpc === undefined) return { kind: 'none' };
  if (vpc.OwnerId !== account) return { kind: 'elsewhere', ownerId: vpc.OwnerId ?? '' };
  const Filters = [{ Name: 'vpc-id', Values: [vpcId] }];
  const [dns, service, subnets, groups, endpoints] = await Promise.all([
    client.send(new DescribeVpcAttributeCommand({ VpcId: vpcId, Attribute: 'enableDnsSupport' })),
    describeEndpointService(client, endpointServiceName(region)),
    describeSubnets(client, Filters),
    describeGroups(client, Filters),
    describeEndpoints(client, vpcId),
  ]);
  const associated = (vpc.CidrBlockAssociationSet ?? []).flatMap(({ CidrBlock }) => CidrBlock ?? []);
  const cidrs = associated.length > 0 ? associated : [vpc.CidrBlock ?? ''];
  return {
    kind: 'own',
    dnsSupport: dns.EnableDnsSupport?.Value !== false,
    cidrs,
    endpoints: endpoints.map(endpointFacts).filter(({ state }) => state !== 'deleted' && state !== 'deleting'),
    offeredZones: service?.AvailabilityZones ?? [],
    subnets: subnets.map(({ SubnetId = '', AvailabilityZone = '', CidrBlock = '' }) => ({
      id: SubnetId,
      zone: AvailabilityZone,
      cidr: CidrBlock,
    })),
    groups: await Promise.all(
      groups.map(async (group) => ({
        id: group.GroupId ?? '',
        // Members of another group are not counted: that a rule names it is enough here.
        httpsIn: (await httpsAccess([group], cidrs, { ...ruleSources(client), haveMembers: async () => true }))
          .allowsHttps,
        httpsOut: letsHttpsOut(group),
      })),
    ),
  };
}

async function describeVpc(client: EC2Client, vpcId: string) {
  try {
    const { Vpcs: [vpc] = [] } = await client.send(new DescribeVpcsCommand({ VpcIds: [vpcId] }));
    return vpc;
  } catch (error) {
    if (errorName(error) === 'InvalidVpcID.NotFound') return undefined;
    throw error;
  }
}

async function describeEndpoints(client: EC2Client, vpcId: string): Promise<readonly VpcEndpoint[]> {
  const found: VpcEndpoint[] = [];
  const Filters = [{ Name: 'vpc-id', Values: [vpcId] }];
  for await (const { VpcEndpoints = [] } of paginateDescribeVpcEndpoints({ client }, { Filters }))
    found.push(...VpcEndpoints);
  return found;
}

const endpointFacts = (endpoint: VpcEndpoint): EndpointFacts => ({
  id: endpoint.VpcEndpointId ?? '',
  service: endpoint.ServiceName ?? '',
  type: endpoint.VpcEndpointType ?? '',
  state: (endpoint.State ?? '').toLowerCase(),
  privateDns: endpoint.PrivateDnsEnabled === true,
  subnetIds: endpoint.SubnetIds ?? [],
  groupIds: (endpoint.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
});

/** Rules out are read as rules in are. */
const letsHttpsOut = ({ IpPermissionsEgress }: SecurityGroup): boolean =>
  Object.values(httpsSources({ IpPermissions: IpPermissionsEgress })).some((targets) => targets.length > 0);
