import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { contracts } from '../../conformance/contracts/all.ts';
import { reportSchema } from '../../conformance/report.ts';

const program = fileURLToPath(new URL('../../conformance/run.ts', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conformance-'));
});
afterEach(() => rm(folder, { recursive: true }));

const run = (...args: readonly string[]) =>
  new Promise<{ readonly code: number | string; readonly stdout: string; readonly stderr: string }>((resolve) => {
    const env = { ...process.env, NO_COLOR: '1', AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined };
    execFile(process.execPath, [program, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, stdout, stderr });
    });
  });

it('asks the embedded cloud, with progress, a report and exit code 0', async () => {
  const [json, markdown] = [join(folder, 'report.json'), join(folder, 'report.md')];
  const { code, stdout, stderr } = await run('--json', json, '--markdown', markdown);
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${contracts.length} held.\n` });
  expect(stderr).toContain(`[1/${contracts.length}] ${contracts[0]?.id} …\n  holds: `);
  expect(stderr).not.toContain('\u001b[');
  const report = reportSchema.parse(JSON.parse(await readFile(json, 'utf8')));
  expect(report).toMatchObject({ target: 'embedded', remaining: [] });
  expect(report.questions.filter(({ answers, reason }) => answers.length === 0 && reason === undefined)).toEqual([]);
  const texts = [JSON.stringify(report), await readFile(markdown, 'utf8')];
  for (const text of texts) expect(text).not.toMatch(/123456789012|vpc-[0-9a-f]{8}/);

  expect(await run('--record', json)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Only a report of AWS shows what AWS does.'),
  });
}, 60_000);

it.each([
  [['--help'], 0, 'npm run conformance -- --aws'],
  [['--aws', '--vpc', 'vpc-1'], 2, 'Pass --region, or set AWS_REGION.\nSee npm run conformance -- --help.'],
])('%j exits with %i', async (args, code, text) => {
  const ran = await run(...args);
  expect(ran.code).toBe(code);
  expect(`${ran.stdout}${ran.stderr}`).toContain(text);
});
