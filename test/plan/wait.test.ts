import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../shared/duration.ts';
import {
  dueWaits,
  isOverdue,
  latestEnd,
  mergeWaits,
  needsObservation,
  nextCheck,
  nextDelay,
  type OpenWait,
  type Wait,
  type WaitKind,
  waitKinds,
  waitRules,
} from '../../shared/plan/wait.ts';
import { START } from '../fixtures.ts';

const wait = (kind: WaitKind, change: Partial<OpenWait> = {}): OpenWait => ({
  kind,
  subject: 'x',
  condition: { check: 'nothing' },
  expected: '',
  why: 'a test',
  since: START,
  ...change,
});
const open = fc
  .record({
    kind: fc.constantFrom(...waitKinds),
    age: fc.nat({ max: 40 * DAY }),
    chainAge: fc.nat({ max: DAY }),
    untilEnd: fc.option(fc.integer({ min: 1, max: 40 * DAY }), { nil: undefined }),
  })
  .map(({ kind, age, chainAge, untilEnd }) =>
    wait(kind, {
      since: START - age,
      chainSince: START - age - chainAge,
      ...(untilEnd === undefined ? {} : { endsAt: START + untilEnd }),
    }),
  );

describe('nextCheck', () => {
  it.each<[WaitKind, number, number]>([
    ['service', 0, 45 * SECOND],
    ['service', 20 * MINUTE, 2 * MINUTE],
    ['endpoint', 0, 5 * SECOND],
    ['endpoint', 30 * MINUTE, 30 * SECOND],
    ['dns', 0, 5 * SECOND],
    ['certificate', 0, 45 * SECOND],
    ['certificate', DAY, 15 * MINUTE],
    ['grace', DAY, 15 * MINUTE],
    ['retry', 0, 5 * SECOND],
    ['retry', 6 * SECOND, 5 * SECOND],
    ['retry', 11 * SECOND, 10 * SECOND],
    ['retry', DAY, 5 * MINUTE],
  ])('%s, %i ms after its start: at most %i ms later', (kind, age, interval) => {
    const { from, to } = nextCheck(wait(kind), START + age);
    expect(to - from).toBeCloseTo(waitRules[kind].slack * interval);
    expect(from).toBeGreaterThan(START + age);
    expect(to).toBeLessThanOrEqual(START + age + interval * (1 + waitRules[kind].slack));
  });

  it('follows from its start alone: what else is waited for, and how often, sets no pace', () => {
    fc.assert(
      fc.property(open, fc.array(fc.nat({ max: MINUTE }), { maxLength: 20 }), (one, looks) => {
        // However often something else is looked at before it, the check stays where it is.
        const { from, to } = nextCheck(one, START);
        const before = looks.map((look) => Math.min(START + look, from - 1));
        for (const look of before) expect(nextCheck(one, look)).toEqual({ from, to });
      }),
    );
  });

  it('is late by a share of the time that its chain has waited, from the first check on', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...waitKinds),
        fc.integer({ min: 1, max: DAY }),
        fc.nat({ max: DAY }),
        (kind, happens, before) => {
          const { first, share, slack, of } = waitRules[kind];
          const { to } = nextCheck(wait(kind, { chainSince: START - before }), START + happens);
          const waited = happens * (1 + slack) + (of === 'chain' ? before : 0);
          const interval = (1 + slack) * Math.max(first, share * waited);
          expect(to - (START + happens)).toBeLessThanOrEqual(first + interval + 1);
        },
      ),
    );
  });

  it.each<[WaitKind, number, number]>([
    ['connection', 22, 24],
    ['certificate', 108, 128],
    ['retry', 5, 5],
  ])('%s, fifteen minutes after its chain began: checks %i to %i s apart', (kind, least, most) => {
    const one = wait(kind, { chainSince: START - 15 * MINUTE });
    const first = nextCheck(one, START).to;
    const interval = (nextCheck(one, first).to - first) / SECOND;
    expect(interval).toBeGreaterThanOrEqual(least);
    expect(interval).toBeLessThanOrEqual(most);
  });

  it('is the same for the waits of a chain with the same rule, whenever they began', () => {
    const chainSince = START - 10 * MINUTE;
    const service = wait('service', { since: START - 4 * MINUTE, chainSince });
    const certificate = wait('certificate', { since: START - MINUTE, chainSince });
    expect(nextCheck(certificate, START)).toEqual(nextCheck(service, START));
  });
});

describe('nextDelay', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  it('is from one second to fifteen minutes, and never past the end', () => {
    fc.assert(
      fc.property(open, chance, (one, drawn) => {
        const delay = nextDelay([one], START, drawn) ?? Number.NaN;
        expect(delay).toBeGreaterThanOrEqual(SECOND);
        expect(delay).toBeLessThanOrEqual(15 * MINUTE);
        if (one.endsAt !== undefined) expect(delay).toBeLessThanOrEqual(Math.max(SECOND, one.endsAt - START));
      }),
    );
  });

  it('leads to a look at which the check is due, and after which it is not', () => {
    fc.assert(
      fc.property(fc.array(open, { minLength: 1, maxLength: 6 }), chance, (waits, drawn) => {
        const look = START + Math.ceil((nextDelay(waits, START, drawn) ?? 0) / SECOND) * SECOND;
        const due = dueWaits(waits, START, look);
        expect(due).not.toEqual([]);
        const again = dueWaits(waits, look, look);
        for (const one of due.filter(({ endsAt }) => endsAt === undefined)) expect(again).not.toContain(one);
      }),
    );
  });

  it.each<[string, number, number]>([
    ['close to the end: just then', START + 90 * SECOND, 90 * SECOND],
    ['within the last second: at the shortest delay', START + 1, SECOND],
    ['after it: at once, which is a second', START - HOUR, SECOND],
  ])('%s', (_, endsAt, delay) => expect(nextDelay([wait('grace', { endsAt })], START, 0.9)).toBe(delay));

  it('spreads retries over the second half of their interval', () => {
    expect(nextDelay([wait('retry')], START, 0)).toBe(2.5 * SECOND);
    expect(nextDelay([wait('retry')], START, 0.5)).toBe(3.75 * SECOND);
  });

  it('is that of the most impatient wait', () => {
    const first = nextDelay([wait('dns')], START, 0.5);
    expect(nextDelay([wait('certificate'), wait('dns'), wait('grace')], START, 0.5)).toBe(first);
  });

  it('is nothing when nothing is waited for', () => expect(nextDelay([], START, 0)).toBeUndefined());
});

describe('dueWaits', () => {
  const pause = (endsAt: number) => wait('pause', { endsAt });
  it('has a check from the moment on at which it may be made', () => {
    const one = wait('retry');
    const { from } = nextCheck(one, START);
    expect(dueWaits([one], START, from - 1)).toEqual([]);
    expect(dueWaits([one], START, from)).toEqual([one]);
    expect(nextCheck(one, from).from).toBeGreaterThan(from);
  });
  it('has a wait that ends, from its end on', () => {
    expect(dueWaits([pause(START + MINUTE)], START, START + MINUTE - 1)).toEqual([]);
    expect(dueWaits([pause(START + MINUTE)], START, START + MINUTE)).toEqual([pause(START + MINUTE)]);
    expect(dueWaits([wait('pause')], START, START + MINUTE)).toEqual([]);
  });
});

describe('needsObservation', () => {
  it.each(waitKinds)('%s: what no status shows needs a full observation', (kind) => {
    expect(needsObservation({ kind })).toBe(['retry', 'https', 'consistency'].includes(kind));
  });
});

describe('an endpoint, while an operation runs on the service', () => {
  const endpoint = wait('endpoint', { since: START - HOUR });
  it('is not asked: nothing could be done with it yet', () => {
    const service = wait('service');
    expect(dueWaits([endpoint], START - MINUTE, START)).toEqual([endpoint]);
    expect(dueWaits([service, endpoint], START - MINUTE, START)).toEqual([]);
    expect(nextDelay([service, endpoint], START, 0)).toBe(nextDelay([service], START, 0));
  });
});

describe('a certificate', () => {
  const certificate = wait('certificate', { since: START - HOUR });
  it.each<WaitKind>(['service', 'connection', 'dns'])('is not asked for while the way in is not there: %s', (kind) => {
    expect(dueWaits([certificate], START - HOUR, START)).toEqual([certificate]);
    expect(dueWaits([certificate, wait(kind)], START - HOUR, START)).not.toContain(certificate);
  });
});

describe('a connection and its name, while a certificate is pending', () => {
  it.each<WaitKind>(['connection', 'dns'])('%s: asked less often, because both are needed', (kind) => {
    const one = wait(kind, { since: START - MINUTE, chainSince: START - 5 * MINUTE });
    const alone = nextDelay([one], START, 0) ?? 0;
    const pending = wait('certificate', { since: START, chainSince: START - 5 * MINUTE });
    expect(nextDelay([one, pending], START, 0)).toBeGreaterThan(2 * alone);
    expect(dueWaits([one], START, START + alone)).toEqual([one]);
    expect(dueWaits([one, pending], START, START + alone)).toEqual([]);
  });
});

describe('overdue and latest', () => {
  it.each(waitKinds)('%s: after the limit, not at it', (kind) => {
    const { limit } = waitRules[kind];
    expect(isOverdue(wait(kind), START + limit)).toBe(false);
    expect(isOverdue(wait(kind), START + limit + 1)).toBe(true);
    expect(latestEnd(wait(kind))).toBe(START + limit);
  });
  it('a wait with an end is over then', () => expect(latestEnd(wait('grace', { endsAt: START + 1 }))).toBe(START + 1));
});

describe('mergeWaits', () => {
  const planned: Wait = {
    kind: 'dns',
    subject: 'x',
    condition: { check: 'nothing' },
    expected: 'nxdomain',
    why: 'later',
  };
  it('begins a wait that is new', () => {
    expect(mergeWaits([planned], [], START)).toEqual([{ ...planned, since: START }]);
  });
  it('keeps its start, whatever else has changed', () => {
    const before = [wait('dns', { since: START - HOUR, expected: 'old', why: 'earlier', endsAt: 7 })];
    expect(mergeWaits([planned], before, START)).toEqual([{ ...planned, since: START - HOUR }]);
  });
  it('distinguishes waits by kind and by subject, and drops those no longer planned', () => {
    const before = [wait('dns', { subject: 'y', since: START - HOUR }), wait('certificate', { since: START - HOUR })];
    expect(mergeWaits([planned], before, START)).toEqual([{ ...planned, since: START, chainSince: START - HOUR }]);
  });
  it('gives a wait that it keeps no start of a chain that it did not have', () => {
    const [next] = mergeWaits([planned], [wait('dns', { since: START - HOUR })], START);
    expect(next).not.toHaveProperty('chainSince');
  });
  it('carries the start of the chain on, from wait to wait', () => {
    const before = [wait('connection', { since: START - MINUTE, chainSince: START - HOUR })];
    const [next] = mergeWaits([planned], before, START);
    expect(next).toMatchObject({ since: START, chainSince: START - HOUR });
    expect(mergeWaits([planned], next === undefined ? [] : [next], START + HOUR)).toEqual([next]);
  });
  it('begins a chain after waits that AWS has no part in', () => {
    const before = [wait('grace', { since: START - DAY }), wait('https', { since: START - DAY })];
    expect(mergeWaits([planned], before, START)).toEqual([{ ...planned, since: START }]);
  });
});
