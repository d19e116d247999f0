import {
  CreateEventBusCommand,
  DescribeEventBusCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutPermissionCommand,
} from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultAsynchronous } from '../../src/services/lambda/function.ts';
import { BANK, cloud, HUB, type OrganizationsTestCloud, organization, SHOP } from '../organizations/cloud.ts';
import { errorOf } from '../wire/fake.ts';

const REGION = 'ap-northeast-1';
const BUS = `arn:aws:events:${REGION}:${HUB}:event-bus/hub`;

let made: OrganizationsTestCloud;
let organizationId: string;
beforeEach(async () => {
  made = cloud();
  organizationId = (await organization(made)).id;
});
afterEach(() => made.stop());

/** A key of a role of SHOP that is allowed these actions on everything. */
function roleKey(...actions: string[]): string {
  const { arn } = made.iam.createRole(SHOP, {
    RoleName: 'caller',
    AssumeRolePolicyDocument: { Statement: { Effect: 'Allow', Principal: { AWS: SHOP }, Action: 'sts:AssumeRole' } },
    Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: { Effect: 'Allow', Action: actions, Resource: '*' } } }],
  });
  return made.iam.issueRoleCredentials(arn, 'me').accessKeyId;
}

/** A function of BANK, and its ARN. */
function functionOfBank(): string {
  made.iam.createRole(BANK, {
    RoleName: 'echo',
    AssumeRolePolicyDocument: {
      Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
    },
  });
  return made.lambda.createFunction({
    account: BANK,
    region: REGION,
    name: 'echo',
    description: '',
    runtime: 'nodejs24.x',
    handler: 'echo.handler',
    roleArn: `arn:aws:iam::${BANK}:role/echo`,
    timeout: 3,
    memorySize: 128,
    environment: {},
    codeFolder: '/code',
    asynchronous: defaultAsynchronous,
  }).arn;
}
const letIn = (arn: string, Principal: unknown, Condition: object = {}) =>
  made.lambda.addPermission(arn, 'caller', {
    Sid: 'caller',
    Effect: 'Allow',
    Principal,
    Action: 'lambda:InvokeFunction',
    Resource: arn,
    Condition,
  });
const invoke = (key: string, FunctionName: string) =>
  new LambdaClient(made.config(key)).send(new InvokeCommand({ FunctionName, Payload: Buffer.from('{"a":1}') }));

describe('a function of another account', () => {
  it.each([
    ['the role', `arn:aws:iam::${SHOP}:role/caller`],
    ['the account', SHOP],
  ])('lets in %s that its policy names', async (_, AWS) => {
    const arn = functionOfBank();
    letIn(arn, { AWS });
    expect(await invoke(roleKey('lambda:InvokeFunction'), arn)).toMatchObject({ StatusCode: 200 });
  });

  it('lets in whoever is of the organisation, where its policy says so', async () => {
    const arn = functionOfBank();
    letIn(arn, '*', { StringEquals: { 'aws:PrincipalOrgID': organizationId } });
    expect(await invoke(roleKey('lambda:InvokeFunction'), arn)).toMatchObject({ StatusCode: 200 });
    expect(await errorOf(invoke('999900001111', arn))).toMatchObject({ name: 'AccessDeniedException' });
  });

  it('is not enough alone: the caller’s own policies must allow it too', async () => {
    const arn = functionOfBank();
    letIn(arn, { AWS: SHOP });
    expect(await errorOf(invoke(roleKey('lambda:GetFunction'), arn))).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('because no identity-based policy allows the lambda:InvokeFunction action'),
    });
  });

  it('refuses every other account without a policy, its root too', async () => {
    const arn = functionOfBank();
    for (const key of [SHOP, HUB, roleKey('lambda:*')]) {
      expect(await errorOf(invoke(key, arn))).toMatchObject({
        message: expect.stringContaining('because no resource-based policy allows the lambda:InvokeFunction action'),
      });
    }
    expect(await invoke(BANK, arn)).toMatchObject({ StatusCode: 200 });
  });
});

describe('a bus of another account', () => {
  const put = (key: string, Source = 'shop') =>
    new EventBridgeClient(made.config(key)).send(
      new PutEventsCommand({ Entries: [{ EventBusName: BUS, Source, DetailType: 'any', Detail: '{}' }] }),
    );
  beforeEach(async () => {
    const hub = new EventBridgeClient(made.config(HUB));
    await hub.send(new CreateEventBusCommand({ Name: 'hub' }));
    const Statement = {
      Sid: 'members',
      Effect: 'Allow',
      Principal: '*',
      Action: 'events:PutEvents',
      Resource: BUS,
      Condition: { StringEquals: { 'aws:PrincipalOrgID': organizationId, 'events:source': 'shop' } },
    };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    await hub.send(new PutPermissionCommand({ EventBusName: 'hub', Policy }));
  });

  it('takes events as its policy says, and nothing else', async () => {
    expect(await put(SHOP)).toMatchObject({ FailedEntryCount: 0 });
    for (const refused of [put(SHOP, 'bank'), put('999900001111')]) {
      expect(await errorOf(refused)).toMatchObject({ name: 'AccessDeniedException' });
    }
    const describeBus = new DescribeEventBusCommand({ Name: BUS });
    expect(await errorOf(new EventBridgeClient(made.config(SHOP)).send(describeBus))).toMatchObject({
      name: 'AccessDeniedException',
    });
    expect(await new EventBridgeClient(made.config(HUB)).send(describeBus)).toMatchObject({ Name: 'hub' });
  });
});
