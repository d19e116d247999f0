import { seededChance } from 'apprunner-embedded-cloud/chance';
import { MINUTE, SECOND } from '../shared/duration.ts';
import { dueWaits, nextDelay, type OpenWait, type WaitKind } from '../shared/plan/wait.ts';
import type { Benchmark, Figure, Goal } from './figures.ts';

const WORLDS = 200;

/** What AWS does for one new service; each takes as long as the world says, from the moment that what it follows was seen. */
interface Stage {
  readonly name: string;
  readonly kind: WaitKind;
  readonly after: readonly string[];
  /** Begins by itself, without a call of the stack: AWS publishes the name of a connection that is available. */
  readonly byItself?: true;
  /** App Runner reports its end by an event, if events arrive. */
  readonly reported: boolean;
  /** Milliseconds: the shortest and the longest. */
  readonly takes: readonly [number, number];
}

const STAGES: readonly Stage[] = [
  { name: 'create service', kind: 'service', after: [], reported: true, takes: [1 * MINUTE, 6 * MINUTE] },
  { name: 'endpoint', kind: 'endpoint', after: [], reported: false, takes: [30 * SECOND, 5 * MINUTE] },
  {
    name: 'make private',
    kind: 'service',
    after: ['create service', 'endpoint'],
    reported: true,
    takes: [1 * MINUTE, 6 * MINUTE],
  },
  {
    name: 'connection',
    kind: 'connection',
    after: ['make private'],
    reported: false,
    takes: [20 * SECOND, 4 * MINUTE],
  },
  {
    name: 'its name in DNS',
    kind: 'dns',
    after: ['connection'],
    byItself: true,
    reported: false,
    takes: [10 * SECOND, 10 * MINUTE],
  },
  {
    name: 'validation records',
    kind: 'validation-records',
    after: ['create service'],
    reported: false,
    takes: [2 * SECOND, MINUTE],
  },
  {
    name: 'certificate',
    kind: 'certificate',
    after: ['validation records'],
    reported: true,
    takes: [2 * MINUTE, 40 * MINUTE],
  },
];

type World = ReadonlyMap<string, number>;

/** How a loop chooses its looks: which waits it asks, and when it looks again. */
interface Pace {
  readonly name: string;
  next(waits: readonly OpenWait[], now: number, chance: number): number;
  asks(waits: readonly OpenWait[], lastLook: number, now: number): readonly OpenWait[];
}

/** The rules that were in force before: one counter for all waits that stand together. */
const COUNTED: Readonly<Partial<Record<WaitKind, readonly [first: number, factor: number, most: number]>>> = {
  service: [5 * SECOND, 1.5, MINUTE],
  endpoint: [2 * SECOND, 1.5, 30 * SECOND],
  connection: [2 * SECOND, 1.5, 30 * SECOND],
  dns: [2 * SECOND, 1.3, 30 * SECOND],
  'validation-records': [2 * SECOND, 1.5, 30 * SECOND],
  certificate: [4 * SECOND, 1.2, 15 * MINUTE],
};

function counting(): Pace {
  const attempts = new Map<string, number>();
  return {
    name: 'one counter for all waits (before)',
    next(waits) {
      const delays = waits.map(({ kind, subject }) => {
        const [first, factor, most] = COUNTED[kind] ?? [MINUTE, 1, MINUTE];
        const attempt = attempts.get(subject) ?? 0;
        attempts.set(subject, attempt + 1);
        return Math.min(most, first * factor ** attempt);
      });
      return Math.max(SECOND, Math.min(...delays));
    },
    asks: (waits) => waits,
  };
}

const paces: readonly (() => Pace)[] = [
  () => ({
    name: 'shares of the whole chain',
    next: (waits, now, chance) => nextDelay(waits, now, chance) ?? MINUTE,
    asks: dueWaits,
  }),
  counting,
  () => ({ name: 'every 60 s', next: () => MINUTE, asks: (waits) => waits }),
  () => ({ name: 'every 10 s', next: () => 10 * SECOND, asks: (waits) => waits }),
];

/** How late a service is ready because of the loop alone, in worlds in which AWS takes random times. */
export const lateness: Benchmark = {
  name: 'lateness',
  about: `how late the loop's looks are, beside AWS's own chain, in ${WORLDS} random worlds, for other paces too`,
  async measure() {
    const figures: Figure[] = [];
    for (const eventsArrive of [true, false]) {
      for (const make of paces) {
        const random = seededRandom();
        const runs = Array.from({ length: WORLDS }, () => play(randomWorld(random), make(), eventsArrive, random));
        const late = runs.map(({ late }) => late).sort((a, b) => a - b);
        const row = `${make().name}, events ${eventsArrive ? 'arrive' : 'lost'}`;
        const at = (share: number) => late[Math.min(WORLDS - 1, Math.floor(share * WORLDS))] ?? Number.NaN;
        figures.push(
          { row, column: 'p50', value: at(0.5) },
          { row, column: 'p95', value: at(0.95) },
          { row, column: 'worst', value: at(1) },
          { row, column: 'looks', value: runs.reduce((sum, { looks }) => sum + looks, 0) / WORLDS },
        );
      }
    }
    return [
      {
        title: 'Lateness as a share of AWS’s own chain, and looks until ready',
        rows: 'pace',
        figures,
        notes: [
          'Simulated with the wait rules of the product: the stages of a new service with one domain, each of random length.',
          ...STAGES.map(({ name, takes: [least, most], after, reported }) => {
            const follows = after.length === 0 ? '' : `, after ${after.join(' and ')}`;
            return `${name}: ${least / SECOND} to ${most / SECOND} s${follows}${reported ? ', with an event' : ''}`;
          }),
        ],
        goals: (
          [
            ['arrive', 0.03, 82],
            ['lost', 0.18, 93],
          ] as const
        ).flatMap(([events, late, looks]): readonly Goal[] => {
          const row = `${paces[0]?.().name}, events ${events}`;
          const value = (column: string) =>
            figures.find((figure) => figure.row === row && figure.column === column)?.value ?? Number.NaN;
          return [
            { what: `lateness, events ${events}: 95 % of the worlds`, most: late, value: value('p95') },
            { what: `looks, events ${events}`, most: looks, value: value('looks') },
          ];
        }),
      },
    ];
  },
};

/** Short times are as frequent as long ones: drawn on a logarithmic scale. */
function randomWorld(random: () => number): World {
  return new Map(STAGES.map(({ name, takes: [least, most] }) => [name, least * (most / least) ** random()]));
}

/** AWS alone: each stage begins the moment that what it follows is over. */
function chain(world: World): number {
  const ends = new Map<string, number>();
  for (const { name, after } of STAGES) {
    const begins = Math.max(0, ...after.map((one) => ends.get(one) ?? 0));
    ends.set(name, begins + (world.get(name) ?? 0));
  }
  return Math.max(...ends.values());
}

function play(
  world: World,
  pace: Pace,
  eventsArrive: boolean,
  random: () => number,
): { readonly late: number; readonly looks: number } {
  const seen = new Set<string>();
  const begun = new Map<string, number>();
  let waits: readonly OpenWait[] = [];
  let now = 0;
  let lastLook = 0;
  let looks = 0;
  const endOf = (name: string): number => (begun.get(name) ?? 0) + (world.get(name) ?? 0);
  const begin = () => {
    for (const { name, after, byItself } of STAGES)
      if (!begun.has(name) && after.every((one) => seen.has(one)))
        begun.set(name, byItself ? Math.max(...after.map(endOf)) : now);
    const open = STAGES.filter(({ name }) => begun.has(name) && !seen.has(name));
    waits = open.map(({ name, kind }) => ({
      ...{ kind, subject: name, condition: { check: 'nothing' }, expected: '', why: '' },
      since: begun.get(name) ?? now,
      chainSince: 0,
    }));
  };
  begin();
  while (waits.length > 0) {
    const reported = STAGES.filter(({ name, reported }) => reported && begun.has(name) && !seen.has(name));
    const event = eventsArrive ? Math.min(...reported.map(({ name }) => endOf(name))) : Number.POSITIVE_INFINITY;
    const delay = Math.ceil(pace.next(waits, now, random()) / SECOND) * SECOND;
    const isEvent = event <= now + delay;
    now = Math.max(now, Math.min(event, now + delay));
    looks++;
    // An event, and a wait that has ended, lead to a full observation.
    const asked = isEvent ? waits : pace.asks(waits, lastLook, now);
    if (isEvent || asked.some(({ subject }) => endOf(subject) <= now))
      for (const { subject } of waits) if (endOf(subject) <= now) seen.add(subject);
    lastLook = now;
    begin();
  }
  const alone = chain(world);
  return { late: (now - alone) / alone, looks };
}

/** At least 0, less than 1; every run has the same worlds. */
function seededRandom(): () => number {
  const chance = seededChance('lateness');
  return () => Number.parseInt(chance.hex(8), 16) / 2 ** 32;
}
