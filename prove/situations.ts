import { play } from '../test/scenarios/run.ts';
import type { Scenario, ScenarioWorld } from '../test/scenarios/scenario.ts';
import { scenarios } from '../test/scenarios/scenarios.ts';
import type { Effort, Family } from './family.ts';
import { promises } from './promises.ts';
import { shuffled } from './seeded.ts';

interface Situation {
  readonly name: string;
  readonly scenario: Scenario;
  readonly world: ScenarioWorld;
}

const all: readonly Situation[] = scenarios.flatMap((scenario) =>
  (scenario.worlds ?? [{}]).map((world, index) => ({ name: `${scenario.id}/${index}`, scenario, world })),
);

/** Every situation of docs/behaviour.md, as the tests play it; in an order of chance, so that a sample is of all chapters. */
export const situations: Family = {
  name: 'situations',
  about: promises.situations.about,
  weight: 3,
  *cases(_: Effort, seed: number) {
    const names = all.map(({ name }) => name);
    yield* shuffled(names, `situations ${seed}`);
  },
  async play(name) {
    const situation = all.find((one) => one.name === name);
    if (situation === undefined) throw new Error(`There is no situation ${name}: write scenario/number of its world.`);
    await play(situation.scenario, situation.world);
    return { disturbances: 0 };
  },
};
