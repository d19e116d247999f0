import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import * as z from 'zod';
import { counted } from '../../shared/counted.ts';
import { errorMessage } from '../../shared/errors.ts';
import { type Compliance, compliances } from '../../shared/report/compliance.ts';
import { type ReportFormat, reportFormats } from '../../shared/report/formats.ts';
import { type ApiClient, addressOf } from '../api/client.ts';
import type { CommandDefinition } from '../command.ts';
import { ConnectError, UsageError } from '../errors.ts';
import type { Layout } from '../terminal/output.ts';
import type { Mark } from '../terminal/style.ts';
import { type Cell, table } from '../terminal/table.ts';
import { apiCommand, withApi } from './api-command.ts';

export const reportCommand: CommandDefinition = (run) =>
  apiCommand('report', [
    { line: 'report', does: 'compliance by account, and an address at which to read the rest' },
    { line: 'report --output report.html', does: 'one page that needs nothing else: open it, or send it' },
    { line: 'report --output report.csv', does: 'the services, as a table' },
    { line: 'report --json', does: 'the whole report as one JSON object' },
  ])
    .summary('the report of the latest sweep: compliance, services, exceptions, costs')
    .description(
      'Shows the report that is written after each sweep: compliance by account, unit, region and rule; every service with its state, names, proof, findings and remedies; exceptions about to end; endpoints and their cost; what the sweep wanted, did and could not (docs/report.md). Ends with 1 when the sweep could not read everything, and with 3 when a service needs a person.',
    )
    .addOption(
      new Option('--by <group>', 'count services by').choices(['account', 'unit', 'region', 'rule']).default('account'),
    )
    .option('--output <file>', 'write the report to a file, as .html, .csv or .json says')
    .option('--sweep <id>', 'the report of this sweep; "sweep list" prints the ids')
    .action((options) =>
      withApi(run, options, async ({ client }, { output }) => {
        const { output: file, sweep, by } = options;
        const format = file === undefined ? undefined : formatOf(file);
        const text = await fetched(await locate(client, 'json', sweep));
        const report = summarySchema.parse(JSON.parse(text));
        if (file !== undefined && format !== undefined) {
          await save(file, format === 'json' ? text : await fetched(await locate(client, format, report.sweep.id)));
        }
        const address = output.json || file !== undefined ? undefined : await locate(client, 'html', report.sweep.id);
        output.say(JSON.parse(text), (layout) => summaryText(report, by, { file, address }, layout));
        if (report.sweep.failures.length > 0) return 'failed';
        return report.totals['non-compliant'] > 0 ? 'findings' : 'fine';
      }),
    );

/** @throws UsageError */
function formatOf(file: string): ReportFormat {
  const extension = extname(file).slice(1);
  const format = isFormat(extension) ? extension : undefined;
  if (format !== undefined) return format;
  throw new UsageError(`--output ${file}: the name ends with .html, .csv or .json, which says what to write.`);
}

const isFormat = (text: string): text is ReportFormat => Object.hasOwn(reportFormats, text);

function locate(client: ApiClient, format: ReportFormat, sweep: string | undefined): Promise<string> {
  return addressOf(client.GET('/report', { params: { query: { format, ...(sweep === undefined ? {} : { sweep }) } } }));
}

/** @throws ConnectError */
async function fetched(address: string): Promise<string> {
  const { host } = new URL(address);
  const response = await fetch(address).catch((error: unknown) => {
    throw new ConnectError(`The report cannot be read from ${host}: ${errorMessage(error)}`);
  });
  if (response.ok) return response.text();
  throw new ConnectError(
    `The report cannot be read: ${host} answered ${response.status}. Its address holds for five minutes.`,
  );
}

async function save(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((error: unknown) => {
    throw new UsageError(`--output ${file} cannot be written: ${errorMessage(error)}`);
  });
}

const count = z.number();
const countsSchema = z.object({
  compliant: count,
  'in-progress': count,
  'non-compliant': count,
  'not-managed': count,
  unread: count,
} satisfies Record<Compliance | 'unread', z.ZodType>);
const groups = z.array(countsSchema.extend({ name: z.string() }));

/** The parts that the command shows. */
const summarySchema = z.object({
  generatedAt: z.string(),
  totals: countsSchema,
  compliance: z.object({ account: groups, unit: groups, region: groups, rule: groups }),
  exceptions: z.array(z.object({ isEnding: z.boolean(), reason: z.string(), until: z.string() })),
  endpoints: z.array(z.object({ usdPerMonth: z.number().optional() })),
  usdPerMonth: z.number(),
  sweep: z.object({ id: z.string(), failures: z.array(z.object({})) }),
});

const TITLES: Readonly<Record<Compliance | 'unread', string>> = {
  compliant: 'COMPLIANT',
  'in-progress': 'IN PROGRESS',
  'non-compliant': 'NEEDS A PERSON',
  'not-managed': 'NOT MANAGED',
  unread: 'NOT READ',
};
/** Why a report has no groups of a kind. */
const NO_GROUPS = {
  account: 'There is no service and no account.',
  region: 'There is no service and no region.',
  rule: 'There is no service.',
  unit: 'There are no units: the stack is in no organization, or its policy uses no units and lists its accounts.',
} satisfies Record<keyof z.output<typeof summarySchema>['compliance'], string>;

const MARKS: Readonly<Partial<Record<Compliance | 'unread', Mark>>> = {
  compliant: 'green',
  'non-compliant': 'red',
  unread: 'red',
};

/** What was not read costs something, too. */
function endpointsText(endpoints: z.output<typeof summarySchema>['endpoints'], usdPerMonth: number): string {
  const unread = endpoints.filter((endpoint) => endpoint.usdPerMonth === undefined).length;
  const all = counted(endpoints.length, 'endpoint');
  if (unread > 0 && unread === endpoints.length) return `${all}, cost not read`;
  const not = unread === 0 ? '' : `; ${unread} of them not read`;
  return `${all}, ${usdPerMonth.toFixed(2)} USD a month, traffic not counted${not}`;
}

function summaryText(
  { generatedAt, totals, compliance, exceptions, endpoints, usdPerMonth, sweep }: z.output<typeof summarySchema>,
  by: keyof z.output<typeof summarySchema>['compliance'],
  { file, address }: { readonly file: string | undefined; readonly address: string | undefined },
  layout: Layout,
): string {
  const { style, time } = layout;
  const shown = [...compliances, ...(totals.unread === 0 ? [] : (['unread'] as const))];
  const cells = (counts: z.output<typeof countsSchema>) =>
    shown.map((one): Cell => {
      const mark = counts[one] === 0 ? undefined : MARKS[one];
      return mark === undefined ? `${counts[one]}` : { text: `${counts[one]}`, mark };
    });
  const rows = [...compliance[by].map((group) => [group.name, ...cells(group)]), ['all', ...cells(totals)]];
  const ending = exceptions.filter(({ isEnding }) => isEnding);
  return [
    `${style('bold', `report of the sweep ${sweep.id}`)}, as of ${time(generatedAt)}`,
    '',
    table([by.toUpperCase(), ...shown.map((one) => TITLES[one])], rows, layout, 1),
    ...(compliance[by].length === 0 ? [NO_GROUPS[by]] : []),
    '',
    endpointsText(endpoints, usdPerMonth),
    ...ending.map(({ reason, until }) => style('yellow', `the exception "${reason}" ends after ${until}`)),
    ...(sweep.failures.length === 0
      ? []
      : [style('red', `the sweep could not read ${counted(sweep.failures.length, 'target')}`)]),
    ...(file === undefined ? [] : [`written to ${file}`]),
    ...(address === undefined ? [] : ['', 'The whole report, for five minutes, at', address]),
  ].join('\n');
}
