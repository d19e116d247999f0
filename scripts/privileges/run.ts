import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { grants, privilegeProblems, reasonFor, USES_FILE, unusedReasons } from './granted.ts';

const HELP = `npm run privileges -- [options]

Plays every scenario, the organization and the API in the embedded cloud (some minutes), counts which permission each
role uses, and compares that with what the packaged templates grant. Writes stack/privileges/uses.json, from which
docs/privileges.md is made, and prints what is granted without use or reason.

Options
  --json FILE   also writes [{"role", "action", "uses", "reason"}] to FILE
  --help        this text

Exit codes
  0 each grant is used or has a reason   1 not so, or a test failed   2 usage
`;

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The tests that use the roles of the stack in virtual time. */
const TESTS = ['test/scenarios', 'test/organization', 'test/installation', 'test/api'];

/** Runs the tests with counting on. @returns uses by `<role> <action>`. @throws Error when a test fails. */
async function countUses(): Promise<Readonly<Record<string, number>>> {
  const folder = await mkdtemp(join(tmpdir(), 'privileges-'));
  try {
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const code = await new Promise<number | null>((resolve, reject) => {
      const env = { ...process.env, PRIVILEGES_FOLDER: folder };
      const child = spawn(process.execPath, [vitest, 'run', ...TESTS], { cwd: root, env, stdio: ['ignore', 2, 2] });
      child.once('error', reject).once('exit', resolve);
    });
    if (code !== 0) throw new Error('A test failed: the uses are not complete. Mend the test first.');
    const uses = new Map<string, number>();
    for (const file of await readdir(folder)) {
      const counted = z.record(z.string(), z.number()).parse(JSON.parse(await readFile(join(folder, file), 'utf8')));
      for (const [use, times] of Object.entries(counted)) uses.set(use, (uses.get(use) ?? 0) + times);
    }
    return Object.fromEntries([...uses].sort(([a], [b]) => (a < b ? -1 : 1)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { json: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const uses = await countUses();
  await writeFile(join(root, USES_FILE), `${JSON.stringify(uses, null, 2)}\n`);
  const [granted, reasons] = [await grants(), await unusedReasons()];
  const rows = granted.map((grant) => ({
    ...grant,
    uses: uses[`${grant.role} ${grant.action}`] ?? 0,
    reason: reasonFor(grant, reasons),
  }));
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(rows, null, 2)}\n`);
  for (const { role, action, uses: times, reason } of rows) {
    process.stdout.write(
      `${role.padEnd(18)}${action.padEnd(46)}${String(times).padStart(8)}  ${times === 0 ? (reason ?? '') : ''}\n`,
    );
  }
  const problems = privilegeProblems(granted, uses, reasons);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  return problems.length === 0 ? 0 : 1;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const isUsage = error instanceof TypeError && 'code' in error;
    const text = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${text}\n${isUsage ? 'See npm run privileges -- --help.\n' : ''}`);
    process.exitCode = isUsage ? 2 : 1;
  },
);
