import { Command, type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import type { CliEnvironment } from './environment.ts';
import type { CommandOutcome } from './exit-code.ts';
import type { Output } from './terminal/output.ts';

/** The options by which a command line names the stack. */
export interface NamedStack {
  readonly stack?: unknown;
  readonly api?: unknown;
  readonly local?: unknown;
  readonly stage?: unknown;
  readonly region?: unknown;
  /** The stack's reconcile function. */
  readonly function?: unknown;
}

/** What a command runs with. */
export interface CommandContext {
  readonly output: Output;
  readonly environment: CliEnvironment;
}

/** Runs a command and keeps its outcome. Every command has the option `json`. */
export type RunCommand = (
  options: NamedStack & { readonly json?: true | undefined },
  work: (context: CommandContext) => Promise<CommandOutcome>,
) => Promise<void>;

/** One command of the program, created for each run. */
export type CommandDefinition = (run: RunCommand) => CommandUnknownOpts;

export interface Example {
  /** As typed after the program's name. */
  readonly line: string;
  readonly does: string;
}

const examplesOf = new WeakMap<object, readonly Example[]>();

/** A command with the options that all have. Help and `docs/cli.md` show its examples. */
export function command<const Name extends string>(name: Name, examples: readonly Example[]) {
  const made = new Command(name)
    .option('--json', 'print one JSON object per line instead of text')
    .allowExcessArguments(false);
  examplesOf.set(made, examples);
  return made;
}

/** The default address of the embedded cloud of `npm start`. */
export const EMBEDDED_URL = 'http://127.0.0.1:4566';

/** `--local`, for every command that calls AWS or the API. */
export function localOption() {
  return new Option('--local [url]', `use the embedded cloud of "npm start" (default URL: ${EMBEDDED_URL})`);
}

/** `--local` takes the next word only if it is a URL: `status --local hello` is about hello. */
export function withLocalUrl(words: readonly string[]): readonly string[] {
  return words.map((word, index) =>
    word === '--local' && !/^https?:/.test(words[index + 1] ?? '') ? `--local=${EMBEDDED_URL}` : word,
  );
}

/** A command that only contains others. */
export function group(name: string): Command {
  return new Command(name);
}

const defaults = new WeakMap<object, CommandUnknownOpts>();

/** Adds the command that runs when the group is typed alone. */
export function addDefault(to: Command, alone: CommandUnknownOpts): Command {
  defaults.set(to, alone);
  return to.addCommand(alone, { isDefault: true });
}

/** The command that runs when this one is typed alone, if it is a group that has one. */
export function defaultCommand(of: CommandUnknownOpts): CommandUnknownOpts | undefined {
  return defaults.get(of);
}

/** Of a command and its subcommands. */
export function examples(of: CommandUnknownOpts): readonly Example[] {
  return [...(examplesOf.get(of) ?? []), ...of.commands.flatMap(examples)];
}
