import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DeleteTrailCommand, PutEventSelectorsCommand, StopLoggingCommand } from '@aws-sdk/client-cloudtrail';
import {
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  DeleteSubnetCommand,
  ModifyVpcAttributeCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateOrganizationCommand } from '@aws-sdk/client-organizations';
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  DeleteHostedZoneCommand,
} from '@aws-sdk/client-route-53';
import { AwsError } from 'apprunner-embedded-cloud/aws-error';
import { SUBNETS, TRAIL_NAME, ZONE_NAME } from 'apprunner-embedded-cloud/seed';
import {
  ACCOUNT,
  given,
  type OperationSetting,
  REGION,
  setting,
} from 'apprunner-embedded-cloud/test/every-operation/setting';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { DoctorCheck } from '../../../cli/doctor/check.ts';
import { policiesFor } from '../../../cli/doctor/deployer-policy.ts';
import { deploymentActions } from '../../../cli/doctor/deployment-actions.ts';
import { type Examination, examine } from '../../../cli/doctor/doctor.ts';
import { packagedStack, type StackTemplate } from '../../../cli/stack/template.ts';
import { createStack } from '../deploy/create-stack.ts';
import { runAwsLine } from './aws-line.ts';

let template: StackTemplate;
beforeAll(async () => {
  ({ template } = await packagedStack(undefined));
});

const running = new Set<OperationSetting>();
afterEach(async () => {
  for (const { cloud } of running) await cloud.stop();
  running.clear();
});

/** A seeded account in which nothing is missing, and the parameters to deploy into it. */
interface World extends OperationSetting {
  readonly parameters: Record<string, string>;
  examination: Partial<Examination>;
}

async function start(): Promise<World> {
  const made = await setting();
  running.add(made);
  const { privateZoneId, publicZoneId, vpcId, securityGroupId } = made.network;
  const parameters = {
    AllowedZones: `${privateZoneId},${publicZoneId}`,
    AllowedNames: `*.${ZONE_NAME},${ZONE_NAME}`,
    VpcId: vpcId,
    EndpointSecurityGroupIds: securityGroupId,
    ProbeSubnetIds: made.network.subnetIds.join(','),
    ProbeSecurityGroupIds: securityGroupId,
  };
  return { ...made, parameters, examination: {} };
}

async function doctor(world: World): Promise<readonly DoctorCheck[]> {
  return examine({
    config: world.cloud.clientConfig(),
    regionChosen: true,
    profile: undefined,
    nodeVersion: 'v24.0.0',
    stackName: 'apprunner-private-ingress-main',
    template,
    given: world.parameters,
    policyFile: undefined,
    policySource: () => Promise.reject(new Error('there is no stack')),
    issuers: async (name) => {
      const names = world.cloud.route53.caaIssuers(name);
      return names === undefined ? { kind: 'unrestricted' } : { kind: 'listed', names, at: name };
    },
    ...world.examination,
  });
}

const wrong = (checks: readonly DoctorCheck[]) => checks.filter(({ status }) => status !== 'ok');

/** A deployer with these statements, whose key the examination then uses. */
async function asRole(world: World, ...Statement: object[]): Promise<void> {
  const AssumeRolePolicyDocument = JSON.stringify({
    Statement: { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' },
  });
  await world.iam.send(new CreateRoleCommand({ RoleName: 'deployer', Path: '/team/', AssumeRolePolicyDocument }));
  const PolicyDocument = JSON.stringify({ Statement });
  await world.iam.send(new PutRolePolicyCommand({ RoleName: 'deployer', PolicyName: 'own', PolicyDocument }));
  const credentials = world.cloud.iam.issueRoleCredentials(`arn:aws:iam::${ACCOUNT}:role/team/deployer`);
  world.examination = { ...world.examination, config: { ...world.cloud.clientConfig(), credentials } };
}

const everything = { Effect: 'Allow', Action: '*', Resource: '*' };
const refusing = (world: World, service: string, operation: string, error: AwsError) =>
  world.cloud.gateway.intercept((call) =>
    call.service === service && call.operation === operation ? error : undefined,
  );

const closeGroup = (world: World, direction: 'in' | 'out') => {
  const GroupId = world.network.securityGroupId;
  return direction === 'in'
    ? world.ec2.send(
        new RevokeSecurityGroupIngressCommand({
          GroupId,
          IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/16' }] }],
        }),
      )
    : world.ec2.send(
        new RevokeSecurityGroupEgressCommand({
          GroupId,
          IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
        }),
      );
};

async function endpoint(world: World, serviceName = `com.amazonaws.${REGION}.apprunner.requests`, subnets = 2) {
  const { VpcEndpoint } = await world.ec2.send(
    new CreateVpcEndpointCommand({
      VpcEndpointType: 'Interface',
      VpcId: world.network.vpcId,
      ServiceName: serviceName,
      SubnetIds: world.network.subnetIds.slice(0, subnets),
      SecurityGroupIds: [world.network.securityGroupId],
    }),
  );
  await world.clock.advance(60_000);
  return given(VpcEndpoint?.VpcEndpointId);
}

interface Case {
  readonly lacking: string;
  take(world: World): Promise<unknown>;
  /** The one check that is not ok. */
  readonly found: Partial<DoctorCheck>;
  /** Whether its commands are calls that make it ok. */
  readonly mends?: true;
}

const missing = (id: string, evidence: string) =>
  ({ id, status: 'missing', evidence: expect.stringContaining(evidence) }) as const;
const warning = (id: string, evidence: string) => ({ ...missing(id, evidence), status: 'warning' }) as const;
const unknown = (id: string, evidence: string) => ({ ...missing(id, evidence), status: 'unknown' }) as const;

const cases: readonly Case[] = [
  {
    lacking: 'a Node.js that is new enough',
    take: async (world) => Object.assign(world.examination, { nodeVersion: 'v18.20.0' }),
    found: missing('node', 'older than 20'),
  },
  {
    lacking: 'credentials',
    take: async (world) =>
      Object.assign(world.examination, { config: { ...world.cloud.clientConfig(), credentials: noCredentials } }),
    found: missing('credentials', 'there are none'),
  },
  {
    lacking: 'the profile',
    take: async (world) =>
      Object.assign(world.examination, {
        profile: 'nobody',
        config: { ...world.cloud.clientConfig(), credentials: noCredentials },
      }),
    found: { ...missing('credentials', 'no credentials come of this profile'), subject: 'AWS_PROFILE=nobody' },
  },
  {
    lacking: 'credentials that are still good',
    take: async (world) =>
      refusing(
        world,
        'sts',
        'GetCallerIdentity',
        new AwsError('ExpiredToken', 'The security token included in the request is expired', { status: 403 }),
      ),
    found: missing('credentials', 'they have expired'),
  },
  {
    lacking: 'a key that AWS knows',
    take: async (world) =>
      Object.assign(world.examination, {
        config: {
          ...world.cloud.clientConfig(),
          credentials: { accessKeyId: 'ASIAAAAAAAAAAAAAAAAA', secretAccessKey: 'x' },
        },
      }),
    found: missing('credentials', 'AWS does not take them (InvalidClientTokenId)'),
  },
  {
    lacking: 'App Runner in the region',
    take: async (world) =>
      Object.assign(world.examination, { config: { ...world.cloud.clientConfig(), region: 'sa-east-1' } }),
    found: missing('region', 'App Runner is not in this region'),
  },
  {
    lacking: 'a region that was chosen',
    take: async (world) => Object.assign(world.examination, { regionChosen: false }),
    found: warning('region', 'nothing says which region'),
  },
  {
    lacking: 'App Runner for this account',
    take: async (world) =>
      refusing(
        world,
        'apprunner',
        'ListServices',
        new AwsError('SubscriptionRequiredException', 'The AWS Access Key Id needs a subscription for the service', {
          status: 403,
        }),
      ),
    found: missing('app-runner', 'closed to new customers since 2026-04-30'),
  },
  {
    lacking: 'the right to make functions',
    take: (world) => asRole(world, { Effect: 'Allow', NotAction: 'lambda:CreateFunction', Resource: '*' }),
    found: missing('permissions', 'may not lambda:CreateFunction: no policy allows it'),
    mends: true,
  },
  {
    lacking: 'the right to pass roles, forbidden',
    take: (world) => asRole(world, everything, { Effect: 'Deny', Action: 'iam:PassRole', Resource: '*' }),
    found: missing('permissions', 'may not iam:PassRole, because of a Deny statement'),
  },
  {
    lacking: 'the right to make roles, within the boundary',
    take: async (world) => {
      await asRole(world, everything);
      const { iam } = world.cloud;
      const PermissionsBoundary = iam.createManagedPolicy(ACCOUNT, {
        ManagedPolicyName: 'no-roles',
        PolicyDocument: { Statement: { Effect: 'Allow', NotAction: 'iam:CreateRole', Resource: '*' } },
      });
      iam.updateRole(ACCOUNT, { ...given(iam.roleNamed(ACCOUNT, 'deployer')).properties, PermissionsBoundary });
    },
    found: missing('permissions', 'may not iam:CreateRole, because of the permissions boundary'),
  },
  {
    lacking: 'the right to simulate',
    take: (world) => asRole(world, { Effect: 'Allow', NotAction: 'iam:SimulatePrincipalPolicy', Resource: '*' }),
    found: unknown('permissions', 'cannot check whether the caller may deploy'),
  },
  {
    lacking: 'rights without conditions that are unknown beforehand',
    take: (world) =>
      asRole(
        world,
        { Effect: 'Allow', NotAction: 'sqs:CreateQueue', Resource: '*' },
        {
          Effect: 'Allow',
          Action: 'sqs:CreateQueue',
          Resource: '*',
          Condition: { StringEquals: { 'aws:SourceVpc': 'v' } },
        },
      ),
    found: unknown('permissions', 'allow sqs:CreateQueue under conditions'),
  },
  {
    lacking: 'AllowedZones',
    take: async ({ parameters }) => delete parameters.AllowedZones,
    found: { ...missing('parameters', 'is required'), subject: 'AllowedZones' },
  },
  {
    lacking: 'AllowedNames',
    take: async ({ parameters }) => delete parameters.AllowedNames,
    found: { ...missing('parameters', 'is required'), subject: 'AllowedNames' },
  },
  {
    lacking: 'a zone that AllowedZones names',
    take: async ({ parameters }) => Object.assign(parameters, { AllowedZones: `${parameters.AllowedZones},ZNONE` }),
    found: { ...missing('zone', 'no such hosted zone'), subject: 'ZNONE' },
  },
  {
    lacking: 'a public zone for a name',
    take: async ({ parameters }) => Object.assign(parameters, { AllowedNames: `*.${ZONE_NAME},app.example.org` }),
    found: {
      ...missing('public-zone', 'no public zone of AllowedZones holds app.example.org'),
      subject: 'app.example.org',
    },
  },
  {
    lacking: 'the association of the private zone with the VPC',
    take: async (world) => {
      const { Vpc } = await world.ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }));
      const { HostedZone } = await world.route53.send(
        new CreateHostedZoneCommand({
          Name: ZONE_NAME,
          CallerReference: 'another',
          VPC: { VPCId: given(Vpc?.VpcId), VPCRegion: REGION },
        }),
      );
      await world.route53.send(new DeleteHostedZoneCommand({ Id: world.network.privateZoneId }));
      const id = given(HostedZone?.Id).replace('/hostedzone/', '');
      world.parameters.AllowedZones = `${id},${world.network.publicZoneId}`;
    },
    found: missing('private-zone', 'not associated with vpc-'),
    mends: true,
  },
  {
    lacking: 'a private zone of the VPC in AllowedZones',
    take: async (world) => {
      world.parameters.AllowedNames = `*.${ZONE_NAME}`;
      world.parameters.AllowedZones = world.network.publicZoneId;
    },
    found: missing('shadowing-zone', 'is not in AllowedZones'),
  },
  {
    lacking: 'amazon.com in the CAA records',
    take: async (world) => {
      world.parameters.AllowedNames = ZONE_NAME;
      const ResourceRecords = [{ Value: '0 issue "letsencrypt.org"' }];
      const ResourceRecordSet = { Name: ZONE_NAME, Type: 'CAA', TTL: 60, ResourceRecords } as const;
      await world.route53.send(
        new ChangeResourceRecordSetsCommand({
          HostedZoneId: world.network.publicZoneId,
          ChangeBatch: { Changes: [{ Action: 'CREATE', ResourceRecordSet }] },
        }),
      );
    },
    found: missing('caa', 'let letsencrypt.org issue certificates, and not amazon.com'),
    mends: true,
  },
  {
    lacking: 'an answer of public DNS',
    take: async (world) => {
      world.parameters.AllowedNames = ZONE_NAME;
      world.examination = { issuers: async () => ({ kind: 'unknown' }) };
    },
    found: unknown('caa', 'does not answer'),
  },
  {
    lacking: 'zones that can be read',
    take: async (world) =>
      refusing(world, 'route53', 'ListHostedZones', new AwsError('AccessDenied', 'no', { status: 403 })),
    found: unknown('zones', 'AccessDenied'),
  },
  {
    lacking: 'a zone of this account',
    take: async ({ parameters, network }) =>
      Object.assign(parameters, {
        ZoneRoleArn: 'arn:aws:iam::111122223333:role/zones',
        ZoneRoleZones: 'ZELSEWHERE',
        AllowedZones: `${network.privateZoneId},${network.publicZoneId},ZELSEWHERE`,
      }),
    found: { ...unknown('zone', 'of another account'), subject: 'ZELSEWHERE' },
  },
  {
    lacking: 'the VPC',
    take: async ({ parameters }) => Object.assign(parameters, { VpcId: 'vpc-0123456789abcdef0' }),
    found: missing('vpc', 'there is no such VPC'),
  },
  {
    lacking: 'any VPC that services may use',
    take: async ({ parameters }) => Object.assign(parameters, { VpcId: '' }),
    found: missing('vpc', 'every tag private-ingress:vpc is refused'),
  },
  {
    lacking: 'a VPC of its own',
    take: async (world) => {
      const member = { accessKeyId: '111122223333', secretAccessKey: 'x' };
      const { EC2Client } = await import('@aws-sdk/client-ec2');
      const client = new EC2Client({ ...world.cloud.clientConfig(), credentials: member });
      const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: '10.1.0.0/16' }));
      world.cloud.ec2.shareVpc(given(Vpc?.VpcId), ACCOUNT);
      world.parameters.VpcId = given(Vpc?.VpcId);
      world.parameters.AllowedZones = world.network.publicZoneId;
    },
    found: missing('vpc', 'belongs to account 111122223333'),
  },
  {
    lacking: 'the resolver of the VPC',
    take: ({ ec2, network }) =>
      ec2.send(new ModifyVpcAttributeCommand({ VpcId: network.vpcId, EnableDnsSupport: { Value: false } })),
    found: missing('vpc-dns', 'enableDnsSupport is off'),
    mends: true,
  },
  {
    lacking: 'a subnet where the endpoint is offered',
    take: async ({ cloud }) => cloud.ec2.offerZones(`com.amazonaws.${REGION}.apprunner.requests`, [`${REGION}d`]),
    found: missing('endpoint-subnets', 'none of them is in a zone'),
    mends: true,
  },
  {
    lacking: 'a subnet in a second zone',
    take: async (world) => {
      world.parameters.ProbeSubnetIds = given(world.network.subnetIds[0]);
      await world.ec2.send(new DeleteSubnetCommand({ SubnetId: world.network.subnetIds[1] }));
    },
    found: warning('endpoint-single-zone', `an endpoint would be in ${SUBNETS[0].zone} only`),
    mends: true,
  },
  {
    lacking: 'a subnet that EndpointSubnetIds names',
    take: async ({ parameters }) => Object.assign(parameters, { EndpointSubnetIds: 'subnet-0123456789abcdef0' }),
    found: missing('endpoint-subnets', 'subnet-0123456789abcdef0: not in vpc-'),
  },
  {
    lacking: 'a security group that EndpointSecurityGroupIds names',
    take: async ({ parameters }) => Object.assign(parameters, { EndpointSecurityGroupIds: 'sg-0123456789abcdef0' }),
    found: missing('endpoint-security-group', 'not a security group of vpc-'),
  },
  {
    lacking: 'HTTPS into the endpoint to come',
    take: (world) => closeGroup(world, 'in'),
    found: missing('endpoint-security-group', 'lets TCP 443 in'),
    mends: true,
  },
  {
    lacking: 'HTTPS into the endpoint there is',
    take: async (world) => {
      await endpoint(world);
      await closeGroup(world, 'in');
    },
    found: missing('endpoint-https', 'lets TCP 443 in'),
    mends: true,
  },
  {
    lacking: 'an endpoint that works',
    take: async (world) => world.cloud.ec2.forceEndpointState(await endpoint(world), 'failed'),
    found: missing('endpoint', 'is failed'),
    mends: true,
  },
  {
    lacking: 'a second zone of the endpoint',
    take: (world) => endpoint(world, undefined, 1),
    found: warning('endpoint-single-zone', 'is in one zone only'),
  },
  {
    lacking: 'the right endpoint: it is the one of the API',
    take: (world) => endpoint(world, `com.amazonaws.${REGION}.apprunner`),
    found: warning('endpoint-near-miss', "App Runner's API"),
    mends: true,
  },
  {
    lacking: 'half of what the probe takes',
    take: async ({ parameters }) => delete parameters.ProbeSecurityGroupIds,
    found: missing('probe', 'ProbeSecurityGroupIds is not given'),
  },
  {
    lacking: 'a subnet of the VPC for the probe',
    take: async ({ parameters }) => Object.assign(parameters, { ProbeSubnetIds: 'subnet-0123456789abcdef0' }),
    found: missing('probe', 'not in vpc-'),
  },
  {
    lacking: 'a way out for the probe',
    take: (world) => closeGroup(world, 'out'),
    found: missing('probe-security-group', 'lets TCP 443 out'),
    mends: true,
  },
  {
    lacking: 'room for one more endpoint',
    take: async ({ cloud }) => cloud.quotas.set(ACCOUNT, REGION, 'vpc', 'Interface VPC endpoints per VPC', 0),
    found: missing('quota-endpoints', '0 of 0 Interface VPC endpoints per VPC'),
    mends: true,
  },
  {
    lacking: 'room for one more service',
    take: async ({ cloud }) => cloud.quotas.set(ACCOUNT, REGION, 'apprunner', 'Services', 0),
    found: warning('quota-services', '0 of 0 Services'),
    mends: true,
  },
  {
    lacking: 'more functions at a time than a new account has',
    take: async ({ cloud }) => cloud.quotas.set(ACCOUNT, REGION, 'lambda', 'Concurrent executions', 10),
    found: warning('quota-concurrency', '10 for all functions'),
    mends: true,
  },
  {
    lacking: 'a stack that can be updated',
    take: async ({ cloud, clock }) => {
      const client = new CloudFormationClient(cloud.clientConfig());
      const queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'not a name' } };
      await createStack(client, clock, 'apprunner-private-ingress-main', { Queue: queue });
    },
    found: missing('stack', 'is ROLLBACK_COMPLETE: it cannot be updated'),
  },
  {
    lacking: 'an answer about the stack',
    take: async (world) =>
      refusing(world, 'cloudformation', 'DescribeStacks', new AwsError('AccessDenied', 'no', { status: 403 })),
    found: unknown('stack', 'AccessDenied'),
  },
  {
    lacking: 'an account of its own',
    take: async ({ cloud, clock }) => {
      const client = new CloudFormationClient(cloud.clientConfig());
      const [ReconcileFunction, SweepFunction] = [{ Value: 'blue-reconcile' }, { Value: 'blue-sweep' }];
      await createStack(
        client,
        clock,
        'blue',
        { Queue: { Type: 'AWS::SQS::Queue' } },
        { Outputs: { ReconcileFunction, SweepFunction } },
      );
    },
    found: warning('other-stack', 'blue manages this account in ap-northeast-1 already'),
  },
  {
    lacking: 'an account that no hub manages',
    take: async ({ cloud, clock }) => {
      const client = new CloudFormationClient(cloud.clientConfig());
      const Parameters = {
        HubAccount: { Type: 'String', Default: '111122223333' },
        HubName: { Type: 'String', Default: 'hub' },
      };
      await createStack(client, clock, 'member', { Queue: { Type: 'AWS::SQS::Queue' } }, { Parameters });
    },
    found: warning('other-stack', 'hub of account 111122223333 manages this account in ap-northeast-1 already'),
  },
  {
    lacking: 'an organisation',
    take: async ({ parameters }) => Object.assign(parameters, { OrganizationId: 'o-a1b2c3d4e5' }),
    found: missing('organization', 'belongs to no organisation'),
  },
  {
    lacking: 'the organisation that OrganizationId names',
    take: async ({ organizations, parameters }) => {
      await organizations.send(new CreateOrganizationCommand({}));
      parameters.OrganizationId = 'o-a1b2c3d4e5';
    },
    found: missing('organization', 'this account belongs to o-'),
  },
  {
    lacking: 'a trail',
    take: ({ cloudTrail }) => cloudTrail.send(new DeleteTrailCommand({ Name: TRAIL_NAME })),
    found: warning('trail', 'there is no trail'),
  },
  {
    lacking: 'a trail that runs',
    take: ({ cloudTrail }) => cloudTrail.send(new StopLoggingCommand({ Name: TRAIL_NAME })),
    found: warning('trail', 'is stopped'),
    mends: true,
  },
  {
    lacking: 'a trail that records writes',
    take: ({ cloudTrail }) =>
      cloudTrail.send(
        new PutEventSelectorsCommand({
          TrailName: TRAIL_NAME,
          EventSelectors: [{ ReadWriteType: 'ReadOnly', IncludeManagementEvents: true }],
        }),
      ),
    found: warning('trail', 'does not record'),
    mends: true,
  },
];

const noCredentials = async () => {
  throw Object.assign(new Error('Could not load credentials from any providers'), { name: 'CredentialsProviderError' });
};

describe('doctor', () => {
  test('finds nothing missing in an account that has everything, by looking only', async () => {
    const world = await start();
    const checks = await doctor(world);
    expect(wrong(checks)).toEqual([]);
    expect(new Set(checks.map(({ id }) => id)).size).toBeGreaterThan(15);
    expect(world.calls.filter(({ writes }) => writes)).toEqual([]);
  });

  test('finds nothing missing for a role that may deploy', async () => {
    const world = await start();
    await asRole(world, everything);
    const checks = await doctor(world);
    expect(wrong(checks)).toEqual([]);
    expect(checks.find(({ id }) => id === 'permissions')?.evidence).toMatch(
      /^\d{2,4} simulated calls are all allowed$/,
    );
  });

  /** What `doctor --policy` prints, without some actions, and the right to simulate. */
  const leastRights = (without: readonly string[] = []): readonly object[] => [
    ...policiesFor(
      deploymentActions(template, { account: ACCOUNT, region: REGION, stackName: 'apprunner-private-ingress-main' }),
      'apprunner-private-ingress-main',
    ).flatMap(({ Statement }) =>
      Statement.map((one) => ({ ...one, Action: one.Action.filter((action) => !without.includes(action)) })),
    ),
    { Effect: 'Allow', Action: ['iam:SimulatePrincipalPolicy', 'iam:GetRole'], Resource: '*' },
  ];
  const permissions = async (world: World) => (await doctor(world)).filter(({ id }) => id === 'permissions');

  test('lets a role deploy that has the policy it prints, and nothing more', async () => {
    const world = await start();
    await asRole(world, ...leastRights());
    expect(await permissions(world)).toMatchObject([{ status: 'ok' }]);
  });

  test.each([
    ['tags of roles', 'iam:TagRole'],
    ['tags of managed policies', 'iam:TagPolicy'],
    ['tags of queues', 'sqs:TagQueue'],
    ['tags of log groups', 'logs:TagResource'],
    ['attached policies', 'iam:AttachRolePolicy'],
    ['access logs', 'logs:CreateLogDelivery'],
    ['access logs', 'logs:PutResourcePolicy'],
    ['access logs', 'logs:DescribeResourcePolicies'],
  ])('names what a deployment needs for %s: %s', async (_, action) => {
    const world = await start();
    await asRole(world, ...leastRights([action]));
    expect(await permissions(world)).toMatchObject([
      { status: 'missing', evidence: `may not ${action}: no policy allows it` },
    ]);
  });

  test('finds nothing missing in the organisation that OrganizationId names', async () => {
    const world = await start();
    const { Organization } = await world.organizations.send(new CreateOrganizationCommand({}));
    world.parameters.OrganizationId = given(Organization?.Id);
    const checks = await doctor(world);
    expect(wrong(checks)).toEqual([]);
    expect(checks).toContainEqual(expect.objectContaining({ id: 'organization', status: 'ok' }));
  });

  test('finds nothing missing where an endpoint works already', async () => {
    const world = await start();
    await endpoint(world);
    expect(wrong(await doctor(world))).toEqual([]);
  });

  test.each(cases)('without $lacking: exactly that', async ({ take, found, mends }) => {
    const world = await start();
    await take(world);
    const checks = wrong(await doctor(world));
    expect(checks).toMatchObject([found]);
    const [{ remedy } = checks[0] ?? {}] = checks;
    if (found.status !== 'unknown') expect(remedy?.text).toMatch(/\.$/);
    if (mends === undefined) return;
    expect(remedy?.commands).not.toEqual([]);
    for (const line of remedy?.commands ?? []) await runAwsLine(line, world.cloud.clientConfig());
    await world.clock.advance(60_000);
    expect(wrong(await doctor(world))).toEqual([]);
  });
});
