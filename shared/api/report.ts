import type { z } from 'zod';
import type { ReportAddress } from '../report/message.ts';
import type { ApiDependencies } from './dependencies.ts';
import { RequestProblem } from './problems.ts';
import type { reportQuery } from './requests.ts';
import type { Input } from './route.ts';

/** Where the report of a sweep can be read, for five minutes. @throws RequestProblem if there is none. */
export async function locateReport(
  { query: { format, sweep } }: Input<unknown, z.output<typeof reportQuery>, unknown>,
  { report }: Pick<ApiDependencies, 'report'>,
): Promise<ReportAddress> {
  const address = await report({ kind: 'address', format, ...(sweep === undefined ? {} : { run: sweep }) });
  if (address !== undefined) return address;
  const which =
    sweep === undefined ? 'None of the last sweeps has a report.' : `There is no report of the sweep ${sweep}.`;
  throw new RequestProblem('report-not-found', which);
}
