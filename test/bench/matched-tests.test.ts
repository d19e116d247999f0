import { expect, it } from 'vitest';
import { matchTests } from '../../bench/matched-tests.ts';

const of = (names: Readonly<Record<string, number>>) =>
  Object.entries(names).map(([name, milliseconds]) => ({ name, milliseconds }));

it('takes tests for those that were there by their file, and by their name or most of its words', () => {
  const then = new Map([
    ['a.test.ts', of({ 'a zone is read once': 10, 'a name without a holder is free': 30, 'an old rule': 20 })],
    ['gone.test.ts', of({ 'what is gone': 40 })],
  ]);
  const now = new Map([
    ['moved/a.test.ts', of({ 'a name that has no holder is free': 3, 'a zone is read once': 1, fast: 2, slow: 14 })],
    ['new.test.ts', of({ 'what is gone': 20 })],
  ]);
  expect(matchTests(then, now, new Map([['a.test.ts', 'moved/a.test.ts']]))).toEqual({
    // "slow" stands for the old rule.
    count: 3,
    share: 18 / 40,
    gone: 2,
    goneShare: 60 / 100,
  });
});
