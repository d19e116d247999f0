import * as sdk from '@aws-sdk/client-lambda';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { sampleFunction } from '../lambda/sample-function.ts';
import { ACCOUNT, type OperationSetting, REGION, type Rows } from './setting.ts';

/** A function comes from a template only: Lambda's own CreateFunction is not there. */
const echo = ({ cloud }: OperationSetting) => cloud.lambda.createFunction(sampleFunction({ name: 'echo' }));

const on =
  (call: (lambda: sdk.LambdaClient) => Promise<object>) =>
  async (setting: OperationSetting): Promise<object> => {
    echo(setting);
    return call(setting.lambda);
  };

const withoutFunction = (call: (lambda: sdk.LambdaClient) => Promise<object>) => ({
  call: ({ lambda }: OperationSetting) => call(lambda),
  by: sdk.ResourceNotFoundException,
});

const FunctionName = 'echo';
const NONE = '00000000-0000-4000-8000-000000000000';
const invoke = (lambda: sdk.LambdaClient) => lambda.send(new sdk.InvokeCommand({ FunctionName, Payload: '{"a":1}' }));
const get = (lambda: sdk.LambdaClient) => lambda.send(new sdk.GetFunctionCommand({ FunctionName }));
const configuration = (lambda: sdk.LambdaClient) =>
  lambda.send(new sdk.GetFunctionConfigurationCommand({ FunctionName }));

/** A queue brings events to the function. */
async function mapping(s: OperationSetting) {
  const role = s.cloud.iam.createRole(ACCOUNT, {
    RoleName: FunctionName,
    AssumeRolePolicyDocument: {
      Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
    },
    Policies: [
      { PolicyName: 'queue', PolicyDocument: { Statement: { Effect: 'Allow', Action: 'sqs:*', Resource: '*' } } },
    ],
  });
  const fn = s.cloud.lambda.createFunction(sampleFunction({ name: FunctionName, roleArn: role.arn }));
  await s.sqs.send(new CreateQueueCommand({ QueueName: 'jobs' }));
  return s.cloud.lambda.createEventSourceMapping({
    sourceArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:jobs`,
    functionArn: fn.arn,
    enabled: true,
    batchSize: 5,
    batchingWindow: 0,
    maximumConcurrency: 2,
    reportsBatchItemFailures: true,
    filters: [],
  });
}

const STATEMENT = {
  Sid: 'events',
  Effect: 'Allow',
  Principal: { Service: 'events.amazonaws.com' },
  Action: 'lambda:InvokeFunction',
  Resource: '*',
};

export const lambdaRows: Rows = {
  Invoke: {
    call: on(async (lambda) => {
      const answer = await invoke(lambda);
      return { ...answer, text: answer.Payload?.transformToString() };
    }),
    answer: { StatusCode: 200, text: '{"a":1}' },
    refused: withoutFunction(invoke),
  },
  GetFunction: {
    call: on(get),
    answer: { Configuration: { FunctionName } },
    refused: withoutFunction(get),
  },
  GetFunctionConfiguration: {
    call: on(configuration),
    answer: { FunctionName, Runtime: 'nodejs24.x', Timeout: 10 },
    refused: withoutFunction(configuration),
  },
  ListFunctions: {
    call: on((lambda) => lambda.send(new sdk.ListFunctionsCommand({}))),
    answer: { Functions: [{ FunctionName }] },
    refused: {
      call: ({ lambda }) => lambda.send(new sdk.ListFunctionsCommand({ Marker: 'nonsense' })),
      by: sdk.InvalidParameterValueException,
    },
  },
  ListEventSourceMappings: {
    call: async (s) => {
      await mapping(s);
      return s.lambda.send(new sdk.ListEventSourceMappingsCommand({ FunctionName }));
    },
    answer: { EventSourceMappings: [{ BatchSize: 5, FunctionResponseTypes: ['ReportBatchItemFailures'] }] },
    refused: {
      call: ({ lambda }) => lambda.send(new sdk.ListEventSourceMappingsCommand({ Marker: 'nonsense' })),
      by: sdk.InvalidParameterValueException,
    },
  },
  UpdateEventSourceMapping: {
    call: async (s) => {
      const { uuid: UUID } = await mapping(s);
      return s.lambda.send(new sdk.UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
    },
    answer: { State: 'Disabling', BatchSize: 5 },
    refused: withoutFunction((lambda) => lambda.send(new sdk.UpdateEventSourceMappingCommand({ UUID: NONE }))),
  },
  GetAccountSettings: {
    call: on((lambda) => lambda.send(new sdk.GetAccountSettingsCommand({}))),
    answer: {
      AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 1000 },
      AccountUsage: { FunctionCount: 1 },
    },
  },
  GetFunctionConcurrency: {
    call: on(async (lambda) => {
      await lambda.send(new sdk.PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
      return lambda.send(new sdk.GetFunctionConcurrencyCommand({ FunctionName }));
    }),
    answer: { ReservedConcurrentExecutions: 0 },
    refused: withoutFunction((lambda) => lambda.send(new sdk.GetFunctionConcurrencyCommand({ FunctionName }))),
  },
  PutFunctionConcurrency: {
    call: on((lambda) =>
      lambda.send(new sdk.PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 7 })),
    ),
    answer: { ReservedConcurrentExecutions: 7 },
    refused: {
      call: on((lambda) =>
        lambda.send(new sdk.PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 901 })),
      ),
      by: sdk.InvalidParameterValueException,
    },
  },
  DeleteFunctionConcurrency: {
    call: on((lambda) => lambda.send(new sdk.DeleteFunctionConcurrencyCommand({ FunctionName }))),
    refused: withoutFunction((lambda) => lambda.send(new sdk.DeleteFunctionConcurrencyCommand({ FunctionName }))),
  },
  GetPolicy: {
    call: async (s) => {
      s.cloud.lambda.addPermission(echo(s).arn, 'events', STATEMENT);
      return s.lambda.send(new sdk.GetPolicyCommand({ FunctionName }));
    },
    answer: { Policy: expect.stringContaining('"Sid":"events"') },
    refused: {
      call: on((lambda) => lambda.send(new sdk.GetPolicyCommand({ FunctionName }))),
      by: sdk.ResourceNotFoundException,
    },
  },
};
