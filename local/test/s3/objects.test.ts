import {
  CreateBucketCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACCOUNT, type OperationSetting, REGION, setting } from '../every-operation/setting.ts';

let made: OperationSetting;
const at = { Bucket: 'bucket', Key: 'dir/key' };

beforeAll(async () => {
  made = await setting();
  const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
  await made.s3.send(new CreateBucketCommand({ Bucket: at.Bucket, CreateBucketConfiguration }));
  await made.s3.send(new PutObjectCommand({ ...at, Body: '0123456789' }));
});
afterAll(() => made.cloud.stop());

const get = async (more: Partial<GetObjectCommandInput>) => {
  const { Body, ...rest } = await made.s3.send(new GetObjectCommand({ ...at, ...more }));
  return { text: await Body?.transformToString(), ...rest };
};

describe('a range of an object', () => {
  test.each([
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
    ['bytes=-99', '0123456789', 'bytes 0-9/10'],
  ])('%s', async (Range, text, ContentRange) => {
    expect(await get({ Range })).toMatchObject({
      text,
      ContentRange,
      ContentLength: text.length,
      $metadata: { httpStatusCode: 206 },
    });
    expect(await made.s3.send(new HeadObjectCommand({ ...at, Range }))).toMatchObject({
      ContentRange,
      ContentLength: text.length,
      $metadata: { httpStatusCode: 206 },
    });
  });

  test.each(['lines=1-2', 'bytes=4-2', 'bytes=0-1,4-5'])('%s is no range, so the object is whole', async (Range) => {
    expect(await get({ Range })).toMatchObject({ text: '0123456789', $metadata: { httpStatusCode: 200 } });
  });

  test.each(['bytes=10-', 'bytes=-0'])('%s lies outside the object', async (Range) => {
    await expect(get({ Range })).rejects.toMatchObject({
      name: 'InvalidRange',
      message: 'The requested range is not satisfiable',
      $metadata: { httpStatusCode: 416 },
    });
  });
});

describe('conditions on an object', () => {
  const etag = '"781e5e245d69b566979b86e28d23f2c7"';
  const put = (more: Partial<PutObjectCommandInput>) =>
    made.s3.send(new PutObjectCommand({ ...at, Body: 'other', ...more }));

  test('a read takes IfMatch and IfNoneMatch', async () => {
    expect(await get({ IfMatch: etag })).toMatchObject({ ETag: etag });
    await expect(get({ IfMatch: '"other"' })).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
    await expect(get({ IfNoneMatch: etag })).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
  });

  test('a write that must not replace anything, or must replace one version, does not replace another', async () => {
    for (const condition of [{ IfNoneMatch: '*' }, { IfMatch: '"other"' }]) {
      await expect(put(condition)).rejects.toMatchObject({
        name: 'PreconditionFailed',
        $metadata: { httpStatusCode: 412 },
      });
    }
    expect(await get({})).toMatchObject({ text: '0123456789' });
    await expect(put({ Key: 'none', IfMatch: etag })).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(put({ Key: 'new', IfNoneMatch: '*' })).resolves.toBeDefined();
  });
});

test('a key keeps its slashes', async () => {
  await made.s3.send(new PutObjectCommand({ ...at, Key: 'a//b/', Body: 'x' }));
  expect(await get({ Key: 'a//b/' })).toMatchObject({ text: 'x' });
  await expect(get({ Key: 'a/b' })).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test.each([
  ['with s3:ListBucket', ['s3:GetObject', 's3:ListBucket'], 'NoSuchKey', 404],
  ['without it', ['s3:GetObject'], 'AccessDenied', 403],
])('an object that does not exist, %s', async (what, Action, name, httpStatusCode) => {
  const { iam } = made.cloud;
  const Policy = { Statement: { Effect: 'Allow', Action, Resource: ['arn:aws:s3:::bucket', 'arn:aws:s3:::bucket/*'] } };
  const { arn } = iam.createRole(ACCOUNT, {
    RoleName: what.replace(/\W/g, '-'),
    AssumeRolePolicyDocument: {
      Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
    },
    Policies: [{ PolicyName: 'read', PolicyDocument: Policy }],
  });
  const s3 = new S3Client({
    ...made.cloud.clientConfig(),
    forcePathStyle: true,
    credentials: iam.issueRoleCredentials(arn),
  });
  await expect(s3.send(new GetObjectCommand({ ...at, Key: 'none' }))).rejects.toMatchObject({
    name,
    $metadata: { httpStatusCode },
  });
  await expect(s3.send(new HeadObjectCommand({ ...at, Key: 'none' }))).rejects.toMatchObject({
    $metadata: { httpStatusCode },
  });
  expect((await s3.send(new HeadObjectCommand(at))).ContentLength).toBe(10);
});
