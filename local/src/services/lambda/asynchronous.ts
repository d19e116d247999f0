import { AwsError } from '../../wire/errors.ts';
import type { World } from '../../world.ts';
import type { Sender, Targets } from '../eventbridge/targets.ts';
import type { LambdaFunction } from './function.ts';
import { type FunctionFailure, failurePayload, type InvocationOutcome } from './runtime.ts';

/** Documented: a minute before the second attempt, two before the third. */
const RETRY_DELAYS_SECONDS = [60, 120];
/** Documented: throttled events come back after 1 second, then ever later, up to 5 minutes. */
const LONGEST_THROTTLE_DELAY_SECONDS = 300;

/** An event that waits in the internal queue of a function, or is being handled. */
interface QueuedEvent {
  readonly requestId: string;
  readonly payload: unknown;
  readonly since: number;
  /** Invocations so far that reached the function. */
  readonly invocations: number;
  readonly throttles: number;
}

/** The parts of Lambda that asynchronous invocation needs. */
export interface AsynchronousParts {
  readonly world: World;
  /** The function as it is now; `undefined` once it is deleted. */
  current(fn: LambdaFunction): LambdaFunction | undefined;
  /** @throws AwsError TooManyRequestsException */
  invoke(fn: LambdaFunction, payload: unknown, requestId: string): Promise<InvocationOutcome>;
  targets(): Targets | undefined;
  log(line: string): void;
}

/** The internal queue of asynchronous events: retries, then the dead-letter queue and the destinations (documented). */
export class AsynchronousInvocations {
  readonly #parts: AsynchronousParts;

  constructor(parts: AsynchronousParts) {
    this.#parts = parts;
  }

  enqueue(fn: LambdaFunction, payload: unknown, requestId: string): void {
    const since = this.#parts.world.clock.now();
    this.#schedule(fn, { requestId, payload, since, invocations: 0, throttles: 0 }, 0);
  }

  #schedule(fn: LambdaFunction, event: QueuedEvent, seconds: number): void {
    const { clock, profile } = this.#parts.world;
    clock.schedule(seconds * profile.scheduleSecond, () => this.#attempt(fn, event));
  }

  async #attempt(queued: LambdaFunction, event: QueuedEvent): Promise<void> {
    const fn = this.#parts.current(queued);
    if (fn === undefined) return;
    const { clock, profile } = this.#parts.world;
    const expiresIn = event.since + fn.asynchronous.maximumEventAge * profile.scheduleSecond - clock.now();
    if (expiresIn <= 0) return this.#giveUp(fn, event, 'EventAgeExceeded');
    let outcome: InvocationOutcome;
    try {
      outcome = await this.#parts.invoke(fn, event.payload, event.requestId);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const delay = Math.min(2 ** event.throttles, LONGEST_THROTTLE_DELAY_SECONDS);
      return this.#schedule(fn, { ...event, throttles: event.throttles + 1 }, delay);
    }
    const after = { ...event, invocations: event.invocations + 1 };
    if (outcome.ok) return this.#succeeded(fn, after, outcome.payload);
    this.#parts.log(
      `Lambda: ${fn.name} failed on an asynchronous event: ${outcome.errorType}: ${outcome.errorMessage}`,
    );
    const delay = RETRY_DELAYS_SECONDS[event.invocations];
    if (delay === undefined || event.invocations >= fn.asynchronous.maximumRetryAttempts) {
      return this.#giveUp(fn, after, 'RetriesExhausted', outcome);
    }
    this.#schedule(fn, after, delay);
  }

  async #succeeded(fn: LambdaFunction, event: QueuedEvent, payload: unknown): Promise<void> {
    const { onSuccessArn } = fn.asynchronous;
    if (onSuccessArn !== undefined) await this.#send(fn, onSuccessArn, this.#record(fn, event, 'Success', { payload }));
  }

  async #giveUp(fn: LambdaFunction, event: QueuedEvent, condition: string, failure?: FunctionFailure): Promise<void> {
    if (fn.deadLetterQueueArn !== undefined) {
      const attributes = {
        RequestID: event.requestId,
        ErrorCode: failure === undefined ? '429' : '200',
        ErrorMessage: failure?.errorMessage ?? 'Rate Exceeded.',
      };
      await this.#send(fn, fn.deadLetterQueueArn, event.payload, attributes);
    }
    const { onFailureArn } = fn.asynchronous;
    if (onFailureArn !== undefined) await this.#send(fn, onFailureArn, this.#record(fn, event, condition, { failure }));
  }

  /** Documented: "Invocation record" of a destination. */
  #record(
    fn: LambdaFunction,
    event: QueuedEvent,
    condition: string,
    { payload, failure }: { payload?: unknown; failure?: FunctionFailure | undefined },
  ): object {
    return {
      version: '1.0',
      timestamp: new Date(this.#parts.world.clock.now()).toISOString(),
      requestContext: {
        requestId: event.requestId,
        functionArn: `${fn.arn}:$LATEST`,
        condition,
        approximateInvokeCount: event.invocations,
      },
      requestPayload: event.payload,
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        ...(failure === undefined ? {} : { functionError: 'Unhandled' }),
      },
      responsePayload: failure === undefined ? payload : failurePayload(failure),
    };
  }

  async #send(fn: LambdaFunction, arn: string, content: unknown, attributes = {}): Promise<void> {
    const targets = this.#parts.targets();
    const sender: Sender = {
      service: 'lambda.amazonaws.com',
      sourceArn: fn.arn,
      sourceAccount: fn.account,
      roleArn: fn.roleArn,
    };
    const body = JSON.stringify(content ?? null);
    try {
      if (targets === undefined) throw new Error('Lambda is not connected to other services: call connect() first');
      if (arn.includes(':lambda:')) await targets.invokeFunction(arn, body, sender);
      else await targets.sendMessage(arn, { body, attributes }, sender);
    } catch (error) {
      this.#parts.log(`Lambda: the result of ${fn.name} could not be sent to ${arn}: ${String(error)}`);
    }
  }
}
