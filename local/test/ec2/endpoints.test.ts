import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  type CreateVpcEndpointCommandInput,
  DeleteVpcEndpointsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeVpcEndpointServicesCommand,
  DescribeVpcEndpointsCommand,
  ModifyVpcAttributeCommand,
  ModifyVpcEndpointCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { profiles } from '../../src/profile.ts';
import {
  ACCOUNT,
  cloud,
  type Ec2TestCloud,
  type Ec2TestNetwork,
  endpoint,
  given,
  network,
  REGION,
  REQUESTS,
} from './cloud.ts';

const { endpointCreation, endpointDeletion } = profiles.fast;

const state = async ({ client }: Ec2TestCloud, id: string) =>
  (await client.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }))).VpcEndpoints?.[0]?.State;

const interfaces = async ({ client }: Ec2TestCloud, endpointId: string) =>
  given(
    (
      await client.send(
        new DescribeNetworkInterfacesCommand({
          Filters: [{ Name: 'description', Values: [`VPC Endpoint Interface ${endpointId}`] }],
        }),
      )
    ).NetworkInterfaces,
  );

async function available(
  world: Ec2TestCloud,
  seeded: Ec2TestNetwork,
  changes: Partial<CreateVpcEndpointCommandInput> = {},
) {
  const created = await endpoint(world, seeded, changes);
  await world.clock.advance(endpointCreation);
  return { ...created, id: given(created.VpcEndpointId) };
}

describe('an endpoint for App Runner', () => {
  test('has names, interfaces and addresses at once, and becomes available in time', async () => {
    const world = cloud();
    const seeded = await network(world);
    world.ec2.reserveInterfaceAddress(seeded.a, '10.0.22.10');
    world.ec2.reserveInterfaceAddress(seeded.c, '10.0.21.218');
    const created = await endpoint(world, seeded);
    const id = given(created.VpcEndpointId);
    const head = given(created.DnsEntries?.[0]?.DnsName).split('.')[0];
    const tail = `requests.apprunner.${REGION}.vpce.amazonaws.com`;
    expect(created).toMatchObject({
      State: 'pending',
      VpcEndpointType: 'Interface',
      ServiceName: REQUESTS,
      PrivateDnsEnabled: false,
      IpAddressType: 'ipv4',
      SubnetIds: [seeded.a, seeded.c],
      Groups: [{ GroupId: seeded.groupId, GroupName: 'https' }],
      OwnerId: ACCOUNT,
      DnsEntries: [`${head}.${tail}`, `${head}-${REGION}a.${tail}`, `${head}-${REGION}c.${tail}`].map((DnsName) => ({
        DnsName,
        HostedZoneId: 'Z2E726K9Y6RL4W',
      })),
    });
    expect(head).toMatch(new RegExp(`^${id}-[a-z2-7]{8}$`));
    expect(await interfaces(world, id)).toMatchObject([
      {
        PrivateIpAddress: '10.0.22.10',
        SubnetId: seeded.a,
        AvailabilityZone: `${REGION}a`,
        InterfaceType: 'vpc_endpoint',
        RequesterManaged: true,
        Status: 'in-use',
        Groups: [{ GroupId: seeded.groupId }],
      },
      { PrivateIpAddress: '10.0.21.218', SubnetId: seeded.c },
    ]);
    await world.clock.advance(endpointCreation - 1);
    expect(await state(world, id)).toBe('pending');
    await world.clock.advance(1);
    expect(await state(world, id)).toBe('available');
  });

  test('is reported to the other services, with each change', async () => {
    const world = cloud();
    const seeded = await network(world);
    const states: (string | undefined)[] = [];
    world.ec2.onEndpointChange(() => states.push(world.ec2.allEndpoints()[0]?.state));
    const { id } = await available(world, seeded);
    expect(world.ec2.endpoint(ACCOUNT, REGION, id)).toMatchObject({
      endpointId: id,
      vpcId: seeded.vpcId,
      serviceName: REQUESTS,
      state: 'available',
      interfaces: [{ subnetId: seeded.a, allowsHttps: true }, { subnetId: seeded.c }],
    });
    expect(world.ec2.endpoint(ACCOUNT, 'us-east-1', id)).toBeUndefined();
    await world.client.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    await world.client.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    await world.clock.advance(2 * endpointDeletion);
    expect(states).toEqual(['pending', 'available', 'deleting', undefined]);
  });

  test('goes through deleting, and is then not found, nor are its interfaces', async () => {
    const world = cloud();
    const { id } = await available(world, await network(world));
    const remove = () => world.client.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    expect((await remove()).Unsuccessful).toEqual([]);
    expect(await state(world, id)).toBe('deleting');
    await world.clock.advance(endpointDeletion - 1);
    expect((await remove()).Unsuccessful).toEqual([]);
    await world.clock.advance(1);
    await expect(state(world, id)).rejects.toMatchObject({
      name: 'InvalidVpcEndpointId.NotFound',
      message: `The Vpc Endpoint Id '${id}' does not exist`,
    });
    expect(await interfaces(world, id)).toEqual([]);
    expect((await remove()).Unsuccessful).toMatchObject([
      { ResourceId: id, Error: { Code: 'InvalidVpcEndpointId.NotFound' } },
    ]);
  });

  test('fails on demand, once, and makes room for another', async () => {
    const world = cloud();
    const seeded = await network(world);
    world.ec2.failNext('endpoint-creation');
    const { id } = await available(world, seeded);
    const { VpcEndpoints } = await world.client.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    expect(VpcEndpoints).toMatchObject([{ State: 'failed', LastError: { Code: 'InternalError' } }]);
    expect(await state(world, (await available(world, seeded)).id)).toBe('available');
  });

  test.each(['rejected', 'pending'] as const)(
    'stays %s, once forced into that, until it is deleted',
    async (forced) => {
      const world = cloud();
      const created = await endpoint(world, await network(world));
      const id = given(created.VpcEndpointId);
      world.ec2.forceEndpointState(id, forced);
      await world.clock.advance(endpointCreation);
      expect(await state(world, id)).toBe(forced);
      await world.client.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }));
      await world.clock.advance(endpointDeletion);
      expect(world.ec2.allEndpoints()).toEqual([]);
      expect(() => world.ec2.forceEndpointState(id, forced)).toThrow('does not exist');
    },
  );

  test('gets addresses of its subnets, other ones each time but the reserved', async () => {
    const world = cloud();
    const seeded = await network(world);
    world.ec2.reserveInterfaceAddress(seeded.a, '10.0.22.10');
    const addresses = async () => {
      const { id } = await available(world, seeded);
      const found = (await interfaces(world, id)).map((item) => item.PrivateIpAddress);
      await world.client.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }));
      await world.clock.advance(endpointDeletion);
      return found;
    };
    const [first, second] = [await addresses(), await addresses()];
    expect(first[0]).toBe('10.0.22.10');
    expect(second[0]).toBe('10.0.22.10');
    expect(first[1]).toMatch(/^10\.0\.21\.\d+$/);
    expect(first[1]).not.toBe(second[1]);
  });

  test('may be given addresses by the caller', async () => {
    const world = cloud();
    const seeded = await network(world);
    const configured = (Ipv4: string) => ({ SubnetIds: [], SubnetConfigurations: [{ SubnetId: seeded.a, Ipv4 }] });
    await expect(endpoint(world, seeded, configured('10.0.21.9'))).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    await expect(endpoint(world, seeded, configured('10.0.22.3'))).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    expect(await interfaces(world, (await available(world, seeded, configured('10.0.22.4'))).id)).toMatchObject([
      { PrivateIpAddress: '10.0.22.4' },
    ]);
  });
});

describe('creating an endpoint is refused', () => {
  const gateway = { VpcEndpointType: 'Gateway' as const };
  test.each<[string, (seeded: Ec2TestNetwork) => Partial<CreateVpcEndpointCommandInput>, string, string | RegExp]>([
    [
      'with private DNS',
      () => ({ PrivateDnsEnabled: true }),
      'InvalidParameter',
      `Private DNS can't be enabled because the service ${REQUESTS} does not provide a private DNS name.`,
    ],
    [
      'with a policy',
      () => ({ PolicyDocument: '{"Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}' }),
      'InvalidParameter',
      `Service ${REQUESTS} only supports the full-access endpoint policy.`,
    ],
    ['with a policy that is no JSON', () => ({ PolicyDocument: '{' }), 'InvalidPolicyDocument', /JSON/],
    [
      'for an unknown service',
      () => ({ ServiceName: 'com.amazonaws.mars.apprunner' }),
      'InvalidServiceName',
      "The Vpc Endpoint Service 'com.amazonaws.mars.apprunner' does not exist",
    ],
    [
      'for another region’s service',
      () => ({ ServiceName: 'com.amazonaws.us-east-1.apprunner.requests' }),
      'InvalidServiceName',
      /us-east-1/,
    ],
    [
      'as a gateway',
      () => gateway,
      'InvalidParameter',
      'Subnet IDs are only supported for Interface and GatewayLoadBalancer type VPC Endpoints.',
    ],
    [
      'as a gateway without subnets',
      () => ({ ...gateway, SubnetIds: [] }),
      'InvalidParameter',
      'Endpoint type (Gateway) does not match available service types ([Interface]).',
    ],
    [
      'with a subnet twice',
      ({ a }) => ({ SubnetIds: [a, a] }),
      'DuplicateSubnetsInSameZone',
      /^Found another VPC endpoint subnet in the availability zone of subnet-/,
    ],
    [
      'with an unknown subnet',
      () => ({ SubnetIds: ['subnet-0123'] }),
      'InvalidSubnetID.NotFound',
      "The subnet ID 'subnet-0123' does not exist",
    ],
    ['with an unknown group', () => ({ SecurityGroupIds: ['sg-0123'] }), 'InvalidGroup.NotFound', /sg-0123/],
    ['in an unknown VPC', () => ({ VpcId: 'vpc-0123' }), 'InvalidVpcID.NotFound', /vpc-0123/],
    [
      'dual-stack in subnets without an IPv6 range',
      () => ({ IpAddressType: 'dualstack' }),
      'InvalidParameter',
      /^The subnet subnet-\w+ has no IPv6 CIDR block/,
    ],
    ['with IPv6 alone', () => ({ IpAddressType: 'ipv6' }), 'InvalidParameter', /needs IPv6 only subnets/],
    [
      'with AAAA records of an IPv4 endpoint',
      () => ({ DnsOptions: { DnsRecordIpType: 'dualstack' } }),
      'InvalidParameter',
      /DNS record IP type dualstack is not supported by the IP address type ipv4/,
    ],
    [
      'with tags of something else',
      () => ({ TagSpecifications: [{ ResourceType: 'vpc', Tags: [{ Key: 'a', Value: 'b' }] }] }),
      'InvalidParameterValue',
      /'vpc' is not a valid taggable/,
    ],
  ])('%s', async (_, changes, name, message) => {
    const world = cloud();
    const seeded = await network(world);
    const call = endpoint(world, seeded, changes(seeded));
    await expect(call).rejects.toMatchObject({
      name,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
    expect(world.ec2.allEndpoints()).toEqual([]);
  });

  test('with two subnets in a zone', async () => {
    const world = cloud();
    const seeded = await network(world);
    const other = await world.client.send(
      new CreateSubnetCommand({ VpcId: seeded.vpcId, CidrBlock: '10.0.1.0/24', AvailabilityZone: `${REGION}a` }),
    );
    await expect(
      endpoint(world, seeded, { SubnetIds: [seeded.a, given(other.Subnet?.SubnetId)] }),
    ).rejects.toMatchObject({
      name: 'DuplicateSubnetsInSameZone',
    });
  });

  test('in a zone that the service does not offer', async () => {
    const world = cloud();
    const seeded = await network(world);
    world.ec2.offerZones(REQUESTS, [`${REGION}a`, `${REGION}d`]);
    await expect(endpoint(world, seeded)).rejects.toMatchObject({
      name: 'InvalidParameter',
      message: `The VPC endpoint service ${REQUESTS} does not support the availability zone of the subnet: ${seeded.c}.`,
    });
    const { ServiceDetails } = await world.client.send(
      new DescribeVpcEndpointServicesCommand({ ServiceNames: [REQUESTS] }),
    );
    expect(ServiceDetails).toMatchObject([
      { AvailabilityZones: [`${REGION}a`, `${REGION}d`], VpcEndpointPolicySupported: false, Owner: 'amazon' },
    ]);
    expect(ServiceDetails?.[0]?.PrivateDnsName).toBeUndefined();
  });

  test('with a group or subnet of another VPC', async () => {
    const world = cloud();
    const [one, other] = [await network(world), await network(world)];
    await expect(endpoint(world, one, { SubnetIds: [other.a] })).rejects.toMatchObject({ name: 'InvalidParameter' });
    await expect(endpoint(world, one, { SecurityGroupIds: [other.groupId] })).rejects.toMatchObject({
      name: 'InvalidParameter',
    });
    expect(await endpoint(world, other)).toMatchObject({ VpcId: other.vpcId });
  });

  test('while another one stands in the VPC, even one that is being deleted', async () => {
    const world = cloud();
    const seeded = await network(world);
    const { id } = await available(world, seeded);
    const conflict = {
      name: 'InvalidParameter',
      message: `private-dns-enabled cannot be set because there is already a conflicting DNS domain for requests.apprunner.${REGION}.amazonaws.com in the VPC ${seeded.vpcId}`,
    };
    await expect(endpoint(world, seeded)).rejects.toMatchObject(conflict);
    await world.client.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    await expect(endpoint(world, seeded)).rejects.toMatchObject(conflict);
    await world.clock.advance(endpointDeletion);
    await expect(endpoint(world, seeded)).resolves.toMatchObject({ State: 'pending' });
  });
});

test('full access is the one policy that is taken', async () => {
  const world = cloud();
  const PolicyDocument =
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}';
  await expect(endpoint(world, await network(world), { PolicyDocument })).resolves.toMatchObject({ State: 'pending' });
});

test('a client token makes the same call once, and another call an error', async () => {
  const world = cloud();
  const seeded = await network(world);
  const token = { ClientToken: 'installation-1' };
  const { id } = await available(world, seeded, token);
  expect(await endpoint(world, seeded, token)).toMatchObject({ VpcEndpointId: id, State: 'available' });
  await expect(endpoint(world, seeded, { ...token, SubnetIds: [seeded.a] })).rejects.toMatchObject({
    name: 'IdempotentParameterMismatch',
  });
});

test.each([
  ['remembered', true],
  ['freed-with-endpoint', false],
] as const)('a client token whose endpoint is gone is %s', async (endpointClientToken, same) => {
  const world = cloud({ switches: { endpointClientToken } });
  const seeded = await network(world);
  const token = { ClientToken: 'installation-1' };
  const { id } = await available(world, seeded, token);
  await world.client.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }));
  await world.clock.advance(endpointDeletion);
  const repeated = await endpoint(world, seeded, token);
  expect([repeated.VpcEndpointId === id, repeated.State]).toEqual([same, same ? 'deleted' : 'pending']);
  expect(world.ec2.allEndpoints()).toHaveLength(same ? 0 : 1);
  await expect(endpoint(world, seeded, { ...token, SubnetIds: [seeded.a] })).rejects.toMatchObject({
    name: 'IdempotentParameterMismatch',
  });
});

describe('modifying an endpoint', () => {
  const modify = (
    { client }: Ec2TestCloud,
    input: Omit<ConstructorParameters<typeof ModifyVpcEndpointCommand>[0], 'never'>,
  ) => client.send(new ModifyVpcEndpointCommand(input));

  test('moves it between groups, with the answer to HTTPS', async () => {
    const world = cloud();
    const seeded = await network(world);
    const { id } = await available(world, seeded);
    const { GroupId: closed = '' } = await world.client.send(
      new CreateSecurityGroupCommand({ GroupName: 'closed', Description: 'nothing', VpcId: seeded.vpcId }),
    );
    let reported = 0;
    world.ec2.onEndpointChange(() => reported++);
    await modify(world, { VpcEndpointId: id, AddSecurityGroupIds: [closed], RemoveSecurityGroupIds: [seeded.groupId] });
    expect(reported).toBe(1);
    expect(world.ec2.allEndpoints()[0]?.interfaces.map((item) => item.allowsHttps)).toEqual([false, false]);
    const answers = await interfaces(world, id);
    expect(answers.map((item) => item.Groups?.map((group) => group.GroupName))).toEqual([['closed'], ['closed']]);
    await expect(modify(world, { VpcEndpointId: id, RemoveSecurityGroupIds: [closed] })).rejects.toMatchObject({
      name: 'InvalidParameter',
    });
  });

  test('adds and removes subnets; interfaces that stay keep their addresses', async () => {
    const world = cloud();
    const seeded = await network(world);
    const { id } = await available(world, seeded);
    const [, before] = await interfaces(world, id);
    const { Subnet } = await world.client.send(
      new CreateSubnetCommand({ VpcId: seeded.vpcId, CidrBlock: '10.0.1.0/24', AvailabilityZone: `${REGION}a` }),
    );
    const added = given(Subnet?.SubnetId);
    await expect(modify(world, { VpcEndpointId: id, AddSubnetIds: [added] })).rejects.toMatchObject({
      name: 'DuplicateSubnetsInSameZone',
    });
    await modify(world, { VpcEndpointId: id, AddSubnetIds: [added], RemoveSubnetIds: [seeded.a] });
    const after = await interfaces(world, id);
    expect(after.map((item) => item.SubnetId)).toEqual([seeded.c, added]);
    expect(after[0]).toEqual(before);
    await expect(modify(world, { VpcEndpointId: id, RemoveSubnetIds: [seeded.a] })).rejects.toMatchObject({
      name: 'InvalidParameter',
    });
  });

  test('does not turn private DNS on, nor set a policy, nor change one that is going', async () => {
    const world = cloud();
    const { id } = await available(world, await network(world));
    await expect(modify(world, { VpcEndpointId: id, PrivateDnsEnabled: true })).rejects.toMatchObject({
      name: 'InvalidParameter',
    });
    await expect(modify(world, { VpcEndpointId: id, PolicyDocument: '{"Statement":[]}' })).rejects.toMatchObject({
      name: 'InvalidParameter',
    });
    await world.client.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    await expect(modify(world, { VpcEndpointId: id, ResetPolicy: true })).rejects.toMatchObject({
      name: 'InvalidState',
    });
  });
});

describe('names', () => {
  test('resolve to private addresses, in public too, from available until gone', async () => {
    const world = cloud();
    const seeded = await network(world);
    const { ec2 } = world;
    const created = await endpoint(world, seeded);
    const [regional = '', zoneA = '', zoneC = ''] = given(created.DnsEntries).map((entry) => given(entry.DnsName));
    const id = given(created.VpcEndpointId);
    const [a, c] = (await interfaces(world, id)).map((item) => item.PrivateIpAddress);
    expect(ec2.addressesOf(regional, { kind: 'public' })).toBeUndefined();
    await world.clock.advance(endpointCreation);
    for (const view of [
      { kind: 'public' },
      { kind: 'vpc', vpcId: seeded.vpcId },
      { kind: 'vpc', vpcId: 'vpc-0' },
    ] as const) {
      expect(ec2.addressesOf(regional, view)).toEqual({ ipv4: [a, c], ipv6: [] });
      expect(ec2.addressesOf(zoneA, view)).toEqual({ ipv4: [a], ipv6: [] });
      expect(ec2.addressesOf(zoneC, view)).toEqual({ ipv4: [c], ipv6: [] });
    }
    expect(ec2.isAliasTarget(regional, 'Z2E726K9Y6RL4W')).toBe(true);
    expect(ec2.isAliasTarget(regional, 'Z7HUB22UULQXV')).toBe(false);
    await world.client.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    await world.clock.advance(endpointDeletion);
    expect(ec2.addressesOf(regional, { kind: 'public' })).toBeUndefined();
    expect(ec2.isAliasTarget(regional, 'Z2E726K9Y6RL4W')).toBe(false);
  });

  test.each([
    ['vpce-1.requests.apprunner.ap-northeast-1.vpce.amazonaws.com', true],
    ['vpce.amazonaws.com', true],
    ['notvpce.amazonaws.com', false],
    ['x.ap-northeast-1.awsapprunner.com', false],
  ])('covers %s: %s', (name, covered) => {
    expect(cloud().ec2.covers(name)).toBe(covered);
  });

  test('private DNS of the control plane holds in its VPC only', async () => {
    const world = cloud();
    const seeded = await network(world);
    const control = { ServiceName: `com.amazonaws.${REGION}.apprunner`, PrivateDnsEnabled: true };
    await expect(endpoint(world, seeded, control)).rejects.toMatchObject({
      message: expect.stringContaining('enableDnsHostnames'),
    });
    await world.client.send(
      new ModifyVpcAttributeCommand({ VpcId: seeded.vpcId, EnableDnsHostnames: { Value: true } }),
    );
    await available(world, seeded, control);
    const name = `apprunner.${REGION}.amazonaws.com`;
    expect(world.ec2.addressesOf(name, { kind: 'vpc', vpcId: seeded.vpcId })?.ipv4).toHaveLength(2);
    expect(world.ec2.addressesOf(name, { kind: 'public' })).toBeUndefined();
    await expect(endpoint(world, seeded, control)).rejects.toMatchObject({ message: expect.stringContaining(name) });
    await expect(endpoint(world, seeded)).resolves.toMatchObject({ ServiceName: REQUESTS });
  });
});

describe('a dual-stack endpoint', () => {
  const dualstack = { IpAddressType: 'dualstack' } as const;
  const resolved = (world: Ec2TestCloud, name: string | undefined) =>
    world.ec2.addressesOf(name ?? '', { kind: 'public' });

  test('has IPv6 addresses and answers with them, until it is made an IPv4 endpoint', async () => {
    const world = cloud();
    const created = await available(world, await network(world, { ipv6: true }), dualstack);
    const ipv6 = (await interfaces(world, created.id)).map((item) => item.Ipv6Addresses?.[0]?.Ipv6Address);
    expect(created).toMatchObject({ IpAddressType: 'dualstack', DnsOptions: { DnsRecordIpType: 'dualstack' } });
    expect(ipv6).toEqual([expect.stringMatching(/^2406:da14:/), expect.stringMatching(/^2406:da14:/)]);
    expect(resolved(world, created.DnsEntries?.[0]?.DnsName)?.ipv6).toEqual(ipv6);
    await world.client.send(new ModifyVpcEndpointCommand({ VpcEndpointId: created.id, IpAddressType: 'ipv4' }));
    expect(world.ec2.allEndpoints()[0]?.interfaces.map((item) => item.ipv6Address)).toEqual([undefined, undefined]);
  });

  test.each([
    ['ipv4', 2, 0],
    ['ipv6', 0, 2],
    ['service-defined', 2, 2],
  ] as const)('has the DNS records of %s', async (DnsRecordIpType, ipv4, ipv6) => {
    const world = cloud();
    const seeded = await network(world, { ipv6: true });
    const created = await available(world, seeded, { ...dualstack, DnsOptions: { DnsRecordIpType } });
    const addresses = resolved(world, created.DnsEntries?.[0]?.DnsName);
    expect([addresses?.ipv4.length, addresses?.ipv6.length]).toEqual([ipv4, ipv6]);
  });

  test('is not made of an IPv4 endpoint whose subnets have no IPv6 range', async () => {
    const world = cloud();
    const { id } = await available(world, await network(world));
    const modified = world.client.send(new ModifyVpcEndpointCommand({ VpcEndpointId: id, ...dualstack }));
    await expect(modified).rejects.toMatchObject({ name: 'InvalidParameter' });
    expect(world.ec2.allEndpoints()[0]?.interfaces[0]?.ipv6Address).toBeUndefined();
  });

  test('is refused by a service that accepts IPv4 requests only', async () => {
    const world = cloud();
    const seeded = await network(world, { ipv6: true });
    world.ec2.offerAddressFamilies(REQUESTS, ['ipv4']);
    const { ServiceDetails } = await world.client.send(
      new DescribeVpcEndpointServicesCommand({ ServiceNames: [REQUESTS] }),
    );
    expect(ServiceDetails?.[0]?.SupportedIpAddressTypes).toEqual(['ipv4']);
    await expect(endpoint(world, seeded, dualstack)).rejects.toMatchObject({
      name: 'InvalidParameter',
      message: expect.stringContaining('does not support the IP address type dualstack'),
    });
  });
});

test('an available endpoint lists and answers its names late when the profile says so', async () => {
  const world = cloud({ profile: { endpointDnsEntries: 700 } });
  const { id } = await available(world, await network(world));
  const described = async () =>
    given((await world.client.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }))).VpcEndpoints?.[0]);
  await world.clock.advance(699);
  expect(await described()).toMatchObject({ State: 'available', DnsEntries: [] });
  await world.clock.advance(1);
  const { DnsEntries } = await described();
  expect(DnsEntries).toHaveLength(3);
  expect(world.ec2.addressesOf(DnsEntries?.[0]?.DnsName ?? '', { kind: 'public' })?.ipv4).toHaveLength(2);
});
