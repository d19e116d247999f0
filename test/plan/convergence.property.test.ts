import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ObservationScope } from '../../shared/observe/observe.ts';
import type { Observed, ObservedService as SeenService } from '../../shared/plan/observed.ts';
import { nextDelay } from '../../shared/plan/wait.ts';
import { converge } from '../../shared/reconcile/converge.ts';
import { initialState, type ServiceState } from '../../shared/state/row.ts';
import { effectivePolicy, rules, SERVICE_ARN, service } from '../fixtures.ts';
import { StandInObserver } from '../reconcile/stand-in-observer.ts';
import { PlanWorld, type Setup, setups } from './world.ts';

class WorldObserver extends StandInObserver {
  readonly #world: PlanWorld;
  constructor(world: PlanWorld) {
    super();
    this.#world = world;
  }
  override now(): number {
    return this.#world.now;
  }
  override async service(): Promise<SeenService> {
    return this.#world.service();
  }
  override async tagsFingerprint(): Promise<string> {
    return '';
  }
  override async check(): Promise<string> {
    return '';
  }
  override async world(_: SeenService, scope: ObservationScope): Promise<Observed> {
    return this.#world.observe(scope);
  }
}

/** More passes in a row than any wait of this world needs, in which nothing was done. */
const IDLE = 80;
/** More than any of these worlds needs. */
const MAX_ROUNDS = 300;

/** One reconciliation after the other until no wait is left, or nothing changes any more. */
async function untilStable(
  world: PlanWorld,
  before: ServiceState,
): Promise<{ readonly state: ServiceState; readonly rounds: number }> {
  const dependencies = {
    observer: new WorldObserver(world),
    evaluatePolicy: async () =>
      effectivePolicy({ rules: rules({ onDetach: world.setup.restorePublic ? 'restore-public' : 'keep-private' }) }),
    killSwitch: async () => undefined,
    execute: async (action: Parameters<PlanWorld['execute']>[0]) => world.execute(action),
    writeAhead: async (ledger: PlanWorld['noted']) => {
      world.noted = ledger;
    },
    needValidation: async () => false,
    claimNames: async (names: readonly string[]) => names.map(() => SERVICE_ARN),
  };
  let state = before;
  let idle = 0;
  for (let rounds = 1; rounds <= MAX_ROUNDS; rounds++) {
    const { done } = world;
    state = await converge(service, state, dependencies);
    world.noted = state.ledger;
    idle = world.done === done ? idle + 1 : 0;
    const delay = nextDelay(state.waits, world.now, 0.5);
    if (delay === undefined || idle > IDLE) return { state, rounds };
    world.advance(delay);
  }
  return { state, rounds: MAX_ROUNDS };
}

const ends = ['ready', 'ready-unverified', 'blocked'];

async function comeAndGo(setup: Setup): Promise<void> {
  const world = new PlanWorld(setup);
  const came = await untilStable(world, initialState);
  expect(world.violations).toEqual([]);
  expect(came.rounds).toBeLessThan(MAX_ROUNDS);
  // Either it is there, or a finding says what a person has to do.
  const stuck = came.state.findings.some(({ severity }) => severity !== 'info');
  expect(ends.includes(came.state.phase ?? '') || stuck).toBe(true);
  expect(world.missed).toEqual([]);
  // A live service that cannot be attached is public again.
  const { isLive, isPublic, deniesConnection, connection } = setup;
  if (isLive && isPublic && deniesConnection && connection === 'none') expect(world.isPublic).toBe(true);

  // Another reconciliation does nothing.
  const { done } = world;
  const again = await untilStable(world, came.state);
  expect([again.state.phase, world.done]).toEqual([came.state.phase, done]);

  world.tag = 'disabled';
  const detached = await untilStable(world, again.state);
  expect(world.violations).toEqual([]);
  expect(detached.rounds).toBeLessThan(MAX_ROUNDS);
  expect(world.missed).toEqual([]);
  expect(detached.state.phase).toBe('detached');
  // A validation record stays as long as a foreign association needs it.
  const left = world.ours.filter((one) => !world.stillNeeded.some((name) => one.includes(`CNAME ${name} `)));
  expect(left).toEqual([]);
  const restored = setup.restorePublic && setup.isPublic && setup.status !== 'CREATE_FAILED';
  if (restored) expect(world.isPublic).toBe(true);
}

describe('from any world', () => {
  it('private becomes ready or says why not, gone leaves nothing behind, and nothing foreign is touched', async () => {
    await fc.assert(fc.asyncProperty(setups, comeAndGo), { numRuns: 300 });
  });
});
