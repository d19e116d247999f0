import { beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../shared/duration.ts';
import { findingMeanings } from '../../shared/finding-meanings.ts';
import { type FindingCode, finding, findingDefinitions, type Severity } from '../../shared/findings.ts';
import { EVENT_VERSION, type FindingEvent } from '../../shared/lifecycle/event.ts';
import { type PersonMessage, personMessages } from '../../shared/lifecycle/message-text.ts';
import type { NoticeMemory } from '../../shared/lifecycle/notice-memory.ts';
import { causeOf, type Quiet, type SentNotice } from '../../shared/lifecycle/notices.ts';
import { notifyPeople } from '../../shared/lifecycle/notify.ts';
import { routeExceptions, routeOf } from '../../shared/lifecycle/routing.ts';
import { defaultNotifications, type PolicyNotifications } from '../../shared/policy/policy.ts';
import { initialState, type ServiceRow } from '../../shared/state/row.ts';

const START = Date.UTC(2026, 0, 1);

/** People, their topic, and the table of what they were told. */
class Desk implements NoticeMemory {
  now = START;
  readonly messages: PersonMessage[] = [];
  readonly waiting: { readonly event: FindingEvent; readonly delay: number }[] = [];
  readonly #sent = new Map<string, SentNotice>();
  readonly #quiet = new Map<string, Quiet>();
  /** ARNs of services whose findings have closed. */
  readonly fine = new Set<string>();
  readonly #seen: FindingEvent[] = [];
  notifications: PolicyNotifications = defaultNotifications;
  isDown = false;

  async sent(event: FindingEvent) {
    return this.#sent.get(keyOf(event));
  }
  async markSent(event: FindingEvent, notice: SentNotice) {
    this.#sent.set(keyOf(event), notice);
  }
  async forget(event: FindingEvent) {
    this.#sent.delete(keyOf(event));
  }
  async quiet(cause: string) {
    return this.#quiet.get(cause);
  }
  async beQuiet(cause: string, quiet: Quiet) {
    this.#quiet.set(cause, quiet);
  }

  async take(...batch: readonly FindingEvent[]): Promise<readonly string[]> {
    const before = this.messages.length;
    this.#seen.push(...batch);
    const findingsOf = (arn: string) =>
      this.#seen
        .filter(({ service }) => service.arn === arn && !this.fine.has(arn))
        .map(({ finding: { domain: _, ...found } }) => ({ ...found, since: Date.parse(found.since) }));
    await notifyPeople(batch, {
      memory: this,
      rows: { get: async (arn) => rowOf(arn, findingsOf(arn)) },
      notifications: this.notifications,
      stack: 'stack',
      docsUrl: 'https://docs.example.com/ingress',
      now: () => this.now,
      publish: async (message) => {
        if (this.isDown) throw new Error('SNS is down');
        this.messages.push(message);
      },
      wait: async (event, delay) => {
        this.waiting.push({ event, delay });
      },
    });
    return this.messages.slice(before).map(({ subject }) => subject);
  }

  /** Time passes, and what waited comes back. */
  async later(duration: number): Promise<readonly string[]> {
    this.now += duration;
    return this.take(...this.waiting.splice(0).map(({ event }) => event));
  }
}

const keyOf = ({ service, finding: { id, since } }: FindingEvent) => `${service.arn} ${id} ${since}`;
const arnOf = (name: string) => `arn:aws:apprunner:ap-northeast-1:123456789012:service/${name}/${'0'.repeat(32)}`;

function rowOf(serviceArn: string, findings: ServiceRow['findings']): ServiceRow {
  const known = { serviceArn, generation: 1, seenGeneration: 1, token: undefined, requests: [], updatedAt: START };
  return { ...initialState, ...known, findings };
}

let ids = 0;
function about(
  code: FindingCode,
  name = 'hello',
  { severity, since = START }: { severity?: Severity; since?: number } = {},
) {
  const found = finding(code, { resource: arnOf(name), message: `${code} was seen.` });
  return {
    version: EVENT_VERSION,
    id: `${ids++}`.padStart(32, '0'),
    stack: 'stack',
    service: { arn: arnOf(name), name, account: '123456789012', region: 'ap-northeast-1' },
    at: new Date(START).toISOString(),
    finding: { ...found, severity: severity ?? found.severity, since: new Date(since).toISOString() },
  } as const;
}
const opened = (...of: Parameters<typeof about>): FindingEvent => ({ kind: 'opened', ...about(...of) });
const aged = (days: number, ...of: Parameters<typeof about>): FindingEvent => ({ kind: 'aged', days, ...about(...of) });
const closed = (...of: Parameters<typeof about>): FindingEvent => ({
  kind: 'closed',
  openSeconds: 90,
  closedBy: { kind: 'outside', actions: [] },
  ...about(...of),
});

let desk: Desk;
beforeEach(() => {
  desk = new Desk();
});

describe('messages to people', () => {
  it('what, where, since when, what to do, where to read and what to type', async () => {
    await desk.take(opened('vpc-not-found'));
    const [{ subject, text } = { subject: '', text: '' }] = desk.messages;
    expect(subject).toBe('error: vpc-not-found on hello (123456789012 ap-northeast-1) [stack]');
    expect(text.split('\n')).toEqual([
      `What   vpc-not-found: ${findingMeanings['vpc-not-found']}`,
      `Where  ${arnOf('hello')}`,
      '       vpc-not-found was seen.',
      'Since  2026-01-01T00:00:00.000Z (0 s)',
      `Do     ${findingDefinitions['vpc-not-found'].remedy}`,
      'Page   https://docs.example.com/ingress/findings.md#vpc-not-found',
      `Type   private-ingress status ${arnOf('hello')} --stack stack`,
    ]);
  });

  it('once that it opened, however often the event comes, and once that it closed', async () => {
    const event = opened('vpc-not-found');
    expect(await desk.take(event, event)).toHaveLength(1);
    expect(await desk.take(event)).toEqual([]);
    const end = closed('vpc-not-found');
    expect(await desk.take(end)).toEqual(['closed: vpc-not-found on hello (123456789012 ap-northeast-1) [stack]']);
    expect(desk.messages.at(-1)?.text).toContain('after 1 min 30 s: it was changed outside of the stack');
    expect(await desk.take(end)).toEqual([]);
  });

  it('nothing of a closing whose opening they were not told', async () => {
    expect(await desk.take(closed('vpc-not-found'))).toEqual([]);
  });

  it('nothing of a finding that has closed meanwhile, in whatever order its events come', async () => {
    desk.fine.add(arnOf('hello'));
    expect(await desk.take(opened('vpc-not-found'), closed('vpc-not-found'))).toEqual([]);
    expect(await desk.take(closed('caa-forbids'))).toEqual([]);
    expect(await desk.take(opened('caa-forbids'))).toEqual([]);
  });

  it('again after a week, and when it becomes worse', async () => {
    expect(await desk.take(opened('name-unreachable', 'hello', { severity: 'warning' }))).toEqual([]);
    expect(await desk.take(aged(0, 'name-unreachable', 'hello', { severity: 'error' }))).toHaveLength(1);
    expect(await desk.take(aged(0, 'name-unreachable', 'hello', { severity: 'error' }))).toEqual([]);
    expect(await desk.take(aged(7, 'name-unreachable', 'hello', { severity: 'error' }))).toEqual([
      'still error: name-unreachable on hello (123456789012 ap-northeast-1) [stack]',
    ]);
  });

  it('of a warning when it is open for a day, of an info never', async () => {
    expect(await desk.take(opened('endpoint-closed'), opened('endpoint-unused'))).toEqual([]);
    expect(await desk.take(aged(1, 'endpoint-closed'), aged(30, 'endpoint-unused'))).toHaveLength(1);
  });

  it('what the policy lets through, by severity and account', async () => {
    desk.notifications = { severity: 'error' };
    expect(await desk.take(opened('tag-missing'))).toEqual([]);
    desk.notifications = { severity: 'info', except: ['123456789012'] };
    expect(await desk.take(opened('vpc-not-found'))).toEqual([]);
    desk.notifications = { severity: 'info', accounts: ['210987654321'] };
    expect(await desk.take(opened('vpc-not-found'))).toEqual([]);
    desk.notifications = { severity: 'warning', accounts: ['123456789012'] };
    expect(await desk.take(opened('tag-missing'))).toHaveLength(1);
  });

  it('twice rather than not at all, where SNS fails', async () => {
    desk.isDown = true;
    const event = opened('vpc-not-found');
    await expect(desk.take(event)).rejects.toThrow('SNS is down');
    desk.isDown = false;
    expect(await desk.take(event)).toHaveLength(1);
  });
});

describe('many findings', () => {
  it('of one code are one message, which lists twenty services', async () => {
    const many = Array.from({ length: 30 }, (_, index) => opened('vpc-not-found', `service-${index}`));
    expect(await desk.take(...many)).toEqual(['error: vpc-not-found on 30 services [stack]']);
    const { text = '' } = desk.messages[0] ?? {};
    expect(text.match(/^Where/gm)).toHaveLength(20);
    expect(text).toContain('… and 10 more');
    expect(text).toContain('private-ingress findings --finding vpc-not-found');
  });

  it('of many codes are one digest', async () => {
    const codes = ['vpc-not-found', 'caa-forbids', 'record-foreign', 'zone-not-found'] as const;
    expect(await desk.take(...codes.map((code) => opened(code)))).toEqual(['4 findings open, 0 closed [stack]']);
    for (const code of codes) expect(desk.messages[0]?.text).toContain(code);
    const ends = codes.map((code) => closed(code));
    expect(await desk.take(opened('domain-not-allowed', 'other'), ...ends)).toEqual([
      '1 finding open, 4 closed [stack]',
    ]);
  });

  it('of the same cause wait until a quiet time is over, and come as one', async () => {
    expect(await desk.take(opened('access-denied', 'first'))).toHaveLength(1);
    const others = ['second', 'third', 'fourth'].map((name) => opened('access-denied', name));
    for (const event of others) {
      expect(await desk.take(event)).toEqual([]);
    }
    expect(desk.waiting.map(({ delay }) => delay)).toEqual([15 * MINUTE, 15 * MINUTE, 15 * MINUTE]);
    // One of them has closed meanwhile, and no message was sent.
    desk.fine.add(arnOf('third'));
    expect(await desk.take(closed('access-denied', 'third'))).toEqual([]);
    expect(await desk.later(15 * MINUTE)).toEqual(['error: access-denied on 2 services [stack]']);
  });

  it('about a cause that continues come ever more rarely, and at once after a silent day', async () => {
    const times: number[] = [];
    for (let minute = 0; minute < 24 * 60; minute++) {
      desk.now = START + minute * MINUTE;
      if ((await desk.take(opened('access-denied', `s${minute}`, { since: desk.now }))).length > 0) times.push(minute);
    }
    expect(times).toEqual([0, 15, 45, 105, 225, 465, 825, 1185]);
    desk.now += 6 * HOUR + DAY;
    expect(await desk.take(opened('access-denied', 'new'))).toHaveLength(1);
    desk.now += 15 * MINUTE;
    expect(await desk.take(opened('access-denied', 'newer'))).toHaveLength(1);
  });

  it('of another account, region or code are another cause', () => {
    const event = opened('access-denied');
    expect(causeOf({ ...event, service: { ...event.service, account: '2' } })).not.toBe(causeOf(event));
    expect(causeOf(opened('refused'))).not.toBe(causeOf(event));
  });
});

describe('where codes go', () => {
  it('follows the severity, but for the exceptions', () => {
    expect(routeOf({ code: 'vpc-not-found', severity: 'error' })).toBe('at-once');
    expect(routeOf({ code: 'endpoint-closed', severity: 'warning' })).toBe('after-a-day');
    expect(routeOf({ code: 'endpoint-unused', severity: 'info' })).toBe('bus-only');
    for (const [code, { route }] of Object.entries(routeExceptions))
      expect(routeOf({ code: code as FindingCode, severity: findingDefinitions[code as FindingCode].severity })).toBe(
        route,
      );
  });
});

describe('a message', () => {
  it('has a subject that SNS takes', () => {
    const context = { stack: `ständig-${'x'.repeat(200)}`, docsUrl: '', now: START };
    for (const { subject, text } of personMessages([opened('vpc-not-found')], context)) {
      expect(subject).toMatch(/^[!-~][ -~]{0,99}$/);
      expect(text).toContain('docs/findings.md#vpc-not-found');
    }
  });
});
