import { AppRunnerClient, ListServicesCommand } from '@aws-sdk/client-apprunner';
import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import * as sdk from '@aws-sdk/client-organizations';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, it } from 'vitest';
import { errorOf } from '../wire/fake.ts';
import { attachPolicy, BANK, cloud, given, HUB, type OrganizationsTestCloud, organization, SHOP } from './cloud.ts';

const running = new Set<OrganizationsTestCloud>();
afterEach(async () => {
  for (const made of running) await made.stop();
  running.clear();
});

async function start() {
  const made = cloud();
  running.add(made);
  const there = await organization(made);
  await there.client.send(
    new sdk.EnablePolicyTypeCommand({ RootId: there.rootId, PolicyType: 'SERVICE_CONTROL_POLICY' }),
  );
  return { made, ...there };
}

/** A role of an account that may do everything. */
function powerful(made: OrganizationsTestCloud, account: string, RoleName = 'power', Path = '/') {
  const { arn } = made.iam.createRole(account, {
    RoleName,
    Path,
    AssumeRolePolicyDocument: {
      Statement: { Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' },
    },
    ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'],
  });
  return made.iam.issueRoleCredentials(arn, 'me').accessKeyId;
}

const list = (made: OrganizationsTestCloud, key: string, region?: string) =>
  new AppRunnerClient(made.config(key, region)).send(new ListServicesCommand({}));

const denyAppRunner = { Effect: 'Deny', Action: 'apprunner:*', Resource: '*' };

describe('a service control policy', () => {
  it('that is not attached changes nothing', async () => {
    const { made } = await start();
    for (const key of [SHOP, powerful(made, SHOP)])
      expect(await list(made, key)).toMatchObject({ ServiceSummaryList: [] });
  });

  it.each(['root', 'workloads', 'prod', 'account'] as const)('reaches an account from its %s', async (level) => {
    const { made, client, rootId, workloadsId, prodId } = await start();
    const target = { root: rootId, workloads: workloadsId, prod: prodId, account: SHOP }[level];
    await attachPolicy(client, target, 'no-app-runner', denyAppRunner);
    const key = powerful(made, SHOP);
    expect(await errorOf(list(made, key))).toMatchObject({
      name: 'AccessDeniedException',
      message:
        `User: arn:aws:sts::${SHOP}:assumed-role/power/me is not authorized to perform: apprunner:ListServices ` +
        'on resource: * with an explicit deny in a service control policy',
    });
    // What it does not speak of is left alone; who stands beside is bound from the root only.
    await new EC2Client(made.config(key)).send(new DescribeVpcsCommand({}));
    const beside = list(made, powerful(made, BANK));
    if (level === 'root') expect(await errorOf(beside)).toMatchObject({ name: 'AccessDeniedException' });
    else await beside;
  });

  it('is part of what a simulation says of a role of a member', async () => {
    const { made, client, prodId } = await start();
    await attachPolicy(client, prodId, 'no-app-runner', denyAppRunner);
    powerful(made, SHOP);
    const simulate = (account: string) =>
      new IAMClient(made.config(account)).send(
        new SimulatePrincipalPolicyCommand({
          PolicySourceArn: `arn:aws:iam::${account}:role/power`,
          ActionNames: ['apprunner:ListServices', 'ec2:DescribeVpcs'],
        }),
      );
    expect(await simulate(SHOP)).toMatchObject({
      EvaluationResults: [
        { EvalDecision: 'explicitDeny', OrganizationsDecisionDetail: { AllowedByOrganizations: false } },
        { EvalDecision: 'allowed', OrganizationsDecisionDetail: { AllowedByOrganizations: true } },
      ],
    });
    powerful(made, HUB);
    const { EvaluationResults: ofManagement } = await simulate(HUB);
    expect(ofManagement).toMatchObject([{ EvalDecision: 'allowed' }, { EvalDecision: 'allowed' }]);
    expect(ofManagement?.[0]?.OrganizationsDecisionDetail).toBeUndefined();
  });

  it('binds the root user of a member, and no principal of the management account', async () => {
    const { made, client, rootId } = await start();
    await attachPolicy(client, rootId, 'no-app-runner', denyAppRunner);
    expect(await errorOf(list(made, SHOP))).toMatchObject({
      message: expect.stringContaining(`User: arn:aws:iam::${SHOP}:root is not authorized`),
    });
    for (const key of [HUB, powerful(made, HUB)]) await list(made, key);
  });

  it('leaves service-linked roles alone', async () => {
    const { made, client, rootId } = await start();
    await attachPolicy(client, rootId, 'no-app-runner', denyAppRunner);
    const linked = powerful(made, SHOP, 'AWSServiceRoleForAppRunner', '/aws-service-role/apprunner.amazonaws.com/');
    expect(await list(made, linked)).toMatchObject({ ServiceSummaryList: [] });
  });

  it('is an upper bound: what no level allows any more is denied', async () => {
    const { made, client, prodId } = await start();
    await attachPolicy(client, prodId, 'network-only', { Effect: 'Allow', Action: 'ec2:*', Resource: '*' });
    await list(made, SHOP);
    await client.send(new sdk.DetachPolicyCommand({ PolicyId: 'p-FullAWSAccess', TargetId: prodId }));
    await new EC2Client(made.config(SHOP)).send(new DescribeVpcsCommand({}));
    expect(await errorOf(list(made, SHOP))).toMatchObject({
      message: expect.stringContaining('because no service control policy allows the apprunner:ListServices action'),
    });
  });

  it('can spare one role by its ARN, and regions by name', async () => {
    const { made, client, rootId } = await start();
    await attachPolicy(client, rootId, 'only-ours', {
      ...denyAppRunner,
      Condition: { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/ours-*' } },
    });
    await attachPolicy(client, rootId, 'one-region', {
      Effect: 'Deny',
      NotAction: 'sts:*',
      Resource: '*',
      Condition: { StringNotEquals: { 'aws:RequestedRegion': ['ap-northeast-1'] } },
    });
    const ours = powerful(made, SHOP, 'ours-write');
    await list(made, ours);
    expect(await errorOf(list(made, ours, 'us-east-1'))).toMatchObject({ name: 'AccessDeniedException' });
    expect(await errorOf(list(made, powerful(made, SHOP)))).toMatchObject({ name: 'AccessDeniedException' });
  });

  it('ends with the policy type', async () => {
    const { made, client, rootId } = await start();
    await attachPolicy(client, rootId, 'no-app-runner', denyAppRunner);
    const PolicyType = 'SERVICE_CONTROL_POLICY';
    await client.send(new sdk.DisablePolicyTypeCommand({ RootId: rootId, PolicyType }));
    expect(await list(made, SHOP)).toMatchObject({ ServiceSummaryList: [] });
  });

  it.each([
    ['too long', `{"Statement":${' '.repeat(5120)}[]}`, 'ConstraintViolationException'],
    ['not JSON', 'Statement: []', 'MalformedPolicyDocumentException'],
  ])('that is %s is refused', async (_, Content, name) => {
    const { client } = await start();
    const create = new sdk.CreatePolicyCommand({ Name: 'p', Description: '', Type: 'SERVICE_CONTROL_POLICY', Content });
    expect(await errorOf(client.send(create))).toMatchObject({ name });
  });
});

describe('condition keys of organisations', () => {
  /** A role of SHOP whose trust asks for an organisation or a place in it, and whether HUB may assume it. */
  async function assumed(made: OrganizationsTestCloud, Condition: object, as: string): Promise<string> {
    const { arn } = made.iam.createRole(SHOP, {
      RoleName: 'read',
      AssumeRolePolicyDocument: {
        Statement: { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole', Condition },
      },
    });
    const assume = new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: 'me', ExternalId: 'hub-1' });
    const { name } = await new STSClient(made.config(as)).send(assume).then(
      () => ({ name: 'assumed' }),
      (error: Error) => error,
    );
    return name;
  }
  const STRANGER = '999900001111';

  it.each([
    ['the organisation', (id: string) => ({ StringEquals: { 'aws:PrincipalOrgID': id } }), HUB, 'assumed'],
    ['the organisation', (id: string) => ({ StringEquals: { 'aws:PrincipalOrgID': id } }), STRANGER, 'AccessDenied'],
    ['another one', () => ({ StringEquals: { 'aws:PrincipalOrgID': 'o-other' } }), HUB, 'AccessDenied'],
    [
      'a place in it',
      (id: string) => ({ 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': `${id}/*/ou-*` } }),
      SHOP,
      'assumed',
    ],
    [
      'a place in it',
      (id: string) => ({ 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': `${id}/*/ou-*` } }),
      BANK,
      'AccessDenied',
    ],
    ['an external id', () => ({ StringEquals: { 'sts:ExternalId': 'hub-1' } }), HUB, 'assumed'],
    ['another external id', () => ({ StringEquals: { 'sts:ExternalId': 'hub-2' } }), HUB, 'AccessDenied'],
  ])('a trust policy that asks for %s', async (_, condition, as, outcome) => {
    const { made, id } = await start();
    expect(await assumed(made, condition(id), as)).toBe(outcome);
  });

  it('tell whose a resource is', async () => {
    const { made, client, rootId, id } = await start();
    await attachPolicy(client, rootId, 'stay-inside', {
      Effect: 'Deny',
      Action: 'sts:AssumeRole',
      Resource: '*',
      Condition: { StringNotEquals: { 'aws:ResourceOrgID': id } },
    });
    made.iam.createRole(STRANGER, {
      RoleName: 'open',
      AssumeRolePolicyDocument: { Statement: { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' } },
    });
    const sts = new STSClient(made.config(powerful(made, SHOP)));
    const open = (account: string) =>
      sts.send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/open`, RoleSessionName: 'me' }));
    expect(await errorOf(open(STRANGER))).toMatchObject({
      message: expect.stringContaining('with an explicit deny in a service control policy'),
    });
    made.iam.createRole(BANK, {
      RoleName: 'open',
      AssumeRolePolicyDocument: { Statement: { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' } },
    });
    expect(given((await open(BANK)).Credentials)).toBeDefined();
  });
});

it.each([
  ['disabled', []],
  ['enabled', [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }]],
] as const)('in a new organization control policies are %s', async (controlPoliciesOfNewOrganization, PolicyTypes) => {
  const made = cloud({ controlPoliciesOfNewOrganization });
  running.add(made);
  const { client, rootId, prodId } = await organization(made);
  const { Roots } = await client.send(new sdk.ListRootsCommand({}));
  expect(Roots?.[0]?.PolicyTypes).toEqual(PolicyTypes);
  const enabled = client.send(
    new sdk.EnablePolicyTypeCommand({ RootId: rootId, PolicyType: 'SERVICE_CONTROL_POLICY' }),
  );
  if (controlPoliciesOfNewOrganization === 'disabled') await expect(enabled).resolves.toBeDefined();
  else await expect(enabled).rejects.toMatchObject({ name: 'PolicyTypeAlreadyEnabledException' });
  const attached = await client.send(
    new sdk.ListPoliciesForTargetCommand({ TargetId: prodId, Filter: 'SERVICE_CONTROL_POLICY' }),
  );
  expect(attached.Policies?.map(({ Name }) => Name)).toEqual(['FullAWSAccess']);
});
