import { type Chance, systemChance } from './chance.ts';
import { type Clock, SystemClock } from './clock.ts';
import type { DeploymentCloud } from './deploy/resource.ts';
import { createResolver, type Resolver } from './dns/resolver.ts';
import { errorText } from './error-text.ts';
import { HttpsFront } from './https/front.ts';
import { Iam, rootOf } from './iam/iam.ts';
import { defaultSwitches, type Profile, profiles, type Switches } from './profile.ts';
import { Regions } from './regions.ts';
import { HttpApis } from './services/apigateway/http-apis.ts';
import { type AppRunner, createAppRunner } from './services/apprunner/app-runner.ts';
import { type CloudFormation, createCloudFormation } from './services/cloudformation/cloudformation.ts';
import { type CloudTrail, createCloudTrail } from './services/cloudtrail/cloudtrail.ts';
import { type CloudWatch, createCloudWatch } from './services/cloudwatch/cloudwatch.ts';
import { DynamoDb } from './services/dynamodb.ts';
import { createEc2, type Ec2 } from './services/ec2/ec2.ts';
import { createEcr } from './services/ecr.ts';
import { targetsOf } from './services/eventbridge/connect.ts';
import { createEventBridge, type EventBridge } from './services/eventbridge/eventbridge.ts';
import { createIamService } from './services/iam/iam.ts';
import { inProcessRuntime } from './services/lambda/in-process-runtime.ts';
import { Lambda } from './services/lambda/lambda.ts';
import { defineLambda } from './services/lambda/operations.ts';
import type { Runtime } from './services/lambda/runtime.ts';
import { Telemetry } from './services/lambda/telemetry.ts';
import { createLogs, type Logs } from './services/logs/logs.ts';
import { defineOrganizations } from './services/organizations/definition.ts';
import { type AccountCreated, Organizations } from './services/organizations/organizations.ts';
import { createQuotas, type Quotas } from './services/quotas/quotas.ts';
import { createRoute53, type Route53 } from './services/route53/route53.ts';
import { createS3, objectOf, type S3 } from './services/s3/s3.ts';
import { createSns, type Sns } from './services/sns/sns.ts';
import { createSqs, type Sqs } from './services/sqs/sqs.ts';
import { createSsm, type Ssm } from './services/ssm/ssm.ts';
import { createSts } from './services/sts.ts';
import { Gateway } from './wire/gateway.ts';
import { type InProcessRequestHandler, inProcessHandler } from './wire/in-process.ts';
import type { ServiceDefinition } from './wire/service.ts';
import type { World } from './world.ts';

export type { Denial } from './iam/denial.ts';
export type { AppRunnerFault } from './services/apprunner/faults.ts';
export type { LambdaFunction } from './services/lambda/function.ts';
export type { Gateway } from './wire/gateway.ts';
export type { CallRecord, RequiredPermission } from './wire/service.ts';
export type { DnsView, EndpointView, ServiceEvent } from './world.ts';

/** Where unsigned calls go, and the region that is seeded. */
export const ACCOUNT = '123456789012';
export const REGION = 'ap-northeast-1';

export interface CloudOptions {
  /** The time of this machine by default. */
  readonly clock?: Clock;
  /** Unpredictable by default. */
  readonly chance?: Chance;
  /** `profiles.fast` by default. */
  readonly profile?: Profile;
  readonly switches?: Partial<Switches>;
  /** See `World`. */
  readonly readLag?: () => number;
  /** Runs the Lambda functions. By default there is no code to run: an invocation fails with `Runtime.HandlerNotFound`. */
  readonly runtime?: (cloud: EmbeddedCloud) => Runtime;
  /** Errors outside of a request. */
  readonly log?: (line: string) => void;
}

/** The embedded cloud: its services, and the ways into it. Nothing listens on a port yet. */
export interface EmbeddedCloud {
  readonly world: World;
  readonly iam: Iam;
  readonly organizations: Organizations;
  readonly regions: Regions;
  readonly gateway: Gateway;
  readonly resolver: Resolver;
  readonly front: HttpsFront;
  readonly appRunner: AppRunner;
  readonly ec2: Ec2;
  readonly route53: Route53;
  readonly sqs: Sqs;
  readonly sns: Sns;
  readonly cloudWatch: CloudWatch;
  readonly logs: Logs;
  /** Writes what functions tell: lines and metrics. */
  readonly telemetry: Telemetry;
  readonly events: EventBridge;
  readonly cloudTrail: CloudTrail;
  readonly quotas: Quotas;
  readonly lambda: Lambda;
  readonly httpApis: HttpApis;
  readonly s3: S3;
  readonly cloudFormation: CloudFormation;
  readonly ecr: { readonly definition: ServiceDefinition };
  /** What a stack is deployed into, and recorded by. */
  readonly deployment: DeploymentCloud;
  readonly dynamoDb: DynamoDb;
  readonly ssm: Ssm;
  /** The configuration of an SDK client that is root of an account and needs no socket. */
  clientConfig(of?: { readonly account?: string; readonly region?: string }): EmbeddedClientConfig;
  /** Ends schedules, functions and tables; listeners are their starters' affair. */
  stop(): Promise<void>;
  /** `await using cloud = createCloud()` stops it at the end of the block. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What every SDK client takes: `new AppRunnerClient(cloud.clientConfig())`. */
export interface EmbeddedClientConfig {
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly requestHandler: InProcessRequestHandler;
  readonly maxAttempts: number;
  readonly retryMode: 'standard';
  readonly useDualstackEndpoint: false;
  readonly useFipsEndpoint: false;
}

/** The SDK's defaults, which each client otherwise looks for in the environment and in files of its user. */
const SDK_DEFAULTS = { retryMode: 'standard', useDualstackEndpoint: false, useFipsEndpoint: false } as const;

/** Puts the services together. Each knows only the narrow interfaces of `world.ts` of the others. */
export function createCloud(options: CloudOptions = {}): EmbeddedCloud {
  const { chance = systemChance(), profile = profiles.fast, log = () => {} } = options;
  const ownClock = new SystemClock((error) => log(errorText(error)));
  const { clock = ownClock } = options;
  const world: World = {
    ...{ clock, chance, profile, switches: { ...defaultSwitches, ...options.switches } },
    ...(options.readLag === undefined ? {} : { readLag: options.readLag }),
  };
  const organizations = new Organizations(world);
  const iam = new Iam({ chance, organizations, now: () => clock.now() });
  organizations.onAccountCreated((created) => createAccessRole(iam, created));
  const regions = new Regions();
  const ec2 = createEc2(world, regions);
  const ownerOfVpc = (vpcId: string, region: string) =>
    ec2.vpcs().find((vpc) => vpc.vpcId === vpcId && vpc.region === region)?.account;
  const route53 = createRoute53(world, ownerOfVpc);
  const sqs = createSqs(world);
  const sns = createSns(world, { log });
  const cloudWatch = createCloudWatch(world, { sns, sqs });
  const logs = createLogs(world);
  const telemetry = new Telemetry(world, cloudWatch.metrics, logs.groups);
  const events = createEventBridge(world, { log });
  const s3 = createS3(world);
  const cloudTrail = createCloudTrail(world, events, s3.buckets);
  const quotas = createQuotas(world);
  const appRunner = createAppRunner(world, { endpoints: ec2, publicRecords: route53, events });
  const dynamoDb = new DynamoDb(clock);
  const ssm = createSsm(world, events);
  // The runtime runs functions, which call the cloud: it is made last and reached late.
  let runtime: Runtime | undefined;
  const late: Runtime = {
    invoke: (fn, payload, invocation) => {
      if (runtime === undefined) throw new Error('no function can run before the cloud is complete');
      return runtime.invoke(fn, payload, invocation);
    },
    close: async () => runtime?.close(),
  };
  const lambda = new Lambda(world, { runtime: late, log, telemetry });
  const targets = targetsOf({ iam, lambda, sqs });
  events.connect(targets);
  sns.connect(targets);
  lambda.connect({ targets, queues: sqs, streams: (arn) => dynamoDb.stream(arn) });
  const httpApis = new HttpApis({ world, iam, lambda, log, metrics: cloudWatch.metrics });
  const ecr = createEcr();
  const { buckets, code } = s3;
  const parts = {
    world,
    iam,
    cloudWatch,
    logs,
    sqs,
    dynamoDb,
    ssm,
    lambda,
    httpApis,
    events,
    ec2: ec2.definition,
    buckets,
    code,
  };
  const cloudFormation = createCloudFormation(parts, (url, account) => objectOf(buckets, url, account));
  const gateway = new Gateway({
    clock,
    chance,
    iam,
    defaultRegion: REGION,
    regions,
    services: [
      appRunner.definition,
      ec2.definition,
      route53.definition,
      sqs.definition,
      sns.definition,
      cloudWatch.definition,
      logs.definition,
      events.definition,
      cloudTrail.definition,
      quotas.definition,
      defineLambda(lambda, world),
      defineOrganizations(organizations),
      ssm.definition,
      createSts({ iam, clock, regions }),
      s3.definition,
      s3.express,
      cloudFormation.definition,
      ecr.definition,
      createIamService(iam),
    ],
    passthroughs: [dynamoDb],
    onUnexpectedError: (error, call) => log(`${call}: ${errorText(error)}`),
  });
  gateway.observe((call) => cloudTrail.observe(call));
  route53.addAliasTargets((name, zoneId) => ec2.isAliasTarget(name, zoneId));
  const resolver = createResolver({ route53, sources: [appRunner, ec2], chance });
  const front = new HttpsFront({ world, endpoints: ec2, router: appRunner });
  const cloud: EmbeddedCloud = {
    world,
    iam,
    organizations,
    regions,
    gateway,
    resolver,
    front,
    appRunner,
    ec2,
    route53,
    sqs,
    sns,
    cloudWatch,
    logs,
    telemetry,
    events,
    cloudTrail,
    quotas,
    lambda,
    httpApis,
    s3,
    cloudFormation,
    ecr,
    deployment: { ...parts, stacks: cloudFormation },
    dynamoDb,
    ssm,
    clientConfig: ({ account = ACCOUNT, region = REGION } = {}) => ({
      region,
      credentials: { accessKeyId: account, secretAccessKey: 'root' },
      requestHandler: inProcessHandler(gateway),
      maxAttempts: 1,
      ...SDK_DEFAULTS,
    }),
    async stop() {
      await cloudFormation.idle();
      await s3.code.close();
      events.stop();
      await lambda.close();
      await front.stop();
      ownClock.stop();
    },
    [Symbol.asyncDispose]: () => cloud.stop(),
  };
  runtime = options.runtime?.(cloud) ?? inProcessRuntime(clock, {});
  return cloud;
}

/** Documented: a new account has a role that the management account may assume, and that may do everything. */
function createAccessRole(iam: Iam, { account, managementAccount, roleName }: AccountCreated): void {
  iam.createRole(account, {
    RoleName: roleName,
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { AWS: rootOf(managementAccount).arn }, Action: 'sts:AssumeRole' },
    },
    ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'],
  });
}
