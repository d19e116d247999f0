import { HOUR, MINUTE, SECOND } from '../shared/duration.ts';
import { type Fate, Simulation } from '../test/reconcile/simulation.ts';
import type { Family } from './family.ts';
import { promises } from './promises.ts';
import { numbered, numbers } from './seeded.ts';

const QUICK = 150;
const FULL = 10_000;
/** Milliseconds after which Lambda ends a process. */
const TIMEOUT = 60 * SECOND;
/** Fewer than the receives after which a message is given up. */
const MAX_FAULTS = 3;
/** Most of what happens happens within so many steps. */
const STEPS = 160;

/** The loop alone, over a world of one name: its processes overlap, and every call takes its own time. */
export const disorder: Family = {
  name: 'disorder',
  about: promises.disorder.about,
  weight: 1,
  cases: (effort, seed) => numbered('history', seed, effort === 'quick' ? QUICK : FULL),
  async play(name) {
    const next = numbers(name);
    const fates = new Map<number, Fate>();
    for (let slow = next(40); slow > 0; slow--) fates.set(next(STEPS), { kind: 'takes', milliseconds: next(300) });
    for (let fault = next(MAX_FAULTS + 1); fault > 0; fault--) fates.set(next(STEPS), fateOf(next));
    const duplicates = Array.from({ length: next(20) }, () => next(2) === 1);
    const simulation = new Simulation({ fates, duplicates, timeout: TIMEOUT });
    const happenings = 1 + next(8);
    for (let index = 0; index < happenings; index++) {
      const at = next(2) === 0 ? next(10 * SECOND) : next(10 * MINUTE);
      const isRenamed = next(2) === 1;
      const outOfDns = next(2) === 0 ? 0 : next(3 * MINUTE);
      simulation.eventAt(at, () => {
        if (isRenamed) simulation.version++;
        simulation.namedAt = Math.max(simulation.namedAt, simulation.clock.now() + outOfDns);
      });
    }
    await simulation.advance(10 * MINUTE + 4 * HOUR);
    const broken = [
      ...simulation.violations,
      ...simulation.dead.map((message) => `given up: ${JSON.stringify(message)}`),
      ...wrong('published', simulation.published, [simulation.wanted]),
      ...wrong('phase', simulation.row?.phase, 'ready'),
      ...wrong('token', simulation.row?.token, undefined),
      ...wrong('generation seen', simulation.row?.seenGeneration, simulation.row?.generation),
      ...wrong('messages left', simulation.messages.length, 0),
    ];
    if (broken.length > 0) throw new Error(broken.join('\n'));
    return { disturbances: fates.size + duplicates.filter(Boolean).length };
  },
};

function fateOf(next: (below: number) => number): Fate {
  switch (next(3)) {
    case 0:
      return { kind: 'dies' };
    case 1:
      return { kind: 'fails' };
    default:
      return { kind: 'takes', milliseconds: SECOND + next(19 * SECOND) };
  }
}

function wrong(what: string, seen: unknown, wanted: unknown): readonly string[] {
  const [is, should] = [JSON.stringify(seen), JSON.stringify(wanted)];
  return is === should ? [] : [`${what}: ${is}, not ${should}`];
}
