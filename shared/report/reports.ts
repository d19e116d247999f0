import type { OrganizationReader } from '../policy/evaluator.ts';
import type { PolicyInForce } from '../policy/policy.ts';
import { usesUnits } from '../policy/scope.ts';
import type { Store } from '../state/store.ts';
import type { SweepRun } from '../sweep/run.ts';
import type { SweepRuns } from '../sweep/runs.ts';
import type { ReportBucket } from './bucket.ts';
import { reportCsv } from './csv.ts';
import { ADDRESS_SECONDS } from './formats.ts';
import { makeReport } from './make.ts';
import type { AddressRequest, ReportAddress } from './message.ts';
import { reportPage } from './page/page.ts';

export interface ReportDependencies extends OrganizationReader {
  readonly store: Pick<Store, 'list'>;
  readonly runs: Pick<SweepRuns, 'get' | 'latest' | 'results'>;
  readonly bucket: ReportBucket;
  readonly inForce: PolicyInForce;
  readonly installation: string;
  /** USD per network interface of an endpoint and hour. */
  readonly endpointHourlyPrice: number;
}

/**
 * Writes the report of a sweep that has ended, in all formats.
 * @returns the services in it; `undefined` if there is no such sweep, or it has not ended.
 * @throws what AWS throws: then nothing half is left, because the page comes last.
 */
export async function writeReport(
  sweep: string,
  { store, runs, bucket, inForce, installation, endpointHourlyPrice, ...organization }: ReportDependencies,
): Promise<number | undefined> {
  const run = await runs.get(sweep);
  if (run?.summary === undefined) return undefined;
  const results = await runs.results(sweep);
  const report = await makeReport(store.list(), {
    ...{ now: organization.now(), installation, inForce, run, results, endpointHourlyPrice },
    unitsOf: unitsReader(inForce, organization),
  });
  await bucket.put(sweep, 'json', `${JSON.stringify(report)}\n`);
  await bucket.put(sweep, 'csv', reportCsv(report));
  await bucket.put(sweep, 'html', reportPage(report));
  return report.services.length;
}

/** Each account is asked for once. Units that decide no rule may be missing from the report. */
function unitsReader({ policy }: PolicyInForce, { unitsOf }: Pick<OrganizationReader, 'unitsOf'>) {
  const asked = new Map<string, Promise<readonly string[] | undefined>>();
  const decides = usesUnits(policy);
  return (account: string): Promise<readonly string[] | undefined> => {
    if (policy.accounts.kind === 'listed' && !decides) return Promise.resolve(undefined);
    const known = asked.get(account);
    if (known !== undefined) return known;
    const read = decides ? unitsOf(account) : unitsOf(account).catch(() => undefined);
    asked.set(account, read);
    return read;
  };
}

/** Sweeps among which one has a report: it is written seconds after the sweep has ended. */
const RUNS_SEARCHED = 5;

/** The address of a report, for five minutes. @returns `undefined` if there is no report of the sweep, or of any. */
export async function addressOfReport(
  { format, run }: AddressRequest,
  { runs, bucket, now }: Pick<ReportDependencies, 'runs' | 'bucket' | 'now'>,
): Promise<ReportAddress | undefined> {
  const known = run === undefined ? await runs.latest(RUNS_SEARCHED) : [await runs.get(run)];
  for (const one of known.filter((found): found is SweepRun => found?.summary !== undefined)) {
    if (!(await bucket.has(one.id))) continue;
    return { sweep: one.id, url: await bucket.address(one.id, format, ADDRESS_SECONDS, now()) };
  }
  return undefined;
}
