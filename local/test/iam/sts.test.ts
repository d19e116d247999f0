import { AssumeRoleCommand, GetAccessKeyInfoCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { seededChance } from '../../src/chance.ts';
import { VirtualClock } from '../../src/clock.ts';
import { Iam } from '../../src/iam/iam.ts';
import { createSts } from '../../src/services/sts.ts';
import { Gateway } from '../../src/wire/gateway.ts';
import { inProcessHandler } from '../../src/wire/in-process.ts';
import { errorOf } from '../wire/fake.ts';

const HUB = '123456789012';
const MEMBER = '111122223333';
const member = `arn:aws:iam::${MEMBER}:role/hub-access`;

/** A hub role that may assume what `resource` says, and a member role that trusts the hub's account with an external id. */
function setUp(resource = member) {
  const chance = seededChance('sts');
  const clock = new VirtualClock();
  const iam = new Iam({ chance });
  const gateway = new Gateway({
    clock,
    chance,
    iam,
    services: [createSts({ iam, clock })],
    defaultRegion: 'eu-west-1',
  });
  const hub = iam.createRole(HUB, {
    RoleName: 'reconcile',
    AssumeRolePolicyDocument: {
      Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
    },
    Policies: [
      {
        PolicyName: 'p',
        PolicyDocument: { Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: resource } },
      },
    ],
  });
  iam.createRole(MEMBER, {
    RoleName: 'hub-access',
    AssumeRolePolicyDocument: {
      Statement: {
        Effect: 'Allow',
        Principal: { AWS: hub.arn },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': 'install-1' } },
      },
    },
  });
  const client = (accessKeyId: string) =>
    new STSClient({
      requestHandler: inProcessHandler(gateway),
      region: 'eu-west-1',
      credentials: { accessKeyId, secretAccessKey: 'x' },
      maxAttempts: 1,
    });
  return { clock, iam, hub, client, hubClient: client(iam.issueRoleCredentials(hub.arn, 'reconcile').accessKeyId) };
}
const assume = (input: Partial<ConstructorParameters<typeof AssumeRoleCommand>[0]> = {}) =>
  new AssumeRoleCommand({ RoleArn: member, RoleSessionName: 'hub', ExternalId: 'install-1', ...input });

describe('GetCallerIdentity', () => {
  it('names root and sessions', async () => {
    const { client, hubClient, hub } = setUp();
    expect(await client(MEMBER).send(new GetCallerIdentityCommand({}))).toMatchObject({
      UserId: MEMBER,
      Account: MEMBER,
      Arn: `arn:aws:iam::${MEMBER}:root`,
    });
    expect(await hubClient.send(new GetCallerIdentityCommand({}))).toMatchObject({
      UserId: `${hub.roleId}:reconcile`,
      Account: HUB,
      Arn: `arn:aws:sts::${HUB}:assumed-role/reconcile/reconcile`,
    });
  });
});

describe('AssumeRole', () => {
  it('hands out a key that is the role, in its account', async () => {
    const { clock, iam, client, hubClient } = setUp();
    const { Credentials, AssumedRoleUser } = await hubClient.send(assume({ DurationSeconds: 900 }));
    expect(Credentials?.Expiration).toEqual(new Date(clock.now() + 900_000));
    expect(AssumedRoleUser).toEqual({
      AssumedRoleId: `${iam.role(member)?.roleId}:hub`,
      Arn: `arn:aws:sts::${MEMBER}:assumed-role/hub-access/hub`,
    });
    const identity = await client(Credentials?.AccessKeyId ?? '').send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({ Account: MEMBER, Arn: AssumedRoleUser?.Arn });
  });

  it.each([
    ['another external id', { ExternalId: 'other' }],
    ['no external id', { ExternalId: undefined }],
    ['a role that is not there', { RoleArn: `arn:aws:iam::${MEMBER}:role/none` }],
  ])('is denied with %s', async (_, input) => {
    const { hubClient } = setUp('*');
    expect(await errorOf(hubClient.send(assume(input)))).toMatchObject({
      name: 'AccessDenied',
      message: expect.stringMatching(
        /^User: arn:aws:sts::123456789012:assumed-role\/reconcile\/reconcile is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/,
      ),
      $metadata: { httpStatusCode: 403 },
    });
  });

  it('is denied to a role whose own policies do not allow it', async () => {
    const { hubClient } = setUp('arn:aws:iam::*:role/other');
    expect(await errorOf(hubClient.send(assume()))).toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('no identity-based policy allows'),
    });
  });

  it('is denied to those the trust policy does not name', async () => {
    const { client } = setUp();
    expect(await errorOf(client('test').send(assume()))).toMatchObject({ name: 'AccessDenied' });
  });

  it.each([
    [
      'an ARN of no role',
      { RoleArn: 'arn:aws:iam::1:role/hub' },
      'ValidationError',
      'arn:aws:iam::1:role/hub is invalid',
    ],
    ['a bad session name', { RoleSessionName: 'a b' }, 'ValidationError', 'roleSessionName'],
    ['too short a time', { DurationSeconds: 899 }, 'ValidationError', 'greater than or equal to 900'],
    ['too long a time', { DurationSeconds: 43_201 }, 'ValidationError', 'less than or equal to 43200'],
    ['session tags', { Tags: [{ Key: 'a', Value: 'b' }] }, 'NotImplemented', 'session tags'],
    ['a session policy that is none', { Policy: 'all' }, 'MalformedPolicyDocumentException', 'invalid Json'],
  ])('refuses %s', async (_, input, name, says) => {
    const { hubClient } = setUp('*');
    expect(await errorOf(hubClient.send(assume(input)))).toMatchObject({
      name,
      message: expect.stringContaining(says),
    });
  });
});

it('names what it has not', async () => {
  const { client } = setUp();
  expect(
    await errorOf(client('test').send(new GetAccessKeyInfoCommand({ AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' }))),
  ).toMatchObject({
    name: 'NotImplemented',
    message: expect.stringContaining('sts:GetAccessKeyInfo is not implemented by the embedded cloud'),
  });
});
