import type { Step } from './scenario.ts';

/** Steps that several scenarios begin or end with. */

const SERVICE_NAME = 'com.amazonaws.ap-northeast-1.apprunner.requests';

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
    operation: 'CreateVpcEndpoint',
    input: {
      VpcEndpointType: 'Interface',
      VpcId: '{other-vpc}',
      ServiceName: SERVICE_NAME,
      SubnetIds: ['{subnet-elsewhere}'],
      PrivateDnsEnabled: false,
    },
    as: { elsewhere: 'VpcEndpoint.VpcEndpointId' },
  },
  { do: 'advance', time: '1m' },
];

export const privateService: readonly Step[] = [
  { do: 'create-service', input: { NetworkConfiguration: { IngressConfiguration: { IsPubliclyAccessible: false } } } },
  { do: 'advance', time: '1m' },
];

/** Somebody's own endpoint in the VPC: `{theirs}`. */
export const endpointOfSomebody = {
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
