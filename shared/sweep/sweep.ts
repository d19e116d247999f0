import { forEachWithConcurrency } from '../concurrency.ts';
import { MINUTE } from '../duration.ts';
import { zonesOf } from '../plan/ledger.ts';
import type { Phase } from '../plan/plan.ts';
import { LONGEST_DELAY } from '../plan/wait.ts';
import type { Policy } from '../policy/policy.ts';
import type { ReconcileQueue } from '../reconcile/message.ts';
import { parseServiceArn, type ServiceIdentity } from '../service-arn.ts';
import { leavesManagement } from '../state/row.ts';
import type { Store } from '../state/store.ts';
import { sweepCorrelation } from './correlation.ts';
import { type Failure, failureOf } from './failure.ts';
import { emptyFleet, type Fleet, withService } from './fleet.ts';
import { overLimits } from './guards.ts';
import type { SweepMessage, SweepTarget } from './message.ts';
import type { Orphan } from './orphan.ts';
import {
  type Difference,
  merge,
  type RunEnd,
  type RunSummary,
  type SweepRun,
  type SweepStatus,
  type TargetResult,
  tally,
  targetName,
  unread,
} from './run.ts';
import type { SweepRuns } from './runs.ts';

export interface ConcludeDependencies {
  readonly store: Pick<Store, 'markDirty' | 'hold'>;
  readonly queue: ReconcileQueue;
  readonly runs: SweepRuns;
  readonly policy: Policy;
  /** Enqueues the report of a sweep that has ended. */
  readonly reports: { send(message: { readonly run: string }): Promise<void> };
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface SweepDependencies extends ConcludeDependencies {
  readonly store: Pick<Store, 'list' | 'markDirty' | 'hold'>;
  readonly targets: { send(messages: readonly SweepMessage[]): Promise<void> };
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
 *     sweep ─► run, targets ─► compare, each alone ─► answers ─► the last one concludes ─► enqueue what differs
 *                                                                                       └► held, if it exceeds the limits
 *
 * Hosted zones are searched for orphaned ownership records once a day, and by every sweep on request.
 * The schedule begins no sweep while one is running: a second one would only make both slower.
 * Rows of accounts and regions that left the scope are reconciled too: that releases them, and as long as records of theirs
 * are reported, looks whether the service still exists.
 * @param by `schedule`, or the ARN of the caller.
 * @returns the run, whether this call began it, and the runs that this call ended: earlier ones that timed out, and the
 * run itself if there is nothing to compare.
 */
export async function beginSweep(
  by: string,
  dependencies: SweepDependencies,
): Promise<{
  readonly run: SweepRun;
  readonly begun: boolean;
  readonly ended: readonly SweepRun[];
  /** What the rows say; absent when no sweep began. */
  readonly fleet?: Fleet;
}> {
  const { runs, policy, targets, now } = dependencies;
  const startedAt = now();
  const recent = await runs.latest(RUNS_SEARCHED);
  const open = recent.filter(({ status }) => status === 'comparing');
  // Runs share a queue: while one of them proceeds, those behind it may.
  const isMoving = open.some((run) => startedAt - (run.answeredAt ?? run.startedAt) < RUN_TIMEOUT_MS);
  const [running] = open;
  if (by === 'schedule' && isMoving && running !== undefined) return { run: running, begun: false, ended: [] };
  const ended: (SweepRun | undefined)[] = [];
  const failures: Failure[] = [];
  const { known, fleet } = await knownServices(dependencies);
  for (const run of isMoving ? [] : open) {
    // A run that cannot be concluded must not stop all later ones.
    await runs
      .results(run.id)
      .then((answers) => conclude(run, answers, dependencies, known))
      .then(
        (one) => ended.push(one),
        (error: unknown) => failures.push(failureOf(error, run.id)),
      );
  }
  const accounts = await dependencies.accounts().catch((error: unknown) => {
    failures.push(failureOf(error, 'organisation'));
    return accountsWithout(policy, known);
  });
  const isInScope = ({ account, region }: ServiceIdentity) =>
    accounts.includes(account) && policy.regions.includes(region);
  const outOfScope = known.filter((service) => !isInScope(service));
  const isFirstToday = !recent.some((run) => day(run.startedAt) === day(startedAt));
  const zones = by !== 'schedule' || isFirstToday ? policy.zones : [];
  const services = servicesByZone(known.filter(isInScope));
  const elsewhere = outOfScope.filter(({ gone }) => !gone).map(({ id }) => id);
  const compared: readonly SweepTarget[] = [
    ...accounts.flatMap((account) =>
      policy.regions.map((region) => ({
        kind: 'region' as const,
        account,
        region,
        known: openIn(`${account}/${region}`, known),
        services,
      })),
    ),
    ...zones.map(({ id }) => ({ kind: 'zone' as const, zoneId: id, elsewhere })),
  ];
  const id = dependencies.runId(startedAt);
  const zonesReadBy = zones.length > 0 ? id : recent[0]?.zonesReadBy;
  const start = {
    id,
    startedAt,
    by,
    targets: compared.map(targetName),
    zonesReadBy,
    outOfScope: outOfScope.flatMap(leavingScope),
    holding: known.filter(({ isHeld }) => isHeld).map(({ arn }) => arn),
    failures,
  };
  await runs.begin(start);
  await targets.send(compared.map((target) => ({ run: id, target })));
  const run: SweepRun = { ...start, status: 'comparing', answered: 0 };
  const empty = compared.length === 0 ? await conclude(run, [], dependencies) : undefined;
  return { run: empty ?? run, begun: true, fleet, ended: [...ended, empty].filter((one) => one !== undefined) };
}

const day = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** A service with a row. */
interface KnownService extends ServiceIdentity {
  /** Detached and released services without findings stay as they are until their tag changes. */
  readonly open: boolean;
  /** Detached, without findings. */
  readonly gone: boolean;
  /** Its next reconciliation has a message. */
  readonly isScheduled: boolean;
  /** Managed, as far as its row says. */
  readonly isManaged: boolean;
  readonly isHeld: boolean;
  /** Records that the stack wrote for it exist, as far as its row says. */
  readonly hasRecords: boolean;
  /** Ids of the hosted zones that hold them. */
  readonly zoneIds: readonly string[];
  readonly phase: Phase | undefined;
}

/** @param place `account/region`. @returns the ARNs. */
function openIn(place: string, services: readonly KnownService[]): readonly string[] {
  return services.flatMap(({ open, account, region, arn }) => (open && `${account}/${region}` === place ? arn : []));
}

/** @returns how many services have records in each zone, by its id. */
function servicesByZone(known: readonly KnownService[]): Readonly<Record<string, number>> {
  const services: Record<string, number> = {};
  for (const { zoneIds } of known) for (const id of zoneIds) services[id] = (services[id] ?? 0) + 1;
  return services;
}

/** Those that are not managed and have a scheduled message, or no records, need no other. */
function leavingScope({ arn, open, isScheduled, isManaged, hasRecords, phase }: KnownService): readonly Difference[] {
  if (!isManaged && !hasRecords && (!open || isScheduled)) return [];
  const what = ['its account or region is not in scope'];
  return [{ serviceArn: arn, would: isManaged ? 'release' : 'refresh', phase: phase ?? 'unknown', what }];
}

async function knownServices({
  store,
  now,
}: SweepDependencies): Promise<{ readonly known: readonly KnownService[]; readonly fleet: Fleet }> {
  const known: KnownService[] = [];
  let fleet = emptyFleet;
  for await (const row of store.list()) {
    const { serviceArn, phase, findings, token, heldBy, ledger } = row;
    const service = parseServiceArn(serviceArn);
    if (service === undefined) continue;
    fleet = withService(fleet, row, now());
    const gone = phase === 'detached' && findings.length === 0;
    const open = findings.length > 0 || (phase !== 'detached' && phase !== 'released');
    known.push({
      ...service,
      open,
      gone,
      isScheduled: token !== undefined,
      isManaged: leavesManagement(row),
      isHeld: heldBy !== undefined,
      hasRecords: Object.keys(ledger.domains).length > 0,
      zoneIds: zonesOf(ledger),
      phase,
    });
  }
  return { known, fleet };
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
): Promise<SweepRun | undefined> {
  const { runs } = dependencies;
  const progress = await runs.answer(id, result, dependencies.now());
  if (progress === undefined || progress.answers < progress.targets) return undefined;
  const run = await runs.get(id);
  if (run?.status !== 'comparing') return undefined;
  // An answer that came twice may have counted twice: then others are still to come.
  const answers = await runs.results(id);
  const isComplete = run.targets.every((target) => answers.some((answer) => answer.target === target));
  return isComplete ? conclude(run, answers, dependencies) : undefined;
}

/**
 * Sums up the answers. Services of a target that has not answered are reconciled: that reads them, or counts how long they
 * were not.
 * @returns the run, unless another call has ended it meanwhile.
 */
async function conclude(
  run: SweepRun,
  answers: readonly TargetResult[],
  dependencies: ConcludeDependencies,
  known: readonly KnownService[] = [],
): Promise<SweepRun | undefined> {
  const silent = run.targets
    .filter((target) => !answers.some((answer) => answer.target === target))
    .map((target): TargetResult => {
      const failure: Failure = { code: 'not-answered', resource: target, message: 'the target did not answer' };
      const differences = openIn(target, known).map((arn) => unread(arn, failure));
      return { target, ...merge([{ failures: [failure], differences }]) };
    });
  const results = [...answers, ...silent];
  const summary = summarize(run, results, dependencies.policy);
  const answered = answers.length;
  return end(run, summary.reasons.length > 0 ? 'held' : 'done', results, { summary, answered }, dependencies);
}

/** Ends a held run. @returns `undefined` if there is no such run, or it is not held. */
export async function confirmSweep(
  id: string,
  by: string,
  dependencies: ConcludeDependencies,
): Promise<SweepRun | undefined> {
  const run = await dependencies.runs.get(id);
  if (run?.status !== 'held' || run.summary === undefined) return undefined;
  const results = await dependencies.runs.results(id);
  return end(run, 'done', results, { summary: run.summary, answered: run.answered, confirmedBy: by }, dependencies);
}

async function end(
  { id, status: from, outOfScope = [], holding = [] }: SweepRun,
  to: SweepStatus,
  results: readonly TargetResult[],
  how: Omit<RunEnd, 'endedAt'>,
  dependencies: ConcludeDependencies,
): Promise<SweepRun | undefined> {
  const differences = [...merge(results).differences, ...outOfScope];
  const held = to === 'held' ? differences.filter(({ would }) => would !== 'refresh') : [];
  const arns = differences.map(({ serviceArn }) => serviceArn);
  // Hold and enqueue before marking the run: duplicates are harmless, losses are not.
  await holdAll(held, id, [...holding, ...(from === 'held' ? arns : [])], dependencies);
  if (to === 'done') await enqueueAll(differences, sweepCorrelation(id), dependencies);
  const ended = await dependencies.runs.end(id, from, to, { endedAt: dependencies.now(), ...how });
  if (ended !== undefined) await dependencies.reports.send({ run: id });
  return ended;
}

/** A thousand services then take a few seconds. */
const MAX_CONCURRENCY = 20;

/** What a held sweep holds stays held, whatever wakes it, until the sweep is confirmed or a later one ends otherwise. */
async function holdAll(
  held: readonly Difference[],
  run: string,
  earlier: readonly string[],
  { store }: ConcludeDependencies,
): Promise<void> {
  const now = new Map(held.map(({ serviceArn }) => [serviceArn, run] as const));
  const all = [...new Set([...earlier, ...now.keys()])];
  await forEachWithConcurrency(all, MAX_CONCURRENCY, (serviceArn) => store.hold(serviceArn, now.get(serviceArn)));
}

async function enqueueAll(
  differences: readonly Difference[],
  correlation: string,
  { store, queue }: ConcludeDependencies,
): Promise<void> {
  const now = differences.filter(({ isThrottled }) => isThrottled !== true);
  await forEachWithConcurrency(now, MAX_CONCURRENCY, async ({ serviceArn, would }) => {
    await store.markDirty(serviceArn);
    await queue.send({ serviceArn, fresh: true, repeated: would === 'refresh', correlation });
  });
  // As late as a message may come. Not marked: a service that is waited for keeps its own pace.
  const later = differences.filter(({ isThrottled }) => isThrottled === true);
  await forEachWithConcurrency([...later.entries()], MAX_CONCURRENCY, ([index, { serviceArn }]) =>
    queue.send({ serviceArn, fresh: true, repeated: true, correlation }, ((index + 1) / later.length) * LONGEST_DELAY),
  );
}

function summarize(run: SweepRun, results: readonly TargetResult[], policy: Policy): RunSummary {
  const { outOfScope = [] } = run;
  const leaving = outOfScope.filter(({ would }) => would === 'release').length;
  const own = { failures: run.failures, differences: outOfScope, managed: leaving };
  const parts = [own, ...results];
  const counts = tally([...parts, { orphans: orphanedRecords(parts) }]);
  return { ...counts, reasons: overLimits(counts, policy.limits) };
}

/** Ownership records of services that exist nowhere. After a failure, one may exist where the sweep could not read. */
function orphanedRecords(parts: Parameters<typeof merge>[0]): readonly Orphan[] {
  const { failures, claims, serviceIds } = merge(parts);
  const living = new Set(serviceIds);
  return (failures.length > 0 ? [] : claims)
    .filter(({ serviceId }) => !living.has(serviceId))
    .map(({ zoneId, name, serviceId }) => ({
      kind: 'record-orphaned',
      resource: `${zoneId}/${name}`,
      message: `${name} in the zone ${zoneId} is the ownership record of the service with the id ${serviceId}, which was found in no account and region in scope.`,
    }));
}
