import { seededChance } from '../../src/chance.ts';
import { VirtualClock } from '../../src/clock.ts';
import { Iam } from '../../src/iam/iam.ts';
import { Gateway, type Passthrough } from '../../src/wire/gateway.ts';
import { type InProcessRequestHandler, inProcessHandler } from '../../src/wire/in-process.ts';
import type {
  CallContext,
  CallRecord,
  OperationDefinition,
  Protocol,
  RequiredPermission,
  ServiceDefinition,
} from '../../src/wire/service.ts';

type Schema = OperationDefinition['schema'];

/** An operation that remembers its input and returns the given output. */
export function fakeOperation(
  schema: Schema,
  answer: (input: object, context: CallContext) => object = () => ({}),
  options: { readonly writes?: boolean; readonly permissions?: readonly RequiredPermission[] } = {},
): OperationDefinition & { readonly inputs: object[] } {
  const inputs: object[] = [];
  return {
    schema,
    inputs,
    writes: options.writes ?? false,
    dataPlane: false,
    permissions: () => options.permissions ?? [],
    run: async (input, context) => {
      inputs.push(input);
      return answer(input, context);
    },
  };
}

const services = {
  apprunner: { protocol: 'aws-json-1.0', targetPrefix: 'AppRunner' },
  sqs: { protocol: 'aws-json-1.0', targetPrefix: 'AmazonSQS' },
  events: { protocol: 'aws-json-1.1', targetPrefix: 'AWSEvents' },
  ec2: { protocol: 'ec2-query', version: '2016-11-15', xmlNamespace: 'http://ec2.amazonaws.com/doc/2016-11-15/' },
  sts: { protocol: 'aws-query', version: '2011-06-15', xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/' },
  route53: { protocol: 'rest-xml', xmlNamespace: 'https://route53.amazonaws.com/doc/2013-04-01/' },
  lambda: { protocol: 'rest-json' },
} as const satisfies Record<string, { protocol: Protocol } & Partial<ServiceDefinition>>;

export function fakeService(
  signingName: keyof typeof services,
  operations: readonly OperationDefinition[],
  errors: ServiceDefinition['errors'] = [],
): ServiceDefinition {
  return { signingName, eventSource: `${signingName}.amazonaws.com`, errors, operations, ...services[signingName] };
}

export interface FakeCloud {
  readonly gateway: Gateway;
  readonly iam: Iam;
  readonly calls: readonly CallRecord[];
  readonly unexpected: readonly unknown[];
  /** What an SDK client is made with. */
  client(accessKeyId?: string): {
    readonly requestHandler: InProcessRequestHandler;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly maxAttempts: number;
  };
}

export function fakeCloud(
  definitions: readonly ServiceDefinition[],
  passthroughs: readonly Passthrough[] = [],
): FakeCloud {
  const chance = seededChance('wire');
  const iam = new Iam({ chance });
  const unexpected: unknown[] = [];
  const gateway = new Gateway({
    clock: new VirtualClock(),
    chance,
    iam,
    services: definitions,
    // Fakes answer any input.
    constraints: {},
    passthroughs,
    defaultRegion: 'ap-northeast-1',
    onUnexpectedError: (error) => unexpected.push(error),
  });
  const calls: CallRecord[] = [];
  gateway.observe((call) => calls.push(call));
  return {
    gateway,
    iam,
    calls,
    unexpected,
    client: (accessKeyId = 'test') => ({
      requestHandler: inProcessHandler(gateway),
      region: 'eu-west-1',
      credentials: { accessKeyId, secretAccessKey: 'any' },
      maxAttempts: 1,
    }),
  };
}

/** The error a call ends with; fails the test when it does not. */
export async function errorOf(call: Promise<unknown>): Promise<Error & Readonly<Record<string, unknown>>> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error) return Object.assign(error);
    throw error;
  }
  throw new Error('the call was answered without an error');
}

/** A request as a program without SDK would send it. */
export function raw(
  gateway: Gateway,
  signingName: string,
  request: { method?: string; path?: string; headers?: Record<string, string>; body?: string },
) {
  return gateway.handle({
    method: request.method ?? 'POST',
    path: request.path ?? '/',
    query: {},
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${signingName}/aws4_request, SignedHeaders=host, Signature=0`,
      ...request.headers,
    },
    body: new TextEncoder().encode(request.body ?? ''),
  });
}

export const bodyText = (response: { readonly body: Uint8Array }): string => new TextDecoder().decode(response.body);
