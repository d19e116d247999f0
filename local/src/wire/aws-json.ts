import { NormalizedSchema } from '@smithy/core/schema';
import { violationMessage } from './constraints.ts';
import { AwsError } from './errors.ts';
import { JsonShapes } from './json.ts';
import { answer, bytesOf } from './message.ts';
import { byName, INVALID_TOKEN, MISSING_TOKEN, modelledError, type WireProtocol } from './protocol.ts';
import type { ServiceDefinition } from './service.ts';
import { refusalsWith } from './validation.ts';

/** A modelled code wins: App Runner says InvalidRequestException, most others ValidationException without modelling it. */
const invalidInputCode = (service: ServiceDefinition): string =>
  ['ValidationException', 'InvalidRequestException'].find((code) =>
    service.errors.some((error) => error[2] === code),
  ) ?? 'ValidationException';

/** AWS JSON 1.0 and 1.1: `X-Amz-Target: <prefix>.<operation>`, one JSON object each way, timestamps in epoch seconds. */
export function awsJson(service: ServiceDefinition): WireProtocol {
  const contentType = `application/x-amz-json-${service.protocol === 'aws-json-1.1' ? '1.1' : '1.0'}`;
  const operationNamed = byName(service);
  const invalid = invalidInputCode(service);
  const refuse = refusalsWith({ malformed: 'SerializationException', wrongType: invalid, missing: invalid });
  const shapes = new JsonShapes(refuse, { jsonName: false });
  return {
    requested: (request) => operationNamed(request.headers['x-amz-target']?.split('.').at(-1)),
    decode(operation, request) {
      const body = shapes.parse(request.body);
      const ns = NormalizedSchema.of(operation.schema[4]);
      if (ns.isUnitSchema()) return {};
      const missing: string[] = [];
      const input = shapes.read(ns, body, '', missing);
      if (missing.length > 0) throw refuse.missing(missing);
      return input instanceof Object ? input : {};
    },
    refuseInput: (violations) => new AwsError(invalid, violationMessage(violations)),
    encode(operation, output, requestId) {
      const ns = NormalizedSchema.of(operation.schema[5]);
      const body = ns.isUnitSchema() ? bytesOf('{}') : shapes.write(ns, output);
      return answer(200, contentType, body, requestId);
    },
    encodeError(error, requestId, request) {
      const { name, queryCode, fault, status, schema, members } = modelledError(service, error);
      const typed = schema === undefined ? members : shapes.parse(shapes.write(schema, members));
      const body = bytesOf(JSON.stringify({ __type: name, message: error.message, ...typed }));
      const headers: Record<string, string> = { 'x-amzn-errortype': name };
      // Clients of services that once spoke the query protocol ask for the codes of that time.
      if (request.headers['x-amzn-query-mode'] === 'true') {
        headers['x-amzn-query-error'] = `${queryCode};${fault === 'client' ? 'Sender' : 'Receiver'}`;
      }
      // AWS answers 400 to a modelled client error, whatever `httpError` the model has (docs/facts.md).
      const sent = schema !== undefined && fault === 'client' ? 400 : status;
      return answer(sent, contentType, body, requestId, headers);
    },
    codes: {
      accessDenied: { code: 'AccessDeniedException', status: 400 },
      missingCredential: { code: 'MissingAuthenticationTokenException', message: MISSING_TOKEN, status: 400 },
      unknownKey: { code: 'UnrecognizedClientException', message: INVALID_TOKEN, status: 400 },
      internal: 'InternalFailure',
      unknownOperation: (name) => ({
        code: 'UnknownOperationException',
        message: `The header X-Amz-Target names no operation of ${service.signingName}: ${name ?? 'it is missing'}`,
        status: 400,
      }),
    },
  };
}
