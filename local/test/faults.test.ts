import { AppRunnerClient, ListServicesCommand } from '@aws-sdk/client-apprunner';
import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListHostedZonesCommand, Route53Client } from '@aws-sdk/client-route-53';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FaultRule, playFaults } from '../src/faults.ts';
import { AwsError } from '../src/wire/errors.ts';
import { BANK, cloud, type OrganizationsTestCloud, SHOP } from './organizations/cloud.ts';
import { errorOf } from './wire/fake.ts';

let made: OrganizationsTestCloud;
beforeEach(() => {
  made = cloud();
});
afterEach(() => made.stop());

const list = (key: string, region?: string) =>
  new AppRunnerClient(made.config(key, region)).send(new ListServicesCommand({}));
const outcome = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'answered',
    ({ name }: Error) => name,
  );
/** A key of a role that may do everything. */
function roleKey(RoleName: string): string {
  const { arn } = made.iam.createRole(SHOP, {
    RoleName,
    AssumeRolePolicyDocument: { Statement: { Effect: 'Allow', Principal: { AWS: SHOP }, Action: 'sts:AssumeRole' } },
    ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'],
  });
  return made.iam.issueRoleCredentials(arn, 'me').accessKeyId;
}

describe('a fault', () => {
  it.each<[string, Partial<FaultRule>, string[]]>([
    [
      'of an account',
      { account: SHOP },
      ['ThrottlingException', 'ThrottlingException', 'ThrottlingException', 'answered'],
    ],
    ['of a region', { region: 'us-east-1' }, ['answered', 'ThrottlingException', 'answered', 'answered']],
    ['of a role', { role: 'hub-*' }, ['answered', 'answered', 'ThrottlingException', 'answered']],
    ['of a place', { account: SHOP, region: 'us-east-1' }, ['answered', 'ThrottlingException', 'answered', 'answered']],
    ['of another operation', { calls: 'apprunner:Describe*' }, ['answered', 'answered', 'answered', 'answered']],
  ])('%s is met by no other caller', async (_, rule, outcomes) => {
    playFaults(made.gateway, [{ calls: 'apprunner:*', answer: 'throttled', ...rule }]);
    const calls = [list(SHOP), list(SHOP, 'us-east-1'), list(roleKey('hub-read')), list(BANK)];
    expect(await Promise.all(calls.map(outcome))).toEqual(outcomes);
  });

  it.each<[string, (key: string) => Promise<unknown>, string]>([
    ['apprunner', (key) => list(key), 'ThrottlingException'],
    ['ec2', (key) => new EC2Client(made.config(key)).send(new DescribeVpcsCommand({})), 'RequestLimitExceeded'],
    [
      'lambda',
      (key) => new LambdaClient(made.config(key)).send(new ListFunctionsCommand({})),
      'TooManyRequestsException',
    ],
    ['route53', (key) => new Route53Client(made.config(key)).send(new ListHostedZonesCommand({})), 'Throttling'],
    ['sts', (key) => new STSClient(made.config(key)).send(new GetCallerIdentityCommand({})), 'Throttling'],
  ])('throttles %s in its own words', async (service, call, name) => {
    playFaults(made.gateway, [{ calls: `${service}:*`, answer: 'throttled' }]);
    expect(await errorOf(call(SHOP))).toMatchObject({ name });
  });

  it('that denies says what is lacking, as IAM would', async () => {
    playFaults(made.gateway, [{ calls: 'apprunner:ListServices', answer: 'denied' }]);
    expect(await errorOf(list(roleKey('hub-read')))).toMatchObject({
      name: 'AccessDeniedException',
      message:
        `User: arn:aws:sts::${SHOP}:assumed-role/hub-read/me is not authorized to perform: apprunner:ListServices ` +
        'on resource: * because no identity-based policy allows the apprunner:ListServices action',
    });
  });

  it('is met as often as it says, the first that fits before the next', async () => {
    const end = playFaults(made.gateway, [
      { calls: 'apprunner:*', answer: 'unavailable', times: 1 },
      { calls: 'apprunner:*', answer: new AwsError('InternalServiceErrorException', 'no', { status: 500 }), times: 1 },
      { account: BANK, calls: 'apprunner:*', answer: 'throttled' },
    ]);
    expect(await outcome(list(SHOP))).toBe('ServiceUnavailable');
    expect(await outcome(list(SHOP))).toBe('InternalServiceErrorException');
    expect(await outcome(list(SHOP))).toBe('answered');
    expect(await outcome(list(BANK))).toBe('ThrottlingException');
    end();
    expect(await outcome(list(BANK))).toBe('answered');
  });
});
