import { CborCodec, cbor } from '@smithy/core/cbor';
import { NormalizedSchema } from '@smithy/core/schema';
import { awsJson } from './aws-json.ts';
import { AwsError } from './errors.ts';
import { JsonShapes } from './json.ts';
import { answer } from './message.ts';
import { byName, modelledError, type WireProtocol } from './protocol.ts';
import type { ServiceDefinition } from './service.ts';
import { refusalsWith } from './validation.ts';

const CONTENT_TYPE = 'application/cbor';

/** Smithy RPC v2 CBOR: `POST /service/<name>/operation/<operation>`, one CBOR map each way (smithy.io, "Smithy RPC v2 CBOR"). */
export function rpcCbor(service: ServiceDefinition): WireProtocol {
  const json = awsJson(service);
  const operationNamed = byName(service);
  const invalid = 'ValidationException';
  const refuse = refusalsWith({ malformed: 'SerializationException', wrongType: invalid, missing: invalid });
  const shapes = new JsonShapes(refuse, { jsonName: false });
  const codec = new CborCodec();
  const encoded = (ns: NormalizedSchema, value: object): Uint8Array => {
    const serializer = codec.createSerializer();
    serializer.write(ns, value);
    return serializer.flush();
  };
  const headers = { 'smithy-protocol': 'rpc-v2-cbor' };
  return {
    ...json,
    requested: ({ path }) => operationNamed(/^\/service\/[^/]+\/operation\/([^/]+)$/.exec(path)?.[1]),
    decode(operation, { body }) {
      const ns = NormalizedSchema.of(operation.schema[4]);
      if (ns.isUnitSchema() || body.length === 0) return {};
      let document: unknown;
      try {
        document = plain(cbor.deserialize(body));
      } catch (error) {
        throw refuse.malformed(`the body is not CBOR: ${String(error)}`);
      }
      const missing: string[] = [];
      const input = shapes.read(ns, document, '', missing);
      if (missing.length > 0) throw refuse.missing(missing);
      return input instanceof Object ? input : {};
    },
    encode(operation, output, requestId) {
      const ns = NormalizedSchema.of(operation.schema[5]);
      const body = ns.isUnitSchema() ? cbor.serialize({}) : encoded(ns, output);
      return answer(200, CONTENT_TYPE, body, requestId, headers);
    },
    encodeError(error, requestId, request) {
      const { name, queryCode, fault, status, members } = modelledError(service, error);
      const said = Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
      const body = cbor.serialize({ __type: `com.amazonaws.${service.signingName}#${name}`, ...said });
      const asked = request.headers['x-amzn-query-mode'] === 'true';
      const query = { 'x-amzn-query-error': `${queryCode};${fault === 'client' ? 'Sender' : 'Receiver'}` };
      const sent = fault === 'client' && status < 500 ? 400 : status;
      return answer(sent, CONTENT_TYPE, body, requestId, { ...headers, ...(asked ? query : {}) });
    },
    refuseInput: (violations) => {
      const { message } = json.refuseInput(violations);
      return new AwsError(invalid, message);
    },
  };
}

/** As JSON has it: timestamps in epoch seconds, blobs in base64. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  // CBOR's tag 1 is a time.
  if ('tag' in value && 'value' in value && value.tag === 1) return Number(value.value);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}
