import { errorMessage } from '../shared/errors.ts';
import { Installation } from '../test/installation/installation.ts';
import { givens, takeAll } from '../test/scenarios/run.ts';
import { Stage } from '../test/scenarios/stage.ts';
import { type Disturbance, Disturber } from './disturbance.ts';
import { endState } from './end-state.ts';
import { type Story, storyNamed } from './stories.ts';

export interface PlayedStory {
  /** Calls of the reconcile function while the story happened. */
  readonly calls: number;
  readonly end: string;
  /** What was disturbed, for people. */
  readonly met: readonly string[];
}

/** Virtual time in which everything comes to rest after the story, in milliseconds. */
const REST = 30 * 60_000;

/** @throws Error that names the step of the story that failed. */
export async function playStory(
  { parameters, switches, given, before = [], happens, ends }: Story,
  plan: ReadonlyMap<number, Disturbance> = new Map(),
): Promise<PlayedStory> {
  const disturber = new Disturber({ functions: ['reconcile'], decide: (call) => plan.get(call) });
  const world = await Installation.start({
    ...(parameters === undefined ? {} : { parameters }),
    ...(switches === undefined ? {} : { switches }),
    disturb: disturber,
  });
  try {
    world.cloud.gateway.intercept((call) => disturber.refuse(call));
    const stage = new Stage(world);
    await takeAll(stage, 'given', givens[given]);
    await takeAll(stage, 'before, step', before);
    disturber.begin();
    try {
      await takeAll(stage, 'step', happens);
      // Every disturbance has had its call before the end is looked at.
      await world.quiet(REST);
      disturber.end();
      await takeAll(stage, 'in the end, step', ends);
    } catch (error) {
      throw new Error(`${disturber.met.join(', ') || 'undisturbed'}: ${errorMessage(error)}`);
    }
    return { calls: disturber.calls, end: await endState(stage), met: disturber.met };
  } finally {
    await world.stop();
  }
}

const undisturbed = new Map<string, Promise<PlayedStory>>();

/** Each story as it goes without disturbance. */
export function undisturbedStory(name: string): Promise<PlayedStory> {
  const known = undisturbed.get(name) ?? playStory(storyNamed(name));
  undisturbed.set(name, known);
  return known;
}
