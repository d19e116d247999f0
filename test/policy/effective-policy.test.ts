import { describe, expect, it } from 'vitest';
import { DAY } from '../../shared/duration.ts';
import { effectivePolicyOf, outOfScopePolicy } from '../../shared/policy/effective-policy.ts';
import type { Policy, PolicyNetwork } from '../../shared/policy/policy.ts';
import type { RuleDecision } from '../../shared/policy/rule-decision.ts';
import { rules, SERVICE_ARN, service, VPC } from '../fixtures.ts';
import { policy } from './builders.ts';

const stack = rules();
const decided = (change: Partial<RuleDecision> = {}): RuleDecision => ({
  ...{ rule: 'all', enforcement: 'required', mode: 'enforce', domains: [], exception: undefined, matchTrace: [] },
  ...change,
});
const of = (decision: Partial<RuleDecision>, change: Partial<Policy> = {}) =>
  effectivePolicyOf(decided(decision), { tags: {}, units: undefined }, policy(change), service, stack);

const create = {
  kind: 'create',
  subnetIds: ['subnet-1'],
  securityGroupIds: ['sg-1'],
  allowFrom: ['10.0.0.0/8'],
} as const;
const choice = { subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'], allowFrom: ['10.0.0.0/8'] };
const network = (change: Partial<PolicyNetwork> = {}): PolicyNetwork => ({
  ...{ account: '123456789012', region: 'ap-northeast-1', vpcId: VPC, endpoint: create },
  ...change,
});
const { vpcId: _, ...open } = network();

describe('what holds for a service', () => {
  it.each([
    ['required', 'audit'],
    ['ignored', 'audit'],
    ['by-tag', 'enforce'],
  ] as const)('under a rule in audit mode, %s: %s, since a tag acts at once', (enforcement, mode) => {
    expect(of({ enforcement, mode: 'audit' }).mode).toBe(mode);
  });

  it('is what the stack’s parameters say, as far as its rule says nothing', () => {
    const options = {
      onDetach: 'restore-public',
      onDeleteAttempt: 'detach',
      cutover: 'immediately',
      cutoverDeadline: DAY,
    } as const;
    expect(of({ ...options, strategy: 'endpoint', adopt: true, domains: ['a.example.com'] }).rules).toMatchObject({
      ...options,
      aliasStrategy: 'endpoint',
      mayAdopt: true,
      domains: ['a.example.com'],
    });
    const { onDetach, onDeleteAttempt, cutover, cutoverDeadline, aliasStrategy } = stack;
    expect(of({}).rules).toMatchObject({
      ...{ onDetach, onDeleteAttempt, cutover, cutoverDeadline, aliasStrategy, mayAdopt: false, domains: [] },
    });
  });

  it('has the networks of its account and region only', () => {
    const networks = [
      network({ account: '111111111111', vpcId: 'vpc-11111111' }),
      network({ region: 'eu-west-1', vpcId: 'vpc-22222222' }),
      network({ probe: 'probe' }),
      network({ vpcId: 'vpc-33333333', endpoint: { kind: 'given', id: 'vpce-0e1' } }),
    ];
    const none = { subnetIds: [], securityGroupIds: [], allowFrom: [] };
    expect(of({}, { networks }).rules).toMatchObject({
      networks: [
        { vpcId: VPC, ...choice, probe: 'probe' },
        { vpcId: 'vpc-33333333', ...none, endpointId: 'vpce-0e1' },
      ],
      otherVpcs: undefined,
    });
  });

  it.each([
    ['every VPC of the account', {}, choice],
    ['those that are listed', { allowedVpcs: ['vpc-44444444'] }, { ...choice, allowedVpcs: ['vpc-44444444'] }],
  ])('has, where a service may name its VPC itself, %s', (_name, given, otherVpcs) => {
    const { rules: made } = of({}, { networks: [network(), { ...open, ...given }] });
    expect(made.otherVpcs).toEqual(otherVpcs);
    expect(made.networks).toEqual([{ vpcId: VPC, ...choice }]);
  });

  it('names the zones that may be written to, each with its names, and what may be claimed', () => {
    const zones = [
      { id: 'Z1', allowedNames: ['*.a.example.com'] },
      { id: 'Z2', allowedNames: ['*.b.example.com'] },
    ];
    expect(of({}, { zones }).rules).toMatchObject({
      allowedZones: [
        { id: 'Z1', names: ['*.a.example.com'] },
        { id: 'Z2', names: ['*.b.example.com'] },
      ],
      claimableNames: ['*.a.example.com', '*.b.example.com'],
    });
    expect(of({ names: ['{service}.a.example.com'] }, { zones }).rules.claimableNames).toEqual(['web.a.example.com']);
  });

  it.each([
    [
      'expired',
      [
        {
          code: 'exception-expired',
          resource: SERVICE_ARN,
          message: expect.stringContaining('"moving" held until 2025-12-31'),
        },
      ],
    ],
    ['in-force', []],
  ] as const)('says of an exception that is %s: %j', (state, findings) => {
    expect(of({ exception: { state, reason: 'moving', until: '2025-12-31' } }).findings).toMatchObject(findings);
  });
});

it('out of scope, a service may claim and adopt nothing, and nothing but what is left of it is removed', () => {
  const zones = [{ id: 'Z1', allowedNames: ['*.example.com'] }];
  expect(outOfScopePolicy('it left', policy({ zones, networks: [network()] }), service, stack)).toMatchObject({
    ...{ enforcement: 'ignored', isInScope: false, mode: 'enforce', because: 'it left', findings: [] },
    rules: {
      ...{ claimableNames: [], domains: [], mayAdopt: false, onDetach: stack.onDetach, cutover: stack.cutover },
      allowedZones: [{ id: 'Z1', names: ['*.example.com'] }],
      networks: [{ vpcId: VPC }],
    },
    decision: { rule: undefined, exception: undefined, matchTrace: [], tags: {}, units: undefined },
  });
});
