import { describe, expect, it } from 'vitest';
import { seededChance } from '../../src/chance.ts';
import { denialMessage } from '../../src/iam/denial.ts';
import { Iam, rootOf } from '../../src/iam/iam.ts';
import type { RoleProperties } from '../../src/iam/role-properties.ts';
import type { Principal } from '../../src/wire/service.ts';

const ACCOUNT = '123456789012';
const trust = (Principal: unknown, Condition: object = {}) => ({
  Statement: { Effect: 'Allow', Principal, Action: 'sts:AssumeRole', Condition },
});
const allow = (Action: string | string[], Resource: string | string[] = '*', Condition: object = {}) => ({
  Statement: { Effect: 'Allow', Action, Resource, Condition },
});
const lambda = trust({ Service: 'lambda.amazonaws.com' });

/** Every account belongs to one organisation. */
const organizations = {
  membership: () => ({
    organizationId: 'o-1',
    path: 'o-1/r-1/ou-1/',
    isManagement: false,
    isActive: true,
    controlPolicies: [],
  }),
};
const newIam = () => new Iam({ chance: seededChance('iam'), organizations });

function roleWith(iam: Iam, properties: Partial<RoleProperties>): { arn: string; principal: Principal } {
  const { arn } = iam.createRole(ACCOUNT, { RoleName: 'r', AssumeRolePolicyDocument: lambda, ...properties });
  const principal = iam.identify(iam.issueRoleCredentials(arn, 's').accessKeyId);
  if (principal === undefined) throw new Error('a key that was just issued is known');
  return { arn, principal };
}
const inline = (...documents: unknown[]) => ({
  Policies: documents.map((PolicyDocument, index) => ({ PolicyName: `p${index}`, PolicyDocument })),
});

describe('keys', () => {
  it.each([
    ['test', ACCOUNT],
    ['111122223333', '111122223333'],
    ['', ACCOUNT],
  ])('%j is root of %s', (key, account) => {
    expect(newIam().identify(key)).toEqual({ kind: 'root', account, arn: `arn:aws:iam::${account}:root` });
  });

  it('those of a role are its session, as long as the role lives', () => {
    const iam = newIam();
    const { arn } = iam.createRole(ACCOUNT, { RoleName: 'r', Path: '/a/', AssumeRolePolicyDocument: lambda });
    expect(arn).toBe(`arn:aws:iam::${ACCOUNT}:role/a/r`);
    const { accessKeyId, secretAccessKey, sessionToken } = iam.issueRoleCredentials(arn);
    expect(accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect([secretAccessKey.length, sessionToken.length]).toEqual([40, 64]);
    const principal = iam.identify(accessKeyId);
    expect(principal).toMatchObject({ kind: 'role', account: ACCOUNT, roleName: 'r' });
    expect(principal?.arn).toMatch(/^arn:aws:sts::123456789012:assumed-role\/r\/session-[0-9a-f]{8}$/);
    iam.deleteRole(arn);
    expect(iam.identify(accessKeyId)).toBeUndefined();
  });

  it('temporary ones that were not issued are unknown', () => {
    expect(newIam().identify('ASIAAAAAAAAAAAAAAAAA')).toBeUndefined();
  });

  it('there are none for a role that is not there', () => {
    expect(() => newIam().issueRoleCredentials('arn:aws:iam::1:role/x')).toThrow('cannot be found');
  });
});

describe('permissions', () => {
  const permission = { action: 'apprunner:DescribeService', resources: ['arn:a', 'arn:b'] };

  it('root may do anything', () => {
    expect(newIam().authorize(rootOf(ACCOUNT), [permission])).toBeUndefined();
  });

  it('a role may do what its inline and managed policies allow together', () => {
    const iam = newIam();
    const managed = iam.createManagedPolicy(ACCOUNT, {
      ManagedPolicyName: 'm',
      PolicyDocument: allow('apprunner:*', 'arn:b'),
    });
    const { principal } = roleWith(iam, {
      ...inline(allow('apprunner:Describe*', 'arn:a')),
      ManagedPolicyArns: [managed],
    });
    expect(iam.authorize(principal, [permission])).toBeUndefined();
    expect(iam.authorize(principal, [permission, { action: 'ec2:DescribeVpcs', resources: ['*'] }])).toEqual({
      action: 'ec2:DescribeVpcs',
      resource: '*',
      explicit: false,
      by: 'identity-based policy',
    });
    expect(iam.authorize(principal, [{ ...permission, resources: ['arn:a', 'arn:c'] }])).toMatchObject({
      resource: 'arn:c',
    });
  });

  it('an explicit deny is distinguished', () => {
    const iam = newIam();
    const deny = { Statement: { Effect: 'Deny', Action: '*', Resource: 'arn:b' } };
    const { principal } = roleWith(iam, inline(allow('*'), deny));
    const denial = iam.authorize(principal, [permission]);
    expect(denial).toMatchObject({ action: 'apprunner:DescribeService', resource: 'arn:b', explicit: true });
    expect(denial && denialMessage(principal, denial)).toBe(
      `User: arn:aws:sts::${ACCOUNT}:assumed-role/r/s is not authorized to perform: apprunner:DescribeService ` +
        'on resource: arn:b with an explicit deny in an identity-based policy',
    );
  });

  it('a boundary narrows, and allows nothing alone', () => {
    const iam = newIam();
    const PermissionsBoundary = iam.createManagedPolicy(ACCOUNT, {
      ManagedPolicyName: 'b',
      PolicyDocument: allow('apprunner:*'),
    });
    const { principal } = roleWith(iam, {
      ...inline(allow(['apprunner:DescribeService', 'ec2:*'])),
      PermissionsBoundary,
    });
    const may = (action: string) => iam.authorize(principal, [{ action, resources: ['*'] }]) === undefined;
    expect([may('apprunner:DescribeService'), may('ec2:CreateVpc'), may('apprunner:PauseService')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it.each([
    ['of the permission', 'apprunner:VpcId', 'vpc-1', true],
    ['of the permission, another value', 'apprunner:VpcId', 'vpc-2', false],
    ['of the request', 'aws:RequestedRegion', 'eu-west-1', true],
    ['of the principal', 'aws:PrincipalArn', `arn:aws:iam::${ACCOUNT}:role/r`, true],
    ['of the principal: its account', 'aws:PrincipalAccount', ACCOUNT, true],
    ['of the principal: its organisation', 'aws:PrincipalOrgID', 'o-1', true],
    ['of the principal: its type', 'aws:PrincipalType', 'AssumedRole', true],
  ])('knows condition keys %s', (_, key, value, allowed) => {
    const iam = newIam();
    const { principal } = roleWith(iam, inline(allow('*', '*', { StringEquals: { [key]: value } })));
    const conditions = { 'apprunner:VpcId': ['vpc-1'] };
    const denial = iam.authorize(principal, [{ ...permission, conditions }], { 'aws:RequestedRegion': ['eu-west-1'] });
    expect(denial === undefined).toBe(allowed);
  });

  it('AWS keeps policies of its own', () => {
    const iam = newIam();
    const { principal } = roleWith(iam, {
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
    });
    const may = (action: string) => iam.authorize(principal, [{ action, resources: ['arn:x'] }]) === undefined;
    expect([may('logs:PutLogEvents'), may('ec2:CreateNetworkInterface')]).toEqual([true, false]);
  });
});

describe('roles', () => {
  it.each([
    ['a name that is taken', { RoleName: 'taken' }, 'EntityAlreadyExists'],
    ['a managed policy that is not there', { ManagedPolicyArns: ['arn:aws:iam::aws:policy/None'] }, 'NoSuchEntity'],
    ['a boundary that is not there', { PermissionsBoundary: 'arn:aws:iam::1:policy/None' }, 'NoSuchEntity'],
    [
      'a trust policy without principal',
      { AssumeRolePolicyDocument: allow('sts:AssumeRole') },
      'MalformedPolicyDocument',
    ],
    [
      'an operator that is not evaluated',
      inline(allow('*', '*', { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } })),
      'MalformedPolicyDocument',
    ],
  ])('are refused with %s', (_, properties, code) => {
    const iam = newIam();
    iam.createRole(ACCOUNT, { RoleName: 'taken', AssumeRolePolicyDocument: lambda });
    expect(() => roleWith(iam, properties)).toThrow(expect.objectContaining({ code }));
    expect(iam.role(`arn:aws:iam::${ACCOUNT}:role/r`)).toBeUndefined();
  });

  it('of one name may stand in two accounts', () => {
    const iam = newIam();
    iam.createRole('111122223333', { RoleName: 'r', AssumeRolePolicyDocument: lambda });
    const { principal } = roleWith(iam, inline(allow('*')));
    expect(iam.authorize(principal, [{ action: 'a:B', resources: ['*'] }])).toBeUndefined();
  });

  it('can be updated, and stay as they were when that fails', () => {
    const iam = newIam();
    const { arn, principal } = roleWith(iam, inline(allow('a:B')));
    const id = iam.role(arn)?.roleId;
    const may = (action: string) => iam.authorize(principal, [{ action, resources: ['*'] }]) === undefined;
    const properties = { RoleName: 'r', AssumeRolePolicyDocument: lambda };
    iam.updateRole(ACCOUNT, { ...properties, ...inline(allow('a:C')) });
    expect([may('a:B'), may('a:C'), iam.role(arn)?.roleId]).toEqual([false, true, id]);
    expect(() => iam.updateRole(ACCOUNT, { ...properties, ManagedPolicyArns: ['x'] })).toThrow('does not exist');
    expect(may('a:C')).toBe(true);
    expect(() => iam.updateRole(ACCOUNT, { ...properties, RoleName: 'other' })).toThrow('cannot be found');
  });
});

describe('trust', () => {
  const hub = `arn:aws:iam::${ACCOUNT}:role/r`;
  const session = `arn:aws:sts::${ACCOUNT}:assumed-role/r/s`;
  const rows: readonly [string, unknown, object, Readonly<Record<string, readonly string[]>>, boolean][] = [
    ['the role itself', { AWS: hub }, {}, {}, true],
    ['one of several', { AWS: ['arn:aws:iam::1:role/x', hub] }, {}, {}, true],
    ['its session', { AWS: session }, {}, {}, true],
    ['its account', { AWS: `arn:aws:iam::${ACCOUNT}:root` }, {}, {}, true],
    ['its account number', { AWS: ACCOUNT }, {}, {}, true],
    ['every principal', '*', {}, {}, true],
    ['another account', { AWS: '111122223333' }, {}, {}, false],
    ['another role', { AWS: `arn:aws:iam::${ACCOUNT}:role/other` }, {}, {}, false],
    ['a service', { Service: 'lambda.amazonaws.com' }, {}, {}, false],
    [
      'an external id that is given',
      { AWS: hub },
      { StringEquals: { 'sts:ExternalId': 'x' } },
      { 'sts:ExternalId': ['x'] },
      true,
    ],
    ['an external id that is not', { AWS: hub }, { StringEquals: { 'sts:ExternalId': 'x' } }, {}, false],
    ['its organisation', '*', { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }, {}, true],
    ['another organisation', '*', { StringEquals: { 'aws:PrincipalOrgID': 'o-2' } }, {}, false],
  ];
  it.each(rows)('in %s', (_, principals, condition, given, trusted) => {
    const iam = newIam();
    const { principal } = roleWith(iam, {});
    const AssumeRolePolicyDocument = trust(principals, condition);
    const member = iam.createRole('111122223333', { RoleName: 'member', AssumeRolePolicyDocument });
    expect(iam.trusts(member.arn, principal, given)).toBe(trusted);
  });

  it('in a service', () => {
    const iam = newIam();
    const { arn } = roleWith(iam, {});
    expect(iam.trusts(arn, { kind: 'service', service: 'lambda.amazonaws.com' })).toBe(true);
    expect(iam.trusts(arn, { kind: 'service', service: 'events.amazonaws.com' })).toBe(false);
    expect(iam.trusts('arn:aws:iam::1:role/none', { kind: 'service', service: 'lambda.amazonaws.com' })).toBe(false);
  });

  it('is overruled by a deny', () => {
    const iam = newIam();
    const [Statement, root] = [lambda.Statement, rootOf(ACCOUNT)];
    const AssumeRolePolicyDocument = {
      Statement: [
        { ...Statement, Principal: '*' },
        { ...Statement, Effect: 'Deny', Principal: { AWS: ACCOUNT } },
      ],
    };
    const { arn } = iam.createRole(ACCOUNT, { RoleName: 'x', AssumeRolePolicyDocument });
    expect([iam.trusts(arn, root), iam.trusts(arn, rootOf('111122223333'))]).toEqual([false, true]);
  });
});
