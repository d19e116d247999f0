import { execFile } from 'node:child_process';
import { glob, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { errorMessage } from '../shared/errors.ts';
import type { Effort, Family } from './family.ts';
import { promises } from './promises.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const VITEST = 'node_modules/vitest/vitest.mjs';
/** Folders of `test/` about the parts that decide what is written, and when. */
const CORE = [
  'plan',
  'policy',
  'records',
  'observe',
  'execute',
  'reconcile',
  'state',
  'sweep',
  'lifecycle',
  'probe',
  'functions',
];
/** Characters of what a check printed that a failure shows: its end. */
const SHOWN = 4_000;

const printed = z.object({ stdout: z.string(), stderr: z.string() });

interface Check {
  readonly efforts: readonly Effort[];
  /** Of node. */
  args(): Promise<readonly string[]>;
}

const commands: Readonly<Record<string, Check>> = {
  core: { efforts: ['quick', 'full'], args: async () => [VITEST, 'run', ...CORE.map((folder) => `test/${folder}/`)] },
  around: { efforts: ['quick', 'full'], args: async () => [VITEST, 'run', ...(await testsAround())] },
  conformance: { efforts: ['full'], args: async () => ['conformance/run.ts'] },
  privileges: { efforts: ['full'], args: async () => ['scripts/privileges/run.ts'] },
};

/** What a test imports that takes seconds: an installation, an organization, a process, a browser. */
const SLOW = /installation\/|organization\.ts'|program\.ts'|create-stack\.ts'|package\.ts'|node:child_process|axe\.ts'/;

/** The quick tests about the API, the command line, the report and the stack. */
async function testsAround(): Promise<readonly string[]> {
  const files: string[] = [];
  for await (const file of glob('test/{*,{api,cli,report,stack}/**/*}.test.ts', { cwd: ROOT })) {
    if (!SLOW.test(await readFile(`${ROOT}${file}`, 'utf8'))) files.push(file);
  }
  return files.sort();
}

/** What is proved without disturbing anything, each in a process of its own. */
export const checks: Family = {
  name: 'checks',
  about: promises.checks.about,
  weight: 8,
  *cases(effort: Effort, seed: number) {
    const suffix = effort === 'full' ? `/${seed}` : '';
    for (const [name, { efforts }] of Object.entries(commands)) if (efforts.includes(effort)) yield `${name}${suffix}`;
  },
  /** @param of `core`, or `core/7` with what the tests draw by the seed 7. */
  async play(of) {
    const [name = '', seed] = of.split('/');
    const check = commands[name];
    if (check === undefined)
      throw new Error(`There is no check ${name}; there are ${Object.keys(commands).join(', ')}.`);
    const args = await check.args();
    try {
      const env = { ...process.env, NO_COLOR: '1', ...(seed !== undefined && { FAST_CHECK_SEED: seed }) };
      await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
    } catch (error) {
      const { data } = printed.safeParse(error);
      const text = data === undefined ? errorMessage(error) : `${data.stdout}${data.stderr}`;
      throw new Error(`node ${args.join(' ')}\n${text.slice(-SHOWN)}`);
    }
    return { disturbances: 0 };
  },
};
