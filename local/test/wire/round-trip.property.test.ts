import {
  AppRunnerClient,
  CreateService$,
  CreateServiceCommand,
  DescribeService$,
  DescribeServiceCommand,
  UpdateService$,
  UpdateServiceCommand,
} from '@aws-sdk/client-apprunner';
import {
  CreateVpcEndpoint$,
  CreateVpcEndpointCommand,
  DescribeSpotPriceHistory$,
  DescribeSpotPriceHistoryCommand,
  DescribeVpcEndpoints$,
  DescribeVpcEndpointsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { EventBridgeClient, PutEvents$, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateFunction$,
  CreateFunctionCommand,
  GetFunction$,
  GetFunctionCommand,
  Invoke$,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import {
  CreateHostedZone$,
  CreateHostedZoneCommand,
  CreateTrafficPolicy$,
  CreateTrafficPolicyCommand,
  ListResourceRecordSets$,
  ListResourceRecordSetsCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import {
  ReceiveMessage$,
  ReceiveMessageCommand,
  SendMessageBatch$,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { AssumeRole$, AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { NormalizedSchema } from '@smithy/core/schema';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { OperationDefinition } from '../../src/wire/service.ts';
import { requiredMembers } from '../../src/wire/validation.ts';
import { fakeCloud, fakeOperation, fakeService } from './fake.ts';

/** What a protocol cannot carry, and so no test may ask of it. */
interface Limits {
  /** Text that survives. */
  readonly text: fc.Arbitrary<string>;
  /** Query forms and XML cannot tell an empty list, map or structure from none. */
  readonly empty: boolean;
}

const anyText = fc.string({ unit: 'binary', maxLength: 12 });
const json: Limits = { text: anyText.filter((text) => text.isWellFormed()), empty: true };
const query: Limits = { text: json.text, empty: false };
// XML has no control characters, and its parsers take blank lines for layout.
const xml: Limits = {
  text: fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => text.trim() !== '' || text === ''),
  empty: true,
};
// Headers, paths and queries: visible ASCII, never empty.
const line = fc.stringMatching(/^[!-~]([ -~]{0,10}[!-~])?$/).filter((text) => text !== '.' && text !== '..');

const isCollection = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !(value instanceof Date) && !(value instanceof Uint8Array);

/** The value without what is empty, which is `undefined` when nothing is left. */
function pruned(value: unknown): unknown {
  if (!isCollection(value)) return value;
  if (Array.isArray(value)) {
    const items = value.map(pruned).filter((item) => item !== undefined);
    return items.length === 0 ? undefined : items;
  }
  const entries = Object.entries(value).flatMap(([key, item]) => {
    const left = pruned(item);
    return left === undefined ? [] : [[key, left] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function anyOf(ns: NormalizedSchema, limits: Limits, depth: number): fc.Arbitrary<unknown> {
  const { httpHeader, httpLabel, httpQuery } = ns.getMergedTraits();
  const bound = httpHeader !== undefined || httpLabel !== undefined || httpQuery !== undefined;
  if (ns.isStringSchema()) return bound ? line : limits.text;
  if (ns.isBooleanSchema()) return fc.boolean();
  if (ns.isNumericSchema()) return fc.integer();
  if (ns.isBlobSchema()) return fc.uint8Array({ minLength: 1, maxLength: 9 });
  if (ns.isTimestampSchema()) {
    return fc.date({ min: new Date(0), max: new Date('2999-01-01'), noInvalidDate: true });
  }
  if (ns.isListSchema()) return fc.array(anyOf(ns.getValueSchema(), limits, depth - 1), { maxLength: 11 });
  if (ns.isMapSchema()) {
    // The SDK's own codecs, on which both sides stand, lose a member of a map by this name.
    const key = limits.text.filter((text) => text !== '__proto__');
    return fc.dictionary(key, anyOf(ns.getValueSchema(), limits, depth - 1), { maxKeys: 3 });
  }
  return anyStructure(ns, limits, depth - 1);
}

function anyStructure(ns: NormalizedSchema, limits: Limits, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const required = requiredMembers(ns);
  const members: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, member] of ns.structIterator()) {
    // Clients fill in idempotency tokens by themselves.
    const needed = required.includes(name) || member.isIdempotencyToken();
    if (!needed && depth <= 0) continue;
    const value = anyOf(member, limits, depth);
    members[name] = needed ? value : fc.option(value, { nil: undefined });
  }
  return fc
    .record(members)
    .map((record) => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)));
}

function anyShape(shape: OperationDefinition['schema'][4], limits: Limits): fc.Arbitrary<object> {
  return anyStructure(NormalizedSchema.of(shape), limits, 3).map((input) => {
    // EC2 answers a dry run with an error; an endpoint id sends EventBridge elsewhere.
    const { DryRun, EndpointId, ...sent } = input;
    const carried = limits.empty ? sent : pruned(sent);
    return carried instanceof Object ? carried : {};
  });
}

type Client = ReturnType<ReturnType<typeof fakeCloud>['client']>;
type Call = (client: Client) => Promise<{ $metadata: unknown }>;
type Send = (client: Client, input: object) => Promise<unknown>;

// The inputs are made from the very schemas the commands' types are generated from.
const typed = <Input>(input: object): Input => input as Input;

const cases: readonly [string, Parameters<typeof fakeService>[0], OperationDefinition['schema'], Limits, Send][] = [
  [
    'CreateService',
    'apprunner',
    CreateService$,
    json,
    (client, input) => new AppRunnerClient(client).send(new CreateServiceCommand(typed(input))),
  ],
  [
    'UpdateService',
    'apprunner',
    UpdateService$,
    json,
    (client, input) => new AppRunnerClient(client).send(new UpdateServiceCommand(typed(input))),
  ],
  [
    'PutEvents',
    'events',
    PutEvents$,
    json,
    (client, input) => new EventBridgeClient(client).send(new PutEventsCommand(typed(input))),
  ],
  [
    'SendMessageBatch',
    'sqs',
    SendMessageBatch$,
    json,
    (client, input) =>
      new SQSClient({ ...client, md5: false, useQueueUrlAsEndpoint: false }).send(
        new SendMessageBatchCommand(typed(input)),
      ),
  ],
  [
    'CreateVpcEndpoint',
    'ec2',
    CreateVpcEndpoint$,
    query,
    (client, input) => new EC2Client(client).send(new CreateVpcEndpointCommand(typed(input))),
  ],
  [
    'DescribeSpotPriceHistory',
    'ec2',
    DescribeSpotPriceHistory$,
    query,
    (client, input) => new EC2Client(client).send(new DescribeSpotPriceHistoryCommand(typed(input))),
  ],
  [
    'AssumeRole',
    'sts',
    AssumeRole$,
    query,
    (client, input) => new STSClient(client).send(new AssumeRoleCommand(typed(input))),
  ],
  [
    'CreateHostedZone',
    'route53',
    CreateHostedZone$,
    xml,
    (client, input) => new Route53Client(client).send(new CreateHostedZoneCommand(typed(input))),
  ],
  [
    'CreateTrafficPolicy',
    'route53',
    CreateTrafficPolicy$,
    xml,
    (client, input) => new Route53Client(client).send(new CreateTrafficPolicyCommand(typed(input))),
  ],
  [
    'CreateFunction',
    'lambda',
    CreateFunction$,
    json,
    (client, input) => new LambdaClient(client).send(new CreateFunctionCommand(typed(input))),
  ],
  [
    'Invoke',
    'lambda',
    Invoke$,
    json,
    (client, input) => new LambdaClient(client).send(new InvokeCommand(typed(input))),
  ],
];

it.each(cases)(
  'any input of %s arrives as it was sent',
  async (_, service, schema, limits, send) => {
    await fc.assert(
      fc.asyncProperty(anyShape(schema[4], limits), async (input) => {
        const operation = fakeOperation(schema);
        await send(fakeCloud([fakeService(service, [operation])]).client(), input);
        expect(operation.inputs).toEqual([input]);
      }),
      { numRuns: 50 },
    );
  },
  60_000,
);

/** Calls whose answer holds lists of structures, timestamps, numbers, headers or bytes. */
const answers: readonly [string, Parameters<typeof fakeService>[0], OperationDefinition['schema'], Limits, Call][] = [
  [
    'DescribeService',
    'apprunner',
    DescribeService$,
    json,
    (client) => new AppRunnerClient(client).send(new DescribeServiceCommand({ ServiceArn: 'a' })),
  ],
  [
    'ReceiveMessage',
    'sqs',
    ReceiveMessage$,
    json,
    (client) =>
      new SQSClient({ ...client, md5: false, useQueueUrlAsEndpoint: false }).send(
        new ReceiveMessageCommand({ QueueUrl: 'q' }),
      ),
  ],
  [
    'DescribeVpcEndpoints',
    'ec2',
    DescribeVpcEndpoints$,
    xml,
    (client) => new EC2Client(client).send(new DescribeVpcEndpointsCommand({})),
  ],
  [
    'AssumeRole',
    'sts',
    AssumeRole$,
    xml,
    (client) => new STSClient(client).send(new AssumeRoleCommand({ RoleArn: 'r', RoleSessionName: 's' })),
  ],
  [
    'CreateHostedZone',
    'route53',
    CreateHostedZone$,
    xml,
    (client) => new Route53Client(client).send(new CreateHostedZoneCommand({ Name: 'n', CallerReference: 'c' })),
  ],
  [
    'ListResourceRecordSets',
    'route53',
    ListResourceRecordSets$,
    xml,
    (client) => new Route53Client(client).send(new ListResourceRecordSetsCommand({ HostedZoneId: 'z' })),
  ],
  [
    'GetFunction',
    'lambda',
    GetFunction$,
    json,
    (client) => new LambdaClient(client).send(new GetFunctionCommand({ FunctionName: 'f' })),
  ],
];

it.each(answers)(
  'any output of %s arrives as it was answered',
  async (_, service, schema, limits, send) => {
    await fc.assert(
      fc.asyncProperty(anyShape(schema[5], limits), async (output) => {
        const { $metadata, ...arrived } = await send(
          fakeCloud([fakeService(service, [fakeOperation(schema, () => output)])]).client(),
        );
        expect(arrived).toEqual(output);
      }),
      { numRuns: 50 },
    );
  },
  60_000,
);
