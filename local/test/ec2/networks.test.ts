import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeAvailabilityZonesCommand,
  DescribeRegionsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  ModifyVpcAttributeCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { cloud, endpoint, given, network, REGION } from './cloud.ts';

test('a VPC is described with its block in canonical form, its DNS attributes and its default group', async () => {
  const { client, ec2 } = cloud();
  const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: '10.0.3.4/16' }));
  const VpcId = given(Vpc?.VpcId);
  expect(Vpc).toMatchObject({ VpcId: expect.stringMatching(/^vpc-[0-9a-f]{17}$/), State: 'pending', IsDefault: false });
  const { Vpcs } = await client.send(new DescribeVpcsCommand({ VpcIds: [VpcId] }));
  expect(Vpcs).toMatchObject([{ VpcId, CidrBlock: '10.0.0.0/16', State: 'available', OwnerId: '123456789012' }]);
  const attribute = (Attribute: 'enableDnsSupport' | 'enableDnsHostnames') =>
    client.send(new DescribeVpcAttributeCommand({ VpcId, Attribute }));
  expect((await attribute('enableDnsSupport')).EnableDnsSupport?.Value).toBe(true);
  expect((await attribute('enableDnsHostnames')).EnableDnsHostnames?.Value).toBe(false);
  await client.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
  expect((await attribute('enableDnsHostnames')).EnableDnsHostnames?.Value).toBe(true);
  expect(ec2.vpcs()).toEqual([
    {
      account: '123456789012',
      region: REGION,
      vpcId: VpcId,
      cidrBlock: '10.0.0.0/16',
      dnsSupport: true,
      dnsHostnames: true,
    },
  ]);
  const { SecurityGroups } = await client.send(
    new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'vpc-id', Values: [VpcId] }] }),
  );
  expect(SecurityGroups).toMatchObject([
    {
      GroupName: 'default',
      IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: SecurityGroups?.[0]?.GroupId }] }],
    },
  ]);
});

test.each([
  ['10.0.0.0/8', 'InvalidVpc.Range'],
  ['10.0.0.0/29', 'InvalidVpc.Range'],
  ['10.0.0.0', 'InvalidParameterValue'],
  ['10.0.0.256/16', 'InvalidParameterValue'],
  ['2001:db8::/56', 'InvalidParameterValue'],
])('a VPC of %s is refused with %s', async (CidrBlock, name) => {
  await expect(cloud().client.send(new CreateVpcCommand({ CidrBlock }))).rejects.toMatchObject({ name });
});

test.each([
  ['10.1.0.0/24', {}, 'InvalidSubnet.Range', "The CIDR '10.1.0.0/24' is invalid."],
  ['10.0.0.0/15', {}, 'InvalidSubnet.Range', "The CIDR '10.0.0.0/15' is invalid."],
  ['10.0.22.128/25', {}, 'InvalidSubnet.Conflict', "The CIDR '10.0.22.128/25' conflicts with another subnet"],
  [
    '10.0.1.0/24',
    { AvailabilityZone: `${REGION}b` },
    'InvalidParameterValue',
    /Subnets can currently only be created in .*1a, .*1c, .*1d\./,
  ],
  ['10.0.1.0/24', { Ipv6CidrBlock: '2001:db8::/64' }, 'InvalidSubnet.Range', /2001:db8/],
  [
    '10.0.1.0/24',
    { VpcId: 'vpc-00000000000000000' },
    'InvalidVpcID.NotFound',
    "The vpc ID 'vpc-00000000000000000' does not exist",
  ],
])('a subnet of %s %o is refused with %s', async (CidrBlock, changes, name, message) => {
  const world = cloud();
  const { vpcId } = await network(world);
  const call = world.client.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock, ...changes }));
  await expect(call).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
});

test('a subnet counts its free addresses and knows its zone by name and id', async () => {
  const world = cloud();
  const seeded = await network(world);
  await endpoint(world, seeded);
  const { Subnets } = await world.client.send(new DescribeSubnetsCommand({ SubnetIds: [seeded.a] }));
  expect(Subnets).toMatchObject([
    {
      CidrBlock: '10.0.22.0/24',
      AvailabilityZone: `${REGION}a`,
      AvailabilityZoneId: 'apne1-az4',
      AvailableIpAddressCount: 256 - 5 - 1,
    },
  ]);
});

test('what is in use is not deleted', async () => {
  const world = cloud();
  const seeded = await network(world);
  await endpoint(world, seeded);
  const violation = { name: 'DependencyViolation' };
  await expect(world.client.send(new DeleteSubnetCommand({ SubnetId: seeded.a }))).rejects.toMatchObject(violation);
  await expect(world.client.send(new DeleteSecurityGroupCommand({ GroupId: seeded.groupId }))).rejects.toMatchObject(
    violation,
  );
  await expect(world.client.send(new DeleteVpcCommand({ VpcId: seeded.vpcId }))).rejects.toMatchObject(violation);
});

test('a group that another one names, and a VPC that has a group, are in use too', async () => {
  const world = cloud();
  const { client } = world;
  const { vpcId, a, c, groupId } = await network(world);
  const other = await client.send(
    new CreateSecurityGroupCommand({ GroupName: 'other', Description: 'names https', VpcId: vpcId }),
  );
  const naming = [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: groupId }] }];
  await client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: other.GroupId, IpPermissions: naming }));
  await expect(client.send(new DeleteSecurityGroupCommand({ GroupId: groupId }))).rejects.toMatchObject({
    name: 'DependencyViolation',
    message: `resource ${groupId} has a dependent object`,
  });
  await client.send(new DeleteSecurityGroupCommand({ GroupId: other.GroupId }));
  for (const SubnetId of [a, c]) await client.send(new DeleteSubnetCommand({ SubnetId }));
  await expect(client.send(new DeleteVpcCommand({ VpcId: vpcId }))).rejects.toMatchObject({
    name: 'DependencyViolation',
    message: `The vpc '${vpcId}' has dependencies and cannot be deleted.`,
  });
});

test('what is not in use is deleted, and then not found', async () => {
  const world = cloud();
  const { client } = world;
  const seeded = await network(world);
  await client.send(new DeleteSubnetCommand({ SubnetId: seeded.a }));
  await client.send(new DeleteSubnetCommand({ SubnetId: seeded.c }));
  await client.send(new DeleteSecurityGroupCommand({ GroupId: seeded.groupId }));
  await client.send(new DeleteVpcCommand({ VpcId: seeded.vpcId }));
  const missing = (name: string) => ({ name, message: expect.stringContaining('does not exist') });
  await expect(client.send(new DescribeVpcsCommand({ VpcIds: [seeded.vpcId] }))).rejects.toMatchObject(
    missing('InvalidVpcID.NotFound'),
  );
  await expect(client.send(new DescribeSubnetsCommand({ SubnetIds: [seeded.a] }))).rejects.toMatchObject(
    missing('InvalidSubnetID.NotFound'),
  );
  await expect(client.send(new DescribeSecurityGroupsCommand({ GroupIds: [seeded.groupId] }))).rejects.toMatchObject(
    missing('InvalidGroup.NotFound'),
  );
  expect((await client.send(new DescribeSecurityGroupsCommand({}))).SecurityGroups).toEqual([]);
});

test('every account and region has a network of its own', async () => {
  const world = cloud();
  await network(world);
  const other = world.as({ credentials: { accessKeyId: '210987654321', secretAccessKey: 'any' } });
  const elsewhere = world.as({ region: 'us-east-1' });
  expect((await other.send(new DescribeVpcsCommand({}))).Vpcs).toEqual([]);
  expect((await elsewhere.send(new DescribeVpcsCommand({}))).Vpcs).toEqual([]);
  expect((await world.client.send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1);
});

test('regions and zones', async () => {
  const { client } = cloud();
  const { Regions } = await client.send(new DescribeRegionsCommand({ RegionNames: [REGION] }));
  expect(Regions).toEqual([
    { RegionName: REGION, Endpoint: `ec2.${REGION}.amazonaws.com`, OptInStatus: 'opt-in-not-required' },
  ]);
  const { AvailabilityZones } = await client.send(new DescribeAvailabilityZonesCommand({}));
  expect(AvailabilityZones?.map((zone) => [zone.ZoneName, zone.ZoneId])).toEqual([
    [`${REGION}a`, 'apne1-az4'],
    [`${REGION}c`, 'apne1-az1'],
    [`${REGION}d`, 'apne1-az2'],
  ]);
  await expect(client.send(new DescribeAvailabilityZonesCommand({ ZoneNames: [`${REGION}b`] }))).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: `Invalid availability zone: [${REGION}b]`,
  });
});

test('a group name is taken once per VPC, and the default group stays', async () => {
  const world = cloud();
  const { vpcId } = await network(world);
  const create = world.client.send(
    new CreateSecurityGroupCommand({ GroupName: 'https', Description: 'again', VpcId: vpcId }),
  );
  await expect(create).rejects.toMatchObject({
    name: 'InvalidGroup.Duplicate',
    message: `The security group 'https' already exists for VPC '${vpcId}'`,
  });
  const { SecurityGroups } = await world.client.send(
    new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-name', Values: ['default'] }] }),
  );
  const remove = world.client.send(new DeleteSecurityGroupCommand({ GroupId: SecurityGroups?.[0]?.GroupId }));
  await expect(remove).rejects.toMatchObject({ name: 'CannotDelete' });
});
