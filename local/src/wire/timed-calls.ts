import { StandardRetryStrategy } from '@smithy/core/retry';
import type { RetryErrorInfo, RetryStrategyV2, StandardRetryToken } from '@smithy/types';
import type { Chance } from '../chance.ts';
import type { VirtualClock } from '../clock.ts';
import type { Gateway } from './gateway.ts';
import { type InProcessRequestHandler, inProcessHandler } from './in-process.ts';

export interface TimedCallsOptions {
  readonly gateway: Pick<Gateway, 'handle'>;
  readonly clock: VirtualClock;
  readonly chance: Chance;
  /**
   * Milliseconds that a call takes on average; each takes half of it to one and a half.
   * @param host `dynamodb.ap-northeast-1.amazonaws.com`
   */
  takes(host: string): number;
  readonly maxAttempts: number;
}

/** The part of the configuration of an SDK client by which its calls take virtual time. */
export interface TimedCalls {
  readonly requestHandler: InProcessRequestHandler;
  readonly retryStrategy: RetryStrategyV2;
}

/**
 * Calls that take virtual time, half of it on the way and half of it back, so that those of several tasks of the clock overlap.
 * Retries wait as those of the SDK do, in virtual time too. Only tasks of the clock may use such a client: whoever advances
 * the clock would wait for himself.
 */
export function timedCalls({ gateway, clock, chance, takes, maxAttempts }: TimedCallsOptions): TimedCalls {
  const random = () => Number.parseInt(chance.hex(8), 16) / 2 ** 32;
  const handler = inProcessHandler(gateway);
  return {
    requestHandler: {
      ...handler,
      async handle(request, options) {
        const way = (takes(request.hostname ?? '') * (0.5 + random())) / 2;
        await clock.pause(way);
        const answer = await clock.work(() => handler.handle(request, options));
        await clock.pause(way);
        return answer;
      },
    },
    get retryStrategy() {
      return new TimedRetryStrategy(clock, random, maxAttempts);
    },
  };
}

/** Milliseconds of the SDK's own strategy (`Retry` and `MAXIMUM_RETRY_DELAY` in @smithy/core). */
const FIRST_DELAY = 50;
const FIRST_DELAY_THROTTLED = 1_000;
const LONGEST_DELAY = 20_000;

/** The SDK's standard strategy, its attempts and its capacity, whose delays pass on a virtual clock. */
class TimedRetryStrategy implements RetryStrategyV2 {
  readonly mode = 'standard';
  readonly #clock: VirtualClock;
  readonly #random: () => number;
  readonly #standard: StandardRetryStrategy;

  constructor(clock: VirtualClock, random: () => number, maxAttempts: number) {
    this.#clock = clock;
    this.#random = random;
    const backoff = { computeNextBackoffDelay: () => 0, setDelayBase() {} };
    this.#standard = new StandardRetryStrategy({ maxAttempts, backoff });
  }

  acquireInitialRetryToken(scope: string): Promise<StandardRetryToken> {
    return this.#standard.acquireInitialRetryToken(scope);
  }

  async refreshRetryTokenForRetry(token: StandardRetryToken, error: RetryErrorInfo): Promise<StandardRetryToken> {
    // The standard strategy waits for a timer of no duration.
    const next = await this.#clock.work(() => this.#standard.refreshRetryTokenForRetry(token, error));
    const first = error.errorType === 'THROTTLING' ? FIRST_DELAY_THROTTLED : FIRST_DELAY;
    await this.#clock.pause(this.#random() * Math.min(LONGEST_DELAY, first * 2 ** token.getRetryCount()));
    return next;
  }

  recordSuccess(token: StandardRetryToken): void {
    this.#standard.recordSuccess(token);
  }
}
