import { type Finding, finding, type OpenFinding } from '../findings.ts';
import { type AliasStrategy, aliasStrategies } from '../records/alias.ts';
import { isAllowedName, parseDomain } from '../records/names.ts';
import { ADOPT_TAG, ALIAS_TAG, DOMAIN_TAGS, ENDPOINT_TAG, REASSOCIATE_TAG, TAG, VPC_TAG, ZONE_TAG } from '../tags.ts';
import type { EffectivePolicy } from './effective-policy.ts';
import { allowedNames, networkOf, type Rules } from './rules.ts';

/** The most domains that App Runner associates with a service (docs/facts.md#five-domains-per-service). */
const DOMAINS_PER_SERVICE = 5;

export type DetachReason = 'disabled' | 'tag-missing' | 'service-deleted';

/** What should be true of a service. */
export type Desired =
  | { readonly kind: 'unmanaged' }
  | {
      readonly kind: 'private';
      readonly vpcId: string | undefined;
      /** Normalized names. */
      readonly domains: readonly string[];
      readonly aliasStrategy: AliasStrategy;
      /** The endpoint to use, where one is named. */
      readonly endpointId?: string;
      /** Hosted zone ids to prefer. */
      readonly zones?: readonly string[];
      /** Names of `domains` whose standing records may be replaced. */
      readonly adopt?: readonly string[];
      /** Names of `domains` that shall get a new certificate, although it cuts their traffic meanwhile. */
      readonly reassociate?: readonly string[];
    }
  | { readonly kind: 'detached'; readonly reason: DetachReason; readonly restorePublic: boolean }
  | { readonly kind: 'released' }
  /** What is wanted cannot be told: touch nothing. */
  | { readonly kind: 'unclear' };

/** Whether both want the same. One that was kept in the table comes back with its keys in any order, without the undefined ones. */
export function sameDesired(a: Desired | undefined, b: Desired | undefined): boolean {
  const [one, other] = [a, b].map((desired) =>
    JSON.stringify(
      Object.entries(desired ?? {})
        .filter(isGiven)
        .sort(),
    ),
  );
  return one === other;
}

function isGiven([, value]: readonly [string, unknown]): boolean {
  return value !== undefined;
}

export interface Desire {
  readonly desired: Desired;
  readonly findings: readonly Finding[];
  /** Milliseconds since the epoch at which the desire changes by itself (the end of the grace time). */
  readonly changesAt?: number;
}

/** What is known of the service from before. */
export interface PastState {
  readonly desired: Desired | undefined;
  /** Whether anything that was written has not been taken back yet. */
  readonly ownsAnything: boolean;
  readonly findings: readonly OpenFinding[];
}

/**
 * Tags and policy → what should be true. Pure.
 *
 *     tag         managed before   →
 *     enabled     –                private
 *     disabled    yes, released    gone (disabled)
 *     released    –                released
 *     missing     no               unmanaged (or gone, released, as before)
 *     missing     yes, < grace     private as before, finding tag-missing
 *     missing     yes, ≥ grace     gone (tag-missing)
 *     (deleted)   –                gone (service-deleted)
 *     other       –                unclear, finding tag-value-unknown
 *
 * So it is where the policy says `by-tag`. Where it says `required`, every value is `enabled`; where it says `ignored`,
 * what is managed is released.
 *
 * @param tags the service's tags, or `undefined` when the service does not exist any more.
 * @param now milliseconds since the epoch.
 */
export function desire(
  serviceArn: string,
  tags: Readonly<Record<string, string>> | undefined,
  past: PastState,
  effectivePolicy: EffectivePolicy,
  now: number,
): Desire {
  const wanted = desireByTag(serviceArn, tags, past, effectivePolicy, now);
  return { ...wanted, findings: [...effectivePolicy.findings, ...wanted.findings] };
}

function desireByTag(
  serviceArn: string,
  tags: Readonly<Record<string, string>> | undefined,
  past: PastState,
  { enforcement, because, rules }: EffectivePolicy,
  now: number,
): Desire {
  const ready = (desired: Desired, ...findings: readonly Finding[]): Desire => ({ desired, findings });
  const managed = past.desired?.kind === 'private' || past.desired?.kind === 'unclear' || past.ownsAnything;
  const gone = (reason: DetachReason): Desired => ({
    kind: 'detached',
    reason,
    restorePublic: rules.onDetach === 'restore-public' && reason !== 'service-deleted',
  });
  // Once given back or let go, it stays so until the tag says otherwise.
  const over = past.desired?.kind === 'released' || past.desired?.kind === 'detached' ? past.desired : undefined;
  if (tags === undefined) {
    if (past.desired?.kind === 'released') return ready(past.desired);
    // Also of a service that nothing is known of: a connection of ours may have been left behind.
    return ready(managed ? gone('service-deleted') : (over ?? gone('service-deleted')));
  }

  if (enforcement === 'ignored') {
    // What was written stays as it is: nobody speaks for the service any more.
    const desired: Desired =
      past.desired?.kind === 'detached' ? past.desired : { kind: managed ? 'released' : 'unmanaged' };
    if (tags[TAG] !== 'enabled') return ready(desired);
    const message = `The tag "${TAG}" is not followed: ${because}.`;
    return ready(desired, finding('tag-ignored', { resource: serviceArn, message }));
  }
  if (enforcement === 'required') {
    const wanted = desirePrivate(serviceArn, tags, past, rules);
    const { [TAG]: value } = tags;
    if (value === undefined || value === 'enabled') return wanted;
    const message = `The tag "${TAG}" says "${value}", but the service has to be private: ${because}.`;
    return { ...wanted, findings: [...wanted.findings, finding('tag-overruled', { resource: serviceArn, message })] };
  }
  switch (tags[TAG]) {
    case 'enabled':
      return desirePrivate(serviceArn, tags, past, rules);
    case 'disabled':
      return ready(managed || over !== undefined ? gone('disabled') : { kind: 'unmanaged' });
    case 'released':
      return ready({ kind: 'released' });
    case undefined: {
      if (over !== undefined) return ready(over);
      if (!managed) return ready({ kind: 'unmanaged' });
      const changesAt = missingSince(past, now) + rules.detachGrace;
      if (now >= changesAt) return ready(gone('tag-missing'));
      const missing = finding('tag-missing', {
        resource: serviceArn,
        message: `The tag "${TAG}" is missing on a service that is managed; it is undone ${new Date(changesAt).toISOString()} unless the tag comes back.`,
      });
      return { desired: past.desired ?? { kind: 'unclear' }, findings: [missing], changesAt };
    }
    default:
      return {
        desired: { kind: 'unclear' },
        findings: [
          finding('tag-value-unknown', {
            resource: serviceArn,
            message: `The tag "${TAG}" has an unknown value (${JSON.stringify(tags[TAG])}); it takes "enabled", "disabled" or "released". Nothing is changed.`,
          }),
        ],
      };
  }
}

function missingSince(past: PastState, now: number): number {
  return past.findings.find(({ code }) => code === 'tag-missing')?.since ?? now;
}

function desirePrivate(
  serviceArn: string,
  tags: Readonly<Record<string, string>>,
  past: PastState,
  rules: Rules,
): Desire {
  const findings: Finding[] = [];
  const domains: string[] = [];
  const about = (domain: string, message: string) => ({ resource: serviceArn, domain, message });
  const allowed = allowedNames(rules);
  const asked = [
    ...DOMAIN_TAGS.flatMap((key) => words(tags[key]).map((text) => ({ text, from: `the tag "${key}"` }))),
    ...rules.domains.map((text) => ({ text, from: 'the policy' })),
  ];
  for (const { text, from } of asked) {
    const parsed = parseDomain(text);
    if (!parsed.ok) {
      findings.push(finding('domain-invalid', about(text, `"${text}" in ${from}: ${parsed.reason}.`)));
    } else if (!isAllowedName(parsed.name, allowed)) {
      findings.push(
        finding(
          'domain-not-allowed',
          about(parsed.name, `${parsed.name} does not match AllowedNames (${allowed.join(', ')}).`),
        ),
      );
    } else if (!domains.includes(parsed.name)) {
      if (domains.length < DOMAINS_PER_SERVICE) domains.push(parsed.name);
      else {
        findings.push(
          finding(
            'domains-too-many',
            about(parsed.name, `${parsed.name} is the sixth domain or later; it is ignored.`),
          ),
        );
      }
    }
  }
  // A slip of the pen takes nothing off the air: while a name cannot be read, those there were before are kept, as far
  // as they are still allowed.
  if (findings.length > 0 && past.desired?.kind === 'private') {
    const kept = past.desired.domains.filter((domain) => !domains.includes(domain) && isAllowedName(domain, allowed));
    domains.push(...kept.slice(0, DOMAINS_PER_SERVICE - domains.length));
  }
  const onceAsked = (key: string): readonly string[] =>
    words(tags[key]).flatMap((text) => {
      const parsed = parseDomain(text);
      if (parsed.ok && domains.includes(parsed.name)) return [parsed.name];
      const message = `"${text}" in the tag "${key}" is not one of the service's domains.`;
      const remedy = 'Name domains that are in the domains tag, or take the tag away.';
      findings.push(finding('domain-invalid', { ...about(text, message), remedy }));
      return [];
    });
  const adopt = onceAsked(ADOPT_TAG);
  const reassociate = onceAsked(REASSOCIATE_TAG);
  const zones = words(tags[ZONE_TAG]);
  const { [ALIAS_TAG]: strategy } = tags;
  const aliasStrategy = aliasStrategies.find((known) => known === strategy);
  if (strategy !== undefined && aliasStrategy === undefined) {
    findings.push(
      finding('tag-value-unknown', {
        resource: `${serviceArn}#${ALIAS_TAG}`,
        message: `The tag "${ALIAS_TAG}" takes ${aliasStrategies.join(', ')}; the stack's own strategy is used.`,
      }),
    );
  }
  const vpcId = tags[VPC_TAG] ?? rules.networks[0]?.vpcId;
  const isVpcId = vpcId !== undefined && /^vpc-[0-9a-f]{8,17}$/.test(vpcId);
  const network = isVpcId ? networkOf(rules, vpcId) : undefined;
  if (vpcId === undefined) {
    const message = 'Nothing says from which VPC the service shall be reachable.';
    findings.push(finding('vpc-not-given', { resource: serviceArn, message }));
  } else if (!isVpcId) {
    const message = `"${vpcId}" is not a VPC id (vpc-… with 8 to 17 hexadecimal digits).`;
    findings.push(finding('vpc-not-found', { resource: serviceArn, message }));
  } else if (network === undefined) {
    const known = rules.networks.map((one) => one.vpcId).join(', ') || 'none';
    const message = `${vpcId} is not among the VPCs that the policy has for this account and region (${known}).`;
    findings.push(finding('vpc-not-allowed', { resource: serviceArn, message }));
  }
  const endpointId = tags[ENDPOINT_TAG] ?? network?.endpointId;
  return {
    desired: {
      kind: 'private',
      vpcId: network?.vpcId,
      domains,
      aliasStrategy: aliasStrategy ?? rules.aliasStrategy,
      ...(endpointId === undefined ? {} : { endpointId }),
      ...(zones.length === 0 ? {} : { zones }),
      ...(adopt.length === 0 ? {} : { adopt }),
      ...(reassociate.length === 0 ? {} : { reassociate }),
    },
    findings,
  };
}

function words(value: string | undefined): readonly string[] {
  return (value ?? '').split(/\s+/).filter((word) => word !== '');
}
