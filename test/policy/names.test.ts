import { describe, expect, it } from 'vitest';
import { claimableNamesOf, matchesNamePattern, reservedNamesOf, whyNotClaimable } from '../../shared/policy/names.ts';
import { policy, rule, subject } from './builders.ts';

describe('a pattern of names', () => {
  it.each([
    ['app.example.com', 'app.example.com', true],
    ['app.example.com', 'api.example.com', false],
    ['app.example.com', '*.example.com', true],
    ['a.b.example.com', '*.example.com', true],
    ['example.com', '*.example.com', false],
    ['appexample.com', '*.example.com', false],
    ['*.example.com', '*.example.com', false],
    ['*.app.example.com', '*.example.com', false],
    ['*.example.com', '_wildcard.example.com', true],
    ['*.app.example.com', '_wildcard.example.com', false],
    ['*.app.example.com', '_wildcard.*.example.com', true],
    ['*.example.com', '_wildcard.*.example.com', false],
    ['app.example.com', '_wildcard.*.example.com', false],
  ])('%s, %s → %s', (name, pattern, matches) => expect(matchesNamePattern(name, pattern)).toBe(matches));
});

describe('the names that a service may claim', () => {
  const zones = [{ id: 'Z1', allowedNames: ['*.example.com'] }];
  it('come from the rule, with its own values for the variables', () => {
    const names = ['{service}.{account}.example.com', '*.{region}.example.com', '_wildcard.{service}.example.com'];
    expect(claimableNamesOf(policy({ zones }), names, subject({ name: 'Web' }))).toEqual([
      'web.123456789012.example.com',
      '*.ap-northeast-1.example.com',
      '_wildcard.web.example.com',
    ]);
  });
  it('are those of the zones where the rule has none, and no wildcard name', () => {
    const claimableNames = claimableNamesOf(policy({ zones }), undefined, subject());
    const rules = { claimableNames, reservedNames: [], domains: [] };
    expect(whyNotClaimable(rules, 'app.example.com')).toBeUndefined();
    expect(whyNotClaimable(rules, '*.example.com')).toMatch(/has to be listed as _wildcard\.example\.com/);
  });
  it('may be none but those that its rule gives it', () => {
    const rules = { claimableNames: [], reservedNames: [], domains: ['own.example.com'] };
    expect(whyNotClaimable(rules, 'own.example.com')).toBeUndefined();
    expect(whyNotClaimable(rules, 'app.example.com')).toMatch(/claim no name/);
  });
});

describe('names that a rule gives to services', () => {
  const why = (name: string, domains: readonly string[], match = {}, own: readonly string[] = []) => {
    const reservedNames = reservedNamesOf(policy({ rules: [rule({ name: 'prod', domains, match })] }));
    return whyNotClaimable(
      { claimableNames: ['*.example.com', '_wildcard.*.example.com'], reservedNames, domains: own },
      name,
    );
  };
  const reserved = expect.stringMatching(/reserved: the rule "prod"/);
  const free = undefined;

  it.each([
    ['web.example.com', '{service}.example.com', {}, reserved],
    ['a.web.example.com', '{service}.example.com', {}, free],
    ['web.example.com', 'web.example.com', {}, reserved],
    ['pay-api.example.com', '{service}.example.com', { services: ['Pay-*'] }, reserved],
    ['web.example.com', '{service}.example.com', { services: ['pay-*'] }, free],
    ['web.example.com', '{service}.example.com', { services: ['pay-*', 'web'] }, reserved],
    ['portal.example.com', 'portal.example.com', { services: ['web'] }, reserved],
    ['web.123456789012.example.com', '{service}.{account}.example.com', {}, reserved],
    ['web.111111111111.example.com', '{service}.{account}.example.com', {}, free],
    ['web.111111111111.example.com', '{service}.{account}.example.com', { accounts: ['111111111111'] }, reserved],
    ['web.ap-northeast-1.example.com', '{service}.{region}.example.com', {}, reserved],
    ['web.eu-west-1.example.com', '{service}.{region}.example.com', {}, free],
    ['web-web.example.com', '{service}-{service}.example.com', {}, reserved],
    ['web-api.example.com', '{service}-{service}.example.com', {}, free],
    ['*.web.example.com', '*.{service}.example.com', {}, reserved],
    ['*.web.example.com', '_wildcard.{service}.example.com', {}, reserved],
    ['x.web.example.com', '*.{service}.example.com', {}, free],
  ])('%s by %s of services %j', (name, template, match, expected) =>
    expect(why(name, [template], match)).toEqual(expected),
  );

  it('are not reserved from the service that has them', () => {
    expect(why('web.example.com', ['{service}.example.com'], {}, ['web.example.com'])).toBeUndefined();
    expect(why('*.web.example.com', ['*.{service}.example.com'], {}, ['_wildcard.web.example.com'])).toBeUndefined();
  });
  it('in an organisation are reserved in every account', () => {
    const accounts = { kind: 'organization', units: [], except: [] } as const;
    const rules = [rule({ domains: ['{service}.{account}.example.com'] })];
    const reservedNames = reservedNamesOf(policy({ accounts, rules }));
    const given = { claimableNames: ['*.example.com'], reservedNames, domains: [] };
    expect(whyNotClaimable(given, 'web.999999999999.example.com')).toEqual(expect.stringMatching(/reserved/));
  });
});
