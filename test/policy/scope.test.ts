import { describe, expect, it } from 'vitest';
import type { PolicyAccounts } from '../../shared/policy/policy.ts';
import { tagsUsed, usesUnits, whyOutOfScope } from '../../shared/policy/scope.ts';
import { policy, rule } from './builders.ts';

const here = { account: '123456789012', region: 'ap-northeast-1' };
const organization = (change: Partial<PolicyAccounts & { kind: 'organization' }> = {}): PolicyAccounts => ({
  kind: 'organization',
  units: [],
  except: [],
  ...change,
});

describe('whether an account and region are in scope', () => {
  it.each<[string, PolicyAccounts, readonly string[] | undefined, string | undefined]>([
    ['listed', { kind: 'listed', ids: ['123456789012'] }, undefined, undefined],
    ['not listed', { kind: 'listed', ids: ['000000000001'] }, ['r-abcd'], 'account 123456789012 is not in scope'],
    ['the whole organisation', organization(), [], undefined],
    [
      'excepted',
      organization({ except: ['123456789012'] }),
      ['r-abcd'],
      'account 123456789012 is excluded by the policy',
    ],
    ['in a unit', organization({ units: ['ou-abcd-00000001'] }), ['ou-abcd-00000001', 'r-abcd'], undefined],
    [
      'in another unit',
      organization({ units: ['ou-abcd-00000001'] }),
      ['ou-abcd-00000002', 'r-abcd'],
      'account 123456789012 is in no unit in scope',
    ],
    [
      'in one of the units',
      organization({ units: ['ou-abcd-00000002', 'ou-abcd-00000001'] }),
      ['ou-abcd-00000001', 'r-abcd'],
      undefined,
    ],
    ['in units that are not known', organization({ units: ['ou-abcd-00000001'] }), undefined, undefined],
  ])('%s', (_, accounts, units, why) => expect(whyOutOfScope(policy({ accounts }), here, units)).toBe(why));

  it('not in another region', () => {
    expect(whyOutOfScope(policy(), { ...here, region: 'eu-west-1' }, undefined)).toBe(
      'region eu-west-1 is not in scope (ap-northeast-1)',
    );
  });

  it('reads the tags of the product and those that rules and exceptions match by, and no others', () => {
    const matching = policy({
      rules: [rule({ match: { tags: { stage: 'prod' } } })],
      exceptions: [{ match: { tags: { team: '*' } }, reason: 'moving', until: '2026-01-01' }],
    });
    const own = { 'private-ingress': 'enabled', 'private-ingress:domains': 'a.example.com' };
    expect(tagsUsed(matching, { ...own, stage: 'x', team: 'y', secret: 'z', 'my-private-ingress': 'z' })).toEqual({
      ...own,
      stage: 'x',
      team: 'y',
    });
  });

  it('asks for units only if a rule or exception does', () => {
    const match = { units: ['r-abcd'] };
    expect(usesUnits(policy({ rules: [rule()] }))).toBe(false);
    expect(usesUnits(policy({ rules: [rule({ match })] }))).toBe(true);
    expect(usesUnits(policy({ exceptions: [{ match, reason: 'moving', until: '2026-01-01' }] }))).toBe(true);
  });
});
