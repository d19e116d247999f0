import { type AddHelpTextContext, Command, CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings';
import packageJson from '../package.json' with { type: 'json' };
import { escapedJson } from '../shared/escaped-json.ts';
import { PolicyFileError } from '../shared/policy/file/problems.ts';
import { type CommandDefinition, examples, type RunCommand, withLocalUrl } from './command.ts';
import { attachCommand } from './commands/attach.ts';
import { completionCommand } from './commands/completion.ts';
import { deployCommand } from './commands/deploy.ts';
import { doctorCommand } from './commands/doctor.ts';
import { findingsCommand } from './commands/findings.ts';
import { killSwitchCommand } from './commands/kill-switch.ts';
import { listCommand } from './commands/list.ts';
import { planCommand } from './commands/plan.ts';
import { policyCommand } from './commands/policy.ts';
import { removeCommand } from './commands/remove.ts';
import { reportCommand } from './commands/report.ts';
import { adoptCommand, detachCommand, reconcileCommand, releaseCommand } from './commands/requests.ts';
import { statusCommand } from './commands/status.ts';
import { sweepCommand } from './commands/sweep.ts';
import { watchCommand } from './commands/watch.ts';
import type { CliEnvironment } from './environment.ts';
import { errorData, explainError, isUsage } from './errors.ts';
import { type CommandOutcome, type ExitCode, exitCodes } from './exit-code.ts';
import { createOutput } from './terminal/output.ts';
import { printable } from './terminal/printable.ts';
import { plainStyle, type Style, styleFor } from './terminal/style.ts';
import { hanging, wrapped } from './terminal/width.ts';
import { typedAgain } from './typed.ts';

/** All commands, in the order of the help. To add one, write it in `commands/` and name it here. */
const definitions: readonly CommandDefinition[] = [
  listCommand,
  statusCommand,
  watchCommand,
  attachCommand,
  detachCommand,
  releaseCommand,
  adoptCommand,
  reconcileCommand,
  findingsCommand,
  reportCommand,
  sweepCommand,
  killSwitchCommand,
  planCommand,
  policyCommand,
  doctorCommand,
  deployCommand,
  removeCommand,
  completionCommand,
];

/** For the docs, which read the program and do not run it. */
const runsNothing: RunCommand = async () => {};

/**
 * The program with all its commands.
 * @param called what users type to run it.
 */
export function createProgram(
  called: string,
  style: Style = plainStyle,
  run: RunCommand = runsNothing,
): CommandUnknownOpts {
  const program = new Command(called)
    .description('Private ingress for AWS App Runner services: works with a deployed stack or with the embedded cloud.')
    .version(packageJson.version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .showHelpAfterError(`See ${called} --help.`)
    .configureHelp({
      styleTitle: (text) => style('bold', text),
      styleCommandText: (text) => style('cyan', text),
      styleSubcommandText: (text) => style('cyan', text),
      styleOptionText: (text) => style('cyan', text),
    });
  for (const define of definitions) {
    const command = define(run);
    program.addCommand(command);
    configure(command, program, [called], style);
  }
  program.addHelpText('after', (context) => `\n${exitCodeText(style, helpWidth(context))}`);
  return program;
}

/** What all commands have in common, subcommands included. */
function configure(
  command: CommandUnknownOpts,
  parent: CommandUnknownOpts,
  path: readonly [called: string, ...string[]],
  style: Style,
): void {
  command.copyInheritedSettings(parent).helpOption('-h, --help', 'print this help');
  command.showHelpAfterError(`See ${[...path, command.name()].join(' ')} --help.`);
  command.addHelpText('after', (context) => helpAfter(path[0], command, style, helpWidth(context)));
  for (const inner of command.commands) configure(inner, command, [...path, command.name()], style);
}

/** A command and all its subcommands. */
function everyCommand(command: CommandUnknownOpts): readonly CommandUnknownOpts[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

function helpAfter(called: string, command: CommandUnknownOpts, style: Style, width: number): string {
  const lines = examples(command).flatMap(({ line, does }) => [`  ${called} ${line}`, `      ${style('dim', does)}`]);
  return ['', style('bold', 'Examples:'), ...lines, '', exitCodeText(style, width)].join('\n');
}

/** The width for which commander wraps its own part of the help. */
function helpWidth({ command, error }: AddHelpTextContext): number {
  const { getOutHelpWidth, getErrHelpWidth } = command.configureOutput();
  return (error ? getErrHelpWidth : getOutHelpWidth)?.() ?? Number.POSITIVE_INFINITY;
}

function exitCodeText(style: Style, width: number): string {
  const lines = Object.values(exitCodes).map(({ code, meaning }) =>
    hanging(`  ${String(code).padEnd(5)}`, meaning, width),
  );
  return [style('bold', 'Exit codes:'), ...lines].join('\n');
}

/**
 * Parses and runs one command line. Never throws: errors go to standard error.
 * @param words what was typed after the program's name.
 */
export async function runProgram(
  called: string,
  words: readonly string[],
  environment: CliEnvironment,
): Promise<ExitCode> {
  let outcome: CommandOutcome = 'fine';
  const run: RunCommand = async ({ json, ...named }, work) => {
    const typed = typedAgain(named);
    const output = createOutput(environment, json === true, typed);
    try {
      outcome = await work({ output, environment });
    } catch (error) {
      outcome = isUsage(error) ? 'usage' : error instanceof PolicyFileError ? 'findings' : 'failed';
      const { stderr } = environment;
      const text = json === true ? escapedJson(errorData(error, typed)) : printable(explainError(error, typed));
      stderr.write(`${stderr.isTTY && json !== true ? wrapped(text, stderr.columns) : text}\n`);
    }
  };
  const program = createProgram(called, styleFor(environment), run);
  for (const command of everyCommand(program)) {
    command.exitOverride().configureOutput({
      writeOut: (text) => environment.stdout.write(printable(text)),
      writeErr: (text) => environment.stderr.write(printable(text)),
      getOutHelpWidth: () => (environment.stdout.isTTY ? environment.stdout.columns : 100),
      getErrHelpWidth: () => (environment.stderr.isTTY ? environment.stderr.columns : 100),
    });
  }
  try {
    await program.parseAsync(withLocalUrl(words), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version end with 0; help that replaces a missing command ends with 2.
    outcome = error.exitCode === 0 ? 'fine' : 'usage';
  }
  return exitCodes[outcome].code;
}
