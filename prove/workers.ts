import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** How one case ended. */
export type CaseOutcome =
  | { readonly ok: true; readonly disturbances: number }
  | { readonly ok: false; readonly message: string };

/** More take more memory than they save time. */
const MOST = 8;

/** Processes that play cases side by side, one each at a time. */
export class Workers implements AsyncDisposable {
  readonly #idle: ChildProcess[] = [];
  readonly #all = new Set<ChildProcess>();
  readonly #waiting: ((worker: ChildProcess) => void)[] = [];
  readonly count = Math.min(availableParallelism(), MOST);

  /** Plays a case as soon as a worker is free. A worker that dies is an outcome. */
  async play(family: string, name: string): Promise<CaseOutcome> {
    const worker = await this.#free();
    return new Promise((resolve) => {
      const ended = (outcome: CaseOutcome) => {
        worker.off('message', onMessage).off('exit', onExit);
        resolve(outcome);
      };
      const onMessage = (outcome: CaseOutcome) => {
        this.#release(worker);
        ended(outcome);
      };
      const onExit = (code: number | null) => {
        this.#all.delete(worker);
        ended({ ok: false, message: `the process that played it ended with ${code ?? 'a signal'}` });
        this.#waiting.shift()?.(this.#start());
      };
      worker.once('message', onMessage).once('exit', onExit);
      worker.send({ family, name });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const worker of this.#all) worker.disconnect();
    this.#all.clear();
  }

  #free(): ChildProcess | Promise<ChildProcess> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#all.size < this.count) return this.#start();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #release(worker: ChildProcess): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(worker);
    else next(worker);
  }

  #start(): ChildProcess {
    const worker = fork(new URL('worker.ts', import.meta.url));
    this.#all.add(worker);
    return worker;
  }
}
