import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../shared/duration.ts';
import {
  delayUntilCheck,
  isOverdue,
  latestEnd,
  mergeWaits,
  nextDelay,
  type OpenWait,
  type Wait,
  type WaitKind,
  waitRules,
} from '../../shared/plan/wait.ts';
import { START } from '../fixtures.ts';

const kinds: readonly WaitKind[] = [
  'service',
  'endpoint',
  'connection',
  'dns',
  'validation-records',
  'certificate',
  'disassociation',
  'grace',
  'retry',
];
const wait = (kind: WaitKind, change: Partial<OpenWait> = {}): OpenWait => ({
  kind,
  subject: 'x',
  condition: { check: 'nothing' },
  expected: '',
  why: 'a test',
  since: START,
  attempt: 0,
  ...change,
});

describe('nextLook', () => {
  it.each<[WaitKind, number, number]>([
    ['service', 0, 5 * SECOND],
    ['service', 1, 7.5 * SECOND],
    ['service', 20, MINUTE],
    ['endpoint', 0, 2 * SECOND],
    ['endpoint', 20, 30 * SECOND],
    ['connection', 0, 2 * SECOND],
    ['dns', 0, 2 * SECOND],
    ['dns', 20, 30 * SECOND],
    ['validation-records', 0, 2 * SECOND],
    ['certificate', 0, 4 * SECOND],
    ['certificate', 30, 15 * MINUTE],
    ['disassociation', 0, 2 * SECOND],
    ['grace', 0, 15 * MINUTE],
    ['retry', 0, 5 * SECOND],
    ['retry', 3, 40 * SECOND],
    ['retry', 5000, 15 * MINUTE],
  ])('%s, look %i: %i ms', (kind, attempt, delay) => {
    expect(delayUntilCheck(wait(kind, { attempt }), START)).toBe(delay);
  });

  it.each<[string, number, number]>([
    ['well before the end: at the pace of the rule', START + DAY, 15 * MINUTE],
    ['close to the end: just then', START + 90 * SECOND, 90 * SECOND],
    ['within the last second: at the shortest delay', START + 1, SECOND],
    ['after it: at once, which is a second', START - HOUR, SECOND],
  ])('%s', (_, endsAt, delay) => expect(delayUntilCheck(wait('grace', { endsAt }), START)).toBe(delay));

  it('is at the slowest pace once it is overdue', () => {
    const late = START + waitRules.dns.limit + 1;
    expect(delayUntilCheck(wait('dns'), late - 1)).toBe(2 * SECOND);
    expect(delayUntilCheck(wait('dns'), late)).toBe(30 * SECOND);
  });

  const open = fc
    .record({
      kind: fc.constantFrom(...kinds),
      attempt: fc.nat({ max: 10_000 }),
      age: fc.nat({ max: 40 * DAY }),
      untilEnd: fc.option(fc.integer({ min: -DAY, max: 40 * DAY }), { nil: undefined }),
    })
    .map(({ kind, attempt, age, untilEnd }) =>
      wait(kind, { attempt, since: START - age, ...(untilEnd === undefined ? {} : { endsAt: START + untilEnd }) }),
    );

  it('is from one second to fifteen minutes, and never past the end', () => {
    fc.assert(
      fc.property(open, (one) => {
        const delay = delayUntilCheck(one, START);
        expect(delay).toBeGreaterThanOrEqual(SECOND);
        expect(delay).toBeLessThanOrEqual(15 * MINUTE);
        if (one.endsAt !== undefined) expect(delay).toBeLessThanOrEqual(Math.max(SECOND, one.endsAt - START));
      }),
    );
  });

  it('grows, or stays, from attempt to attempt', () => {
    fc.assert(
      fc.property(open, (one) => {
        expect(delayUntilCheck({ ...one, attempt: one.attempt + 1 }, START)).toBeGreaterThanOrEqual(
          delayUntilCheck(one, START),
        );
      }),
    );
  });
});

describe('soonestLook', () => {
  it('is that of the most impatient wait', () => {
    expect(nextDelay([wait('certificate'), wait('dns'), wait('grace')], START)).toBe(2 * SECOND);
  });
  it('is nothing when nothing is waited for', () => expect(nextDelay([], START)).toBeUndefined());
});

describe('overdue and latest', () => {
  it.each(kinds)('%s: after the limit, not at it', (kind) => {
    const { limit } = waitRules[kind];
    expect(isOverdue(wait(kind), START + limit)).toBe(false);
    expect(isOverdue(wait(kind), START + limit + 1)).toBe(true);
    expect(latestEnd(wait(kind))).toBe(START + limit);
  });
  it('a wait with an end is over then', () => expect(latestEnd(wait('grace', { endsAt: START + 1 }))).toBe(START + 1));
});

describe('carryOn', () => {
  const planned: Wait = {
    kind: 'dns',
    subject: 'x',
    condition: { check: 'nothing' },
    expected: 'nxdomain',
    why: 'later',
  };
  it('begins a wait that is new', () => {
    expect(mergeWaits([planned], [], START)).toEqual([{ ...planned, since: START, attempt: 0 }]);
  });
  it('keeps its start, and counts the attempt, whatever else has changed', () => {
    const before = [wait('dns', { since: START - HOUR, attempt: 3, expected: 'old', why: 'earlier', endsAt: 7 })];
    expect(mergeWaits([planned], before, START)).toEqual([{ ...planned, since: START - HOUR, attempt: 4 }]);
  });
  it('distinguishes waits by kind and by subject, and drops those no longer planned', () => {
    const before = [wait('dns', { subject: 'y', attempt: 3 }), wait('certificate', { attempt: 3 })];
    expect(mergeWaits([planned], before, START)).toEqual([{ ...planned, since: START, attempt: 0 }]);
  });
});
