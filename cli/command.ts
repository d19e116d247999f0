import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { Command } from '@commander-js/extra-typings';
import type { Outcome } from './exit-code.ts';
import type { Surroundings } from './surroundings.ts';
import type { Output } from './terminal/output.ts';

/** What a command works with. */
export interface Session {
  readonly output: Output;
  readonly surroundings: Surroundings;
}

/** Does the work of a command and keeps what it ends with; `json` is the option every command has. */
export type Run = (
  options: { readonly json?: true | undefined },
  work: (session: Session) => Promise<Outcome>,
) => Promise<void>;

/** One command of the program, made anew for each run. */
export type CommandDefinition = (run: Run) => CommandUnknownOpts;

export interface Example {
  /** As typed after the program's name. */
  readonly line: string;
  readonly does: string;
}

const examplesOf = new WeakMap<object, readonly Example[]>();

/** A command with the options all of them have; give it its examples, which its help and `docs/cli.md` show. */
export function command<const Name extends string>(name: Name, examples: readonly Example[]) {
  const made = new Command(name).option('--json', 'one JSON object a line instead of text').allowExcessArguments(false);
  examplesOf.set(made, examples);
  return made;
}

export function examples(of: CommandUnknownOpts): readonly Example[] {
  return examplesOf.get(of) ?? [];
}
