import type { z } from 'zod';
import type { SweepRequest } from '../sweep/message.ts';
import type { Difference, RunSummary, SweepRun } from '../sweep/run.ts';
import { RUN_ID } from '../sweep/run-id.ts';
import { tally } from '../sweep/sweep.ts';
import type { ApiDependencies } from './dependencies.ts';
import { isoTime } from './explain.ts';
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
  const found = run.summary ?? tally(results, run);
  const { failures, orphans } = found;
  const counted = new Map(results.map((result) => [result.target, countsOf(tally([result], { failures: [] }))]));
  return {
    ...core(run),
    targets: run.targets.map((target) => {
      const counts = counted.get(target);
      return { target, ...(counts === undefined ? {} : { counts }) };
    }),
    counts: countsOf(found),
    differences: results
      .flatMap((result) => result.differences)
      .toSorted((a, b) => ORDER.indexOf(a.would) - ORDER.indexOf(b.would))
      .slice(0, MAX_DIFFERENCES)
      .map(({ serviceArn, ...difference }) => ({ service: identityOf(serviceArn), ...difference })),
    orphans: orphans.map(describeOrphan),
    failures: failures.map(describeFailure),
    reasons: run.summary?.reasons ?? [],
  };
}

/** What matters most comes first. */
const ORDER: readonly Difference['would'][] = ['detach', 'change', 'refresh'];

export async function askForSweep(
  { caller }: Pick<OfSweep, 'caller'>,
  dependencies: ApiDependencies,
): Promise<SweepAccepted> {
  const id = await asked({ kind: 'begin', by: caller }, dependencies);
  if (id === undefined) throw new RequestProblem('sweep-failed', 'The sweep function answered that it started none.');
  return accepted('begin', id);
}

export async function confirmHeldSweep(
  { params, caller }: OfSweep,
  dependencies: ApiDependencies,
): Promise<SweepAccepted> {
  const { id, status } = await known(params.id, dependencies.runs);
  if (status !== 'held') throw new RequestProblem('sweep-not-held', `Sweep ${id} is "${status}".`);
  // Another caller may have confirmed it meanwhile.
  if ((await asked({ kind: 'confirm', run: id, by: caller }, dependencies)) === undefined) {
    throw new RequestProblem('sweep-not-held', `Sweep ${id} is no longer held.`);
  }
  return accepted('confirm', id);
}

/** Invokes the sweep function. Returns the id of the run; `undefined` when there is none. */
async function asked(request: SweepRequest, { sweep }: ApiDependencies): Promise<string | undefined> {
  const answer = await sweep(request);
  switch (answer.kind) {
    case 'run':
      return answer.id;
    case 'none':
      return undefined;
    case 'failed':
      throw new RequestProblem('sweep-failed', `The sweep function failed: ${answer.reason}`);
    case 'late':
      throw new RequestProblem('sweep-late', 'The sweep function is still running.');
  }
}

async function known(id: string, runs: ApiDependencies['runs']): Promise<SweepRun> {
  const run = await runs.get(id);
  if (run === undefined) throw new RequestProblem('sweep-not-found', `There is no sweep ${id}, or not any more.`);
  return run;
}

const accepted = (verb: SweepAccepted['asked'], id: string): SweepAccepted => ({
  sweep: id,
  asked: verb,
  watch: `/sweeps/${id}`,
});

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
    answered: run.answered.length,
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
}: Omit<RunSummary, 'reasons'>): SweepReport['counts'] {
  return { services, managed, differing, changes, detaches, orphans, failures };
}
