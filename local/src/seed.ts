import { CloudTrailClient, CreateTrailCommand, StartLoggingCommand } from '@aws-sdk/client-cloudtrail';
import { EC2Client } from '@aws-sdk/client-ec2';
import { CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { CreateBucketCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { ACCOUNT, type EmbeddedCloud, REGION } from './cloud.ts';
import { given, type MadeVpc, makeVpc } from './vpc.ts';

/** The resources that the embedded cloud starts with. */
export interface SeededNetwork extends MadeVpc {
  readonly privateZoneId: string;
  readonly publicZoneId: string;
}

/** The field report's own addresses (docs/facts.md#connection-name-resolves-to-endpoint). */
export const SUBNETS = [
  { cidr: '10.0.22.0/24', zone: `${REGION}a`, address: '10.0.22.10' },
  { cidr: '10.0.21.0/24', zone: `${REGION}c`, address: '10.0.21.218' },
] as const;

export const ENDPOINT_ADDRESSES: readonly string[] = SUBNETS.map(({ address }) => address);
export const ZONE_NAME = 'example.com';
/** Records the management events of every account and region, so that tag changes are heard of at once. */
export const TRAIL_NAME = 'management-events';

/** IAM takes no wildcard before the colon. */
const READS = ['apprunner', 'cloudformation', 'cloudtrail', 'dynamodb', 'ec2', 'ecr', 'events', 'iam', 'lambda']
  .concat(['organizations', 'route53', 's3', 'servicequotas', 'sqs', 'ssm'])
  .flatMap((service) => [`${service}:Describe*`, `${service}:List*`, `${service}:Get*`])
  .concat('dynamodb:Scan');

/**
 * Makes the network and the zones, by API calls, a trail of the organisation, and a role to try
 * `sts assume-role` with.
 */
export async function seedNetwork(cloud: EmbeddedCloud): Promise<SeededNetwork> {
  cloud.iam.createRole(ACCOUNT, {
    RoleName: 'reader',
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' },
    },
    Policies: [
      {
        PolicyName: 'reads-everything',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: { Effect: 'Allow', Action: READS, Resource: '*' },
        },
      },
    ],
  });
  const cloudTrail = new CloudTrailClient(cloud.clientConfig());
  const bucketName = `${TRAIL_NAME}-${ACCOUNT}`;
  await createTrailBucket(cloud, bucketName);
  await cloudTrail.send(
    new CreateTrailCommand({
      Name: TRAIL_NAME,
      S3BucketName: bucketName,
      IsMultiRegionTrail: true,
      IsOrganizationTrail: true,
    }),
  );
  await cloudTrail.send(new StartLoggingCommand({ Name: TRAIL_NAME }));
  const ec2 = new EC2Client(cloud.clientConfig());
  const route53 = new Route53Client(cloud.clientConfig());
  const vpc = await makeVpc(ec2, { name: 'main', cidr: '10.0.0.0/16', subnets: SUBNETS });
  for (const [index, { address }] of SUBNETS.entries()) {
    cloud.ec2.reserveInterfaceAddress(given(vpc.subnetIds[index], 'SubnetId'), address);
  }
  cloud.front.reserve(REGION, vpc.vpcId, ENDPOINT_ADDRESSES);
  const zone = async (kind: 'private' | 'public') => {
    const { HostedZone } = await route53.send(
      new CreateHostedZoneCommand({
        Name: ZONE_NAME,
        CallerReference: `seed-${kind}`,
        ...(kind === 'private' ? { VPC: { VPCId: vpc.vpcId, VPCRegion: REGION } } : {}),
      }),
    );
    return given(HostedZone?.Id, 'HostedZone.Id').replace('/hostedzone/', '');
  };
  return {
    ...vpc,
    publicZoneId: await zone('public'),
    privateZoneId: await zone('private'),
  };
}

/**
 * A bucket that trails of the account may write to, with the policy that AWS documents
 * (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html).
 */
export async function createTrailBucket(cloud: Pick<EmbeddedCloud, 'clientConfig'>, Bucket: string): Promise<void> {
  const s3 = new S3Client({ ...cloud.clientConfig(), forcePathStyle: true });
  const allow = { Effect: 'Allow', Principal: { Service: 'cloudtrail.amazonaws.com' } };
  const Statement = [
    { ...allow, Action: 's3:GetBucketAcl', Resource: `arn:aws:s3:::${Bucket}` },
    {
      ...allow,
      Action: 's3:PutObject',
      Resource: `arn:aws:s3:::${Bucket}/AWSLogs/${ACCOUNT}/*`,
      Condition: { StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' } },
    },
  ];
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: REGION } }));
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }));
}
