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
 * Time that stands still until it is advanced. Tasks run one after the other, in the order of their due times
 * (then of their scheduling), each awaited before the next: a whole story of hours is deterministic and takes milliseconds.
 */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  readonly #tasks = new TinyQueue<Task>([], (a, b) => a.at - b.at || a.order - b.order);

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
    await task.run?.();
  }
}
