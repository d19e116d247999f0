import { DescribeSecurityGroupsCommand, DescribeVpcEndpointsCommand } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { ADDRESSES, start, TAGS } from './worlds.ts';

/** Both worlds of design §3, each with and without eyes inside the VPC. */
const worlds = [
  { name: 'public name, probe', switches: { connectionNameIsPublic: true }, probe: true, phase: 'settled' },
  { name: 'public name, no probe', switches: { connectionNameIsPublic: true }, probe: false, phase: 'settled' },
  { name: 'private name, probe', switches: { connectionNameIsPublic: false }, probe: true, phase: 'settled' },
  {
    name: 'private name, no probe',
    switches: { connectionNameIsPublic: false },
    probe: false,
    phase: 'settled-unverified',
  },
] as const;

describe.each(worlds)('in the world with $name', ({ switches, probe, phase }) => {
  test('a tagged service becomes private, resolvable and answering, and gives it all back', async () => {
    const world = await start({ switches, probe });
    const before = {
      private: await world.records(world.network.privateZoneId),
      public: await world.records(world.network.publicZoneId),
    };
    const arn = await world.createService('hello', TAGS);
    const row = await world.until(arn, phase);

    expect((await world.service(arn))?.NetworkConfiguration?.IngressConfiguration?.IsPubliclyAccessible).toBe(false);
    expect([...world.dig('hello.example.com')].sort()).toEqual(ADDRESSES);
    expect(world.dig('hello.example.com', 'public')).toEqual([]);
    expect(
      world.cloud.front.request({ interfaceAddress: '10.0.22.10', host: 'hello.example.com', path: '/' }),
    ).toMatchObject({
      status: 200,
      certificateNames: ['hello.example.com'],
    });
    expect(row.findings.filter(({ severity }) => severity !== 'info')).toEqual([]);

    await world.tag(arn, { 'private-ingress': 'disabled' });
    await world.until(arn, 'detached');
    expect(await world.records(world.network.privateZoneId)).toEqual(before.private);
    expect(await world.records(world.network.publicZoneId)).toEqual(before.public);
    expect(world.log).toEqual([]);
  });
});

test('an endpoint that nobody has given a security group gets one of its own, open for HTTPS from the VPC', async () => {
  const world = await start({ parameters: { EndpointSecurityGroupIds: '' } });
  const arn = await world.createService('hello', TAGS);
  await world.until(arn, 'settled');
  const owned = { Name: 'tag:private-ingress:owner', Values: ['default'] };
  const { VpcEndpoints = [] } = await world.ec2.send(new DescribeVpcEndpointsCommand({ Filters: [owned] }));
  const { SecurityGroups = [] } = await world.ec2.send(new DescribeSecurityGroupsCommand({ Filters: [owned] }));
  expect(VpcEndpoints.map(({ Groups }) => Groups?.[0]?.GroupId)).toEqual([SecurityGroups[0]?.GroupId]);
  expect(SecurityGroups[0]?.IpPermissions).toMatchObject([
    { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/16' }] },
  ]);
  expect([...world.dig('hello.example.com')].sort()).toEqual(ADDRESSES);
});

test('a second service in the VPC uses the endpoint that is there', async () => {
  const world = await start();
  const first = await world.createService('first', TAGS);
  await world.until(first, 'settled');
  const second = await world.createService('second', { ...TAGS, 'private-ingress:domains': 'second.example.com' });
  await world.until(second, 'settled');
  const { VpcEndpoints = [] } = await world.ec2.send(new DescribeVpcEndpointsCommand({}));
  expect(VpcEndpoints).toHaveLength(1);
  expect([...world.dig('second.example.com')].sort()).toEqual(ADDRESSES);
});
