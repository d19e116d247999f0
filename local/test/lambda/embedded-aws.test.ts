import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededChance } from '../../src/chance.ts';
import { SystemClock } from '../../src/clock.ts';
import { deployStack } from '../../src/deploy/deploy.ts';
import { Iam } from '../../src/iam/iam.ts';
import { defaultSwitches, profiles } from '../../src/profile.ts';
import { HttpApis } from '../../src/services/apigateway/http-apis.ts';
import { DynamoDb } from '../../src/services/dynamodb.ts';
import { targetsOf } from '../../src/services/eventbridge/connect.ts';
import { createEventBridge } from '../../src/services/eventbridge/eventbridge.ts';
import { Lambda } from '../../src/services/lambda/lambda.ts';
import { defineLambda } from '../../src/services/lambda/operations.ts';
import { type LogLine, workerRuntime } from '../../src/services/lambda/worker-runtime.ts';
import { createSqs } from '../../src/services/sqs/sqs.ts';
import { createSsm } from '../../src/services/ssm/ssm.ts';
import { Gateway } from '../../src/wire/gateway.ts';
import { startHttpServer } from '../../src/wire/http-server.ts';

const ACCOUNT = '123456789012';
const REGION = 'ap-northeast-1';

/** As it would be in a project: nothing in it knows that it does not run in AWS. */
const FUNCTION = `
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
const queues = new SQSClient({ maxAttempts: 1 });
const tables = new DynamoDBClient({ maxAttempts: 1 });
export const handler = async (event) => {
  await tables.send(new PutItemCommand({ TableName: process.env.TABLE, Item: { arn: { S: event.resources[0] } } }));
  await queues.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody: event.resources[0] }));
  const refused = await queues.send(new SendMessageCommand({ QueueUrl: process.env.OTHER_URL, MessageBody: 'x' })).catch((error) => error);
  console.log(refused.name);
};
`;

const allow = (Action: string, id: string) => ({ Effect: 'Allow', Action, Resource: { 'Fn::GetAtt': [id, 'Arn'] } });
const template = {
  Resources: {
    Work: { Type: 'AWS::SQS::Queue' },
    Other: { Type: 'AWS::SQS::Queue' },
    Services: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: 'services',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'arn', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'arn', KeyType: 'HASH' }],
      },
    },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        },
        Policies: [
          {
            PolicyName: 'own',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [allow('sqs:SendMessage', 'Work'), allow('dynamodb:PutItem', 'Services')],
            },
          },
        ],
      },
    },
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Timeout: 30,
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Environment: {
          Variables: { QUEUE_URL: { Ref: 'Work' }, OTHER_URL: { Ref: 'Other' }, TABLE: { Ref: 'Services' } },
        },
      },
    },
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: { source: ['aws.apprunner'] },
        Targets: [{ Id: 'f', Arn: { 'Fn::GetAtt': ['Function', 'Arn'] } }],
      },
    },
    Permission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: { Ref: 'Function' },
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: { 'Fn::GetAtt': ['Rule', 'Arn'] },
      },
    },
  },
};

describe('a packaged function in the embedded cloud', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'packaged-'));
    await build({
      stdin: { contents: FUNCTION, resolveDir: import.meta.dirname },
      outfile: join(folder, 'index.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      mainFields: ['module', 'main'],
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      logLevel: 'silent',
    });
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('answers an event with calls of the AWS SDK, as its role', async () => {
    const clock = new SystemClock();
    const world = { clock, chance: seededChance('embedded aws'), profile: profiles.fast, switches: defaultSwitches };
    const iam = new Iam(world);
    const sqs = createSqs(world);
    const dynamoDb = new DynamoDb();
    const events = createEventBridge(world);
    let aws = '';
    const lines: LogLine[] = [];
    let reported = (): void => {};
    const written = new Promise<void>((resolve) => {
      reported = resolve;
    });
    const runtime = workerRuntime({
      clock,
      endpointUrl: () => aws,
      credentials: (roleArn) => iam.issueRoleCredentials(roleArn),
      network: () => ({ dns: '127.0.0.1:9', publicDns: '127.0.0.1:9', route: () => undefined }),
      log: (line) => {
        lines.push(line);
        reported();
      },
    });
    const lambda = new Lambda(world, { runtime });
    const targets = targetsOf({ lambda, sqs, iam });
    events.connect(targets);
    lambda.connect({ targets, queues: sqs });
    const gateway = new Gateway({
      ...world,
      iam,
      services: [sqs.definition, events.definition, defineLambda(lambda, world)],
      passthroughs: [dynamoDb],
      defaultRegion: REGION,
    });
    const server = await startHttpServer({ gateway, port: 0 });
    try {
      aws = server.url;
      sqs.setEndpoint(aws);
      const httpApis = new HttpApis({ world, iam, lambda, log: () => {} });
      const cloud = { world, iam, sqs, dynamoDb, lambda, events, httpApis, ssm: createSsm(world, events) };
      const place = { account: ACCOUNT, region: REGION };
      const stack = await deployStack({ ...place, template, stackName: 'stack', functionCode: () => folder }, cloud);
      const work = String(stack.resources.get('Work')?.attributes.Arn);
      const arrived = new Promise<void>((resolve) => sqs.onVisible(work, resolve));
      events.emit({ ...place, source: 'aws.apprunner', 'detail-type': 'T', resources: ['arn:service'], detail: {} });
      await Promise.all([arrived, written]);
      expect(sqs.receive(work, 10).map(({ Body }) => Body)).toEqual(['arn:service']);
      expect(await dynamoDb.call('Scan', { TableName: 'services' }, place)).toMatchObject({
        Items: [{ arn: { S: 'arn:service' } }],
      });
      expect(lines.map(({ line }) => line)).toEqual([expect.stringContaining('AccessDenied')]);
    } finally {
      clock.stop();
      await lambda.close();
      await server.close();
    }
  });
});
