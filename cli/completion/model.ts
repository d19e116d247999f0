import type { CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { anyCode } from '../../shared/api/sweep-schemas.ts';
import { defaultCommand } from '../command.ts';

/** What is expected at a place of a command line. */
export type Expected =
  | { readonly kind: 'choices'; readonly choices: readonly string[] }
  /** A service that the stack knows. */
  | { readonly kind: 'service' }
  | { readonly kind: 'file' }
  | { readonly kind: 'any' };

/** A command as completion sees it. */
export interface CompletedCommand {
  /** `sweep list`; empty for the program. */
  readonly path: string;
  /** Its commands and options, with what they do. */
  readonly words: readonly { readonly word: string; readonly does: string }[];
  /** What stands after an option that takes a value (`--phase`), or in the place of an argument (`1`). */
  readonly expected: readonly { readonly at: string; readonly expects: Expected }[];
}

/** All commands of the program, from its definition. Pure. */
export function completionModel(program: CommandUnknownOpts): readonly CompletedCommand[] {
  return [...commandsFrom(program, ''), helpOf(program)];
}

function commandsFrom(command: CommandUnknownOpts, path: string): readonly CompletedCommand[] {
  const options = [command, defaultCommand(command) ?? []]
    .flat()
    .flatMap((one) => one.createHelp().visibleOptions(one));
  const unique = options.filter(({ long }, index) => options.findIndex((other) => other.long === long) === index);
  const own: CompletedCommand = {
    path,
    words: [
      ...command
        .createHelp()
        .visibleCommands(command)
        .map((one) => ({ word: one.name(), does: one.summary() || one.description() })),
      ...unique.flatMap(({ long, description }) => (long ? [{ word: long, does: description }] : [])),
    ],
    expected: [
      ...unique.flatMap((option) =>
        option.long && option.required ? [{ at: option.long, expects: expectedAfter(option) }] : [],
      ),
      ...command.registeredArguments.map((argument, index) => ({
        at: `${index + 1}`,
        expects: expectedOf(argument.argChoices, argument.name()),
      })),
    ],
  };
  const below = command.commands.flatMap((one) =>
    commandsFrom(one, path === '' ? one.name() : `${path} ${one.name()}`),
  );
  return [own, ...below];
}

/** Commander adds the command `help` when it parses. */
function helpOf(program: CommandUnknownOpts): CompletedCommand {
  const choices = program.commands.map((command) => command.name());
  return { path: 'help', words: [], expected: [{ at: '1', expects: { kind: 'choices', choices } }] };
}

function expectedAfter({ argChoices, flags }: Option): Expected {
  return expectedOf(argChoices, /<([\w-]+)/.exec(flags)?.[1] ?? '');
}

function expectedOf(choices: readonly string[] | undefined, name: string): Expected {
  if (choices !== undefined) return { kind: 'choices', choices };
  if (name === 'service') return { kind: 'service' };
  // Help cannot list them.
  if (name === 'code') return { kind: 'choices', choices: anyCode.options };
  return { kind: ['file', 'old', 'new'].includes(name) ? 'file' : 'any' };
}
