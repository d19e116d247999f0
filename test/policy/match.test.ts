import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesGlob, mismatch } from '../../shared/policy/match.ts';
import type { PolicyMatch, Subject } from '../../shared/policy/policy.ts';
import { subject } from './builders.ts';

describe('globs', () => {
  it.each([
    ['web', 'web', true],
    ['web', 'we', false],
    ['web', 'webs', false],
    ['web', 'Web', false],
    ['web', '*', true],
    ['', '*', true],
    ['', '?', false],
    ['', '', true],
    ['pay-api', 'pay-*', true],
    ['pay-', 'pay-*', true],
    ['prepay-api', 'pay-*', false],
    ['web-1', 'web-?', true],
    ['web-12', 'web-?', false],
    ['a.b', 'a?b', true],
    ['axb', 'a.b', false],
    ['[a]+', '[a]+', true],
    ['aXbXc', 'a*b*c', true],
    ['abcb', 'a*b', true],
    ['abcbd', 'a*b', false],
    ['größe', 'gr?ße', true],
    ['😀', '?', true],
  ])('%s against %s: %s', (text, glob, matches) => expect(matchesGlob(text, glob)).toBe(matches));

  it('match as the regular expression of the same meaning does', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 12 });
    const globs = fc.string({ unit: fc.constantFrom('a', 'b', '-', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(letters, globs, (text, glob) => {
        const pattern = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
        expect(matchesGlob(text, glob)).toBe(pattern.test(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('take no longer for a glob of many stars', () => {
    // A regular expression would take exponential time.
    expect(matchesGlob('a'.repeat(256), `${'*a'.repeat(40)}*b`)).toBe(false);
  });
});

describe('what a rule matches', () => {
  const payments = subject({ name: 'pay-api', units: ['ou-abcd-team0001', 'r-abcd'], tags: { stage: 'prod-1' } });
  it.each<[string, PolicyMatch, Partial<Subject>, string | undefined]>([
    ['nothing asked for', {}, {}, undefined],
    ['the account', { accounts: ['000000000001', '123456789012'] }, {}, undefined],
    ['another account', { accounts: ['000000000001'] }, {}, 'account 123456789012 is not 000000000001'],
    ['its unit', { units: ['ou-abcd-team0001'] }, {}, undefined],
    ['a unit further up', { units: ['ou-other-00000000', 'r-abcd'] }, {}, undefined],
    [
      'another unit',
      { units: ['ou-abcd-team0002'] },
      {},
      'account 123456789012 is in ou-abcd-team0001, r-abcd, not in ou-abcd-team0002',
    ],
    [
      'a unit, where none is known',
      { units: ['ou-abcd-team0001', 'r-abcd'] },
      { units: [] },
      'the units of account 123456789012 are not known; the rule needs one of ou-abcd-team0001, r-abcd',
    ],
    ['the region', { regions: ['ap-northeast-1'] }, {}, undefined],
    ['another region', { regions: ['eu-west-1'] }, {}, 'region ap-northeast-1 is not eu-west-1'],
    ['the name', { services: ['web', 'pay-*'] }, {}, undefined],
    ['another name', { services: ['web', 'Pay-*'] }, {}, 'the name pay-api does not match one of web, Pay-*'],
    ['a tag', { tags: { stage: 'prod-*' } }, {}, undefined],
    ['a tag of another value', { tags: { stage: 'test' } }, {}, 'the value of its tag "stage" does not match test'],
    ['a tag that is not there', { tags: { team: '*' } }, {}, 'it has no tag "team"'],
    ['a tag called as a part of every object', { tags: { constructor: '*' } }, {}, 'it has no tag "constructor"'],
    [
      'several, one of them wrong',
      { services: ['pay-*'], regions: ['eu-west-1'] },
      {},
      'region ap-northeast-1 is not eu-west-1',
    ],
    ['several, all right', { services: ['pay-*'], accounts: ['123456789012'], tags: { stage: '*' } }, {}, undefined],
  ])('%s', (_, match, change, why) => expect(mismatch(match, { ...payments, ...change })).toBe(why));
});
