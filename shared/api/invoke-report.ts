import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { type AddressRequest, type ReportAddress, reportAddress } from '../report/message.ts';
import { RequestProblem } from './problems.ts';

/**
 * Asks the report function for an address: it alone may read the bucket.
 * @returns `undefined` if there is no such report.
 * @throws RequestProblem if it fails.
 */
export function invokeReport(lambda: LambdaClient, FunctionName: string) {
  return async (request: AddressRequest): Promise<ReportAddress | undefined> => {
    const { FunctionError, Payload } = await lambda.send(
      new InvokeCommand({ FunctionName, Payload: JSON.stringify(request) }),
    );
    const answer = Payload?.transformToString() ?? 'null';
    if (FunctionError !== undefined) throw new RequestProblem('report-failed', `The report function failed: ${answer}`);
    return reportAddress.nullable().parse(JSON.parse(answer)) ?? undefined;
  };
}
