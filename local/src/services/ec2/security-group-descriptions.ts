import type { IpPermission, SecurityGroup, SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { Fields } from './filters.ts';
import type { Ec2Network, GroupRecord } from './network.ts';
import { permissionsOf } from './security-group-rules.ts';

/** A group as EC2 describes it. */
export const describeGroup = (network: Ec2Network, group: GroupRecord): SecurityGroup => ({
  GroupId: group.groupId,
  SecurityGroupArn: network.arn('security-group', group.groupId),
  GroupName: group.groupName,
  Description: group.description,
  OwnerId: network.account,
  VpcId: group.vpcId,
  IpPermissions: permissionsOf(
    network,
    group.rules.filter((rule) => !rule.egress),
  ),
  IpPermissionsEgress: permissionsOf(
    network,
    group.rules.filter((rule) => rule.egress),
  ),
  Tags: network.tagsOf(group.groupId),
});

const permissionFields = (
  prefix: string,
  of: (group: SecurityGroup) => readonly IpPermission[],
): Fields<SecurityGroup> => ({
  [`${prefix}.cidr`]: (group) => of(group).flatMap((one) => (one.IpRanges ?? []).map((range) => range.CidrIp ?? '')),
  [`${prefix}.ipv6-cidr`]: (group) =>
    of(group).flatMap((one) => (one.Ipv6Ranges ?? []).map((range) => range.CidrIpv6 ?? '')),
  [`${prefix}.group-id`]: (group) =>
    of(group).flatMap((one) => (one.UserIdGroupPairs ?? []).map((pair) => pair.GroupId ?? '')),
  [`${prefix}.protocol`]: (group) => of(group).map((one) => one.IpProtocol ?? ''),
  [`${prefix}.from-port`]: (group) => of(group).map((one) => String(one.FromPort ?? -1)),
  [`${prefix}.to-port`]: (group) => of(group).map((one) => String(one.ToPort ?? -1)),
});

export const groupFields: Fields<SecurityGroup> = {
  description: (group) => [group.Description ?? ''],
  'group-id': (group) => [group.GroupId ?? ''],
  'group-name': (group) => [group.GroupName ?? ''],
  'owner-id': (group) => [group.OwnerId ?? ''],
  'vpc-id': (group) => [group.VpcId ?? ''],
  ...permissionFields('ip-permission', (group) => group.IpPermissions ?? []),
  ...permissionFields('egress.ip-permission', (group) => group.IpPermissionsEgress ?? []),
};

export const ruleFields: Fields<SecurityGroupRule> = {
  'group-id': (rule) => [rule.GroupId ?? ''],
  'security-group-rule-id': (rule) => [rule.SecurityGroupRuleId ?? ''],
};
