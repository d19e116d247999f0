import * as sdk from '@aws-sdk/client-iam';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { ACCOUNT, type OperationSetting, setting } from '../every-operation/setting.ts';

const running = new Set<OperationSetting>();
afterEach(async () => {
  for (const { cloud } of running) await cloud.stop();
  running.clear();
});

const RoleName = 'deployer';
const role = `arn:aws:iam::${ACCOUNT}:role/${RoleName}`;
const document = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const allow = (Action: string, Resource = '*', Condition: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  Condition,
});

/** With the role, and one inline policy of those statements. */
async function start(...statements: object[]) {
  const made = await setting();
  running.add(made);
  const { iam, cloud } = made;
  const AssumeRolePolicyDocument = document({ Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' });
  await iam.send(new sdk.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  const put = (PolicyName: string, ...of: object[]) =>
    iam.send(new sdk.PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: document(...of) }));
  if (statements.length > 0) await put('own', ...statements);
  const as = () => ({
    ...cloud.clientConfig(),
    credentials: cloud.iam.issueRoleCredentials(role),
  });
  const simulate = async (input: Partial<sdk.SimulatePrincipalPolicyCommandInput>) => {
    const answer = await iam.send(
      new sdk.SimulatePrincipalPolicyCommand({ PolicySourceArn: role, ActionNames: ['sqs:ListQueues'], ...input }),
    );
    return answer.EvaluationResults ?? [];
  };
  return { ...made, put, as, simulate };
}

describe('a role', () => {
  it('has what its policies give it, from the moment they hang on it', async () => {
    const { as, put, iam } = await start();
    const sqs = new SQSClient(as());
    await expect(sqs.send(new ListQueuesCommand({}))).rejects.toThrow('not authorized to perform: sqs:ListQueues');
    await put('own', allow('sqs:ListQueues'));
    await expect(sqs.send(new ListQueuesCommand({}))).resolves.toBeDefined();
    await iam.send(new sdk.DeleteRolePolicyCommand({ RoleName, PolicyName: 'own' }));
    await expect(sqs.send(new ListQueuesCommand({}))).rejects.toThrow('not authorized');
  });

  it.each([
    [
      'inline',
      'must delete all policies first',
      (s: { put: (name: string, of: object) => Promise<object> }) => s.put('own', allow('*')),
    ],
    [
      'attached',
      'must detach all policies first',
      ({ iam }: OperationSetting) =>
        iam.send(
          new sdk.AttachRolePolicyCommand({ RoleName, PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }),
        ),
    ],
  ])('is not deleted while a policy is %s', async (_, message, hang) => {
    const made = await start();
    await hang(made);
    await expect(made.iam.send(new sdk.DeleteRoleCommand({ RoleName }))).rejects.toThrow(message);
  });

  it('is left as it was by a policy that is none', async () => {
    const { iam, put, simulate } = await start(allow('sqs:*'));
    await expect(put('own', { Effect: 'Perhaps' })).rejects.toBeInstanceOf(sdk.MalformedPolicyDocumentException);
    await expect(
      iam.send(new sdk.AttachRolePolicyCommand({ RoleName, PolicyArn: 'arn:aws:iam::aws:policy/None' })),
    ).rejects.toBeInstanceOf(sdk.NoSuchEntityException);
    expect(await simulate({})).toMatchObject([{ EvalDecision: 'allowed' }]);
  });

  it('needs the right to change rights', async () => {
    const { as } = await start(allow('iam:GetRole', role), allow('iam:GetUser'));
    const iam = new sdk.IAMClient(as());
    await expect(iam.send(new sdk.GetRoleCommand({ RoleName }))).resolves.toBeDefined();
    const put = new sdk.PutRolePolicyCommand({ RoleName, PolicyName: 'more', PolicyDocument: document(allow('*')) });
    await expect(iam.send(put)).rejects.toThrow(`not authorized to perform: iam:PutRolePolicy on resource: ${role}`);
    await expect(iam.send(new sdk.GetUserCommand({}))).rejects.toThrow('Must specify userName');
  });

  it.each([
    ['a blank in its name', { RoleName: 'a b' }],
    ['a name of 65 characters', { RoleName: 'a'.repeat(65) }],
    ['a path without its end', { RoleName: 'a', Path: '/team' }],
  ])('is not made with %s', async (_, input) => {
    const { iam } = await start();
    await expect(
      iam.send(new sdk.CreateRoleCommand({ ...input, AssumeRolePolicyDocument: document() })),
    ).rejects.toMatchObject({
      name: 'ValidationError',
    });
  });

  it('is listed page by page', async () => {
    const { iam } = await start();
    const names: string[] = [];
    for await (const { Roles = [] } of sdk.paginateListRoles({ client: iam, pageSize: 1 }, {})) {
      expect(Roles).toHaveLength(1);
      names.push(...Roles.map((one) => one.RoleName ?? ''));
    }
    expect(names).toEqual(['deployer', 'reader']);
  });
});

describe('a simulation', () => {
  it('returns each action on each resource', async () => {
    const { simulate } = await start(allow('s3:GetObject', 'arn:aws:s3:::mine/*'), {
      Effect: 'Deny',
      Action: 's3:Delete*',
      Resource: '*',
    });
    const results = await simulate({
      ActionNames: ['s3:GetObject', 's3:DeleteObject'],
      ResourceArns: ['arn:aws:s3:::mine/a', 'arn:aws:s3:::other/a'],
    });
    expect(results.map((one) => [one.EvalActionName, one.EvalResourceName, one.EvalDecision])).toEqual([
      ['s3:GetObject', 'arn:aws:s3:::mine/a', 'allowed'],
      ['s3:GetObject', 'arn:aws:s3:::other/a', 'implicitDeny'],
      ['s3:DeleteObject', 'arn:aws:s3:::mine/a', 'explicitDeny'],
      ['s3:DeleteObject', 'arn:aws:s3:::other/a', 'explicitDeny'],
    ]);
  });

  it('returns the condition keys it lacks, and uses those it has', async () => {
    const condition = { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } };
    const { simulate } = await start(allow('iam:PassRole', '*', condition));
    const ActionNames = ['iam:PassRole'];
    expect(await simulate({ ActionNames })).toMatchObject([
      { EvalDecision: 'implicitDeny', MissingContextValues: ['iam:passedtoservice'] },
    ]);
    const ContextEntries = [
      {
        ContextKeyName: 'iam:PassedToService',
        ContextKeyType: 'string' as const,
        ContextKeyValues: ['lambda.amazonaws.com'],
      },
    ];
    expect(await simulate({ ActionNames, ContextEntries })).toMatchObject([
      { EvalDecision: 'allowed', MissingContextValues: [] },
    ]);
  });

  it('returns what the permissions boundary denies', async () => {
    const { simulate, cloud, iam } = await start(allow('*'));
    const PermissionsBoundary = cloud.iam.createManagedPolicy(ACCOUNT, {
      ManagedPolicyName: 'boundary',
      PolicyDocument: document(allow('lambda:*')),
    });
    await iam.send(new sdk.PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }));
    expect(await simulate({ ActionNames: ['lambda:Invoke', 'sqs:ListQueues'] })).toMatchObject([
      { EvalDecision: 'allowed', PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: true } },
      { EvalDecision: 'implicitDeny', PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false } },
    ]);
  });

  it.each([
    ['root', { PolicySourceArn: `arn:aws:iam::${ACCOUNT}:root` }, 'InvalidInputException'],
    ['a session', { PolicySourceArn: `arn:aws:sts::${ACCOUNT}:assumed-role/deployer/s` }, 'InvalidInputException'],
    ['a role that is not there', { PolicySourceArn: `arn:aws:iam::${ACCOUNT}:role/none` }, 'NoSuchEntityException'],
    ['a role of another account', { PolicySourceArn: 'arn:aws:iam::111122223333:role/r' }, 'NoSuchEntityException'],
    ['an action that is none', { ActionNames: ['ListQueues'] }, 'InvalidInputException'],
    ['more policies', { PolicyInputList: ['{}'] }, 'NotImplemented'],
  ])('refuses %s', async (_, input, name) => {
    const { simulate } = await start();
    await expect(simulate(input)).rejects.toMatchObject({ name });
  });
});
