import { DOMAINS_PER_SERVICE } from '../domains-per-service.ts';
import { type Finding, finding, type OpenFinding } from '../findings.ts';
import { VPC_ID } from '../patterns.ts';
import { type AliasStrategy, aliasStrategies } from '../records/alias.ts';
import { isAllowedName, parseDomain } from '../records/names.ts';
import { ADOPT_TAG, ALIAS_TAG, DOMAIN_TAGS, ENDPOINT_TAG, REASSOCIATE_TAG, VPC_TAG, ZONE_TAG } from '../tags.ts';
import { graceEnd } from './grace-time.ts';
import { whyNotClaimable } from './names.ts';
import { allowedNames, networkOf, type Rules } from './rules.ts';

type Tags = Readonly<Record<string, string>>;

export interface DesiredPrivate {
  readonly kind: 'private';
  readonly vpcId: string | undefined;
  /** Normalized names. */
  readonly domains: readonly string[];
  readonly aliasStrategy: AliasStrategy;
  /** The names of each domains tag, to distinguish the loss of a tag from a change of its value. */
  readonly domainTags?: Readonly<Record<string, readonly string[]>>;
  /** The endpoint to use, where one is named. */
  readonly endpointId?: string;
  /** Hosted zone ids to prefer. */
  readonly zones?: readonly string[];
  /** Names of `domains` whose existing records may be replaced. */
  readonly adopt?: readonly string[];
  /** Names of `domains` that get a new certificate, although it cuts their traffic meanwhile. */
  readonly reassociate?: readonly string[];
}

interface PastPrivate {
  readonly desired: DesiredPrivate | undefined;
  readonly findings: readonly OpenFinding[];
}

interface PrivateDesire {
  readonly desired: DesiredPrivate;
  readonly findings: readonly Finding[];
  /** Milliseconds since the epoch at which a grace time ends. */
  readonly changesAt?: number;
}

/**
 * What tags and policy want of a service that is private. `now` in milliseconds since the epoch.
 * @param isRequired the policy requires it: a VPC that the service may not use is no way out.
 */
export function desirePrivate(
  serviceArn: string,
  tags: Tags,
  past: PastPrivate,
  rules: Rules,
  now: number,
  isRequired = false,
): PrivateDesire {
  const names = desiredNames(serviceArn, tags, past, rules, now);
  const network = isRequired ? requiredNetwork(serviceArn, tags, past, rules) : desiredNetwork(serviceArn, tags, rules);
  const alias = desiredAlias(serviceArn, tags, rules);
  const adopt = oneTimeNames(serviceArn, tags, ADOPT_TAG, names.domains);
  const reassociate = oneTimeNames(serviceArn, tags, REASSOCIATE_TAG, names.domains);
  const mayNotAdopt = adopt.names.length > 0 && !rules.mayAdopt;
  const zones = words(tags[ZONE_TAG]);
  const endpointId = tags[ENDPOINT_TAG] ?? network.endpointId;
  return {
    desired: {
      kind: 'private',
      vpcId: network.vpcId,
      domains: names.domains,
      aliasStrategy: alias.strategy,
      ...(Object.keys(names.domainTags).length === 0 ? {} : { domainTags: names.domainTags }),
      ...(endpointId === undefined ? {} : { endpointId }),
      ...(zones.length === 0 ? {} : { zones }),
      ...(adopt.names.length === 0 || mayNotAdopt ? {} : { adopt: adopt.names }),
      ...(reassociate.names.length === 0 ? {} : { reassociate: reassociate.names }),
    },
    findings: [
      ...names.findings,
      ...adopt.findings,
      ...(mayNotAdopt ? [adoptNotAllowed(serviceArn, adopt.names)] : []),
      ...reassociate.findings,
      ...alias.findings,
      ...network.findings,
    ],
    ...(names.changesAt === undefined ? {} : { changesAt: names.changesAt }),
  };
}

interface DesiredNames {
  readonly domains: readonly string[];
  readonly domainTags: NonNullable<DesiredPrivate['domainTags']>;
  readonly findings: readonly Finding[];
  readonly changesAt: number | undefined;
}

function desiredNames(serviceArn: string, tags: Tags, past: PastPrivate, rules: Rules, now: number): DesiredNames {
  const before = past.desired;
  const domains: string[] = [];
  const domainTags: Record<string, readonly string[]> = {};
  const findings: Finding[] = [];
  const about = (domain: string, message: string) => ({ resource: serviceArn, domain, message });
  const keep = (names: readonly string[]) => {
    const kept = names.filter((name) => !domains.includes(name) && refusal(serviceArn, name, rules) === undefined);
    domains.push(...kept.slice(0, DOMAINS_PER_SERVICE - domains.length));
    return kept;
  };
  const add = (text: string, from: string, refuse: (name: string) => Finding | undefined): string | undefined => {
    const parsed = parseDomain(text);
    const found = parsed.ok
      ? refuse(parsed.name)
      : finding('domain-invalid', about(text, `"${text}" in ${from}: ${parsed.reason}.`));
    if (found !== undefined) findings.push(found);
    if (!parsed.ok || found !== undefined) return undefined;
    if (!domains.includes(parsed.name)) {
      if (domains.length === DOMAINS_PER_SERVICE) {
        const message = `${parsed.name} is ignored: App Runner associates ${DOMAINS_PER_SERVICE} domains with a service.`;
        findings.push(finding('domains-too-many', about(parsed.name, message)));
        return undefined;
      }
      domains.push(parsed.name);
    }
    return parsed.name;
  };

  for (const key of DOMAIN_TAGS) {
    const refuse = (name: string) => refusal(serviceArn, name, rules);
    const { read, findings: unread } = namesIn(serviceArn, tags, key);
    findings.push(...unread);
    const names = read.flatMap((text) => add(text, `the tag "${key}"`, refuse) ?? []);
    if (names.length > 0) domainTags[key] = names;
  }
  // A typing error in a tag takes no name off the air. Errors of the policy do not count: they may last for ever.
  const hasTypingError = findings.length > 0;
  const allowed = allowedNames(rules);
  for (const text of rules.domains) add(text, 'the policy', (name) => notAllowed(serviceArn, name, allowed));
  if (hasTypingError) keep(before?.domains ?? []);

  let changesAt: number | undefined;
  for (const key of DOMAIN_TAGS) {
    const lost = before?.domainTags?.[key];
    if (tags[key] !== undefined || lost === undefined) continue;
    const resource = `${serviceArn}#${key}`;
    const isLoss = (one: OpenFinding) => one.code === 'domains-tag-missing' && one.resource === resource;
    const end = graceEnd(past.findings, isLoss, rules.detachGrace, now);
    if (now >= end) continue;
    const kept = keep(lost);
    if (kept.length === 0) continue;
    domainTags[key] = lost;
    changesAt = Math.min(changesAt ?? end, end);
    const message = `The tag "${key}" is missing. ${kept.join(', ')} will be removed ${new Date(end).toISOString()} unless the tag comes back.`;
    findings.push(finding('domains-tag-missing', { resource, message }));
  }
  return { domains, domainTags, findings, changesAt };
}

/** Why the service may not have a name that a tag requests. */
function refusal(serviceArn: string, name: string, rules: Rules): Finding | undefined {
  const found = notAllowed(serviceArn, name, allowedNames(rules));
  if (found !== undefined) return found;
  const why = whyNotClaimable(rules, name);
  if (why === undefined) return undefined;
  return finding('domain-not-claimable', { resource: serviceArn, domain: name, message: `${name}: ${why}.` });
}

function notAllowed(serviceArn: string, name: string, allowed: readonly string[]): Finding | undefined {
  if (isAllowedName(name, allowed)) return undefined;
  const message = `${name} does not match AllowedNames (${allowed.join(', ')}).`;
  return finding('domain-not-allowed', { resource: serviceArn, domain: name, message });
}

/** The names in a tag that requests something once. */
function oneTimeNames(
  serviceArn: string,
  tags: Tags,
  key: string,
  domains: readonly string[],
): { readonly names: readonly string[]; readonly findings: readonly Finding[] } {
  const { read, findings: unread } = namesIn(serviceArn, tags, key);
  const findings: Finding[] = [...unread];
  const names = read.flatMap((text) => {
    const parsed = parseDomain(text);
    if (parsed.ok && domains.includes(parsed.name)) return [parsed.name];
    const message = `"${text}" in the tag "${key}" is not one of the service's domains.`;
    const remedy = 'Name domains that are in the domains tag, or remove the tag.';
    findings.push(finding('domain-invalid', { resource: serviceArn, domain: text, message, remedy }));
    return [];
  });
  return { names, findings };
}

function adoptNotAllowed(serviceArn: string, names: readonly string[]): Finding {
  const message = `The policy does not let this service adopt records (${names.join(', ')}).`;
  return finding('adopt-not-allowed', { resource: `${serviceArn}#${ADOPT_TAG}`, message });
}

function desiredAlias(serviceArn: string, tags: Tags, rules: Rules) {
  const { [ALIAS_TAG]: given } = tags;
  const strategy = aliasStrategies.find((known) => known === given);
  if (given === undefined || strategy !== undefined) {
    return { strategy: strategy ?? rules.aliasStrategy, findings: [] };
  }
  const message = `The tag "${ALIAS_TAG}" has the value "${given}"; it takes ${aliasStrategies.join(', ')}. The strategy ${rules.aliasStrategy} is used.`;
  const found = finding('alias-strategy-unknown', { resource: `${serviceArn}#${ALIAS_TAG}`, message });
  return { strategy: rules.aliasStrategy, findings: [found] };
}

function desiredNetwork(
  serviceArn: string,
  tags: Tags,
  rules: Rules,
): { readonly vpcId: string | undefined; readonly endpointId: string | undefined; readonly findings: Finding[] } {
  const vpcId = tags[VPC_TAG] ?? rules.networks[0]?.vpcId;
  const none = (code: 'vpc-not-given' | 'vpc-not-found' | 'vpc-not-allowed', message: string) => ({
    vpcId: undefined,
    endpointId: undefined,
    findings: [finding(code, { resource: serviceArn, message })],
  });
  if (vpcId === undefined) return none('vpc-not-given', 'No VPC is given from which the service is to be reachable.');
  if (!VPC_ID.test(vpcId)) {
    return none('vpc-not-found', `"${vpcId}" is not a VPC id (vpc- and 8 to 17 hexadecimal digits).`);
  }
  const network = networkOf(rules, vpcId);
  if (network !== undefined) return { vpcId, endpointId: network.endpointId, findings: [] };
  const allowed = [...rules.networks.map((one) => one.vpcId), ...(rules.otherVpcs?.allowedVpcs ?? [])];
  const list = allowed.length === 0 ? 'none' : allowed.join(', ');
  return none('vpc-not-allowed', `${vpcId} is not a VPC that services may use in this account and region (${list}).`);
}

/** As the tag says, unless it names a VPC that the service may not use: then as it was before, or as the rule says. */
function requiredNetwork(serviceArn: string, tags: Tags, past: PastPrivate, rules: Rules) {
  const asked = desiredNetwork(serviceArn, tags, rules);
  if (asked.vpcId !== undefined || tags[VPC_TAG] === undefined) return asked;
  const before = past.desired?.vpcId;
  const kept = before !== undefined && networkOf(rules, before) !== undefined ? { [VPC_TAG]: before } : {};
  const { findings: _, ...network } = desiredNetwork(serviceArn, kept, rules);
  return { ...network, findings: asked.findings };
}

/** A tag holds 128 words. Each may lead to a finding, and a row holds 400 kB. */
const MAX_NAMES_IN_TAG = 16;

/** The names in a tag that are read. */
function namesIn(
  serviceArn: string,
  tags: Tags,
  key: string,
): { readonly read: readonly string[]; readonly findings: readonly Finding[] } {
  const all = words(tags[key]);
  if (all.length <= MAX_NAMES_IN_TAG) return { read: all, findings: [] };
  const message = `The tag "${key}" has ${all.length} names. The first ${MAX_NAMES_IN_TAG} are read: App Runner associates ${DOMAINS_PER_SERVICE} domains with a service.`;
  return {
    read: all.slice(0, MAX_NAMES_IN_TAG),
    findings: [finding('domains-too-many', { resource: `${serviceArn}#${key}`, message })],
  };
}

function words(value: string | undefined): readonly string[] {
  return (value ?? '').split(/\s+/).filter((word) => word !== '');
}
