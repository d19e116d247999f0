import type { LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import type { SweepRequest } from '../sweep/message.ts';
import { invokeFunction } from './invoke-function.ts';
import { RequestProblem } from './problems.ts';

/** The API has to answer within 29 s. */
const INVOCATION_TIMEOUT_MS = 25_000;

const runAnswer = z.object({ id: z.string() }).nullable();

/**
 * Invokes the sweep function and waits for its answer.
 * @returns the id of the run; `undefined` if there is no held run to confirm.
 * @throws RequestProblem if it fails, or does not answer in time: then it may still be running.
 */
export function invokeSweep(lambda: LambdaClient, FunctionName: string) {
  return async (request: SweepRequest): Promise<string | undefined> => {
    const abortSignal = AbortSignal.timeout(INVOCATION_TIMEOUT_MS);
    const answering = invokeFunction(lambda, 'sweep', FunctionName, request, { abortSignal });
    const answer = await answering.catch((error: unknown) => {
      throw abortSignal.aborted ? new RequestProblem('sweep-late', 'The sweep function is still running.') : error;
    });
    return runAnswer.parse(answer)?.id;
  };
}
