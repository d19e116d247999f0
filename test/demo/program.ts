import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Processes of the tests share what Node has compiled: starting one takes half the time. */
const NODE_COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.compile-cache', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program of this project in a process of its own, as its npm script runs it, its output in a pipe. */
export class Program {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #watchers = new Set<() => void>();
  #stdout = '';
  #stderr = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      for (const watch of this.#watchers) watch();
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.ended = once(child, 'close').then(() => ({
      code: child.exitCode,
      signal: child.signalCode,
      stdout: this.#stdout,
      stderr: this.#stderr,
    }));
  }

  /**
   * Starts it; it does not outlive the test.
   * @param file from the root of the project.
   * @param environment all of it, besides the PATH and the compile cache: nothing of the shell that runs the tests has a say.
   */
  static start(file: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): Program {
    const { PATH = '' } = process.env;
    const child = spawn(process.execPath, [file, ...args], {
      cwd: ROOT,
      env: { PATH, NODE_COMPILE_CACHE, ...environment },
    });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    return new Program(child);
  }

  /** What it has printed, once `text` is in it. @throws Error when it ends without. */
  printed(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const watch = () => {
        if (!this.#stdout.includes(text)) return;
        this.#watchers.delete(watch);
        resolve(this.#stdout);
      };
      this.#watchers.add(watch);
      watch();
      void this.ended.then(({ code, stderr }) =>
        reject(new Error(`ended with ${code} and without "${text}": ${stderr}`)),
      );
    });
  }

  /** Asks it to end; harmless when it has. */
  async end(signal: 'SIGINT' | 'SIGTERM'): Promise<Ended> {
    this.#child.kill(signal);
    return this.ended;
  }
}

/** Runs it to its end. */
export function run(
  file: string,
  args: readonly string[],
  environment?: Readonly<Record<string, string>>,
): Promise<Ended> {
  return Program.start(file, args, environment).ended;
}
