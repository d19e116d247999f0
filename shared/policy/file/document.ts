import { DAY, HOUR, MINUTE, SECOND } from '../../duration.ts';
import type { Policy, PolicyAccounts, PolicyLimit, PolicyNetwork, PolicyRule, PolicyZone } from '../policy.ts';
import { exceptionEnd } from '../rule-decision.ts';

/** What a policy file cannot say of a policy that the parameters of a stack make; in words. */
export interface WrittenPolicy {
  readonly document: Readonly<Record<string, unknown>>;
  readonly unsaid: readonly string[];
}

/**
 * A policy → the document of a policy file that means the same, in the order of its keys: the other way round of `readPolicy`.
 * Exceptions that have ended are left out.
 * @param zoneFacts name and visibility of the zones, which the parameters of a stack do not say.
 * @param now milliseconds since the epoch.
 */
export function writePolicy(
  policy: Policy,
  zoneFacts: ReadonlyMap<string, Required<Pick<PolicyZone, 'name' | 'visibility'>>>,
  now: number,
): WrittenPolicy {
  const { owner, regions, networks, zones, rules, exceptions, limits, notifications } = policy;
  const open = networks.filter(({ vpcId, allowedVpcs }) => vpcId === undefined && allowedVpcs === undefined);
  const document = {
    version: 1,
    owner,
    ...writeAccounts(policy.accounts),
    regions,
    networks: networks.flatMap(writeNetwork),
    zones: zones.map((zone) => writeZone({ ...zoneFacts.get(zone.id), ...zone })),
    rules: rules.map(writeRule),
    exceptions: exceptions.filter((exception) => now < exceptionEnd(exception)),
    limits: { changes: writeLimit(limits.changes), detaches: writeLimit(limits.detaches) },
    ...(notifications === undefined ? {} : { notifications }),
  };
  const unsaid = open.map(({ account, region }) => `any other VPC of account ${account} in ${region} (AllowedVpcs=*)`);
  return { document, unsaid };
}

function writeAccounts(accounts: PolicyAccounts): object {
  if (accounts.kind === 'listed') return { accounts: accounts.ids };
  const { roleArn, units, except } = accounts;
  return {
    organization: {
      ...(roleArn === undefined ? {} : { role: roleArn }),
      ...filled({ units, except }),
    },
  };
}

/** One for each VPC that it is for. */
function writeNetwork({ account, region, vpcId, allowedVpcs = [], endpoint, probe }: PolicyNetwork): readonly object[] {
  const vpcs = vpcId === undefined ? allowedVpcs : [vpcId];
  return vpcs.map((vpc) => ({
    account,
    region,
    vpc,
    ...(endpoint.kind === 'given'
      ? { endpoint: endpoint.id }
      : filled({
          subnets: endpoint.subnetIds,
          securityGroups: endpoint.securityGroupIds,
          allowFrom: endpoint.allowFrom,
        })),
    ...(probe === undefined ? {} : { probe }),
  }));
}

function writeZone({ id, name, visibility, roleArn, externalId, allowedNames }: PolicyZone): object {
  return {
    name,
    id,
    visibility,
    ...(roleArn === undefined ? {} : { role: roleArn }),
    ...(externalId === undefined ? {} : { externalId }),
    allowedNames,
  };
}

function writeRule({ name, match, enforcement, mode, domains, cutoverDeadline, ...rest }: PolicyRule): object {
  return {
    name,
    ...(Object.keys(match).length === 0 ? {} : { match }),
    private: enforcement,
    mode,
    ...filled({ domains }),
    ...rest,
    ...(cutoverDeadline === undefined ? {} : { cutoverDeadline: writeDuration(cutoverDeadline) }),
  };
}

/** Without empty lists, which a policy file does not have. */
function filled(lists: Readonly<Record<string, readonly string[]>>): object {
  return Object.fromEntries(Object.entries(lists).filter(([, items]) => items.length > 0));
}

/** A file has no "no limit", and all services are no limit. */
const writeLimit = ({ count, share = 1 }: PolicyLimit): number | string => count ?? `${Math.round(share * 100)}%`;

/** In the largest unit that says it exactly. */
function writeDuration(milliseconds: number): string {
  const units = { d: DAY, h: HOUR, m: MINUTE, s: SECOND };
  const [name = 's', size = SECOND] =
    Object.entries(units).find(([, unit]) => milliseconds > 0 && milliseconds % unit === 0) ?? [];
  return `${Math.ceil(milliseconds / size)}${name}`;
}
