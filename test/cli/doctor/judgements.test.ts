import { beforeAll, describe, expect, test } from 'vitest';
import { awsCommand, shellWord } from '../../../cli/doctor/aws-command.ts';
import { about } from '../../../cli/doctor/check.ts';
import { judgeAppRunner } from '../../../cli/doctor/checks/app-runner.ts';
import { judgeCaller } from '../../../cli/doctor/checks/caller.ts';
import { freeBlock } from '../../../cli/doctor/checks/free-block.ts';
import { checkKillSwitch } from '../../../cli/doctor/checks/kill-switch.ts';
import { judgePermissions } from '../../../cli/doctor/checks/permissions.ts';
import { judgeStack } from '../../../cli/doctor/checks/stack.ts';
import { policiesFor } from '../../../cli/doctor/deployer-policy.ts';
import { deploymentActions, unknownTypes } from '../../../cli/doctor/deployment-actions.ts';
import { checksText, withEndpoint } from '../../../cli/doctor/text.ts';
import { packagedStack, type StackTemplate } from '../../../cli/stack/template.ts';
import { plainLayout } from '../../../cli/terminal/output.ts';
import { lint } from '../../stack/lint/lint.ts';
import { shellWords } from './aws-line.ts';

const REGION = 'ap-northeast-1';

test.each([
  ['UPDATE_COMPLETE', 'ok', undefined],
  ['UPDATE_ROLLBACK_COMPLETE', 'ok', undefined],
  ['CREATE_FAILED', 'missing', 'aws cloudformation delete-stack'],
  ['ROLLBACK_COMPLETE', 'missing', 'aws cloudformation delete-stack'],
  ['REVIEW_IN_PROGRESS', 'missing', 'aws cloudformation delete-stack'],
  ['DELETE_FAILED', 'missing', 'aws cloudformation delete-stack'],
  ['UPDATE_ROLLBACK_FAILED', 'missing', 'aws cloudformation continue-update-rollback'],
  ['CREATE_IN_PROGRESS', 'missing', 'aws cloudformation wait stack-create-complete'],
  ['UPDATE_ROLLBACK_IN_PROGRESS', 'missing', 'aws cloudformation wait stack-update-complete'],
  ['DELETE_IN_PROGRESS', 'missing', 'aws cloudformation wait stack-delete-complete'],
])('a stack that is %s is %s', (status, expected, command) => {
  const check = judgeStack({ kind: 'present', status, parameters: {}, outputs: {} }, 'stack-1', REGION);
  expect(check.status).toBe(expected);
  expect(check.remedy?.commands[0]).toBe(
    command === undefined ? undefined : `${command} --stack-name stack-1 --region ${REGION}`,
  );
});

test.each([
  ['off', undefined, 'ok', undefined],
  [
    'on',
    { reason: 'the kill switch /stack-1/kill-switch is on', isTransient: false },
    'warning',
    `aws ssm put-parameter --name /stack-1/kill-switch --value off --overwrite --region ${REGION}`,
  ],
  ['not readable', { reason: 'it cannot be read (AccessDenied)', isTransient: true }, 'unknown', undefined],
])('a kill switch that is %s', async (_, block, status, command) => {
  const check = await checkKillSwitch(async () => block, '/stack-1/kill-switch', REGION);
  expect(check).toMatchObject({ id: 'kill-switch', status });
  expect(check.evidence).toContain(block?.reason ?? 'is off');
  expect(check.remedy?.commands[0]).toBe(command);
});

test('a stack that is not there yet is no fault', () => {
  expect(judgeStack({ kind: 'none' }, 'stack-1', REGION).status).toBe('ok');
});

test.each([
  ['10.0.0.0/16', [], '10.0.0.0/28'],
  ['10.0.0.0/16', ['10.0.0.0/24'], '10.0.1.0/28'],
  ['10.0.0.0/24', ['10.0.0.0/28', '10.0.0.32/28'], '10.0.0.16/28'],
  ['10.0.0.0/24', ['10.0.0.0/25', '10.0.0.128/25'], undefined],
  ['192.168.255.0/24', ['192.168.255.0/25'], '192.168.255.128/28'],
])('the first free block of %s beside %j is %s', (vpc, subnets, free) => {
  expect(freeBlock([vpc], subnets)).toBe(free);
});

test('a second range of the VPC is taken where the first is full', () => {
  expect(freeBlock(['10.0.0.0/28', '10.1.0.0/28'], ['10.0.0.0/28'])).toBe('10.1.0.0/28');
});

describe('commands', () => {
  test.each([
    ["it's", "'it'\\''s'"],
    ['', "''"],
    ['vpc-1', 'vpc-1'],
    ['{"a":1}', `'{"a":1}'`],
    ['*.example.com', "'*.example.com'"],
  ])('write %j for a shell as %s', (word, written) => {
    expect(shellWord(word)).toBe(written);
    expect(shellWords(`aws ${written}`)).toEqual(word === '' ? ['aws', ''] : ['aws', word]);
  });

  test('have bare options, lists of words and structures', () => {
    expect(awsCommand('ec2 run', { on: true, ids: ['a', 'b c'], tags: [{ Key: 'k' }], size: 3 })).toBe(
      `aws ec2 run --on --ids a 'b c' --tags '[{"Key":"k"}]' --size 3`,
    );
  });

  test('name the endpoint where the AWS CLI needs it', () => {
    const check = about('x', 'y').missing('none', 'Mend it.', 'aws s3 ls', 'export A=b');
    expect(withEndpoint(check, 'http://127.0.0.1:1').remedy?.commands).toEqual([
      'aws --endpoint-url http://127.0.0.1:1 s3 ls',
      'export A=b',
    ]);
    expect(withEndpoint(check, undefined)).toBe(check);
  });
});

test('services are counted', () => {
  expect(judgeAppRunner({ kind: 'services', count: 1 }, REGION).evidence).toBe('1 service');
  expect(judgeAppRunner({ kind: 'refused', error: 'Timeout', message: 'slow' }, REGION).status).toBe('unknown');
});

test('a failure that says nothing of the credentials is not held against them', () => {
  const check = judgeCaller({ kind: 'refused', error: 'TimeoutError', message: 'slow' }, undefined);
  expect(check).toMatchObject({ status: 'unknown', evidence: expect.stringContaining('TimeoutError') });
});

describe('the actions of a deployment', () => {
  let template: StackTemplate;
  beforeAll(async () => {
    ({ template } = await packagedStack(undefined));
  });
  const place = { account: '123456789012', region: REGION, stackName: 'stack-1' };

  test('are known for every resource type of the stack', () => {
    expect(unknownTypes(template)).toEqual([]);
    expect(deploymentActions(template, place).length).toBeGreaterThan(10);
  });

  test('are on what will be made, by its own name or the one CloudFormation gives', () => {
    const needed = deploymentActions(template, place);
    const of = (type: string) => needed.find(({ purpose }) => purpose === type)?.resources;
    expect(of('AWS::DynamoDB::Table')).toContain(
      `arn:aws:dynamodb:${REGION}:123456789012:table/apprunner-private-ingress-main-services`,
    );
    expect(of('AWS::IAM::Role')).toContain('arn:aws:iam::123456789012:role/stack-1-ProbeRole-xxxxxxxxxxxx');
    expect(of('AWS::Lambda::EventSourceMapping')).toEqual(['*']);
  });

  test('of access logs and of functions in a VPC are needed only with them', () => {
    const needed = (source: StackTemplate) => deploymentActions(source, place).flatMap(({ actions }) => actions);
    expect(needed(template)).toEqual(expect.arrayContaining(['logs:CreateLogDelivery', 'ec2:DescribeSubnets']));
    const without = JSON.parse(JSON.stringify(template).replaceAll(/"(AccessLogSettings|VpcConfig)"/g, '"Other"'));
    expect(needed(without).filter((action) => /^ec2:|LogDeliver/.test(action))).toEqual([]);
  });

  test('make policies that a managed policy has room for, in names of this stack', () => {
    const stackName = 'apprunner-private-ingress-main';
    const policies = policiesFor(deploymentActions(template, { ...place, stackName }), stackName);
    for (const policy of policies) expect(JSON.stringify(policy).length).toBeLessThanOrEqual(6144);
    const resources = policies.flatMap(({ Statement }) => Statement.flatMap(({ Resource }) => Resource));
    expect(resources).toContain(`arn:aws:sqs:${REGION}:123456789012:${stackName}-*`);
    expect(resources).toContain(`arn:aws:ssm:${REGION}:123456789012:parameter/${stackName}/kill-switch`);
    const pass = policies.flatMap(({ Statement }) => Statement).filter(({ Action }) => Action.includes('iam:PassRole'));
    expect(pass).toMatchObject([{ Condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } } }]);
  });

  test('contain what tags and access logs need, in policies that IAM takes', () => {
    const stackName = 'apprunner-private-ingress-main';
    const policies = policiesFor(deploymentActions(template, { ...place, stackName }), stackName);
    const actions = policies.flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action));
    const tags = ['apigateway:TagResource', 'cloudwatch:TagResource', 'dynamodb:TagResource', 'events:TagResource'];
    const names = ['iam:TagRole', 'iam:TagPolicy', 'lambda:TagResource', 'logs:TagResource', 'sqs:TagQueue'];
    const logs = ['logs:CreateLogDelivery', 'logs:GetLogDelivery', 'logs:UpdateLogDelivery', 'logs:DeleteLogDelivery'];
    const policy = ['logs:ListLogDeliveries', 'logs:PutResourcePolicy', 'logs:DescribeResourcePolicies'];
    expect(actions).toEqual(expect.arrayContaining([...tags, ...names, 'ssm:AddTagsToResource', ...logs, ...policy]));
    const Resources = policies.map((PolicyDocument, at): [string, object] => [
      `Policy${at}`,
      { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument } },
    ]);
    expect(lint(JSON.parse(JSON.stringify({ Resources: Object.fromEntries(Resources) })))).toEqual([]);
    // A user or a role takes ten managed policies (docs/facts.md#policy-size-limits).
    expect(policies.length).toBeLessThanOrEqual(10);
  });

  test('of an unknown type are reported as unknown', () => {
    const strange: StackTemplate = {
      Parameters: {},
      Conditions: {},
      Resources: { A: { Type: 'X::Y::Z', Properties: {} } },
    };
    expect(judgePermissions({ kind: 'root' }, 'arn:aws:iam::1:root', unknownTypes(strange))).toHaveLength(1);
    const facts = { kind: 'simulated', principal: 'arn:aws:iam::1:role/r', denied: [], asked: 1 } as const;
    expect(judgePermissions(facts, 'arn:aws:iam::1:role/r', unknownTypes(strange))).toMatchObject([
      { status: 'ok' },
      { status: 'unknown', subject: 'X::Y::Z' },
    ]);
  });

  test.each([
    ['user', 'arn:aws:iam::1:user/team/ann', 'put-user-policy --user-name ann'],
    ['role', 'arn:aws:iam::1:role/team/dev', 'put-role-policy --role-name dev'],
  ])('that a %s lacks are put right with a policy of its own', (_, principal, command) => {
    const denied = [{ action: 's3:PutObject', resource: 'arn:aws:s3:::b-xxxxxxxxxxxx/k', by: 'no-policy' as const }];
    const [check] = judgePermissions({ kind: 'simulated', principal, denied, asked: 1 }, principal, []);
    expect(check?.remedy?.commands[0]).toContain(command);
    expect(check?.remedy?.commands[0]).toContain('"Resource":["arn:aws:s3:::b-*/k"]');
  });

  test('that the organisation denies cannot be allowed elsewhere', () => {
    const denied = [{ action: 's3:PutObject', resource: '*', by: 'organization' as const }];
    const principal = 'arn:aws:iam::1:role/r';
    const [check] = judgePermissions({ kind: 'simulated', principal, denied, asked: 1 }, principal, []);
    expect(check).toMatchObject({
      status: 'missing',
      remedy: { text: "Ask the organisation's administrators.", commands: [] },
    });
  });
});

test('the text for people: each check, what to do, and the sum', () => {
  const checks = [
    about('a', 'one').ok('fine'),
    about('b', 'two').missing('gone', 'Make it.', 'aws x'),
    about('c', 'three').warning('weak', 'Better it.'),
    about('d', 'four').unknown('hidden'),
  ];
  expect(checksText(checks, plainLayout)).toBe(`✓ ok       a                      one: fine
✗ missing  b                      two: gone
! warning  c                      three: weak
? unknown  d                      four: hidden

b two
  Make it.
    aws x

c three
  Better it.

1 missing, 1 warning, 1 unknown.`);
  expect(checksText(checks.slice(0, 1), plainLayout)).toContain('Nothing is missing.');
});
