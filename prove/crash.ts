import { type Disturbance, deaths, disturbances, faults } from './disturbance.ts';
import type { Effort, Family, Played } from './family.ts';
import { playStory, undisturbedStory } from './play-story.ts';
import { promises } from './promises.ts';
import { numbers, shuffled } from './seeded.ts';
import { stories, storyNamed } from './stories.ts';

/** Cases of a quick run. */
const QUICK = 60;
/** Pairs of a full run, over all stories. Of one in six only one is met: the second is a call that is not made. */
const PAIRS = 6_100;
/** Cases with many disturbances in a full run, over all stories. */
const MIXED = 1_000;

/** `attach/17:dies-before+40:reply-lost`: a story, and what happens at which of its calls. */
function nameOf(story: string, plan: readonly (readonly [number, Disturbance])[]): string {
  return `${story}/${plan.map(([call, what]) => `${call}:${what}`).join('+')}`;
}

function planOf(name: string): { readonly story: string; readonly plan: ReadonlyMap<number, Disturbance> } {
  const [story = '', points = ''] = name.split('/');
  const plan = points.split('+').map((point): [number, Disturbance] => {
    const [call = '', wanted] = point.split(':');
    const what = disturbances.find((one) => one === wanted);
    if (!/^\d+$/.test(call) || what === undefined)
      throw new Error(`${name} is not a case: write story/call:disturbance, with one of ${disturbances.join(', ')}.`);
    return [Number(call), what];
  });
  return { story, plan: new Map(plan) };
}

/** Every call of every story, each kind once; in an order of chance, so that a part of it is of all stories. */
async function* singles(kinds: readonly Disturbance[], seed: number): AsyncIterable<string> {
  const all: string[] = [];
  for (const { name } of stories) {
    const { calls } = await undisturbedStory(name);
    for (let call = 0; call < calls; call++) for (const kind of kinds) all.push(nameOf(name, [[call, kind]]));
  }
  yield* shuffled(all, `${kinds.join()} ${seed}`);
}

/** Random cases with that many disturbances each. */
async function* drawn(kinds: readonly Disturbance[], many: number, count: number, seed: number): AsyncIterable<string> {
  const next = numbers(`${kinds.join()} ${seed}`);
  for (let index = 0; index < count; index++) {
    const story = stories[index % stories.length];
    if (story === undefined) return;
    const { calls } = await undisturbedStory(story.name);
    // What is disturbed is done again, so there are more calls than without.
    const plan = Array.from({ length: many }, (): [number, Disturbance] => [
      next(Math.ceil(calls * 1.2)),
      kinds[next(kinds.length)] ?? 'timeout',
    ]);
    yield nameOf(
      story.name,
      plan.sort(([a], [b]) => a - b),
    );
  }
}

async function play(name: string): Promise<Played> {
  const { story, plan } = planOf(name);
  const expected = await undisturbedStory(story);
  const { end, met } = await playStory(storyNamed(story), plan);
  if (end !== expected.end) throw new Error(`${met.join(', ')}: the end differs.\n${difference(expected.end, end)}`);
  return { disturbances: met.length };
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
