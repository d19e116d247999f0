import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { httpsAccess, missingRanges, type RuleSources } from '../../shared/observe/security-groups.ts';

const RANGES = ['10.0.0.0/16', '100.64.0.0/20', '2406:da14:1::/56'];
const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };
const from = (...cidrs: readonly string[]): IpPermission => ({
  ...https,
  IpRanges: cidrs.filter((cidr) => !cidr.includes(':')).map((CidrIp) => ({ CidrIp })),
  Ipv6Ranges: cidrs.filter((cidr) => cidr.includes(':')).map((CidrIpv6) => ({ CidrIpv6 })),
});
const fromGroup = (GroupId: string, more: object = {}): IpPermission => ({
  ...https,
  UserIdGroupPairs: [{ GroupId, ...more }],
});
const group = (...IpPermissions: IpPermission[]): SecurityGroup => ({ GroupId: 'sg-1', IpPermissions });

const lists: Readonly<Record<string, readonly string[]>> = { 'pl-vpc': ['192.0.2.0/24', '10.0.0.0/8'], 'pl-else': [] };
const sources: RuleSources = {
  haveMembers: async (ids) => ids.includes('sg-members'),
  rangesOf: async (id) => lists[id],
};
const fromList = (PrefixListId: string): IpPermission => ({ ...https, PrefixListIds: [{ PrefixListId }] });

describe('httpsAccess', () => {
  it.each<[string, boolean, SecurityGroup]>([
    ['the VPC’s range', true, group(from('10.0.0.0/16'))],
    ['a wider range', true, group(from('10.0.0.0/8'))],
    ['everywhere', true, group(from('0.0.0.0/0'))],
    ['a part of the VPC', true, group(from('10.0.22.0/24'))],
    ['one address of the VPC', true, group(from('10.0.22.7/32'))],
    ['a second range of the VPC', true, group(from('100.64.0.0/20'))],
    ['its IPv6 range', true, group(from('2406:da14:1::/64'))],
    ['everywhere over IPv6', true, group(from('::/0'))],
    [
      'all protocols',
      true,
      group({ ...from('10.0.0.0/16'), IpProtocol: '-1', FromPort: undefined, ToPort: undefined }),
    ],
    ['a range of ports', true, group({ ...from('10.0.0.0/16'), FromPort: 0, ToPort: 1024 })],
    ['a group with members', true, group(fromGroup('sg-members'))],
    ['one rule of several', true, group(from('192.0.2.1/32'), from('10.0.0.0/16'))],
    ['no rule', false, group()],
    ['another port', false, group({ ...from('10.0.0.0/16'), FromPort: 80, ToPort: 80 })],
    ['another protocol', false, group({ ...from('10.0.0.0/16'), IpProtocol: 'udp' })],
    ['one foreign address', false, group(from('192.0.2.1/32'))],
    ['another network', false, group(from('10.1.0.0/16'))],
    ['another IPv6 network', false, group(from('2406:da14:2::/56'))],
    ['itself', false, group(fromGroup('sg-1'))],
    ['a group without members', false, group(fromGroup('sg-empty'))],
    ['a prefix list with a range of the VPC', true, group(fromList('pl-vpc'))],
    ['a prefix list of others', false, group(fromList('pl-else'))],
    ['a group of a peered VPC', false, group(fromGroup('sg-members', { VpcPeeringConnectionId: 'pcx-1' }))],
  ])('%s: %s', async (_, open, one) => {
    const access = await httpsAccess([one], RANGES, sources);
    expect(access).toEqual({ allowsHttps: open });
  });

  it('a group of the same endpoint is the endpoint itself', async () => {
    const groups = [group(fromGroup('sg-2')), { GroupId: 'sg-2', IpPermissions: [] }];
    expect(await httpsAccess(groups, RANGES, { ...sources, haveMembers: async () => true })).toEqual({
      allowsHttps: false,
    });
  });

  it('names a prefix list that may not be read, where nothing else lets HTTPS in', async () => {
    const denied = group(fromList('pl-denied'));
    expect(await httpsAccess([denied], RANGES, sources)).toEqual({ allowsHttps: false, unreadSources: ['pl-denied'] });
    for (const open of [group(from('10.0.0.0/16')), group(fromList('pl-vpc'))]) {
      expect(await httpsAccess([denied, open], RANGES, sources)).toEqual({ allowsHttps: true });
    }
  });
});

describe('missingRanges', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['all of them', [], RANGES],
    ['none', RANGES, []],
    ['those that no wider range contains', ['10.0.0.0/8', '::/0'], ['100.64.0.0/20']],
    ['those of which only a part is let in', ['10.0.0.0/24', '100.64.0.0/20', '::/0'], ['10.0.0.0/16']],
  ])('%s', (_, cidrs, missing) => {
    expect(missingRanges(group(from(...cidrs)), RANGES)).toEqual(missing);
  });
});
