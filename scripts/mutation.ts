import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type MutationResult, readMutationResults } from '../mutation/results.ts';
import { errorMessage } from '../shared/errors.ts';

/** Folders of `shared/`, and those of `test/` that are asked: what tests elsewhere notice besides does not count. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  plan: ['plan', 'records'],
  policy: ['policy'],
  records: ['records', 'plan', 'observe', 'execute'],
  reconcile: ['reconcile'],
  sweep: ['sweep'],
};
const ALL = Object.keys(PARTS);

const HELP = `npm run mutation [-- part …] [--file PATH]

Changes the product a little, again and again, and asks whether a test notices. Parts: ${ALL.join(', ')}; all of them without names.
Asked are the tests of the part itself.
The tool is installed into mutation/node_modules at first. What is counted is written to mutation/results.json, from which
docs/reliability.md is made.

Options
  --file PATH   one file, such as shared/records/names.ts: prints what survives, and counts nothing
  --help        this text

Exit codes
  0 counted   1 failed   2 usage
`;

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TOOL = 'mutation/node_modules/@stryker-mutator/core/bin/stryker.js';
const RESULTS = new URL('../mutation/results.json', import.meta.url);

const report = z.object({
  files: z.record(
    z.string(),
    z.object({
      mutants: z.array(
        z.object({
          status: z.string(),
          mutatorName: z.string(),
          replacement: z.string().optional(),
          location: z.object({ start: z.object({ line: z.number() }) }),
        }),
      ),
    }),
  ),
});
type Report = z.infer<typeof report>;

async function main(): Promise<number> {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse();
  } catch (error) {
    process.stderr.write(`${errorMessage(error)}\nSee npm run mutation -- --help.\n`);
    return 2;
  }
  const { values, positionals } = parsed;
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const unknown = positionals.filter((name) => !(name in PARTS));
  if (unknown.length > 0) {
    process.stderr.write(`There is no part ${unknown.join(', ')}; there are ${ALL.join(', ')}.\n`);
    return 2;
  }
  if (!existsSync(new URL(`../${TOOL}`, import.meta.url)))
    execFileSync('npm', ['ci', '--prefix', 'mutation', '--no-audit', '--no-fund'], { cwd: ROOT, stdio: 'inherit' });
  if (values.file !== undefined) {
    process.stdout.write(
      survivors(await mutate(values.file, PARTS[values.file.split('/')[1] ?? '']))
        .map((line) => `${line}\n`)
        .join(''),
    );
    return 0;
  }
  for (const part of positionals.length === 0 ? ALL : positionals) {
    const started = Date.now();
    const result = counted(
      part,
      await mutate(`shared/${part}/**/*.ts`, PARTS[part]),
      Math.round((Date.now() - started) / 1000),
    );
    const others = (await readMutationResults()).filter((one) => one.part !== part);
    await writeFile(RESULTS, `${JSON.stringify([...others, result], null, 2)}\n`);
    process.stdout.write(`${part}: ${result.killed} of ${result.mutants} noticed\n`);
  }
  return 0;
}

function parse() {
  return parseArgs({
    allowPositionals: true,
    options: { file: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
  });
}

/** @param tests folders of `test/`; by default all that the configuration names. */
async function mutate(files: string, tests?: readonly string[]): Promise<Report> {
  const args = [TOOL, 'run', 'mutation/stryker.config.json', '--mutate', files];
  const { status } = spawnSync(process.execPath, [...args, '--concurrency', String(availableParallelism())], {
    cwd: ROOT,
    env: { ...process.env, ...(tests && { MUTATION_TESTS: tests.join(',') }) },
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error(`${TOOL} ended with ${status}.`);
  const text = await readFile(new URL('../node_modules/.mutation/report.json', import.meta.url), 'utf8');
  return report.parse(JSON.parse(text));
}

/** What is not covered counts as survived. The report also has what earlier runs said of other parts. */
function counted(part: string, { files }: Report, seconds: number): MutationResult {
  const statuses = Object.entries(files).flatMap(([file, { mutants }]) =>
    file.startsWith(`shared/${part}/`) ? mutants.map(({ status }) => status) : [],
  );
  const count = (...wanted: readonly string[]) => statuses.filter((status) => wanted.includes(status)).length;
  const killed = count('Killed', 'Timeout', 'RuntimeError');
  const survived = count('Survived', 'NoCoverage');
  return { part, mutants: killed + survived, killed, ignored: count('Ignored'), seconds };
}

function survivors({ files }: Report): readonly string[] {
  return Object.entries(files).flatMap(([file, { mutants }]) =>
    mutants
      .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
      .map(
        ({ location, mutatorName, replacement = '' }) =>
          `${file}:${location.start.line} ${mutatorName}: ${replacement}`,
      ),
  );
}

process.exitCode = await main();
