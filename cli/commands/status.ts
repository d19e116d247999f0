import { dataOf } from '../api/client.ts';
import type { CommandDefinition } from '../command.ts';
import { serviceText, timelineText } from '../service-text.ts';
import { needsPerson } from '../terminal/severity.ts';
import { isKept } from '../watch/changes.ts';
import { serviceCommand, withService } from './api-command.ts';

export const statusCommand: CommandDefinition = (run) =>
  serviceCommand('status', [
    { line: 'status hello', does: 'its state, what comes next, and what happened' },
    { line: 'status hello --local', does: 'the same in the embedded cloud of "npm start"' },
    {
      line: 'status /services/123456789012/ap-northeast-1/hello/0123456789abcdef0123456789abcdef --json',
      does: 'everything, as one JSON object',
    },
  ])
    .summary('one service: its state, what comes next, and what happened')
    .description(
      'Shows one service as the stack sees it now: observed and desired state, planned actions, waits, findings, and the latest events. Writes nothing. Ends with 3 when a finding of severity error or warning is open, or when the kill switch or a held sweep keeps its actions.',
    )
    .action((called, options) =>
      withService(run, called, options, async ({ client, path }, { output, environment }) => {
        const service = await dataOf(client.GET('/services/{account}/{region}/{name}/{id}', { params: { path } }));
        output.say(
          service,
          (layout) => `${serviceText(service, layout, environment.now())}\n${timelineText(service, layout)}`,
        );
        return isKept(service) || service.findings.some(needsPerson) ? 'findings' : 'fine';
      }),
    );
