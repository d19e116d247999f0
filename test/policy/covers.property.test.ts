import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covers } from '../../shared/policy/covers.ts';
import { matchesGlob } from '../../shared/policy/match.ts';
import type { PolicyMatch } from '../../shared/policy/policy.ts';

const glob = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 5 });
const name = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 });

describe('one match covers another', () => {
  it('only if whatever the narrow pattern matches, the wide one does', () => {
    fc.assert(
      fc.property(glob, glob, fc.array(name, { minLength: 20, maxLength: 40 }), (wide, narrow, names) => {
        fc.pre(covers({ services: [wide] }, { services: [narrow] }));
        for (const text of names) if (matchesGlob(text, narrow)) expect(matchesGlob(text, wide)).toBe(true);
      }),
      { numRuns: 5000, maxSkipsPerRun: 1000 },
    );
  });

  it.each<[PolicyMatch, PolicyMatch, boolean]>([
    [{}, {}, true],
    [{}, { accounts: ['1'] }, true],
    [{ accounts: ['1', '2'] }, { accounts: ['2'] }, true],
    [{ accounts: ['1'] }, { accounts: ['1', '2'] }, false],
    [{ accounts: ['1'] }, {}, false],
    [{ units: ['r-abcd'] }, { units: ['ou-abcd-12345678'] }, false],
    [{ services: ['*'] }, {}, true],
    [{ services: ['a*'] }, {}, false],
    [{ services: ['a*', 'b*'] }, { services: ['ab', 'bb*'] }, true],
    [{ services: ['a?'] }, { services: ['a*'] }, false],
    [{ services: ['?*'] }, { services: ['*?'] }, true],
    [{ tags: { stage: 'prod*' } }, { tags: { stage: 'prod-1', team: 'x' } }, true],
    [{ tags: { stage: 'prod*' } }, { tags: { team: 'x' } }, false],
    [{ tags: { constructor: '*' } }, { tags: { team: 'x' } }, false],
    [{ regions: ['a'], services: ['x*'] }, { regions: ['a'], services: ['xy'] }, true],
    [{ regions: ['a'], services: ['x*'] }, { regions: ['b'], services: ['xy'] }, false],
  ])('%j, %j: %s', (wide, narrow, expected) => expect(covers(wide, narrow)).toBe(expected));
});
