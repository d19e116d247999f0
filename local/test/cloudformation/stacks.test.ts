import * as sdk from '@aws-sdk/client-cloudformation';
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { seededChance } from '../../src/chance.ts';
import { VirtualClock } from '../../src/clock.ts';
import { createCloud, type EmbeddedCloud } from '../../src/cloud.ts';
import { deployStack } from '../../src/deploy/deploy.ts';
import { profiles } from '../../src/profile.ts';
import { inProcessRuntime } from '../../src/services/lambda/in-process-runtime.ts';
import { inProcessHandler } from '../../src/wire/in-process.ts';

const ACCOUNT = '123456789012';
const REGION = 'ap-northeast-1';
const StackName = 'jobs';

let cloud: EmbeddedCloud;
let cloudFormation: sdk.CloudFormationClient;
beforeEach(() => {
  const clock = new VirtualClock();
  cloud = createCloud({
    clock,
    chance: seededChance('stacks'),
    profile: profiles.fast,
    runtime: () => inProcessRuntime(clock, { work: (_, __, fn) => fn.environment }),
  });
  cloudFormation = new sdk.CloudFormationClient(cloud.clientConfig());
});
afterEach(() => cloud.stop());

const queue = (name: string, properties: object = {}) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName: name, ...properties },
});

let sets = 0;
/** Makes a change set; with `execute` the change as well. */
async function change(
  resources: object,
  more: Partial<sdk.CreateChangeSetCommandInput> = {},
): Promise<sdk.DescribeChangeSetCommandOutput> {
  const ChangeSetName = `set-${++sets}`;
  const TemplateBody = JSON.stringify({ Resources: resources });
  await cloudFormation.send(new sdk.CreateChangeSetCommand({ StackName, ChangeSetName, TemplateBody, ...more }));
  return cloudFormation.send(new sdk.DescribeChangeSetCommand({ StackName, ChangeSetName }));
}
async function execute({ ChangeSetName }: sdk.DescribeChangeSetCommandOutput): Promise<sdk.Stack | undefined> {
  await cloudFormation.send(new sdk.ExecuteChangeSetCommand({ StackName, ChangeSetName }));
  await cloud.cloudFormation.idle();
  return (await cloudFormation.send(new sdk.DescribeStacksCommand({ StackName }))).Stacks?.[0];
}
const made = async (resources: object) => execute(await change(resources, { ChangeSetType: 'CREATE' }));
const updated = async (resources: object, more?: Partial<sdk.CreateChangeSetCommandInput>) =>
  execute(await change(resources, more));

async function queues(): Promise<readonly string[]> {
  const { QueueUrls = [] } = await new SQSClient(cloud.clientConfig()).send(new ListQueuesCommand({}));
  return QueueUrls.map((url) => url.split('/').at(-1) ?? '').sort();
}

/** `QueueA CREATE_COMPLETE`, the oldest first. */
async function events(): Promise<readonly string[]> {
  const { StackEvents = [] } = await cloudFormation.send(new sdk.DescribeStackEventsCommand({ StackName }));
  return StackEvents.map(({ LogicalResourceId, ResourceStatus }) => `${LogicalResourceId} ${ResourceStatus}`).reverse();
}

describe('a change set', () => {
  test('makes, changes, replaces and removes what it said it would', async () => {
    expect(await made({ A: queue('a'), B: queue('b'), C: queue('c') })).toMatchObject({
      StackStatus: 'CREATE_COMPLETE',
    });
    const set = await change({ A: queue('a', { DelaySeconds: 5 }), B: queue('b2'), D: queue('d') });
    const changes = set.Changes?.map(({ ResourceChange: one }) => [
      one?.Action,
      one?.LogicalResourceId,
      one?.Replacement,
    ]);
    expect(changes).toEqual([
      ['Modify', 'A', 'False'],
      ['Modify', 'B', 'True'],
      ['Add', 'D', undefined],
      ['Remove', 'C', undefined],
    ]);
    expect(await queues()).toEqual(['a', 'b', 'c']);
    expect(await execute(set)).toMatchObject({ StackStatus: 'UPDATE_COMPLETE' });
    expect(await queues()).toEqual(['a', 'b2', 'd']);
    expect((await events()).slice(-12)).toEqual([
      'jobs UPDATE_IN_PROGRESS',
      'A UPDATE_IN_PROGRESS',
      'A UPDATE_COMPLETE',
      'B UPDATE_IN_PROGRESS',
      'B UPDATE_COMPLETE',
      'D CREATE_IN_PROGRESS',
      'D CREATE_COMPLETE',
      'C DELETE_IN_PROGRESS',
      'C DELETE_COMPLETE',
      'B DELETE_IN_PROGRESS',
      'B DELETE_COMPLETE',
      'jobs UPDATE_COMPLETE',
    ]);
  });

  test('of nothing new cannot be executed', async () => {
    await made({ A: queue('a') });
    const set = await change({ A: queue('a') });
    expect(set).toMatchObject({
      Status: 'FAILED',
      ExecutionStatus: 'UNAVAILABLE',
      StatusReason: expect.stringContaining("didn't contain changes"),
    });
    await expect(execute(set)).rejects.toBeInstanceOf(sdk.InvalidChangeSetStatusException);
  });

  test('of another one that was executed before it is gone', async () => {
    await made({ A: queue('a') });
    const [first, second] = [
      await change({ A: queue('a'), B: queue('b') }),
      await change({ A: queue('a'), C: queue('c') }),
    ];
    await execute(first);
    await expect(execute(second)).rejects.toBeInstanceOf(sdk.ChangeSetNotFoundException);
  });

  test('keeps the parameters and the template of UsePreviousValue', async () => {
    const TemplateBody = JSON.stringify({
      Parameters: {
        Name: { Type: 'String' },
        Delay: { Type: 'Number', Default: 1 },
        Secret: { Type: 'String', NoEcho: true },
      },
      Resources: { A: queue('a', { QueueName: { Ref: 'Name' }, DelaySeconds: { Ref: 'Delay' } }) },
      Outputs: { Name: { Value: { Ref: 'Name' } } },
    });
    const given = (values: Readonly<Record<string, string | undefined>>) =>
      Object.entries(values).map(([ParameterKey, ParameterValue]) =>
        ParameterValue === undefined ? { ParameterKey, UsePreviousValue: true } : { ParameterKey, ParameterValue },
      );
    const first = { ChangeSetType: 'CREATE', TemplateBody, Parameters: given({ Name: 'n', Secret: 's' }) } as const;
    await execute(await change({}, first));
    const again = {
      TemplateBody: undefined,
      UsePreviousTemplate: true,
      Parameters: given({ Name: undefined, Secret: undefined, Delay: '7' }),
    };
    expect(await execute(await change({}, again))).toMatchObject({
      StackStatus: 'UPDATE_COMPLETE',
      Parameters: [
        { ParameterKey: 'Name', ParameterValue: 'n' },
        { ParameterKey: 'Delay', ParameterValue: '7' },
        { ParameterKey: 'Secret', ParameterValue: '****' },
      ],
      Outputs: [{ OutputKey: 'Name', OutputValue: 'n' }],
    });
  });
});

describe('a change that fails', () => {
  const broken = {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: { Queues: ['nowhere'], PolicyDocument: {} },
    DependsOn: 'B',
  };

  test('when the stack is made takes away what was made', async () => {
    const stack = await made({ A: queue('a'), B: queue('b'), Broken: broken });
    expect(stack).toMatchObject({ StackStatus: 'ROLLBACK_COMPLETE' });
    expect(await queues()).toEqual([]);
    expect(await events()).toContain('Broken CREATE_FAILED');
    await expect(change({ A: queue('a') }).then(execute)).rejects.toThrow('is in ROLLBACK_COMPLETE state');
  });

  test('when the stack is updated brings back what was there', async () => {
    await made({ A: queue('a', { DelaySeconds: 5 }), B: queue('b') });
    const stack = await updated({ A: queue('a', { DelaySeconds: 9 }), B: queue('b2'), Broken: broken });
    expect(stack).toMatchObject({ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(await queues()).toEqual(['a', 'b']);
    const { VisibilityTimeout: _, ...attributes } = cloud.sqs.attributes(`arn:aws:sqs:${REGION}:${ACCOUNT}:a`);
    expect(attributes).toMatchObject({ DelaySeconds: '5' });
    expect(await updated({ A: queue('a'), B: queue('b') })).toMatchObject({ StackStatus: 'UPDATE_COMPLETE' });
  });
});

test('what is retained stays, unless the stack was never made', async () => {
  const kept = { ...queue('a'), DeletionPolicy: 'RetainExceptOnCreate' };
  await made({ A: kept, B: { ...queue('b'), DeletionPolicy: 'Retain' }, C: queue('c') });
  await cloudFormation.send(new sdk.DeleteStackCommand({ StackName }));
  await cloud.cloudFormation.idle();
  expect(await queues()).toEqual(['a', 'b']);
  const broken = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'not a name' } };
  await made({ A: { ...kept, Properties: { QueueName: 'd' } }, B: { ...broken, DependsOn: 'A' } });
  expect(await queues()).toEqual(['a', 'b']);
});

test('a stack that is deleted leaves nothing but its events', async () => {
  const stack = await made({ A: queue('a') });
  await cloudFormation.send(new sdk.DeleteStackCommand({ StackName }));
  await cloud.cloudFormation.idle();
  expect(await queues()).toEqual([]);
  await expect(cloudFormation.send(new sdk.DescribeStacksCommand({ StackName }))).rejects.toThrow('does not exist');
  const byId = await cloudFormation.send(new sdk.DescribeStacksCommand({ StackName: stack?.StackId }));
  expect(byId.Stacks).toMatchObject([{ StackStatus: 'DELETE_COMPLETE' }]);
  expect(await made({ A: queue('again') })).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
});

describe('a function', () => {
  const zipOf = (name: string, content: string) => storedZip(name, Buffer.from(content));
  const resources = (key: string, value: string) => ({
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: 'work',
        AssumeRolePolicyDocument: {
          Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
        },
      },
    },
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'work',
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Code: { S3Bucket: { Ref: 'Packages' }, S3Key: key },
        Environment: { Variables: { VALUE: value } },
      },
    },
    Packages: { Type: 'AWS::S3::Bucket' },
  });
  const Capabilities: sdk.Capability[] = ['CAPABILITY_NAMED_IAM'];

  test('gets its code from the bucket, and its configuration from the template as it is now', async () => {
    const packages = { Packages: { Type: 'AWS::S3::Bucket' } };
    await made(packages);
    const { StackResourceDetail: bucket } = await cloudFormation.send(
      new sdk.DescribeStackResourceCommand({ StackName, LogicalResourceId: 'Packages' }),
    );
    const s3 = new S3Client({ ...cloud.clientConfig(), forcePathStyle: true });
    const Bucket = bucket?.PhysicalResourceId;
    await s3.send(new PutObjectCommand({ Bucket, Key: 'work.zip', Body: zipOf('index.mjs', 'code') }));
    expect(await updated(resources('work.zip', 'one'), { Capabilities })).toMatchObject({
      StackStatus: 'UPDATE_COMPLETE',
    });
    expect(await updated(resources('work.zip', 'two'), { Capabilities })).toMatchObject({
      StackStatus: 'UPDATE_COMPLETE',
    });
    const lambda = new LambdaClient(cloud.clientConfig());
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'work' }));
    expect(JSON.parse(Payload?.transformToString() ?? '')).toEqual({ VALUE: 'two' });

    await s3.send(
      new PutObjectCommand({ Bucket, Key: 'template.json', Body: JSON.stringify({ Resources: packages }) }),
    );
    const TemplateURL = `https://s3.${REGION}.amazonaws.com/${Bucket}/template.json`;
    expect(await updated({}, { TemplateBody: undefined, TemplateURL })).toMatchObject({
      StackStatus: 'UPDATE_COMPLETE',
    });
    await expect(lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'work' }))).rejects.toThrow(
      'not found',
    );
  });

  test('without its code is refused, and the stack goes back', async () => {
    await made({ Packages: { Type: 'AWS::S3::Bucket' } });
    expect(await updated(resources('none.zip', ''), { Capabilities })).toMatchObject({
      StackStatus: 'UPDATE_ROLLBACK_COMPLETE',
    });
  });
});

test('a stack that was deployed from inside is there, and takes change sets', async () => {
  const place = { account: ACCOUNT, region: REGION, stackName: StackName };
  const template = { Resources: { A: queue('a') }, Outputs: { Url: { Value: { Ref: 'A' } } } };
  await deployStack({ ...place, template, functionCode: () => undefined }, cloud.deployment);
  const { Stacks } = await cloudFormation.send(new sdk.DescribeStacksCommand({}));
  expect(Stacks).toMatchObject([{ StackName, StackStatus: 'CREATE_COMPLETE', Outputs: [{ OutputKey: 'Url' }] }]);
  expect(await updated({ A: queue('a'), B: queue('b') })).toMatchObject({ StackStatus: 'UPDATE_COMPLETE' });
});

test('stacks are of their account and region', async () => {
  await made({ A: queue('a') });
  for (const config of [
    { region: 'us-east-1' },
    { credentials: { accessKeyId: '111122223333', secretAccessKey: 'x' } },
  ]) {
    const elsewhere = new sdk.CloudFormationClient({ ...cloud.clientConfig(), ...config });
    expect((await elsewhere.send(new sdk.DescribeStacksCommand({}))).Stacks ?? []).toEqual([]);
  }
});

test('a role may do what its policies allow, by stack', async () => {
  await made({ A: queue('a') });
  const resource = `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/jobs/*`;
  const { arn } = cloud.iam.createRole(ACCOUNT, {
    RoleName: 'reader',
    AssumeRolePolicyDocument: { Statement: { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' } },
    Policies: [
      {
        PolicyName: 'own',
        PolicyDocument: { Statement: { Effect: 'Allow', Action: 'cloudformation:Describe*', Resource: resource } },
      },
    ],
  });
  const { sessionToken, ...keys } = cloud.iam.issueRoleCredentials(arn);
  const reader = new sdk.CloudFormationClient({
    region: REGION,
    credentials: { ...keys, sessionToken },
    requestHandler: inProcessHandler(cloud.gateway),
    maxAttempts: 1,
  });
  expect((await reader.send(new sdk.DescribeStacksCommand({ StackName }))).Stacks).toHaveLength(1);
  await expect(reader.send(new sdk.DescribeStacksCommand({}))).rejects.toThrow('not authorized');
  await expect(reader.send(new sdk.DeleteStackCommand({ StackName }))).rejects.toThrow('not authorized');
});

describe('a request is refused', () => {
  const TemplateBody = (template: object) => ({ TemplateBody: JSON.stringify(template) });
  const role = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {} } };
  test.each<readonly [string, Partial<sdk.CreateChangeSetCommandInput>, string]>([
    ['without a template', { TemplateBody: undefined }, 'Either Template URL or Template Body'],
    [
      'with a template that is too long',
      TemplateBody({ Resources: { A: queue('x'.repeat(51_200)) } }),
      'less than or equal to 51200',
    ],
    [
      'with a template from somewhere',
      { TemplateBody: undefined, TemplateURL: 'https://example.com/a' },
      'must be a supported URL',
    ],
    [
      'with a template from nowhere',
      { TemplateBody: undefined, TemplateURL: 'https://s3.amazonaws.com/a/b' },
      'S3 error: The specified bucket does not exist',
    ],
    ['with a template that is none', { TemplateBody: '[1' }, 'not well-formed'],
    [
      'with a type that is not there',
      TemplateBody({ Resources: { A: { Type: 'AWS::SNS::Topic' } } }),
      'cannot make A (AWS::SNS::Topic)',
    ],
    [
      'with a reference to nothing',
      TemplateBody({ Resources: { A: queue('a', { DelaySeconds: { Ref: 'B' } }) } }),
      'Unresolved resource dependencies [B]',
    ],
    [
      'with a role and without the capability',
      TemplateBody({ Resources: { A: role } }),
      'Requires capabilities : [CAPABILITY_IAM]',
    ],
    [
      'with an unknown parameter',
      { Parameters: [{ ParameterKey: 'X', ParameterValue: 'x' }] },
      'Parameters: [X] do not exist',
    ],
    ['for a stack that is not there', { ChangeSetType: 'UPDATE' }, 'Stack [jobs] does not exist'],
    ['with a wrong name', { ChangeSetName: '1' }, 'must satisfy regular expression'],
    ['to import', { ChangeSetType: 'IMPORT' }, 'not implemented by the embedded cloud'],
  ])('%s', async (_, input, why) => {
    await expect(change({ A: queue('a') }, { ChangeSetType: 'CREATE', ...input })).rejects.toThrow(why);
    expect(await queues()).toEqual([]);
  });

  test('to make a stack that is there', async () => {
    await made({ A: queue('a') });
    await expect(made({ A: queue('a') })).rejects.toThrow('already exists and cannot be created again');
  });
});

/** A zip of one file that is not compressed. */
function storedZip(name: string, content: Buffer): Buffer {
  const sizes = (at: number, header: Buffer) => {
    header.writeUInt32LE(content.length, at);
    header.writeUInt32LE(content.length, at + 4);
    header.writeUInt16LE(name.length, at + 8);
    return header;
  };
  const local = sizes(18, Buffer.alloc(30));
  local.write('PK\x03\x04', 'latin1');
  const central = sizes(20, Buffer.alloc(46));
  central.write('PK\x01\x02', 'latin1');
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(local.length + name.length + content.length, 16);
  return Buffer.concat([local, Buffer.from(name), content, central, Buffer.from(name), end]);
}
