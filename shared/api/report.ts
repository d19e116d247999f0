import type { z } from 'zod';
import type { ReportAddress } from '../report/message.ts';
import type { ApiDependencies } from './dependencies.ts';
import { RequestProblem } from './problems.ts';
import type { reportQuery } from './requests.ts';
import type { Input } from './route.ts';
import { known } from './sweeps.ts';

/** Where the report of a sweep can be read, for five minutes. @throws RequestProblem if there is none. */
export async function locateReport(
  { query: { format, sweep } }: Input<unknown, z.output<typeof reportQuery>, unknown>,
  { report, runs }: Pick<ApiDependencies, 'report' | 'runs'>,
): Promise<ReportAddress> {
  const address = await report({ kind: 'address', format, ...(sweep === undefined ? {} : { run: sweep }) });
  if (address !== undefined) return address;
  if (sweep === undefined) throw new RequestProblem('report-not-found', 'None of the last sweeps has a report.');
  const { id } = await known(sweep, runs);
  throw new RequestProblem('report-not-found', `There is no report of the sweep ${id}.`);
}
