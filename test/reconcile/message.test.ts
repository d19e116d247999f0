import { describe, expect, it } from 'vitest';
import { MalformedInputError } from '../../shared/errors.ts';
import type { OpenWait } from '../../shared/plan/wait.ts';
import { parseReconcileMessage, type ReconcileMessage, urgencyOf, waitingOf } from '../../shared/reconcile/message.ts';
import { DOMAIN, SERVICE_ARN, START } from '../fixtures.ts';

const wait = (kind: OpenWait['kind'], condition: OpenWait['condition'] = { check: 'nothing' }): OpenWait => ({
  ...{ kind, condition, subject: SERVICE_ARN, expected: 'x', since: START, why: 'it takes its time' },
});
const waitingFor = (...waits: readonly OpenWait[]) => waitingOf(waits, 'tags', START);
const serviceArn = SERVICE_ARN;

describe('a message of the queue', () => {
  it.each<ReconcileMessage>([
    { serviceArn },
    { serviceArn, event: true, fresh: true, repeated: true, cutOff: true, correlation: 'c'.repeat(200) },
    {
      serviceArn,
      token: 'next',
      waiting: waitingFor(
        wait('service', { check: 'service' }),
        wait('endpoint', { check: 'endpoint', endpointId: 'vpce-0e1' }),
        wait('connection', { check: 'connection', arn: 'arn' }),
        wait('certificate', { check: 'domains', domains: [DOMAIN] }),
        wait('dns', { check: 'name', name: DOMAIN, probe: 'probe' }),
        { ...wait('dns', { check: 'name', name: DOMAIN }), chainSince: START, endsAt: START },
        wait('retry'),
      ),
    },
  ])('is what was sent, the parts of %#', (message) => {
    expect(parseReconcileMessage(JSON.stringify(message))).toEqual(message);
  });

  const waiting = waitingFor(wait('retry'));
  it.each<[string, object]>([
    ['no service', {}],
    ['the ARN of something else', { serviceArn: 'arn:aws:s3:::bucket' }],
    ['something more', { serviceArn, force: true }],
    ['a correlation without end', { serviceArn, correlation: 'c'.repeat(201) }],
    ['nothing that is waited for', { serviceArn, waiting: { ...waiting, waits: [] } }],
    ['more that is waited for than is known', { serviceArn, waiting: { ...waiting, more: 1 } }],
    ['a wait of more', { serviceArn, waiting: { ...waiting, waits: [{ ...wait('retry') }] } }],
    ...[
      { check: 'service', more: 1 },
      { check: 'endpoint' },
      { check: 'connection' },
      { check: 'domains', domains: 'all' },
      { check: 'name', probe: 'probe' },
      { check: 'everything' },
    ].map((condition): [string, object] => {
      const { why, ...sent } = wait('retry');
      return [
        `the condition ${JSON.stringify(condition)}`,
        { serviceArn, waiting: { ...waiting, waits: [{ ...sent, condition }] } },
      ];
    }),
  ])('with %s is refused', (_, message) => {
    expect(() => parseReconcileMessage(JSON.stringify(message))).toThrow(MalformedInputError);
  });

  it('that is refused says what is expected', () => {
    expect(() => parseReconcileMessage('hello')).toThrow('{"serviceArn": "arn:aws:apprunner:…"}');
  });

  it('says nothing of waits that would not fit: then everything is observed', () => {
    const many = (count: number) => Array.from({ length: count }, () => wait('dns', { check: 'name', name: DOMAIN }));
    const bytes = Buffer.byteLength(JSON.stringify(waitingFor(...many(100)))) / 100;
    expect(waitingFor(...many(Math.floor(99_000 / bytes)))?.waits.length).toBeGreaterThan(300);
    expect(waitingFor(...many(Math.ceil(102_000 / bytes)))).toBeUndefined();
  });
});

it.each<[string, Partial<ReconcileMessage>, 'new' | 'repeated']>([
  ['an event', { event: true }, 'new'],
  ['a sweep that found something to do', { fresh: true, repeated: false }, 'new'],
  ['a sweep that only refreshes', { repeated: true }, 'repeated'],
  ['a service that waits to be ready', { waiting: waitingFor(wait('https'), wait('dns')) }, 'new'],
  ['a service that is cut off', { cutOff: true, waiting: waitingFor(wait('service')) }, 'repeated'],
  ['a ready service that is only checked', { waiting: waitingFor(wait('https'), wait('https')) }, 'repeated'],
])('no service on its way waits for those that are ready: %s is %s', (_, message, urgency) => {
  expect(urgencyOf({ serviceArn, ...message })).toBe(urgency);
});
