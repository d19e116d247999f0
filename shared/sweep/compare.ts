import { withCause } from '../cause.ts';
import { forEachWithConcurrency } from '../concurrency.ts';
import { counted } from '../counted.ts';
import { MINUTE } from '../duration.ts';
import { unusedEndpoint } from '../endpoint-cost.ts';
import { errorName, UnreadableRowError } from '../errors.ts';
import { agedDays } from '../findings.ts';
import type { Observer } from '../observe/observe.ts';
import { ZoneReads } from '../observe/zone-reads.ts';
import { describeAction } from '../plan/action.ts';
import type { NetworkState } from '../plan/observed.ts';
import { sameDesired } from '../policy/desire.ts';
import type { PolicyEvaluator } from '../policy/effective-policy.ts';
import { auditFinding, auditReason } from '../reconcile/audit.ts';
import { type ObservedPlan, observeAndPlan } from '../reconcile/observe-and-plan.ts';
import { parseServiceArn, type ServiceIdentity } from '../service-arn.ts';
import type { RuleSettings } from '../settings.ts';
import { initialState, leavesManagement, type ServiceRow } from '../state/row.ts';
import type { Store } from '../state/store.ts';
import { TAG } from '../tags.ts';
import { failureOf } from './failure.ts';
import type { SweepTarget } from './message.ts';
import {
  type Difference,
  type Found,
  type FoundEndpoint,
  merge,
  type ServiceWithoutRow,
  type TargetResult,
  targetName,
  unread,
} from './run.ts';

export interface CompareDependencies {
  readonly store: Pick<Store, 'get'>;
  /** Read-only: a comparison cannot write. */
  observerOf(place: { readonly account: string; readonly region: string }): Observer;
  /** What its targets share of hosted zones; without it each target reads them for itself. */
  readonly zoneReads?: ZoneReads;
  /** Runs the comparison of one service, in the time that it may take. */
  inTime<Result>(work: () => Promise<Result>): Promise<Result>;
  readonly evaluatePolicy: PolicyEvaluator;
  /** Zones are read through the hub's account and region. */
  readonly rules: Pick<RuleSettings, 'hub' | 'endpointHourlyPrice' | 'installation' | 'ownerTag'>;
}

/**
 * Services at a time. Their reads of a VPC and of zones are shared, and each has one call of each operation of App Runner,
 * whose rates are not documented (docs/facts.md#app-runner-request-rates).
 */
const MAX_CONCURRENCY = 6;

/** Compares one target with the policy. What cannot be read is a failure in the result, and never counts as in sync. */
export async function compare(target: SweepTarget, dependencies: CompareDependencies): Promise<TargetResult> {
  const name = targetName(target);
  const comparing = target.kind === 'zone' ? zoneClaims(target, dependencies) : compareRegion(target, dependencies);
  const known = target.kind === 'region' ? target.known : [];
  const found = await comparing.catch((error: unknown) => {
    const failure = failureOf(error, name);
    return { failures: [failure], differences: known.map((arn) => unread(arn, failure)) };
  });
  return { target: name, ...merge([found]) };
}

async function zoneClaims(
  { zoneId, elsewhere }: SweepTarget & { readonly kind: 'zone' },
  { observerOf, rules, zoneReads = new ZoneReads() }: CompareDependencies,
): Promise<Partial<Found>> {
  const { account = '', region = '' } = rules.hub;
  const observer = observerOf({ account, region }).forManyServices(zoneReads);
  const claims = await observer.claims(zoneId, rules.installation);
  return {
    claims: claims.filter((claim) => !elsewhere.includes(claim.serviceId)).map((claim) => ({ zoneId, ...claim })),
  };
}

async function compareRegion(
  target: SweepTarget & { readonly kind: 'region' },
  dependencies: CompareDependencies,
): Promise<Partial<Found>> {
  const { account, region, known } = target;
  const { observerOf, rules } = dependencies;
  const { zoneReads = new ZoneReads() } = dependencies;
  const observer = observerOf({ account, region }).forManyServices(zoneReads);
  const unused = unusedEndpoints(target, observer, rules).catch((error: unknown) => ({
    failures: [failureOf(error, targetName(target))],
  }));
  const [listed, connected] = await Promise.all([observer.services(), observer.connectedServices()]);
  const services = [...new Set([...listed, ...known, ...connected])].flatMap((arn) => parseServiceArn(arn) ?? []);
  zoneReads.expect(target.services);
  const parts: Partial<Found>[] = [{ serviceIds: services.map(({ id }) => id) }];
  await forEachWithConcurrency(services, MAX_CONCURRENCY, async (service) => {
    const found = withCause({ serviceArn: service.arn }, () =>
      dependencies.inTime(() => compareService(service, observer, dependencies, connected.includes(service.arn))),
    );
    parts.push(await found.catch((error: unknown) => notCompared(service.arn, error, known.includes(service.arn))));
  });
  parts.push(await unused);
  const found = merge(parts);
  return { ...found, differences: byArn(found.differences), withoutRow: byArn(found.withoutRow) };
}

async function unusedEndpoints(
  target: SweepTarget & { readonly kind: 'region' },
  observer: Observer,
  { ownerTag, endpointHourlyPrice }: CompareDependencies['rules'],
): Promise<Partial<Found>> {
  const { account, region } = target;
  const endpoints = await observer.unusedEndpoints(region, ownerTag);
  return {
    endpoints: endpoints.map(({ id, vpcId, interfaceCount: interfaces }) => ({ id, vpcId, interfaces })),
    orphans: endpoints.map(({ vpcId, ...endpoint }) => ({
      kind: 'endpoint-unused' as const,
      resource: endpoint.id,
      place: targetName(target),
      message: unusedEndpoint(endpoint, `${vpcId} (${account}, ${region})`, endpointHourlyPrice),
    })),
  };
}

/** They are compared at once, and end in any order. */
const byArn = <One extends { readonly serviceArn: string }>(found: readonly One[]): readonly One[] =>
  found.toSorted((a, b) => (a.serviceArn < b.serviceArn ? -1 : 1));

function notCompared(serviceArn: string, error: unknown, isKnown: boolean): Partial<Found> {
  const failure = failureOf(error, serviceArn);
  // A row of it, should there be one, says more.
  return {
    failures: [failure],
    ...(isKnown ? { differences: [unread(serviceArn, failure)] } : { withoutRow: [{ serviceArn }] }),
  };
}

async function compareService(
  service: ServiceIdentity,
  observer: Observer,
  { store, evaluatePolicy }: CompareDependencies,
  isConnected: boolean,
): Promise<Partial<Found>> {
  const row = await store.get(service.arn);
  if (row?.unreadable !== undefined) throw new UnreadableRowError(`The row cannot be read: ${row.unreadable}.`);
  // Untagged, without a row, and connected: the stack may have lost what it knew of it.
  if (row === undefined && !isConnected) {
    const irrelevant = await irrelevantTags(service, observer, evaluatePolicy);
    if (irrelevant !== undefined) return { withoutRow: [{ serviceArn: service.arn, tags: irrelevant }] };
  }
  const observedPlan = await observeAndPlan(service, row ?? initialState, observer, evaluatePolicy);
  const { desire, plan, observed, effectivePolicy } = observedPlan;
  const found = difference(service, row, observedPlan, observer.now());
  const { answer } = observed;
  return {
    withoutRow: row === undefined ? [{ serviceArn: service.arn, tags: effectivePolicy.decision.tags }] : [],
    managed: desire.desired.kind === 'private' || plan.actions.length > 0 || found?.would === 'release' ? 1 : 0,
    differences: found === undefined ? [] : [found],
    endpoints: endpointsOf(observed.network),
    // The rest of the plan holds without it, but the HTTPS check did not run.
    failures:
      answer?.outcome === 'failed'
        ? [
            {
              code: answer.denied === true ? 'permission-missing' : 'unavailable',
              resource: service.arn,
              message: answer.reason,
            },
          ]
        : [],
  };
}

function endpointsOf(network: NetworkState | undefined): readonly FoundEndpoint[] {
  const { vpcId = '', endpoints = [] } = network ?? {};
  return endpoints.map(({ id, interfaceCount: interfaces }) => ({ id, vpcId, interfaces }));
}

/**
 * One read, for the many services that are neither tagged nor required to be private.
 * @returns the tags that the policy uses; `undefined` if the service has to be observed.
 */
async function irrelevantTags(
  service: ServiceIdentity,
  observer: Observer,
  evaluatePolicy: PolicyEvaluator,
): Promise<ServiceWithoutRow['tags']> {
  const tags = await observer.tags(service.arn).catch((error: unknown) => {
    // A deleted service has no tags, but its records may still exist.
    if (errorName(error) === 'ResourceNotFoundException') return undefined;
    throw error;
  });
  if (tags === undefined || tags[TAG] !== undefined) return undefined;
  const { enforcement, decision } = await evaluatePolicy(service, tags);
  return enforcement === 'required' ? undefined : decision.tags;
}

/** The longest delay of SQS is 15 minutes: a message that is later than this was lost. */
const OVERDUE_MS = 20 * MINUTE;

/**
 * Whether a service has to be reconciled, and what that would do. Pure.
 *
 *     plan                      row                                 →
 *     the tag is missing        without that finding                detach
 *     not managed any more      managed                             release
 *     actions, in audit         reports the same actions            –
 *     actions, in audit         otherwise                           refresh
 *     actions                   the same desire, message scheduled  refresh
 *     actions                   otherwise                           change, or detach
 *     waits                     message scheduled                   –
 *     waits                     otherwise                           refresh
 *     nothing                   phase, desire, findings the same    –
 *     nothing                   otherwise                           refresh
 */
export function difference(
  service: ServiceIdentity,
  row: ServiceRow | undefined,
  observedPlan: ObservedPlan,
  now: number,
): Difference | undefined {
  const { plan, effectivePolicy, desire } = observedPlan;
  const differs = (would: Difference['would'], what: readonly string[]): Difference | undefined =>
    what.length === 0 ? undefined : { serviceArn: service.arn, would, phase: plan.phase, what };
  const reported = new Map(row?.findings.map(({ id, message }) => [id, message]));
  // A missing tag ends with detaching the service, and no sweep is involved by then.
  const missing = plan.findings.find(({ code }) => code === 'tag-missing');
  if (missing !== undefined && !reported.has(missing.id)) return differs('detach', [missing.message]);
  const { desired } = desire;
  if (row !== undefined && leavesManagement(row) && (desired.kind === 'unmanaged' || desired.kind === 'released')) {
    return differs('release', [`it is not managed any more: ${effectivePolicy.because}`]);
  }
  const isScheduled = row?.token !== undefined && now - row.updatedAt < OVERDUE_MS;
  const actions = plan.actions.map(describeAction);
  if (actions.length > 0 && effectivePolicy.mode === 'audit') {
    const { id, message } = auditFinding(service, plan.actions, auditReason(effectivePolicy));
    return reported.get(id) === message
      ? undefined
      : differs(
          'refresh',
          actions.map((action) => `in audit: ${action}`),
        );
  }
  if (actions.length > 0) {
    if (isScheduled && sameDesired(desire.desired, row.desired)) return differs('refresh', actions);
    return differs(desire.desired.kind === 'detached' ? 'detach' : 'change', actions);
  }
  if (plan.waits.length > 0)
    return isScheduled
      ? undefined
      : differs(
          'refresh',
          plan.waits.map(({ why }) => why),
        );
  if (row !== undefined) return differs('refresh', rowChanges(row, observedPlan, now));
  const needsNoRow = ['unmanaged', 'detached'].includes(desire.desired.kind) && plan.findings.length === 0;
  return differs('refresh', needsNoRow ? [] : ['it has no row yet']);
}

function rowChanges(
  { phase, desired, findings }: ServiceRow,
  { plan, desire }: ObservedPlan,
  at: number,
): readonly string[] {
  const now = plan.findings.map(({ id }) => id);
  const before = findings.map(({ id }) => id);
  // Changes of rows are what is announced: without this one, no event reports the age of a ready service's finding.
  const aged = findings.filter((found) => agedDays(found.since, at) !== found.agedDays && now.includes(found.id));
  return [
    ...(phase === plan.phase ? [] : [`the phase is ${plan.phase}, and was ${phase ?? 'unknown'}`]),
    ...(sameDesired(desired, desire.desired) ? [] : ['the desired state changed']),
    ...now.filter((id) => !before.includes(id)).map((id) => `the finding ${id} opens`),
    ...before.filter((id) => !now.includes(id)).map((id) => `the finding ${id} closes`),
    ...aged.map(({ id, since }) => `the finding ${id} is open for ${counted(agedDays(since, at) ?? 0, 'day')}`),
  ];
}
