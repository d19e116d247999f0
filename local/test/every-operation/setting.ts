import { AppRunnerClient } from '@aws-sdk/client-apprunner';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECRClient } from '@aws-sdk/client-ecr';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { Route53Client } from '@aws-sdk/client-route-53';
import { S3Client } from '@aws-sdk/client-s3';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { seededChance } from '../../src/chance.ts';
import { VirtualClock } from '../../src/clock.ts';
import { createCloud, type EmbeddedCloud } from '../../src/cloud.ts';
import { profiles } from '../../src/profile.ts';
import { type SeededNetwork, seedNetwork } from '../../src/seed.ts';
import { inProcessRuntime } from '../../src/services/lambda/in-process-runtime.ts';
import type { CallRecord } from '../../src/wire/service.ts';

/** A seeded embedded cloud in virtual time, and a real client of each of its services. */
export interface OperationSetting {
  readonly cloud: EmbeddedCloud;
  readonly clock: VirtualClock;
  readonly network: SeededNetwork;
  readonly appRunner: AppRunnerClient;
  readonly ec2: EC2Client;
  readonly route53: Route53Client;
  readonly sns: SNSClient;
  readonly cloudWatch: CloudWatchClient;
  readonly logs: CloudWatchLogsClient;
  readonly sqs: SQSClient;
  readonly events: EventBridgeClient;
  readonly lambda: LambdaClient;
  readonly sts: STSClient;
  readonly iam: IAMClient;
  readonly cloudTrail: CloudTrailClient;
  readonly quotas: ServiceQuotasClient;
  readonly organizations: OrganizationsClient;
  readonly ssm: SSMClient;
  readonly dynamoDb: DynamoDBClient;
  readonly s3: S3Client;
  readonly ecr: ECRClient;
  readonly cloudFormation: CloudFormationClient;
  /** Every call since the beginning. */
  readonly calls: readonly CallRecord[];
  /** What went wrong inside the embedded cloud. */
  readonly log: readonly string[];
}

export async function setting(): Promise<OperationSetting> {
  const clock = new VirtualClock();
  const log: string[] = [];
  const cloud = createCloud({
    clock,
    chance: seededChance('every operation'),
    profile: profiles.fast,
    runtime: () => inProcessRuntime(clock, { echo: (event) => event }),
    log: (line) => log.push(line),
  });
  const calls: CallRecord[] = [];
  const network = await seedNetwork(cloud);
  cloud.gateway.observe((call) => calls.push(call));
  const config = cloud.clientConfig();
  return {
    cloud,
    clock,
    network,
    appRunner: new AppRunnerClient(config),
    ec2: new EC2Client(config),
    route53: new Route53Client(config),
    sns: new SNSClient(config),
    cloudWatch: new CloudWatchClient(config),
    logs: new CloudWatchLogsClient(config),
    sqs: new SQSClient(config),
    events: new EventBridgeClient(config),
    lambda: new LambdaClient(config),
    sts: new STSClient(config),
    iam: new IAMClient(config),
    cloudTrail: new CloudTrailClient(config),
    quotas: new ServiceQuotasClient(config),
    organizations: new OrganizationsClient(config),
    ssm: new SSMClient(config),
    dynamoDb: new DynamoDBClient(config),
    // The name of the embedded cloud's host is an address, which clients do not put a bucket before.
    s3: new S3Client({ ...config, forcePathStyle: true }),
    cloudFormation: new CloudFormationClient(config),
    ecr: new ECRClient(config),
    calls,
    log,
  };
}

/** What a client throws: its class where the error is modelled, its code where it is not. */
export type Refusal = (new (...of: never[]) => Error) | string;

/** One operation, called so that it succeeds and, where that is cheap, so that it is refused. */
export interface Row {
  /** Makes what the call needs, and calls. */
  call(setting: OperationSetting): Promise<object>;
  /** What the answer holds, apart from what it says of itself. */
  readonly answer?: object;
  readonly refused?: { call(setting: OperationSetting): Promise<object>; readonly by: Refusal };
}

/** By the name of the operation. */
export type Rows = Readonly<Record<string, Row>>;

export const ACCOUNT = '123456789012';
export const REGION = 'ap-northeast-1';

/** AWS leaves no member out that a test asked for. */
export function given<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('AWS left out a member that was expected');
  return value;
}
