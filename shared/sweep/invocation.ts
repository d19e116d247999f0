import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import type { SweepRequest } from './message.ts';

/** What the sweep function said to a request. */
export type SweepAnswer =
  | { readonly kind: 'run'; readonly id: string }
  /** There is no run to go on with. */
  | { readonly kind: 'none' }
  | { readonly kind: 'failed'; readonly reason: string }
  /** It has not answered in time, and goes on. */
  | { readonly kind: 'late' };

/** Milliseconds it may take: the API has to answer within 29 s. */
const INVOCATION_TIMEOUT_MS = 25_000;

const runAnswer = z.object({ id: z.string() }).nullable();

/** Asks the sweep function, and waits for its answer. */
export function invokeSweep(lambda: LambdaClient, FunctionName: string) {
  return async (request: SweepRequest): Promise<SweepAnswer> => {
    const abortSignal = AbortSignal.timeout(INVOCATION_TIMEOUT_MS);
    const command = new InvokeCommand({ FunctionName, Payload: JSON.stringify(request) });
    let said: string;
    try {
      const { FunctionError, Payload } = await lambda.send(command, { abortSignal });
      said = Payload?.transformToString() ?? 'null';
      if (FunctionError !== undefined) return { kind: 'failed', reason: said };
    } catch (error) {
      if (abortSignal.aborted) return { kind: 'late' };
      throw error;
    }
    const run = runAnswer.parse(JSON.parse(said));
    return run === null ? { kind: 'none' } : { kind: 'run', id: run.id };
  };
}
