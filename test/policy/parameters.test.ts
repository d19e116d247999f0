import { expect, it } from 'vitest';
import { type PolicyParameters, policyOfParameters } from '../../shared/policy/parameters.ts';
import { VPC } from '../fixtures.ts';

const parameters = (change: Partial<PolicyParameters> = {}): PolicyParameters => ({
  allowedZones: ['Z1', 'Z2'],
  allowedNames: ['*.example.com'],
  claimableNames: [],
  adoptAllowed: false,
  allowedVpcs: [],
  vpcId: undefined,
  subnetIds: ['subnet-1'],
  securityGroupIds: ['sg-1'],
  zoneRoles: [],
  probe: undefined,
  ...change,
});
const place = { account: '123456789012', region: 'ap-northeast-1' };
const of = (change: Partial<PolicyParameters> = {}, hub: Parameters<typeof policyOfParameters>[1] = place) =>
  policyOfParameters({ parameters: parameters(change) }, hub);
const endpoint = { kind: 'create', subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'], allowFrom: [] };

it('manages the services of one account and region as their tags say, without limits', () => {
  const allowedNames = ['*.example.com'];
  expect(of()).toEqual({
    accounts: { kind: 'listed', ids: ['123456789012'] },
    regions: ['ap-northeast-1'],
    networks: [],
    zones: [
      { id: 'Z1', allowedNames },
      { id: 'Z2', allowedNames },
    ],
    rules: [{ name: 'tagged services', match: {}, enforcement: 'by-tag', mode: 'enforce', domains: [], adopt: false }],
    exceptions: [],
    limits: { changes: {}, detaches: {} },
  });
});

it.each<[string, Partial<PolicyParameters>, readonly object[]]>([
  ['the VPC for services that name none', { vpcId: VPC }, [{ ...place, vpcId: VPC, endpoint }]],
  [
    'its probe',
    { vpcId: VPC, probe: { functionName: 'probe', vpcId: VPC } },
    [{ ...place, vpcId: VPC, endpoint, probe: 'probe' }],
  ],
  [
    'no probe of another VPC',
    { vpcId: VPC, probe: { functionName: 'probe', vpcId: 'vpc-11111111' } },
    [{ ...place, vpcId: VPC, endpoint }],
  ],
  [
    'the VPCs that a service may name',
    { vpcId: VPC, allowedVpcs: ['vpc-11111111'] },
    [
      { ...place, vpcId: VPC, endpoint },
      { ...place, endpoint, allowedVpcs: ['vpc-11111111'] },
    ],
  ],
  ['any VPC', { allowedVpcs: ['vpc-11111111', '*'] }, [{ ...place, endpoint }]],
])('has as networks %s', (_, change, networks) => expect(of(change).networks).toEqual(networks));

it('reaches a zone by the role that names it', () => {
  const zoneRoles = [
    { arn: 'arn:1', zoneIds: ['Z0'], externalId: undefined },
    { arn: 'arn:2', zoneIds: ['Z2'], externalId: 'secret' },
  ];
  const allowedNames = ['*.example.com'];
  expect(of({ zoneRoles }).zones).toEqual([
    { id: 'Z1', allowedNames },
    { id: 'Z2', allowedNames, roleArn: 'arn:2', externalId: 'secret' },
  ]);
  expect(of({ zoneRoles, allowedZones: ['Z0'] }).zones).toEqual([{ id: 'Z0', allowedNames, roleArn: 'arn:1' }]);
});

it('lets services adopt records, and claim the names that are listed, where the parameters say so', () => {
  expect(of({ adoptAllowed: true, claimableNames: ['*.team.example.com'] }).rules).toMatchObject([
    { adopt: true, names: ['*.team.example.com'] },
  ]);
});
