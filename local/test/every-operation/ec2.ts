import * as sdk from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { given, type OperationSetting, REGION, type Rows } from './setting.ts';

const NO_VPC = 'vpc-00000000000000000';
const NO_SUBNET = 'subnet-00000000000000000';
const NO_GROUP = 'sg-00000000000000000';
const NO_ENDPOINT = 'vpce-00000000000000000';
const REQUESTS = `com.amazonaws.${REGION}.apprunner.requests`;

/** Creates the endpoint for App Runner; answers its id. */
export async function endpoint(setting: OperationSetting): Promise<string> {
  const { VpcEndpoint } = await createEndpoint(setting);
  return given(VpcEndpoint?.VpcEndpointId);
}

const createEndpoint = ({ ec2, network }: OperationSetting, VpcId = network.vpcId) =>
  ec2.send(
    new sdk.CreateVpcEndpointCommand({
      VpcId,
      VpcEndpointType: 'Interface',
      ServiceName: REQUESTS,
      SubnetIds: [...network.subnetIds],
      SecurityGroupIds: [network.securityGroupId],
      PrivateDnsEnabled: false,
    }),
  );

async function vpc({ ec2 }: OperationSetting): Promise<string> {
  const { Vpc } = await ec2.send(new sdk.CreateVpcCommand({ CidrBlock: '10.1.0.0/16' }));
  return given(Vpc?.VpcId);
}

const createSubnet = ({ ec2 }: OperationSetting, VpcId: string) =>
  ec2.send(new sdk.CreateSubnetCommand({ VpcId, CidrBlock: '10.1.1.0/24', AvailabilityZone: `${REGION}a` }));

const createGroup = ({ ec2 }: OperationSetting, VpcId: string) =>
  ec2.send(new sdk.CreateSecurityGroupCommand({ VpcId, GroupName: 'more', Description: 'more' }));

const HTTP = {
  IpProtocol: 'tcp',
  FromPort: 80,
  ToPort: 80,
  IpRanges: [{ CidrIp: '10.0.0.0/16' }],
} satisfies sdk.IpPermission;

const authorizeIngress = ({ ec2, network }: OperationSetting, GroupId = network.securityGroupId) =>
  ec2.send(new sdk.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [HTTP] }));

const authorizeEgress = ({ ec2, network }: OperationSetting, GroupId = network.securityGroupId) =>
  ec2.send(new sdk.AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: [HTTP] }));

const createPrefixList = ({ ec2 }: OperationSetting, PrefixListName = 'offices') =>
  ec2.send(
    new sdk.CreateManagedPrefixListCommand({
      PrefixListName,
      MaxEntries: 2,
      AddressFamily: 'IPv4',
      Entries: [{ Cidr: '10.0.0.0/16' }],
    }),
  );

const entriesOf = ({ ec2 }: OperationSetting, PrefixListId: string) =>
  ec2.send(new sdk.GetManagedPrefixListEntriesCommand({ PrefixListId }));

export const ec2Rows: Rows = {
  CreateManagedPrefixList: {
    call: (s) => createPrefixList(s),
    answer: { PrefixList: { PrefixListId: expect.stringMatching(/^pl-/), MaxEntries: 2, Version: 1 } },
    refused: { call: (s) => createPrefixList(s, 'com.amazonaws.mine'), by: 'InvalidParameterValue' },
  },
  GetManagedPrefixListEntries: {
    call: async (s) => entriesOf(s, given((await createPrefixList(s)).PrefixList?.PrefixListId)),
    answer: { Entries: [{ Cidr: '10.0.0.0/16' }] },
    refused: { call: (s) => entriesOf(s, 'pl-00000000000000000'), by: 'InvalidPrefixListID.NotFound' },
  },
  DescribeAvailabilityZones: {
    call: ({ ec2 }) => ec2.send(new sdk.DescribeAvailabilityZonesCommand({ ZoneNames: [`${REGION}a`] })),
    answer: { AvailabilityZones: [{ ZoneName: `${REGION}a`, State: 'available' }] },
    refused: {
      call: ({ ec2 }) => ec2.send(new sdk.DescribeAvailabilityZonesCommand({ ZoneNames: ['nowhere-1a'] })),
      by: 'InvalidParameterValue',
    },
  },
  DescribeRegions: {
    call: ({ ec2 }) => ec2.send(new sdk.DescribeRegionsCommand({ RegionNames: [REGION] })),
    answer: { Regions: [{ RegionName: REGION }] },
    refused: {
      call: ({ ec2 }) => ec2.send(new sdk.DescribeRegionsCommand({ RegionNames: ['nowhere-1'] })),
      by: 'InvalidParameterValue',
    },
  },
  CreateVpc: {
    call: ({ ec2 }) => ec2.send(new sdk.CreateVpcCommand({ CidrBlock: '10.1.0.0/16' })),
    answer: { Vpc: { CidrBlock: '10.1.0.0/16' } },
    refused: {
      call: ({ ec2 }) => ec2.send(new sdk.CreateVpcCommand({ CidrBlock: '10.1.0.0/8' })),
      by: 'InvalidVpc.Range',
    },
  },
  DescribeVpcs: {
    call: ({ ec2, network }) => ec2.send(new sdk.DescribeVpcsCommand({ VpcIds: [network.vpcId] })),
    answer: { Vpcs: [{ CidrBlock: '10.0.0.0/16' }] },
    refused: {
      call: ({ ec2 }) => ec2.send(new sdk.DescribeVpcsCommand({ VpcIds: [NO_VPC] })),
      by: 'InvalidVpcID.NotFound',
    },
  },
  DescribeVpcAttribute: {
    call: ({ ec2, network }) =>
      ec2.send(new sdk.DescribeVpcAttributeCommand({ VpcId: network.vpcId, Attribute: 'enableDnsHostnames' })),
    answer: { EnableDnsHostnames: { Value: true } },
    refused: {
      call: ({ ec2 }) =>
        ec2.send(new sdk.DescribeVpcAttributeCommand({ VpcId: NO_VPC, Attribute: 'enableDnsHostnames' })),
      by: 'InvalidVpcID.NotFound',
    },
  },
  ModifyVpcAttribute: {
    call: ({ ec2, network }) =>
      ec2.send(new sdk.ModifyVpcAttributeCommand({ VpcId: network.vpcId, EnableDnsSupport: { Value: true } })),
    refused: {
      call: ({ ec2, network }) => ec2.send(new sdk.ModifyVpcAttributeCommand({ VpcId: network.vpcId })),
      by: 'InvalidParameterCombination',
    },
  },
  DeleteVpc: {
    call: async (s) => s.ec2.send(new sdk.DeleteVpcCommand({ VpcId: await vpc(s) })),
    refused: {
      call: ({ ec2, network }) => ec2.send(new sdk.DeleteVpcCommand({ VpcId: network.vpcId })),
      by: 'DependencyViolation',
    },
  },
  CreateSubnet: {
    call: async (s) => createSubnet(s, await vpc(s)),
    answer: { Subnet: { CidrBlock: '10.1.1.0/24', AvailabilityZone: `${REGION}a` } },
    refused: { call: (s) => createSubnet(s, s.network.vpcId), by: 'InvalidSubnet.Range' },
  },
  DescribeSubnets: {
    call: ({ ec2, network }) => ec2.send(new sdk.DescribeSubnetsCommand({ SubnetIds: [...network.subnetIds] })),
    answer: { Subnets: [{ State: 'available' }, { State: 'available' }] },
    refused: {
      call: ({ ec2 }) => ec2.send(new sdk.DescribeSubnetsCommand({ SubnetIds: [NO_SUBNET] })),
      by: 'InvalidSubnetID.NotFound',
    },
  },
  DeleteSubnet: {
    call: async (s) => {
      const { Subnet } = await createSubnet(s, await vpc(s));
      return s.ec2.send(new sdk.DeleteSubnetCommand({ SubnetId: Subnet?.SubnetId }));
    },
    refused: {
      call: ({ ec2 }) => ec2.send(new sdk.DeleteSubnetCommand({ SubnetId: NO_SUBNET })),
      by: 'InvalidSubnetID.NotFound',
    },
  },
  CreateSecurityGroup: {
    call: (s) => createGroup(s, s.network.vpcId),
    answer: { GroupId: expect.stringMatching(/^sg-/) },
    refused: { call: (s) => createGroup(s, NO_VPC), by: 'InvalidVpcID.NotFound' },
  },
  DescribeSecurityGroups: {
    call: ({ ec2, network }) =>
      ec2.send(new sdk.DescribeSecurityGroupsCommand({ GroupIds: [network.securityGroupId] })),
    answer: { SecurityGroups: [{ GroupName: 'https-from-vpc', IpPermissions: [{ FromPort: 443 }] }] },
    refused: {
      call: ({ ec2 }) => ec2.send(new sdk.DescribeSecurityGroupsCommand({ GroupIds: [NO_GROUP] })),
      by: 'InvalidGroup.NotFound',
    },
  },
  DescribeSecurityGroupRules: {
    call: ({ ec2, network }) =>
      ec2.send(
        new sdk.DescribeSecurityGroupRulesCommand({
          Filters: [{ Name: 'group-id', Values: [network.securityGroupId] }],
        }),
      ),
    answer: { SecurityGroupRules: expect.arrayContaining([expect.objectContaining({ FromPort: 443 })]) },
    refused: {
      call: ({ ec2 }) =>
        ec2.send(new sdk.DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'colour', Values: ['blue'] }] })),
      by: 'InvalidParameterValue',
    },
  },
  AuthorizeSecurityGroupIngress: {
    call: authorizeIngress,
    answer: { Return: true, SecurityGroupRules: [{ IsEgress: false, FromPort: 80 }] },
    refused: { call: (s) => authorizeIngress(s, NO_GROUP), by: 'InvalidGroup.NotFound' },
  },
  AuthorizeSecurityGroupEgress: {
    call: authorizeEgress,
    answer: { Return: true, SecurityGroupRules: [{ IsEgress: true, FromPort: 80 }] },
    refused: { call: (s) => authorizeEgress(s, NO_GROUP), by: 'InvalidGroup.NotFound' },
  },
  RevokeSecurityGroupIngress: {
    call: async (s) => {
      await authorizeIngress(s);
      const GroupId = s.network.securityGroupId;
      return s.ec2.send(new sdk.RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: [HTTP] }));
    },
    answer: { Return: true },
    refused: {
      call: ({ ec2, network }) =>
        ec2.send(
          new sdk.RevokeSecurityGroupIngressCommand({ GroupId: network.securityGroupId, IpPermissions: [HTTP] }),
        ),
      by: 'InvalidPermission.NotFound',
    },
  },
  RevokeSecurityGroupEgress: {
    call: async (s) => {
      await authorizeEgress(s);
      const GroupId = s.network.securityGroupId;
      return s.ec2.send(new sdk.RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: [HTTP] }));
    },
    answer: { Return: true },
    refused: {
      call: ({ ec2, network }) =>
        ec2.send(new sdk.RevokeSecurityGroupEgressCommand({ GroupId: network.securityGroupId, IpPermissions: [HTTP] })),
      by: 'InvalidPermission.NotFound',
    },
  },
  DeleteSecurityGroup: {
    call: async (s) => {
      const { GroupId } = await createGroup(s, s.network.vpcId);
      return s.ec2.send(new sdk.DeleteSecurityGroupCommand({ GroupId }));
    },
    refused: {
      call: ({ ec2 }) => ec2.send(new sdk.DeleteSecurityGroupCommand({ GroupId: NO_GROUP })),
      by: 'InvalidGroup.NotFound',
    },
  },
  CreateVpcEndpoint: {
    call: (s) => createEndpoint(s),
    // Lower case on the wire, capitalised in the model (docs/facts.md#endpoint-state-case).
    answer: { VpcEndpoint: { ServiceName: REQUESTS, State: 'pending' } },
    refused: { call: (s) => createEndpoint(s, NO_VPC), by: 'InvalidVpcID.NotFound' },
  },
  DescribeVpcEndpoints: {
    call: async (s) => {
      const id = await endpoint(s);
      await s.clock.advance(10_000);
      return s.ec2.send(new sdk.DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    },
    answer: { VpcEndpoints: [{ State: 'available', DnsEntries: expect.any(Array) }] },
    refused: {
      call: ({ ec2 }) => ec2.send(new sdk.DescribeVpcEndpointsCommand({ VpcEndpointIds: [NO_ENDPOINT] })),
      by: 'InvalidVpcEndpointId.NotFound',
    },
  },
  ModifyVpcEndpoint: {
    call: async (s) => {
      const VpcEndpointId = await endpoint(s);
      await s.clock.advance(10_000);
      const { GroupId } = await createGroup(s, s.network.vpcId);
      return s.ec2.send(new sdk.ModifyVpcEndpointCommand({ VpcEndpointId, AddSecurityGroupIds: [given(GroupId)] }));
    },
    answer: { Return: true },
    refused: {
      call: ({ ec2 }) => ec2.send(new sdk.ModifyVpcEndpointCommand({ VpcEndpointId: NO_ENDPOINT })),
      by: 'InvalidVpcEndpointId.NotFound',
    },
  },
  DeleteVpcEndpoints: {
    call: async (s) => s.ec2.send(new sdk.DeleteVpcEndpointsCommand({ VpcEndpointIds: [await endpoint(s)] })),
    answer: { Unsuccessful: [] },
  },
  DescribeVpcEndpointServices: {
    call: ({ ec2 }) => ec2.send(new sdk.DescribeVpcEndpointServicesCommand({ ServiceNames: [REQUESTS] })),
    answer: { ServiceNames: [REQUESTS], ServiceDetails: [{ AvailabilityZones: expect.any(Array) }] },
    refused: {
      call: ({ ec2 }) => ec2.send(new sdk.DescribeVpcEndpointServicesCommand({ ServiceNames: ['nothing'] })),
      by: 'InvalidServiceName',
    },
  },
  DescribeNetworkInterfaces: {
    call: async (s) => {
      await endpoint(s);
      await s.clock.advance(10_000);
      return s.ec2.send(new sdk.DescribeNetworkInterfacesCommand({}));
    },
    answer: {
      NetworkInterfaces: expect.arrayContaining([expect.objectContaining({ PrivateIpAddress: '10.0.22.10' })]),
    },
    refused: {
      call: ({ ec2 }) =>
        ec2.send(new sdk.DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: ['eni-00000000000000000'] })),
      by: 'InvalidNetworkInterfaceID.NotFound',
    },
  },
  CreateTags: {
    call: ({ ec2, network }) =>
      ec2.send(new sdk.CreateTagsCommand({ Resources: [network.vpcId], Tags: [{ Key: 'team', Value: 'blue' }] })),
    refused: {
      call: ({ ec2 }) =>
        ec2.send(new sdk.CreateTagsCommand({ Resources: [NO_VPC], Tags: [{ Key: 'team', Value: 'blue' }] })),
      by: 'InvalidVpcID.NotFound',
    },
  },
  DeleteTags: {
    call: ({ ec2, network }) =>
      ec2.send(new sdk.DeleteTagsCommand({ Resources: [network.vpcId], Tags: [{ Key: 'Name' }] })),
    refused: {
      call: ({ ec2 }) => ec2.send(new sdk.DeleteTagsCommand({ Resources: ['nonsense'], Tags: [{ Key: 'Name' }] })),
      by: 'InvalidID',
    },
  },
  DescribeTags: {
    call: ({ ec2, network }) =>
      ec2.send(new sdk.DescribeTagsCommand({ Filters: [{ Name: 'resource-id', Values: [network.vpcId] }] })),
    answer: { Tags: [{ Key: 'Name', Value: 'main', ResourceType: 'vpc' }] },
    refused: {
      call: ({ ec2 }) => ec2.send(new sdk.DescribeTagsCommand({ Filters: [{ Name: 'colour', Values: ['blue'] }] })),
      by: 'InvalidParameterValue',
    },
  },
};
