import { AppRunnerClient, ListServicesCommand } from '@aws-sdk/client-apprunner';
import { DescribeRegionsCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListHostedZonesCommand, Route53Client } from '@aws-sdk/client-route-53';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BANK, cloud, HUB, type OrganizationsTestCloud, SHOP } from './organizations/cloud.ts';
import { errorOf } from './wire/fake.ts';

const OFF = 'us-east-2';
let made: OrganizationsTestCloud;
beforeEach(() => {
  made = cloud();
  made.regions.disable({ account: SHOP, region: OFF });
});
afterEach(() => made.stop());

describe('a region that an account does not have', () => {
  it.each<[string, (made: OrganizationsTestCloud) => Promise<object>, string]>([
    [
      'App Runner',
      (m) => new AppRunnerClient(m.config(SHOP, OFF)).send(new ListServicesCommand({})),
      'UnrecognizedClientException',
    ],
    [
      'Lambda',
      (m) => new LambdaClient(m.config(SHOP, OFF)).send(new ListFunctionsCommand({})),
      'UnrecognizedClientException',
    ],
    ['EC2', (m) => new EC2Client(m.config(SHOP, OFF)).send(new DescribeVpcsCommand({})), 'AuthFailure'],
    ['STS', (m) => new STSClient(m.config(SHOP, OFF)).send(new GetCallerIdentityCommand({})), 'InvalidClientTokenId'],
  ])('knows no key of it: %s', async (_, call, name) => {
    expect(await errorOf(call(made))).toMatchObject({ name });
  });

  it('is there for other accounts, and the account has its other regions and global services', async () => {
    for (const config of [made.config(BANK, OFF), made.config(SHOP, 'us-east-1')]) {
      expect(await new AppRunnerClient(config).send(new ListServicesCommand({}))).toMatchObject({
        ServiceSummaryList: [],
      });
    }
    const zones = new Route53Client(made.config(SHOP, OFF)).send(new ListHostedZonesCommand({}));
    expect(await zones).toMatchObject({ HostedZones: [] });
  });

  it('hands out no key of its roles', async () => {
    made.iam.createRole(SHOP, {
      RoleName: 'read',
      AssumeRolePolicyDocument: { Statement: { Effect: 'Allow', Principal: { AWS: HUB }, Action: 'sts:AssumeRole' } },
    });
    const assume = (region: string) =>
      new STSClient(made.config(HUB, region)).send(
        new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${SHOP}:role/read`, RoleSessionName: 'hub' }),
      );
    expect(await errorOf(assume(OFF))).toMatchObject({
      name: 'RegionDisabledException',
      message: expect.stringContaining(`STS is not activated in this region for account:${SHOP}.`),
    });
    expect(await assume('us-east-1')).toMatchObject({ Credentials: { AccessKeyId: expect.any(String) } });
    made.regions.enable({ account: SHOP, region: OFF });
    expect(await assume(OFF)).toMatchObject({ Credentials: { AccessKeyId: expect.any(String) } });
  });

  it('is not among its regions, unless all are requested', async () => {
    const ec2 = new EC2Client(made.config(SHOP));
    const regions = async (input: { AllRegions?: boolean } = {}) => {
      const { Regions = [] } = await ec2.send(new DescribeRegionsCommand(input));
      return Object.fromEntries(Regions.map(({ RegionName, OptInStatus }) => [RegionName, OptInStatus]));
    };
    expect(await regions()).not.toHaveProperty(OFF);
    expect(await regions({ AllRegions: true })).toMatchObject({
      [OFF]: 'not-opted-in',
      'us-east-1': 'opt-in-not-required',
      'eu-south-1': 'not-opted-in',
    });
    made.regions.enable({ account: SHOP, region: 'eu-south-1' });
    expect(await regions()).toMatchObject({ 'eu-south-1': 'opted-in' });
  });
});
