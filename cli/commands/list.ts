import { Option } from '@commander-js/extra-typings';
import { findingCode } from '../../shared/api/service-schemas.ts';
import { phases } from '../../shared/plan/plan.ts';
import type { Schemas } from '../api/client.ts';
import { services } from '../api/listing.ts';
import type { CommandDefinition } from '../command.ts';
import { needsPerson } from '../terminal/severity.ts';
import type { Mark } from '../terminal/style.ts';
import { type Cell, table } from '../terminal/table.ts';
import { withApi } from './api-command.ts';
import { findingOption, given, listingCommand } from './filter.ts';

export const listCommand: CommandDefinition = (run) =>
  listingCommand('list', [
    { line: 'list', does: 'all services that the stack knows' },
    { line: 'list --phase blocked', does: 'those that need a person' },
    { line: 'list --local --json', does: 'those of the embedded cloud, one JSON object a line' },
  ])
    .summary('the known services, with phase, domains and findings')
    .description('The services that the stack knows, each with its phase, its domains and the number of open findings.')
    .addOption(findingOption('with an open finding of this code (docs/findings.md)', findingCode.options))
    .addOption(new Option('--phase <phase>', 'in this phase').choices(phases))
    .action((options) =>
      withApi(run, options, async ({ client }, { output }) => {
        const filter = given(options, ['account', 'region', 'name', 'domain', 'phase', 'finding', 'severity']);
        const found = (await services(client, filter)).toSorted(inOrder);
        if (found.length === 0)
          output.note('No known service matches. Services that were never observed are not listed.');
        else output.sayAll(found, (layout) => table(COLUMNS, found.map(row), layout, NEEDED));
        return 'fine';
      }),
    );

/** By account, region and name. */
function inOrder(a: Schemas['ServiceSummary'], b: Schemas['ServiceSummary']): number {
  const key = ({ account, region, name }: Schemas['ServiceSummary']) => `${account} ${region} ${name}`;
  return key(a) < key(b) ? -1 : 1;
}

const COLUMNS = ['NAME', 'PHASE', 'FINDINGS', 'DOMAINS', 'ACCOUNT', 'REGION', 'ID'];
/** Up to the domains. */
const NEEDED = 4;

function row({ name, phase, findings, domains, account, region, id }: Schemas['ServiceSummary']): readonly Cell[] {
  const grave = findings.filter(needsPerson).length;
  return [
    name,
    phase === undefined ? 'not observed yet' : { text: phase, mark: PHASE_MARKS[phase] ?? 'cyan' },
    grave > 0 ? { text: `${findings.length}`, mark: 'yellow' } : `${findings.length || ''}`,
    domains.join(' '),
    account,
    region,
    id,
  ];
}

/** The phases that do not change by themselves. */
const PHASE_MARKS: Readonly<Partial<Record<Schemas['Phase'], Mark>>> = {
  ready: 'green',
  'ready-unverified': 'green',
  degraded: 'red',
  unknown: 'red',
  detached: 'dim',
  released: 'dim',
  blocked: 'red',
};
