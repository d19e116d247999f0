import * as apprunner from '@aws-sdk/client-apprunner';
import * as cloudformation from '@aws-sdk/client-cloudformation';
import * as cloudtrail from '@aws-sdk/client-cloudtrail';
import * as monitoring from '@aws-sdk/client-cloudwatch';
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as ec2 from '@aws-sdk/client-ec2';
import * as ecr from '@aws-sdk/client-ecr';
import * as events from '@aws-sdk/client-eventbridge';
import * as iam from '@aws-sdk/client-iam';
import * as lambda from '@aws-sdk/client-lambda';
import * as organizations from '@aws-sdk/client-organizations';
import * as route53 from '@aws-sdk/client-route-53';
import * as s3 from '@aws-sdk/client-s3';
import * as servicequotas from '@aws-sdk/client-service-quotas';
import * as sns from '@aws-sdk/client-sns';
import * as sqs from '@aws-sdk/client-sqs';
import * as ssm from '@aws-sdk/client-ssm';
import * as sts from '@aws-sdk/client-sts';
import { NormalizedSchema } from '@smithy/core/schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inProcessHandler } from '../src/wire/in-process.ts';
import { operationSchemas } from '../src/wire/sdk-schemas.ts';
import { requiredMembers } from '../src/wire/validation.ts';
import { given, type OperationSetting, setting } from './every-operation/setting.ts';
import { tables } from './every-operation/tables.ts';

/** Every SDK client of the embedded cloud, by signing name. */
const clients: Readonly<Record<string, object>> = {
  apprunner,
  cloudformation,
  cloudtrail,
  dynamodb,
  ec2,
  ecr,
  events,
  iam,
  lambda,
  logs,
  monitoring,
  organizations,
  route53,
  s3,
  servicequotas,
  sns,
  sqs,
  ssm,
  sts,
};

let made: OperationSetting;
beforeAll(async () => {
  made = await setting();
});
afterAll(() => made.cloud.stop());

/** The smallest input that reaches the wire: required members and what the path needs. */
function smallest(ns: NormalizedSchema): unknown {
  if (ns.isStructSchema()) {
    const required = requiredMembers(ns);
    const members = [...ns.structIterator()].filter(
      ([name, member]) => required.includes(name) || member.getMergedTraits().httpLabel,
    );
    return Object.fromEntries(members.map(([name, member]) => [name, smallest(member)]));
  }
  if (ns.isListSchema()) return [smallest(ns.getValueSchema())];
  if (ns.isMapSchema()) return { x: smallest(ns.getValueSchema()) };
  if (ns.isTimestampSchema()) return new Date(0);
  if (ns.isBlobSchema()) return new Uint8Array([1]);
  if (ns.isBooleanSchema()) return true;
  return ns.isStringSchema() ? 'xxx' : 1;
}

interface Client {
  send(command: object): Promise<object>;
}
type Make<Result> = new (input: unknown) => Result;

const isMake = <Result>(value: unknown): value is Make<Result> => typeof value === 'function';

/** Makes an instance of a class that the SDK exports. */
function make<Result>(exported: ReadonlyMap<string, unknown>, name: string, input: unknown): Result {
  const found = exported.get(name);
  if (!isMake<Result>(found)) throw new Error(`the SDK exports no ${name}`);
  return new found(input);
}

const clientName = (exported: ReadonlyMap<string, unknown>): string =>
  [...exported.keys()].find((name) => /^[A-Z]\w+Client$/.test(name)) ?? 'Client';

/** Sends as botocore and other clients do, which do not repeat the operation's name in the query. */
function withoutXId(sent: ReturnType<typeof inProcessHandler>): ReturnType<typeof inProcessHandler> {
  return {
    ...sent,
    handle(request, options) {
      const { 'x-id': _, ...query } = request.query ?? {};
      return sent.handle({ ...request, query }, options);
    },
  };
}

const isServed = (service: string, operation: string): boolean =>
  service === 'dynamodb' ? made.cloud.dynamoDb.serves(operation) : tables[service]?.[operation] !== undefined;

/** What is wrong with how each operation of a service is answered. */
async function misrouted(
  service: string,
  sdk: object,
  requestHandler: ReturnType<typeof inProcessHandler>,
): Promise<readonly object[]> {
  const exported = new Map<string, unknown>(Object.entries(sdk));
  const config = { ...made.cloud.clientConfig(), maxAttempts: 1, forcePathStyle: true, requestHandler };
  const client = make<Client>(exported, clientName(exported), config);
  const wrong: object[] = [];
  for (const [, , operation, , input] of operationSchemas(sdk)) {
    const command = make<object>(exported, `${operation}Command`, smallest(NormalizedSchema.of(input)));
    const before = made.calls.length;
    const error: unknown = await client.send(command).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    const { operation: takenFor, outcome } = given(made.calls.at(before));
    const refused = !outcome.ok && outcome.code === 'NotImplemented' && outcome.message.includes(`:${operation} `);
    if (takenFor !== operation || refused === isServed(service, operation)) {
      wrong.push({ operation, takenFor, outcome, error: String(error) });
    }
  }
  return wrong;
}

describe('each operation is taken for itself, and refused by name when it is not served', () => {
  test.each(Object.entries(clients))('%s', { timeout: 60_000 }, async (service, sdk) => {
    expect(await misrouted(service, sdk, inProcessHandler(made.cloud.gateway))).toEqual([]);
  });

  test('S3 without x-id', async () => {
    expect(await misrouted('s3', s3, withoutXId(inProcessHandler(made.cloud.gateway)))).toEqual([]);
  });
});

describe('an operation that the service does not have', () => {
  test.each([
    ['sqs', { headers: { 'x-amz-target': 'AmazonSQS.Frobnicate' } }, 400, 'UnknownOperationException'],
    ['dynamodb', { headers: { 'x-amz-target': 'DynamoDB_20120810.Frobnicate' } }, 400, 'UnknownOperationException'],
    ['ec2', { body: 'Action=Frobnicate&Version=2016-11-15' }, 400, 'InvalidAction'],
    ['iam', { body: 'Action=Frobnicate&Version=2010-05-08' }, 400, 'InvalidAction'],
    ['lambda', { method: 'GET', path: '/2015-03-31/frobnicate' }, 404, 'UnknownOperationException'],
    ['route53', { method: 'GET', path: '/2013-04-01/frobnicate' }, 404, 'UnknownOperationException'],
    ['s3', { method: 'PATCH', path: '/bucket/key' }, 405, 'MethodNotAllowed'],
  ])('of %s', async (service, request, status, code) => {
    const response = await made.cloud.gateway.handle({
      method: 'POST',
      path: '/',
      query: {},
      ...request,
      body: new TextEncoder().encode('body' in request ? request.body : ''),
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/ap-northeast-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
        ...('headers' in request ? request.headers : {}),
      },
    });
    expect(response.status).toBe(status);
    expect(`${response.headers['x-amzn-errortype']} ${new TextDecoder().decode(response.body)}`).toContain(code);
  });
});
