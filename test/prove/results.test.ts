import { expect, it } from 'vitest';
import { type FamilyResult, withResults } from '../../prove/results.ts';

const run = (family: string, seed: number, only?: string): FamilyResult => ({
  ...{ family, seed, cases: 1, disturbances: 1, failed: [], seconds: 1 },
  ...(only === undefined ? {} : { only }),
});
const before = [run('crash', 1), run('crash', 1, 'deletion/'), run('crash', 1, '+'), run('faults', 1)];

it('puts a whole run in place of everything of its family', () => {
  expect(withResults(before, [run('crash', 2)], false)).toEqual([run('faults', 1), run('crash', 2)]);
});

it('puts a part in place of the same part', () => {
  expect(withResults(before, [run('crash', 2, '+')], false)).toEqual([
    ...[run('crash', 1), run('crash', 1, 'deletion/'), run('faults', 1), run('crash', 2, '+')],
  ]);
});

it('adds what another seed has shown', () => {
  expect(withResults(before, [run('crash', 2, '+')], true)).toEqual([...before, run('crash', 2, '+')]);
  expect(withResults(before, [run('crash', 2)], true)).toEqual([...before, run('crash', 2)]);
});

it('counts the same seed once', () => {
  expect(withResults(before, [run('crash', 1, '+')], true)).toHaveLength(before.length);
});
