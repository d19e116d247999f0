import type { LambdaFunction } from './function.ts';

/** Documented: bytes of a payload of an invocation that is waited for. */
export const MAXIMUM_PAYLOAD = 6 * 1024 * 1024;

/** What the runtime receives about one invocation besides its event. */
export interface Invocation {
  readonly requestId: string;
  /** What the caller gave for the context; `undefined` where it gave nothing. */
  readonly clientContext?: unknown;
}

/** How an invocation ended. `payload` is the parsed JSON of what the handler answered; `null` for nothing. */
export type InvocationOutcome = { readonly ok: true; readonly payload: unknown } | FunctionFailure;

/** The function failed: AWS's own error types (`Sandbox.Timedout`, `Runtime.ExitError`, …) or the name of what it threw. */
export interface FunctionFailure {
  readonly ok: false;
  readonly errorType: string;
  readonly errorMessage: string;
  /** Lines of the stack, where there is one. */
  readonly trace?: readonly string[];
}

/** Where handlers run. Concurrency is counted by the Lambda service; a runtime never refuses. */
export interface Runtime {
  invoke(fn: LambdaFunction, payload: unknown, invocation: Invocation): Promise<InvocationOutcome>;
  /** Ends whatever it keeps running, for good. */
  close(): Promise<void>;
}

/** What the caller gets for a failed function, in AWS's order. */
export function failurePayload({ errorType, errorMessage, trace }: FunctionFailure): object {
  return { errorType, errorMessage, ...(trace === undefined ? {} : { trace }) };
}

/** A thrown value as Lambda's Node.js runtime reports it. */
export function failureOf(thrown: unknown): FunctionFailure {
  if (!(thrown instanceof Error)) {
    return { ok: false, errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  }
  const trace = (thrown.stack ?? '').split('\n');
  return { ok: false, errorType: thrown.name, errorMessage: thrown.message, trace };
}
