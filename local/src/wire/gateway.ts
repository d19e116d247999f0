import type { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import { type Denial, denialMessage } from '../iam/denial.ts';
import { DEFAULT_ACCOUNT, type Iam } from '../iam/iam.ts';
import type { Regions } from '../regions.ts';
import { constraintData } from './constraint-data.ts';
import type { ServiceConstraints } from './constraints.ts';
import { credentialOf } from './credential.ts';
import { type Destination, Directory, type Passthrough } from './directory.ts';
import { AwsError } from './errors.ts';
import { documentOf } from './json.ts';
import { answer, bytesOf, type WireRequest, type WireResponse } from './message.ts';
import { checkInput } from './protocols.ts';
import type { CallContext, CallRecord, OperationDefinition, RequiredPermission, ServiceDefinition } from './service.ts';

export type { Passthrough } from './directory.ts';
export type { WireRequest, WireResponse } from './message.ts';

/** A call that is about to run: decoded, valid and allowed. */
export interface PendingCall {
  /** The signing name. */
  readonly service: string;
  readonly operation: string;
  readonly input: object;
  readonly context: CallContext;
  /** What the caller had to be allowed, and is. */
  readonly permissions: readonly RequiredPermission[];
  /** How the service says that one of them is lacking. */
  denied(permission: RequiredPermission): AwsError;
}

/** A fault on demand: an error answers the call in place of the operation. */
export type Fault = (call: PendingCall) => AwsError | undefined | Promise<AwsError | undefined>;

/** A throw that no operation should let out, and the call it came from (`service:operation`). */
export type UnexpectedErrorListener = (error: unknown, call: string) => void;

type Outcome = CallRecord['outcome'];

/** What is known of a call so far; observers receive it once it has been answered. */
interface Call {
  readonly destination: Destination;
  readonly request: WireRequest;
  readonly name: string;
  context: CallContext;
  writes: boolean;
  dataPlane: boolean;
  input: object;
}

/**
 * The one place where calls come in, whatever the transport, protocol and service:
 *
 *     request → service → caller → operation → input → permissions → faults → run → response
 *                 │         │          │          │          │           │      │
 *                 └─────────┴──────────┴──────────┴──────────┴───────────┴──────┴─→ error in the protocol's form
 *
 * and observers receive every call, however it ends.
 */
export class Gateway {
  /** Those that the gateway puts on the wire. */
  readonly services: readonly ServiceDefinition[];
  readonly passthroughs: readonly Passthrough[];
  readonly #constraints: Readonly<Record<string, ServiceConstraints>>;
  readonly #clock: Clock;
  readonly #chance: Chance;
  readonly #iam: Iam;
  readonly #directory: Directory;
  readonly #defaultRegion: string;
  readonly #regions: Pick<Regions, 'isEnabled'>;
  readonly #onUnexpectedError: UnexpectedErrorListener;
  readonly #listeners = new Set<(call: CallRecord) => void>();
  readonly #faults = new Set<Fault>();

  constructor(options: {
    readonly clock: Clock;
    readonly chance: Chance;
    readonly iam: Iam;
    readonly services: readonly ServiceDefinition[];
    /** What inputs have to satisfy beside their types, by signing name; by default what AWS's API models say. */
    readonly constraints?: Readonly<Record<string, ServiceConstraints>>;
    readonly passthroughs?: readonly Passthrough[];
    /** Where calls that are not signed go. */
    readonly defaultRegion: string;
    /** Which regions accounts have; without it all of them. */
    readonly regions?: Pick<Regions, 'isEnabled'>;
    readonly onUnexpectedError?: UnexpectedErrorListener;
  }) {
    this.services = options.services;
    this.passthroughs = options.passthroughs ?? [];
    this.#constraints = options.constraints ?? constraintData;
    this.#clock = options.clock;
    this.#chance = options.chance;
    this.#iam = options.iam;
    this.#directory = new Directory(this.services, this.passthroughs);
    this.#defaultRegion = options.defaultRegion;
    this.#regions = options.regions ?? { isEnabled: () => true };
    this.#onUnexpectedError = options.onUnexpectedError ?? (() => {});
  }

  /** Calls the observer with every call once it has been answered. @returns what removes the observer. */
  observe(listener: (call: CallRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Asks `fault` before each operation runs, in the order of interception; the first error wins. @returns what ends it. */
  intercept(fault: Fault): () => void {
    this.#faults.add(fault);
    return () => this.#faults.delete(fault);
  }

  /** Answers a request. Never rejects: whatever goes wrong is an answer in the protocol of the service. */
  async handle(received: WireRequest): Promise<WireResponse> {
    const credential = credentialOf(received);
    const destination = this.#directory.find(received, credential);
    const { service, protocol, passthrough } = destination;
    const request = service.pathOf === undefined ? received : { ...received, path: service.pathOf(received) };
    const requested = protocol.requested(request);
    const accessKeyId = credential?.accessKeyId ?? '';
    const principal = this.#iam.identify(accessKeyId);
    const call: Call = {
      destination,
      request,
      name: requested.name ?? '',
      writes:
        requested.operation?.writes ?? (requested.name !== undefined && (passthrough?.writes(requested.name) ?? false)),
      dataPlane:
        requested.operation?.dataPlane ??
        (passthrough !== undefined && (passthrough.dataPlane?.(requested.name ?? '') ?? true)),
      input: {},
      context: {
        // Observers receive a call with an unknown key as an anonymous call of the default account.
        principal: principal ?? { kind: 'root', account: DEFAULT_ACCOUNT, arn: 'anonymous' },
        account: principal?.account ?? DEFAULT_ACCOUNT,
        region: credential?.region ?? this.#defaultRegion,
        requestId: this.#chance.uuid(),
        accessKeyId,
        userAgent: request.headers['user-agent'] ?? '',
        sourceAddress: request.sourceAddress ?? '127.0.0.1',
      },
    };
    try {
      // A region that an account does not have knows none of its keys (captured from AWS).
      const isKnown = principal !== undefined && (service.global || this.#regions.isEnabled(call.context));
      if (!isKnown) throw failure(protocol.codes.unknownKey);
      if (!requested.exists) throw failure(protocol.codes.unknownOperation(requested.name));
      if (credential === undefined && service.unsigned?.includes(call.name) !== true)
        throw failure(protocol.codes.missingCredential);
      service.checkPresigned?.(received, this.#clock.now(), this.#iam.credentialsOf(accessKeyId));
      const response = passthrough?.serves(call.name)
        ? await this.#forward(call, passthrough)
        : await this.#run(call, requested.operation ?? notImplemented(service, call.name));
      this.#notify(call, response.outcome);
      return response.answer;
    } catch (error) {
      const refusal = this.#refusal(error, call);
      this.#notify(call, { ok: false, code: refusal.code, message: refusal.message });
      return protocol.encodeError(refusal, call.context.requestId, request);
    }
  }

  async #run(call: Call, operation: OperationDefinition): Promise<{ answer: WireResponse; outcome: Outcome }> {
    const { protocol, service } = call.destination;
    call.input = protocol.decode(operation, call.request);
    checkInput(service, operation, call.input, this.#constraints[service.signingName] ?? {}, protocol);
    const permissions = operation.permissions(call.input, call.context);
    this.#admit(call, permissions);
    if (service.protocol === 'ec2-query' && 'DryRun' in call.input && call.input.DryRun === true) {
      throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', { status: 412 });
    }
    await this.#fault(call, permissions);
    const output = await operation.run(call.input, call.context);
    return { answer: protocol.encode(operation, output, call.context.requestId), outcome: { ok: true, output } };
  }

  async #forward(call: Call, passthrough: Passthrough): Promise<{ answer: WireResponse; outcome: Outcome }> {
    call.input = documentOf(call.request.body, malformed);
    const permissions = passthrough.permissions(call.name, call.input, call.context);
    this.#admit(call, permissions);
    await this.#fault(call, permissions);
    const { status, body } = await passthrough.handle(call.name, call.input, call.context);
    return {
      answer: answer(status, 'application/x-amz-json-1.0', bytesOf(JSON.stringify(body)), call.context.requestId),
      outcome: status < 300 ? { ok: true, output: body } : { ok: false, ...errorOf(body) },
    };
  }

  #admit(call: Call, permissions: readonly RequiredPermission[]): void {
    const { principal, region, sourceAddress } = call.context;
    const conditions = { 'aws:RequestedRegion': [region], 'aws:SourceIp': [sourceAddress] };
    const denial = this.#iam.authorize(principal, permissions, conditions, call.destination.service.resourcePolicy);
    if (denial !== undefined) throw denied(call, denial);
  }

  async #fault(call: Call, permissions: readonly RequiredPermission[]): Promise<void> {
    const pending: PendingCall = {
      service: call.destination.service.signingName,
      operation: call.name,
      input: call.input,
      context: call.context,
      permissions,
      denied: ({ action, resources: [resource = '*'] }) =>
        denied(call, { action, resource, explicit: false, by: 'identity-based policy' }),
    };
    for (const fault of [...this.#faults]) {
      const error = await fault(pending);
      if (error !== undefined) throw error;
    }
  }

  #refusal(error: unknown, call: Call): AwsError {
    if (error instanceof AwsError) return error;
    const { service, protocol } = call.destination;
    const where = `${service.signingName}:${call.name}`;
    this.#onUnexpectedError(error, where);
    const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 200);
    return new AwsError(protocol.codes.internal, `${where} failed inside the embedded cloud: ${reason}`, {
      status: 500,
    });
  }

  #notify(call: Call, outcome: Outcome): void {
    const { service } = call.destination;
    const record: CallRecord = {
      at: this.#clock.now(),
      service: service.signingName,
      eventSource: service.eventSource,
      operation: call.name,
      writes: call.writes,
      dataPlane: call.dataPlane,
      input: call.input,
      context: call.context,
      outcome,
    };
    for (const listener of [...this.#listeners]) {
      try {
        listener(record);
      } catch (error) {
        // The call has been answered; an observer's failure is its own.
        this.#onUnexpectedError(error, `observer of ${record.service}:${record.operation}`);
      }
    }
  }
}

const failure = ({ code, message, status }: { code: string; message: string; status?: number }): AwsError =>
  new AwsError(code, message, status === undefined ? {} : { status });

const denied = ({ context, destination }: Call, denial: Denial): AwsError =>
  failure({ ...destination.protocol.codes.accessDenied, message: denialMessage(context.principal, denial) });

function notImplemented(service: ServiceDefinition, operation: string): never {
  const what =
    service.api === undefined && service.operations.length === 0
      ? `The embedded cloud has no service ${service.signingName}, so ${service.signingName}:${operation}`
      : `${service.signingName}:${operation}`;
  throw new AwsError('NotImplemented', `${what} is not implemented by the embedded cloud`, { status: 501 });
}

const malformed = (detail: string): AwsError => new AwsError('SerializationException', detail, { status: 400 });

function errorOf(output: object): { readonly code: string; readonly message: string } {
  const { __type, message, Message }: { __type?: unknown; message?: unknown; Message?: unknown } = output;
  return {
    code:
      String(__type ?? 'Unknown')
        .split('#')
        .at(-1) ?? 'Unknown',
    message: String(message ?? Message ?? ''),
  };
}
