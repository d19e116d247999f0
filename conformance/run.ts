import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { readFacts } from '../facts/read.ts';
import { contracts } from './contracts/all.ts';
import { everyRun, type Journal, journalInMemory, openJournal, readJournals } from './journal.ts';
import { HELP, type Options, parseOptions, type ReportFiles, UsageError } from './options.ts';
import { RecordError, readReport, record } from './record.ts';
import { cleaningSite, openRemote, remoteOf } from './remote.ts';
import { counted, markdown, type Report, report, summary } from './report.ts';
import { PREFIX } from './resources.ts';
import { ask, type Progress, type Result, remove } from './runner.ts';
import { type Site, SiteError } from './site.ts';
import { interruptible } from './waiter.ts';

const DONE = 0;
const FAILED = 1;
const USAGE = 2;
const PERSON_NEEDED = 3;

const write = (line: string) => process.stdout.write(`${line}\n`);
const complain = (line: string) => process.stderr.write(`${line}\n`);
/** Colors only where a terminal shows them, and not with NO_COLOR. */
const colored = (color: 'green' | 'red' | 'yellow', text: string): string =>
  styleText(color, text, { stream: process.stderr });

async function main(options: Options): Promise<number> {
  switch (options.command) {
    case 'help':
      process.stdout.write(HELP);
      return DONE;
    case 'record':
      return recordReport(options.report);
    case 'embedded':
      return askEmbedded(options);
    case 'remote':
      return askRemote(options);
    case 'clean':
      return clean(options);
  }
}

async function askEmbedded(files: ReportFiles): Promise<number> {
  // Loaded only here: the embedded cloud is no part of a run on AWS.
  const { embeddedSite } = await import('./embedded.ts');
  const { site, stop } = await embeddedSite();
  try {
    return await askAt(site, journalInMemory(head(site)), files);
  } finally {
    await stop();
  }
}

async function askRemote({ remote: options, yes, ...files }: Options & { command: 'remote' }): Promise<number> {
  const remote = remoteOf(options);
  const site = await openRemote(remote, options);
  complain(costText(site));
  if (!yes && !(await agreed('Go on?'))) return PERSON_NEEDED;
  return askAt(site, await openJournal(options.journal, head(site)), files);
}

const head = ({ region, publicZone }: Site) => ({
  run: `${PREFIX}${randomBytes(3).toString('hex')}`,
  region,
  ...(publicZone === undefined ? {} : { publicZoneId: publicZone.id }),
});

const costText = ({ account, region, vpcId, publicZone, target }: Site): string =>
  [
    `Account ${account}, region ${region}, VPC ${vpcId}, ${publicZone === undefined ? 'no public zone' : `zone ${publicZone.name} (${publicZone.id})`}.`,
    `Creates an App Runner service (0.25 vCPU, 0.5 GB), an interface endpoint in one subnet, a VPC ingress connection, a security group, a private hosted zone, a rule and a queue, all named ${PREFIX}…${publicZone === undefined ? '' : `, and records below ${PREFIX}….${publicZone.name}`}. Everything is removed at the end.`,
    ...(target === 'aws' ? ['Takes 40 to 60 minutes and costs less than 0.25 USD.'] : []),
  ].join('\n');

async function askAt(site: Site, journal: Journal, { json, markdown: text }: ReportFiles): Promise<number> {
  const interrupt = new AbortController();
  const onSignal = () => {
    if (interrupt.signal.aborted) process.exit(FAILED);
    interrupt.abort();
    complain('Interrupted: removing what was created. Interrupt again to end at once, and run --clean then.');
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  const startedAt = new Date();
  const world = { ...site, waiter: interruptible(site.waiter, interrupt.signal) };
  const results = await ask(contracts, world, journal, progress);
  const publicZoneId = site.publicZone?.id;
  const remaining = await remove(
    { clients: site.clients, waiter: site.waiter, publicZoneId },
    journal,
    progress.removing,
  );
  process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  const seconds = Math.round((Date.now() - startedAt.getTime()) / 1000);
  const run = { target: site.target, region: site.region, startedAt: startedAt.toISOString(), seconds, remaining };
  const written = report(run, results, await readFacts());
  await save(written, json, text);
  for (const problem of remaining) complain(`${colored('red', 'not removed')} ${problem}`);
  if (remaining.length > 0) complain('Run it with --clean to try again.');
  write(`${summary(written)}.`);
  return counted(written, 'holds') + counted(written, 'not-asked') === results.length &&
    remaining.length === 0 &&
    !interrupt.signal.aborted
    ? DONE
    : FAILED;
}

async function save(of: Report, json: string | undefined, text: string | undefined): Promise<void> {
  if (json !== undefined) await writeFile(json, `${JSON.stringify(of, null, 2)}\n`);
  if (text !== undefined) await writeFile(text, markdown(of));
  const files = [json, text].filter((file) => file !== undefined);
  if (files.length === 0) return;
  complain(`The report is in ${files.join(' and ')}. It names no account and no zone.`);
  if (of.target === 'aws') complain('Please send it to the project, as an issue.');
}

const progress: Progress = {
  asking: ({ id }, index, count) => complain(`[${index + 1}/${count}] ${id} …`),
  result: (result) => complain(`  ${resultText(result)}`),
  removing: (kind) => complain(`removing: ${kind}`),
};

function resultText(result: Result): string {
  switch (result.outcome) {
    case 'holds':
      return `${colored('green', 'holds')}: ${result.answer}`;
    case 'differs':
      return `${colored('red', 'differs')}: ${result.asks} ${result.answer}, instead of ${result.expected}`;
    case 'failed':
      return `${colored('red', 'failed')}: ${result.contract}: ${result.reason}`;
    case 'not-asked':
      return `${colored('yellow', 'not asked')}: ${result.contract}: ${result.reason}`;
  }
}

async function clean({ remote: options, yes }: Options & { command: 'clean' }): Promise<number> {
  const remote = remoteOf(options);
  const journals = (await readJournals(options.journal)).filter(({ run }) => run.region === remote.region);
  const runs =
    journals.length > 0 ? journals : [{ run: everyRun(remote.region, options.zoneId), close: async () => {} }];
  complain(
    journals.length > 0
      ? `Removes what these runs left in ${remote.region}: ${journals.map(({ run }) => run.run).join(', ')}.`
      : `${options.journal} has no journal of ${remote.region}: removes everything there whose name begins with ${PREFIX}${options.zoneId === undefined ? ', but no records of a public zone (--zone)' : ''}.`,
  );
  if (!yes && !(await agreed('Go on?'))) return PERSON_NEEDED;
  const problems: string[] = [];
  for (const journal of runs) {
    const site = cleaningSite(remote, journal.run.publicZoneId);
    problems.push(...(await remove(site, journal, progress.removing)));
  }
  for (const problem of problems) complain(`${colored('red', 'not removed')} ${problem}`);
  return problems.length === 0 ? DONE : FAILED;
}

async function recordReport(path: string): Promise<number> {
  const { seen, toEdit } = await record(await readReport(path), fileURLToPath(new URL('../facts', import.meta.url)));
  write(seen.length === 0 ? 'No fact has a new date.' : `Seen on AWS: ${seen.join(', ')}.`);
  for (const { fact, asks, answer } of toEdit) write(`Edit facts/*.yml: ${fact}: ${asks} ${answer}.`);
  write('Run npm run docs.');
  return DONE;
}

async function agreed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    complain('No terminal to ask for confirmation. Pass --yes.');
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

try {
  process.exitCode = await main(parseOptions(process.argv.slice(2), process.env));
} catch (error) {
  if (error instanceof UsageError) {
    complain(`${error.message}\nSee npm run conformance -- --help.`);
    process.exitCode = USAGE;
  } else {
    const known = error instanceof SiteError || error instanceof RecordError;
    complain(
      known || !(error instanceof Error)
        ? String(error instanceof Error ? error.message : error)
        : `${error.name}: ${error.message}`,
    );
    process.exitCode = FAILED;
  }
}
