import { beforeAll, expect, test } from 'vitest';
import { ensurePackaged } from '../../build/package.ts';
import { run } from './program.ts';

beforeAll(async () => {
  await ensurePackaged();
});

const ANY_PORT = ['--aws-port', '0', '--dns-port', '0', '--api-port', '0'];
const LOCAL = /^127\.0\.0\.1:\d+$/;
const LOCAL_URL = /^http:\/\/127\.0\.0\.1:\d+$/;

// In real time, over real sockets, with the packaged functions in workers: the one test of everything together.
test('--once --json plays the story from ready to ready, and ends with 0', { timeout: 90_000 }, async () => {
  const { code, stdout, stderr } = await run('demo/start.ts', ['--once', '--json', ...ANY_PORT]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines: readonly Record<string, unknown>[] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

  // Scripts rely on this, to the letter.
  expect(lines[0]).toEqual({
    event: 'ready',
    aws: expect.stringMatching(LOCAL_URL),
    api: expect.stringMatching(LOCAL_URL),
    dns: { public: expect.stringMatching(LOCAL), [vpcIn(lines[0])]: expect.stringMatching(LOCAL) },
    https: { '10.0.22.10': expect.stringMatching(LOCAL), '10.0.21.218': expect.stringMatching(LOCAL) },
  });

  const steps = lines.slice(1, -1);
  for (const step of steps) {
    expect(step).toEqual({
      event: 'step',
      seconds: expect.any(Number),
      who: expect.any(String),
      text: expect.any(String),
    });
  }
  // In the order in which it happened: a step that is seen early waits for the row.
  const times = steps.map(({ seconds }) => Number(seconds));
  expect(times).toEqual(times.toSorted((one, other) => one - other));
  const story = steps.map(({ who, text }) => `${who}: ${text}`).join('\n');
  for (const part of [
    /^you: aws apprunner create-service /m,
    /^reconcile: create the App Runner interface endpoint/m,
    /^reconcile: associate hello\.example\.com/m,
    /^reconcile: make the service private/m,
    /^reconcile: attach the VPC ingress connection/m,
    /^dig: .* \+short prints nothing yet$/m,
    // In either order, that of the subnets' ids, which are other ones each time.
    /^dig: .* \+short prints (10\.0\.22\.10 and 10\.0\.21\.218|10\.0\.21\.218 and 10\.0\.22\.10)$/m,
    /^reconcile: create A hello\.example\.com, create TXT _private-ingress\.hello\.example\.com/m,
  ]) {
    expect(story).toMatch(part);
  }

  // What the field report saw (docs/facts.md#the-field-report): nothing before, the endpoint's interfaces after,
  // each zonal name its own one.
  const both = '10.0.22.10 10.0.21.218';
  const connectionName = /^[a-z0-9]+\.ap-northeast-1\.awsapprunner\.com$/;
  const endpointName = (zone: string) => new RegExp(`^vpce-[0-9a-f]+-[a-z0-9]+${zone}\\.requests\\.apprunner\\.`);
  const yes = (question: unknown, answer: unknown = expect.any(String)) => ({ question, answer, ok: true });
  expect(lines.at(-1)).toEqual({
    event: 'story',
    result: 'ok',
    serviceArn: expect.stringMatching(/^arn:aws:apprunner:ap-northeast-1:123456789012:service\/hello\/[0-9a-f]{32}$/),
    seconds: expect.any(Number),
    phase: 'ready',
    names: [
      { name: expect.stringMatching(connectionName), before: '(nothing)', after: both, ok: true },
      { name: 'hello.example.com', before: '(nothing)', after: both, ok: true },
      { name: expect.stringMatching(endpointName('')), before: '(no such endpoint)', after: both, ok: true },
      {
        name: expect.stringMatching(endpointName('-ap-northeast-1a')),
        before: '(no such endpoint)',
        after: '10.0.22.10',
        ok: true,
      },
      {
        name: expect.stringMatching(endpointName('-ap-northeast-1c')),
        before: '(no such endpoint)',
        after: '10.0.21.218',
        ok: true,
      },
    ],
    checks: expect.arrayContaining([
      yes('https://hello.example.com from inside the VPC', '200, certificate for hello.example.com'),
      yes(expect.stringMatching(/^https:\/\/vpce-.* from inside the VPC$/), expect.stringMatching(/^404/)),
      yes('hello.example.com from outside', 'no data: no answer'),
      yes(expect.stringMatching(/awsapprunner\.com from outside$/)),
    ]),
  });
  const { checks } = Object(lines.at(-1));
  expect(checks.filter(({ ok }: { ok: boolean }) => !ok)).toEqual([]);
});

/** The seeded VPC, which has another id each time. */
function vpcIn(ready: Readonly<Record<string, unknown>> | undefined): string {
  return Object.keys(Object(ready?.dns)).find((view) => view.startsWith('vpc-')) ?? 'a VPC';
}
