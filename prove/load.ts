import type { Benchmark, Scale } from '../bench/figures.ts';
import { fleetSweep } from '../bench/fleet-sweep.ts';
import { rollOut } from '../bench/roll-out.ts';
import type { Effort, Family } from './family.ts';
import { promises } from './promises.ts';

const benchmarks: readonly Benchmark[] = [rollOut, fleetSweep];
const scales: readonly Scale[] = ['usual', 'large'];

/** Goals of the benchmarks that are promises; the others are about time and calls (docs/performance.md). */
const PROMISED = /longest time private|could not be compared|memory of a function|largest row/;

/** Fleets under the rate limits of AWS, as `npm run bench` measures them. */
export const load: Family = {
  name: 'load',
  about: promises.load.about,
  weight: 1,
  *cases(effort: Effort) {
    if (effort === 'full') for (const scale of scales) for (const { name } of benchmarks) yield `${name}/${scale}`;
  },
  async play(name) {
    const [wanted, size] = name.split('/');
    const benchmark = benchmarks.find((one) => one.name === wanted);
    const scale = scales.find((one) => one === size);
    if (benchmark === undefined || scale === undefined)
      throw new Error(
        `There is no load ${name}; write ${benchmarks.map((one) => one.name).join(' or ')}/usual or /large.`,
      );
    const goals = (await benchmark.measure(scale)).flatMap((table) => table.goals ?? []);
    const missed = goals.filter(({ what, value, most }) => PROMISED.test(what) && !(value <= most));
    if (missed.length > 0)
      throw new Error(missed.map(({ what, value, most }) => `${what}: ${value}, not at most ${most}`).join('\n'));
    return { disturbances: 0 };
  },
};
