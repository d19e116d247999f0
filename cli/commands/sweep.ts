import { type CommandUnknownOpts, InvalidArgumentError } from '@commander-js/extra-typings';
import { withCommands } from '../../shared/command-line.ts';
import { formatDuration } from '../../shared/duration.ts';
import { similar } from '../../shared/similar.ts';
import { dataOf, type Schemas } from '../api/client.ts';
import { sweeps } from '../api/listing.ts';
import { addDefault, type CommandContext, type CommandDefinition, group } from '../command.ts';
import { ConnectError, UsageError } from '../errors.ts';
import type { CommandOutcome } from '../exit-code.ts';
import { changes, rests } from '../sweep/changes.ts';
import { sweepOutcome } from '../sweep/outcome.ts';
import { changeText, countsText, progressText, statusText, sweepText } from '../sweep/text.ts';
import type { Layout } from '../terminal/output.ts';
import { table } from '../terminal/table.ts';
import { follow } from '../watch/follow.ts';
import { type Api, apiCommand, withApi } from './api-command.ts';
import { duration } from './watch.ts';

const ENDS =
  'Ends with 1 when an account, region or service could not be read, with 3 when the sweep is held or there are orphans, and with 0 otherwise.';

export const sweepCommand: CommandDefinition = (run) => {
  const begin = beginCommand(run);
  const sweep = group('sweep')
    .summary('compare every account and region with the policy')
    .description(
      'Compares every account and region with the policy; docs/sweep.md describes what a sweep does and finds.',
    );
  return addDefault(sweep, begin)
    .addHelpText('after', () => optionsText(begin))
    .addCommand(listCommand(run))
    .addCommand(showCommand(run))
    .addCommand(confirmCommand(run));
};

/** The options that "sweep" alone takes, which commander lists for "sweep begin" only. */
function optionsText(begin: CommandUnknownOpts): string {
  const help = begin.createHelp();
  const width = help.padWidth(begin, help);
  const options = help
    .visibleOptions(begin)
    .map((option) =>
      help.formatItem(help.styleOptionTerm(help.optionTerm(option)), width, help.optionDescription(option), help),
    );
  return ['', help.styleTitle('Options without a command, as of "sweep begin":'), ...options].join('\n');
}

const COMMANDS = ['begin', 'list', 'show', 'confirm'];

const beginCommand: CommandDefinition = (run) =>
  apiCommand('begin', [
    { line: 'sweep', does: 'begin a sweep, and watch until every account and region has answered' },
    { line: 'sweep --no-wait', does: 'only begin it' },
    { line: 'sweep --json', does: 'the answer of each account and region, and the result, one JSON object per line' },
  ])
    // Catches a misspelled subcommand.
    .argument('[command]', 'leave it out, or name another command of sweep')
    .summary('begin a sweep and watch it; the same as "sweep" alone')
    .description(
      `Begins a sweep of everything, and shows the answer of each account and region until the last one. ${ENDS}`,
    )
    .option('--no-wait', 'only begin it')
    .option('--timeout <duration>', 'stop watching after this time, with exit code 1: 90s, 30m, 2h', duration)
    .action((typed, options) =>
      withApi(run, options, async (api, context) => {
        if (typed !== undefined) throw unknownCommand(typed);
        const accepted = await dataOf(api.client.POST('/sweeps', { body: {} }));
        if (accepted.waitsFor !== undefined)
          context.output.note(withCommands(accepted.waitsFor, context.output.layout.typed));
        if (!options.wait) {
          context.output.say(
            accepted,
            ({ typed }) => `sweep ${accepted.sweep} is running; to see it: ${typed(`sweep show ${accepted.sweep}`)}`,
          );
          return 'fine';
        }
        return watchSweep(accepted.sweep, options.timeout, api, context);
      }),
    );

function unknownCommand(typed: string): UsageError {
  const meant = similar(typed, COMMANDS);
  return new UsageError(
    `error: unknown command 'sweep ${typed}'${meant === undefined ? '' : `\n(Did you mean sweep ${meant}?)`}`,
  );
}

async function watchSweep(
  id: string,
  timeout: number | undefined,
  { client, pace }: Api,
  context: CommandContext,
): Promise<CommandOutcome> {
  const { seen, took } = await follow(context, {
    look: () => sweepOf(id, client),
    changes,
    changeText,
    progressText,
    rests,
    unfinishedText: () => 'The sweep continues.',
    pace,
    timeout,
  });
  context.output.say(
    { event: 'ended', ...seen, seconds: took / 1000 },
    (layout) => `\n${sweepText(seen, layout)}\n${statusText(seen.status, layout.style)} after ${formatDuration(took)}`,
  );
  return sweepOutcome(seen);
}

const listCommand: CommandDefinition = (run) =>
  apiCommand('list', [
    { line: 'sweep list', does: 'the last ten sweeps, the latest first' },
    { line: 'sweep list --limit 100 --json', does: 'the last hundred, one JSON object a line' },
  ])
    .summary('the last sweeps, the latest first')
    .description('The sweeps of the last thirty days, the latest first, each with what it found.')
    .option('--limit <count>', 'how many, 1 to 100', count, 10)
    .action((options) =>
      withApi(run, options, async ({ client }, { output }) => {
        const found = await sweeps(client, options.limit);
        if (found.length === 0) output.note('There is no sweep yet.');
        else
          output.sayAll(found, (layout) =>
            table(
              COLUMNS,
              found.map((one) => row(one, layout)),
              layout,
            ),
          );
        return 'fine';
      }),
    );

const COLUMNS = ['ID', 'STATUS', 'ANSWERED', 'FOUND', 'BY'];

function row(
  { id, status, targets, answered, counts, by }: Schemas['SweepSummary'],
  { style }: Parameters<typeof sweepText>[1],
) {
  return [
    id,
    statusText(status, style),
    `${answered} of ${targets}`,
    counts === undefined ? '' : countsText(counts, style),
    by,
  ];
}

const showCommand: CommandDefinition = (run) =>
  apiCommand('show', [
    { line: 'sweep show latest', does: 'what is out of sync, what could not be read, and the orphans' },
    { line: 'sweep show 20260131T235959Z-1a2b3c4d --json', does: 'everything, as one JSON object' },
  ])
    .argument('<id>', 'id of the sweep, or latest')
    .summary('one sweep: what is out of sync, what could not be read, and why it is held')
    .description(
      `Shows one sweep: who has answered, what is out of sync, what could not be read, the orphans, and why it is held. ${ENDS}`,
    )
    .action((id, options) =>
      withApi(run, options, async ({ client }, { output }) => {
        const sweep = await sweepOf(id === 'latest' ? await latest(client, output.layout) : id, client);
        output.say(sweep, (layout) => sweepText(sweep, layout));
        return sweepOutcome(sweep);
      }),
    );

const confirmCommand: CommandDefinition = (run) =>
  apiCommand('confirm', [
    { line: 'sweep confirm 20260131T235959Z-1a2b3c4d', does: 'resume it, after you have read sweep show' },
  ])
    .argument('<id>', 'id of the sweep')
    .summary('resume a sweep that exceeded the limits')
    .description(
      `Resumes a held sweep. Each service that is out of sync is observed again, so the actions fit its state then. ${ENDS}`,
    )
    .action((id, options) =>
      withApi(run, options, async ({ client }, { output }) => {
        if (id === 'latest') {
          // Another sweep may have begun meanwhile.
          const list = output.layout.typed('sweep list');
          throw new UsageError(`Pass the id of the sweep that you have checked: "${list}" shows it.`);
        }
        const accepted = await dataOf(client.POST('/sweeps/{id}/confirm', { params: { path: { id } }, body: {} }));
        if (accepted.waitsFor !== undefined) output.note(withCommands(accepted.waitsFor, output.layout.typed));
        const sweep = await sweepOf(id, client);
        output.say(sweep, (layout) => sweepText(sweep, layout));
        // Confirmed, but nothing is written before the switch is off.
        return accepted.waitsFor === undefined ? sweepOutcome(sweep) : 'findings';
      }),
    );

function sweepOf(id: string, client: Api['client']): Promise<Schemas['Sweep']> {
  return dataOf(client.GET('/sweeps/{id}', { params: { path: { id } } }));
}

/** @throws ConnectError when there is none yet. */
async function latest(client: Api['client'], { typed }: Layout): Promise<string> {
  const [last] = await sweeps(client, 1);
  if (last === undefined) throw new ConnectError(`There is no sweep yet. "${typed('sweep')}" begins one.`);
  return last.id;
}

/** Of one page. */
function count(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 100) return number;
  throw new InvalidArgumentError('It takes a whole number from 1 to 100.');
}
