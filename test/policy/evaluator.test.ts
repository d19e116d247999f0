import { describe, expect, it } from 'vitest';
import { checkScopeOf, createPolicyEvaluator } from '../../shared/policy/evaluator.ts';
import type { Policy, PolicyAccounts } from '../../shared/policy/policy.ts';
import { rules, START, service } from '../fixtures.ts';
import { policy, rule } from './builders.ts';

const UNIT = 'ou-abcd-00000001';
const organization: PolicyAccounts = { kind: 'organization', units: [], except: [] };
const byUnits = [rule({ name: 'production', match: { units: [UNIT] } })];

/** What is asked of the organisation is counted. */
function organizationWith(units: readonly string[] | undefined) {
  const asked: string[] = [];
  const unitsOf = async (account: string) => {
    asked.push(account);
    return units;
  };
  return { asked, unitsOf, now: () => START };
}

describe('whether an account and region are in scope', () => {
  const here = { account: '123456789012', region: 'ap-northeast-1' };
  const no = (why: string) => ({ kind: 'no', why });

  it.each<[string, Partial<Policy>, readonly string[] | undefined, number, object]>([
    ['listed', {}, undefined, 0, { kind: 'yes', units: undefined }],
    ['listed, where rules match by units', { rules: byUnits }, [UNIT], 1, { kind: 'yes', units: [UNIT] }],
    ['listed, and of no organisation', { rules: byUnits }, undefined, 1, { kind: 'yes', units: [] }],
    [
      'in another region',
      { regions: ['eu-west-1'], rules: byUnits },
      [UNIT],
      0,
      no('region ap-northeast-1 is not in scope (eu-west-1)'),
    ],
    ['of the organisation', { accounts: organization }, [UNIT], 1, { kind: 'yes', units: [UNIT] }],
    [
      'not of the organisation',
      { accounts: organization },
      undefined,
      1,
      no('account 123456789012 is not of the organisation'),
    ],
    [
      'in a unit that is not in scope',
      { accounts: { ...organization, units: ['ou-abcd-00000002'] } },
      [UNIT],
      1,
      no('account 123456789012 is in no unit in scope'),
    ],
    [
      'excluded, whatever its units',
      { accounts: { ...organization, except: ['123456789012'] } },
      [UNIT],
      0,
      no('account 123456789012 is excluded by the policy'),
    ],
  ])('%s: asks AWS no more than it has to', async (_, change, units, calls, expected) => {
    const reader = organizationWith(units);
    expect(await checkScopeOf(policy(change), here, reader)).toEqual(expected);
    expect(reader.asked).toEqual(Array.from({ length: calls }, () => '123456789012'));
  });
});

describe('the policy of a service', () => {
  const evaluate = (change: Partial<Policy>, tags = {}, units: readonly string[] | undefined = undefined) =>
    createPolicyEvaluator(policy(change), rules(), organizationWith(units))(service, tags);

  it('is that of the rule that matches its name, tags and units', async () => {
    const match = { services: ['web'], tags: { stage: 'prod' }, units: [UNIT] };
    const tags = { stage: 'prod', secret: 'x', 'private-ingress': 'enabled' };
    expect(await evaluate({ rules: [rule({ match })] }, tags, [UNIT])).toMatchObject({
      enforcement: 'required',
      isInScope: true,
      because: 'the rule "all" applies',
      // No other tag leaves the account.
      decision: { rule: 'all', tags: { stage: 'prod', 'private-ingress': 'enabled' }, units: [UNIT] },
    });
    expect(await evaluate({ rules: [rule({ match })] }, tags, [])).toMatchObject({
      enforcement: 'ignored',
      because: 'no rule of the policy matches the service',
    });
  });

  it('knows no units where nothing matches by units', async () => {
    expect(await evaluate({ rules: [rule()] })).toMatchObject({ decision: { units: undefined } });
  });

  it('takes an exception for ended by the clock', async () => {
    const exceptions = [{ match: { services: ['*'] }, reason: 'moving', until: '2025-12-31' }];
    expect(await evaluate({ rules: [rule()], exceptions })).toMatchObject({
      enforcement: 'required',
      findings: [{ code: 'exception-expired' }],
    });
  });

  it('leaves a service alone that is out of scope', async () => {
    expect(await evaluate({ rules: [rule()], regions: ['eu-west-1'] })).toMatchObject({
      enforcement: 'ignored',
      isInScope: false,
      because: 'region ap-northeast-1 is not in scope (eu-west-1)',
    });
  });
});
