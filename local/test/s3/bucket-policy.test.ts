import { CreateBucketCommand, GetBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OperationSetting, REGION, setting } from '../every-operation/setting.ts';

const Bucket = 'bucket';
let made: OperationSetting;
beforeAll(async () => {
  made = await setting();
  const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
  await made.s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
});
afterAll(() => made.cloud.stop());

const statement = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::bucket/*' };
const put = (Policy: string) => made.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));

test.each([
  ['no JSON', '{'],
  ['no object', '[]'],
  ['no statement', '{"Version":"2012-10-17"}'],
  ['an effect that does not exist', JSON.stringify({ Statement: [{ ...statement, Effect: 'Maybe' }] })],
  ['no principal', JSON.stringify({ Statement: [{ ...statement, Principal: undefined }] })],
  [
    'an operator that does not exist',
    JSON.stringify({ Statement: [{ ...statement, Condition: { Like: { a: 'b' } } }] }),
  ],
  [
    'the resource of another bucket',
    JSON.stringify({ Statement: [{ ...statement, Resource: 'arn:aws:s3:::other/*' }] }),
  ],
])('a bucket policy with %s is refused when it is put', async (_, policy) => {
  await expect(put(policy)).rejects.toMatchObject({ name: 'MalformedPolicy', $metadata: { httpStatusCode: 400 } });
  await expect(made.s3.send(new GetBucketPolicyCommand({ Bucket }))).rejects.toMatchObject({
    name: 'NoSuchBucketPolicy',
  });
});

test('a bucket policy of operators that only AWS evaluates is kept as it was put', async () => {
  const Condition = { NumericLessThan: { 's3:max-keys': '10' }, IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, Condition }] });
  await put(Policy);
  expect(await made.s3.send(new GetBucketPolicyCommand({ Bucket }))).toMatchObject({ Policy });
});
