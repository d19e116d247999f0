import type { Clock } from '../../clock.ts';
import type { LambdaFunction } from './function.ts';
import { failureOf, type Runtime } from './runtime.ts';

export interface InProcessContext {
  readonly awsRequestId: string;
  readonly clientContext: unknown;
  readonly functionName: string;
  readonly invokedFunctionArn: string;
  getRemainingTimeInMillis(): number;
}

export type InProcessHandler = (event: unknown, context: InProcessContext, fn: LambdaFunction) => unknown;

/**
 * Runs handlers of this very process, by function name, for tests in virtual time. Nothing is isolated and nothing
 * times out: a virtual clock stands still while a handler runs.
 */
export function inProcessRuntime(clock: Clock, handlers: Readonly<Record<string, InProcessHandler>>): Runtime {
  return {
    invoke: async (fn, payload, { requestId, clientContext }) => {
      const handler = handlers[fn.name];
      if (handler === undefined) {
        return {
          ok: false,
          errorType: 'Runtime.HandlerNotFound',
          errorMessage: `no handler is given for ${fn.name}`,
          trace: [],
        };
      }
      const deadline = clock.now() + fn.timeout * 1000;
      const context: InProcessContext = {
        awsRequestId: requestId,
        clientContext,
        functionName: fn.name,
        invokedFunctionArn: fn.arn,
        getRemainingTimeInMillis: () => deadline - clock.now(),
      };
      try {
        const answer = await handler(JSON.parse(JSON.stringify(payload)), context, fn);
        return { ok: true, payload: JSON.parse(JSON.stringify(answer ?? null)) };
      } catch (error) {
        return failureOf(error);
      }
    },
    close: async () => {},
  };
}
