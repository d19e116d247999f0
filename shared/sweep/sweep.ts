import { forEachWithConcurrency } from '../concurrency.ts';
import { MINUTE } from '../duration.ts';
import type { Policy } from '../policy/policy.ts';
import type { ReconcileQueue } from '../reconcile/message.ts';
import { parseServiceArn, type ServiceIdentity } from '../service-arn.ts';
import type { Store } from '../state/store.ts';
import { type Failure, failureOf } from './failure.ts';
import { overLimits } from './guards.ts';
import type { Orphan } from './orphan.ts';
import {
  type Difference,
  MAX_LISTED,
  type RunSummary,
  type SweepRun,
  type SweepTarget,
  type TargetResult,
  targetName,
} from './run.ts';
import type { SweepRuns } from './runs.ts';

/** A message of the sweep queue: compare this target. */
export interface SweepMessage {
  readonly run: string;
  readonly target: SweepTarget;
}

export interface SweepQueue {
  send(messages: readonly SweepMessage[]): Promise<void>;
}

export interface ConcludeDependencies {
  readonly store: Pick<Store, 'markDirty'>;
  readonly queue: ReconcileQueue;
  readonly runs: SweepRuns;
  readonly policy: Policy;
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface SweepDependencies extends ConcludeDependencies {
  readonly store: Pick<Store, 'list' | 'markDirty'>;
  readonly targets: SweepQueue;
  /** The accounts in scope. @throws what AWS throws */
  accounts(): Promise<readonly string[]>;
  runId(startedAt: number): string;
}

/**
 * A sweep without an answer for so long is concluded without the missing ones: a message is tried for 12 minutes, and by
 * default the next sweep begins after 15.
 */
const RUN_TIMEOUT_MS = 14 * MINUTE;

/** Runs among which one that never ended is searched. */
const RUNS_SEARCHED = 5;

/**
 * Begins a sweep: one message per account and region, so that a failure in one stops no other.
 *
 *     sweep ─► run, targets ─► compare, each by itself ─► answers ─► the last one concludes ─► enqueue what differs
 *                                                                                           └► held, if it exceeds the limits
 *
 * Hosted zones are searched for orphaned ownership records once a day, and by every sweep on request.
 * The schedule begins no sweep while one is running: a second one would only make both slower.
 * Rows of accounts and regions that left the scope are reconciled too, so that their findings close.
 * @param by `schedule`, or the ARN of the caller.
 * @returns the run, whether this call began it, and the runs that this call ended: earlier ones that timed out, and the
 * run itself if there is nothing to compare.
 */
export async function beginSweep(
  by: string,
  dependencies: SweepDependencies,
): Promise<{ readonly run: SweepRun; readonly begun: boolean; readonly ended: readonly SweepRun[] }> {
  const { runs, policy, now } = dependencies;
  const startedAt = now();
  const recent = await runs.latest(RUNS_SEARCHED);
  const open = recent.filter(({ status }) => status === 'comparing');
  // Runs share a queue: while one of them proceeds, those behind it may.
  const isMoving = open.some((run) => startedAt - (run.answeredAt ?? run.startedAt) < RUN_TIMEOUT_MS);
  const [underWay] = open;
  if (by === 'schedule' && isMoving && underWay !== undefined) return { run: underWay, begun: false, ended: [] };
  const ended: SweepRun[] = [];
  const failures: Failure[] = [];
  for (const run of isMoving ? [] : open) {
    try {
      ended.push(...(await conclude(run, dependencies)));
    } catch (error) {
      // A run that cannot be concluded must not stop all later ones.
      failures.push(failureOf(error, run.id));
    }
  }
  const rows = await knownServices(dependencies);
  const accounts = await dependencies.accounts().catch((error: unknown) => {
    failures.push(failureOf(error, 'organisation'));
    return accountsWithout(policy, rows);
  });
  const today = new Date(startedAt).toISOString().slice(0, 10);
  const isFirstToday = !recent.some((run) => new Date(run.startedAt).toISOString().slice(0, 10) === today);
  const zones = by !== 'schedule' || isFirstToday ? policy.zones : [];
  const elsewhere = rows.flatMap(({ id, account, region, gone }) =>
    gone || (accounts.includes(account) && policy.regions.includes(region)) ? [] : id,
  );
  const targets: readonly SweepTarget[] = [
    ...accounts.flatMap((account) =>
      policy.regions.map((region) => ({
        kind: 'region' as const,
        account,
        region,
        known: rows.flatMap((row) => (row.open && row.account === account && row.region === region ? row.arn : [])),
      })),
    ),
    ...zones.map(({ id }) => ({ kind: 'zone' as const, zoneId: id, elsewhere })),
  ];
  // Reconciling releases them. Those with a scheduled message need no other.
  const outOfScope = rows.filter((row) => row.open && !row.isScheduled && elsewhere.includes(row.id));
  await enqueueAll(
    outOfScope.map(({ arn }) => ({ serviceArn: arn })),
    dependencies,
  );
  const id = dependencies.runId(startedAt);
  const zonesReadBy = zones.length > 0 ? id : recent[0]?.zonesReadBy;
  const begun = { id, startedAt, by, targets: targets.map(targetName), zonesReadBy, failures };
  await runs.begin(begun);
  await dependencies.targets.send(targets.map((target) => ({ run: id, target })));
  const run: SweepRun = {
    ...begun,
    status: 'comparing',
    endedAt: undefined,
    confirmedBy: undefined,
    answered: [],
    answeredAt: undefined,
    summary: undefined,
  };
  if (targets.length === 0) ended.push(...(await conclude(run, dependencies)));
  return { run: ended.find((one) => one.id === id) ?? run, begun: true, ended };
}

/** A service with a row. */
interface KnownService extends ServiceIdentity {
  /** Detached and released services without findings stay as they are until their tag changes. */
  readonly open: boolean;
  /** Detached, without findings. */
  readonly gone: boolean;
  /** Its next reconciliation has a message. */
  readonly isScheduled: boolean;
}

async function knownServices({ store }: SweepDependencies): Promise<readonly KnownService[]> {
  const known: KnownService[] = [];
  for await (const { serviceArn, phase, findings, token } of store.list()) {
    const service = parseServiceArn(serviceArn);
    if (service === undefined) continue;
    const hasFindings = findings.length > 0;
    const gone = phase === 'detached' && !hasFindings;
    const open = hasFindings || (phase !== 'detached' && phase !== 'released');
    known.push({ ...service, open, gone, isScheduled: token !== undefined });
  }
  return known;
}

/** The accounts that are known without the organisation, for when it cannot be read. */
function accountsWithout({ accounts, networks }: Policy, services: readonly KnownService[]): readonly string[] {
  if (accounts.kind === 'listed') return accounts.ids;
  const known = new Set([...networks, ...services].map(({ account }) => account));
  return [...known].filter((account) => !accounts.except.includes(account)).sort();
}

/** Records the answer of a target. @returns the run, if this was its last answer. */
export async function answerSweep(
  id: string,
  result: TargetResult,
  dependencies: ConcludeDependencies,
): Promise<readonly SweepRun[]> {
  const run = await dependencies.runs.answer(id, result, dependencies.now());
  const isLast = run?.status === 'comparing' && run.targets.every((target) => run.answered.includes(target));
  return isLast ? conclude(run, dependencies) : [];
}

/**
 * Sums up the answers and enqueues the services out of sync, unless they exceed the limits.
 * @returns the run, unless another call has ended it meanwhile.
 */
async function conclude(run: SweepRun, dependencies: ConcludeDependencies): Promise<readonly SweepRun[]> {
  const results = await dependencies.runs.results(run.id);
  const differences = results.flatMap((result) => result.differences);
  const summary = summarize(run, results, dependencies.policy);
  const status = summary.reasons.length > 0 ? 'held' : 'done';
  // Enqueue before marking the run done: duplicates are harmless, losses are not.
  if (status === 'done') await enqueueAll(differences, dependencies);
  const at = dependencies.now();
  const ended = await dependencies.runs.end(run.id, ['comparing'], { status, at, summary });
  return ended ? [{ ...run, status, endedAt: at, summary }] : [];
}

/** Releases a held run. @returns `undefined` if there is no such run, or it is not held. */
export async function confirmSweep(
  id: string,
  by: string,
  dependencies: ConcludeDependencies,
): Promise<SweepRun | undefined> {
  const run = await dependencies.runs.get(id);
  if (run?.status !== 'held' || run.summary === undefined) return undefined;
  const results = await dependencies.runs.results(id);
  await enqueueAll(
    results.flatMap((result) => result.differences),
    dependencies,
  );
  const at = dependencies.now();
  const confirmed = await dependencies.runs.end(id, ['held'], {
    status: 'done',
    at,
    summary: run.summary,
    confirmedBy: by,
  });
  return confirmed ? { ...run, status: 'done', endedAt: at, confirmedBy: by } : undefined;
}

/** A thousand services then take a few seconds. */
const MAX_CONCURRENCY = 20;

async function enqueueAll(
  services: readonly Pick<Difference, 'serviceArn'>[],
  { store, queue }: ConcludeDependencies,
): Promise<void> {
  await forEachWithConcurrency(services, MAX_CONCURRENCY, async ({ serviceArn }) => {
    await store.markDirty(serviceArn);
    await queue.send({ serviceArn });
  });
}

/**
 * The answers of targets, summed up. Pure.
 * @param besides what belongs to no target.
 */
export function tally(
  results: readonly TargetResult[],
  besides: { readonly failures: readonly Failure[]; readonly orphans?: readonly Orphan[] },
): Omit<RunSummary, 'reasons'> {
  const differences = results.flatMap((result) => result.differences);
  const failures = [...besides.failures, ...results.flatMap((result) => result.failures)];
  const orphans = [...results.flatMap((result) => result.orphans), ...(besides.orphans ?? [])];
  return {
    services: sum(results, ({ serviceIds }) => serviceIds.length),
    managed: sum(results, ({ managed }) => managed),
    differing: differences.length,
    changes: differences.filter(({ would }) => would !== 'refresh').length,
    detaches: differences.filter(({ would }) => would === 'detach').length,
    orphanCount: orphans.length,
    failureCount: failures.length,
    orphans: orphans.slice(0, MAX_LISTED),
    failures: failures.slice(0, MAX_LISTED),
  };
}

/** A target that has not answered is a failure. Pure. */
function summarize(run: SweepRun, results: readonly TargetResult[], policy: Policy): RunSummary {
  const answered = new Set(results.map(({ target }) => target));
  const silent = run.targets
    .filter((target) => !answered.has(target))
    .map((target): Failure => ({ code: 'not-answered', resource: target, message: 'the target did not answer' }));
  const failures = [...run.failures, ...silent];
  // After a failure, a service may exist where the sweep could not read.
  const isSeen = failures.length === 0 && results.every((result) => result.failures.length === 0);
  const counts = tally(results, { failures, orphans: isSeen ? orphans(results) : [] });
  return { ...counts, reasons: overLimits(counts, policy.limits) };
}

/** Ownership records of services that exist nowhere. */
function orphans(results: readonly TargetResult[]): readonly Orphan[] {
  const living = new Set(results.flatMap(({ serviceIds }) => serviceIds));
  return results
    .flatMap(({ claims }) => claims)
    .filter(({ serviceId }) => !living.has(serviceId))
    .map(({ zoneId, name, serviceId }) => ({
      kind: 'record-orphaned',
      resource: `${zoneId}/${name}`,
      message: `${name} in the zone ${zoneId} is the ownership record of the service with the id ${serviceId}, which does not exist and has no row.`,
    }));
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
