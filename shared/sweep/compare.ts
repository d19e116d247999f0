import { forEachWithConcurrency } from '../concurrency.ts';
import { MINUTE } from '../duration.ts';
import { unusedEndpoint } from '../endpoint-cost.ts';
import { errorName, UnreadableRowError } from '../errors.ts';
import type { Observer } from '../observe/observe.ts';
import { describeAction } from '../plan/action.ts';
import { sameDesired } from '../policy/desire.ts';
import type { PolicyEvaluator } from '../policy/effective-policy.ts';
import { auditFinding, auditReason } from '../reconcile/audit.ts';
import { type ObservedPlan, observeAndPlan } from '../reconcile/observe-and-plan.ts';
import { parseServiceArn, type ServiceIdentity } from '../service-arn.ts';
import { initialState, type ServiceRow } from '../state/row.ts';
import type { Store } from '../state/store.ts';
import { TAG } from '../tags.ts';
import { type Failure, failureOf } from './failure.ts';
import { type Difference, type SweepTarget, type TargetResult, targetName } from './run.ts';

export interface CompareDependencies {
  readonly store: Pick<Store, 'get'>;
  /** Read-only: a comparison cannot write. */
  observerOf(place: { readonly account: string; readonly region: string }): Observer;
  readonly evaluatePolicy: PolicyEvaluator;
  /** Name of the installation. */
  readonly installation: string;
  /** USD per endpoint network interface and hour. */
  readonly endpointHourlyPrice: number;
  /** The hub's account and region, through which zones are read. */
  readonly hub: { readonly account: string; readonly region: string };
}

/** Few enough for docs/facts.md#ec2-request-rates and docs/facts.md#route-53-request-rates. */
const MAX_CONCURRENCY = 3;

/**
 * Compares one target with the policy. What cannot be read is a failure in the result, and never counts as in sync.
 */
export async function compare(target: SweepTarget, dependencies: CompareDependencies): Promise<TargetResult> {
  const empty: TargetResult = {
    target: targetName(target),
    serviceIds: [],
    managed: 0,
    differences: [],
    orphans: [],
    claims: [],
    failures: [],
  };
  try {
    return target.kind === 'zone'
      ? { ...empty, claims: await zoneClaims(target, dependencies) }
      : { ...empty, ...(await compareRegion(target, dependencies)) };
  } catch (error) {
    return { ...empty, failures: [failureOf(error, empty.target)] };
  }
}

async function zoneClaims(
  { zoneId, elsewhere }: SweepTarget & { readonly kind: 'zone' },
  { observerOf, hub, installation }: CompareDependencies,
): Promise<TargetResult['claims']> {
  const claims = await observerOf(hub).claims(zoneId, installation);
  return claims.filter(({ serviceId }) => !elsewhere.includes(serviceId)).map((claim) => ({ zoneId, ...claim }));
}

async function compareRegion(
  { account, region, known }: SweepTarget & { readonly kind: 'region' },
  dependencies: CompareDependencies,
): Promise<Omit<TargetResult, 'target' | 'claims'>> {
  const observer = dependencies.observerOf({ account, region }).memoized();
  const [listed, connected] = await Promise.all([observer.services(), observer.connectedServices()]);
  const failures: Failure[] = [];
  const differences: Difference[] = [];
  let managed = 0;
  const all = [...new Set([...listed, ...known, ...connected])];
  await forEachWithConcurrency(all, MAX_CONCURRENCY, async (arn) => {
    const service = parseServiceArn(arn);
    if (service === undefined) return;
    try {
      const compared = await compareService(service, observer, dependencies);
      if (compared.managed) managed++;
      if (compared.difference !== undefined) differences.push(compared.difference);
      if (compared.failure !== undefined) failures.push(compared.failure);
    } catch (error) {
      const failure = failureOf(error, arn);
      failures.push(failure);
      // Reconciling it reports the error where people look for this service.
      if (known.includes(arn)) {
        differences.push({
          serviceArn: arn,
          would: 'refresh',
          phase: 'blocked',
          what: [`comparing it failed: ${failure.message}`],
        });
      }
    }
  });
  const unused = await observer.unusedEndpoints(region, dependencies.installation).catch((error: unknown) => {
    failures.push(failureOf(error, `${account}/${region}`));
    return [];
  });
  return {
    serviceIds: all.flatMap((arn) => parseServiceArn(arn)?.id ?? []),
    managed,
    differences: differences.toSorted((a, b) => (a.serviceArn < b.serviceArn ? -1 : 1)),
    orphans: unused.map(({ vpcId, ...endpoint }) => ({
      kind: 'endpoint-unused',
      resource: endpoint.id,
      place: `${account}/${region}`,
      message: unusedEndpoint(endpoint, `${vpcId} (${account}, ${region})`, dependencies.endpointHourlyPrice),
    })),
    failures,
  };
}

async function compareService(
  service: ServiceIdentity,
  observer: Observer,
  { store, evaluatePolicy }: CompareDependencies,
): Promise<{ readonly managed: boolean; readonly difference?: Difference | undefined; readonly failure?: Failure }> {
  const row = await store.get(service.arn);
  if (row?.unreadable !== undefined) throw new UnreadableRowError(`The row cannot be read: ${row.unreadable}.`);
  if (row === undefined && (await isIrrelevant(service, observer, evaluatePolicy))) return { managed: false };
  const observedPlan = await observeAndPlan(service, row ?? initialState, observer, evaluatePolicy);
  const managed = observedPlan.desire.desired.kind === 'private' || observedPlan.plan.actions.length > 0;
  const compared = { managed, difference: difference(service, row, observedPlan, observer.now()) };
  const { answer } = observedPlan.observed;
  if (answer?.outcome !== 'failed') return compared;
  // The rest of the plan holds without it, but the HTTPS check did not run.
  const code = answer.denied === true ? 'permission-missing' : 'unavailable';
  return { ...compared, failure: { code, resource: service.arn, message: answer.reason } };
}

/** One read, for the many services that are neither tagged nor required to be private. */
async function isIrrelevant(
  service: ServiceIdentity,
  observer: Observer,
  evaluatePolicy: PolicyEvaluator,
): Promise<boolean> {
  let tags: Readonly<Record<string, string>>;
  try {
    tags = await observer.tags(service.arn);
  } catch (error) {
    // A deleted service has no tags, but its records may still exist.
    if (errorName(error) === 'ResourceNotFoundException') return false;
    throw error;
  }
  return tags[TAG] === undefined && (await evaluatePolicy(service, tags)).enforcement !== 'required';
}

/** The longest delay of SQS is 15 minutes: a message that is later than this was lost. */
const OVERDUE_MS = 20 * MINUTE;

/**
 * Whether a service has to be reconciled, and what that would do. Pure.
 *
 *     plan                      row                                 →
 *     the tag is missing        without that finding                detach
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
  const { desired } = desire;
  const differs = (would: Difference['would'], ...what: readonly string[]): Difference => ({
    serviceArn: service.arn,
    would,
    phase: plan.phase,
    what,
  });
  // A missing tag ends with detaching the service, and no sweep is involved by then.
  const missing = plan.findings.find(({ code }) => code === 'tag-missing');
  if (missing !== undefined && row?.findings.some(({ id }) => id === missing.id) !== true)
    return differs('detach', missing.message);
  const sameDesire = row !== undefined && sameDesired(desired, row.desired);
  const isScheduled = row?.token !== undefined && now - row.updatedAt < OVERDUE_MS;
  if (plan.actions.length > 0) {
    const actions = plan.actions.map(describeAction);
    if (effectivePolicy.mode === 'audit') {
      const { id, message } = auditFinding(service, plan.actions, auditReason(effectivePolicy));
      const isReported = row?.findings.some((open) => open.id === id && open.message === message) === true;
      return isReported ? undefined : differs('refresh', ...actions.map((action) => `in audit: ${action}`));
    }
    if (sameDesire && isScheduled) return differs('refresh', ...actions);
    return differs(desired.kind === 'detached' ? 'detach' : 'change', ...actions);
  }
  if (plan.waits.length > 0) return isScheduled ? undefined : differs('refresh', ...plan.waits.map(({ why }) => why));
  if (row === undefined) {
    const needsNoRow = desired.kind === 'unmanaged' || desired.kind === 'detached';
    return needsNoRow && plan.findings.length === 0 ? undefined : differs('refresh', 'it has no row yet');
  }
  const changes = rowChanges(row, observedPlan);
  return changes.length === 0 ? undefined : differs('refresh', ...changes);
}

function rowChanges({ phase, desired, findings }: ServiceRow, { plan, desire }: ObservedPlan): readonly string[] {
  const now = plan.findings.map(({ id }) => id);
  const before = findings.map(({ id }) => id);
  return [
    ...(phase === plan.phase ? [] : [`the phase is ${plan.phase}, and was ${phase ?? 'unknown'}`]),
    ...(sameDesired(desired, desire.desired) ? [] : ['the desired state changed']),
    ...now.filter((id) => !before.includes(id)).map((id) => `the finding ${id} opens`),
    ...before.filter((id) => !now.includes(id)).map((id) => `the finding ${id} closes`),
  ];
}
