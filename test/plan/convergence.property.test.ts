import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Scope } from '../../shared/observe/observe.ts';
import type { Observed, ServiceState as SeenService } from '../../shared/plan/observed.ts';
import { soonestLook } from '../../shared/plan/wait.ts';
import { lookAndAct } from '../../shared/reconcile/converge.ts';
import { freshState, type ServiceState } from '../../shared/state/row.ts';
import { governed, rules, service } from '../fixtures.ts';
import { StandInObserver } from '../reconcile/stand-in-observer.ts';
import { type Setup, setups, World } from './world.ts';

class WorldObserver extends StandInObserver {
  readonly #world: World;
  constructor(world: World) {
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
  override async ask(): Promise<string> {
    return '';
  }
  override async world(_: SeenService, scope: Scope): Promise<Observed> {
    return this.#world.observe(scope);
  }
}

/** More passes in a row than any wait of this world needs, in which nothing was done. */
const IDLE = 60;
/** More than any of these worlds needs. */
const PASSES = 300;

/** One pass after the other until nothing is waited for, or nothing moves any more. */
async function converge(
  world: World,
  before: ServiceState,
): Promise<{ readonly state: ServiceState; readonly passes: number }> {
  const shop = {
    observer: new WorldObserver(world),
    govern: async () =>
      governed({ rules: rules({ onDetach: world.setup.restorePublic ? 'restore-public' : 'keep-private' }) }),
    killSwitch: async () => undefined,
    act: async (action: Parameters<World['act']>[0]) => world.act(action),
    intend: async (written: World['noted']) => {
      world.noted = written;
    },
  };
  let state = before;
  let idle = 0;
  for (let passes = 1; passes <= PASSES; passes++) {
    const { done } = world;
    state = await lookAndAct(service, state, shop);
    world.noted = state.written;
    idle = world.done === done ? idle + 1 : 0;
    const delay = soonestLook(state.waits, world.now);
    if (delay === undefined || idle > IDLE) return { state, passes };
    world.advance(delay);
  }
  return { state, passes: PASSES };
}

const ends = ['settled', 'settled-unverified', 'blocked'];

async function comeAndGo(setup: Setup): Promise<void> {
  const world = new World(setup);
  const came = await converge(world, freshState);
  expect(world.violations).toEqual([]);
  expect(came.passes).toBeLessThan(PASSES);
  // Either it is there, or a finding says what a person has to do.
  const stuck = came.state.findings.some(({ severity }) => severity !== 'info');
  expect(ends.includes(came.state.phase ?? '') || stuck).toBe(true);
  expect(world.missed).toEqual([]);

  // Nothing more is done when it is looked at again.
  const { done } = world;
  const again = await converge(world, came.state);
  expect([again.state.phase, world.done]).toEqual([came.state.phase, done]);

  world.tag = 'disabled';
  const gone = await converge(world, again.state);
  expect(world.violations).toEqual([]);
  expect(gone.passes).toBeLessThan(PASSES);
  expect(world.missed).toEqual([]);
  expect(gone.state.phase).toBe('detached');
  // A validation record stays as long as an association of somebody else's needs it.
  const left = world.ours.filter((one) => !world.stillNeeded.some((name) => one.includes(`CNAME ${name} `)));
  expect(left).toEqual([]);
  const restored = setup.restorePublic && setup.isPublic && setup.status !== 'CREATE_FAILED';
  if (restored) expect(world.isPublic).toBe(true);
}

describe('from any world', () => {
  it('private settles or says why not, gone leaves nothing behind, and nothing foreign is touched', async () => {
    await fc.assert(fc.asyncProperty(setups, comeAndGo), { numRuns: 300 });
  });
});
