import { beforeAll, expect, test } from 'vitest';
import { ensurePackaged } from '../../build/package.ts';
import { run } from './program.ts';

beforeAll(async () => {
  await ensurePackaged();
});

const ANY_PORT = ['--aws-port', '0', '--dns-port', '0', '--api-port', '0'];

// In real time, over real sockets: the hub and its members, from audit to nothing found.
test('--org --once --json plays the story of the sweeps, and ends with 0', { timeout: 180_000 }, async () => {
  const { code, stdout, stderr } = await run('demo/start.ts', ['--org', '--once', '--json', ...ANY_PORT]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines: readonly Record<string, unknown>[] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines[0]).toMatchObject({ event: 'ready' });
  const checks = [
    'a service of the hub’s own account, by its tag',
    'a sweep in audit',
    'broken members',
    'the role to write, in audit',
    'a sweep that is enforced',
    'https://orders.222233334444.corp.example.com from inside the VPC',
    'https://payments.333344445555.corp.example.com from inside the VPC',
    'excepted, undecided and ignored: legacy-ledger, canary, playground',
    'a service created in a member account',
    'one more sweep',
    'broken members',
  ];
  expect(lines.at(-1)).toEqual({
    event: 'story',
    result: 'ok',
    seconds: expect.any(Number),
    checks: checks.map((question) => ({ question, answer: expect.any(String), ok: true })),
  });
});
