import { NormalizedSchema } from '@smithy/core/schema';
import { violationMessage } from './constraints.ts';
import { AwsError } from './errors.ts';
import { answer, bytesOf, textOf } from './message.ts';
import { INVALID_TOKEN, MISSING_TOKEN, modelledError, type WireProtocol } from './protocol.ts';
import { Bindings } from './rest.ts';
import type { OperationDefinition, ServiceDefinition } from './service.ts';
import { path, refusalsWith } from './validation.ts';
import { errorResponse, STRING, structure, writeXml, XmlShapes } from './xml.ts';

const CONTENT_TYPE = 'text/xml';

const isHead = ({ schema: [, , , traits] }: OperationDefinition): boolean =>
  typeof traits === 'object' && traits.http?.[0] === 'HEAD';

/** REST XML (Route 53): HTTP bindings around one XML document each way, timestamps in ISO 8601. */
export function restXml(service: ServiceDefinition): WireProtocol {
  const namespace = service.xmlNamespace ?? '';
  const refuse = refusalsWith({ malformed: 'MalformedInput', wrongType: 'InvalidInput', missing: 'InvalidInput' });
  const bindings = new Bindings(service, refuse);
  const shapes = new XmlShapes(refuse);
  return {
    requested: (request) => bindings.requested(request),
    decode(operation, request) {
      // Read only if something of the XML is asked for: a blob payload is none.
      let root: ReturnType<typeof shapes.parse> | undefined;
      const document = () => (root ??= shapes.parse(request.body));
      return bindings.decode(operation, request, {
        member(name, member, missing) {
          const element = document()[member.getMergedTraits().xmlName ?? name];
          return element === undefined ? undefined : shapes.read(member, element, path.member('', name), missing);
        },
        payload(member, missing) {
          if (request.body.length === 0) return undefined;
          if (member.isStringSchema()) return textOf(request.body);
          return member.isBlobSchema() ? request.body : shapes.read(member, document(), '', missing);
        },
      });
    },
    refuseInput: (violations) => new AwsError('InvalidInput', violationMessage(violations)),
    encode(operation, output, requestId) {
      const members: Readonly<Record<string, unknown>> = { ...output };
      const { status, headers, payload, body } = bindings.encode(operation, members);
      if (isHead(operation)) return answer(status, CONTENT_TYPE, new Uint8Array(), requestId, headers);
      if (payload?.value instanceof Uint8Array) {
        return answer(status, 'application/octet-stream', payload.value, requestId, headers);
      }
      if (typeof payload?.value === 'string')
        return answer(status, 'application/json', bytesOf(payload.value), requestId, headers);
      // The root element is named after the output, which is `<operation>Response` in Route 53.
      const { xmlName } = NormalizedSchema.of(operation.schema[5]).getMergedTraits();
      const name = payload?.member.getName() ?? xmlName ?? `${operation.schema[2]}Response`;
      const schema = structure(
        name,
        payload === undefined ? body : Object.fromEntries(payload.member.structIterator()),
      );
      const value = payload?.value instanceof Object ? payload.value : members;
      return answer(status, CONTENT_TYPE, writeXml(schema, value, namespace), requestId, headers);
    },
    encodeError(error, requestId) {
      const { queryCode, fault, status, schema, members } = modelledError(service, error);
      // Route 53 returns the single refusals of a batch as one bracketed list; older documents show them as
      // <InvalidChangeBatch><Messages>, which neither the SDK nor botocore can read. The list stands beside it.
      const list: unknown = members.messages;
      const message = error.message === '' && Array.isArray(list) ? `[${list.join(', ')}]` : error.message;
      if (service.bareErrors) {
        const shape = structure('Error', { Code: STRING, Message: STRING, RequestId: STRING });
        const document = { Code: queryCode, Message: message, RequestId: requestId };
        return answer(status, CONTENT_TYPE, writeXml(shape, document, ''), requestId);
      }
      const body = errorResponse(namespace, queryCode, fault, message, schema, members, requestId);
      return answer(status, CONTENT_TYPE, body, requestId);
    },
    codes: {
      accessDenied: { code: 'AccessDenied', status: 403 },
      missingCredential: service.bareErrors
        ? { code: 'AccessDenied', message: 'Access Denied', status: 403 }
        : { code: 'MissingAuthenticationToken', message: MISSING_TOKEN, status: 403 },
      unknownKey: { code: 'InvalidClientTokenId', message: INVALID_TOKEN, status: 403 },
      internal: 'InternalFailure',
      unknownOperation: (name) =>
        service.bareErrors
          ? {
              code: 'MethodNotAllowed',
              message: 'The specified method is not allowed against this resource.',
              status: 405,
            }
          : {
              code: 'UnknownOperationException',
              message: `No operation of ${service.signingName} is at ${name}`,
              status: 404,
            },
    },
  };
}
