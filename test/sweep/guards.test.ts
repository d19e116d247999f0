import { expect, test } from 'vitest';
import type { PolicyLimits } from '../../shared/policy/policy.ts';
import { overLimits } from '../../shared/sweep/guards.ts';

const limits = (changes: PolicyLimits['changes'], detaches: PolicyLimits['detaches'] = {}): PolicyLimits => ({
  changes,
  detaches,
});
const counts = { changes: 10, detaches: 2, managed: 100 };

test.each([
  ['no limit', counts, limits({}), []],
  ['just as many as allowed', counts, limits({ count: 10 }), []],
  ['one more', counts, limits({ count: 9 }), ['10 services would be changed, and the limit is 9']],
  ['one too many', { ...counts, changes: 1 }, limits({ count: 0 }), ['1 service would be changed, and the limit is 0']],
  ['just the share allowed', counts, limits({ share: 0.1 }), []],
  [
    'more than the share',
    counts,
    limits({ share: 0.09 }),
    ['10 of 100 services would be changed (10 %), and the limit is 9 %'],
  ],
  ['none allowed, none wanted', { ...counts, changes: 0 }, limits({ count: 0 }), []],
  ['a share of nothing', { changes: 0, detaches: 0, managed: 0 }, limits({ share: 0.5 }), []],
  ['a share of nothing, and something wanted', { changes: 1, detaches: 0, managed: 0 }, limits({ share: 0.5 }), []],
  [
    'both, of both kinds',
    counts,
    limits({ count: 1, share: 0.015 }, { count: 1 }),
    [
      '10 services would be changed, and the limit is 1',
      '10 of 100 services would be changed (10 %), and the limit is 1.5 %',
      '2 services would be detached or leave management, and the limit is 1',
    ],
  ],
  [
    'services detached, where changes are not limited',
    counts,
    limits({}, { share: 0.01 }),
    ['2 of 100 services would be detached or leave management (2 %), and the limit is 1 %'],
  ],
])('%s', (_, wanted, allowed, expected) => {
  expect(overLimits(wanted, allowed)).toEqual(expected);
});
