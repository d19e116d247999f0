import {
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  type CreateManagedPrefixListCommandInput,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  GetManagedPrefixListEntriesCommand,
  type IpPermission,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { cloud, endpoint, given, network } from './cloud.ts';

const tcp = (from: number, to: number, ...blocks: string[]): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: from,
  ToPort: to,
  IpRanges: blocks.map((CidrIp) => ({ CidrIp })),
});

/** An endpoint in `10.0.22.0/24` and `10.0.21.0/24` behind a group with exactly these rules. */
async function behind(permissions: readonly IpPermission[]) {
  const world = cloud();
  const seeded = await network(world);
  const { client } = world;
  await client.send(
    new RevokeSecurityGroupIngressCommand({ GroupId: seeded.groupId, IpPermissions: [tcp(443, 443, '10.0.0.0/16')] }),
  );
  if (permissions.length > 0) {
    await client.send(
      new AuthorizeSecurityGroupIngressCommand({ GroupId: seeded.groupId, IpPermissions: [...permissions] }),
    );
  }
  await endpoint(world, seeded);
  return world.ec2.allEndpoints()[0]?.interfaces.map((item) => item.allowsHttps);
}

test.each<[string, IpPermission[], boolean]>([
  ['nothing', [], false],
  ['443 from the VPC', [tcp(443, 443, '10.0.0.0/16')], true],
  ['443 from anywhere', [tcp(443, 443, '0.0.0.0/0')], true],
  ['a range of ports with 443 in it', [tcp(0, 1024, '10.0.0.0/16')], true],
  ['everything', [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8' }] }], true],
  ['protocol 6 by its number', [{ ...tcp(443, 443, '10.0.0.0/16'), IpProtocol: '6' }], true],
  ['each subnet by itself', [tcp(443, 443, '10.0.21.0/24', '10.0.22.0/25', '10.0.22.128/25')], true],
  ['one subnet of two', [tcp(443, 443, '10.0.22.0/24')], false],
  ['half of a subnet', [tcp(443, 443, '10.0.21.0/24', '10.0.22.0/25')], false],
  ['another port', [tcp(80, 442, '0.0.0.0/0')], false],
  ['UDP', [{ ...tcp(443, 443, '0.0.0.0/0'), IpProtocol: 'udp' }], false],
  ['another network', [tcp(443, 443, '192.168.0.0/16')], false],
  ['IPv6 alone', [{ IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] }], false],
])('HTTPS and a group that lets in %s', async (_, permissions, allowed) => {
  expect(await behind(permissions)).toEqual([allowed, allowed]);
});

test.each<[string, string[], boolean]>([
  ['the VPC', ['192.0.2.0/24', '10.0.0.0/16'], true],
  ['each subnet', ['10.0.21.0/24', '10.0.22.0/24'], true],
  ['one subnet of two', ['10.0.22.0/24'], false],
  ['nothing', [], false],
])('HTTPS and a group that lets in a prefix list of %s', async (_, cidrs, allowed) => {
  const world = cloud();
  const seeded = await network(world);
  const { client } = world;
  const { PrefixList } = await client.send(
    new CreateManagedPrefixListCommand({
      PrefixListName: 'clients',
      MaxEntries: 5,
      AddressFamily: 'IPv4',
      Entries: cidrs.map((Cidr) => ({ Cidr })),
    }),
  );
  const PrefixListId = given(PrefixList?.PrefixListId);
  const GroupId = seeded.groupId;
  const listed = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, PrefixListIds: [{ PrefixListId }] };
  await client.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: [tcp(443, 443, '10.0.0.0/16')] }));
  await client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [listed] }));
  await endpoint(world, seeded);
  expect(world.ec2.allEndpoints()[0]?.interfaces.map((item) => item.allowsHttps)).toEqual([allowed, allowed]);
  const { SecurityGroups } = await client.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }));
  expect(SecurityGroups?.[0]?.IpPermissions).toMatchObject([{ PrefixListIds: [{ PrefixListId }] }]);
  const { Entries = [] } = await client.send(new GetManagedPrefixListEntriesCommand({ PrefixListId }));
  expect(Entries.map(({ Cidr }) => Cidr)).toEqual(cidrs);
});

test.each<[string, Partial<CreateManagedPrefixListCommandInput>]>([
  ['a name of AWS', { PrefixListName: 'com.amazonaws.mine' }],
  ['more entries than it takes', { MaxEntries: 1 }],
  ['a block of the other family', { AddressFamily: 'IPv6' }],
])('a prefix list is refused with %s', async (_, change) => {
  const { client } = cloud();
  const input = { PrefixListName: 'clients', MaxEntries: 2, AddressFamily: 'IPv4', ...change };
  const Entries = [{ Cidr: '10.0.0.0/16' }, { Cidr: '10.1.0.0/16' }];
  await expect(client.send(new CreateManagedPrefixListCommand({ ...input, Entries }))).rejects.toMatchObject({
    name: 'InvalidParameterValue',
  });
});

test('a rule for members of a group lets no one in, as the default group shows', async () => {
  const world = cloud();
  const seeded = await network(world);
  const created = await endpoint(world, seeded, { SecurityGroupIds: [] });
  expect(created.Groups).toMatchObject([{ GroupName: 'default' }]);
  expect(world.ec2.allEndpoints()[0]?.interfaces.map((item) => item.allowsHttps)).toEqual([false, false]);
});

test('rules of one protocol and range are gathered, and each has an id of its own', async () => {
  const { client, ...world } = cloud();
  const { groupId } = await network({ client, ...world });
  const answer = await client.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: groupId,
      IpPermissions: [
        {
          ...tcp(443, 443),
          IpRanges: [{ CidrIp: '192.168.7.9/16', Description: 'office' }],
          Ipv6Ranges: [{ CidrIpv6: '2001:DB8::/32' }],
          UserIdGroupPairs: [{ GroupId: groupId }],
        },
      ],
      TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'for', Value: 'office' }] }],
    }),
  );
  expect(answer.SecurityGroupRules).toMatchObject([
    { CidrIpv4: '192.168.0.0/16', Description: 'office', Tags: [{ Key: 'for', Value: 'office' }] },
    { CidrIpv6: '2001:db8::/32' },
    { ReferencedGroupInfo: { GroupId: groupId } },
  ]);
  const { SecurityGroups } = await client.send(
    new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'ip-permission.cidr', Values: ['192.168.*'] }] }),
  );
  expect(SecurityGroups?.[0]?.IpPermissions).toEqual([
    {
      IpProtocol: 'tcp',
      FromPort: 443,
      ToPort: 443,
      IpRanges: [{ CidrIp: '10.0.0.0/16' }, { CidrIp: '192.168.0.0/16', Description: 'office' }],
      Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }],
      PrefixListIds: [],
      UserIdGroupPairs: [{ UserId: '123456789012', GroupId: groupId }],
    },
  ]);
  const rules = async () =>
    given(
      (await client.send(new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [groupId] }] })))
        .SecurityGroupRules,
    );
  expect(await rules()).toHaveLength(5);
  const id = given(answer.SecurityGroupRules?.[0]?.SecurityGroupRuleId);
  const revoked = await client.send(
    new RevokeSecurityGroupIngressCommand({ GroupId: groupId, SecurityGroupRuleIds: [id] }),
  );
  expect(revoked.RevokedSecurityGroupRules).toMatchObject([{ SecurityGroupRuleId: id, CidrIpv4: '192.168.0.0/16' }]);
  expect((await rules()).map((rule) => rule.SecurityGroupRuleId)).not.toContain(id);
});

test.each<[string, IpPermission, string, string | RegExp]>([
  [
    'a rule that stands',
    tcp(443, 443, '10.0.0.0/16'),
    'InvalidPermission.Duplicate',
    'the specified rule "peer: 10.0.0.0/16, TCP, from port: 443, to port: 443, ALLOW" already exists',
  ],
  ['a port too high', tcp(1, 65536, '10.0.0.0/16'), 'InvalidParameterValue', 'TCP/UDP port (65536) out of range'],
  ['ports upside down', tcp(2, 1, '10.0.0.0/16'), 'InvalidParameterValue', /port range/],
  [
    'an unknown protocol',
    { ...tcp(1, 2, '10.0.0.0/16'), IpProtocol: 'tpc' },
    'InvalidParameterValue',
    "Invalid value 'tpc' for IP protocol. Unknown protocol.",
  ],
  ['no block', tcp(1, 2, '10.0.0/16'), 'InvalidParameterValue', 'CIDR block 10.0.0/16 is malformed'],
  ['no source', tcp(1, 2), 'MissingParameter', /source/],
  [
    'an unknown group',
    { ...tcp(1, 2), UserIdGroupPairs: [{ GroupId: 'sg-0123' }] },
    'InvalidGroup.NotFound',
    "The security group 'sg-0123' does not exist",
  ],
])('authorizing %s is refused, and nothing of the call is done', async (_, permission, name, message) => {
  const world = cloud();
  const { groupId } = await network(world);
  const call = world.client.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: groupId,
      IpPermissions: [tcp(80, 80, '0.0.0.0/0'), permission],
    }),
  );
  await expect(call).rejects.toMatchObject({
    name,
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  });
  const { SecurityGroups } = await world.client.send(new DescribeSecurityGroupsCommand({ GroupIds: [groupId] }));
  expect(SecurityGroups?.[0]?.IpPermissions).toHaveLength(1);
});

test('revoking a rule that is not there is refused', async () => {
  const world = cloud();
  const { groupId } = await network(world);
  const call = world.client.send(
    new RevokeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [tcp(22, 22, '0.0.0.0/0')] }),
  );
  await expect(call).rejects.toMatchObject({ name: 'InvalidPermission.NotFound' });
});

test('a new group lets everything out, over IPv6 only where the VPC has an IPv6 range', async () => {
  for (const ipv6 of [false, true]) {
    const world = cloud();
    await network(world, { ipv6 });
    const { SecurityGroups } = await world.client.send(new DescribeSecurityGroupsCommand({}));
    expect(SecurityGroups).toHaveLength(2);
    for (const { IpPermissionsEgress } of given(SecurityGroups)) {
      expect(IpPermissionsEgress).toMatchObject([
        { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }], Ipv6Ranges: ipv6 ? [{ CidrIpv6: '::/0' }] : [] },
      ]);
    }
  }
});
