import * as sdk from '@aws-sdk/client-s3';
import { type OperationSetting, REGION, type Refusal, type Rows } from './setting.ts';

type Call = (s3: sdk.S3Client) => Promise<object>;

const Bucket = 'packages';
const Key = 'main/a b.zip';
const policy = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/*` },
};

const create: Call = (s3) =>
  s3.send(new sdk.CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: REGION } }));
const put: Call = (s3) => s3.send(new sdk.PutObjectCommand({ Bucket, Key, Body: 'hello', Metadata: { sha: 'x' } }));

/** Calls, each after the one before, and the answer of the last. */
const after =
  (...calls: readonly Call[]) =>
  async ({ s3 }: OperationSetting): Promise<object> => {
    let answer: object = {};
    for (const call of calls) answer = await call(s3);
    return answer;
  };

const row = (calls: readonly Call[], answer: object, by: Refusal = sdk.NoSuchBucket): Rows[string] => {
  const call = calls.at(-1);
  return { call: after(...calls), answer, refused: { call: after(...(call === undefined ? [] : [call])), by } };
};

const get: Call = async (s3) => {
  const answer = await s3.send(new sdk.GetObjectCommand({ Bucket, Key }));
  return { ...answer, text: await answer.Body?.transformToString() };
};

export const s3Rows: Rows = {
  ListBuckets: {
    call: after(create, (s3) => s3.send(new sdk.ListBucketsCommand({}))),
    // The seeded trail has a bucket of its own.
    answer: { Buckets: [{ Name: 'management-events-123456789012' }, { Name: Bucket }] },
  },
  CreateBucket: {
    call: after(create),
    answer: { Location: `/${Bucket}` },
    refused: { call: after(create, create), by: sdk.BucketAlreadyOwnedByYou },
  },
  DeleteBucket: {
    call: after(create, (s3) => s3.send(new sdk.DeleteBucketCommand({ Bucket }))),
    refused: {
      call: after(create, put, (s3) => s3.send(new sdk.DeleteBucketCommand({ Bucket }))),
      by: 'BucketNotEmpty',
    },
  },
  HeadBucket: row([create, (s3) => s3.send(new sdk.HeadBucketCommand({ Bucket }))], { BucketRegion: REGION }),
  GetBucketLocation: row([create, (s3) => s3.send(new sdk.GetBucketLocationCommand({ Bucket }))], {
    LocationConstraint: REGION,
  }),
  PutBucketPolicy: row(
    [create, (s3) => s3.send(new sdk.PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(policy) }))],
    {},
  ),
  GetBucketPolicy: {
    call: after(
      create,
      (s3) => s3.send(new sdk.PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(policy) })),
      (s3) => s3.send(new sdk.GetBucketPolicyCommand({ Bucket })),
    ),
    answer: { Policy: JSON.stringify(policy) },
    refused: {
      call: after(create, (s3) => s3.send(new sdk.GetBucketPolicyCommand({ Bucket }))),
      by: 'NoSuchBucketPolicy',
    },
  },
  PutObject: row([create, put], { ETag: '"5d41402abc4b2a76b9719d911017c592"' }),
  GetObject: {
    call: after(create, put, get),
    answer: { text: 'hello', ContentLength: 5, Metadata: { sha: 'x' } },
    refused: { call: after(create, get), by: sdk.NoSuchKey },
  },
  HeadObject: row([create, put, (s3) => s3.send(new sdk.HeadObjectCommand({ Bucket, Key }))], {
    ContentLength: 5,
    Metadata: { sha: 'x' },
  }),
  ListObjectsV2: row([create, put, (s3) => s3.send(new sdk.ListObjectsV2Command({ Bucket, Prefix: 'main/' }))], {
    KeyCount: 1,
    IsTruncated: false,
    Contents: [{ Key, Size: 5 }],
  }),
  DeleteObject: row([create, put, (s3) => s3.send(new sdk.DeleteObjectCommand({ Bucket, Key }))], {}),
  DeleteObjects: row(
    [create, put, (s3) => s3.send(new sdk.DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key }] } }))],
    { Deleted: [{ Key }] },
  ),
};
