import {
  type CallDisturbance,
  callDisturbances,
  canDisturb,
  canDisturbAnswer,
  type Disturbance,
  type DnsDisturbance,
  deaths,
  dnsDisturbances,
  refusals,
  troubles,
} from './disturbance.ts';
import type { Effort, Family, Played } from './family.ts';
import { type Plan, type PlayedStory, playStory, undisturbedStory } from './play-story.ts';
import { promises } from './promises.ts';
import { numbers, shuffled } from './seeded.ts';
import { stories, storyNamed } from './stories.ts';

/** Cases of a quick run. */
const QUICK = 60;
/** Pairs of a full run, over all stories. Of one in six only one is met: the second is a call that is not made. */
const PAIRS = 6_100;
/** Cases with many disturbances in a full run, over all stories. */
const MIXED = 1_000;

/** A call of the reconcile function by its number, `17`, or a question to DNS, `dns3`, and what happens at it. */
type Point = readonly [at: string, what: Disturbance];

/** `attach/17:dies-before+dns3:servfail`: a story, and what happens at which of its calls and questions. */
const nameOf = (story: string, points: readonly Point[]): string =>
  `${story}/${points.map(([at, what]) => `${at}:${what}`).join('+')}`;

function planOf(name: string): { readonly story: string; readonly plan: Plan } {
  const [story = '', points = ''] = name.split('/');
  const calls = new Map<number, CallDisturbance>();
  const questions = new Map<number, DnsDisturbance>();
  for (const point of points.split('+')) {
    const [, dns, at, wanted] = /^(dns)?(\d+):(.+)$/.exec(point) ?? [];
    const call = callDisturbances.find((one) => dns === undefined && one === wanted);
    const question = dnsDisturbances.find((one) => dns !== undefined && one === wanted);
    if (call !== undefined) calls.set(Number(at), call);
    else if (question !== undefined) questions.set(Number(at), question);
    else
      throw new Error(
        `${name} is not a case: write story/call:disturbance, with one of ${callDisturbances.join(', ')}, or story/dns0:disturbance, with one of ${dnsDisturbances.join(', ')}.`,
      );
  }
  return { story, plan: { calls, questions } };
}

const isOfDns = (kind: Disturbance): kind is DnsDisturbance => dnsDisturbances.some((one) => one === kind);

/**
 * What may happen at each call and at each question of a story.
 * @param more calls that there are besides, because what is disturbed is done again.
 */
function pointsOf(
  kinds: readonly Disturbance[],
  { calls, questions }: PlayedStory,
  more = 0,
): readonly (readonly Point[])[] {
  const any = Array.from({ length: more }, () => undefined);
  const ofCalls = [...calls, ...any].map((call, index) =>
    kinds
      .filter((kind) => !isOfDns(kind) && (call === undefined || canDisturb(kind, call)))
      .map((kind): Point => [`${index}`, kind]),
  );
  const ofQuestions = questions.map((question, index) =>
    kinds
      .filter((kind) => isOfDns(kind) && canDisturbAnswer(kind, question))
      .map((kind): Point => [`dns${index}`, kind]),
  );
  return [...ofCalls, ...ofQuestions].filter((points) => points.length > 0);
}

/** Every call and every question of every story, each kind once; in an order of chance, so that a part of it is of all stories. */
async function* singles(kinds: readonly Disturbance[], seed: number): AsyncIterable<string> {
  const all: string[] = [];
  for (const { name } of stories) {
    const points = pointsOf(kinds, await undisturbedStory(name)).flat();
    all.push(...points.map((point) => nameOf(name, [point])));
  }
  yield* shuffled(all, `${kinds.join()} ${seed}`);
}

/** Random cases with that many disturbances each. */
async function* drawn(kinds: readonly Disturbance[], many: number, count: number, seed: number): AsyncIterable<string> {
  const next = numbers(`${kinds.join()} ${seed}`);
  for (let index = 0; index < count; index++) {
    const story = stories[index % stories.length];
    if (story === undefined) return;
    const played = await undisturbedStory(story.name);
    const all = pointsOf(kinds, played, many === 1 ? 0 : Math.ceil(played.calls.length / 5));
    const points = Array.from({ length: many }, () => {
      const possible = all[next(all.length)] ?? [];
      return possible[next(possible.length)];
    });
    yield nameOf(
      story.name,
      points.filter((point) => point !== undefined),
    );
  }
}

async function play(name: string): Promise<Played> {
  const { story, plan } = planOf(name);
  const expected = await undisturbedStory(story);
  const { end, met } = await playStory(storyNamed(story), plan);
  if (end !== expected.end) throw new Error(`${met.join(', ')}: the end differs.\n${difference(expected.end, end)}`);
  return { disturbances: met.length, met };
}

/** The lines that only one of two texts has. */
function difference(wanted: string, seen: string): string {
  const [before, after] = [wanted.split('\n'), seen.split('\n')];
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
  ].join('\n');
}

export const crash: Family = {
  name: 'crash',
  about: promises.crash.about,
  weight: 1,
  async *cases(effort: Effort, seed: number) {
    if (effort === 'quick') yield* drawn(deaths, 1, QUICK, seed);
    else {
      yield* singles(deaths, seed);
      yield* drawn(deaths, 2, PAIRS, seed);
    }
  },
  play,
};

const faults = [...refusals, ...troubles, ...dnsDisturbances] as const;

export const faultAnywhere: Family = {
  name: 'faults',
  about: promises.faults.about,
  weight: 1,
  async *cases(effort: Effort, seed: number) {
    if (effort === 'quick') yield* drawn(faults, 1, QUICK, seed);
    else {
      yield* singles(faults, seed);
      yield* drawn([...faults, ...deaths], 6, MIXED, seed);
    }
  },
  play,
};
