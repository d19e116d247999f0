import type { z } from 'zod';
import { parseDuration } from '../../duration.ts';
import type { Policy, PolicyAccounts, PolicyLimit, PolicyNetwork, PolicyRule, PolicyZone } from '../policy.ts';
import { type networkSchema, type PolicyDocument, policyDocument, type ruleSchema, type zoneSchema } from './schema.ts';

/**
 * A document of the policy file's form → the policy. It need not have been checked: what the checks report does no
 * harm, but does not do what its author expects.
 * @throws ZodError
 */
export function readPolicy(document: unknown): Policy {
  const given = policyDocument.parse(document);
  const { owner, regions, networks, zones, rules, exceptions, limits, notifications } = given;
  return {
    ...(owner === undefined ? {} : { owner }),
    accounts: readAccounts(given),
    regions,
    networks: networks.map(readNetwork),
    zones: zones.map(readZone),
    rules: rules.map(readRule),
    exceptions,
    limits: { changes: readLimit(limits.changes), detaches: readLimit(limits.detaches) },
    ...(notifications === undefined ? {} : { notifications }),
  };
}

function readAccounts({ accounts, organization }: Pick<PolicyDocument, 'accounts' | 'organization'>): PolicyAccounts {
  if (organization === undefined) return { kind: 'listed', ids: accounts ?? [] };
  const { role, units = [], except = [] } = organization;
  return { kind: 'organization', units, except, ...(role === undefined ? {} : { roleArn: role }) };
}

function readNetwork({
  vpc,
  endpoint,
  subnets = [],
  securityGroups = [],
  allowFrom = [],
  ...network
}: z.output<typeof networkSchema>): PolicyNetwork {
  return {
    ...network,
    vpcId: vpc,
    endpoint:
      endpoint === undefined
        ? { kind: 'create', subnetIds: subnets, securityGroupIds: securityGroups, allowFrom }
        : { kind: 'given', id: endpoint },
  };
}

function readZone({ role, ...zone }: z.output<typeof zoneSchema>): PolicyZone {
  return { ...zone, ...(role === undefined ? {} : { roleArn: role }) };
}

function readRule({
  private: enforcement,
  domains = [],
  cutoverDeadline,
  ...rule
}: z.output<typeof ruleSchema>): PolicyRule {
  const deadline = cutoverDeadline === undefined ? undefined : parseDuration(cutoverDeadline);
  return { ...rule, enforcement, domains, ...(deadline === undefined ? {} : { cutoverDeadline: deadline }) };
}

function readLimit(limit: number | string): PolicyLimit {
  return typeof limit === 'number' ? { count: limit } : { share: Number.parseInt(limit, 10) / 100 };
}
