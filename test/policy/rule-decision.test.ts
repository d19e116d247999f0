import { describe, expect, it } from 'vitest';
import { DAY } from '../../shared/duration.ts';
import { expandDomain } from '../../shared/policy/expansion.ts';
import { decideByRules } from '../../shared/policy/rule-decision.ts';
import { START } from '../fixtures.ts';
import { policy, rule, subject } from './builders.ts';

const today = new Date(START).toISOString().slice(0, 10);

describe('ruling', () => {
  it('is that of the first rule that matches, and says why the earlier ones do not', () => {
    const tried = policy({
      rules: [
        rule({ name: 'other region', match: { regions: ['eu-west-1'] }, enforcement: 'ignored' }),
        rule({
          name: 'web',
          match: { services: ['web'] },
          mode: 'audit',
          strategy: 'endpoint',
          onDetach: 'keep-private',
          cutover: 'when-possible',
          cutoverDeadline: 2 * DAY,
        }),
        rule({ name: 'rest' }),
      ],
    });
    expect(decideByRules(tried, subject(), START)).toEqual({
      rule: 'web',
      enforcement: 'required',
      mode: 'audit',
      domains: [],
      strategy: 'endpoint',
      onDetach: 'keep-private',
      cutover: 'when-possible',
      cutoverDeadline: 2 * DAY,
      exception: undefined,
      matchTrace: [
        { rule: 'other region', matched: false, why: 'region ap-northeast-1 is not eu-west-1' },
        { rule: 'web', matched: true, why: '' },
      ],
    });
  });

  it('a service that no rule matches is ignored', () => {
    const tried = policy({ rules: [rule({ match: { services: ['api'] } })] });
    expect(decideByRules(tried, subject(), START)).toMatchObject({
      rule: undefined,
      enforcement: 'ignored',
      mode: 'audit',
      matchTrace: [{ matched: false }],
    });
  });

  it('expands domain templates, each name once', () => {
    const domains = ['{service}.{account}.{region}.example.com', 'web.example.com', '{service}.example.com'];
    expect(decideByRules(policy({ rules: [rule({ domains })] }), subject({ name: 'Web' }), START).domains).toEqual([
      'web.123456789012.ap-northeast-1.example.com',
      'web.example.com',
    ]);
  });
});

describe('an exception', () => {
  const excepted = (until: string, enforcement: 'required' | 'by-tag' | 'ignored' = 'required', service = 'web') =>
    policy({
      rules: [rule({ enforcement })],
      exceptions: [{ match: { services: [service] }, reason: 'moving', until }],
    });

  it('in force turns required into by-tag', () => {
    expect(decideByRules(excepted('2026-06-30'), subject(), START)).toMatchObject({
      enforcement: 'by-tag',
      exception: { state: 'in-force', reason: 'moving', until: '2026-06-30' },
    });
  });

  it('holds to the end of its last day, in UTC', () => {
    expect(decideByRules(excepted(today), subject(), START + DAY - 1).enforcement).toBe('by-tag');
    expect(decideByRules(excepted(today), subject(), START + DAY)).toMatchObject({
      enforcement: 'required',
      exception: { state: 'expired', reason: 'moving', until: today },
    });
  });

  it('of other services does nothing', () => {
    expect(decideByRules(excepted('2026-06-30', 'required', 'api'), subject(), START)).toMatchObject({
      enforcement: 'required',
      exception: undefined,
    });
  });

  it.each(['by-tag', 'ignored'] as const)('from nothing is not reported: %s', (enforcement) => {
    expect(decideByRules(excepted('2026-06-30', enforcement), subject(), START)).toMatchObject({
      enforcement,
      exception: undefined,
    });
  });

  it('that is in force counts, whatever has expired before or after it in the file', () => {
    const exceptions = ['2025-01-01', '2026-02-01', '2025-06-01'].map((until) => ({
      match: { services: ['*'] },
      reason: `to ${until}`,
      until,
    }));
    const { exception } = decideByRules(policy({ rules: [rule()], exceptions }), subject(), START);
    expect(exception).toEqual({ state: 'in-force', reason: 'to 2026-02-01', until: '2026-02-01' });
  });
});

describe('domain templates', () => {
  const names = { name: 'My_Api', account: '000000000001', region: 'eu-west-1' };
  it.each([
    ['{service}.example.com', 'my_api.example.com'],
    ['*.{service}.example.com', '_wildcard.my_api.example.com'],
    ['a.*.example.com', 'a.*.example.com'],
    ['{region}-{account}.example.com', 'eu-west-1-000000000001.example.com'],
    ['{service}{service}.example.com', 'my_apimy_api.example.com'],
    ['{stage}.example.com', '{stage}.example.com'],
    ['{constructor}.example.com', '{constructor}.example.com'],
  ])('%s → %s', (template, name) => expect(expandDomain(template, names)).toBe(name));
});
