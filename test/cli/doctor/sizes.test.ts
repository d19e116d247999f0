import { describe, expect, test } from 'vitest';
import { judgeSizes } from '../../../cli/doctor/checks/sizes.ts';
import { parameterValues } from '../../../cli/stack/parameters.ts';
import type { StackTemplate } from '../../../cli/stack/template.ts';

const STACK = 'apprunner-private-ingress-main';
const policyOf = (Resource: unknown) => ({
  Type: 'AWS::IAM::ManagedPolicy',
  Properties: {
    ManagedPolicyName: 'the-policy',
    PolicyDocument: { Statement: [{ Effect: 'Deny', Action: 'route53:*', NotResource: Resource }] },
  },
});
const template = (names: number): StackTemplate => ({
  Parameters: { AllowedNames: { Type: 'CommaDelimitedList', Default: '' }, Role: { Type: 'String', Default: 'short' } },
  Conditions: {},
  Resources: {
    AllowedZonesPolicy: policyOf('arn:aws:route53:::hostedzone/Z1'),
    ...Object.fromEntries(
      Array.from({ length: names }, (_, at) => [
        `AllowedNamesPolicy${at === 0 ? '' : at + 1}`,
        policyOf({ Ref: 'AllowedNames' }),
      ]),
    ),
    Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: { Ref: 'Role' } } },
    Other: policyOf('x'.repeat(3000)),
  },
});
const judged = (names: number, given: Readonly<Record<string, string>>) => {
  const source = template(names);
  return judgeSizes(source, parameterValues(source.Parameters, given), STACK);
};

describe('the check of sizes', () => {
  test('counts the policies of the allowed zones and names, and measures the largest with these parameters', () => {
    const check = judged(2, { AllowedNames: '*.example.com' });
    expect(check).toMatchObject({ id: 'sizes', status: 'ok', subject: STACK });
    expect(check.evidence).toMatch(
      /^the allowed zones and names take 3 of 10 managed policies; the largest has \d+ of 6144 characters$/,
    );
    const size = (names: string) => Number(/largest has (\d+)/.exec(judged(1, { AllowedNames: names }).evidence)?.[1]);
    // Both are longer than the policy of the zones; the policy that is none of them does not count.
    expect(size('a'.repeat(200)) - size('a'.repeat(100))).toBe(100);
  });

  test('names each part that AWS would refuse, and its limit', () => {
    const check = judged(1, { AllowedNames: 'a'.repeat(6200), Role: 'r'.repeat(65) });
    expect(check.status).toBe('missing');
    expect(check.evidence).toMatch(
      /^Resources\/AllowedNamesPolicy\/Properties\/PolicyDocument: .*\d+ characters, and AWS allows 6144; Resources\/Role\/Properties\/RoleName: the name r{65}: 65 characters, and AWS allows 64$/,
    );
    expect(check.remedy?.text).toBe('Shorten the stage or the parameters that are too long.');
  });
});
