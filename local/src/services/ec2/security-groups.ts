import {
  AuthorizeSecurityGroupEgress$,
  type AuthorizeSecurityGroupEgressCommandInput,
  type AuthorizeSecurityGroupEgressCommandOutput,
  AuthorizeSecurityGroupIngress$,
  type AuthorizeSecurityGroupIngressCommandInput,
  type AuthorizeSecurityGroupIngressCommandOutput,
  CreateSecurityGroup$,
  type CreateSecurityGroupCommandInput,
  type CreateSecurityGroupCommandOutput,
  DeleteSecurityGroup$,
  type DeleteSecurityGroupCommandInput,
  type DeleteSecurityGroupCommandOutput,
  DescribeSecurityGroupRules$,
  type DescribeSecurityGroupRulesCommandInput,
  type DescribeSecurityGroupRulesCommandOutput,
  DescribeSecurityGroups$,
  type DescribeSecurityGroupsCommandInput,
  type DescribeSecurityGroupsCommandOutput,
  type IpPermission,
  RevokeSecurityGroupEgress$,
  type RevokeSecurityGroupEgressCommandInput,
  type RevokeSecurityGroupEgressCommandOutput,
  RevokeSecurityGroupIngress$,
  type RevokeSecurityGroupIngressCommandInput,
  type RevokeSecurityGroupIngressCommandOutput,
} from '@aws-sdk/client-ec2';
import type { Chance } from '../../chance.ts';
import { AwsError } from '../../wire/errors.ts';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import { matching } from './filters.ts';
import { required } from './input.ts';
import { chosen, type Ec2Network, type GroupRecord, type Networks, notFound } from './network.ts';
import { makes, reads, touches } from './permissions.ts';
import { describeGroup, groupFields, ruleFields } from './security-group-descriptions.ts';
import {
  describeRule,
  newGroup,
  type RuleRequest,
  rulesOf,
  ruleText,
  sameRule,
  withId,
} from './security-group-rules.ts';
import { setTags, tagsOnCreation } from './tags.ts';

/** The permissions of a request in either of its forms: `IpPermissions`, or one rule spelt out beside it. */
function requested(input: AuthorizeSecurityGroupIngressCommandInput): readonly IpPermission[] {
  if (input.IpPermissions !== undefined && input.IpPermissions.length > 0) return input.IpPermissions;
  return [
    {
      IpProtocol: required(input.IpProtocol, 'ipPermissions'),
      FromPort: input.FromPort,
      ToPort: input.ToPort,
      ...(input.CidrIp === undefined ? {} : { IpRanges: [{ CidrIp: input.CidrIp }] }),
    },
  ];
}

/** A group by its id. Names alone reach only groups of a default VPC, and there is none here. */
function groupOf(
  network: Ec2Network,
  input: { GroupId?: string | undefined; GroupName?: string | undefined },
): GroupRecord {
  if (input.GroupId === undefined && input.GroupName !== undefined) {
    throw new AwsError('VPCIdNotSpecified', 'No default VPC for this user');
  }
  return network.group(required(input.GroupId, 'groupId'));
}

/** Security groups. `changed` is called after rules came or went. */
export function securityGroupOperations(
  networks: Networks,
  chance: Chance,
  changed: () => void,
): readonly OperationDefinition[] {
  function authorize(network: Ec2Network, egress: boolean, input: AuthorizeSecurityGroupIngressCommandInput) {
    const group = groupOf(network, input);
    const tags = tagsOnCreation(['security-group-rule'], input.TagSpecifications);
    const rules = rulesOf(network, group, egress, requested(input));
    rules.forEach((rule, index) => {
      if ([...group.rules, ...rules.slice(0, index)].some((other) => sameRule(other, rule))) {
        throw new AwsError('InvalidPermission.Duplicate', `the specified rule "${ruleText(rule)}" already exists`);
      }
    });
    const added = rules.map((rule) => withId(chance, rule));
    group.rules = [...group.rules, ...added];
    for (const rule of added) setTags(network, rule.ruleId, tags);
    changed();
    return { Return: true, SecurityGroupRules: added.map((rule) => describeRule(network, group, rule)) };
  }

  function revoke(network: Ec2Network, egress: boolean, input: RevokeSecurityGroupIngressCommandInput) {
    const group = groupOf(network, input);
    const ids = input.SecurityGroupRuleIds ?? [];
    for (const id of ids) {
      if (!group.rules.some((rule) => rule.ruleId === id && rule.egress === egress)) throw notFound('sgr', id);
    }
    const named: readonly RuleRequest[] = ids.length > 0 ? [] : rulesOf(network, group, egress, requested(input));
    for (const wanted of named) {
      if (!group.rules.some((rule) => sameRule(rule, wanted))) {
        throw new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
      }
    }
    const going = group.rules.filter(
      (rule) => ids.includes(rule.ruleId) || named.some((wanted) => sameRule(rule, wanted)),
    );
    group.rules = group.rules.filter((rule) => !going.includes(rule));
    for (const rule of going) network.tags.delete(rule.ruleId);
    changed();
    return {
      Return: true,
      RevokedSecurityGroupRules: going.map((rule) => {
        const {
          SecurityGroupRuleArn: _,
          GroupOwnerId: __,
          Tags: ___,
          ReferencedGroupInfo,
          ...returned
        } = describeRule(network, group, rule);
        return ReferencedGroupInfo === undefined
          ? returned
          : { ...returned, ReferencedGroupId: ReferencedGroupInfo.GroupId };
      }),
    };
  }

  return [
    operation<CreateSecurityGroupCommandInput, CreateSecurityGroupCommandOutput>(CreateSecurityGroup$, {
      writes: true,
      permissions: (input, context) => {
        const network = networks.of(context);
        const vpc = { 'ec2:Vpc': [network.arn('vpc', input.VpcId ?? '')] };
        return [
          ...makes(network, 'CreateSecurityGroup', 'security-group', input.TagSpecifications, vpc),
          ...touches(network, 'CreateSecurityGroup', [input.VpcId]),
        ];
      },
      run: (input, context) => {
        const network = networks.of(context);
        const name = required(input.GroupName, 'GroupName');
        const description = required(input.Description, 'GroupDescription');
        if (input.VpcId === undefined) throw new AwsError('VPCIdNotSpecified', 'No default VPC for this user');
        const vpc = network.vpc(input.VpcId);
        if (name.length > 255 || name.startsWith('sg-')) {
          throw new AwsError(
            'InvalidParameterValue',
            `Value (${name}) for parameter GroupName is invalid. Up to 255 characters, not starting with sg-.`,
          );
        }
        if ([...network.groups.values()].some((group) => group.vpcId === vpc.vpcId && group.groupName === name)) {
          throw new AwsError(
            'InvalidGroup.Duplicate',
            `The security group '${name}' already exists for VPC '${vpc.vpcId}'`,
          );
        }
        const tags = tagsOnCreation(['security-group'], input.TagSpecifications);
        const group = newGroup(chance, vpc, name, description, 'nothing');
        network.groups.set(group.groupId, group);
        setTags(network, group.groupId, tags);
        return {
          GroupId: group.groupId,
          SecurityGroupArn: network.arn('security-group', group.groupId),
          Tags: network.tagsOf(group.groupId),
        };
      },
    }),
    operation<DescribeSecurityGroupsCommandInput, DescribeSecurityGroupsCommandOutput>(DescribeSecurityGroups$, {
      permissions: () => reads('DescribeSecurityGroups'),
      run: (input, context) => {
        const network = networks.of(context);
        const [name] = input.GroupNames ?? [];
        if (name !== undefined) {
          throw new AwsError('InvalidGroup.NotFound', `The security group '${name}' does not exist in default VPC`);
        }
        const records = chosen([...network.groups.values()], input.GroupIds, 'sg', (group) => group.groupId);
        const all = records.map((group) => describeGroup(network, group));
        const { items, NextToken } = networks.page(
          matching(all, input.Filters, groupFields, (group) => group.Tags ?? []),
          input,
        );
        return { SecurityGroups: items, NextToken };
      },
    }),
    operation<DescribeSecurityGroupRulesCommandInput, DescribeSecurityGroupRulesCommandOutput>(
      DescribeSecurityGroupRules$,
      {
        permissions: () => reads('DescribeSecurityGroupRules'),
        run: (input, context) => {
          const network = networks.of(context);
          const every = [...network.groups.values()].flatMap((group) =>
            group.rules.map((rule) => describeRule(network, group, rule)),
          );
          const all = chosen(every, input.SecurityGroupRuleIds, 'sgr', (rule) => rule.SecurityGroupRuleId ?? '');
          const { items, NextToken } = networks.page(
            matching(all, input.Filters, ruleFields, (rule) => rule.Tags ?? []),
            input,
          );
          return { SecurityGroupRules: items, NextToken };
        },
      },
    ),
    operation<AuthorizeSecurityGroupIngressCommandInput, AuthorizeSecurityGroupIngressCommandOutput>(
      AuthorizeSecurityGroupIngress$,
      {
        writes: true,
        permissions: (input, context) =>
          touches(networks.of(context), 'AuthorizeSecurityGroupIngress', [input.GroupId]),
        run: (input, context) => authorize(networks.of(context), false, input),
      },
    ),
    operation<AuthorizeSecurityGroupEgressCommandInput, AuthorizeSecurityGroupEgressCommandOutput>(
      AuthorizeSecurityGroupEgress$,
      {
        writes: true,
        permissions: (input, context) => touches(networks.of(context), 'AuthorizeSecurityGroupEgress', [input.GroupId]),
        run: (input, context) => authorize(networks.of(context), true, input),
      },
    ),
    operation<RevokeSecurityGroupIngressCommandInput, RevokeSecurityGroupIngressCommandOutput>(
      RevokeSecurityGroupIngress$,
      {
        writes: true,
        permissions: (input, context) => touches(networks.of(context), 'RevokeSecurityGroupIngress', [input.GroupId]),
        run: (input, context) => revoke(networks.of(context), false, input),
      },
    ),
    operation<RevokeSecurityGroupEgressCommandInput, RevokeSecurityGroupEgressCommandOutput>(
      RevokeSecurityGroupEgress$,
      {
        writes: true,
        permissions: (input, context) => touches(networks.of(context), 'RevokeSecurityGroupEgress', [input.GroupId]),
        run: (input, context) => revoke(networks.of(context), true, input),
      },
    ),
    operation<DeleteSecurityGroupCommandInput, DeleteSecurityGroupCommandOutput>(DeleteSecurityGroup$, {
      writes: true,
      permissions: (input, context) => touches(networks.of(context), 'DeleteSecurityGroup', [input.GroupId]),
      run: (input, context) => {
        const network = networks.of(context);
        const group = groupOf(network, input);
        if (group.groupName === 'default') {
          throw new AwsError(
            'CannotDelete',
            `the specified group: "${group.groupId}" name: "default" cannot be deleted by a user`,
          );
        }
        const used = [...network.endpoints.values()].some((endpoint) => endpoint.groupIds.includes(group.groupId));
        const referenced = [...network.groups.values()].some(
          (other) =>
            other !== group &&
            other.rules.some((rule) => rule.peer.kind === 'group' && rule.peer.groupId === group.groupId),
        );
        if (used || referenced) {
          throw new AwsError('DependencyViolation', `resource ${group.groupId} has a dependent object`);
        }
        for (const { ruleId } of group.rules) network.tags.delete(ruleId);
        network.tags.delete(group.groupId);
        network.groups.delete(group.groupId);
        return { Return: true, GroupId: group.groupId };
      },
    }),
  ];
}
