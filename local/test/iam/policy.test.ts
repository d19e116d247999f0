import { describe, expect, it } from 'vitest';
import { conditionValues, evaluate } from '../../src/iam/evaluate.ts';
import { parsePolicy } from '../../src/iam/policy.ts';
import { AwsError } from '../../src/wire/errors.ts';

/** A policy variable as policies spell it. */
const variable = (name: string) => `$\{${name}}`;
const SERVICE = 'arn:aws:apprunner:eu-west-1:123456789012:service/shop/0123';

function decide(
  statements: unknown,
  action: string,
  resource: string,
  keys: Readonly<Record<string, readonly string[]>> = {},
) {
  const policy = parsePolicy({ Version: '2012-10-17', Statement: statements }, 'identity');
  return evaluate(policy, { action, resource, conditions: conditionValues(keys) });
}

describe('actions and resources', () => {
  it.each([
    // Action, Resource of an Allow                 action asked                 resource asked         decision
    ['apprunner:DescribeService', '*', 'apprunner:DescribeService', SERVICE, 'allowed'],
    ['APPRUNNER:describeservice', '*', 'apprunner:DescribeService', SERVICE, 'allowed'],
    ['apprunner:Describe*', '*', 'apprunner:DescribeService', SERVICE, 'allowed'],
    ['apprunner:Describe*', '*', 'apprunner:UpdateService', SERVICE, 'not-allowed'],
    ['apprunner:DescribeServic?', '*', 'apprunner:DescribeService', SERVICE, 'allowed'],
    ['apprunner:DescribeService?', '*', 'apprunner:DescribeService', SERVICE, 'not-allowed'],
    ['*', '*', 'ec2:DescribeVpcs', '*', 'allowed'],
    [['ec2:X', 'ec2:DescribeVpcs'], '*', 'ec2:DescribeVpcs', '*', 'allowed'],
    ['apprunner:*', 'arn:aws:apprunner:*:*:service/shop/*', 'apprunner:DescribeService', SERVICE, 'allowed'],
    ['apprunner:*', 'arn:aws:apprunner:*:*:service/SHOP/*', 'apprunner:DescribeService', SERVICE, 'not-allowed'],
    ['apprunner:*', 'arn:aws:apprunner:*:*:service/????/*', 'apprunner:DescribeService', SERVICE, 'allowed'],
    ['apprunner:*', 'arn:aws:apprunner:*:*:service/???/*', 'apprunner:DescribeService', SERVICE, 'not-allowed'],
    ['apprunner:ListServices', SERVICE, 'apprunner:ListServices', '*', 'not-allowed'],
    ['s3:*', 'arn:aws:s3:::a.b/*', 's3:GetObject', 'arn:aws:s3:::aXb/c', 'not-allowed'],
  ])('Allow %j on %j, asked for %s on %s: %s', (Action, Resource, action, resource, decision) => {
    expect(decide({ Effect: 'Allow', Action, Resource }, action, resource)).toBe(decision);
  });

  it.each([
    ['ec2:DescribeVpcs', 'not-allowed'],
    ['ec2:CreateVpc', 'allowed'],
  ])('NotAction leaves out what it names: %s', (action, decision) => {
    expect(decide({ Effect: 'Allow', NotAction: 'ec2:Describe*', Resource: '*' }, action, '*')).toBe(decision);
  });

  it.each([
    [SERVICE, 'not-allowed'],
    ['arn:aws:apprunner:eu-west-1:123456789012:service/other/1', 'allowed'],
  ])('NotResource leaves out what it names: %s', (resource, decision) => {
    const statement = { Effect: 'Allow', Action: '*', NotResource: ['arn:aws:apprunner:*:*:service/shop/*'] };
    expect(decide(statement, 'apprunner:PauseService', resource)).toBe(decision);
  });

  it('a Deny wins over any Allow, in whatever order', () => {
    const allow = { Effect: 'Allow', Action: '*', Resource: '*' };
    const deny = { Effect: 'Deny', Action: 'apprunner:Delete*', Resource: '*' };
    for (const statements of [
      [allow, deny],
      [deny, allow],
    ]) {
      expect(decide(statements, 'apprunner:DeleteService', SERVICE)).toBe('explicitly-denied');
      expect(decide(statements, 'apprunner:DescribeService', SERVICE)).toBe('allowed');
    }
  });

  it('nothing is allowed by nothing', () => {
    expect(decide([], 'ec2:DescribeVpcs', '*')).toBe('not-allowed');
  });

  it.each([
    [`arn:aws:x:::${variable('aws:PrincipalAccount')}/*`, 'arn:aws:x:::1/a', 'allowed'],
    [`arn:aws:x:::${variable('aws:PrincipalAccount')}/*`, 'arn:aws:x:::2/a', 'not-allowed'],
    [`arn:aws:x:::${variable('aws:Missing')}`, 'arn:aws:x:::', 'not-allowed'],
    [`arn:aws:x:::${variable('*')}`, 'arn:aws:x:::*', 'allowed'],
    [`arn:aws:x:::${variable('*')}`, 'arn:aws:x:::a', 'not-allowed'],
    [`arn:aws:x:::${variable('wild')}`, 'arn:aws:x:::a', 'not-allowed'],
  ])('policy variables: %s against %s', (Resource, resource, decision) => {
    const keys = { 'aws:principalaccount': ['1'], wild: ['*'] };
    expect(decide({ Effect: 'Allow', Action: '*', Resource }, 'x:Y', resource, keys)).toBe(decision);
  });
});

describe('conditions', () => {
  const ROLE = 'arn:aws:iam::123456789012:role/a/b';
  // operator, values of the policy, values of the request, whether it holds
  const rows: readonly [string, unknown, readonly string[] | undefined, boolean][] = [
    ['StringEquals', 'a', ['a'], true],
    ['StringEquals', 'a', ['A'], false],
    ['StringEquals', 'a*', ['ab'], false],
    ['StringEquals', ['a', 'b'], ['b'], true],
    ['StringEquals', 'a', undefined, false],
    ['StringEqualsIfExists', 'a', undefined, true],
    ['StringEqualsIfExists', 'a', ['b'], false],
    ['StringEquals', `${variable('aws:PrincipalAccount')}`, ['1'], true],
    ['StringNotEquals', 'a', ['b'], true],
    ['StringNotEquals', ['a', 'b'], ['b'], false],
    ['StringNotEquals', 'a', ['b', 'a'], false],
    ['StringNotEquals', 'a', undefined, true],
    ['ForAnyValue:StringNotEquals', 'a', undefined, false],
    ['StringEqualsIgnoreCase', 'Abc', ['aBC'], true],
    ['StringNotEqualsIgnoreCase', 'Abc', ['aBC'], false],
    ['StringLike', '*.example.com', ['shop.example.com'], true],
    ['StringLike', '*.example.com', ['example.com'], false],
    ['StringLike', `${variable('aws:PrincipalAccount')}-?`, ['1-x'], true],
    ['StringNotLike', '*.example.com', ['example.com'], true],
    ['StringNotLike', '*.example.com', ['a.example.com'], false],
    ['ArnLike', 'arn:aws:iam::*:role/a/*', [ROLE], true],
    ['ArnLike', 'arn:aws:iam*:role/a/b', [ROLE], false],
    ['ArnLike', `arn:aws:iam::${variable('aws:PrincipalAccount')}:role/*`, ['arn:aws:iam::1:role/x'], true],
    ['ArnEquals', ROLE, [ROLE], true],
    ['ArnEquals', 'arn:aws:iam::123456789012:role/a', [ROLE], false],
    ['ArnNotEquals', ROLE, [ROLE], false],
    ['ArnNotLike', 'arn:aws:iam::9*:role/*', [ROLE], true],
    ['Bool', true, ['true'], true],
    ['Bool', 'false', ['true'], false],
    ['Bool', 'true', undefined, false],
    ['Null', 'true', undefined, true],
    ['Null', 'true', ['x'], false],
    ['Null', false, ['x'], true],
    ['Null', 'false', undefined, false],
    ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'b', 'a'], true],
    ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'c'], false],
    ['ForAllValues:StringEquals', 'a', undefined, true],
    ['ForAnyValue:StringEquals', 'a', ['a', 'c'], true],
    ['ForAnyValue:StringEquals', 'a', ['b', 'c'], false],
    ['ForAnyValue:StringEquals', 'a', undefined, false],
    ['ForAnyValue:StringEqualsIfExists', 'a', undefined, true],
    ['ForAllValues:StringNotEquals', 'a', ['b', 'c'], true],
    ['ForAllValues:StringNotEquals', 'a', ['a', 'c'], false],
    ['ForAnyValue:StringNotEquals', 'a', ['a', 'c'], true],
    ['ForAnyValue:StringNotEquals', 'a', ['a'], false],
    ['ForAllValues:StringLike', '*.example.com', ['a.example.com', 'b.example.com'], true],
    ['ForAllValues:StringLike', '*.example.com', ['a.example.com', 'b.example.org'], false],
  ];
  it.each(rows)('%s %j of %j: %s', (operator, policy, request, holds) => {
    const statement = { Effect: 'Allow', Action: '*', Resource: '*', Condition: { [operator]: { 'App:Key': policy } } };
    const keys = { 'aws:PrincipalAccount': ['1'], ...(request === undefined ? {} : { 'app:key': request }) };
    expect(decide(statement, 'x:Y', '*', keys)).toBe(holds ? 'allowed' : 'not-allowed');
  });

  it('all lines of a Condition have to hold', () => {
    const Condition = { StringEquals: { a: '1', b: '2' }, Bool: { c: 'true' } };
    const statement = { Effect: 'Allow', Action: '*', Resource: '*', Condition };
    expect(decide(statement, 'x:Y', '*', { a: ['1'], b: ['2'], c: ['true'] })).toBe('allowed');
    for (const keys of [
      { a: ['1'], b: ['2'] },
      { a: ['1'], b: ['x'], c: ['true'] },
      { b: ['2'], c: ['true'] },
    ]) {
      expect(decide(statement, 'x:Y', '*', keys)).toBe('not-allowed');
    }
  });
});

describe('documents', () => {
  const allow = { Effect: 'Allow', Action: 'a:B', Resource: '*' };
  const lambda = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };

  it('may be JSON text, one statement or many, one value or many', () => {
    const one = parsePolicy(JSON.stringify({ Statement: allow }), 'identity');
    const many = parsePolicy(
      { Version: '2012-10-17', Id: 'x', Statement: [{ ...allow, Sid: 's', Action: ['a:B'], Resource: ['*'] }] },
      'identity',
    );
    expect(one).toEqual(many);
    expect(parsePolicy({ Statement: { ...lambda, Principal: '*' } }, 'trust')[0]?.principals).toEqual({ AWS: ['*'] });
  });

  it.each([
    ['not JSON', '{', 'identity', 'invalid Json'],
    ['no statement', {}, 'identity', 'Statement'],
    ['an unknown member', { Statement: { ...allow, Resources: '*' } }, 'identity', 'Resources'],
    ['an unknown effect', { Statement: { ...allow, Effect: 'allow' } }, 'identity', 'Effect'],
    ['no action', { Statement: { Effect: 'Allow', Resource: '*' } }, 'identity', 'must contain actions'],
    ['both actions', { Statement: { ...allow, NotAction: 'a:C' } }, 'identity', 'both Action and NotAction'],
    ['no resource', { Statement: { Effect: 'Allow', Action: 'a:B' } }, 'identity', 'must contain resources'],
    [
      'a principal in an identity policy',
      { Statement: { ...allow, Principal: '*' } },
      'identity',
      'should not specify a principal',
    ],
    ['a resource in a trust policy', { Statement: { ...lambda, Resource: '*' } }, 'trust', 'prohibited field Resource'],
    [
      'no principal in a trust policy',
      { Statement: { Effect: 'Allow', Action: 'sts:AssumeRole' } },
      'trust',
      'must contain a principal',
    ],
    [
      'an operator that the embedded IAM does not evaluate',
      { Statement: { ...allow, Condition: { DateGreaterThan: { a: 'b' } } } },
      'identity',
      'DateGreaterThan',
    ],
    [
      'a misspelt operator',
      { Statement: { ...allow, Condition: { StringEqual: { a: 'b' } } } },
      'identity',
      'StringEqual',
    ],
    ['an intrinsic function', { Statement: { ...allow, Resource: { Ref: 'Queue' } } }, 'identity', 'Resource'],
  ] as const)('refuses %s', (_, document, kind, says) => {
    expect(() => parsePolicy(document, kind)).toThrow(AwsError);
    expect(() => parsePolicy(document, kind)).toThrow(says);
  });
});
