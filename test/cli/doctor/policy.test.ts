import { describe, expect, test } from 'vitest';
import { askPolicy, judgePolicy, type PolicyFacts } from '../../../cli/doctor/checks/policy.ts';
import { parameterValues } from '../../../cli/stack/parameters.ts';
import { policy, rule } from '../../policy/builders.ts';

const ACCOUNT = '123456789012';
const zone = { id: 'Z1', name: 'example.com', visibility: 'public', allowedNames: ['*.example.com'] } as const;
const file = (change: Parameters<typeof policy>[0] = {}): PolicyFacts['file'] => ({
  path: 'policy.yml',
  policy: policy({ rules: [rule()], zones: [zone], ...change }),
});
const deployed = (from: 'file' | 'parameters', change: Parameters<typeof policy>[0] = {}): PolicyFacts['deployed'] => ({
  kind: 'known',
  inForce: { from, policy: policy({ rules: [rule()], zones: [zone], ...change }) },
});
const judge = (facts: PolicyFacts, given: Readonly<Record<string, string>> = {}) =>
  judgePolicy(
    facts,
    parameterValues({}, { Installation: 'default', AllowedZones: 'Z1', AllowedNames: '*.example.com', ...given }),
    ACCOUNT,
  );

describe('the check of the policy', () => {
  test('asks nothing of a stack that has only the bucket of a deployment that failed', async () => {
    const source = {
      policyFile: undefined,
      policySource: async () => Promise.reject(new Error('It has no output ApiUrl.')),
    };
    const stack = { kind: 'present', status: 'UPDATE_ROLLBACK_COMPLETE', outputs: {} } as const;
    const deployedOf = async (parameters: Readonly<Record<string, string>>) =>
      (await askPolicy(source, { ...stack, parameters }, true)).deployed.kind;
    expect(await deployedOf({})).toBe('none');
    expect(await deployedOf({ AllowedNames: '*.example.com' })).toBe('unknown');
  });

  test.each<[string, PolicyFacts, string]>([
    ['nothing to check', { file: undefined, deployed: { kind: 'none' } }, 'the parameters say what is in scope'],
    [
      'the parameters deployed',
      { file: undefined, deployed: deployed('parameters') },
      'the parameters say what is in scope',
    ],
    ['a first deployment', { file: file(), deployed: { kind: 'none' } }, '1 rule; the stack is not there yet'],
    ['a stack that another check reports', { file: file(), deployed: { kind: 'not-asked' } }, '1 rule'],
    ['the same file', { file: file(), deployed: deployed('file') }, '1 rule; deployed already'],
    [
      'another file',
      { file: file(), deployed: deployed('file', { rules: [], limits: { changes: { count: 1 }, detaches: {} } }) },
      '1 rule; differs from the deployed policy in rules, limits',
    ],
  ])('is ok with %s', (_, facts, evidence) => {
    expect(judge(facts)).toMatchObject([{ status: 'ok', evidence }]);
  });

  test('warns that a deployment would have no file where the stack has one', () => {
    expect(judge({ file: undefined, deployed: deployed('file') })).toMatchObject([
      { status: 'warning', evidence: 'the stack uses a policy file, and a deployment from here has none' },
    ]);
  });

  test.each([undefined, file()])('is unknown where the stack does not answer', (local) => {
    expect(judge({ file: local, deployed: { kind: 'unknown', reason: 'no answer' } })).toMatchObject([
      { status: 'unknown', evidence: 'the policy of the stack cannot be read: no answer' },
    ]);
  });

  test.each<[string, PolicyFacts['file'], Readonly<Record<string, string>>, string, string]>([
    ['another owner', file({ owner: 'team' }), {}, 'its owner is "team"', '--param Installation=team'],
    [
      'other accounts without an organization',
      file({ accounts: { kind: 'listed', ids: ['111111111111'] } }),
      {},
      'it has other accounts in scope',
      '--param OrganizationId=…',
    ],
    [
      'a zone that the roles cannot write',
      file({ zones: [zone, { ...zone, id: 'Z2' }] }),
      {},
      'its zones Z2 are not in AllowedZones',
      '--param AllowedZones=Z1,Z2',
    ],
    [
      'a name that the roles cannot write',
      file({ zones: [{ ...zone, allowedNames: ['*.a.example.com', 'example.com'] }] }),
      {},
      'its names example.com are not in AllowedNames',
      "--param 'AllowedNames=*.example.com,example.com'",
    ],
  ])('is missing with %s', (_, local, given, evidence, remedy) => {
    const checks = judge({ file: local, deployed: { kind: 'none' } }, given);
    expect(checks).toMatchObject([{ status: 'missing', evidence: expect.stringContaining(evidence) }]);
    expect(checks[0]?.remedy?.text).toContain(remedy);
  });

  test('leaves the zones of other accounts to their roles', () => {
    const zones = [
      { ...zone, id: 'Z9', roleArn: 'arn:aws:iam::111111111111:role/zones', allowedNames: ['*.example.org'] },
    ];
    expect(judge({ file: file({ zones }), deployed: { kind: 'none' } })).toMatchObject([{ status: 'ok' }]);
  });
});
