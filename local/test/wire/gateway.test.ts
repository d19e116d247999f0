import {
  AppRunnerClient,
  DescribeService$,
  DescribeServiceCommand,
  ListServices$,
  PauseService$,
  PauseServiceCommand,
} from '@aws-sdk/client-apprunner';
import { DeleteTable$, DeleteTableCommand, DynamoDBClient, GetItem$, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DeleteVpc$, DeleteVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetFunction$, GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetHostedZone$, GetHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import {
  AssumeRole$,
  AssumeRoleCommand,
  GetCallerIdentity$,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { AwsError } from '../../src/wire/errors.ts';
import type { Passthrough } from '../../src/wire/gateway.ts';
import { bytesOf } from '../../src/wire/message.ts';
import { bodyText, errorOf, type FakeCloud, fakeCloud, fakeOperation, fakeService, raw } from './fake.ts';

const ARN = 'arn:aws:apprunner:eu-west-1:123456789012:service/shop/0123456789abcdef0123456789abcdef';
const trust = {
  Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
};

/** A key of a role that may do `actions` on everything. */
function roleKey(cloud: FakeCloud, ...actions: string[]): string {
  const PolicyDocument = { Statement: { Effect: 'Allow', Action: ['none:None', ...actions], Resource: '*' } };
  const role = cloud.iam.createRole('123456789012', {
    RoleName: 'reconcile',
    AssumeRolePolicyDocument: trust,
    Policies: [{ PolicyName: 'p', PolicyDocument }],
  });
  return cloud.iam.issueRoleCredentials(role.arn, 'session').accessKeyId;
}

describe('who calls, and where', () => {
  it.each([
    ['test', '123456789012'],
    ['AKIAIOSFODNN7EXAMPLE', '123456789012'],
    ['111122223333', '111122223333'],
    ['1111222233334', '123456789012'],
  ])('the key %s is root of %s', async (key, account) => {
    const cloud = fakeCloud([fakeService('apprunner', [fakeOperation(DescribeService$)])]);
    await new AppRunnerClient(cloud.client(key)).send(new DescribeServiceCommand({ ServiceArn: ARN }));
    expect(cloud.calls[0]?.context).toMatchObject({
      account,
      region: 'eu-west-1',
      accessKeyId: key,
      principal: { kind: 'root', arn: `arn:aws:iam::${account}:root` },
      userAgent: expect.stringContaining('aws-sdk-js'),
      sourceAddress: '127.0.0.1',
    });
  });

  it('the key of a role is its session', async () => {
    const cloud = fakeCloud([fakeService('apprunner', [fakeOperation(DescribeService$)])]);
    await new AppRunnerClient(cloud.client(roleKey(cloud))).send(new DescribeServiceCommand({ ServiceArn: ARN }));
    expect(cloud.calls[0]?.context.principal).toEqual({
      kind: 'role',
      account: '123456789012',
      roleName: 'reconcile',
      arn: 'arn:aws:sts::123456789012:assumed-role/reconcile/session',
    });
  });

  it('a call that is not signed is refused by the service that it is meant for', async () => {
    const zone = fakeOperation(GetHostedZone$, () => ({ HostedZone: { Id: 'Z' } }));
    const cloud = fakeCloud([
      fakeService('apprunner', [fakeOperation(ListServices$)]),
      fakeService('sts', [fakeOperation(GetCallerIdentity$)]),
      fakeService('ec2', [fakeOperation(DeleteVpc$)]),
      fakeService('route53', [zone]),
    ]);
    const send = (method: string, path: string, headers: Record<string, string>, body = '') =>
      cloud.gateway.handle({ method, path, query: {}, headers, body: bytesOf(body) });
    await send('POST', '/', { 'x-amz-target': 'AppRunner.ListServices' });
    await send('POST', '/', {}, 'Action=GetCallerIdentity&Version=2011-06-15');
    await send('POST', '/', {}, 'Action=DeleteVpc&Version=2016-11-15&VpcId=v');
    await send('GET', '/2013-04-01/hostedzone/Z', {});
    expect(
      cloud.calls.map(({ service, operation, outcome }) => [service, operation, !outcome.ok && outcome.code]),
    ).toEqual([
      ['apprunner', 'ListServices', 'MissingAuthenticationTokenException'],
      ['sts', 'GetCallerIdentity', 'MissingAuthenticationToken'],
      ['ec2', 'DeleteVpc', 'MissingAuthenticationToken'],
      ['route53', 'GetHostedZone', 'MissingAuthenticationToken'],
    ]);
    expect(cloud.calls[0]?.context).toMatchObject({
      account: '123456789012',
      region: 'ap-northeast-1',
      accessKeyId: '',
    });
    expect((await send('GET', '/nowhere', {})).status).toBe(403);
  });

  it('a call that is not signed is refused when two services could be meant, too', async () => {
    const { gateway } = fakeCloud([fakeService('ec2', [fakeOperation(DeleteVpc$)]), fakeService('ec2', [])]);
    const body = bytesOf('Action=DeleteVpc&Version=2016-11-15&VpcId=v');
    const response = await gateway.handle({ method: 'POST', path: '/', query: {}, headers: {}, body });
    expect(response.status).toBe(403);
  });

  const operations = {
    apprunner: fakeOperation(DescribeService$, undefined, {
      permissions: [{ action: 'apprunner:DescribeService', resources: [ARN] }],
    }),
    ec2: fakeOperation(DeleteVpc$, undefined, { permissions: [{ action: 'ec2:DeleteVpc', resources: ['*'] }] }),
    sts: fakeOperation(AssumeRole$, undefined, { permissions: [{ action: 'sts:AssumeRole', resources: ['r'] }] }),
    route53: fakeOperation(GetHostedZone$, undefined, {
      permissions: [{ action: 'route53:GetHostedZone', resources: ['z'] }],
    }),
    lambda: fakeOperation(GetFunction$, undefined, {
      permissions: [{ action: 'lambda:GetFunction', resources: ['f'] }],
    }),
  };
  const cloudOfAll = () =>
    fakeCloud([
      fakeService('apprunner', [operations.apprunner]),
      fakeService('ec2', [operations.ec2]),
      fakeService('sts', [operations.sts]),
      fakeService('route53', [operations.route53]),
      fakeService('lambda', [operations.lambda]),
    ]);
  const sends: Record<keyof typeof operations, (cloud: FakeCloud, key: string) => Promise<unknown>> = {
    apprunner: (cloud, key) =>
      new AppRunnerClient(cloud.client(key)).send(new DescribeServiceCommand({ ServiceArn: ARN })),
    ec2: (cloud, key) => new EC2Client(cloud.client(key)).send(new DeleteVpcCommand({ VpcId: 'v' })),
    sts: (cloud, key) =>
      new STSClient(cloud.client(key)).send(new AssumeRoleCommand({ RoleArn: 'r', RoleSessionName: 's' })),
    route53: (cloud, key) => new Route53Client(cloud.client(key)).send(new GetHostedZoneCommand({ Id: 'z' })),
    lambda: (cloud, key) => new LambdaClient(cloud.client(key)).send(new GetFunctionCommand({ FunctionName: 'f' })),
  };

  it.each([
    ['apprunner', 'UnrecognizedClientException', 400],
    ['ec2', 'AuthFailure', 401],
    ['sts', 'InvalidClientTokenId', 403],
    ['route53', 'InvalidClientTokenId', 403],
    ['lambda', 'UnrecognizedClientException', 403],
  ] as const)('an unknown temporary key has no principal (%s)', async (service, name, httpStatusCode) => {
    const cloud = cloudOfAll();
    expect(await errorOf(sends[service](cloud, 'ASIAAAAAAAAAAAAAAAAA'))).toMatchObject({
      name,
      $metadata: { httpStatusCode },
    });
    expect(cloud.calls).toMatchObject([
      { service, outcome: { ok: false, code: name }, context: { principal: { arn: 'anonymous' } } },
    ]);
  });

  it.each([
    ['apprunner', 'AccessDeniedException', 400, 'apprunner:DescribeService', ARN],
    ['ec2', 'UnauthorizedOperation', 403, 'ec2:DeleteVpc', '*'],
    ['sts', 'AccessDenied', 403, 'sts:AssumeRole', 'r'],
    ['route53', 'AccessDenied', 403, 'route53:GetHostedZone', 'z'],
    ['lambda', 'AccessDeniedException', 403, 'lambda:GetFunction', 'f'],
  ] as const)(
    'a role without the permission is denied (%s)',
    async (service, name, httpStatusCode, action, resource) => {
      const cloud = cloudOfAll();
      expect(await errorOf(sends[service](cloud, roleKey(cloud)))).toMatchObject({
        name,
        message:
          `User: arn:aws:sts::123456789012:assumed-role/reconcile/session is not authorized to perform: ${action} ` +
          `on resource: ${resource} because no identity-based policy allows the ${action} action`,
        $metadata: { httpStatusCode },
      });
      expect(operations[service].inputs).toEqual([]);
      expect(cloud.calls).toMatchObject([{ operation: action.split(':')[1], outcome: { ok: false, code: name } }]);
    },
  );

  it('a role with the permission is not', async () => {
    const cloud = cloudOfAll();
    const call = sends.apprunner(cloud, roleKey(cloud, 'apprunner:Describe*'));
    await expect(call).resolves.toBeDefined();
  });
});

describe('what is not there', () => {
  it.each([
    ['apprunner', { headers: { 'x-amz-target': 'AppRunner.CreateConnection' } }, 'apprunner:CreateConnection'],
    ['sqs', { headers: { 'x-amz-target': 'AmazonSQS.AddPermission' } }, 'sqs:AddPermission'],
    [
      'iam',
      { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'Action=ListRoles' },
      'iam:ListRoles',
    ],
    ['ec2', { body: 'Action=DescribeInstances' }, 'ec2:DescribeInstances'],
    ['route53', { method: 'GET', path: '/2013-04-01/healthcheck' }, 'route53:GET /2013-04-01/healthcheck'],
    ['s3', { method: 'GET', path: '/bucket' }, 's3:GET /bucket'],
    ['lambda', { method: 'GET', path: '/2015-03-31/layers' }, 'lambda:GET /2015-03-31/layers'],
  ])('of %s is named', async (service, request, name) => {
    const cloud = fakeCloud([
      fakeService('apprunner', [fakeOperation(DescribeService$)]),
      fakeService('ec2', [fakeOperation(DeleteVpc$)]),
      fakeService('route53', [fakeOperation(GetHostedZone$)]),
    ]);
    const response = await raw(cloud.gateway, service, request);
    expect(response.status).toBe(501);
    const text = bodyText(response);
    expect(text).toContain(
      'NotImplemented' in response.headers ? '' : `${name} is not implemented by the embedded cloud`,
    );
    expect(`${response.headers['x-amzn-errortype']}${text}`).toContain('NotImplemented');
    expect(cloud.calls).toMatchObject([{ service, outcome: { ok: false, code: 'NotImplemented' } }]);
  });

  it('an SDK client gets the error in its own protocol', async () => {
    const cloud = fakeCloud([]);
    const ec2 = await errorOf(new EC2Client(cloud.client()).send(new DeleteVpcCommand({ VpcId: 'v' })));
    const route53 = await errorOf(new Route53Client(cloud.client()).send(new GetHostedZoneCommand({ Id: 'z' })));
    const lambda = await errorOf(new LambdaClient(cloud.client()).send(new GetFunctionCommand({ FunctionName: 'f' })));
    const sts = await errorOf(new STSClient(cloud.client()).send(new GetCallerIdentityCommand({})));
    for (const error of [ec2, route53, lambda, sts]) {
      expect(error).toMatchObject({
        name: 'NotImplemented',
        message: expect.stringContaining('The embedded cloud has no service'),
      });
    }
  });

  it('a request without a target names no operation', async () => {
    const { gateway } = fakeCloud([fakeService('apprunner', [])]);
    const response = await raw(gateway, 'apprunner', { body: '{}' });
    expect([response.status, response.headers['x-amzn-errortype']]).toEqual([400, 'UnknownOperationException']);
  });
});

describe('faults, failures and observers', () => {
  const describeService = (run?: () => object) => fakeOperation(DescribeService$, run);

  it('an intercepted call is answered with the fault and does not run, until the interception ends', async () => {
    const operation = describeService();
    const cloud = fakeCloud([fakeService('apprunner', [operation])]);
    const client = new AppRunnerClient(cloud.client());
    const seen: unknown[] = [];
    const end = cloud.gateway.intercept(async ({ service, operation, input, context }) => {
      seen.push([service, operation, input, context.region]);
      return new AwsError('ThrottlingException', 'Rate exceeded');
    });
    expect(await errorOf(client.send(new DescribeServiceCommand({ ServiceArn: ARN })))).toMatchObject({
      name: 'ThrottlingException',
    });
    expect([seen, operation.inputs]).toEqual([
      [['apprunner', 'DescribeService', { ServiceArn: ARN }, 'eu-west-1']],
      [],
    ]);
    end();
    await client.send(new DescribeServiceCommand({ ServiceArn: ARN }));
    expect(operation.inputs).toHaveLength(1);
  });

  it('lets a call run for which no fault is meant', async () => {
    const operation = describeService();
    const cloud = fakeCloud([fakeService('apprunner', [operation])]);
    cloud.gateway.intercept((call) => (call.operation === 'PauseService' ? new AwsError('X', 'x') : undefined));
    await new AppRunnerClient(cloud.client()).send(new DescribeServiceCommand({ ServiceArn: ARN }));
    expect(operation.inputs).toHaveLength(1);
  });

  it('an unexpected throw is an internal failure that says where', async () => {
    const cause = new TypeError(`x is not a function\n${'y'.repeat(1000)}`);
    const operation = describeService(() => {
      throw cause;
    });
    const cloud = fakeCloud([fakeService('apprunner', [operation])]);
    const error = await errorOf(
      new AppRunnerClient(cloud.client()).send(new DescribeServiceCommand({ ServiceArn: ARN })),
    );
    expect(error).toMatchObject({
      name: 'InternalFailure',
      message: 'apprunner:DescribeService failed inside the embedded cloud: x is not a function',
      $metadata: { httpStatusCode: 500 },
    });
    expect(cloud.unexpected).toEqual([cause]);
    expect(cloud.calls).toMatchObject([{ outcome: { ok: false, code: 'InternalFailure' } }]);
  });

  it('an output that the schema cannot carry is one too', async () => {
    const cloud = fakeCloud([
      fakeService('ec2', [fakeOperation(DeleteVpc$)]),
      fakeService('sts', [fakeOperation(AssumeRole$, () => ({ Credentials: { Expiration: 'tomorrow' } }))]),
    ]);
    const call = new STSClient(cloud.client()).send(new AssumeRoleCommand({ RoleArn: 'r', RoleSessionName: 's' }));
    expect(await errorOf(call)).toMatchObject({ name: 'InternalFailure' });
  });

  it('reports each call with its input and output, until the observer is removed', async () => {
    const cloud = fakeCloud([
      fakeService('apprunner', [fakeOperation(PauseService$, () => ({ OperationId: 'o' }), { writes: true })]),
    ]);
    const client = new AppRunnerClient(cloud.client());
    const reported: string[] = [];
    const end = cloud.gateway.observe((call) => reported.push(call.operation));
    await client.send(new PauseServiceCommand({ ServiceArn: ARN }));
    end();
    await client.send(new PauseServiceCommand({ ServiceArn: ARN }));
    expect(reported).toEqual(['PauseService']);
    expect(cloud.calls[0]).toMatchObject({
      at: Date.UTC(2026, 0, 1),
      service: 'apprunner',
      eventSource: 'apprunner.amazonaws.com',
      writes: true,
      dataPlane: false,
      input: { ServiceArn: ARN },
      outcome: { ok: true, output: { OperationId: 'o' } },
    });
  });

  it('an observer that fails does no harm', async () => {
    const cloud = fakeCloud([fakeService('apprunner', [describeService()])]);
    cloud.gateway.observe(() => {
      throw new Error('observer');
    });
    await new AppRunnerClient(cloud.client()).send(new DescribeServiceCommand({ ServiceArn: ARN }));
    expect(cloud.unexpected).toEqual([new Error('observer')]);
  });
});

describe('a server behind the gateway', () => {
  const forwarded: object[] = [];
  const dynamodb: Passthrough = {
    signingName: 'dynamodb',
    targetPrefix: 'DynamoDB_20120810',
    eventSource: 'dynamodb.amazonaws.com',
    api: [GetItem$, DeleteTable$],
    serves: () => true,
    permissions: (operation, input) => [
      { action: `dynamodb:${operation}`, resources: [`table/${'TableName' in input ? input.TableName : ''}`] },
    ],
    writes: (operation) => operation !== 'GetItem',
    handle: async (operation, input) => {
      forwarded.push(input);
      if (operation === 'GetItem') return { status: 200, body: { Item: { a: { S: 'b' } } } };
      const __type = 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException';
      return { status: 400, body: { __type, message: 'no table' } };
    },
  };
  const get = new GetItemCommand({ TableName: 't', Key: { a: { S: 'k' } } });

  it('gets the input as it came, and its answer goes back as it is', async () => {
    forwarded.length = 0;
    const cloud = fakeCloud([], [dynamodb]);
    const output = await new DynamoDBClient(cloud.client()).send(get);
    expect(output.Item).toEqual({ a: { S: 'b' } });
    expect(forwarded).toEqual([{ TableName: 't', Key: { a: { S: 'k' } } }]);
    expect(cloud.calls).toMatchObject([
      {
        service: 'dynamodb',
        operation: 'GetItem',
        writes: false,
        dataPlane: true,
        input: { TableName: 't' },
        outcome: { ok: true },
      },
    ]);
  });

  it.each([
    ['nothing', '', 'the body is not JSON'],
    ['half a document', '{"TableName":', 'the body is not JSON'],
    ['a list', '[]', 'the body is a list, not a JSON object'],
  ])('gets no request with %s for a body', async (_, body, message) => {
    forwarded.length = 0;
    const { gateway } = fakeCloud([], [dynamodb]);
    const headers = { 'x-amz-target': 'DynamoDB_20120810.GetItem' };
    const answer = await raw(gateway, 'dynamodb', { headers, body });
    expect({ status: answer.status, ...JSON.parse(bodyText(answer)) }).toEqual({
      status: 400,
      __type: 'SerializationException',
      message: expect.stringContaining(message),
    });
    expect(forwarded).toEqual([]);
  });

  it('reports its errors to observers', async () => {
    const cloud = fakeCloud([], [dynamodb]);
    const error = await errorOf(new DynamoDBClient(cloud.client()).send(new DeleteTableCommand({ TableName: 't' })));
    expect(error.name).toBe('ResourceNotFoundException');
    expect(cloud.calls).toMatchObject([
      { writes: true, outcome: { ok: false, code: 'ResourceNotFoundException', message: 'no table' } },
    ]);
  });

  it('is checked by IAM and takes faults', async () => {
    forwarded.length = 0;
    const cloud = fakeCloud([], [dynamodb]);
    const denied = await errorOf(new DynamoDBClient(cloud.client(roleKey(cloud))).send(get));
    expect(denied).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('dynamodb:GetItem on resource: table/t'),
    });
    cloud.gateway.intercept(() => new AwsError('ProvisionedThroughputExceededException', 'slow down'));
    const refused = await errorOf(new DynamoDBClient(cloud.client()).send(get));
    expect(refused.name).toBe('ProvisionedThroughputExceededException');
    expect(forwarded).toEqual([]);
  });
});
