import { expect, it } from 'vitest';
import { allowedNames, isAllowedZone, mayStandIn, networkOf } from '../../shared/policy/rules.ts';
import { rules, VPC } from '../fixtures.ts';

const any = { subnetIds: [], securityGroupIds: [], allowFrom: [] };
const choice = { subnetIds: ['subnet-1'], securityGroupIds: [], allowFrom: [] };

it.each([
  ['that the policy names', VPC, undefined, { vpcId: VPC, ...any }],
  ['that nothing names', 'vpc-11111111', undefined, undefined],
  ['where any may be used', 'vpc-11111111', choice, { vpcId: 'vpc-11111111', ...choice }],
  [
    'that is listed',
    'vpc-11111111',
    { ...choice, allowedVpcs: ['vpc-11111111'] },
    { vpcId: 'vpc-11111111', ...choice },
  ],
  ['that is not listed', 'vpc-11111111', { ...choice, allowedVpcs: [] }, undefined],
  ['that the policy names beside the list', VPC, { ...choice, allowedVpcs: [] }, { vpcId: VPC, ...any }],
])('a VPC %s', (_, vpcId, otherVpcs, expected) => {
  expect(networkOf(rules({ otherVpcs }), vpcId)).toEqual(expected);
});

it('a name may stand in the zones that allow it', () => {
  const given = rules({
    allowedZones: [
      { id: 'Z1', names: ['*.a.example.com', 'example.com'] },
      { id: 'Z2', names: ['*.b.example.com', 'example.com'] },
    ],
  });
  expect(['Z1', 'Z2', 'Z3'].map((id) => isAllowedZone(given, id))).toEqual([true, true, false]);
  expect(['Z1', 'Z2', 'Z3'].map((id) => mayStandIn(given, id, 'x.b.example.com'))).toEqual([false, true, false]);
  expect(allowedNames(given)).toEqual(['*.a.example.com', 'example.com', '*.b.example.com']);
});
