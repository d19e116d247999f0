import { describe, expect, test } from 'vitest';
import { denialRemedy } from '../../shared/aws/denial.ts';

const USER =
  'User: arn:aws:sts::123456789012:assumed-role/stack-write/s is not authorized to perform: apprunner:UpdateService';
const ON = `${USER} on resource: arn:aws:apprunner:eu-west-1:123456789012:service/web/1`;
const SCP = 'arn:aws:organizations::111111111111:policy/o-abc/service_control_policy/p-xyz';

describe('the remedy of a denied call', () => {
  test.each([
    [
      'a service control policy',
      `${ON} with an explicit deny in a service control policy`,
      'in the service control policy, or',
    ],
    [
      'one that is named',
      `${ON} with an explicit deny in a service control policy: ${SCP}`,
      `in the service control policy ${SCP}, or`,
    ],
    [
      'an identity-based policy',
      `${ON} with an explicit deny in an identity-based policy`,
      'in the identity-based policy, or',
    ],
    [
      'a permissions boundary',
      `${ON} with an explicit deny in a permissions boundary`,
      'in the permissions boundary, or',
    ],
    [
      'a resource-based policy',
      `${ON} with an explicit deny in a resource-based policy.`,
      'in the resource-based policy, or',
    ],
    [
      'EC2',
      `You are not authorized to perform this operation. ${ON} with an explicit deny in a resource control policy. Encoded authorization failure message: AAAA`,
      'in the resource control policy, or',
    ],
  ])('is not a grant where there is an explicit deny: %s', (_, message, where) => {
    expect(denialRemedy(message)).toMatch(/^A grant does not help: change the Deny statement/);
    expect(denialRemedy(message)).toContain(where);
  });

  test('is the limit where that does not allow the action', () => {
    expect(denialRemedy(`${ON} because no permissions boundary allows the apprunner:UpdateService action`)).toBe(
      'A grant to the role does not help: allow the action in the permissions boundary. Whoever administers roles in the account owns it.',
    );
    expect(denialRemedy(`${ON} because no service control policy allows the apprunner:UpdateService action`)).toContain(
      'allow the action in the service control policy. The management account',
    );
  });

  test.each([
    `${ON} because no identity-based policy allows the apprunner:UpdateService action`,
    `${ON} because no resource-based policy allows the apprunner:UpdateService action`,
    `${USER}`,
    'Access denied',
  ])('is the usual one for %s', (message) => {
    expect(denialRemedy(message)).toBeUndefined();
  });
});
