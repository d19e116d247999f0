/** Time, injected: that of the machine, or that of an embedded cloud. */
export interface Waiter {
  /** Milliseconds between two reads. */
  readonly interval: number;
  /** Milliseconds since the epoch. */
  now(): number;
  wait(milliseconds: number): Promise<void>;
}

export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';

  constructor() {
    super('interrupted');
  }
}

/** Ends waits, and starts none, once the signal is raised. */
export function interruptible(waiter: Waiter, signal: AbortSignal): Waiter {
  const demand = (): void => {
    if (signal.aborted) throw new InterruptedError();
  };
  return {
    interval: waiter.interval,
    now: () => waiter.now(),
    async wait(milliseconds) {
      demand();
      const { promise, reject } = Promise.withResolvers<never>();
      const interrupt = () => reject(new InterruptedError());
      signal.addEventListener('abort', interrupt, { once: true });
      try {
        await Promise.race([waiter.wait(milliseconds), promise]);
      } finally {
        signal.removeEventListener('abort', interrupt);
      }
      demand();
    },
  };
}

export const systemWaiter = (interval: number): Waiter => ({
  interval,
  now: () => Date.now(),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
});

/** Reads until there is an answer, or `undefined` after `reads` reads. */
export async function within<T>(
  waiter: Waiter,
  reads: number,
  read: () => Promise<T | undefined>,
): Promise<T | undefined> {
  for (let count = 1; ; count++) {
    const found = await read();
    if (found !== undefined) return found;
    if (count >= reads) return undefined;
    await waiter.wait(waiter.interval);
  }
}

/** @throws Error that says what did not happen */
export async function until<T>(
  waiter: Waiter,
  what: string,
  reads: number,
  read: () => Promise<T | undefined>,
): Promise<T> {
  const found = await within(waiter, reads, read);
  if (found !== undefined) return found;
  throw new Error(`${what}: not within ${Math.round((reads * waiter.interval) / 1000)} s`);
}
