import { Command, type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import type { CliEnvironment } from './environment.ts';
import type { CommandOutcome } from './exit-code.ts';
import type { Output } from './terminal/output.ts';

/** What a command works with. */
export interface Session {
  readonly output: Output;
  readonly environment: CliEnvironment;
}

/** Does the work of a command and keeps what it ends with; `json` is the option every command has. */
export type RunCommand = (
  options: { readonly json?: true | undefined },
  work: (session: Session) => Promise<CommandOutcome>,
) => Promise<void>;

/** One command of the program, made anew for each run. */
export type CommandDefinition = (run: RunCommand) => CommandUnknownOpts;

export interface Example {
  /** As typed after the program's name. */
  readonly line: string;
  readonly does: string;
}

const examplesOf = new WeakMap<object, readonly Example[]>();

/** A command with the options all of them have; its examples are shown by its help and by `docs/cli.md`. */
export function command<const Name extends string>(name: Name, examples: readonly Example[]) {
  const made = new Command(name).option('--json', 'one JSON object a line instead of text').allowExcessArguments(false);
  examplesOf.set(made, examples);
  return made;
}

/** Where `npm start` puts the embedded cloud, unless it says otherwise. */
export const EMBEDDED_URL = 'http://127.0.0.1:4566';

/** `--local`, which every command takes that asks AWS or the API. */
export function localOption() {
  return new Option('--local [url]', `ask the embedded cloud of "npm start", without a URL at ${EMBEDDED_URL}`);
}

/** A bare `--local` takes no argument for its URL that is none: `status --local hello` is about hello. */
export function withLocalUrl(words: readonly string[]): readonly string[] {
  return words.map((word, index) =>
    word === '--local' && !/^https?:/.test(words[index + 1] ?? '') ? `--local=${EMBEDDED_URL}` : word,
  );
}

/** The name that the stack has when it is deployed without another. */
export const DEFAULT_STACK = 'apprunner-private-ingress-main';

/** A command that only holds others. */
export function group(name: string): Command {
  return new Command(name);
}

/** Of a command, and of those it holds. */
export function examples(of: CommandUnknownOpts): readonly Example[] {
  return [...(examplesOf.get(of) ?? []), ...of.commands.flatMap(examples)];
}
