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

/** What the queue of a sweep carries: compare this. */
export interface SweepMessage {
  readonly run: string;
  readonly target: SweepTarget;
}

export interface SweepQueue {
  send(messages: readonly SweepMessage[]): Promise<void>;
}

/** What it takes to conclude a run. */
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
  /** The accounts that are looked after now. @throws what AWS throws */
  accounts(): Promise<readonly string[]>;
  runId(startedAt: number): string;
}

/**
 * When no target has answered for so long, those that have not are not waited for any more: a message is tried for 12
 * minutes, and by default the next sweep begins after 15.
 */
const RUN_TIMEOUT_MS = 14 * MINUTE;

/** Runs that are looked through for one that never ended. */
const RUNS_SEARCHED = 5;

/**
 * Begins a sweep: one message for each account and region, so that a broken one stops no other.
 *
 *     sweep ─► run, targets ─► compare, each by itself ─► answers ─► the last one concludes ─► looks at what differs
 *                                                                                           └► held, if it is too much
 *
 * Hosted zones are read through for ownership records left behind once a day, and whenever somebody asks for a sweep.
 * By schedule none begins while one is under way, however long that takes: a second one would only make both slower.
 * What is noted of places that are not looked after any more is looked at too, so that nothing is told of it that no longer holds.
 * @param by `schedule`, or the ARN of the caller.
 * @returns the run, whether it has begun now, and those that ended with its beginning: earlier ones that were waited for
 * too long, and the run itself if there is nothing to compare.
 */
export async function beginSweep(
  by: string,
  dependencies: SweepDependencies,
): Promise<{ readonly run: SweepRun; readonly begun: boolean; readonly ended: readonly SweepRun[] }> {
  const { runs, policy, now } = dependencies;
  const startedAt = now();
  const recent = await runs.latest(RUNS_SEARCHED);
  const open = recent.filter(({ status }) => status === 'comparing');
  // They share a queue: as long as any of them gets on, those behind it may.
  const isMoving = open.some((run) => startedAt - (run.answeredAt ?? run.startedAt) < RUN_TIMEOUT_MS);
  const [underWay] = open;
  if (by === 'schedule' && isMoving && underWay !== undefined) return { run: underWay, begun: false, ended: [] };
  const ended: SweepRun[] = [];
  const failures: Failure[] = [];
  for (const run of isMoving ? [] : open) {
    try {
      ended.push(...(await conclude(run, dependencies)));
    } catch (error) {
      // One that cannot be concluded, for whatever reason, must not keep all that follow from beginning.
      failures.push(failureOf(error, run.id));
    }
  }
  const rows = await notedServices(dependencies);
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
  // A look lets them go, and they are closed; one that is being seen to already needs none.
  const toBeLetGo = rows.filter((row) => row.open && !row.awaited && elsewhere.includes(row.id));
  await lookAtAll(
    toBeLetGo.map(({ arn }) => ({ serviceArn: arn })),
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

/** A service that something is noted of. */
interface NotedService extends ServiceIdentity {
  /** What was given back or let go is left in peace: only its tag brings it back. */
  readonly open: boolean;
  /** Given back, and nothing is left of it. */
  readonly gone: boolean;
  /** Its next look is set. */
  readonly awaited: boolean;
}

async function notedServices({ store }: SweepDependencies): Promise<readonly NotedService[]> {
  const noted: NotedService[] = [];
  for await (const { serviceArn, phase, findings, token } of store.list()) {
    const service = parseServiceArn(serviceArn);
    if (service === undefined) continue;
    const told = findings.length > 0;
    const gone = phase === 'detached' && !told;
    const open = told || (phase !== 'detached' && phase !== 'released');
    noted.push({ ...service, open, gone, awaited: token !== undefined });
  }
  return noted;
}

/** The accounts that are known without the organisation: a failure to list them all stops none of these. */
function accountsWithout({ accounts, networks }: Policy, noted: readonly NotedService[]): readonly string[] {
  const except = accounts.kind === 'organization' ? accounts.except : [];
  const known = new Set([...networks, ...noted].map(({ account }) => account));
  return [...known].filter((account) => !except.includes(account)).sort();
}

/** Notes what a target has answered. @returns the runs that ended with it: this one with its last answer, or none. */
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
 * Adds up what the targets have answered, and looks at what differs, unless it is more than the limits allow.
 * @returns the run, unless another has ended it meanwhile.
 */
async function conclude(run: SweepRun, dependencies: ConcludeDependencies): Promise<readonly SweepRun[]> {
  const results = await dependencies.runs.results(run.id);
  const differences = results.flatMap((result) => result.differences);
  const summary = summarize(run, results, dependencies.policy);
  const status = summary.reasons.length > 0 ? 'held' : 'done';
  // Twice does no harm, and not at all would: so before the end is noted.
  if (status === 'done') await lookAtAll(differences, dependencies);
  const at = dependencies.now();
  const ended = await dependencies.runs.end(run.id, ['comparing'], { status, at, summary });
  return ended ? [{ ...run, status, endedAt: at, summary }] : [];
}

/** Lets a held run go on. Answers `undefined` when there is no such run, or it is not held. */
export async function confirmSweep(
  id: string,
  by: string,
  dependencies: ConcludeDependencies,
): Promise<SweepRun | undefined> {
  const run = await dependencies.runs.get(id);
  if (run?.status !== 'held' || run.summary === undefined) return undefined;
  const results = await dependencies.runs.results(id);
  await lookAtAll(
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

/** Looks that are asked for at the same time: a thousand take a few seconds. */
const MAX_CONCURRENCY = 20;

async function lookAtAll(
  services: readonly Pick<Difference, 'serviceArn'>[],
  { store, queue }: ConcludeDependencies,
): Promise<void> {
  await forEachWithConcurrency(services, MAX_CONCURRENCY, async ({ serviceArn }) => {
    await store.markDirty(serviceArn);
    await queue.send({ serviceArn });
  });
}

/**
 * What targets have answered, added up. Pure.
 * @param besides what belongs to none of them.
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
    changes: differences.filter(({ would }) => would !== 'note').length,
    detaches: differences.filter(({ would }) => would === 'detach').length,
    orphanCount: orphans.length,
    failureCount: failures.length,
    orphans: orphans.slice(0, MAX_LISTED),
    failures: failures.slice(0, MAX_LISTED),
  };
}

/** Pure. A target that has not answered, and one that could not be compared, is a failure. */
function summarize(run: SweepRun, results: readonly TargetResult[], policy: Policy): RunSummary {
  const answered = new Set(results.map(({ target }) => target));
  const silent = run.targets
    .filter((target) => !answered.has(target))
    .map((target): Failure => ({ code: 'not-answered', resource: target, message: 'no answer came' }));
  const failures = [...run.failures, ...silent];
  // With anything unseen, a service may be where nobody looked.
  const isSeen = failures.length === 0 && results.every((result) => result.failures.length === 0);
  const counts = tally(results, { failures, orphans: isSeen ? orphans(results) : [] });
  return { ...counts, reasons: overLimits(counts, policy.limits) };
}

/** Ownership records of services that are nowhere. */
function orphans(results: readonly TargetResult[]): readonly Orphan[] {
  const living = new Set(results.flatMap(({ serviceIds }) => serviceIds));
  return results
    .flatMap(({ claims }) => claims)
    .filter(({ serviceId }) => !living.has(serviceId))
    .map(({ zoneId, name, serviceId }) => ({
      kind: 'record-orphaned',
      resource: `${zoneId}/${name}`,
      message: `${name} in the zone ${zoneId} is the ownership record of a service (id ${serviceId}) that is not there any more, and of which nothing is noted.`,
    }));
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
