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

In this repository \`${CALLED} <command>\`, or \`npx private-ingress <command>\`, which does without the lines that npm prints first;
elsewhere the program \`private-ingress\` of this package. Into a pipe goes one of the two that print nothing else:

\`\`\`sh
npx private-ingress list --local --json | jq -r .name
npm run --silent cli -- list --local --json | jq -r .name
\`\`\`

Where no stack is deployed yet, \`--local\` asks the embedded cloud of \`npm start\`; whoever has exported \`AWS_ENDPOINT_URL\` for it
needs no \`--local\`.

${table(
  ['command', ''],
  commands.map((command) => [
    `[\`${fullName(command)}\`](#${fullName(command).replaceAll(' ', '-')})`,
    command.summary(),
  ]),
)}

In a terminal the text has colours, fits the width, and what is under way is redrawn in place. In a pipe it is plain lines. \`NO_COLOR\`
switches the colours off, \`FORCE_COLOR\` on, also in a pipe. With \`--json\` every command prints one JSON object a line, and an error as
\`{"error": …}\` on standard error.

## Exit codes

${table(
  ['code', 'meaning'],
  Object.values(exitCodes).map(({ code, meaning }) => [`${code}`, meaning]),
)}

${commands.map(section).join('\n')}`;
  return { path: 'docs/cli.md', content };
}

/** A command, or those it holds. */
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
