import { DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { OWNER_TAG_VALUE } from '../scenarios/vocabulary.ts';
import { start, TAGS } from './worlds.ts';

test('a security group that has to be created lets in what the policy says, IPv6 too', async () => {
  const world = await start({ parameters: { EndpointSecurityGroupIds: '' } });
  const { vpcId } = world.network;
  const allowFrom = ['10.0.0.0/8', 'fd00::/8', '192.168.0.0/16'];
  const endpoint = { kind: 'create', subnetIds: [], securityGroupIds: [], allowFrom } as const;
  world.deployPolicy({ networks: [{ account: '123456789012', region: 'ap-northeast-1', vpcId, endpoint }] });
  const arn = await world.createService('hello', TAGS);
  await world.until(arn, ['ready', 'ready-unverified']);
  const owned = { Name: 'tag:private-ingress:owner', Values: [OWNER_TAG_VALUE] };
  const { SecurityGroups = [] } = await world.ec2.send(new DescribeSecurityGroupsCommand({ Filters: [owned] }));
  const opened = SecurityGroups.flatMap(({ IpPermissions = [] }) => IpPermissions);
  expect(opened.flatMap(({ IpRanges = [] }) => IpRanges.map(({ CidrIp }) => CidrIp)).toSorted()).toEqual([
    '10.0.0.0/8',
    '192.168.0.0/16',
  ]);
  expect(opened.flatMap(({ Ipv6Ranges = [] }) => Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6))).toEqual(['fd00::/8']);
});
