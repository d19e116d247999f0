import { readFile } from 'node:fs/promises';
import { CloudFormationClient, ListChangeSetsCommand } from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type OperationSetting, REGION, setting } from 'apprunner-embedded-cloud/test/every-operation/setting';
import { afterEach, describe, expect, test } from 'vitest';
import { previewChanges } from '../../../cli/deploy/change-set.ts';
import { withUnchangedCode } from '../../../cli/deploy/unchanged-code.ts';
import { packagedStack } from '../../../cli/stack/template.ts';
import { createStack } from './create-stack.ts';

const running = new Set<OperationSetting>();
afterEach(async () => {
  for (const { cloud } of running) await cloud.stop();
  running.clear();
});

const STACK = 'queues';
type Resources = Readonly<Record<string, object>>;

const queue = (Properties: object) => ({ Type: 'AWS::SQS::Queue', Properties });
const before: Resources = {
  ServerlessDeploymentBucket: { Type: 'AWS::S3::Bucket' },
  Kept: queue({ QueueName: 'kept' }),
  Slower: queue({ QueueName: 'slower', VisibilityTimeout: 30 }),
  Renamed: queue({ QueueName: 'before' }),
  Dropped: queue({ QueueName: 'dropped' }),
};
const after: Resources = {
  ServerlessDeploymentBucket: { Type: 'AWS::S3::Bucket' },
  Kept: queue({ QueueName: 'kept' }),
  Slower: queue({ QueueName: 'slower', VisibilityTimeout: 60 }),
  Renamed: queue({ QueueName: 'after' }),
  New: queue({ QueueName: { Ref: 'Name' } }),
};
const Parameters = { Name: { Type: 'String', Default: 'new', Description: 'Name of the new one.' } };

/** A cloud with the stack above in it. */
async function start(resources: Resources = before) {
  const made = await setting();
  running.add(made);
  const config = made.cloud.clientConfig();
  const cloudFormation = new CloudFormationClient(config);
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  await createStack(cloudFormation, made.clock, STACK, resources);
  const preview = (template: object) =>
    previewChanges(
      { stackName: STACK, stage: 'main', region: REGION, template: { ...template }, parameters: {}, kept: [] },
      { cloudFormation, s3, now: () => made.clock.now(), pause: (milliseconds) => made.clock.advance(milliseconds) },
    );
  const left = async () => {
    const { Summaries } = await cloudFormation.send(new ListChangeSetsCommand({ StackName: STACK }));
    return Summaries?.map(({ ChangeSetName }) => ChangeSetName);
  };
  return { ...made, config, cloudFormation, s3, preview, left };
}

describe('what a deployment would change', () => {
  test('comes from a change set, which is deleted afterwards, and nothing else', async () => {
    const { preview, left, calls } = await start();
    const changes = await preview({ Resources: after, Parameters });
    expect(changes.map(({ id, kind, properties }) => [id, kind, properties]).sort()).toEqual([
      ['Dropped', 'removed', []],
      ['New', 'added', []],
      ['Renamed', 'replaced', ['QueueName']],
      ['Slower', 'changed', ['VisibilityTimeout']],
    ]);
    expect(await left()).toEqual(['first']);
    expect(calls.filter(({ service }) => service === 's3')).toEqual([]);
  });

  test('is nothing where only words and outputs differ', async () => {
    const { preview, left } = await start();
    const words = { Description: 'Queues.', Outputs: { Name: { Value: 'kept' } } };
    expect(await preview({ Resources: before, ...words })).toEqual([]);
    expect(await left()).toEqual(['first']);
  });

  test('of a template too large for the call goes by way of the bucket of the stack, which is left as it was', async () => {
    const { preview, s3, calls } = await start();
    const Metadata = { Padding: 'x'.repeat(51_200) };
    expect(await preview({ Resources: { ...before, New: queue({ QueueName: 'new' }) }, Metadata })).toMatchObject([
      { id: 'New', kind: 'added' },
    ]);
    expect(calls.filter(({ service, writes }) => service === 's3' && writes).map(({ operation }) => operation)).toEqual(
      ['PutObject', 'DeleteObject'],
    );
    const put = calls.find(({ operation }) => operation === 'PutObject');
    const { Bucket } = { Bucket: '', ...put?.input };
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).toEqual([]);
  });

  test('fails for an invalid template, and leaves nothing behind', async () => {
    const { preview, left } = await start();
    await expect(preview({ Resources: { A: queue({ QueueName: { Ref: 'Nobody' } }) } })).rejects.toThrow(/Nobody/);
    expect(await left()).toEqual(['first']);
  });
});

describe('code that is deployed already', () => {
  const role = {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      },
    },
  };
  const withProbe = (S3Key: string) => ({
    Role: role,
    ProbeLambdaFunction: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'stack-probe',
        Runtime: 'nodejs24.x',
        Handler: 'dist/probe/index.handler',
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Code: { S3Bucket: 'packages', S3Key },
      },
    },
  });

  /** What the template of a new package says of the code, after this file was deployed as the probe. */
  async function codeAfter(file: 'probe' | 'sweep') {
    const packaged = await packagedStack(undefined);
    const made = await setting();
    running.add(made);
    const config = made.cloud.clientConfig();
    const s3 = new S3Client({ ...config, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: 'packages' }));
    const Body = await readFile(packaged.zips[file] ?? '');
    await s3.send(new PutObjectCommand({ Bucket: 'packages', Key: 'old.zip', Body }));
    const cloudFormation = new CloudFormationClient(config);
    await createStack(cloudFormation, made.clock, STACK, withProbe('old.zip'));
    const source = { Resources: withProbe('new.zip') };
    const template = { ...packaged.template, Resources: withProbe('new.zip') };
    const result = await withUnchangedCode({ source, template, zips: packaged.zips }, STACK, {
      cloudFormation,
      lambda: new LambdaClient(config),
    });
    return JSON.stringify(result);
  }

  test('keeps the place it is at', async () => {
    expect(await codeAfter('probe')).toContain('"S3Key":"old.zip"');
  });

  test('gives way to other code', async () => {
    expect(await codeAfter('sweep')).toContain('"S3Key":"new.zip"');
  });
});
