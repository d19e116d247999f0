import type { LambdaClient } from '@aws-sdk/client-lambda';
import { type AddressRequest, type ReportAddress, reportAddress } from '../report/message.ts';
import { invokeFunction } from './invoke-function.ts';

/**
 * Asks the report function for an address: it alone may read the bucket.
 * @returns `undefined` if there is no such report.
 * @throws RequestProblem if it fails.
 */
export function invokeReport(lambda: LambdaClient, FunctionName: string) {
  return async (request: AddressRequest): Promise<ReportAddress | undefined> =>
    reportAddress.nullable().parse(await invokeFunction(lambda, 'report', FunctionName, request)) ?? undefined;
}
