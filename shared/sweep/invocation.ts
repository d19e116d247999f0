import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import type { SweepRequest } from './message.ts';

/** The answer of the sweep function. */
export type SweepAnswer =
  | { readonly kind: 'run'; readonly id: string }
  /** There is no held run with this id. */
  | { readonly kind: 'none' }
  | { readonly kind: 'failed'; readonly reason: string }
  /** It did not answer in time; it may still be running. */
  | { readonly kind: 'late' };

/** The API has to answer within 29 s. */
const INVOCATION_TIMEOUT_MS = 25_000;

const runAnswer = z.object({ id: z.string() }).nullable();

/** Invokes the sweep function and waits for its answer. */
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
