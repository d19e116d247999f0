/** Where text goes: a terminal, or a pipe or file. */
export interface TextStream {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Of a terminal, in characters; read each time, because windows change. */
  readonly columns: number;
  readonly rows: number;
}

/** What a command uses outside AWS; tests replace it. */
export interface CliEnvironment {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  /** Everything on standard input, as text. */
  readInput(): Promise<string>;
  /** A person's answer to a question; `undefined` without a terminal. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after so many milliseconds. */
  pause(milliseconds: number): Promise<void>;
  /** Ctrl-C: listeners restore the terminal at once; then the program ends. */
  readonly interrupted: AbortSignal;
}
