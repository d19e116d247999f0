import { describe, expect, test } from 'vitest';
import { apiClient } from '../../cli/api/client.ts';
import { type RemoveOptions, remove } from '../../cli/remove/remove.ts';
import { type Output, plainLayout } from '../../cli/terminal/output.ts';
import { serve } from './api-server.ts';

const STACK = 'apprunner-private-ingress-main';
const ID = '0123456789abcdef0123456789abcdef';
const MINUTE = 60_000;

/** A stack with these services, whose phases move one step at every listing after a request. */
async function removal(
  phases: Readonly<Record<string, readonly (string | undefined)[]>>,
  options: Partial<RemoveOptions> = {},
  has: { answers?: readonly string[]; refuses?: string; stack?: 'none'; unreachable?: true; code?: number } = {},
) {
  const done: string[] = [];
  const said: string[] = [];
  const asked = new Map<string, number>();
  const answers = [...(has.answers ?? [])];
  const { url } = await serve(({ method, path }) => {
    const [, , , , name = '', , verb] = path.split('/');
    if (method === 'POST') {
      if (name === has.refuses)
        return {
          status: 409,
          body: {
            type: 'about:blank',
            title: 'Refused',
            status: 409,
            detail: 'a rule requires it',
            instance: '1',
            remedy: '',
          },
        };
      done.push(`${verb} ${name}`);
      asked.set(name, 0);
      return { status: 202, body: { asked: verb, service: {}, tags: { set: {}, removed: [] } } };
    }
    const services = Object.entries(phases).map(([service, steps]) => {
      // One that is being detached already goes on by itself.
      const at = asked.get(service) ?? (steps[0] === 'detaching' ? 0 : undefined);
      if (at !== undefined) asked.set(service, at + 1);
      const phase = steps[Math.min(at ?? 0, steps.length - 1)];
      const place = { account: '123456789012', region: 'ap-northeast-1', name: service, id: ID };
      const arn = `arn:aws:apprunner:ap-northeast-1:123456789012:service/${service}/${ID}`;
      return { arn, ...place, ...(phase === undefined ? {} : { phase }), domains: [], findings: {} };
    });
    return { status: 200, body: { services } };
  });
  const output: Output = {
    json: false,
    live: false,
    layout: plainLayout,
    say: (_, text) => void said.push(text(plainLayout)),
    sayAll: () => {},
    note: (text) => void said.push(text),
  };
  let time = 0;
  const target = {
    url,
    region: 'ap-northeast-1',
    pace: 1,
    credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 'b' }),
    listed: async () => [],
  };
  const outcome = await remove(
    STACK,
    { leaving: undefined, yes: false, timeout: MINUTE, ...options },
    {
      output,
      stack: async () =>
        has.stack === 'none'
          ? { kind: 'none' }
          : { kind: 'present', status: 'UPDATE_COMPLETE', parameters: {}, outputs: {} },
      client: async () => {
        if (has.unreachable) throw new Error('no answer');
        return apiClient(target, () => 0);
      },
      pace: 1000,
      now: () => time,
      pause: async (milliseconds) => {
        time += milliseconds;
      },
      ask:
        answers.length === 0
          ? undefined
          : async (question) => {
              done.push(question.trim());
              return answers.shift() ?? '';
            },
      run: async () => {
        done.push('run');
        return has.code ?? 0;
      },
    },
  );
  return { outcome, done, text: said.join('\n') };
}

const REMOVE = `Remove ${STACK}? [y/N]`;
const CHOOSE = 'Detach them first, release them first, or stop? [detach/release/N]';

describe('remove', () => {
  test('asks, and removes a stack that manages nothing; says what stays', async () => {
    const { outcome, done, text } = await removal({ old: ['detached'], left: ['released'] }, {}, { answers: ['y'] });
    expect({ outcome, done }).toEqual({ outcome: 'fine', done: [REMOVE, 'run'] });
    expect(text).toContain('interface endpoints and security groups');
  });

  test.each(['', 'n'])('removes nothing after the answer %j', async (answer) => {
    expect((await removal({}, {}, { answers: [answer] })).done).toEqual([REMOVE]);
  });

  test.each([['ready'], ['blocked'], ['unknown'], [undefined]])(
    'refuses while a service is %s, also with --yes',
    async (phase) => {
      const { outcome, done, text } = await removal({ hello: [phase] }, { yes: true });
      expect({ outcome, done }).toEqual({ outcome: 'findings', done: [] });
      expect(text).toContain('manages 1 service. Only the stack removes what it wrote');
      expect(text).toContain('hello');
    },
  );

  test('offers to detach or to release them, and waits until they have left', async () => {
    const phases = { hello: ['ready', 'detaching', 'detached'], payments: ['ready', 'detached'] };
    const { outcome, done } = await removal(phases, {}, { answers: ['detach', 'y'] });
    expect({ outcome, done }).toEqual({
      outcome: 'fine',
      done: [CHOOSE, 'detach hello', 'detach payments', REMOVE, 'run'],
    });
    const released = await removal({ hello: ['ready', 'released'] }, { leaving: 'release', yes: true });
    expect(released.done).toEqual(['release hello', 'run']);
    expect((await removal({ hello: ['ready'] }, {}, { answers: ['no'] })).done).toEqual([CHOOSE]);
  });

  test('waits for services that are being detached already, and asks nothing of them', async () => {
    const { outcome, done } = await removal({ hello: ['detaching', 'detaching', 'detached'] }, { yes: true });
    expect({ outcome, done }).toEqual({ outcome: 'fine', done: ['run'] });
    const { done: stuck, text } = await removal({ hello: ['detaching'] }, { yes: true });
    expect(stuck).toEqual([]);
    expect(text).toContain('still detaching after 1 min');
  });

  test('removes nothing while a service is not yet detached', async () => {
    const { outcome, done, text } = await removal({ hello: ['ready', 'detaching'] }, { leaving: 'detach', yes: true });
    expect({ outcome, done }).toEqual({ outcome: 'findings', done: ['detach hello'] });
    expect(text).toContain('hello (123456789012, ap-northeast-1): still detaching after 1 min');
  });

  test('removes nothing while the policy keeps a service', async () => {
    const phases = { hello: ['ready', 'detached'], payments: ['ready'] };
    const { outcome, done, text } = await removal(phases, { leaving: 'detach', yes: true }, { refuses: 'payments' });
    expect({ outcome, done }).toEqual({ outcome: 'findings', done: ['detach hello'] });
    expect(text).toContain('payments (123456789012, ap-northeast-1): a rule requires it');
  });

  test('removes nothing when the services cannot be listed, or there is no stack', async () => {
    await expect(removal({}, { yes: true }, { unreachable: true })).rejects.toThrow(
      /is not known, so nothing was removed: no answer\ndocs\/deploy.md#remove-the-stack-by-hand/,
    );
    await expect(removal({}, { yes: true }, { stack: 'none' })).rejects.toThrow('There is no stack');
  });

  test('that fails says so', async () => {
    expect(await removal({}, { yes: true }, { code: 1 })).toMatchObject({ outcome: 'failed', done: ['run'] });
  });
});
