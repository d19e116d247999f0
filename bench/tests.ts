import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Benchmark } from './figures.ts';
import { type FileTests, matchTests, type NamedTest } from './matched-tests.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

/** The last commit before anything was done about the load: what the tests of that time cost is measured against it. */
const BEFORE = '30535c74d66f17cdf8ec7675ddc7d52300b16e94';
/** Files that were rewritten so much that git does not take them for the same. */
const SUCCESSORS: ReadonlyMap<string, string> = new Map([
  ['test/pass/look.test.ts', 'test/reconcile/converge.test.ts'],
  ['test/local/every-operation.test.ts', 'local/test/every-operation.test.ts'],
]);
const GOAL = 0.5;

/** The tests of a commit of the past, there and here, one after the other. */
export const tests: Benchmark = {
  name: 'tests',
  about: `processor time of the tests that ${BEFORE.slice(0, 7)} had, then and now; with --large only, on an idle machine`,
  async measure(scale) {
    if (scale !== 'large') return [];
    const folder = await mkdtemp(join(tmpdir(), 'bench-'));
    const past = join(folder, 'past');
    const report = join(folder, 'report.json');
    try {
      await run('git', ['cat-file', '-e', `${BEFORE}^{commit}`], { cwd: root }).catch(() => {
        throw new Error(`This clone lacks the commit ${BEFORE}: fetch the whole history (git fetch --unshallow).`);
      });
      await run('git', ['worktree', 'add', '--detach', past, BEFORE], { cwd: root });
      await run('npm', ['ci'], { cwd: past });
      const then = await measured(past, [], report);
      const successors = await successorsOf([...then.files.keys()]);
      const here = [...new Set(successors.values())].toSorted();
      const now = await measured(root, here, report);
      const matched = matchTests(then.files, now.files, successors);
      const ofThem = now.seconds * matched.share;
      const row = (name: string, count: number, seconds: number) => [
        { row: name, column: 'tests', value: count },
        { row: name, column: 'CPU s', value: seconds },
      ];
      return [
        {
          title: 'Tests of the past',
          rows: 'which',
          figures: [
            ...row(`then, ${BEFORE.slice(0, 7)}`, then.count, then.seconds),
            ...row('now, of the same files', now.count, now.seconds),
            ...row('now, of them those that were there', matched.count, ofThem),
          ],
          notes: [
            'Processor time of everything that ran, user and system, the child processes of the tests with it.',
            'A test was there if its file, or the one it became, had one of its name or of most of its words; the last row is its share of the time of all. Where a name has no like, the slowest of the others stands for it.',
            `${matched.gone} tests have no like in their files, ${(100 * matched.goneShare).toFixed(1)} % of the time of then.`,
          ],
          goals: [{ what: 'tests of before, CPU against then', most: GOAL, value: ofThem / then.seconds }],
        },
      ];
    } finally {
      await run('git', ['worktree', 'remove', '--force', past], { cwd: root }).catch(() => undefined);
      await rm(folder, { recursive: true, force: true });
    }
  },
};

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string(), duration: z.number().nullish() })),
    }),
  ),
});

interface MeasuredRun {
  readonly seconds: number;
  readonly count: number;
  readonly files: FileTests;
}

/** Runs the tests of a folder. @param files all of them when it is empty. @param report where Vitest writes what it found. */
async function measured(directory: string, files: readonly string[], report: string): Promise<MeasuredRun> {
  // The shell knows what its children, and theirs, have used.
  const script = 'node node_modules/vitest/vitest.mjs run "$@" >&2; times';
  const args = ['-c', script, 'sh', ...files, '--reporter=json', `--outputFile=${report}`];
  const PATH = `${join(directory, 'node_modules', '.bin')}:${process.env.PATH}`;
  const options = { cwd: directory, env: { ...process.env, PATH }, maxBuffer: 2 ** 28 };
  const { stdout } = await run('sh', args, options);
  const { testResults } = reportSchema.parse(JSON.parse(await readFile(report, 'utf8')));
  const failed = testResults.flatMap((file) => file.assertionResults.filter(({ status }) => status === 'failed'));
  if (failed.length > 0)
    throw new Error(`failed in ${directory}: ${failed.map(({ fullName }) => fullName).join(', ')}`);
  const passed = testResults.map(({ name, assertionResults }): [string, readonly NamedTest[]] => [
    relative(directory, name).split(sep).join('/'),
    assertionResults.flatMap(({ fullName, status, duration }) =>
      status === 'passed' ? [{ name: fullName.trim(), milliseconds: duration ?? 0 }] : [],
    ),
  ]);
  return {
    seconds: secondsOf(stdout),
    count: passed.reduce((sum, [, of]) => sum + of.length, 0),
    files: new Map(passed),
  };
}

/** `0m1.50s 0m0.10s` twice: of the shell itself, and of its children. */
function secondsOf(times: string): number {
  const parts = [...times.matchAll(/(\d+)m([\d.]+)s/g)];
  if (parts.length !== 4) throw new Error(`"times" printed ${JSON.stringify(times)}`);
  return parts.reduce((sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds), 0);
}

/** Where the tests of each file are now, if anywhere. */
async function successorsOf(files: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const args = ['diff', '-M40%', '--name-status', '--diff-filter=RD', BEFORE, '--', '*.test.ts'];
  const { stdout } = await run('git', args, { cwd: root, maxBuffer: 2 ** 24 });
  const moved = new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t'))
      .map(([, from = '', to]) => [from, to ?? SUCCESSORS.get(from)]),
  );
  return new Map(
    files.flatMap((file) => {
      const to = moved.has(file) ? moved.get(file) : file;
      return to === undefined ? [] : [[file, to] as const];
    }),
  );
}
