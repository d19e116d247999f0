import type { IpPermission, SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { Chance } from '../../chance.ts';
import { AwsError } from '../../wire/errors.ts';
import { type AddressBlock, blockText, cover, parseBlock } from './address-block.ts';
import type { Ec2Network, GroupRecord, RuleRecord, VpcRecord } from './network.ts';

/** A rule that has no id yet. */
export type RuleRequest = Omit<RuleRecord, 'ruleId'>;

const everything = (egress: boolean, peer: RuleRecord['peer']): RuleRequest => ({
  egress,
  protocol: '-1',
  fromPort: -1,
  toPort: -1,
  peer,
  description: undefined,
});

const ANY_IPV4: AddressBlock = { family: 4, prefixLength: 0, first: 0n, last: 2n ** 32n - 1n };
const ANY_IPV6: AddressBlock = { family: 6, prefixLength: 0, first: 0n, last: 2n ** 128n - 1n };

export const withId = (chance: Chance, rule: RuleRequest): RuleRecord => ({
  ...rule,
  ruleId: `sgr-0${chance.hex(16)}`,
});

/**
 * A group that lets everything out, over IPv6 too where the VPC has an IPv6 range, and lets in nothing or (the default group)
 * what comes from its own members. See https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
 */
export function newGroup(
  chance: Chance,
  { vpcId, ipv6Block }: Pick<VpcRecord, 'vpcId' | 'ipv6Block'>,
  groupName: string,
  description: string,
  ingress: 'nothing' | 'members',
): GroupRecord {
  const groupId = `sg-0${chance.hex(16)}`;
  const families = ipv6Block === undefined ? [ANY_IPV4] : [ANY_IPV4, ANY_IPV6];
  const out = families.map((block) => withId(chance, everything(true, { kind: 'block', block })));
  const members = ingress === 'members' ? [withId(chance, everything(false, { kind: 'group', groupId }))] : [];
  return { groupId, groupName, description, vpcId, rules: [...members, ...out] };
}

const protocolNumbers: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6' };

function protocolOf(text: string | undefined): string {
  const protocol = text?.toLowerCase() ?? '';
  if (protocol === '-1' || protocol === 'all') return '-1';
  if (Object.values(protocolNumbers).includes(protocol)) return protocol;
  if (/^\d+$/.test(protocol) && Number(protocol) <= 255) return protocolNumbers[protocol] ?? protocol;
  throw new AwsError('InvalidParameterValue', `Invalid value '${text}' for IP protocol. Unknown protocol.`);
}

/** The ports of a permission; protocols other than TCP, UDP and ICMP have none (documented). */
function portsOf(protocol: string, permission: IpPermission): { readonly fromPort: number; readonly toPort: number } {
  if (protocol.startsWith('icmp')) return { fromPort: permission.FromPort ?? -1, toPort: permission.ToPort ?? -1 };
  if (protocol !== 'tcp' && protocol !== 'udp') return { fromPort: -1, toPort: -1 };
  const { FromPort: fromPort, ToPort: toPort } = permission;
  if (fromPort === undefined || toPort === undefined) {
    throw new AwsError(
      'InvalidParameterValue',
      'Invalid value for portRange. Must specify both from and to ports with TCP/UDP.',
    );
  }
  for (const port of [fromPort, toPort]) {
    if (port < 0 || port > 65535) throw new AwsError('InvalidParameterValue', `TCP/UDP port (${port}) out of range`);
  }
  if (fromPort > toPort) {
    throw new AwsError('InvalidParameterValue', `Invalid TCP/UDP port range (${fromPort}, ${toPort})`);
  }
  return { fromPort, toPort };
}

function peerBlock(text: string | undefined, family: 4 | 6): AddressBlock {
  const block = parseBlock(text ?? '');
  if (block?.family !== family) throw new AwsError('InvalidParameterValue', `CIDR block ${text} is malformed`);
  return block;
}

/**
 * The single rules that a list of permissions stands for.
 * @throws AwsError `InvalidParameterValue`, `MissingParameter`, or `InvalidGroup.NotFound` for a peer group outside the VPC.
 */
export function rulesOf(
  network: Ec2Network,
  group: GroupRecord,
  egress: boolean,
  permissions: readonly IpPermission[],
): readonly RuleRequest[] {
  return permissions.flatMap((permission) => {
    const protocol = protocolOf(permission.IpProtocol);
    const base = { egress, protocol, ...portsOf(protocol, permission) };
    const rules = [
      ...(permission.IpRanges ?? []).map((range) => ({
        ...base,
        peer: { kind: 'block' as const, block: peerBlock(range.CidrIp, 4) },
        description: range.Description,
      })),
      ...(permission.Ipv6Ranges ?? []).map((range) => ({
        ...base,
        peer: { kind: 'block' as const, block: peerBlock(range.CidrIpv6, 6) },
        description: range.Description,
      })),
      ...(permission.UserIdGroupPairs ?? []).map((pair) => {
        const peer = network.group(pair.GroupId ?? '');
        if (peer.vpcId !== group.vpcId) {
          throw new AwsError(
            'InvalidGroup.NotFound',
            `You have specified two resources that belong to different networks.`,
          );
        }
        return { ...base, peer: { kind: 'group' as const, groupId: peer.groupId }, description: pair.Description };
      }),
      ...(permission.PrefixListIds ?? []).map((list) => {
        const { prefixListId } = network.prefixList(list.PrefixListId ?? '');
        return { ...base, peer: { kind: 'prefix-list' as const, prefixListId }, description: list.Description };
      }),
    ];
    if (rules.length === 0) {
      throw new AwsError(
        'MissingParameter',
        'The request must contain a source or destination: cidrIp, cidrIpv6 or groupId',
      );
    }
    return rules;
  });
}

function peerText({ peer }: RuleRequest): string {
  switch (peer.kind) {
    case 'block':
      return blockText(peer.block);
    case 'group':
      return peer.groupId;
    case 'prefix-list':
      return peer.prefixListId;
  }
}

/** Whether two rules are the same but for their description, which makes the second one a duplicate (documented). */
export const sameRule = (one: RuleRequest, other: RuleRequest): boolean =>
  one.egress === other.egress &&
  one.protocol === other.protocol &&
  one.fromPort === other.fromPort &&
  one.toPort === other.toPort &&
  peerText(one) === peerText(other);

/** `peer: 0.0.0.0/0, TCP, from port: 443, to port: 443, ALLOW`, as EC2's errors put it (captured). */
export const ruleText = (rule: RuleRequest): string =>
  rule.protocol === '-1'
    ? `peer: ${peerText(rule)}, ALL, ALLOW`
    : `peer: ${peerText(rule)}, ${rule.protocol.toUpperCase()}, from port: ${rule.fromPort}, to port: ${rule.toPort}, ALLOW`;

/** The rules as DescribeSecurityGroups returns them: grouped by protocol and ports. */
export function permissionsOf(network: Ec2Network, rules: readonly RuleRecord[]): IpPermission[] {
  const gathered = Map.groupBy(rules, (rule) => `${rule.protocol} ${rule.fromPort} ${rule.toPort}`);
  return [...gathered.values()].map(([first, ...others]) => {
    const together = first === undefined ? [] : [first, ...others];
    const described = (rule: RuleRecord) => (rule.description === undefined ? {} : { Description: rule.description });
    return {
      IpProtocol: first?.protocol,
      ...(first?.protocol === '-1' ? {} : { FromPort: first?.fromPort, ToPort: first?.toPort }),
      IpRanges: together.flatMap((rule) =>
        rule.peer.kind === 'block' && rule.peer.block.family === 4
          ? [{ CidrIp: peerText(rule), ...described(rule) }]
          : [],
      ),
      Ipv6Ranges: together.flatMap((rule) =>
        rule.peer.kind === 'block' && rule.peer.block.family === 6
          ? [{ CidrIpv6: peerText(rule), ...described(rule) }]
          : [],
      ),
      PrefixListIds: together.flatMap((rule) =>
        rule.peer.kind === 'prefix-list' ? [{ PrefixListId: peerText(rule), ...described(rule) }] : [],
      ),
      UserIdGroupPairs: together.flatMap((rule) =>
        rule.peer.kind === 'group' ? [{ UserId: network.account, GroupId: rule.peer.groupId, ...described(rule) }] : [],
      ),
    };
  });
}

/** A rule as DescribeSecurityGroupRules returns it. */
export const describeRule = (network: Ec2Network, group: GroupRecord, rule: RuleRecord): SecurityGroupRule => ({
  SecurityGroupRuleId: rule.ruleId,
  SecurityGroupRuleArn: network.arn('security-group-rule', rule.ruleId),
  GroupId: group.groupId,
  GroupOwnerId: network.account,
  IsEgress: rule.egress,
  IpProtocol: rule.protocol,
  FromPort: rule.fromPort,
  ToPort: rule.toPort,
  ...(rule.peer.kind === 'group'
    ? { ReferencedGroupInfo: { GroupId: rule.peer.groupId, UserId: network.account, VpcId: group.vpcId } }
    : rule.peer.kind === 'prefix-list'
      ? { PrefixListId: rule.peer.prefixListId }
      : rule.peer.block.family === 4
        ? { CidrIpv4: blockText(rule.peer.block) }
        : { CidrIpv6: blockText(rule.peer.block) }),
  ...(rule.description === undefined ? {} : { Description: rule.description }),
  Tags: network.tagsOf(rule.ruleId),
});

/**
 * Whether the groups let TCP 443 in from everywhere in the VPC: their IPv4 blocks together cover every subnet.
 * A rule whose source is a group never counts, because who is a member is not known here: the machines of the VPC
 * are not imitated. (So an endpoint left in the default group does not answer, as most people find out on AWS.)
 */
export function letHttpsIn(network: Ec2Network, vpcId: string, groupIds: readonly string[]): boolean {
  const blocks = groupIds
    .flatMap((groupId) => network.groups.get(groupId)?.rules ?? [])
    .filter((rule) => !rule.egress)
    .filter((rule) => rule.protocol === '-1' || (rule.protocol === 'tcp' && rule.fromPort <= 443 && rule.toPort >= 443))
    .flatMap(({ peer }) => {
      if (peer.kind === 'block') return [peer.block];
      if (peer.kind === 'group') return [];
      return (network.prefixLists.get(peer.prefixListId)?.entries ?? []).map(({ block }) => block);
    });
  return network.subnetsOf(vpcId).every((subnet) => cover(blocks, subnet.block));
}
