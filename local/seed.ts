import { CloudTrailClient, CreateTrailCommand, StartLoggingCommand } from '@aws-sdk/client-cloudtrail';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
  ModifyVpcAttributeCommand,
} from '@aws-sdk/client-ec2';
import { CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { ACCOUNT, type EmbeddedCloud, REGION } from './cloud.ts';
import { inProcessHandler } from './wire/in-process.ts';

/** What stands in the embedded cloud before anything happens (design §7). */
export interface SeededNetwork {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  readonly privateZoneId: string;
  readonly publicZoneId: string;
}

/** The field report's own addresses (facts §1.2, S). */
export const SUBNETS = [
  { cidr: '10.0.22.0/24', zone: `${REGION}a`, address: '10.0.22.10' },
  { cidr: '10.0.21.0/24', zone: `${REGION}c`, address: '10.0.21.218' },
] as const;

export const ENDPOINT_ADDRESSES: readonly string[] = SUBNETS.map(({ address }) => address);
export const ZONE_NAME = 'example.com';

/** Clients that are root of the embedded cloud's account and need no socket. */
export function rootConfig(cloud: Pick<EmbeddedCloud, 'gateway'>) {
  return {
    region: REGION,
    credentials: { accessKeyId: 'root', secretAccessKey: 'root' },
    requestHandler: inProcessHandler(cloud.gateway),
    maxAttempts: 1,
  };
}

/** Records the management events of every account and region, so that tag changes are heard of at once. */
export const TRAIL_NAME = 'management-events';

/**
 * Makes the network and the zones, by the same calls anybody would make, a trail of the organisation, and a role to try
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
          Statement: { Effect: 'Allow', Action: ['*:Describe*', '*:List*', '*:Get*', 'dynamodb:Scan'], Resource: '*' },
        },
      },
    ],
  });
  const cloudTrail = new CloudTrailClient(rootConfig(cloud));
  await cloudTrail.send(
    new CreateTrailCommand({
      Name: TRAIL_NAME,
      S3BucketName: `${TRAIL_NAME}-${ACCOUNT}`,
      IsMultiRegionTrail: true,
      IsOrganizationTrail: true,
    }),
  );
  await cloudTrail.send(new StartLoggingCommand({ Name: TRAIL_NAME }));
  const ec2 = new EC2Client(rootConfig(cloud));
  const route53 = new Route53Client(rootConfig(cloud));
  const named = (ResourceType: 'vpc' | 'subnet' | 'security-group', Value: string) => [
    { ResourceType, Tags: [{ Key: 'Name', Value }] },
  ];
  const { Vpc } = await ec2.send(
    new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', TagSpecifications: named('vpc', 'main') }),
  );
  const vpcId = given(Vpc?.VpcId, 'VpcId');
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: true } }));
  const subnetIds: string[] = [];
  for (const { cidr, zone, address } of SUBNETS) {
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({
        VpcId: vpcId,
        CidrBlock: cidr,
        AvailabilityZone: zone,
        TagSpecifications: named('subnet', `main-${zone}`),
      }),
    );
    const subnetId = given(Subnet?.SubnetId, 'SubnetId');
    cloud.ec2.reserveInterfaceAddress(subnetId, address);
    subnetIds.push(subnetId);
  }
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({
      GroupName: 'https-from-vpc',
      Description: 'HTTPS from the VPC',
      VpcId: vpcId,
      TagSpecifications: named('security-group', 'https-from-vpc'),
    }),
  );
  const securityGroupId = given(GroupId, 'GroupId');
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: securityGroupId,
      IpPermissions: [
        { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/16', Description: 'HTTPS' }] },
      ],
    }),
  );
  const zone = async (kind: 'private' | 'public') => {
    const { HostedZone } = await route53.send(
      new CreateHostedZoneCommand({
        Name: ZONE_NAME,
        CallerReference: `seed-${kind}`,
        ...(kind === 'private' ? { VPC: { VPCId: vpcId, VPCRegion: REGION } } : {}),
      }),
    );
    return given(HostedZone?.Id, 'HostedZone.Id').replace('/hostedzone/', '');
  };
  return {
    vpcId,
    subnetIds,
    securityGroupId,
    publicZoneId: await zone('public'),
    privateZoneId: await zone('private'),
  };
}

function given<Value>(value: Value | undefined, member: string): Value {
  if (value === undefined) throw new Error(`the embedded cloud answered without ${member}`);
  return value;
}
