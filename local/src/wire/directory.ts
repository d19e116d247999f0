import type { StaticOperationSchema } from '@smithy/types';
import type { Credential } from './credential.ts';
import { queryValue, textOf, type WireRequest } from './message.ts';
import type { WireProtocol } from './protocol.ts';
import { likelyProtocol, protocolOf, spoken } from './protocols.ts';
import type { CallContext, RequiredPermission, ServiceDefinition } from './service.ts';

/** What an embedded server behind the gateway answers, as HTTP status and JSON body. */
export interface PassthroughAnswer {
  readonly status: number;
  readonly body: object;
}

/** An embedded server of its own behind the gateway: checked by IAM and counted, then handed the input as it came. */
export interface Passthrough {
  readonly signingName: string;
  /** `DynamoDB_20120810` in `X-Amz-Target: DynamoDB_20120810.GetItem`. */
  readonly targetPrefix: string;
  readonly eventSource: string;
  permissions(operation: string, input: object, context: CallContext): readonly RequiredPermission[];
  /** All operations of the AWS service; those that it does not serve answer NotImplemented by name. */
  readonly api: readonly StaticOperationSchema[];
  serves(operation: string): boolean;
  writes(operation: string): boolean;
  /** Whether CloudTrail takes it for a data event; everything is when this is left out. */
  dataPlane?(operation: string): boolean;
  /** `input` is the JSON body. */
  handle(operation: string, input: object, context: CallContext): Promise<PassthroughAnswer>;
}

/** Where a request goes. */
export interface Destination {
  /** Of a service that is not there, only its name and likely protocol are real. */
  readonly service: ServiceDefinition;
  readonly protocol: WireProtocol;
  readonly passthrough?: Passthrough;
}

const bare = (signingName: string, rest: Partial<ServiceDefinition> & Pick<ServiceDefinition, 'protocol'>) => ({
  signingName,
  eventSource: `${signingName}.amazonaws.com`,
  errors: [],
  operations: [],
  ...rest,
});

const isSignedAs = ({ signingName, otherSigningNames = [] }: ServiceDefinition, credential: Credential): boolean =>
  [signingName, ...otherSigningNames].includes(credential.signingName);

/** Most services of a cloud are never called: a protocol is made for the first request. */
function mounted(service: ServiceDefinition): Destination {
  let made: WireProtocol | undefined;
  return {
    service,
    get protocol() {
      made ??= protocolOf(service);
      return made;
    },
  };
}

/** In the protocol of the request, where the service has several. */
function asSpoken(found: Destination, request: WireRequest): Destination {
  const { service } = found;
  const protocol = spoken(service, request);
  return protocol === service.protocol ? found : { ...found, protocol: protocolOf({ ...service, protocol }) };
}

/** Finds the service of a request: by its target, else by whom it is signed for, else by what only one service knows. */
export class Directory {
  readonly #destinations: readonly Destination[];

  constructor(services: readonly ServiceDefinition[], passthroughs: readonly Passthrough[]) {
    this.#destinations = [
      ...services.map(mounted),
      ...passthroughs.map((passthrough) => {
        const { signingName, targetPrefix, eventSource, api } = passthrough;
        const definition = bare(signingName, { protocol: 'aws-json-1.0', targetPrefix, eventSource, api });
        return Object.assign(mounted(definition), { passthrough });
      }),
    ];
  }

  find(request: WireRequest, credential: Credential | undefined): Destination {
    const prefix = request.headers['x-amz-target']?.split('.').slice(0, -1).join('.');
    const found =
      this.#destinations.find(({ service }) => service.targetPrefix !== undefined && service.targetPrefix === prefix) ??
      this.#destinations.find(({ service }) => credential !== undefined && isSignedAs(service, credential)) ??
      (credential === undefined ? this.#unsigned(request) : undefined);
    if (found !== undefined) return asSpoken(found, request);
    const name = credential?.signingName ?? prefix ?? 'unknown-service';
    return mounted(bare(name, { protocol: likelyProtocol(name, request) }));
  }

  #unsigned(request: WireRequest): Destination | undefined {
    if (request.headers['x-amz-target'] !== undefined) return undefined;
    const version = queryValue(request, 'Version') ?? new URLSearchParams(textOf(request.body)).get('Version');
    const candidates = this.#destinations.filter(({ service, protocol }) => {
      if (service.protocol.startsWith('rest-')) return protocol.requested(request).operation !== undefined;
      return service.version !== undefined && service.version === version;
    });
    return candidates.length === 1 ? candidates[0] : undefined;
  }
}
