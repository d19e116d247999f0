import TinyQueue from 'tinyqueue';

/** Undoes a scheduled task; harmless once the task has run. */
export type Cancel = () => void;

/**
 * The only source of time in the embedded cloud. Every state that "takes a while" is a task scheduled here,
 * so the same cloud runs in real time, compressed time (see `Profile`) and virtual time.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Runs `task` once, `delay` milliseconds from now (0 means "soon, not in this call"). */
  schedule(delay: number, task: () => void | Promise<void>): Cancel;
}

/** Wall-clock time. A task that rejects is handed to `onError`, never lost and never fatal. */
export class SystemClock implements Clock {
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void = (error) => console.error(error)) {
    this.#onError = onError;
  }

  now(): number {
    return Date.now();
  }

  schedule(delay: number, task: () => void | Promise<void>): Cancel {
    const timer = setTimeout(
      async () => {
        this.#timers.delete(timer);
        try {
          await task();
        } catch (error) {
          this.#onError(error);
        }
      },
      Math.max(0, delay),
    );
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
      clearTimeout(timer);
    };
  }

  /** Cancels everything that is still scheduled, so that the process can end. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}

interface Task {
  readonly at: number;
  readonly order: number;
  run: (() => void | Promise<void>) | undefined;
}

/**
 * Time that stands still until it is advanced. Tasks begin in the order of their due times (then of their scheduling), and
 * each ends, or pauses, before the next begins: a whole story of hours is deterministic and takes milliseconds.
 *
 *     task A  ├─work─┤ pause ─────────────────┤work┤
 *     task B          ├─work──┤ pause ─┤work┤
 *     time    0       0       0        3     3 7    7
 *
 * Only what pauses overlaps. Work that other than microtasks carry, such as a call that reaches a server, has to go
 * through `work` then: otherwise time moves on while it is under way.
 */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  readonly #tasks = new TinyQueue<Task>([], (a, b) => a.at - b.at || a.order - b.order);
  /** Tasks that have begun and not ended. */
  #running = 0;
  /** Callers of `pause` that time has not woken yet. */
  #paused = 0;
  /** Calls of `work` under way. */
  #working = 0;
  #failure: { readonly error: unknown } | undefined;
  #changed: () => void = () => {};

  /** @param start milliseconds since the Unix epoch. */
  constructor(start: number = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  schedule(delay: number, run: () => void | Promise<void>): Cancel {
    const task: Task = { at: this.#now + Math.max(0, delay), order: this.#order++, run };
    this.#tasks.push(task);
    return () => {
      task.run = undefined;
    };
  }

  /** Lets the caller, which is part of a task, wait for `duration` milliseconds while other tasks run. */
  pause(duration: number): Promise<void> {
    this.#paused++;
    this.#changed();
    return new Promise((resolve) => {
      this.schedule(duration, () => {
        this.#paused--;
        resolve();
      });
    });
  }

  /** Time stands still until `work` has ended. It must not pause. */
  async work<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#working++;
    try {
      return await work();
    } finally {
      this.#working--;
      this.#changed();
    }
  }

  /** Moves time on by `duration` milliseconds, running all that falls due on the way. A rejected task rejects this call. */
  async advance(duration: number): Promise<void> {
    const until = this.#now + duration;
    for (let next = this.#next(); next !== undefined && next.at <= until; next = this.#next()) await this.#run(next);
    this.#now = until;
  }

  /**
   * Advances from task to task until `done` answers true.
   * @throws Error when that takes more than `limit` milliseconds of virtual time, or nothing is scheduled any more.
   */
  async advanceUntil(done: () => boolean | Promise<boolean>, limit: number): Promise<void> {
    const until = this.#now + limit;
    while (!(await done())) {
      const next = this.#next();
      if (next === undefined) throw new Error('nothing is scheduled any more, and the condition still does not hold');
      if (next.at > until) throw new Error(`the condition does not hold after ${limit} ms of virtual time`);
      await this.#run(next);
    }
  }

  /** The next task, which is left in the queue. */
  #next(): Task | undefined {
    while (this.#tasks.peek()?.run === undefined && this.#tasks.length > 0) this.#tasks.pop();
    return this.#tasks.peek();
  }

  async #run(task: Task): Promise<void> {
    this.#tasks.pop();
    this.#now = Math.max(this.#now, task.at);
    const { run } = task;
    // A task that has run is no task to cancel.
    task.run = undefined;
    this.#running++;
    void this.#end(async () => run?.());
    await this.#settled();
    if (this.#failure === undefined) return;
    const { error } = this.#failure;
    this.#failure = undefined;
    throw error;
  }

  async #end(run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.#failure ??= { error };
    } finally {
      this.#running--;
      this.#changed();
    }
  }

  /** Resolves when every task that has begun has ended, or when those that have not can do nothing before time moves on. */
  async #settled(): Promise<void> {
    while (this.#running > 0) {
      if (this.#paused > 0 && this.#working === 0) {
        // By then, whatever microtasks carry has ended, paused or begun to work.
        await new Promise((resolve) => setImmediate(resolve));
        if (this.#working === 0) return;
      }
      if (this.#running > 0) await new Promise<void>((resolve) => (this.#changed = resolve));
    }
  }
}
