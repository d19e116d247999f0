import * as sdk from '@aws-sdk/client-s3';
import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticOperationSchema } from '@smithy/types';
import { AwsError } from '../../wire/errors.ts';
import { textOf } from '../../wire/message.ts';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import { checkBucketPolicy } from './bucket-policy.ts';
import type { Buckets, StoredObject } from './buckets.ts';
import { unchunked } from './chunked.ts';
import { byteRange } from './range.ts';

/** Documented: the most keys of a page. */
const PAGE = 1000;

/** The model leaves the bucket to the host name; here it is the first part of the path. */
export function pathStyle(schema: StaticOperationSchema): StaticOperationSchema {
  const [kind, namespace, name, traits, input, output] = schema;
  if (typeof traits !== 'object' || traits.http === undefined) throw new Error(`${name} has no http trait`);
  const [method, uri, status] = traits.http;
  const isOnBucket = [...NormalizedSchema.of(input).structIterator()].some(([member]) => member === 'Bucket');
  const http: typeof traits.http = [method, isOnBucket ? `/{Bucket}${uri}` : uri, status];
  return [kind, namespace, name, { ...traits, http }, input, output];
}

/** Sent as bytes; the SDK's own type is what its client makes of them. */
type GetObjectOutput = Omit<sdk.GetObjectCommandOutput, 'Body'> & { readonly Body: Uint8Array };

type OnBucket = { readonly Bucket?: string | undefined };
type OnObject = OnBucket & { readonly Key?: string | undefined };

const onBucket =
  (action: string) =>
  ({ Bucket }: OnBucket) => ({ action: `s3:${action}`, resources: [`arn:aws:s3:::${Bucket}`] });
const onObject =
  (action: string) =>
  ({ Bucket, Key }: OnObject) => ({ action: `s3:${action}`, resources: [`arn:aws:s3:::${Bucket}/${Key}`] });

const described = (object: StoredObject) => ({
  ContentLength: object.body.length,
  ContentType: object.contentType,
  ContentEncoding: object.contentEncoding,
  ContentDisposition: object.contentDisposition,
  ETag: object.etag,
  LastModified: new Date(object.modified),
  Metadata: { ...object.metadata },
});

/** What `If-Match` and `If-None-Match` ask of the object that is there. */
interface ObjectConditions {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
}

const isNamed = (etag: string, condition: string): boolean =>
  condition === '*' ||
  condition.split(',').some((each) => each.trim().replaceAll('"', '') === etag.replaceAll('"', ''));

const preconditionFailed = () =>
  new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', { status: 412 });

/** @throws AwsError PreconditionFailed, NotModified */
function checkRead({ etag }: StoredObject, { IfMatch, IfNoneMatch }: ObjectConditions): void {
  if (IfMatch !== undefined && !isNamed(etag, IfMatch)) throw preconditionFailed();
  if (IfNoneMatch !== undefined && isNamed(etag, IfNoneMatch))
    throw new AwsError('NotModified', 'Not Modified', { status: 304 });
}

/** @throws AwsError PreconditionFailed, NoSuchKey */
function checkWrite(present: StoredObject | undefined, { IfMatch, IfNoneMatch }: ObjectConditions): void {
  if (IfMatch !== undefined && present === undefined)
    throw new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404 });
  if (IfMatch !== undefined && present !== undefined && !isNamed(present.etag, IfMatch)) throw preconditionFailed();
  if (IfNoneMatch !== undefined && present !== undefined) throw preconditionFailed();
}

/** The object, or the part of it that `Range` asks for. */
function partOf(object: StoredObject, range: string | undefined) {
  const size = object.body.length;
  const part = byteRange(range, size);
  const body = part === undefined ? object.body : object.body.subarray(part.start, part.end);
  return {
    ...described({ ...object, body }),
    AcceptRanges: 'bytes',
    ...(part === undefined ? {} : { ContentRange: `bytes ${part.start}-${part.end - 1}/${size}` }),
    Body: body,
  };
}

export function bucketOperations(buckets: Buckets): OperationDefinition[] {
  return [
    operation<sdk.ListBucketsCommandInput, sdk.ListBucketsCommandOutput>(sdk.ListBuckets$, {
      permissions: () => ({ action: 's3:ListAllMyBuckets', resources: ['*'] }),
      run: (_, context) => ({
        Buckets: buckets.of(context).map(({ name, region }) => ({ Name: name, BucketRegion: region })),
        Owner: { ID: context.account },
      }),
    }),
    operation<sdk.CreateBucketCommandInput, sdk.CreateBucketCommandOutput>(pathStyle(sdk.CreateBucket$), {
      writes: true,
      permissions: onBucket('CreateBucket'),
      run({ Bucket = '', CreateBucketConfiguration }, context) {
        const asked = CreateBucketConfiguration?.LocationConstraint ?? 'us-east-1';
        if (asked !== context.region) {
          const message = `The ${asked} location constraint is incompatible for the region specific endpoint this request was sent to.`;
          throw new AwsError('IllegalLocationConstraintException', message);
        }
        buckets.create(context, Bucket);
        return { Location: `/${Bucket}` };
      },
    }),
    operation<sdk.DeleteBucketCommandInput, sdk.DeleteBucketCommandOutput>(pathStyle(sdk.DeleteBucket$), {
      writes: true,
      permissions: onBucket('DeleteBucket'),
      run({ Bucket = '' }, context) {
        buckets.delete(context, Bucket);
        return {};
      },
    }),
    operation<sdk.HeadBucketCommandInput, sdk.HeadBucketCommandOutput>(pathStyle(sdk.HeadBucket$), {
      permissions: onBucket('ListBucket'),
      run: ({ Bucket = '' }, context) => ({ BucketRegion: buckets.get(context, Bucket).region }),
    }),
    operation<sdk.GetBucketLocationCommandInput, { readonly LocationConstraint?: string }>(
      pathStyle(sdk.GetBucketLocation$),
      {
        permissions: onBucket('GetBucketLocation'),
        run({ Bucket = '' }, context) {
          const { region } = buckets.get(context, Bucket);
          return region === 'us-east-1' ? {} : { LocationConstraint: region };
        },
      },
    ),
    operation<sdk.PutBucketPolicyCommandInput, sdk.PutBucketPolicyCommandOutput>(pathStyle(sdk.PutBucketPolicy$), {
      writes: true,
      permissions: onBucket('PutBucketPolicy'),
      run({ Bucket = '', Policy }, context) {
        const bucket = buckets.get(context, Bucket);
        checkBucketPolicy(Bucket, Policy);
        bucket.policy = Policy;
        return {};
      },
    }),
    operation<sdk.GetBucketPolicyCommandInput, sdk.GetBucketPolicyCommandOutput>(pathStyle(sdk.GetBucketPolicy$), {
      permissions: onBucket('GetBucketPolicy'),
      run({ Bucket = '' }, context) {
        const { policy } = buckets.get(context, Bucket);
        if (policy === undefined)
          throw new AwsError('NoSuchBucketPolicy', 'The bucket policy does not exist', { status: 404 });
        return { Policy: policy };
      },
    }),
  ];
}

export function objectOperations(buckets: Buckets): OperationDefinition[] {
  // Documented (GetObject, HeadObject): "If you don't have the s3:ListBucket permission", what does not exist is 403, not 404.
  const onRead = (input: OnObject) => {
    const isMissing = buckets.find(input.Bucket ?? '')?.objects.has(input.Key ?? '') === false;
    return [onObject('GetObject')(input), ...(isMissing ? [onBucket('ListBucket')(input)] : [])];
  };
  return [
    operation<sdk.PutObjectCommandInput, sdk.PutObjectCommandOutput>(pathStyle(sdk.PutObject$), {
      writes: true,
      dataPlane: true,
      permissions: onObject('PutObject'),
      run(input, context) {
        const { Bucket = '', Key: key = '', ContentType: contentType = 'binary/octet-stream' } = input;
        // The gateway hands a blob over as bytes.
        const sent = input.Body instanceof Uint8Array ? input.Body : new Uint8Array();
        const body = input.ContentEncoding?.includes('aws-chunked') ? unchunked(sent) : sent;
        // The encoding of the transfer is not of the object.
        const encodings = (input.ContentEncoding ?? '').split(',').map((each) => each.trim());
        const contentEncoding = encodings.filter((each) => !['', 'aws-chunked'].includes(each)).join(',') || undefined;
        const { ContentDisposition: contentDisposition, Metadata: metadata = {} } = input;
        const object = { key, body, contentType, contentEncoding, contentDisposition, metadata };
        const bucket = buckets.get(context, Bucket);
        checkWrite(bucket.objects.get(key), input);
        return { ETag: buckets.put(bucket, object).etag };
      },
    }),
    operation<sdk.GetObjectCommandInput, GetObjectOutput>(pathStyle(sdk.GetObject$), {
      dataPlane: true,
      permissions: onRead,
      run({ Bucket = '', Key = '', Range, ...conditions }, context) {
        const object = buckets.object(context, Bucket, Key);
        checkRead(object, conditions);
        return partOf(object, Range);
      },
    }),
    operation<sdk.HeadObjectCommandInput, sdk.HeadObjectCommandOutput>(pathStyle(sdk.HeadObject$), {
      dataPlane: true,
      permissions: onRead,
      run({ Bucket = '', Key = '', Range, ...conditions }, context) {
        const object = buckets.object(context, Bucket, Key);
        checkRead(object, conditions);
        const { Body: _, ...head } = partOf(object, Range);
        return head;
      },
    }),
    operation<sdk.ListObjectsV2CommandInput, sdk.ListObjectsV2CommandOutput>(pathStyle(sdk.ListObjectsV2$), {
      dataPlane: true,
      permissions: onBucket('ListBucket'),
      run(input, context) {
        const { Bucket = '', Prefix = '', MaxKeys = PAGE, ContinuationToken, StartAfter = '' } = input;
        if (input.Delimiter !== undefined)
          throw new AwsError('NotImplemented', 'Delimiter is not implemented by the embedded S3', { status: 501 });
        const after = ContinuationToken === undefined ? StartAfter : textOf(Buffer.from(ContinuationToken, 'base64'));
        const found = [...buckets.get(context, Bucket).objects.values()]
          .filter(({ key }) => key.startsWith(Prefix) && key > after)
          .sort((a, b) => (a.key < b.key ? -1 : 1));
        const items = found.slice(0, Math.min(MaxKeys, PAGE));
        const last = items.at(-1)?.key;
        return {
          Name: Bucket,
          Prefix,
          MaxKeys: Math.min(MaxKeys, PAGE),
          KeyCount: items.length,
          IsTruncated: items.length < found.length,
          ...(last === undefined || items.length === found.length
            ? {}
            : { NextContinuationToken: Buffer.from(last).toString('base64') }),
          Contents: items.map(({ key, etag, modified, body }) => ({
            Key: key,
            LastModified: new Date(modified),
            ETag: etag,
            Size: body.length,
            StorageClass: 'STANDARD' as const,
          })),
        };
      },
    }),
    operation<sdk.DeleteObjectCommandInput, sdk.DeleteObjectCommandOutput>(pathStyle(sdk.DeleteObject$), {
      writes: true,
      dataPlane: true,
      permissions: onObject('DeleteObject'),
      run({ Bucket = '', Key = '' }, context) {
        buckets.get(context, Bucket).objects.delete(Key);
        return {};
      },
    }),
    operation<sdk.DeleteObjectsCommandInput, sdk.DeleteObjectsCommandOutput>(pathStyle(sdk.DeleteObjects$), {
      writes: true,
      dataPlane: true,
      permissions: ({ Bucket, Delete }) =>
        (Delete?.Objects ?? []).map(({ Key }) => onObject('DeleteObject')({ Bucket, Key })),
      run({ Bucket = '', Delete }, context) {
        const { objects } = buckets.get(context, Bucket);
        const keys = (Delete?.Objects ?? []).map(({ Key = '' }) => Key);
        for (const key of keys) objects.delete(key);
        return Delete?.Quiet === true ? {} : { Deleted: keys.map((Key) => ({ Key })) };
      },
    }),
  ];
}
