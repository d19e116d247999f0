import * as sdk from '@aws-sdk/client-lambda';
import { Uint8ArrayBlobAdapter } from '@smithy/core/serde';
import { AwsError } from '../../wire/errors.ts';
import { operationSchemas } from '../../wire/sdk-schemas.ts';
import { type CallContext, type OperationDefinition, operation, type ServiceDefinition } from '../../wire/service.ts';
import type { World } from '../../world.ts';
import { describedMapping } from './event-source-mapping.ts';
import { describedFunction, functionId, type LambdaFunction } from './function.ts';
import type { Lambda, NewMapping } from './lambda.ts';
import { failurePayload, MAXIMUM_PAYLOAD } from './runtime.ts';

/** Documented: bytes of an asynchronous payload. */
const MAXIMUM_ASYNCHRONOUS_PAYLOAD = 1024 * 1024;
const PAGE = 50;

type Named = { readonly FunctionName?: string | undefined };

const arnOf = ({ FunctionName: named = '' }: Named, context: CallContext): string => {
  const [account, region, name] = functionId(named, context);
  return `arn:aws:lambda:${region}:${account}:function:${name}`;
};

const onFunction = (action: string) => (input: Named, context: CallContext) => ({
  action: `lambda:${action}`,
  resources: [arnOf(input, context)],
});

export function defineLambda(lambda: Lambda, world: World): ServiceDefinition {
  const operations = defineOperations(lambda, world);
  return {
    signingName: 'lambda',
    eventSource: 'lambda.amazonaws.com',
    protocol: 'rest-json',
    errors: [
      sdk.InvalidParameterValueException$,
      sdk.InvalidRequestContentException$,
      sdk.RequestTooLargeException$,
      sdk.ResourceConflictException$,
      sdk.ResourceNotFoundException$,
      sdk.ServiceException$,
      sdk.TooManyRequestsException$,
    ],
    operations,
    resourcePolicy: (arn) => policyOf(lambda.find(arn)),
    api: operationSchemas(sdk),
  };
}

function defineOperations(lambda: Lambda, world: World): OperationDefinition[] {
  return [
    operation<sdk.InvokeCommandInput, sdk.InvokeCommandOutput>(sdk.Invoke$, {
      writes: true,
      dataPlane: true,
      permissions: onFunction('InvokeFunction'),
      run: async (input, context) => {
        const fn = lambda.get(arnOf(input, context));
        const type = input.InvocationType ?? 'RequestResponse';
        const payload = readPayload(input.Payload, type);
        const clientContext = readClientContext(input.ClientContext);
        if (type === 'DryRun') return { StatusCode: 204 };
        if (type === 'Event') {
          lambda.invokeLater(fn, payload, context.requestId);
          return { StatusCode: 202 };
        }
        const outcome = await lambda.invoke(fn, payload, context.requestId, clientContext);
        const answer = outcome.ok ? outcome.payload : failurePayload(outcome);
        return {
          StatusCode: 200,
          ExecutedVersion: '$LATEST',
          ...(outcome.ok ? {} : { FunctionError: 'Unhandled' }),
          Payload: Uint8ArrayBlobAdapter.fromString(JSON.stringify(answer)),
        };
      },
    }),
    operation<sdk.GetFunctionCommandInput, sdk.GetFunctionCommandOutput>(sdk.GetFunction$, {
      permissions: onFunction('GetFunction'),
      run: (input, context) => {
        const fn = lambda.get(arnOf(input, context));
        return {
          Configuration: describedFunction(fn),
          Code: { RepositoryType: 'S3', Location: `file://${fn.codeFolder}` },
          ...(fn.reservedConcurrency === undefined ? {} : { Concurrency: reservedOf(fn) }),
        };
      },
    }),
    operation<sdk.GetFunctionConfigurationCommandInput, sdk.GetFunctionConfigurationCommandOutput>(
      sdk.GetFunctionConfiguration$,
      {
        permissions: onFunction('GetFunctionConfiguration'),
        run: (input, context) => describedFunction(lambda.get(arnOf(input, context))),
      },
    ),
    operation<sdk.ListFunctionsCommandInput, sdk.ListFunctionsCommandOutput>(sdk.ListFunctions$, {
      permissions: () => ({ action: 'lambda:ListFunctions', resources: ['*'] }),
      run: ({ Marker, MaxItems }, { account, region }) => {
        const { items, next } = page(lambda.functions(account, region), Marker, MaxItems);
        return { Functions: items.map((fn: LambdaFunction) => describedFunction(fn)), ...next };
      },
    }),
    operation<sdk.ListEventSourceMappingsCommandInput, sdk.ListEventSourceMappingsCommandOutput>(
      sdk.ListEventSourceMappings$,
      {
        permissions: () => ({ action: 'lambda:ListEventSourceMappings', resources: ['*'] }),
        run: (input, context) => {
          const found = lambda
            .mappings(context.account, context.region)
            .filter(
              (mapping) =>
                (input.EventSourceArn === undefined || mapping.sourceArn === input.EventSourceArn) &&
                (input.FunctionName === undefined || mapping.functionArn === arnOf(input, context)),
            );
          const { items, next } = page(found, input.Marker, input.MaxItems);
          return { EventSourceMappings: items.map(describedMapping), ...next };
        },
      },
    ),
    operation<sdk.UpdateEventSourceMappingCommandInput, sdk.UpdateEventSourceMappingCommandOutput>(
      sdk.UpdateEventSourceMapping$,
      {
        writes: true,
        permissions: ({ UUID }, { account, region }) => ({
          action: 'lambda:UpdateEventSourceMapping',
          resources: [`arn:aws:lambda:${region}:${account}:event-source-mapping:${UUID}`],
        }),
        run: ({ UUID, ...changes }, { account, region }) => {
          const known = lambda.mappings(account, region).find(({ uuid }) => uuid === UUID);
          const mapping = lambda.updateEventSourceMapping(known?.uuid ?? '', changesOfMapping(changes));
          // Documented: Enabling, Disabling and Updating while it changes; here the next look shows it changed.
          const State = known?.enabled === mapping.enabled ? 'Updating' : mapping.enabled ? 'Enabling' : 'Disabling';
          return { ...describedMapping(mapping), State };
        },
      },
    ),
    operation<sdk.GetAccountSettingsCommandInput, sdk.GetAccountSettingsCommandOutput>(sdk.GetAccountSettings$, {
      permissions: () => ({ action: 'lambda:GetAccountSettings', resources: ['*'] }),
      run: (_, { account, region }) => {
        const { limit, unreserved } = lambda.concurrency(account, region);
        return {
          AccountLimit: { ...CODE_LIMITS, ConcurrentExecutions: limit, UnreservedConcurrentExecutions: unreserved },
          // The size of code is not measured here.
          AccountUsage: { FunctionCount: lambda.functions(account, region).length },
        };
      },
    }),
    operation<sdk.GetFunctionConcurrencyCommandInput, sdk.GetFunctionConcurrencyCommandOutput>(
      sdk.GetFunctionConcurrency$,
      {
        permissions: onFunction('GetFunctionConcurrency'),
        run: (input, context) => reservedOf(lambda.get(arnOf(input, context))),
      },
    ),
    operation<sdk.PutFunctionConcurrencyCommandInput, sdk.PutFunctionConcurrencyCommandOutput>(
      sdk.PutFunctionConcurrency$,
      {
        writes: true,
        permissions: onFunction('PutFunctionConcurrency'),
        run: (input, context) =>
          reservedOf(
            lambda.updateFunction(arnOf(input, context), { reservedConcurrency: input.ReservedConcurrentExecutions }),
          ),
      },
    ),
    operation<sdk.DeleteFunctionConcurrencyCommandInput, sdk.DeleteFunctionConcurrencyCommandOutput>(
      sdk.DeleteFunctionConcurrency$,
      {
        writes: true,
        permissions: onFunction('DeleteFunctionConcurrency'),
        run: (input, context) => {
          lambda.updateFunction(arnOf(input, context), { reservedConcurrency: undefined });
          return {};
        },
      },
    ),
    operation<sdk.GetPolicyCommandInput, sdk.GetPolicyCommandOutput>(sdk.GetPolicy$, {
      permissions: onFunction('GetPolicy'),
      run: (input, context) => {
        const policy = policyOf(lambda.get(arnOf(input, context)));
        if (policy === undefined)
          throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', {
            status: 404,
          });
        return { Policy: JSON.stringify(policy), RevisionId: world.chance.uuid() };
      },
    }),
  ];
}

/** Documented: "Lambda quotas", in bytes. */
const CODE_LIMITS = { TotalCodeSize: 80_530_636_800, CodeSizeUnzipped: 262_144_000, CodeSizeZipped: 52_428_800 };

const reservedOf = ({ reservedConcurrency }: LambdaFunction) =>
  reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency };

/** The settings that a mapping has here. @throws AwsError NotImplemented */
function changesOfMapping({
  Enabled: enabled,
  BatchSize: batchSize,
  MaximumBatchingWindowInSeconds: batchingWindow,
  ScalingConfig,
  FunctionResponseTypes,
  ...others
}: Omit<sdk.UpdateEventSourceMappingCommandInput, 'UUID'>): Partial<NewMapping> {
  const left = Object.entries(others).flatMap(([name, value]) => (value === undefined ? [] : name));
  if (left.length > 0)
    throw new AwsError('NotImplemented', `${left.join(', ')} of a mapping: not implemented by the embedded cloud`, {
      status: 501,
    });
  return {
    ...(enabled === undefined ? {} : { enabled }),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(batchingWindow === undefined ? {} : { batchingWindow }),
    ...(ScalingConfig === undefined ? {} : { maximumConcurrency: ScalingConfig.MaximumConcurrency }),
    ...(FunctionResponseTypes === undefined
      ? {}
      : { reportsBatchItemFailures: FunctionResponseTypes.includes('ReportBatchItemFailures') }),
  };
}

/** A function without statements has no policy. */
const policyOf = (fn: LambdaFunction | undefined): object | undefined =>
  fn === undefined || fn.statements.size === 0
    ? undefined
    : { Version: '2012-10-17', Id: 'default', Statement: [...fn.statements.values()] };

/** The gateway hands a blob over as bytes. */
function readPayload(given: unknown, type: string): unknown {
  const payload = given instanceof Uint8Array ? Buffer.from(given) : Buffer.from('');
  if (payload.byteLength === 0) return {};
  const most = type === 'Event' ? MAXIMUM_ASYNCHRONOUS_PAYLOAD : MAXIMUM_PAYLOAD;
  if (payload.byteLength > most) {
    throw new AwsError(
      'RequestTooLargeException',
      `${payload.byteLength} byte payload is too large for the ${type} invocation type (limit ${most} bytes)`,
      { status: 413 },
    );
  }
  try {
    return JSON.parse(payload.toString());
  } catch (error) {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Documented: bytes of a client context, in base64. */
const MAXIMUM_CLIENT_CONTEXT = 3583;

/** Documented: "Up to 3,583 bytes of base64-encoded data", JSON for the context of the handler. */
function readClientContext(given: string | undefined): unknown {
  if (given === undefined) return undefined;
  try {
    if (given.length > MAXIMUM_CLIENT_CONTEXT) throw new Error(`it has more than ${MAXIMUM_CLIENT_CONTEXT} bytes`);
    return JSON.parse(Buffer.from(given, 'base64').toString());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AwsError(
      'InvalidRequestContentException',
      `Client context must be a valid Base64-encoded JSON object: ${reason}`,
    );
  }
}

function page<Item>(
  all: readonly Item[],
  marker = '0',
  most = PAGE,
): { items: readonly Item[]; next: { NextMarker?: string } } {
  const from = Number(marker);
  if (!Number.isInteger(from)) throw new AwsError('InvalidParameterValueException', `Invalid Marker: ${marker}`);
  const to = from + Math.min(most, PAGE);
  return { items: all.slice(from, to), next: to < all.length ? { NextMarker: String(to) } : {} };
}
