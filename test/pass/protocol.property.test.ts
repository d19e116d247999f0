import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../shared/duration.ts';
import { type Conditions, type Fate, Simulation } from './simulation.ts';

/** At most this many deaths and failures: fewer than the receives after which a message is given up. */
const FAULTS = 3;

const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 30, arbitrary: fc.constant<Fate>({ kind: 'takes', milliseconds: 5 }) },
  { weight: 10, arbitrary: fc.integer({ min: 0, max: 300 }).map((milliseconds): Fate => ({ kind: 'takes', milliseconds })) },
  { weight: 4, arbitrary: fc.integer({ min: 1000, max: 20_000 }).map((milliseconds): Fate => ({ kind: 'takes', milliseconds })) },
  { weight: 2, arbitrary: fc.constant<Fate>({ kind: 'dies' }) },
  { weight: 2, arbitrary: fc.constant<Fate>({ kind: 'fails' }) },
);

/** No more than `FAULTS` of them die or fail or are slow enough to be killed. */
function bounded(fates: readonly Fate[], slow: number): readonly Fate[] {
  let left = FAULTS;
  return fates.map((one) => {
    const fault = one.kind !== 'takes' || one.milliseconds >= slow;
    return fault && left-- <= 0 ? { kind: 'takes', milliseconds: 5 } : one;
  });
}

const conditions = (timeout: number) =>
  fc
    .record({ fates: fc.array(fate, { maxLength: 120 }), duplicates: fc.array(fc.boolean(), { maxLength: 10 }) })
    .map(({ fates, duplicates }): Conditions => ({ fates: bounded(fates, 1000), duplicates, timeout }));

/** A new name is wanted, or the connection's name goes out of DNS for a while; and AWS tells of it. */
const happening = fc.record({
  at: fc.oneof(fc.integer({ min: 0, max: 10 * SECOND }), fc.integer({ min: 0, max: 10 * MINUTE })),
  version: fc.boolean(),
  outOfDns: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3 * MINUTE })),
});

async function play(
  given: Conditions,
  happenings: readonly { readonly at: number; readonly version: boolean; readonly outOfDns: number }[],
): Promise<Simulation> {
  const simulation = new Simulation(given);
  for (const { at, version, outOfDns } of happenings) {
    simulation.eventAt(at, () => {
      if (version) simulation.version++;
      simulation.namedAt = Math.max(simulation.namedAt, simulation.clock.now() + outOfDns);
    });
  }
  await simulation.advance(10 * MINUTE + 4 * HOUR);
  return simulation;
}

describe('the pass protocol', () => {
  it('loses no event, has one writer, notes before it writes, and leaves one line of passes', async () => {
    await fc.assert(
      fc.asyncProperty(conditions(60 * SECOND), fc.array(happening, { minLength: 1, maxLength: 8 }), async (given, happenings) => {
        const simulation = await play(given, happenings);
        expect(simulation.violations).toEqual([]);
        expect(simulation.dead).toEqual([]);
        // Everything is quiet: the last state of the world was seen by a saved pass, and carried out.
        expect(simulation.published).toEqual([simulation.wanted]);
        expect(simulation.row).toMatchObject({ phase: 'settled', token: undefined });
        expect(simulation.row?.seenGeneration).toBe(simulation.row?.generation);
        expect(simulation.messages).toEqual([]);
      }),
      { numRuns: 3000, endOnFailure: true },
    );
  });

  it('has one writer even when passes outlive their lease', async () => {
    await fc.assert(
      fc.asyncProperty(conditions(HOUR), fc.array(happening, { minLength: 1, maxLength: 6 }), async (given, happenings) => {
        const slower = given.fates.map((one): Fate => (one.kind === 'takes' && one.milliseconds > 1000 ? { ...one, milliseconds: one.milliseconds * 10 } : one));
        const simulation = await play({ ...given, fates: slower }, happenings);
        expect(simulation.violations).toEqual([]);
        expect(simulation.row?.seenGeneration).toBe(simulation.row?.generation);
        expect(simulation.published).toEqual([simulation.wanted]);
      }),
      { numRuns: 3000, endOnFailure: true },
    );
  });
});
