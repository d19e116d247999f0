import { NormalizedSchema } from '@smithy/core/schema';
import { violationMessage } from './constraints.ts';
import { AwsError } from './errors.ts';
import { JsonShapes } from './json.ts';
import { answer, bytesOf } from './message.ts';
import { INVALID_TOKEN, MISSING_TOKEN, modelledError, type WireProtocol } from './protocol.ts';
import { Bindings } from './rest.ts';
import type { ServiceDefinition } from './service.ts';
import { path, refusalsWith } from './validation.ts';
import { structure } from './xml.ts';

const CONTENT_TYPE = 'application/json';

/** REST JSON (Lambda): HTTP bindings around a JSON object or a raw payload, timestamps in epoch seconds. */
export function restJson(service: ServiceDefinition): WireProtocol {
  const modelled = (code: string) => service.errors.some((error) => error[2] === code);
  const refuse = refusalsWith({
    malformed: modelled('InvalidRequestContentException') ? 'InvalidRequestContentException' : 'SerializationException',
    wrongType: 'ValidationException',
    missing: 'ValidationException',
  });
  const bindings = new Bindings(service, refuse);
  const shapes = new JsonShapes(refuse, { jsonName: true });
  return {
    requested: (request) => bindings.requested(request),
    decode(operation, request) {
      // Read only if something of the JSON is asked for: a blob payload is none.
      let parsed: ReturnType<typeof shapes.parse> | undefined;
      const document = () => (parsed ??= shapes.parse(request.body));
      return bindings.decode(operation, request, {
        member(name, member, missing) {
          const value = document()[shapes.wireName(name, member)];
          if (value === undefined || value === null) return undefined;
          return shapes.read(member, value, path.member('', name), missing);
        },
        payload(member, missing) {
          if (request.body.length === 0) return undefined;
          if (member.isBlobSchema()) return request.body;
          if (member.isStringSchema()) return Buffer.from(request.body).toString();
          return shapes.read(member, document(), '', missing);
        },
      });
    },
    refuseInput: (violations) => new AwsError('ValidationException', violationMessage(violations)),
    encode(operation, output, requestId) {
      const members: Readonly<Record<string, unknown>> = { ...output };
      const { status, headers, payload, body } = bindings.encode(operation, members);
      if (payload !== undefined) {
        const { value } = payload;
        const bytes =
          value === undefined
            ? new Uint8Array()
            : value instanceof Uint8Array
              ? value
              : shapes.write(payload.member, value);
        return answer(status, CONTENT_TYPE, bytes, requestId, headers);
      }
      const empty = status === 204 || Object.keys(body).length === 0;
      const schema = NormalizedSchema.of(structure(operation.schema[2], body));
      return answer(status, CONTENT_TYPE, empty ? new Uint8Array() : shapes.write(schema, members), requestId, headers);
    },
    encodeError(error, requestId) {
      const { name, fault, status, schema, members } = modelledError(service, error);
      const typed = schema === undefined ? members : shapes.parse(shapes.write(schema, members));
      const Type = fault === 'client' ? 'User' : 'Service';
      const body = bytesOf(JSON.stringify({ Type, message: error.message, ...typed }));
      return answer(status, CONTENT_TYPE, body, requestId, { 'x-amzn-errortype': name });
    },
    codes: {
      accessDenied: { code: 'AccessDeniedException', status: 403 },
      missingCredential: { code: 'MissingAuthenticationTokenException', message: MISSING_TOKEN, status: 403 },
      unknownKey: { code: 'UnrecognizedClientException', message: INVALID_TOKEN, status: 403 },
      internal: 'ServiceException',
      unknownOperation: (name) => ({
        code: 'UnknownOperationException',
        message: `No operation of ${service.signingName} is at ${name}`,
        status: 404,
      }),
    },
  };
}
