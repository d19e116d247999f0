import { DAY, HOUR, MINUTE, SECOND } from '../shared/duration.ts';
import { ownershipName } from '../shared/records/names.ts';
import { claimOf } from '../shared/records/ownership.ts';
import type { RecordSet } from '../shared/records/record-set.ts';
import { addressRecord } from '../test/fixtures.ts';
import { type Conditions, type Fate, SimulatedWorld, Simulation } from '../test/reconcile/simulation.ts';
import type { Family, Played } from './family.ts';
import { promises } from './promises.ts';
import { type Draw, numbers } from './seeded.ts';

const QUICK = 75;
const FULL = 10_000;
/** Milliseconds after which Lambda ends a process. */
const TIMEOUT = 60 * SECOND;
/** Fewer than the receives after which a message is given up. */
const MAX_FAULTS = 3;
/** Milliseconds within which something happens. */
const HAPPENING = 10 * MINUTE;
const OTHER_SERVICE_ARN =
  'arn:aws:apprunner:ap-northeast-1:123456789012:service/other/fedcba9876543210fedcba9876543210';
/** Most of what happens happens within so many steps. */
const STEPS = 160;

/** The loop alone, over a zone: its processes overlap, and every call takes its own time. By turns: one installation, and two. */
export const disorder: Family = {
  name: 'disorder',
  about: promises.disorder.about,
  weight: 1,
  *cases(effort, seed) {
    const all = effort === 'quick' ? QUICK : FULL;
    for (let index = 0; index < all; index++) yield* [`history-${seed}-${index}`, `shared-${seed}-${index}`];
  },
  play: (name) => (name.startsWith('shared-') ? playTwo(numbers(name)) : playOne(numbers(name))),
};

function conditionsOf(draw: Draw): Conditions {
  const fates = new Map<number, Fate>();
  for (let slow = draw(40); slow > 0; slow--) fates.set(draw(STEPS), { kind: 'takes', milliseconds: draw(300) });
  for (let fault = draw(MAX_FAULTS + 1); fault > 0; fault--) fates.set(draw(STEPS), fateOf(draw));
  const duplicates = Array.from({ length: draw(20) }, () => draw(2) === 1);
  return { fates, duplicates, timeout: TIMEOUT };
}

const disturbancesOf = ({ fates, duplicates }: Conditions): number => fates.size + duplicates.filter(Boolean).length;

/** One installation and one name, of which an event reports every change. */
async function playOne(draw: Draw): Promise<Played> {
  const conditions = conditionsOf(draw);
  const simulation = new Simulation(conditions);
  const happenings = 1 + draw(8);
  for (let index = 0; index < happenings; index++) {
    const at = momentOf(draw);
    const isRenamed = draw(2) === 1;
    const outOfDns = draw(2) === 0 ? 0 : draw(3 * MINUTE);
    simulation.eventAt(at, () => {
      if (isRenamed) simulation.version++;
      simulation.namedAt = Math.max(simulation.namedAt, simulation.clock.now() + outOfDns);
    });
  }
  await simulation.advance(HAPPENING + 4 * HOUR);
  refuse([
    ...whatIsBroken(simulation),
    ...wrong('published', simulation.published, [simulation.wanted]),
    ...wrong('phase', simulation.row?.phase, 'ready'),
    ...wrong('token', simulation.row?.token, undefined),
    ...wrong('messages left', simulation.messages.length, 0),
  ]);
  return { disturbances: disturbancesOf(conditions) };
}

/** Names that both installations may be asked for. */
const NAMES = ['a.example.com', 'b.example.com', 'c.example.com'];
/** Where a record of a person leads. */
const FOREIGN = '192.0.2.7';

/** Two installations and a person in one zone. Events are lost and late, so it is sweeps that bring everything to its end. */
async function playTwo(draw: Draw): Promise<Played> {
  const world = new SimulatedWorld();
  const conditions = [conditionsOf(draw), conditionsOf(draw)] as const;
  const both = [
    new Simulation(conditions[0], { world }),
    new Simulation(conditions[1], { world, name: 'other', serviceArn: OTHER_SERVICE_ARN }),
  ] as const;
  let happened = 0;
  const happen = (at: number, change: () => void) => {
    happened++;
    world.clock.schedule(at, change);
  };
  for (const simulation of both) {
    simulation.names = [];
    for (let changes = 1 + draw(5); changes > 0; changes--) {
      const names = NAMES.filter(() => draw(2) === 0);
      const at = momentOf(draw);
      happen(at, () => {
        simulation.names = names;
      });
      // Lost, late, or at once.
      const late = draw(6) === 0 ? undefined : draw(3) === 0 ? draw(2 * MINUTE) : 0;
      if (late !== undefined) simulation.eventAt(at + late, () => {});
    }
  }
  const foreign = new Set<string>();
  const broken: string[] = [];
  const done = new Set<string>();
  for (let acts = draw(5); acts > 0; acts--) {
    const name = NAMES[draw(NAMES.length)] ?? '';
    const act = (['alias', 'ownership', 'stranger'] as const)[draw(3)] ?? 'alias';
    // What is undone again and again is contested.
    if (done.has(`${act} ${name}`)) continue;
    done.add(`${act} ${name}`);
    happen(momentOf(draw), () => {
      if (act === 'ownership') world.remove(ownershipName(name), 'TXT');
      else if (act === 'alias' && !foreign.has(name)) world.remove(name, 'A');
      else if (act === 'stranger' && world.at(name, 'A') === undefined) {
        foreign.add(name);
        world.put(addressRecord(name, FOREIGN));
      }
    });
  }
  await world.clock.advance(HAPPENING + 2 * MINUTE);
  for (const name of foreign) {
    if (!isForeign(world.at(name, 'A'))) broken.push(`the record of a person at ${name} is gone`);
    world.remove(name, 'A');
  }
  const sweep = async (time: number) => {
    await world.clock.advance(time);
    for (const simulation of both) simulation.event(() => {});
  };
  for (let sweeps = 0; sweeps < 2; sweeps++) await sweep(15 * MINUTE);
  await world.clock.advance(HOUR);
  // Who released a name late leaves it to the other one, who sees it at the next sweep; what is contested is so for a day.
  for (const time of both.some(isContested) ? [DAY, HOUR] : [HOUR]) await sweep(time);
  await world.clock.advance(HOUR);
  refuse([...broken, ...both.flatMap(whatIsBroken), ...NAMES.flatMap((name) => whatIsWrongAt(world, name, both))]);
  return { disturbances: happened + conditions.map(disturbancesOf).reduce((a, b) => a + b) };
}

const isForeign = (record: RecordSet | undefined): boolean =>
  record?.content.kind === 'values' && record.content.values.includes(FOREIGN);

const isContested = ({ row }: Simulation): boolean => row?.findings.some(({ code }) => code === 'contested') ?? false;

/** A name is published by one who wants it, whole; or wanted by none, and gone. */
function whatIsWrongAt(world: SimulatedWorld, name: string, [first, second]: readonly [Simulation, Simulation]) {
  const [alias, txt] = [world.at(name, 'A'), world.at(ownershipName(name), 'TXT')];
  const wanting = [first, second].filter(({ names }) => names?.includes(name));
  const owner = txt && claimOf(txt)?.installation;
  const holder = owner === undefined ? undefined : owner === 'other' ? second : first;
  if (wanting.length === 0) return wrong(`left at ${name}`, [alias, txt].filter(Boolean).length, 0);
  if (alias === undefined || holder === undefined || !wanting.includes(holder))
    return [
      `${name} is wanted by ${wanting.length}, and is held by ${owner ?? 'none'}, ${alias?.type ?? 'without alias'}`,
    ];
  const codes = (one: Simulation) => one.row?.findings.map(({ code }) => code) ?? [];
  const { content } = alias;
  if (content.kind !== 'alias' || content.target !== holder.endpointName)
    return [`${name} is held by ${owner}, and leads to ${JSON.stringify(content)}`];
  return wanting.flatMap((one) =>
    one === holder || codes(one).includes('record-foreign')
      ? []
      : [`${name} is held by ${owner}, and no finding says so`],
  );
}

const whatIsBroken = (simulation: Simulation): readonly string[] => [
  ...simulation.violations,
  ...simulation.dead.map((message) => `given up: ${JSON.stringify(message)}`),
  ...wrong('generation seen', simulation.row?.seenGeneration, simulation.row?.generation),
];

/** Milliseconds. */
const momentOf = (draw: Draw): number => (draw(2) === 0 ? draw(10 * SECOND) : draw(HAPPENING));

function refuse(broken: readonly string[]): void {
  if (broken.length > 0) throw new Error(broken.join('\n'));
}

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
