import type { Step } from './scenario.ts';

/** Steps that several scenarios begin or end with. */

const SERVICE_NAME = 'com.amazonaws.ap-northeast-1.apprunner.requests';

/** The rule by which the endpoint in the other VPC is open. */
export const httpsElsewhere = {
  GroupId: '{group-elsewhere}',
  IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.1.0.0/16' }] }],
};

/** Another VPC with an endpoint of its own: `{other-vpc}`, `{elsewhere}`. */
export const otherVpcWithEndpoint: readonly Step[] = [
  { do: 'call', operation: 'CreateVpc', input: { CidrBlock: '10.1.0.0/16' }, as: { 'other-vpc': 'Vpc.VpcId' } },
  {
    do: 'call',
    operation: 'CreateSubnet',
    input: { VpcId: '{other-vpc}', CidrBlock: '10.1.1.0/24', AvailabilityZone: 'ap-northeast-1a' },
    as: { 'subnet-elsewhere': 'Subnet.SubnetId' },
  },
  {
    do: 'call',
    operation: 'CreateSecurityGroup',
    input: { VpcId: '{other-vpc}', GroupName: 'https', Description: 'HTTPS from the VPC' },
    as: { 'group-elsewhere': 'GroupId' },
  },
  {
    do: 'call',
    operation: 'AuthorizeSecurityGroupIngress',
    input: httpsElsewhere,
  },
  {
    do: 'call',
    operation: 'CreateVpcEndpoint',
    input: {
      VpcEndpointType: 'Interface',
      VpcId: '{other-vpc}',
      ServiceName: SERVICE_NAME,
      SubnetIds: ['{subnet-elsewhere}'],
      SecurityGroupIds: ['{group-elsewhere}'],
      PrivateDnsEnabled: false,
    },
    as: { elsewhere: 'VpcEndpoint.VpcEndpointId' },
  },
  { do: 'advance', time: '1m' },
];

/** A VPC with IPv6 in two zones, which the private zone is associated with: `{dual-vpc}`. */
export const dualStackVpc: readonly Step[] = [
  {
    do: 'call',
    operation: 'CreateVpc',
    input: { CidrBlock: '10.6.0.0/16', AmazonProvidedIpv6CidrBlock: true },
    as: { 'dual-vpc': 'Vpc.VpcId', range: 'Vpc.Ipv6CidrBlockAssociationSet.0.Ipv6CidrBlock' },
  },
  {
    do: 'call',
    operation: 'AssociateVPCWithHostedZone',
    input: { HostedZoneId: '{private-zone}', VPC: { VPCId: '{dual-vpc}', VPCRegion: 'ap-northeast-1' } },
  },
  ...['a', 'c'].map(
    (zone, index): Step => ({
      do: 'call',
      operation: 'CreateSubnet',
      input: {
        VpcId: '{dual-vpc}',
        CidrBlock: `10.6.${index}.0/24`,
        Ipv6CidrBlock: `{ipv6-subnet range ${index}}`,
        AvailabilityZone: `ap-northeast-1${zone}`,
      },
      as: { [`dual-subnet-${zone}`]: 'Subnet.SubnetId' },
    }),
  ),
];

/** Such a VPC with its endpoint: `{dual}`. */
export const dualStackVpcWithEndpoint: readonly Step[] = [
  ...dualStackVpc,
  {
    do: 'call',
    operation: 'CreateSecurityGroup',
    input: { GroupName: 'https', Description: 'HTTPS from the VPC', VpcId: '{dual-vpc}' },
    as: { 'dual-group': 'GroupId' },
  },
  {
    do: 'call',
    operation: 'AuthorizeSecurityGroupIngress',
    input: {
      GroupId: '{dual-group}',
      IpPermissions: [
        {
          IpProtocol: 'tcp',
          FromPort: 443,
          ToPort: 443,
          IpRanges: [{ CidrIp: '10.6.0.0/16' }],
          Ipv6Ranges: [{ CidrIpv6: '{range}' }],
        },
      ],
    },
  },
  {
    do: 'call',
    operation: 'CreateVpcEndpoint',
    input: {
      VpcEndpointType: 'Interface',
      VpcId: '{dual-vpc}',
      ServiceName: SERVICE_NAME,
      IpAddressType: 'dualstack',
      SubnetIds: ['{dual-subnet-a}', '{dual-subnet-c}'],
      SecurityGroupIds: ['{dual-group}'],
      PrivateDnsEnabled: false,
    },
    as: { dual: 'VpcEndpoint.VpcEndpointId' },
  },
  { do: 'advance', time: '1m' },
];

export const privateService: readonly Step[] = [
  { do: 'create-service', input: { NetworkConfiguration: { IngressConfiguration: { IsPubliclyAccessible: false } } } },
  { do: 'advance', time: '1m' },
];

/** An endpoint of another team in the VPC: `{theirs}`. */
export const foreignEndpoint = {
  do: 'call',
  operation: 'CreateVpcEndpoint',
  input: {
    VpcEndpointType: 'Interface',
    VpcId: '{vpc}',
    ServiceName: SERVICE_NAME,
    SubnetIds: ['{subnet}', '{other-subnet}'],
    SecurityGroupIds: ['{security-group}'],
    PrivateDnsEnabled: false,
  },
  as: { theirs: 'VpcEndpoint.VpcEndpointId' },
} satisfies Step;

export const disabled = { do: 'tag', tags: { 'private-ingress': 'disabled' } } as const;
export const detached = { do: 'until', phase: 'detached' } as const;
export const deleted = { do: 'call', operation: 'DeleteService', input: { ServiceArn: '{service}' } } as const;
/** The endpoint is never deleted by the machine. */
export const unused = [{ code: 'endpoint-unused', says: 'USD a month' }] as const;
export const endpointDeleted: readonly Step[] = [
  { do: 'call', operation: 'DeleteVpcEndpoints', input: { VpcEndpointIds: ['{endpoint}'] } },
  { do: 'advance', time: '1m' },
  { do: 'sweep' },
];
