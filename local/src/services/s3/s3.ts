import * as sdk from '@aws-sdk/client-s3';
import { AwsError } from '../../wire/errors.ts';
import { textOf } from '../../wire/message.ts';
import { errorSchemas, operationSchemas } from '../../wire/sdk-schemas.ts';
import type { ServiceDefinition } from '../../wire/service.ts';
import type { World } from '../../world.ts';
import { Buckets } from './buckets.ts';
import { FunctionCode } from './function-code.ts';
import { bucketOperations, objectOperations, pathStyle } from './operations.ts';
import { checkPresigned, pathWithBucket } from './presigned.ts';

export interface S3 {
  readonly definition: ServiceDefinition;
  /** Directory buckets, which answer at hosts of their own: ListDirectoryBuckets has the path of ListBuckets. Not served. */
  readonly express: ServiceDefinition;
  readonly buckets: Buckets;
  readonly code: FunctionCode;
}

/** S3 as far as deployments need it: buckets in the path, objects in one piece, policies kept and not evaluated. */
export function createS3(world: World): S3 {
  const buckets = new Buckets(world);
  const api = operationSchemas(sdk).map(pathStyle);
  const operations = [...bucketOperations(buckets), ...objectOperations(buckets)];
  const common = {
    eventSource: 's3.amazonaws.com',
    protocol: 'rest-xml',
    xmlNamespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
    bareErrors: true,
    errors: errorSchemas(sdk),
  } as const;
  return {
    buckets,
    code: new FunctionCode(buckets),
    express: { ...common, signingName: 's3express', operations: [], api: [sdk.ListDirectoryBuckets$] },
    definition: {
      ...common,
      signingName: 's3',
      otherSigningNames: ['s3-object-lambda'],
      pathOf: pathWithBucket,
      checkPresigned,
      operations,
      api: api.filter(({ 2: name }) => name !== 'ListDirectoryBuckets'),
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
