import { InvalidArgumentError } from '@commander-js/extra-typings';
import { dataOf, type Schemas } from '../api/client.ts';
import type { CommandDefinition } from '../command.ts';
import type { Layout } from '../terminal/output.ts';
import { apiCommand, withApi } from './api-command.ts';

export const redriveCommand: CommandDefinition = (run) =>
  apiCommand('redrive', [
    { line: 'redrive', does: 'put what is in the dead-letter queue back into work' },
    { line: 'redrive --limit 10', does: 'at most ten messages' },
  ])
    .summary('put dead letters back into work')
    .description(
      'Reads the dead-letter queue of the stack: each message about a service has the service looked at, one about something else is dropped, and one that cannot be understood is kept, with the reason. Ends with 3 when one was kept.',
    )
    .option('--limit <count>', 'messages to look at, at most: 1 to 100', count)
    .action((options) =>
      withApi(run, options, async ({ client }, { output }) => {
        const body = options.limit === undefined ? {} : { limit: options.limit };
        const redriven = await dataOf(client.POST('/redrive', { body }));
        output.say(redriven, (layout) => redrivenText(redriven, layout));
        return redriven.kept.length > 0 ? 'findings' : 'fine';
      }),
    );

function redrivenText({ redriven, dropped, kept, left }: Schemas['Redriven'], { style }: Layout): string {
  return [
    ...redriven.map(({ serviceArn }) => `${style('green', 'back in work')}  ${serviceArn}`),
    ...dropped.map(({ messageId, reason }) => `${style('dim', 'dropped')}       ${messageId}: ${reason}`),
    ...kept.map(({ messageId, reason }) => `${style('yellow', 'kept')}          ${messageId}: ${reason}`),
    `${left === 0 ? 'Nothing is' : `About ${left} ${left === 1 ? 'message is' : 'messages are'}`} left in the dead-letter queue.`,
  ].join('\n');
}

/** Of one page. */
export function count(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 100) return number;
  throw new InvalidArgumentError('It takes a whole number from 1 to 100.');
}
