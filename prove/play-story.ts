import { StartDeploymentCommand } from '@aws-sdk/client-apprunner';
import type { DnsQuestion } from 'apprunner-embedded-cloud/in-process-resolver';
import { errorMessage } from '../shared/errors.ts';
import { Installation } from '../test/installation/installation.ts';
import { givens, takeAll } from '../test/scenarios/run.ts';
import { Stage } from '../test/scenarios/stage.ts';
import { DOMAIN } from '../test/scenarios/vocabulary.ts';
import {
  type CallDisturbance,
  type DisturbableCall,
  Disturber,
  type DnsDisturbance,
  LONGEST_LAG,
} from './disturbance.ts';
import { endState } from './end-state.ts';
import { watchReady } from './ready.ts';
import { OTHER, type Story, storyNamed } from './stories.ts';

/** What happens at which call of the reconcile function, and at which question to DNS. */
export interface Plan {
  readonly calls: ReadonlyMap<number, CallDisturbance>;
  readonly questions: ReadonlyMap<number, DnsDisturbance>;
}

const undisturbed: Plan = { calls: new Map(), questions: new Map() };

export interface PlayedStory {
  /** Calls of the reconcile function while the story happened. */
  readonly calls: readonly DisturbableCall[];
  /** Questions to DNS meanwhile. */
  readonly questions: readonly DnsQuestion[];
  /** What is left, and how often the stack has changed whether the service is public: each time it deploys and cuts. */
  readonly end: string;
  /** What was disturbed, for people. */
  readonly met: readonly string[];
}

/** Virtual time in which everything comes to rest after the story, in milliseconds. */
const REST = 30 * 60_000;

/** @throws Error that names the step of the story that failed. */
export async function playStory(
  { parameters, switches, given, before = [], happens, ends }: Story,
  plan = undisturbed,
): Promise<PlayedStory> {
  const disturber = new Disturber({
    functions: ['reconcile'],
    decide: (call) => plan.calls.get(call),
    decideDns: (question) => plan.questions.get(question),
  });
  const world = await Installation.start({
    ...(parameters === undefined ? {} : { parameters }),
    ...(switches === undefined ? {} : { switches }),
    readLag: LONGEST_LAG,
    disturb: disturber,
  });
  try {
    world.cloud.gateway.intercept((call) => disturber.refuse(call));
    let cuts = 0;
    world.cloud.gateway.observe(({ operation, context, outcome }) => {
      if (operation === 'UpdateService' && context.principal.kind === 'role' && outcome.ok) cuts++;
    });
    const stage = new Stage(world);
    await takeAll(stage, 'given', givens[given]);
    await takeAll(stage, 'before, step', before);
    const falselyReady = await watchReady(stage);
    disturber.begin({
      clock: world.clock,
      deploy: () => startDeployment(stage),
      askedByOthers: [DOMAIN, OTHER].flatMap((name) => {
        const question = { view: { kind: 'vpc', vpcId: world.network.vpcId }, name, type: 'A' } as const;
        const values = world.dig(name);
        return values.length === 0 ? [] : [{ question, values }];
      }),
    });
    try {
      await takeAll(stage, 'step', happens);
      // Every disturbance has had its call before the end is looked at.
      await world.quiet(REST);
      disturber.end();
      await takeAll(stage, 'in the end, step', ends);
      if (falselyReady.length > 0) throw new Error(falselyReady.join('\n'));
    } catch (error) {
      throw new Error(`${disturber.met.join(', ') || 'undisturbed'}: ${errorMessage(error)}`);
    }
    const { calls, questions, met } = disturber;
    return { calls, questions, end: `${await endState(stage)}\n"cuts": ${cuts}`, met };
  } finally {
    await world.stop();
  }
}

/** Of the first service. @returns whether App Runner lets it begin */
async function startDeployment(stage: Stage): Promise<boolean> {
  try {
    await stage.world.appRunner.send(new StartDeploymentCommand({ ServiceArn: stage.service() }));
    return true;
  } catch {
    return false;
  }
}

const known = new Map<string, Promise<PlayedStory>>();

/** Each story as it goes without disturbance. */
export function undisturbedStory(name: string): Promise<PlayedStory> {
  const played = known.get(name) ?? playStory(storyNamed(name));
  known.set(name, played);
  return played;
}
