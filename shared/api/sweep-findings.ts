import { isoTime } from '../iso-time.ts';
import { parseServiceArn } from '../service-arn.ts';
import { type Failure, failureDefinitions } from '../sweep/failure.ts';
import { heldDefinitions } from '../sweep/guards.ts';
import { type Orphan, orphanDefinitions } from '../sweep/orphan.ts';
import type { SweepRun } from '../sweep/run.ts';
import type { SweepRuns } from '../sweep/runs.ts';
import type { Head } from './pages.ts';
import type { SweepFinding, SweepReport } from './sweep-schemas.ts';

export function describeFailure(failure: Failure): SweepReport['failures'][number] {
  return { ...failure, ...failureDefinitions[failure.code] };
}

export function describeOrphan(orphan: Orphan): SweepReport['orphans'][number] {
  const { kind, resource, message } = orphan;
  return { kind, resource, message, ...orphanDefinitions[kind] };
}

/** Sweeps among which one has ended: each begins long after the one before it. */
const RUNS_SEARCHED = 5;

/**
 * The findings of the latest ended sweep that belong to no service. Not every sweep reads the hosted zones, so the
 * findings of the last one that did are included.
 * @param id of the sweep, if a page names it.
 */
export async function sweepFindings(
  runs: Pick<SweepRuns, 'get' | 'latest'>,
  id?: string,
): Promise<Head<SweepFinding> | undefined> {
  const run = id === undefined ? (await runs.latest(RUNS_SEARCHED)).find(hasEnded) : await runs.get(id);
  if (run === undefined) return undefined;
  const { zonesReadBy } = run;
  const earlier = zonesReadBy === undefined || zonesReadBy === run.id ? undefined : await runs.get(zonesReadBy);
  const orphans = findingsOf(earlier).filter(({ code }) => code === 'record-orphaned');
  return { of: run.id, items: [...findingsOf(run), ...orphans] };
}

const hasEnded = ({ summary }: SweepRun): boolean => summary !== undefined;

function findingsOf(run: SweepRun | undefined): readonly SweepFinding[] {
  if (run?.summary === undefined) return [];
  const { id, status, startedAt, endedAt = startedAt, summary } = run;
  const found = { source: 'sweep', sweep: id, since: isoTime(endedAt) } as const;
  const { severity: held, remedy: confirm } = heldDefinitions['sweep-held'];
  const message = `The sweep is held and changes nothing: ${summary.reasons.join('; ')}.`;
  return [
    ...(status === 'held'
      ? [{ ...found, code: 'sweep-held', severity: held, resource: id, message, remedy: confirm } as const]
      : []),
    ...summary.failures.map((failure) => {
      const { code, severity, resource, message, remedy } = describeFailure(failure);
      return { ...found, code, severity, ...placeOf(resource), resource, message, remedy };
    }),
    ...summary.orphans.map((orphan) => {
      const { kind, severity, resource, message, remedy } = describeOrphan(orphan);
      return { ...found, code: kind, severity, ...placeOf(orphan.place ?? resource), resource, message, remedy };
    }),
  ];
}

/** @param resource the ARN of a service, or `account/region`; anything else has no known account and region. */
function placeOf(resource: string): { readonly account?: string; readonly region?: string } {
  const service = parseServiceArn(resource);
  if (service !== undefined) return { account: service.account, region: service.region };
  const [, account, region] = /^(\d{12})\/([a-z0-9-]+)$/.exec(resource) ?? [];
  return account === undefined || region === undefined ? {} : { account, region };
}
