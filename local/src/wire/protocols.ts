import { NormalizedSchema } from '@smithy/core/schema';
import { awsJson } from './aws-json.ts';
import { constraintData } from './constraint-data.ts';
import { type ServiceConstraints, violations } from './constraints.ts';
import type { WireRequest } from './message.ts';
import type { WireProtocol } from './protocol.ts';
import { awsQuery, ec2Query } from './query.ts';
import { restJson } from './rest-json.ts';
import { restXml } from './rest-xml.ts';
import { rpcCbor } from './rpc-cbor.ts';
import type { OperationDefinition, Protocol, ServiceDefinition } from './service.ts';

const protocols: Readonly<Record<Protocol, (service: ServiceDefinition) => WireProtocol>> = {
  'aws-json-1.0': awsJson,
  'aws-json-1.1': awsJson,
  'aws-query': awsQuery,
  'ec2-query': ec2Query,
  'rest-xml': restXml,
  'rest-json': restJson,
  'rpc-v2-cbor': rpcCbor,
};

/** A service on the wire. */
export const protocolOf = (service: ServiceDefinition): WireProtocol => protocols[service.protocol](service);

/**
 * Checks a decoded input against what AWS's API model says beside its types.
 * @throws AwsError in the service's own terms.
 */
export function checkInput(
  service: ServiceDefinition,
  operation: OperationDefinition,
  input: object,
  constraints: ServiceConstraints | undefined = constraintData[service.signingName],
  protocol: WireProtocol = protocolOf(service),
): void {
  const broken = violations(NormalizedSchema.of(operation.schema[4]), input, constraints);
  if (broken.length > 0) throw (service.refuseInput ?? protocol.refuseInput)(broken);
}

/** The protocol of a request to a service that has several. */
export function spoken({ protocol, otherProtocols = [] }: ServiceDefinition, request: WireRequest): Protocol {
  const asked: Protocol | undefined =
    request.headers['smithy-protocol'] === 'rpc-v2-cbor'
      ? 'rpc-v2-cbor'
      : request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
        ? 'aws-query'
        : undefined;
  return asked !== undefined && otherProtocols.includes(asked) ? asked : protocol;
}

const REST_XML = ['s3', 'route53', 'cloudfront'];

/** The protocol a caller of a service that is not there most likely speaks, so that it can read the refusal. */
export function likelyProtocol(signingName: string, request: WireRequest): Protocol {
  const contentType = request.headers['content-type'] ?? '';
  if (request.headers['x-amz-target'] !== undefined) {
    return contentType.endsWith('1.1') ? 'aws-json-1.1' : 'aws-json-1.0';
  }
  if (signingName === 'ec2') return 'ec2-query';
  if (contentType.startsWith('application/x-www-form-urlencoded') || request.query.Action !== undefined)
    return 'aws-query';
  return REST_XML.includes(signingName) || contentType.endsWith('xml') ? 'rest-xml' : 'rest-json';
}
