import { AsyncLocalStorage } from 'node:async_hooks';

/** Which service work is for, and what started it: on the log lines of this function and of those that it invokes. */
export interface Cause {
  readonly serviceArn?: string | undefined;
  /** `event/<id>`, `sweep/<run>`, `request/<id>` (docs/logs.md). */
  readonly correlation?: string | undefined;
}

const cause = new AsyncLocalStorage<Cause>();

/** Runs work for this, in addition to what it runs for already. */
export function withCause<Result>(of: Cause, work: () => Promise<Result>): Promise<Result> {
  return cause.run({ ...cause.getStore(), ...of }, work);
}

export function currentCause(): Cause {
  return cause.getStore() ?? {};
}
