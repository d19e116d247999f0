import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { apiCalls } from './api-calls.ts';
import { coldStart } from './cold-start.ts';
import { type Benchmark, goalsText, tableText } from './figures.ts';
import { fleetSweep } from './fleet-sweep.ts';
import { idle } from './idle.ts';
import { lateness } from './lateness.ts';
import { planner } from './planner.ts';
import { type MeasuredTable, writeReport } from './report.ts';
import { rollOut } from './roll-out.ts';
import { tests } from './tests.ts';
import { timeToReady } from './time-to-ready.ts';

/** Counted ones first: they are the same on every machine. */
const benchmarks: readonly Benchmark[] = [
  apiCalls,
  idle,
  lateness,
  timeToReady,
  rollOut,
  fleetSweep,
  coldStart,
  planner,
  tests,
];

const HELP = `npm run bench -- [benchmark …] [options]

Measures, and prints tables. All of it without names, otherwise what is named:

${benchmarks.map(({ name, about }) => `  ${name.padEnd(18)} ${about}`).join('\n')}

Options
  --large            the large sizes of roll-out and fleet-sweep, and tests, too: many minutes
  --json FILE        writes the figures to FILE instead: {"node", "cores", "tables": [{"benchmark", "title", "rows",
                     "figures": [{"row", "column", "value"}], "notes",
                     "goals": [{"what", "most", "value", "unit"}]}]}
  --write            writes docs/performance.md and its plots from the figures; without names, it is written in any case
  --help             this text

Examples
  npm run bench -- --json figures.json
  npm run bench -- cold-start planner

Exit codes
  0 measured   1 failed   2 usage
`;

async function main(): Promise<number> {
  const { values, positionals } = parse();
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const unknown = positionals.filter((name) => !benchmarks.some((one) => one.name === name));
  if (unknown.length > 0) {
    return usage(
      `There is no benchmark ${unknown.join(', ')}; there are ${benchmarks.map(({ name }) => name).join(', ')}.`,
    );
  }
  const wanted = benchmarks.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const { json } = values;
  const tables: MeasuredTable[] = [];
  for (const { name, measure } of wanted) {
    process.stderr.write(`${name} …\n`);
    const measured = await measure(values.large ? 'large' : 'usual');
    if (measured.length === 0) process.stderr.write(`${name} is measured with --large only.\n`);
    tables.push(...measured.map((table) => ({ benchmark: name, ...table })));
    if (json === undefined) for (const table of measured) process.stdout.write(`${tableText(table)}\n`);
  }
  const goals = tables.flatMap((table) => table.goals ?? []);
  if (json === undefined && goals.length > 0) process.stdout.write(`${goalsText(goals)}\n`);
  if (values.write || positionals.length === 0) await writeReport(tables);
  if (json !== undefined) {
    const cores = availableParallelism();
    await writeFile(json, `${JSON.stringify({ node: process.versions.node, cores, tables }, null, 2)}\n`);
  }
  return 0;
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'string' },
        large: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    process.exit(usage(error instanceof Error ? error.message : String(error)));
  }
}

function usage(problem: string): number {
  process.stderr.write(`${problem}\nSee npm run bench -- --help.\n`);
  return 2;
}

process.exitCode = await main();
