import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { examples } from '../../cli/command.ts';
import { exitCodes } from '../../cli/exit-code.ts';
import { createProgram } from '../../cli/program.ts';
import type { GeneratedDocument } from './document.ts';
import { table } from './table.ts';

const CALLED = 'npm run cli --';

/** `docs/cli.md`, from the program itself. */
export function cliDocument(): GeneratedDocument {
  const commands = createProgram(CALLED).commands.flatMap(callable);
  const content = `<!-- Generated from cli/ by "npm run docs". -->
# Command line

In this repository, run \`${CALLED} <command>\`, or \`npx private-ingress <command>\`, which prints no lines of npm. Elsewhere, run the
program \`private-ingress\` of this package. In a pipe, use one of these two forms, which print nothing else:

\`\`\`sh
npx private-ingress list --local --json | jq -r .name
npm run --silent cli -- list --local --json | jq -r .name
\`\`\`

\`--local\` uses the embedded cloud of \`npm start\` instead of a deployed stack. With \`AWS_ENDPOINT_URL\` exported for it, \`--local\` is
not needed.

${table(
  ['command', ''],
  commands.map((command) => [
    `[\`${fullName(command)}\`](#${fullName(command).replaceAll(' ', '-')})`,
    command.summary(),
  ]),
)}

In a terminal the output has colours, fits the width, and progress is redrawn in place. In a pipe it is plain lines. \`NO_COLOR\`
disables colours, \`FORCE_COLOR\` enables them, also in a pipe. With \`--json\` every command prints one JSON object per line, and an error
as \`{"error": …}\` on standard error.

## Exit codes

${table(
  ['code', 'meaning'],
  Object.values(exitCodes).map(({ code, meaning }) => [`${code}`, meaning]),
)}

${commands.map(section).join('\n')}`;
  return { path: 'docs/cli.md', content };
}

/** A command, or its subcommands. */
function callable(command: CommandUnknownOpts): readonly CommandUnknownOpts[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(callable);
}

/** As typed, without the program. */
function fullName(command: CommandUnknownOpts): string {
  const { parent } = command;
  return parent?.parent ? `${fullName(parent)} ${command.name()}` : command.name();
}

function section(command: CommandUnknownOpts): string {
  const help = command.createHelp();
  const given = help.visibleArguments(command).map((argument): readonly string[] => {
    return [`\`${help.argumentTerm(argument)}\``, help.argumentDescription(argument)];
  });
  const options = help
    .visibleOptions(command)
    .filter(({ long }) => long !== '--help')
    .map((option): readonly string[] => [`\`${help.optionTerm(option)}\``, help.optionDescription(option)]);
  return `## ${fullName(command)}

\`\`\`sh
${help.commandUsage(command)}
\`\`\`

${command.description()}

${table(['', ''], [...given, ...options])}

\`\`\`sh
${examples(command)
  .map(({ line, does }) => `# ${does}\n${CALLED} ${line}`)
  .join('\n\n')}
\`\`\`
`;
}
