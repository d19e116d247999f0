import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { ensurePackaged } from '../build/package.ts';
import { errorMessage } from '../shared/errors.ts';
import { families } from './families.ts';
import type { Effort, Family } from './family.ts';
import { type FamilyResult, readResults, withResults, writeResults } from './results.ts';
import { type CaseOutcome, Workers } from './workers.ts';

const PROGRESS = new URL('../node_modules/.prove/', import.meta.url);
const MINUTE_MS = 60_000;

const HELP = `npm run prove -- [family …] [options]

Disturbs the product in every way that is known, and holds what it promises (docs/reliability.md). All of it without names,
otherwise what is named:

${families.map(({ name, about }) => `  ${name.padEnd(10)} ${about}`).join('\n')}

Options
  --quick        a sample of each, ended after a minute
  --minutes N    ends after so many minutes; --resume goes on
  --seed N       of what is drawn; without it a new one, or the one that --resume goes on with
  --resume       goes on where the run before was stopped, and plays again what had failed
  --only REGEXP  the cases whose names match: crash --only deletion/, faults --only ':(throttled|expired)$'
  --case NAME    one case of the one family named, as a failure prints it
  --record       writes the figures to prove/results.json, from which docs/reliability.md is made, in place of those of before
  --add          with --record: beside those of other seeds, so that long proofs can be made in parts
  --json FILE    writes [{"family", "only"?, "seed", "cases", "disturbances", "failed": [{"case", "message"}], "seconds"}]
  --help         this text

Exit codes
  0 everything held   1 something did not   2 usage
`;

const progressSchema = z.object({
  seed: z.number(),
  done: z.number(),
  /** That it took until it was saved. */
  seconds: z.number(),
  disturbances: z.number(),
  failed: z.array(z.object({ case: z.string(), message: z.string() })),
});
type Progress = z.infer<typeof progressSchema>;

async function main(): Promise<number> {
  const { values, positionals } = parse();
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const unknown = positionals.filter((name) => !families.some((one) => one.name === name));
  const named = families.map(({ name }) => name).join(', ');
  if (unknown.length > 0) return usage(`There is no family ${unknown.join(', ')}; there are ${named}.`);
  const wanted = families.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const given = values.seed === undefined ? undefined : Number(values.seed);
  if (given !== undefined && !(Number.isSafeInteger(given) && given >= 0))
    return usage(`--seed takes a whole number; it is "${values.seed}".`);
  const [only] = wanted;
  if (values.case !== undefined && (only === undefined || positionals.length !== 1))
    return usage(`--case needs the family that it is of, one of ${named}.`);
  await ensurePackaged();
  if (values.case !== undefined && only !== undefined) {
    try {
      const { disturbances } = await only.play(values.case);
      process.stdout.write(`${values.case} held, with ${disturbances} disturbances.\n`);
      return 0;
    } catch (error) {
      process.stderr.write(`${values.case} did not hold: ${errorMessage(error)}\n`);
      return 1;
    }
  }
  if (values.add && !values.record) return usage('--add needs --record: it is about the figures that are written.');
  const matching = regExp(values.only);
  if (matching === null) return usage(`--only takes a regular expression; it is "${values.only}".`);
  const effort: Effort = values.quick ? 'quick' : 'full';
  const minutes = values.minutes === undefined ? (values.quick ? 1 : Number.POSITIVE_INFINITY) : Number(values.minutes);
  if (!(minutes > 0)) return usage(`--minutes takes a number above 0; it is "${values.minutes}".`);
  const ends = Date.now() + minutes * MINUTE_MS;
  const results: FamilyResult[] = [];
  await using workers = new Workers();
  for (const [index, family] of wanted.entries()) {
    // What one does not need is left to those after it.
    const left = wanted.slice(index).reduce((sum, { weight }) => sum + weight, 0);
    const share = Date.now() + ((ends - Date.now()) * family.weight) / left;
    results.push(
      await prove(workers, family, effort, { ends: share, seed: given, resume: values.resume, only: matching }),
    );
  }
  if (matching !== undefined && results.every(({ cases, failed }) => cases === 0 && failed.length === 0))
    return usage(`No case was played whose name matches "${values.only}"; it may take more time, or another name.`);
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(results, null, 2)}\n`);
  if (values.record) await writeResults(withResults(await readResults(), results, values.add));
  return results.some(({ failed }) => failed.length > 0) ? 1 : 0;
}

interface Wanted {
  /** The time after which no case is begun; milliseconds. */
  readonly ends: number;
  readonly seed: number | undefined;
  readonly resume: boolean;
  readonly only: RegExp | undefined;
}

async function prove(
  workers: Workers,
  family: Family,
  effort: Effort,
  { ends, seed, resume, only }: Wanted,
): Promise<FamilyResult> {
  const part = only === undefined ? '' : `-${encodeURIComponent(only.source)}`;
  const file = new URL(encodeURIComponent(`${family.name}-${effort}${part}.json`), PROGRESS);
  const saved = resume ? await readProgress(file) : undefined;
  let progress: Progress = saved ?? {
    seed: seed ?? Math.floor(Math.random() * 1_000_000),
    ...{ done: 0, seconds: 0, disturbances: 0, failed: [] },
  };
  const before = progress.done;
  const started = Date.now() - progress.seconds * 1000;
  const seconds = () => Math.round((Date.now() - started) / 1000);
  let shown = 0;
  let index = 0;
  let isWhole = true;
  const complain = (name: string, message: string): Progress['failed'][number] => {
    const again = name === 'undisturbed' ? `--seed ${progress.seed}` : `--case ${JSON.stringify(name)}`;
    process.stderr.write(`${family.name}: ${message}\n  npm run prove -- ${family.name} ${again}\n`);
    return { case: name, message };
  };
  // In the order of the cases, so that what is saved is what can be gone on with.
  const underWay: { readonly name: string; readonly isAgain: boolean; readonly outcome: Promise<CaseOutcome> }[] = [];
  const settle = async (most: number): Promise<void> => {
    while (underWay.length > most) {
      const [first] = underWay.splice(0, 1);
      if (first === undefined) return;
      const outcome = await first.outcome;
      const { done, disturbances } = progress;
      const failed = progress.failed.filter((one) => one.case !== first.name);
      const now = { ...progress, done: done + (first.isAgain ? 0 : 1), failed, seconds: seconds() };
      progress = outcome.ok
        ? { ...now, disturbances: disturbances + outcome.disturbances }
        : { ...now, failed: [...failed, complain(first.name, outcome.message)] };
      if (Date.now() - shown < 2_000) continue;
      shown = Date.now();
      process.stderr.write(
        `${family.name}: ${progress.done} cases, ${progress.failed.length} failed (${first.name})\n`,
      );
      await saveProgress(file, progress);
    }
  };
  try {
    for (const { case: name } of progress.failed)
      underWay.push({ name, isAgain: true, outcome: workers.play(family.name, name) });
    for await (const name of family.cases(effort, progress.seed)) {
      if (only?.test(name) === false || index++ < before) continue;
      if (Date.now() > ends) {
        isWhole = false;
        break;
      }
      underWay.push({ name, isAgain: false, outcome: workers.play(family.name, name) });
      await settle(2 * workers.count);
    }
    await settle(0);
  } catch (error) {
    // A story that does not end well undisturbed has no cases.
    const failed = complain('undisturbed', errorMessage(error));
    progress = { ...progress, failed: [...progress.failed, failed] };
  }
  if (isWhole) await rm(file, { force: true });
  else await saveProgress(file, progress);
  const { done: cases, disturbances, failed } = progress;
  process.stdout.write(
    `${family.name}: ${cases} cases with ${disturbances} disturbances${isWhole ? '' : ' in the time there was'}, ${failed.length} failed, seed ${progress.seed}, ${seconds()} s\n`,
  );
  return {
    ...{ family: family.name, seed: progress.seed, cases, disturbances, failed, seconds: seconds() },
    ...(only === undefined ? {} : { only: only.source }),
  };
}

async function readProgress(file: URL): Promise<Progress | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : progressSchema.parse(JSON.parse(text));
}

async function saveProgress(file: URL, progress: Progress): Promise<void> {
  await mkdir(PROGRESS, { recursive: true });
  await writeFile(file, JSON.stringify(progress));
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        minutes: { type: 'string' },
        seed: { type: 'string' },
        resume: { type: 'boolean', default: false },
        only: { type: 'string' },
        case: { type: 'string' },
        record: { type: 'boolean', default: false },
        add: { type: 'boolean', default: false },
        json: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    process.exit(usage(errorMessage(error)));
  }
}

/** `null`: it is none. */
function regExp(text: string | undefined): RegExp | undefined | null {
  try {
    return text === undefined ? undefined : new RegExp(text);
  } catch {
    return null;
  }
}

function usage(problem: string): number {
  process.stderr.write(`${problem}\nSee npm run prove -- --help.\n`);
  return 2;
}

process.exitCode = await main();
