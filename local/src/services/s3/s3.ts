import * as sdk from '@aws-sdk/client-s3';
import { AwsError } from '../../wire/errors.ts';
import { textOf } from '../../wire/message.ts';
import { isErrorSchema, missingOperations } from '../../wire/sdk-schemas.ts';
import type { ServiceDefinition } from '../../wire/service.ts';
import type { World } from '../../world.ts';
import { Buckets } from './buckets.ts';
import { FunctionCode } from './function-code.ts';
import { bucketOperations, objectOperations } from './operations.ts';

export interface S3 {
  readonly definition: ServiceDefinition;
  readonly buckets: Buckets;
  readonly code: FunctionCode;
}

/** S3 as far as deployments need it: buckets in the path, objects in one piece, policies kept and not evaluated. */
export function createS3(world: World): S3 {
  const buckets = new Buckets(world);
  const operations = [...bucketOperations(buckets), ...objectOperations(buckets)];
  return {
    buckets,
    code: new FunctionCode(buckets),
    definition: {
      signingName: 's3',
      eventSource: 's3.amazonaws.com',
      protocol: 'rest-xml',
      xmlNamespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
      bareErrors: true,
      errors: Object.values(sdk).filter(isErrorSchema),
      operations,
      missing: missingOperations(sdk, operations),
    },
  };
}

/** The text of an object by its URL. @throws AwsError ValidationError, as CloudFormation says it */
export function objectOf(buckets: Pick<Buckets, 'object'>, url: string, account: string): string {
  const place = placeOf(url);
  if (place === undefined) throw new AwsError('ValidationError', 'TemplateURL must be a supported URL.');
  try {
    return textOf(buckets.object({ account }, place.bucket, place.key).body);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError('ValidationError', `S3 error: ${error.message}`);
  }
}

const HOST = /^(?:(?<bucket>.+)\.)?s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com$/;

/** `https://s3.<region>.amazonaws.com/<bucket>/<key>`, the embedded cloud's own address alike, or the bucket in the host. */
function placeOf(url: string): { readonly bucket: string; readonly key: string } | undefined {
  if (!URL.canParse(url)) return undefined;
  const { hostname, pathname } = new URL(url);
  const host = HOST.exec(hostname);
  if (host === null && hostname !== '127.0.0.1' && hostname !== 'localhost') return undefined;
  const path = pathname.slice(1).split('/').map(decodeURIComponent);
  const [bucket = '', ...key] = host?.groups?.bucket === undefined ? path : [host.groups.bucket, ...path];
  return { bucket, key: key.join('/') };
}
