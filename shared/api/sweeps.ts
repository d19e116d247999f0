import type { z } from 'zod';
import { isoTime } from '../iso-time.ts';
import { type Difference, RUN_ID, type SweepRun, type Tally, tally } from '../sweep/run.ts';
import type { ApiDependencies } from './dependencies.ts';
import { keptBy } from './kept.ts';
import { invalidCursor } from './pages.ts';
import { RequestProblem } from './problems.ts';
import type { sweepQuery } from './requests.ts';
import type { Input } from './route.ts';
import { identityOf } from './service.ts';
import { describeFailure, describeOrphan } from './sweep-findings.ts';
import {
  MAX_DIFFERENCES,
  type SweepAccepted,
  type SweepReport,
  type SweepSummary,
  type sweepPath,
} from './sweep-schemas.ts';

type OfSweep = Input<z.output<typeof sweepPath>, unknown, unknown>;

/** The latest first. @throws RequestProblem for a cursor that is not the id of a sweep. */
export async function listSweeps(
  { query: { limit, cursor } }: Input<unknown, z.output<typeof sweepQuery>, unknown>,
  { runs }: Pick<ApiDependencies, 'runs'>,
): Promise<{ readonly sweeps: readonly SweepSummary[]; readonly next?: string }> {
  if (cursor !== undefined && !RUN_ID.test(cursor)) throw invalidCursor();
  // One more, to know whether there is a next page.
  const found = await runs.latest(limit + 1, cursor);
  const sweeps = found.slice(0, limit);
  const last = sweeps.at(-1);
  return { sweeps: sweeps.map(summary), ...(found.length > limit && last !== undefined ? { next: last.id } : {}) };
}

export async function showSweep({ params }: OfSweep, { runs }: Pick<ApiDependencies, 'runs'>): Promise<SweepReport> {
  const run = await known(params.id, runs);
  const results = await runs.results(run.id);
  const { outOfScope: differences = [] } = run;
  const found = run.summary ?? tally([{ failures: run.failures, differences }, ...results]);
  const { failures, orphans } = found;
  const counted = new Map(results.map((result) => [result.target, countsOf(tally([result]))]));
  return {
    ...core(run),
    targets: run.targets.map((target) => {
      const counts = counted.get(target);
      return { target, ...(counts === undefined ? {} : { counts }) };
    }),
    counts: countsOf(found),
    differences: [...differences, ...results.flatMap((result) => result.differences)]
      .toSorted((a, b) => ORDER.indexOf(a.would) - ORDER.indexOf(b.would))
      .slice(0, MAX_DIFFERENCES)
      .map(({ serviceArn, ...difference }) => ({ service: identityOf(serviceArn), ...difference })),
    orphans: orphans.map(describeOrphan),
    failures: failures.map(describeFailure),
    reasons: run.summary?.reasons ?? [],
  };
}

/** What matters most comes first. */
const ORDER: readonly Difference['would'][] = ['detach', 'release', 'change', 'refresh'];

export async function askForSweep(
  { caller }: Pick<OfSweep, 'caller'>,
  dependencies: ApiDependencies,
): Promise<SweepAccepted> {
  const id = await dependencies.sweep({ kind: 'begin', by: caller });
  if (id === undefined) throw new RequestProblem('sweep-failed', 'The sweep function answered that it started none.');
  return accepted('begin', id, dependencies);
}

export async function confirmHeldSweep(
  { params, caller }: OfSweep,
  dependencies: ApiDependencies,
): Promise<SweepAccepted> {
  const { id, status } = await known(params.id, dependencies.runs);
  if (status !== 'held') throw new RequestProblem('sweep-not-held', `Sweep ${id} is "${status}".`);
  // Another caller may have confirmed it meanwhile.
  if ((await dependencies.sweep({ kind: 'confirm', run: id, by: caller })) === undefined) {
    throw new RequestProblem('sweep-not-held', `Sweep ${id} is no longer held.`);
  }
  return accepted('confirm', id, dependencies);
}

/** @throws RequestProblem with the latest ones, if there is none with this id. */
export async function known(id: string, runs: ApiDependencies['runs']): Promise<SweepRun> {
  const run = await runs.get(id);
  if (run !== undefined) return run;
  const latest = (await runs.latest(3)).map((one) => one.id).join(', ');
  const others = latest === '' ? 'There is none yet.' : `The latest are ${latest}.`;
  throw new RequestProblem('sweep-not-found', `There is no sweep ${id}, or not any more. ${others}`);
}

const accepted = async (
  verb: SweepAccepted['asked'],
  id: string,
  dependencies: ApiDependencies,
): Promise<SweepAccepted> => ({ sweep: id, asked: verb, watch: `/sweeps/${id}`, ...(await keptBy(dependencies)) });

function core({ id, status, by, confirmedBy, startedAt, endedAt }: SweepRun) {
  return {
    ...{ id, status, by },
    ...(confirmedBy === undefined ? {} : { confirmedBy }),
    startedAt: isoTime(startedAt),
    ...(endedAt === undefined ? {} : { endedAt: isoTime(endedAt) }),
  };
}

function summary(run: SweepRun): SweepSummary {
  return {
    ...core(run),
    targets: run.targets.length,
    answered: run.answered,
    ...(run.summary === undefined ? {} : { counts: countsOf(run.summary) }),
  };
}

function countsOf({
  services,
  managed,
  differing,
  changes,
  detaches,
  orphanCount: orphans,
  failureCount: failures,
}: Tally): SweepReport['counts'] {
  return { services, managed, differing, changes, detaches, orphans, failures };
}
