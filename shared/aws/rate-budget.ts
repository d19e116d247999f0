import { AsyncLocalStorage } from 'node:async_hooks';
import { SECOND } from '../duration.ts';

/**
 * How soon a call has to be made, and so how long the line may be in which it waits:
 *
 *     new        a service on its way: reconciliations that an event or a due wait causes, people at the API
 *     repeated   what was looked at before: retries, and reconciliations that a sweep causes
 *     sweep      the comparison of everything: what is left over
 */
export type Urgency = 'new' | 'repeated' | 'sweep';

/** Milliseconds of calls that may be before one in the line. A service has 30 s in a function (`SERVICE_TIME_MS`). */
const LONGEST_LINE_MS: Readonly<Record<Urgency, number>> = {
  new: 15 * SECOND,
  repeated: 5 * SECOND,
  sweep: 5 * SECOND,
};

/** Milliseconds for which a sweep tries again. Not much longer than the line: a service has 30 s. */
const LONGEST_WAIT_OF_SWEEP_MS = 20 * SECOND;

/** What AWS allows of one kind of call. */
export interface Rate {
  readonly perSecond: number;
  /** How many calls may be made at once after a quiet time. */
  readonly burst: number;
}

/**
 * Calls that are reserved at once: what one observation, and a write after it, need. The processes of a sweep share what they
 * read, so which of them makes the next call is not known before.
 */
const PORTIONS: Readonly<Record<Urgency, number>> = { new: 7, repeated: 7, sweep: 1 };
/** Seconds of calls that a portion has at most. */
const LONGEST_PORTION_S = 2;

/** Milliseconds after which a call that was reserved and not made is given up: late ones would come on top of others. */
const KEPT_MS = 2 * SECOND;

/** Milliseconds for which the budget is not asked after its table failed. */
const SKIPPED_MS = 30 * SECOND;

export interface Reservation {
  /** `route53/123456789012` */
  readonly bucket: string;
  readonly rate: Rate;
  readonly calls: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Milliseconds of calls that may be before these. */
  readonly longestLine: number;
}

export type Reserved =
  /** The first call may be made at `from`, milliseconds since the epoch; it may lie in the past. */
  | { readonly kind: 'reserved'; readonly from: number }
  /** The line is longer than allowed, until `until`, milliseconds since the epoch. */
  | { readonly kind: 'full'; readonly until: number };

/** The lines, one per bucket, shared by all functions. */
export interface RateLines {
  reserve(reservation: Reservation): Promise<Reserved>;
}

/** Too many calls stand in line: AWS would throttle this one. `isThrottled` knows it by its name. */
class BudgetThrottledError extends Error {
  override readonly name = 'BudgetThrottledError';
}

const urgency = new AsyncLocalStorage<Urgency>();

export const currentUrgency = (): Urgency => urgency.getStore() ?? 'new';

/** Every call that `work` makes has this urgency. */
export function withUrgency<Result>(of: Urgency, work: () => Promise<Result>): Promise<Result> {
  return urgency.run(of, work);
}

/** Time and chance, for what waits. */
export interface Timing {
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** At least 0, less than 1. */
  random(): number;
}

export interface RateBudgetParts extends Timing {
  readonly lines: RateLines;
}

/**
 * The calls that AWS takes, shared by all functions (docs/decisions/rate-budget.md). A caller gets its place in the line of
 * a bucket, in portions that the process keeps, and waits for its turn. Who would wait too long is refused before it calls.
 * If the table fails, calls are made as if there were no budget: AWS itself throttles them.
 */
export class RateBudget {
  readonly #parts: RateBudgetParts;
  /** When calls that were reserved may be made, by bucket. */
  readonly #reserved = new Map<string, number[]>();
  readonly #reserving = new Map<string, Promise<Reserved>>();
  #skippedUntil = 0;

  constructor(parts: RateBudgetParts) {
    this.#parts = parts;
  }

  /** Waits until a call may be made. @throws BudgetThrottledError */
  async take(bucket: string, rate: Rate): Promise<void> {
    const { now, sleep, random } = this.#parts;
    const wanted = currentUrgency();
    const giveUpAt = now() + LONGEST_WAIT_OF_SWEEP_MS;
    while (now() >= this.#skippedUntil) {
      const at = this.#next(bucket);
      if (at !== undefined) return at > now() ? sleep(at - now()) : undefined;
      const answer = await this.#reserve(bucket, rate, wanted);
      if (answer?.kind !== 'full') continue;
      if (wanted !== 'sweep' || now() >= giveUpAt)
        throw new BudgetThrottledError(
          `Rate budget of ${bucket}: ${Math.ceil((answer.until - now()) / SECOND)} s of calls are before this one.`,
        );
      await sleep(Math.max(0, answer.until - now()) + random() * LONGEST_LINE_MS.sweep);
    }
  }

  #next(bucket: string): number | undefined {
    const reserved = this.#reserved.get(bucket) ?? [];
    while ((reserved[0] ?? Number.POSITIVE_INFINITY) < this.#parts.now() - KEPT_MS) reserved.shift();
    return reserved.shift();
  }

  /** Those that ask at the same time share a reservation. @returns `undefined`: the table failed. */
  async #reserve(bucket: string, rate: Rate, wanted: Urgency): Promise<Reserved | undefined> {
    const key = `${wanted} ${bucket}`;
    const asked =
      this.#reserving.get(key) ?? this.#append(bucket, rate, wanted).finally(() => this.#reserving.delete(key));
    this.#reserving.set(key, asked);
    return asked.catch(() => {
      this.#skippedUntil = this.#parts.now() + SKIPPED_MS;
      return undefined;
    });
  }

  async #append(bucket: string, rate: Rate, wanted: Urgency): Promise<Reserved> {
    const calls = Math.ceil(Math.min(PORTIONS[wanted], LONGEST_PORTION_S * rate.perSecond));
    const longestLine = LONGEST_LINE_MS[wanted];
    const answer = await this.#parts.lines.reserve({ bucket, rate, calls, now: this.#parts.now(), longestLine });
    if (answer.kind === 'reserved') {
      const times = Array.from({ length: calls }, (_, index) => answer.from + (index * SECOND) / rate.perSecond);
      this.#reserved.set(bucket, [...(this.#reserved.get(bucket) ?? []), ...times]);
    }
    return answer;
  }
}
