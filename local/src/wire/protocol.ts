import { NormalizedSchema } from '@smithy/core/schema';
import type { Violation } from './constraints.ts';
import type { AwsError } from './errors.ts';
import type { WireRequest, WireResponse } from './message.ts';
import type { OperationDefinition, ServiceDefinition } from './service.ts';

/** Which operation a request asks for. */
export interface RequestedOperation {
  /** As the caller names it, or `GET /path` where only the path says it. `undefined`: the request names none. */
  readonly name: string | undefined;
  /** `undefined` when the embedded service does not serve it. */
  readonly operation: OperationDefinition | undefined;
  /** Whether the AWS service has it. */
  readonly exists: boolean;
}

/** One service in its own protocol: the only place that knows bytes. */
export interface WireProtocol {
  requested(request: WireRequest): RequestedOperation;
  /**
   * The input as the SDK's types have it: Date for timestamps, bytes for blobs, members that the model does not know left out.
   * @throws AwsError in the service's own terms when the body cannot be read or breaks the schema.
   */
  decode(operation: OperationDefinition, request: WireRequest): object;
  /** The answer to an input that breaks constraints of the model, unless the service has one of its own. */
  refuseInput(violations: readonly Violation[]): AwsError;
  encode(operation: OperationDefinition, output: object, requestId: string): WireResponse;
  encodeError(error: AwsError, requestId: string, request: WireRequest): WireResponse;
  /** The code and HTTP status with which this protocol says what every service can say. */
  readonly codes: {
    readonly accessDenied: { readonly code: string; readonly status: number };
    /** The answer to a request that is not signed (documented among each service's common errors). */
    readonly missingCredential: { readonly code: string; readonly message: string; readonly status: number };
    readonly unknownKey: { readonly code: string; readonly message: string; readonly status: number };
    readonly internal: string;
    /** The answer to a request for an operation that the AWS service does not have; `name` is what it asks for, if anything. */
    unknownOperation(name: string | undefined): {
      readonly code: string;
      readonly message: string;
      readonly status: number;
    };
  };
}

export const MISSING_TOKEN = 'Request is missing Authentication Token';
export const INVALID_TOKEN = 'The security token included in the request is invalid.';

/** `CreateService` of an operation's schema. */
const nameOf = (operation: OperationDefinition): string => operation.schema[2];

/** Finds the operation of a name, for protocols that send one. */
export function byName(service: ServiceDefinition): (name: string | undefined) => RequestedOperation {
  const served = new Map(service.operations.map((operation) => [nameOf(operation), operation]));
  const existing = service.api && new Set(service.api.map((schema) => schema[2]));
  return (name) => {
    if (name === undefined) return { name, operation: undefined, exists: false };
    const operation = served.get(name);
    return { name, operation, exists: operation !== undefined || (existing?.has(name) ?? true) };
  };
}

/** How an error of the service looks on the wire: names, HTTP status and members come from its model where there is one. */
export interface ModelledError {
  /** The shape's name, `QueueDoesNotExist`; the error's own code when it is not modelled. */
  readonly name: string;
  /** The code of the query protocols, `AWS.SimpleQueueService.NonExistentQueue`; `name` where the model gives none. */
  readonly queryCode: string;
  readonly fault: 'client' | 'server';
  readonly status: number;
  readonly schema: NormalizedSchema | undefined;
  /** All members, the message under the name the model gives it. */
  readonly members: Readonly<Record<string, unknown>>;
}

export function modelledError(service: ServiceDefinition, error: AwsError): ModelledError {
  // Several errors may share a code of the query protocols: the one of that very name comes first.
  const named = service.errors.filter((candidate) => candidate[2] === error.code);
  for (const candidate of [...named, ...service.errors]) {
    const schema = NormalizedSchema.of(candidate);
    const { awsQueryError, httpError, error: fault } = schema.getMergedTraits();
    const [queryCode, queryStatus] = Array.isArray(awsQueryError) ? awsQueryError : [];
    if (candidate[2] !== error.code && queryCode !== error.code) continue;
    const messageMember = candidate[4].find((member) => member.toLowerCase() === 'message') ?? 'message';
    return {
      name: candidate[2],
      queryCode: typeof queryCode === 'string' ? queryCode : candidate[2],
      fault: fault ?? 'client',
      status: [httpError, queryStatus].find((status) => typeof status === 'number') ?? (fault === 'server' ? 500 : 400),
      schema,
      members: { ...error.members, [messageMember]: error.message },
    };
  }
  return {
    name: error.code,
    queryCode: error.code,
    fault: error.status >= 500 ? 'server' : 'client',
    status: error.status,
    schema: undefined,
    members: { ...error.members, message: error.message },
  };
}
