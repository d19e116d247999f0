import {
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { seededChance } from '../../src/chance.ts';
import { VirtualClock } from '../../src/clock.ts';
import { Iam } from '../../src/iam/iam.ts';
import { defaultSwitches, profiles } from '../../src/profile.ts';
import type { LambdaFunction } from '../../src/services/lambda/function.ts';
import { type InProcessHandler, inProcessRuntime } from '../../src/services/lambda/in-process-runtime.ts';
import { Lambda } from '../../src/services/lambda/lambda.ts';
import { defineLambda } from '../../src/services/lambda/operations.ts';
import { Gateway } from '../../src/wire/gateway.ts';
import { inProcessHandler } from '../../src/wire/in-process.ts';
import { FakeTargets } from '../eventbridge/fake-targets.ts';
import { sampleFunction } from './sample-function.ts';

const ACCOUNT = '123456789012';
const REGION = 'ap-northeast-1';
const MINUTE = 60_000;
const DEAD_LETTERS = `arn:aws:sqs:${REGION}:${ACCOUNT}:dead-letters`;
const FAILURES = `arn:aws:sqs:${REGION}:${ACCOUNT}:failures`;

function cloud(handlers: Record<string, InProcessHandler> = {}) {
  const clock = new VirtualClock();
  const chance = seededChance('lambda');
  const log: string[] = [];
  const world = { clock, chance, profile: profiles.realistic, switches: defaultSwitches };
  const lambda = new Lambda(world, { runtime: inProcessRuntime(clock, handlers), log: (line) => log.push(line) });
  const targets = new FakeTargets();
  lambda.connect({ targets, queues: { onVisible: () => () => {}, receive: () => [], delete: () => {} } });
  const gateway = new Gateway({
    clock,
    chance,
    iam: new Iam({ chance }),
    services: [defineLambda(lambda, world)],
    defaultRegion: REGION,
  });
  const client = new LambdaClient({
    region: REGION,
    credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'x' },
    requestHandler: inProcessHandler(gateway),
    maxAttempts: 1,
  });
  const invoke = async (FunctionName: string, payload?: unknown) => {
    const answer = await client.send(
      new InvokeCommand({ FunctionName, ...(payload === undefined ? {} : { Payload: JSON.stringify(payload) }) }),
    );
    return { ...answer, payload: JSON.parse(answer.Payload?.transformToString() ?? '') };
  };
  const create = (changes: Partial<LambdaFunction> = {}) => lambda.createFunction(sampleFunction(changes));
  return { clock, lambda, targets, client, invoke, create, log };
}

describe('Invoke', () => {
  it.each([['sample'], [sampleFunction().arn], [`${sampleFunction().arn}:$LATEST`], [`${ACCOUNT}:function:sample`]])(
    'answers with what the function answered (%s)',
    async (name) => {
      const { create, invoke } = cloud({
        sample: (event, context) => ({ event, id: context.awsRequestId, left: context.getRemainingTimeInMillis() }),
      });
      create({ timeout: 7 });
      expect(await invoke(name, { a: 1 })).toMatchObject({
        StatusCode: 200,
        ExecutedVersion: '$LATEST',
        payload: { event: { a: 1 }, id: expect.any(String), left: 7000 },
      });
    },
  );

  it('hands the client context to a handler that is waited for', async () => {
    const seen: unknown[] = [];
    const { create, client, clock } = cloud({ sample: (_, { clientContext }) => void seen.push(clientContext) });
    create();
    const ClientContext = Buffer.from('{"a":1}').toString('base64');
    await client.send(new InvokeCommand({ FunctionName: 'sample', ClientContext }));
    await client.send(new InvokeCommand({ FunctionName: 'sample', ClientContext, InvocationType: 'Event' }));
    await clock.advance(1000);
    expect(seen).toEqual([{ a: 1 }, undefined]);
  });

  it('gives null for nothing, and an empty event for no payload', async () => {
    const { create, invoke } = cloud({ sample: () => undefined, echo: (event) => event });
    create();
    create({ name: 'echo' });
    expect((await invoke('sample')).payload).toBeNull();
    expect((await invoke('echo')).payload).toEqual({});
  });

  it('returns a failure of the function in the payload', async () => {
    const { create, invoke } = cloud({
      sample: () => {
        throw new RangeError('too far');
      },
    });
    create();
    expect(await invoke('sample')).toMatchObject({
      StatusCode: 200,
      FunctionError: 'Unhandled',
      payload: {
        errorType: 'RangeError',
        errorMessage: 'too far',
        trace: expect.arrayContaining(['RangeError: too far']),
      },
    });
  });

  it('only checks, in a dry run', async () => {
    let calls = 0;
    const { create, client } = cloud({ sample: () => calls++ });
    create();
    expect(await client.send(new InvokeCommand({ FunctionName: 'sample', InvocationType: 'DryRun' }))).toMatchObject({
      StatusCode: 204,
    });
    expect(calls).toBe(0);
  });

  it('throttles above the reserved concurrency', async () => {
    let started = (_finish: () => void): void => {};
    const nextStart = () => new Promise<() => void>((resolve) => (started = resolve));
    const { create, client } = cloud({ sample: () => new Promise<void>((finish) => started(finish)) });
    create({ reservedConcurrency: 1 });
    const invoke = () => client.send(new InvokeCommand({ FunctionName: 'sample' }));
    for (let round = 0; round < 2; round++) {
      const start = nextStart();
      const running = invoke();
      const finish = await start;
      await expect(invoke()).rejects.toMatchObject({
        name: 'TooManyRequestsException',
        Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
        $metadata: { httpStatusCode: 429 },
      });
      finish();
      await running;
    }
  });

  it.each([
    [
      'a function that is not there',
      { FunctionName: 'other' },
      'ResourceNotFoundException',
      `Function not found: arn:aws:lambda:${REGION}:${ACCOUNT}:function:other`,
    ],
    [
      'what is not JSON',
      { FunctionName: 'sample', Payload: '{' },
      'InvalidRequestContentException',
      'Could not parse request body into json',
    ],
    [
      'a client context that is not JSON',
      { FunctionName: 'sample', ClientContext: 'e' },
      'InvalidRequestContentException',
      'Client context must be a valid Base64-encoded JSON object',
    ],
    [
      'too large a client context',
      { FunctionName: 'sample', ClientContext: Buffer.from(JSON.stringify('x'.repeat(3000))).toString('base64') },
      'InvalidRequestContentException',
      'more than 3583 bytes',
    ],
    [
      'too large an event',
      { FunctionName: 'sample', InvocationType: 'Event', Payload: JSON.stringify('x'.repeat(1024 * 1024)) },
      'RequestTooLargeException',
      'byte payload is too large for the Event invocation type',
    ],
  ] as const)('refuses %s', async (_what, input, name, message) => {
    const { create, client } = cloud({ sample: () => null });
    create();
    await expect(client.send(new InvokeCommand(input))).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message),
    });
  });
});

describe('functions', () => {
  it('are described as they were made', async () => {
    const { create, client } = cloud();
    create({
      environment: { TABLE: 'rows' },
      timeout: 30,
      vpc: { vpcId: 'vpc-1', subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] },
      reservedConcurrency: 2,
    });
    const expected = {
      FunctionArn: sampleFunction().arn,
      Timeout: 30,
      MemorySize: 128,
      Runtime: 'nodejs24.x',
      Environment: { Variables: { TABLE: 'rows' } },
      VpcConfig: { VpcId: 'vpc-1', SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
    };
    expect(await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'sample' }))).toMatchObject(expected);
    expect(await client.send(new GetFunctionCommand({ FunctionName: 'sample' }))).toMatchObject({
      Configuration: expected,
      Concurrency: { ReservedConcurrentExecutions: 2 },
    });
  });

  it('are listed page by page, each account and region its own', async () => {
    const { create, client } = cloud();
    for (const name of ['a', 'b', 'c']) create({ name });
    create({ name: 'elsewhere', region: 'us-east-1' });
    const first = await client.send(new ListFunctionsCommand({ MaxItems: 2 }));
    const second = await client.send(new ListFunctionsCommand({ MaxItems: 2, Marker: first.NextMarker }));
    expect([first, second].map(({ Functions }) => Functions?.map(({ FunctionName }) => FunctionName))).toEqual([
      ['a', 'b'],
      ['c'],
    ]);
    expect(second.NextMarker).toBeUndefined();
  });

  it('have one name once', () => {
    const { create } = cloud();
    create();
    expect(() => create()).toThrow(expect.objectContaining({ code: 'ResourceConflictException' }));
  });
});

describe('asynchronous invocation', () => {
  const failing =
    (log: number[], clock: () => number): InProcessHandler =>
    () => {
      log.push(clock());
      throw new Error('never');
    };

  /** A function that always fails, and the minutes at which it was invoked. */
  function failed(changes: Partial<LambdaFunction>) {
    const times: number[] = [];
    const made = cloud({ sample: failing(times, () => made.clock.now()) });
    made.create(changes);
    const start = made.clock.now();
    return { ...made, minutes: () => times.map((time) => (time - start) / MINUTE) };
  }
  const send = (client: LambdaClient) =>
    client.send(new InvokeCommand({ FunctionName: 'sample', InvocationType: 'Event', Payload: '{"a":1}' }));

  it('answers at once and runs later', async () => {
    const events: unknown[] = [];
    const { create, client, clock } = cloud({ sample: (event) => events.push(event) });
    create();
    expect(await send(client)).toMatchObject({ StatusCode: 202 });
    expect(events).toEqual([]);
    await clock.advance(0);
    await clock.advance(10 * MINUTE);
    expect(events).toEqual([{ a: 1 }]);
  });

  it('tries again after a minute and after two more, then sends the event to the dead-letter queue', async () => {
    const { client, clock, targets, minutes, log } = failed({ deadLetterQueueArn: DEAD_LETTERS });
    await send(client);
    await clock.advance(3 * MINUTE - 1);
    expect(targets.sent).toEqual([]);
    await clock.advance(60 * MINUTE);
    expect(minutes()).toEqual([0, 1, 3]);
    expect(targets.sent).toMatchObject([
      {
        arn: DEAD_LETTERS,
        message: {
          body: '{"a":1}',
          attributes: { ErrorCode: '200', ErrorMessage: 'never', RequestID: expect.any(String) },
        },
        sender: { roleArn: sampleFunction().roleArn },
      },
    ]);
    expect(log).toHaveLength(3);
  });

  it('sends a record to the destination for failures', async () => {
    const asynchronous = { maximumRetryAttempts: 0, maximumEventAge: 3600, onFailureArn: FAILURES };
    const { client, clock, targets, minutes } = failed({ asynchronous });
    await send(client);
    await clock.advance(60 * MINUTE);
    expect(minutes()).toEqual([0]);
    expect(JSON.parse(targets.sent[0]?.message.body ?? '')).toMatchObject({
      version: '1.0',
      requestContext: {
        functionArn: `${sampleFunction().arn}:$LATEST`,
        condition: 'RetriesExhausted',
        approximateInvokeCount: 1,
      },
      requestPayload: { a: 1 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorType: 'Error', errorMessage: 'never' },
    });
  });

  it('sends a record to the destination for successes', async () => {
    const { create, client, clock, targets } = cloud({ sample: () => 'done' });
    create({ asynchronous: { maximumRetryAttempts: 2, maximumEventAge: 3600, onSuccessArn: FAILURES } });
    await send(client);
    await clock.advance(0);
    expect(JSON.parse(targets.sent[0]?.message.body ?? '')).toMatchObject({
      requestContext: { condition: 'Success' },
      responsePayload: 'done',
    });
  });

  it('gives up on an event that is too old', async () => {
    const asynchronous = { maximumRetryAttempts: 2, maximumEventAge: 90, onFailureArn: FAILURES };
    const { client, clock, targets, minutes } = failed({ asynchronous });
    await send(client);
    await clock.advance(60 * MINUTE);
    expect(minutes()).toEqual([0, 1]);
    expect(JSON.parse(targets.sent[0]?.message.body ?? '')).toMatchObject({
      requestContext: { condition: 'EventAgeExceeded' },
    });
  });

  it('waits while the function is throttled, without counting that as an attempt', async () => {
    const { create, lambda, client, clock, targets } = cloud({ sample: () => 'done' });
    const fn = create({ reservedConcurrency: 0 });
    await send(client);
    await clock.advance(10 * MINUTE);
    lambda.updateFunction(fn.arn, {
      reservedConcurrency: 1,
      asynchronous: { ...fn.asynchronous, onSuccessArn: FAILURES },
    });
    await clock.advance(10 * MINUTE);
    expect(JSON.parse(targets.sent[0]?.message.body ?? '')).toMatchObject({
      requestContext: { approximateInvokeCount: 1 },
    });
  });
});

describe("the function's policy", () => {
  const RULE = `arn:aws:events:${REGION}:${ACCOUNT}:rule/rule`;
  const sender = { service: 'events.amazonaws.com', sourceArn: RULE, sourceAccount: ACCOUNT };
  const statement = (changes: object = {}) => ({
    Sid: 'rule',
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'lambda:InvokeFunction',
    Resource: sampleFunction().arn,
    Condition: { ArnLike: { 'AWS:SourceArn': RULE } },
    ...changes,
  });

  it('lets a service in', async () => {
    const events: unknown[] = [];
    const { create, lambda, clock, client } = cloud({ sample: (event) => events.push(event) });
    const { arn } = create();
    lambda.addPermission(arn, 'rule', statement());
    await lambda.invokeForService(arn, '{"a":1}', sender);
    await lambda.invokeForService(arn, 'just text', sender);
    await clock.advance(0);
    expect(events).toEqual([{ a: 1 }, 'just text']);
    const { Policy } = await client.send(new GetPolicyCommand({ FunctionName: 'sample' }));
    expect(JSON.parse(Policy ?? '')).toMatchObject({ Statement: [{ Sid: 'rule' }] });
  });

  it.each([
    ['without a statement', undefined],
    ['for another rule', statement({ Condition: { ArnLike: { 'AWS:SourceArn': `${RULE}-other` } } })],
    ['for another service', statement({ Principal: { Service: 's3.amazonaws.com' } })],
    ['for another account', statement({ Condition: { StringEquals: { 'AWS:SourceAccount': '999999999999' } } })],
    ['with another action', statement({ Action: 'lambda:GetFunction' })],
  ])('keeps a service out %s', async (_what, given) => {
    const { create, lambda } = cloud();
    const { arn } = create();
    if (given !== undefined) lambda.addPermission(arn, 'rule', given);
    await expect(lambda.invokeForService(arn, '{}', sender)).rejects.toMatchObject({ code: 'AccessDeniedException' });
  });
});
