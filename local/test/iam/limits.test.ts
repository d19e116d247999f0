import * as sdk from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OperationSetting, setting } from '../every-operation/setting.ts';

let made: OperationSetting;
beforeAll(async () => {
  made = await setting();
});
afterAll(() => made.cloud.stop());

const ACCOUNT = '123456789012';
const trust = {
  Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
};
const role = (RoleName: string, more: Partial<sdk.CreateRoleCommandInput> = {}) =>
  made.iam.send(new sdk.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust), ...more }));

/** A policy of exactly `length` characters beside white space. */
function policy(length: number): string {
  const of = (Resource: string) => JSON.stringify({ Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource } });
  const prefix = 'arn:aws:s3:::';
  return of(prefix + 'x'.repeat(length - of(prefix).length)).replaceAll(',', ' ,\n');
}

describe('quotas of IAM', () => {
  test('all inline policies of a role hold 10,240 characters, white space not counted', async () => {
    await role('inline');
    const put = (PolicyName: string, PolicyDocument: string) =>
      made.iam.send(new sdk.PutRolePolicyCommand({ RoleName: 'inline', PolicyName, PolicyDocument }));
    await put('a', policy(6000));
    await put('b', policy(4240));
    await expect(put('b', policy(4241))).rejects.toMatchObject({
      name: 'LimitExceededException',
      Code: 'LimitExceeded',
      message: 'Maximum policy size of 10240 bytes exceeded for role inline',
      $metadata: { httpStatusCode: 409 },
    });
  });

  test('a managed policy holds 6,144 characters', () => {
    const create = (length: number) =>
      made.cloud.iam.createManagedPolicy(ACCOUNT, { ManagedPolicyName: 'p', PolicyDocument: policy(length) });
    expect(create(6144)).toBe(`arn:aws:iam::${ACCOUNT}:policy/p`);
    expect(() => create(6145)).toThrow('Cannot exceed quota for PolicySize: 6144');
  });

  test('a role has ten managed policies', async () => {
    await role('managed');
    const attach = (name: string) => {
      const PolicyArn = made.cloud.iam.createManagedPolicy(ACCOUNT, {
        ManagedPolicyName: name,
        PolicyDocument: policy(100),
      });
      return made.iam.send(new sdk.AttachRolePolicyCommand({ RoleName: 'managed', PolicyArn }));
    };
    for (let number = 1; number <= 10; number++) await attach(`p${number}`);
    await attach('p10');
    await expect(attach('p11')).rejects.toMatchObject({
      Code: 'LimitExceeded',
      message: 'Cannot exceed quota for PoliciesPerRole: 10',
    });
  });

  test('a trust policy holds 2,048 characters', async () => {
    const Sid = 'x'.repeat(2048);
    const AssumeRolePolicyDocument = JSON.stringify({ Statement: { ...trust.Statement, Sid } });
    await expect(role('trusting', { AssumeRolePolicyDocument })).rejects.toMatchObject({
      Code: 'LimitExceeded',
      message: 'Cannot exceed quota for ACLSizePerRole: 2048',
    });
  });

  test('a role name has 64 characters, also when a stack makes the role', async () => {
    await role('x'.repeat(64));
    await expect(role('x'.repeat(65))).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(
        "at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64",
      ),
    });
    const properties = { RoleName: 'x'.repeat(65), AssumeRolePolicyDocument: trust };
    expect(() => made.cloud.iam.createRole(ACCOUNT, properties)).toThrow(
      'Member must have length less than or equal to 64',
    );
  });
});

describe('a policy document', () => {
  const put = (Statement: unknown) => {
    const PolicyDocument = typeof Statement === 'string' ? Statement : JSON.stringify({ Statement });
    return made.iam.send(new sdk.PutRolePolicyCommand({ RoleName: 'documents', PolicyName: 'p', PolicyDocument }));
  };
  const allow = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
  beforeAll(() => role('documents'));

  test.each([
    ['that is no JSON', '{', 'This policy contains invalid Json'],
    [
      'with two statements of one Sid',
      [
        { ...allow, Sid: 'a' },
        { ...allow, Sid: 'a' },
      ],
      'Statement IDs (SID) in a single policy must be unique.',
    ],
    ['with a Sid of other characters', { ...allow, Sid: 'a-b' }, 'Statement IDs (SID) must be alpha-numeric'],
    [
      'with an action of no service',
      { ...allow, Action: 'GetObject' },
      'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
    ],
    [
      'with a resource that is no ARN',
      { ...allow, Resource: 'bucket/*' },
      'Resource bucket/* must be in ARN format or "*".',
    ],
  ])('%s is refused when it is put', async (_, document, message) => {
    await expect(put(document)).rejects.toMatchObject({
      Code: 'MalformedPolicyDocument',
      message: expect.stringContaining(message),
    });
  });
});
