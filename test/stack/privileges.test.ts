import { expect, it } from 'vitest';
import {
  countedUses,
  type Grant,
  grants,
  privilegeProblems,
  type UnusedReason,
  unusedReasons,
} from '../../scripts/privileges/granted.ts';
import { roleLabel } from '../installation/privileges.ts';

it('each permission that the packaged roles have is used by a test or has a reason', async () => {
  expect(privilegeProblems(await grants(), await countedUses(), await unusedReasons())).toEqual([]);
}, 120_000);

const granted: readonly Grant[] = [
  { role: 'reconcile', action: 'apprunner:UpdateService' },
  { role: 'probe', action: 'logs:PutLogEvents' },
];
const reasons: readonly UnusedReason[] = [{ role: '*', actions: ['logs:PutLogEvents'], reason: 'Lambda writes logs.' }];
const used = { 'reconcile apprunner:UpdateService': 3 };

it('finds nothing where all is used or explained', () => {
  expect(privilegeProblems(granted, used, reasons)).toEqual([]);
});

it.each([
  ['a grant without use or reason', granted, used, [], 'probe may logs:PutLogEvents, and no test uses it'],
  ['a use without a grant', granted.slice(1), used, reasons, 'reconcile apprunner:UpdateService was used'],
  [
    'a reason for what is used',
    granted,
    { ...used, 'probe logs:PutLogEvents': 1 },
    reasons,
    'explains * logs:PutLogEvents',
  ],
  ['a reason for what is not granted', granted.slice(0, 1), used, reasons, 'explains * logs:PutLogEvents'],
])('finds %s', (_, grantedNow, uses, reasonsNow, problem) => {
  const problems = privilegeProblems(grantedNow, uses, reasonsNow);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(problem);
});

it.each([
  ['apprunner-private-ingress-main-OnServiceEventRole-1AB2', 'on-service-event'],
  ['apprunner-private-ingress-main-sweep-region', 'sweep-region'],
  ['another-role', undefined],
])('the role %s is %s', (name, label) => {
  expect(roleLabel(name)).toBe(label);
});
