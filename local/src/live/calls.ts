import type { Gateway } from '../wire/gateway.ts';
import type { CallRecord } from '../wire/service.ts';

/** A call as people read it. */
export interface LiveCall {
  /** Counts from 1. */
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `apprunner:DescribeService` */
  readonly operation: string;
  readonly writes: boolean;
  /** ARN of the caller. */
  readonly by: string;
  readonly region: string;
  /** `ok`, or the code of the refusal. */
  readonly verdict: string;
  /** Why it was refused; empty for what was not. */
  readonly why: string;
}

/** How many of the last calls are kept. */
const MAX_CALLS = 1000;

/** Keeps the last calls of a cloud, each with its verdict. */
export class LiveCalls {
  readonly #calls: LiveCall[] = [];
  #count = 0;
  readonly stop: () => void;

  constructor(gateway: Pick<Gateway, 'observe'>) {
    this.stop = gateway.observe((call) => this.#keep(call));
  }

  /** Those after a number, the oldest first. */
  after(number: number): readonly LiveCall[] {
    return this.#calls.filter((call) => call.number > number);
  }

  #keep({ at, service, operation, writes, context, outcome }: CallRecord): void {
    this.#calls.push({
      ...{ number: ++this.#count, at, operation: `${service}:${operation}`, writes, region: context.region },
      by: context.principal.arn,
      verdict: outcome.ok ? 'ok' : outcome.code,
      why: outcome.ok ? '' : outcome.message,
    });
    if (this.#calls.length > MAX_CALLS) this.#calls.shift();
  }
}
