import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textOf, type WireResponse } from '../../src/wire/message.ts';
import { type OperationSetting, REGION, setting } from '../every-operation/setting.ts';

let made: OperationSetting;
const HOST = `bucket.s3.${REGION}.amazonaws.com`;

beforeAll(async () => {
  made = await setting();
  const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
  await made.s3.send(new CreateBucketCommand({ Bucket: 'bucket', CreateBucketConfiguration }));
  const object = { Bucket: 'bucket', Key: 'dir/a b', Body: 'content', ContentEncoding: 'x-none' };
  await made.s3.send(new PutObjectCommand({ ...object, ContentDisposition: 'inline' }));
});
afterAll(() => made.cloud.stop());

class Sha256 extends Hash {
  constructor(secret?: ConstructorParameters<typeof Hash>[1]) {
    super('sha256', secret);
  }
}

const root = { accessKeyId: '123456789012', secretAccessKey: 'any' };
const role = () => {
  const { iam } = made.cloud;
  const { arn } = iam.createRole('123456789012', {
    RoleName: `reader-${made.cloud.world.chance.hex(8)}`,
    AssumeRolePolicyDocument: {
      Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
    },
    Policies: [
      {
        PolicyName: 'own',
        PolicyDocument: {
          Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::bucket/dir/*' },
        },
      },
    ],
  });
  return iam.issueRoleCredentials(arn);
};

/** Reads an address that was signed `ago` seconds before now. */
async function read(
  credentials: ConstructorParameters<typeof SignatureV4>[0]['credentials'],
  {
    ago = 0,
    expiresIn = 300,
    path = '/dir/a%20b',
    change = {},
  }: { ago?: number; expiresIn?: number; path?: string; change?: object } = {},
): Promise<WireResponse> {
  const signer = new SignatureV4({ service: 's3', region: REGION, credentials, sha256: Sha256, uriEscapePath: false });
  const headers = { host: HOST, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
  const request = { method: 'GET', protocol: 'https:', hostname: HOST, path, query: { 'x-id': 'GetObject' }, headers };
  const signingDate = new Date(made.cloud.world.clock.now() - ago * 1000);
  const { query = {} } = await signer.presign(request, { expiresIn, signingDate });
  const sent = Object.fromEntries(
    Object.entries({ ...query, ...change }).map(([name, value]) => [name, String(value)]),
  );
  return made.cloud.gateway.handle({
    method: 'GET',
    path,
    query: sent,
    headers: { host: HOST },
    body: new Uint8Array(),
  });
}

describe('an address that holds for a time', () => {
  test('is read by whoever has it, with the bucket in the host', async () => {
    for (const credentials of [root, role()]) {
      const { status, headers, body } = await read(credentials);
      expect({ status, text: textOf(body) }).toEqual({ status: 200, text: 'content' });
      expect(headers).toMatchObject({ 'content-encoding': 'x-none', 'content-disposition': 'inline' });
    }
  });

  test.each([
    ['until its last second', { ago: 300 }, 200, 'content'],
    ['and no longer', { ago: 301 }, 403, '<Code>AccessDenied</Code><Message>Request has expired</Message>'],
    ['for a week at most', { change: { 'X-Amz-Expires': '604801' } }, 400, 'must be less than a week'],
    ['with a number of seconds', { change: { 'X-Amz-Expires': 'soon' } }, 400, 'should be a number'],
    ['with all of its parameters', { change: { 'X-Amz-Algorithm': '' } }, 400, 'AuthorizationQueryParametersError'],
    ['with its own time', { change: { 'X-Amz-Date': 'today' } }, 400, 'X-Amz-Date must be'],
  ])('%s', async (_, how, status, text) => {
    const answer = await read(root, how);
    expect({ status: answer.status, text: textOf(answer.body) }).toEqual({
      status,
      text: expect.stringContaining(text),
    });
  });

  test('only as it was signed, where the secret is known', async () => {
    for (const change of [
      { 'X-Amz-Expires': '600' },
      { 'X-Amz-Security-Token': 'other' },
      { 'response-content-type': 'text/html' },
    ]) {
      const answer = await read(role(), { change });
      expect({ status: answer.status, text: textOf(answer.body) }).toEqual({
        status: 403,
        text: expect.stringContaining('SignatureDoesNotMatch'),
      });
    }
  });

  test('no further than the rights of who signed it', async () => {
    const { status, body } = await read(role(), { path: '/other' });
    expect({ status, text: textOf(body) }).toEqual({ status: 403, text: expect.stringContaining('AccessDenied') });
  });
});
