import { beforeEach, describe, expect, it } from 'vitest';
import { seededChance } from '../../src/chance.ts';
import { VirtualClock } from '../../src/clock.ts';
import { deployStack } from '../../src/deploy/deploy.ts';
import { call } from '../../src/deploy/resource.ts';
import type { DeployedStack } from '../../src/deploy/stack.ts';
import { Iam, rootOf } from '../../src/iam/iam.ts';
import { defaultSwitches, profiles } from '../../src/profile.ts';
import { HttpApis } from '../../src/services/apigateway/http-apis.ts';
import { DynamoDb } from '../../src/services/dynamodb.ts';
import { targetsOf } from '../../src/services/eventbridge/connect.ts';
import { createEventBridge } from '../../src/services/eventbridge/eventbridge.ts';
import { type InProcessHandler, inProcessRuntime } from '../../src/services/lambda/in-process-runtime.ts';
import { Lambda } from '../../src/services/lambda/lambda.ts';
import { createSqs } from '../../src/services/sqs/sqs.ts';
import { createSsm } from '../../src/services/ssm/ssm.ts';

const ACCOUNT = '123456789012';
const REGION = 'ap-northeast-1';
const MINUTE = 60_000;

/** The shape that the serverless framework gives a stack: a rule, two functions, a queue with dead letters, a table. */
const template = {
  Parameters: {
    AllowedNames: { Type: 'CommaDelimitedList', AllowedPattern: '[a-z*.]+' },
    Stage: { Type: 'String', Default: 'test', AllowedValues: ['test', 'production'] },
  },
  Conditions: { IsProduction: { 'Fn::Equals': [{ Ref: 'Stage' }, 'production'] } },
  Resources: {
    ServerlessDeploymentBucket: { Type: 'AWS::S3::Bucket' },
    OnEventLogGroup: {
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: '/aws/lambda/on-event', RetentionInDays: 30 },
    },
    OnEventLambdaFunction: {
      Type: 'AWS::Lambda::Function',
      DependsOn: ['OnEventLogGroup'],
      Properties: {
        Code: { S3Bucket: { Ref: 'ServerlessDeploymentBucket' }, S3Key: 'on-event.zip' },
        FunctionName: 'on-event',
        Handler: 'on-event.handler',
        Runtime: 'nodejs24.x',
        Role: { 'Fn::GetAtt': ['OnEventRole', 'Arn'] },
        Timeout: 20,
        Environment: {
          Variables: { QUEUE_URL: { Ref: 'Work' }, NAMES: { 'Fn::Join': [',', { Ref: 'AllowedNames' }] }, LIMIT: 5 },
        },
        DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] } },
      },
    },
    OnEventLambdaVersion: {
      Type: 'AWS::Lambda::Version',
      Properties: { FunctionName: { Ref: 'OnEventLambdaFunction' } },
    },
    ReconcileLambdaFunction: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'reconcile',
        Handler: 'reconcile.handler',
        Runtime: 'nodejs24.x',
        Role: { 'Fn::GetAtt': ['ReconcileRole', 'Arn'] },
        ReservedConcurrentExecutions: 4,
      },
    },
    OnEventRole: role(
      [
        {
          Effect: 'Allow',
          Action: 'sqs:SendMessage',
          Resource: [{ 'Fn::GetAtt': ['Work', 'Arn'] }, { 'Fn::GetAtt': ['DeadLetters', 'Arn'] }],
        },
      ],
      ['arn:aws:iam::aws:policy/service-role/AWSNobodyKnowsThis'],
    ),
    ReconcileRole: role([
      {
        Effect: 'Allow',
        Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
        Resource: { 'Fn::GetAtt': ['Work', 'Arn'] },
      },
    ]),
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: { source: ['aws.apprunner'] },
        Targets: [
          {
            Id: 'function',
            Arn: { 'Fn::GetAtt': ['OnEventLambdaFunction', 'Arn'] },
            RetryPolicy: { MaximumRetryAttempts: '2' },
          },
          { Id: 'audit', Arn: { 'Fn::GetAtt': ['Audit', 'Arn'] }, InputPath: '$.detail' },
        ],
      },
    },
    RulePermission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: { 'Fn::GetAtt': ['OnEventLambdaFunction', 'Arn'] },
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: { 'Fn::GetAtt': ['Rule', 'Arn'] },
      },
    },
    Sweep: {
      Type: 'AWS::Events::Rule',
      Properties: {
        ScheduleExpression: 'rate(15 minutes)',
        State: 'ENABLED',
        Targets: [{ Id: 'sweep', Arn: { 'Fn::GetAtt': ['Work', 'Arn'] }, Input: '"sweep"' }],
      },
    },
    Work: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: 'work',
        VisibilityTimeout: 120,
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] }, maxReceiveCount: 3 },
      },
    },
    DeadLetters: { Type: 'AWS::SQS::Queue' },
    Audit: { Type: 'AWS::SQS::Queue' },
    QueuePolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Audit' }, { Ref: 'Work' }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: '*',
            },
          ],
        },
      },
    },
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      DependsOn: ['ReconcileRole'],
      Properties: {
        EventSourceArn: { 'Fn::GetAtt': ['Work', 'Arn'] },
        FunctionName: { Ref: 'ReconcileLambdaFunction' },
        BatchSize: 1,
        Enabled: true,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 2 },
      },
    },
    InvokeConfig: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: { FunctionName: { Ref: 'OnEventLambdaFunction' }, Qualifier: '$LATEST', MaximumRetryAttempts: 1 },
    },
    Services: {
      Type: 'AWS::DynamoDB::Table',
      DeletionPolicy: 'Retain',
      Properties: {
        TableName: 'services',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'serviceArn', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'serviceArn', KeyType: 'HASH' }],
        TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
    },
    Alarm: { Type: 'AWS::CloudWatch::Alarm', Condition: 'IsProduction', Properties: { AlarmName: 'dead-letters' } },
  },
  Outputs: {
    QueueUrl: { Value: { Ref: 'Work' } },
    TableArn: { Value: { 'Fn::GetAtt': ['Services', 'Arn'] } },
    Version: { Value: { Ref: 'OnEventLambdaVersion' } },
    Alarm: { Value: { Ref: 'Alarm' }, Condition: 'IsProduction' },
  },
};

function role(Statement: object[], ManagedPolicyArns: string[] = []) {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
      Policies: [{ PolicyName: 'own', PolicyDocument: { Version: '2012-10-17', Statement } }],
      ManagedPolicyArns,
    },
  };
}

/** The template without some resources, and with others. */
const changed = (without: string[], instead: object = {}) => ({
  ...template,
  Resources: {
    ...Object.fromEntries(Object.entries(template.Resources).filter(([id]) => !without.includes(id))),
    ...instead,
  },
});

function embeddedCloud(handlers: Record<string, InProcessHandler>) {
  const clock = new VirtualClock();
  const world = { clock, chance: seededChance('deploy'), profile: profiles.realistic, switches: defaultSwitches };
  const log: string[] = [];
  const iam = new Iam(world);
  const sqs = createSqs(world);
  const dynamoDb = new DynamoDb();
  const events = createEventBridge(world, { log: (line) => log.push(line) });
  const lambda = new Lambda(world, { runtime: inProcessRuntime(clock, handlers), log: (line) => log.push(line) });
  const targets = targetsOf({ lambda, sqs, iam });
  events.connect(targets);
  lambda.connect({ targets, queues: sqs });
  const httpApis = new HttpApis({ world, iam, lambda, log: (line) => log.push(line) });
  return { world, clock, log, iam, sqs, dynamoDb, events, lambda, httpApis, ssm: createSsm(world, events) };
}

describe('a deployed stack', () => {
  let seen: unknown[];
  let cloud: ReturnType<typeof embeddedCloud>;

  beforeEach(() => {
    seen = [];
    const see: InProcessHandler = (event, { functionName }) => void seen.push([functionName, event]);
    cloud = embeddedCloud({ 'on-event': see, reconcile: see });
  });

  const deploy = (
    document: unknown = template,
    parameters: Record<string, string> = { AllowedNames: '*.example.com,example.com' },
  ): Promise<DeployedStack> =>
    deployStack(
      {
        template: document,
        parameters,
        account: ACCOUNT,
        region: REGION,
        stackName: 'ingress',
        functionCode: (name) => `/code/${name}`,
      },
      cloud,
    );
  const emit = () =>
    cloud.events.emit({
      account: ACCOUNT,
      region: REGION,
      source: 'aws.apprunner',
      'detail-type': 'T',
      resources: [],
      detail: { n: 1 },
    });
  const arnOf = (stack: DeployedStack, id: string) => String(stack.resources.get(id)?.attributes.Arn);

  it('has its resources, outputs and notes', async () => {
    const stack = await deploy();
    expect(stack.outputs).toEqual({
      QueueUrl: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/work`,
      TableArn: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/services`,
      Version: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:on-event:1`,
    });
    expect(stack.resources.has('Alarm')).toBe(false);
    expect(stack.notes).toEqual([expect.stringContaining('AWSNobodyKnowsThis')]);
    expect(stack.resources.get('DeadLetters')?.attributes.QueueName).toMatch(/^ingress-DeadLetters-[A-Z2-7]{12}$/);
    expect(cloud.sqs.attributes(arnOf(stack, 'Work'))).toMatchObject({ VisibilityTimeout: '120' });
    const where = { account: ACCOUNT, region: REGION };
    expect(await cloud.dynamoDb.call('DescribeTimeToLive', { TableName: 'services' }, where)).toEqual({
      TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'expires' },
    });
    expect(cloud.lambda.get(arnOf(stack, 'OnEventLambdaFunction'))).toMatchObject({
      handler: 'on-event.handler',
      codeFolder: '/code/OnEventLambdaFunction',
      timeout: 20,
      memorySize: 128,
      environment: { QUEUE_URL: stack.outputs.QueueUrl, NAMES: '*.example.com,example.com', LIMIT: '5' },
      deadLetterQueueArn: arnOf(stack, 'DeadLetters'),
      asynchronous: { maximumRetryAttempts: 1 },
    });
    expect(cloud.lambda.get(arnOf(stack, 'ReconcileLambdaFunction')).reservedConcurrency).toBe(4);
    expect(cloud.lambda.mappings(ACCOUNT, REGION)).toMatchObject([
      { batchSize: 1, maximumConcurrency: 2, reportsBatchItemFailures: true },
    ]);
  });

  it('runs: a rule invokes a function and fills a queue, a schedule and a mapping another', async () => {
    const stack = await deploy();
    emit();
    await cloud.clock.advance(0);
    expect(seen).toMatchObject([['on-event', { source: 'aws.apprunner', detail: { n: 1 } }]]);
    expect(cloud.sqs.receive(arnOf(stack, 'Audit'), 10).map(({ Body }) => Body)).toEqual(['{"n":1}']);
    await cloud.clock.advance(15 * MINUTE);
    expect(seen.slice(1)).toMatchObject([['reconcile', { Records: [{ body: '"sweep"' }] }]]);
    expect(cloud.log).toEqual([]);
  });

  it('does not deliver to a function without AWS::Lambda::Permission, nor to a queue without AWS::SQS::QueuePolicy', async () => {
    const stack = await deploy(changed(['RulePermission', 'QueuePolicy']));
    emit();
    await cloud.clock.advance(60 * MINUTE);
    expect(seen).toEqual([]);
    expect(cloud.sqs.receive(arnOf(stack, 'Audit'), 10)).toEqual([]);
    expect(cloud.log.join('\n')).toContain(
      'on-event has no permission (AWS::Lambda::Permission) that lets events.amazonaws.com invoke it',
    );
    expect(cloud.log.join('\n')).toContain("by the queue's policy (AWS::SQS::QueuePolicy)");
  });

  it('sends the events of a failing function to its dead-letter queue, if its role may', async () => {
    cloud = embeddedCloud({
      'on-event': () => {
        throw new Error('no');
      },
    });
    const stack = await deploy();
    emit();
    await cloud.clock.advance(10 * MINUTE);
    expect(cloud.sqs.receive(arnOf(stack, 'DeadLetters'), 10)).toMatchObject([
      { MessageAttributes: { ErrorMessage: { StringValue: 'no' } } },
    ]);
  });

  it('makes what a condition asks for', async () => {
    const stack = await deploy(template, { AllowedNames: 'example.com', Stage: 'production' });
    expect(stack.outputs.Alarm).toBe('dead-letters');
  });

  it('takes buses, their policies and custom rules', async () => {
    const Pattern = { source: ['aws.apprunner'] };
    const stack = await deploy(
      {
        Resources: {
          Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'hub' } },
          Policy: {
            Type: 'AWS::Events::EventBusPolicy',
            Properties: {
              EventBusName: { Ref: 'Bus' },
              StatementId: 'members',
              Statement: {
                Effect: 'Allow',
                Principal: '*',
                Action: 'events:PutEvents',
                Resource: { 'Fn::GetAtt': ['Bus', 'Arn'] },
              },
            },
          },
          Rule: {
            Type: 'AWS::Events::Rule',
            Properties: { Name: 'in', EventBusName: { Ref: 'Bus' }, EventPattern: Pattern },
          },
        },
      },
      {},
    );
    expect(stack.resources.get('Rule')).toMatchObject({
      reference: 'hub|in',
      attributes: { Arn: `arn:aws:events:${REGION}:${ACCOUNT}:rule/hub/in` },
    });
    const context = {
      account: ACCOUNT,
      region: REGION,
      requestId: 'r',
      principal: rootOf(ACCOUNT),
      accessKeyId: ACCOUNT,
      userAgent: '',
      sourceAddress: '',
    };
    const { Policy } = await call(cloud.events.definition, 'DescribeEventBus', { Name: 'hub' }, context);
    expect(JSON.parse(String(Policy))).toMatchObject({ Statement: [{ Sid: 'members', Principal: '*' }] });
  });

  const ec2Instance = { Instance: { Type: 'AWS::EC2::Instance' } };
  const noTrust = {
    Type: 'AWS::IAM::Role',
    Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] } },
  };
  it.each<[string, unknown, string, string]>([
    [
      'a type that it does not know',
      changed([], ec2Instance),
      'TemplateError',
      'the embedded cloud cannot make Instance (AWS::EC2::Instance)',
    ],
    [
      'a role that Lambda cannot assume',
      changed(['OnEventRole'], { OnEventRole: noTrust }),
      'DeploymentError',
      'Resource OnEventLambdaFunction (AWS::Lambda::Function) of stack ingress failed to create: The role defined for the function cannot be assumed by Lambda',
    ],
    [
      'a mapping whose role may not read the queue',
      changed(['ReconcileRole'], { ReconcileRole: role([]) }),
      'DeploymentError',
      'Resource Mapping (AWS::Lambda::EventSourceMapping) of stack ingress failed to create: The provided execution role does not have permissions to call ReceiveMessage on SQS',
    ],
    [
      'a bad pattern',
      changed(['Rule', 'RulePermission'], {
        Bad: { Type: 'AWS::Events::Rule', Properties: { EventPattern: { source: 'x' } } },
      }),
      'DeploymentError',
      'Event pattern is not valid',
    ],
    [
      'a parameter out of its pattern',
      { ...template, Parameters: { AllowedNames: { Type: 'CommaDelimitedList', AllowedPattern: '[0-9]+' } } },
      'TemplateError',
      "Parameter 'AllowedNames' must match pattern [0-9]+",
    ],
  ])('refuses %s', async (_what, document, name, message) => {
    await expect(deploy(document)).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
  });

  it('wants the code of every function', async () => {
    const stack = {
      template,
      parameters: { AllowedNames: 'example.com' },
      account: ACCOUNT,
      region: REGION,
      stackName: 'ingress',
      functionCode: () => undefined,
    };
    await expect(deployStack(stack, cloud)).rejects.toThrow('no code is given for the function');
  });
});
