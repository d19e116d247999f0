import { play } from '../test/scenarios/run.ts';
import type { Scenario, ScenarioWorld } from '../test/scenarios/scenario.ts';
import { scenarios } from '../test/scenarios/scenarios.ts';
import type { Effort, Family } from './family.ts';
import { promises } from './promises.ts';
import { shuffled } from './seeded.ts';
import order from './situation-order.json' with { type: 'json' };

interface Situation {
  readonly name: string;
  readonly scenario: Scenario;
  readonly world: ScenarioWorld;
}

const all: readonly Situation[] = scenarios.flatMap((scenario) =>
  (scenario.worlds ?? [{}]).map((world, index) => ({ name: `${scenario.id}/${index}`, scenario, world })),
);

/** Every situation of docs/behaviour.md, as the tests play it. A quick run begins with those that reach most (`order-situations.ts`). */
export const situations: Family = {
  name: 'situations',
  about: promises.situations.about,
  weight: 11,
  *cases(effort: Effort, seed: number) {
    const names = all.map(({ name }) => name);
    if (effort === 'full') return yield* shuffled(names, `situations ${seed}`);
    const known = order.filter((name) => names.includes(name));
    yield* new Set([...known, ...names]);
  },
  async play(name) {
    const situation = all.find((one) => one.name === name);
    if (situation === undefined) throw new Error(`There is no situation ${name}: write scenario/number of its world.`);
    await play(situation.scenario, situation.world);
    return { disturbances: 0 };
  },
};
