import type { CliEnvironment, TextStream } from '../../cli/environment.ts';
import { runProgram } from '../../cli/program.ts';

export interface Typed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Desk {
  /** Standard output is a terminal of that many characters and lines. */
  readonly terminal?: { readonly columns: number; readonly rows: number };
  readonly environment?: Readonly<Record<string, string>>;
  /** The answer of the person at the terminal to every question. Without it there is no terminal. */
  readonly answer?: string;
  /** What standard input has. */
  readonly input?: string;
  /** Milliseconds since the epoch; `pause` advances it. */
  readonly clock?: { now(): number; pause(milliseconds: number): Promise<void> };
  readonly interrupted?: AbortSignal;
}

/** Types a command at a desk of its own, in this process: the real program, with the streams and the clock given. */
export async function type(words: readonly string[], desk: Desk = {}): Promise<Typed> {
  const stdout = new Recorder(desk.terminal);
  const stderr = new Recorder(undefined);
  let time = Date.parse('2026-01-01T00:00:00Z');
  const clock = desk.clock ?? {
    now: () => time,
    pause: async (milliseconds: number) => {
      time += milliseconds;
    },
  };
  const environment: CliEnvironment = {
    stdout,
    stderr,
    readInput: async () => desk.input ?? '',
    ask: desk.answer === undefined ? undefined : async () => desk.answer ?? '',
    environment: desk.environment ?? {},
    now: () => clock.now(),
    pause: (milliseconds) => clock.pause(milliseconds),
    interrupted: desk.interrupted ?? new AbortController().signal,
  };
  const code = await runProgram('private-ingress', words, environment);
  return { code, stdout: stdout.text, stderr: stderr.text };
}

/** A stream that keeps what is written to it. */
export class Recorder implements TextStream {
  text = '';
  readonly isTTY: boolean;
  columns: number;
  readonly rows: number;

  constructor(terminal: Desk['terminal']) {
    this.isTTY = terminal !== undefined;
    this.columns = terminal?.columns ?? 80;
    this.rows = terminal?.rows ?? 24;
  }

  write(text: string): void {
    this.text += text;
  }
}
