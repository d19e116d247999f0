import {
  AppRunnerClient,
  CreateService$,
  CreateServiceCommand,
  type CreateServiceCommandInput,
  DescribeService$,
  DescribeServiceCommand,
  InternalServiceErrorException$,
  InvalidRequestException$,
  InvalidStateException,
  InvalidStateException$,
  ListServices$,
  ListServicesCommand,
  ServiceQuotaExceededException$,
} from '@aws-sdk/client-apprunner';
import { EventBridgeClient, PutEvents$, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { NoSuchResourceException$ } from '@aws-sdk/client-service-quotas';
import {
  QueueDoesNotExist,
  QueueDoesNotExist$,
  ReceiveMessage$,
  ReceiveMessageCommand,
  SendMessage$,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { AwsError } from '../../src/wire/errors.ts';
import { bodyText, errorOf, fakeCloud, fakeOperation, fakeService, raw } from './fake.ts';

const creation: CreateServiceCommandInput = {
  ServiceName: 'shop',
  SourceConfiguration: {
    ImageRepository: {
      ImageIdentifier: 'public.ecr.aws/nginx/nginx:latest',
      ImageRepositoryType: 'ECR_PUBLIC',
      ImageConfiguration: { Port: '80', RuntimeEnvironmentVariables: { GREETING: 'häl ló', __proto__x: '1' } },
    },
    AutoDeploymentsEnabled: false,
  },
  Tags: [
    { Key: 'private-ingress', Value: 'enabled' },
    { Key: 'empty', Value: '' },
  ],
};
const ARN = 'arn:aws:apprunner:eu-west-1:123456789012:service/shop/0123456789abcdef0123456789abcdef';
const createdAt = new Date('2026-01-02T03:04:05.678Z');

describe('AWS JSON', () => {
  it('carries nested structures, maps, lists and timestamps both ways', async () => {
    const create = fakeOperation(CreateService$, () => ({
      OperationId: 'op-1',
      Service: { ServiceArn: ARN, CreatedAt: createdAt, AutoScalingConfigurationSummary: {}, Unknown: 'left out' },
    }));
    const cloud = fakeCloud([fakeService('apprunner', [create])]);
    const output = await new AppRunnerClient(cloud.client()).send(new CreateServiceCommand(creation));
    expect(create.inputs).toEqual([creation]);
    expect(output).toMatchObject({ OperationId: 'op-1', Service: { ServiceArn: ARN, CreatedAt: createdAt } });
    expect(output.Service).not.toHaveProperty('Unknown');
    expect(output.$metadata.requestId).toBe(cloud.calls[0]?.context.requestId);
  });

  it('sends timestamps as epoch seconds and names the request id', async () => {
    const describe = fakeOperation(DescribeService$, () => ({ Service: { CreatedAt: createdAt } }));
    const { gateway } = fakeCloud([fakeService('apprunner', [describe])]);
    const response = await raw(gateway, 'apprunner', {
      headers: { 'x-amz-target': 'AppRunner.DescribeService' },
      body: JSON.stringify({ ServiceArn: ARN, NoMemberOfThisName: 1 }),
    });
    expect(JSON.parse(bodyText(response))).toEqual({ Service: { CreatedAt: 1767323045.678 } });
    expect(response.headers['content-type']).toBe('application/x-amz-json-1.0');
    expect(response.headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
    expect(describe.inputs).toEqual([{ ServiceArn: ARN }]);
  });

  it('carries pagination tokens', async () => {
    const list = fakeOperation(ListServices$, (input) =>
      'NextToken' in input
        ? { ServiceSummaryList: [] }
        : { ServiceSummaryList: [{ ServiceName: 'a' }], NextToken: 'n' },
    );
    const client = new AppRunnerClient(fakeCloud([fakeService('apprunner', [list])]).client());
    const first = await client.send(new ListServicesCommand({ MaxResults: 1 }));
    expect(first.ServiceSummaryList).toEqual([{ ServiceName: 'a' }]);
    const second = await client.send(new ListServicesCommand({ MaxResults: 1, NextToken: first.NextToken }));
    expect(second.ServiceSummaryList).toEqual([]);
    expect(list.inputs).toEqual([{ MaxResults: 1 }, { MaxResults: 1, NextToken: 'n' }]);
  });

  it('reads version 1.1 and dates given as Date', async () => {
    const put = fakeOperation(PutEvents$, () => ({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] }));
    const cloud = fakeCloud([fakeService('events', [put])]);
    const Entries = [{ Time: createdAt, Source: 'test', DetailType: 'x', Detail: '{}' }];
    await new EventBridgeClient(cloud.client()).send(new PutEventsCommand({ Entries }));
    expect(put.inputs).toEqual([{ Entries }]);
  });

  it('carries blobs in base64', async () => {
    const BinaryValue = new Uint8Array([0, 255, 128, 10]);
    const attributes = { Bin: { DataType: 'Binary', BinaryValue } };
    const send = fakeOperation(SendMessage$, () => ({ MessageId: 'm' }));
    const receive = fakeOperation(ReceiveMessage$, () => ({ Messages: [{ MessageAttributes: attributes }] }));
    const client = new SQSClient({ ...fakeCloud([fakeService('sqs', [send, receive])]).client(), md5: false });
    const QueueUrl = 'https://sqs.eu-west-1.amazonaws.com/123456789012/q';
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'b', MessageAttributes: attributes }));
    expect(send.inputs).toEqual([{ QueueUrl, MessageBody: 'b', MessageAttributes: attributes }]);
    const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl }));
    expect([...(Messages?.[0]?.MessageAttributes?.Bin?.BinaryValue ?? [])]).toEqual([...BinaryValue]);
  });

  it('returns modelled errors with status, members and class', async () => {
    const describe = fakeOperation(DescribeService$, () => {
      throw new AwsError('InvalidStateException', 'an operation is in progress');
    });
    const cloud = fakeCloud([fakeService('apprunner', [describe], [InvalidStateException$])]);
    const call = new AppRunnerClient(cloud.client()).send(new DescribeServiceCommand({ ServiceArn: ARN }));
    const error = await errorOf(call);
    expect(error).toBeInstanceOf(InvalidStateException);
    expect(error).toMatchObject({
      message: 'an operation is in progress',
      $metadata: { httpStatusCode: 400 },
      $fault: 'client',
    });
    expect(cloud.calls[0]?.outcome).toEqual({
      ok: false,
      code: 'InvalidStateException',
      message: 'an operation is in progress',
    });
  });

  it('returns errors that the model does not know', async () => {
    const describe = fakeOperation(DescribeService$, () => {
      throw new AwsError('ThrottlingException', 'Rate exceeded', { status: 429 });
    });
    const { gateway } = fakeCloud([fakeService('apprunner', [describe])]);
    const response = await raw(gateway, 'apprunner', {
      headers: { 'x-amz-target': 'AppRunner.DescribeService' },
      body: `{"ServiceArn":"${ARN}"}`,
    });
    expect(response.status).toBe(429);
    expect(response.headers['x-amzn-errortype']).toBe('ThrottlingException');
    expect(JSON.parse(bodyText(response))).toEqual({ __type: 'ThrottlingException', message: 'Rate exceeded' });
  });

  it.each(['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'])(
    'gives query-compatible clients the code of the query protocol, thrown as %s',
    async (code) => {
      const receive = fakeOperation(ReceiveMessage$, () => {
        throw new AwsError(code, 'The specified queue does not exist.');
      });
      const cloud = fakeCloud([fakeService('sqs', [receive], [QueueDoesNotExist$])]);
      const call = new SQSClient(cloud.client()).send(
        new ReceiveMessageCommand({ QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/q' }),
      );
      const error = await errorOf(call);
      expect(error).toBeInstanceOf(QueueDoesNotExist);
      expect(error).toMatchObject({ Code: 'AWS.SimpleQueueService.NonExistentQueue', Type: 'Sender' });
      const headers = { 'x-amz-target': 'AmazonSQS.ReceiveMessage' };
      const response = await raw(cloud.gateway, 'sqs', { headers, body: '{"QueueUrl":"q"}' });
      expect(JSON.parse(bodyText(response)).__type).toBe('QueueDoesNotExist');
    },
  );
});

describe('the HTTP status of errors in AWS JSON', () => {
  it.each([
    [ServiceQuotaExceededException$, 400],
    [QueueDoesNotExist$, 400],
    [NoSuchResourceException$, 400],
    [InternalServiceErrorException$, 500],
  ])('%#: 400 for a client error, whatever the model has', async (schema, status) => {
    const describe = fakeOperation(DescribeService$, () => {
      throw new AwsError(schema[2], 'no');
    });
    const cloud = fakeCloud([fakeService('apprunner', [describe], [schema])]);
    const error = await errorOf(
      new AppRunnerClient(cloud.client()).send(new DescribeServiceCommand({ ServiceArn: ARN })),
    );
    expect(error).toMatchObject({ $metadata: { httpStatusCode: status } });
  });
});

describe('the validation of AWS JSON', () => {
  const create = fakeOperation(CreateService$);
  const send = async (body: string) => {
    const { gateway } = fakeCloud([fakeService('apprunner', [create], [InvalidRequestException$])]);
    const response = await raw(gateway, 'apprunner', { headers: { 'x-amz-target': 'AppRunner.CreateService' }, body });
    const { __type, Message, message } = JSON.parse(bodyText(response));
    return { status: response.status, code: __type, message: Message ?? message };
  };

  it.each([
    ['nothing', '', "Value null at 'serviceName' failed", "Value null at 'sourceConfiguration' failed"],
    [
      'a null',
      '{"ServiceName":null,"SourceConfiguration":{}}',
      "1 validation error detected: Value null at 'serviceName'",
    ],
    [
      'a member deep below',
      '{"ServiceName":"a","SourceConfiguration":{},"EncryptionConfiguration":{}}',
      "'encryptionConfiguration.kmsKey'",
    ],
    [
      'a number for a string',
      '{"ServiceName":1,"SourceConfiguration":{}}',
      "'serviceName'",
      'must be a string, not a number',
    ],
    [
      'a string for a list',
      '{"ServiceName":"a","SourceConfiguration":{},"Tags":"x"}',
      "'tags'",
      'must be a list, not a string',
    ],
    [
      'a string in a list of structures',
      '{"ServiceName":"a","SourceConfiguration":{},"Tags":[{},"x"]}',
      "'tags.2.member'",
    ],
    ['a null in a list', '{"ServiceName":"a","SourceConfiguration":{},"Tags":[null]}', "Value null at 'tags.1.member'"],
    [
      'a string for a boolean',
      '{"ServiceName":"a","SourceConfiguration":{"AutoDeploymentsEnabled":"true"}}',
      "'sourceConfiguration.autoDeploymentsEnabled'",
    ],
    [
      'a string for a number',
      '{"ServiceName":"a","SourceConfiguration":{},"HealthCheckConfiguration":{"Interval":"5"}}',
      'must be a number, not a string',
    ],
    ['a list for a structure', '{"ServiceName":"a","SourceConfiguration":[]}', 'must be a structure, not a list'],
  ])('refuses %s', async (_, body, ...says) => {
    const refusal = await send(body);
    expect(refusal).toMatchObject({ status: 400, code: 'InvalidRequestException' });
    for (const text of says) expect(refusal.message).toContain(text);
    expect(create.inputs).toEqual([]);
  });

  it.each(['{', '[]', 'null', '"x"', '\u0000'])('cannot read %j', async (body) => {
    expect(await send(body)).toMatchObject({ status: 400, code: 'SerializationException' });
  });

  it('says ValidationException where the service models no code of its own', async () => {
    const { gateway } = fakeCloud([fakeService('events', [fakeOperation(PutEvents$)])]);
    const response = await raw(gateway, 'events', { headers: { 'x-amz-target': 'AWSEvents.PutEvents' }, body: '{}' });
    expect(JSON.parse(bodyText(response))).toMatchObject({
      __type: 'ValidationException',
      message:
        "1 validation error detected: Value null at 'entries' failed to satisfy constraint: Member must not be null",
    });
  });
});
