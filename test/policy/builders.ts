import type { Policy, PolicyRule, Subject } from '../../shared/policy/policy.ts';
import { SERVICE_ARN } from '../fixtures.ts';

/** One account, one region, and the rules given. */
export const policy = (change: Partial<Policy> = {}): Policy => ({
  accounts: { kind: 'listed', ids: ['123456789012'] },
  regions: ['ap-northeast-1'],
  networks: [],
  zones: [],
  rules: [],
  exceptions: [],
  limits: { changes: {}, detaches: {} },
  ...change,
});

export const rule = (change: Partial<PolicyRule> = {}): PolicyRule => ({
  name: 'all',
  match: {},
  enforcement: 'required',
  mode: 'enforce',
  domains: [],
  ...change,
});

export const subject = (change: Partial<Subject> = {}): Subject => ({
  arn: SERVICE_ARN,
  account: '123456789012',
  region: 'ap-northeast-1',
  name: 'web',
  units: [],
  tags: {},
  ...change,
});
