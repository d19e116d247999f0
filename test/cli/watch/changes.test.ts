import { describe, expect, test } from 'vitest';
import type { Schemas } from '../../../cli/api/client.ts';
import { plainLayout } from '../../../cli/terminal/output.ts';
import { changes, rests } from '../../../cli/watch/changes.ts';
import { changeText, progressText } from '../../../cli/watch/text.ts';

type Service = Schemas['Service'];

const ID = '0123456789abcdef0123456789abcdef';
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, second)).toISOString();

const service: Service = {
  account: '123456789012',
  region: 'ap-northeast-1',
  name: 'hello',
  id: ID,
  arn: `arn:aws:apprunner:ap-northeast-1:123456789012:service/hello/${ID}`,
  service: { status: 'RUNNING', visibility: 'private' },
  desired: { kind: 'private', domains: ['hello.example.com'], aliasStrategy: 'auto' },
  policy: { enforcement: 'by-tag', mode: 'enforce', because: 'of a rule', matchTrace: [], tags: {} },
  phase: 'attaching',
  actions: [],
  waits: [],
  findings: [],
  timeline: [],
  updatedAt: at(0),
};

const wait: Service['waits'][number] = {
  what: 'endpoint',
  subject: 'vpce-1',
  why: 'the endpoint comes up',
  since: at(0),
  atMost: at(900),
};

const finding: Service['findings'][number] = {
  id: 'domain-not-allowed:a.example.org',
  code: 'domain-not-allowed',
  severity: 'error',
  resource: service.arn,
  message: 'a.example.org does not match',
  remedy: 'Use another name.',
  since: at(0),
};

describe('what is news', () => {
  test('at first: what is under way, and not what was before it', () => {
    const texts = ['waiting-for-service', 'create the endpoint', 'ready', 'attach, asked for', 'attaching'];
    const timeline = texts.map((text, second) => ({ at: at(second), text }));
    expect(changes(undefined, { ...service, timeline, waits: [wait], findings: [finding] })).toEqual([
      { event: 'step', at: at(3), text: 'attach, asked for' },
      { event: 'phase', phase: 'attaching' },
      { event: 'waiting', ...wait },
      { event: 'finding', ...finding },
    ]);
  });

  test('a wait seen in the middle of a reconciliation comes with the step that it follows', () => {
    const step = { at: at(1), text: 'attach the connection' };
    const pending = { ...wait, since: at(2) };
    const amidst = { ...service, waits: [pending] };
    expect(changes(service, amidst)).toEqual([]);
    expect(changes(amidst, { ...service, timeline: [step], waits: [pending], updatedAt: at(3) })).toEqual([
      { event: 'step', ...step },
      { event: 'waiting', ...pending },
    ]);
  });

  test('later: what was not there before', () => {
    const step = { at: at(1), text: 'create the endpoint' };
    const before = { ...service, timeline: [step], waits: [wait], findings: [finding] };
    expect(changes(before, before)).toEqual([]);
    // The same may happen again, at another time; and a wait that goes on is no news, however its words change.
    const again = { at: at(2), text: 'create the endpoint' };
    const other = { ...wait, subject: 'vpce-2' };
    const now: Service = {
      ...service,
      phase: 'waiting-for-dns',
      timeline: [step, again],
      waits: [{ ...wait, why: 'it still comes up' }, other],
      findings: [],
    };
    expect(changes(before, now)).toEqual([
      { event: 'step', ...again },
      { event: 'phase', phase: 'waiting-for-dns' },
      { event: 'waiting', ...other },
      { event: 'finding-closed', id: finding.id },
    ]);
  });

  test('the oldest steps may be gone from the timeline meanwhile', () => {
    const timeline = [1, 2, 3].map((second) => ({ at: at(second), text: `step ${second}` }));
    expect(
      changes({ ...service, timeline: timeline.slice(0, 2) }, { ...service, timeline: timeline.slice(1) }),
    ).toEqual([{ event: 'step', at: at(3), text: 'step 3' }]);
  });
});

describe('a service rests', () => {
  const action = { description: 'delete the record', why: 'it is not wanted', action: { kind: 'change-records' } };
  test.each<[Service['phase'], Service['actions'], boolean]>([
    ['ready', [], true],
    ['ready-unverified', [], true],
    ['detached', [], true],
    ['released', [], true],
    ['blocked', [], true],
    ['attaching', [], false],
    ['waiting-for-certificate', [], false],
    ['blocked', [action], true],
    // The plan of this moment: it will be carried out.
    ['ready', [action], false],
  ])('in phase %s with actions %j: %s', (phase, actions, expected) => {
    expect(rests({ ...service, phase, actions })).toBe(expected);
  });
});

test('actions that are kept happen only after a person acts', () => {
  const kept = { ...service, phase: 'attaching', waitsFor: 'Kept, because the kill switch is on.' } as const;
  expect(rests(kept)).toBe(false);
  expect(rests({ ...kept, actions: [{ description: 'd', why: 'w', action: { kind: 'x' } }] })).toBe(true);
});

describe('the text', () => {
  const now = Date.parse(at(12));

  test('of changes: a line with the time of each', () => {
    const line = (change: Parameters<typeof changeText>[0]) => changeText(change, plainLayout, now, 0);
    expect(line({ event: 'step', at: at(3), text: 'create it' })).toBe('2026-01-01T12:00:03Z  create it');
    expect(line({ event: 'step', at: at(3), text: 'attach', by: 'arn:me' })).toMatch(/ attach \(by arn:me\)$/);
    expect(line({ event: 'phase', phase: 'ready' })).toBe('2026-01-01T12:00:12Z  ready');
    expect(line({ event: 'waiting', ...wait })).toMatch(
      /waiting, at most until 2026-01-01T12:15:00Z: the endpoint comes up$/,
    );
    expect(line({ event: 'finding', ...finding })).toMatch(
      /error domain-not-allowed: a\.example\.org .*\n.*Use another/,
    );
    expect(line({ event: 'finding-closed', id: 'x' })).toMatch(/finding closed: x$/);
  });

  test('of a step that is seen late: after what was seen before it', () => {
    const step = { event: 'step', at: at(3), text: 'create it' } as const;
    expect(changeText(step, plainLayout, now, Date.parse(at(5)))).toBe('2026-01-01T12:00:05Z  create it');
  });

  test('of what is under way: phase, what is next, what is waited for, since when and why', () => {
    const actions = [{ description: 'make the service private', why: 'it answers publicly', action: { kind: 'x' } }];
    const lines = progressText(
      { ...service, actions, waits: [wait] },
      { since: Date.parse(at(5)), now, trouble: 'not seen since' },
      plainLayout,
    );
    expect(lines.map((line) => line.replace(/^[⠀-⣿]/u, '*'))).toEqual([
      '* attaching  7 s',
      '  next   make the service private: it answers publicly',
      '  waits      12 s  the endpoint comes up (at most until 2026-01-01T12:15:00Z)',
      '  not seen since',
    ]);
  });
});
