import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { errorMessage } from '../shared/errors.ts';
import type { Effort, Family } from './family.ts';
import { promises } from './promises.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const VITEST = 'node_modules/vitest/vitest.mjs';
/** Folders of `test/` about the parts that decide what is written, and when. */
const CORE = ['plan', 'policy', 'records', 'observe', 'execute', 'reconcile', 'state', 'sweep', 'lifecycle', 'probe'];
/** Characters of what a check printed that a failure shows: its end. */
const SHOWN = 4_000;

const printed = z.object({ stdout: z.string(), stderr: z.string() });

const commands: Readonly<Record<string, { readonly efforts: readonly Effort[]; readonly args: readonly string[] }>> = {
  core: { efforts: ['quick', 'full'], args: [VITEST, 'run', ...CORE.map((folder) => `test/${folder}/`)] },
  conformance: { efforts: ['full'], args: ['conformance/run.ts'] },
  privileges: { efforts: ['full'], args: ['scripts/privileges/run.ts'] },
};

/** What is proved without disturbing anything, each in a process of its own. */
export const checks: Family = {
  name: 'checks',
  about: promises.checks.about,
  weight: 8,
  *cases(effort: Effort) {
    for (const [name, { efforts }] of Object.entries(commands)) if (efforts.includes(effort)) yield name;
  },
  async play(name) {
    const check = commands[name];
    if (check === undefined)
      throw new Error(`There is no check ${name}; there are ${Object.keys(commands).join(', ')}.`);
    try {
      await promisify(execFile)(process.execPath, check.args, { cwd: ROOT, env: { ...process.env, NO_COLOR: '1' } });
    } catch (error) {
      const { data } = printed.safeParse(error);
      const text = data === undefined ? errorMessage(error) : `${data.stdout}${data.stderr}`;
      throw new Error(`node ${check.args.join(' ')}\n${text.slice(-SHOWN)}`);
    }
    return { disturbances: 0 };
  },
};
