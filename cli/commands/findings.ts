import { Option } from '@commander-js/extra-typings';
import { anyCode } from '../../shared/api/sweep-schemas.ts';
import { withCommands } from '../../shared/command-line.ts';
import { type AnyFinding, findings } from '../api/listing.ts';
import type { CommandDefinition } from '../command.ts';
import type { Layout } from '../terminal/output.ts';
import { needsPerson, severityMark } from '../terminal/severity.ts';
import { hanging } from '../terminal/width.ts';
import { withApi } from './api-command.ts';
import { findingOption, given, listingCommand } from './filter.ts';

export const findingsCommand: CommandDefinition = (run) =>
  listingCommand('findings', [
    { line: 'findings', does: 'all open findings, with what to do' },
    { line: 'findings --severity error', does: 'only errors' },
    { line: 'findings --local --json', does: 'those of the embedded cloud, one JSON object a line' },
  ])
    .summary('what needs a person, and what to do')
    .description(
      'The open findings of all services, and what the latest sweep found or could not read: what is wrong, where, since when, and what to do. Ends with 3 when there is one of severity error or warning.',
    )
    .addOption(findingOption('with this code (docs/findings.md, docs/sweep.md)', anyCode.options))
    .addOption(
      new Option('--source <source>', 'findings of services, or of the latest sweep').choices(['service', 'sweep']),
    )
    .action((options) =>
      withApi(run, options, async ({ client }, { output }) => {
        const filter = given(options, ['account', 'region', 'name', 'domain', 'source', 'finding', 'severity']);
        const found = await findings(client, filter);
        if (found.length === 0) {
          output.note(Object.keys(filter).length === 0 ? 'No finding is open.' : 'No open finding matches.');
        }
        output.sayAll(found, (layout) => found.map((one) => findingText(one, layout)).join('\n'));
        return found.some(needsPerson) ? 'findings' : 'fine';
      }),
    );

function findingText(finding: AnyFinding, { style, time, width, typed }: Layout): string {
  const { severity, code, message, remedy, since } = finding;
  const where =
    finding.source === 'service'
      ? `${finding.service.name} (${finding.service.account} ${finding.service.region})`
      : `${finding.resource} (sweep ${finding.sweep})`;
  return [
    `${severityMark(severity, style)} ${style('bold', code)}  ${where}  ${style('dim', `since ${time(since)}`)}`,
    hanging('  ', withCommands(message, typed), width),
    hanging('  ', withCommands(remedy, typed), width),
    '',
  ].join('\n');
}
