import * as commands from '@aws-sdk/client-ec2';
import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';
import { seededChance } from '../../src/chance.ts';
import { VirtualClock } from '../../src/clock.ts';
import { Iam } from '../../src/iam/iam.ts';
import { defaultSwitches, type Profile, profiles, type Switches } from '../../src/profile.ts';
import { createEc2 } from '../../src/services/ec2/ec2.ts';
import { Gateway } from '../../src/wire/gateway.ts';
import { inProcessHandler } from '../../src/wire/in-process.ts';

export const ACCOUNT = '123456789012';
export const REGION = 'ap-northeast-1';
export const REQUESTS = `com.amazonaws.${REGION}.apprunner.requests`;

/** An EC2 on virtual time behind the real gateway, and real clients of it. */
export function cloud(options: { readonly profile?: Partial<Profile>; readonly switches?: Partial<Switches> } = {}) {
  const clock = new VirtualClock();
  const chance = seededChance('ec2');
  const iam = new Iam({ chance });
  const ec2 = createEc2({
    clock,
    chance,
    profile: { ...profiles.fast, ...options.profile },
    switches: { ...defaultSwitches, ...options.switches },
  });
  const gateway = new Gateway({
    clock,
    chance,
    iam,
    services: [ec2.definition],
    defaultRegion: REGION,
    onUnexpectedError: (error) => {
      throw error;
    },
  });
  const client = (config: EC2ClientConfig = {}) =>
    new EC2Client({
      region: REGION,
      credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'any' },
      requestHandler: inProcessHandler(gateway),
      maxAttempts: 1,
      ...config,
    });
  const profile = { ...profiles.fast, ...options.profile };
  return { clock, profile, iam, ec2, gateway, client: client(), as: client };
}

export type Ec2TestCloud = ReturnType<typeof cloud>;

/** The id that an answer has to have. */
export function given<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the answer lacks the value');
  return value;
}

/** A VPC `10.0.0.0/16` with a subnet in zones a and c each, and a group that lets HTTPS in from the VPC. */
export async function network({ client }: Ec2TestCloud, options: { ipv6?: boolean } = {}) {
  const { Vpc } = await client.send(
    new commands.CreateVpcCommand({
      CidrBlock: '10.0.0.0/16',
      ...(options.ipv6 === true ? { AmazonProvidedIpv6CidrBlock: true } : {}),
    }),
  );
  const vpcId = given(Vpc?.VpcId);
  const block = Vpc?.Ipv6CidrBlockAssociationSet?.[0]?.Ipv6CidrBlock;
  const subnet = async (letter: string, CidrBlock: string, index: number) => {
    const { Subnet } = await client.send(
      new commands.CreateSubnetCommand({
        VpcId: vpcId,
        CidrBlock,
        AvailabilityZone: `${REGION}${letter}`,
        ...(block === undefined ? {} : { Ipv6CidrBlock: block.replace(/00::\/56$/, `0${index}::/64`) }),
      }),
    );
    return given(Subnet?.SubnetId);
  };
  const a = await subnet('a', '10.0.22.0/24', 1);
  const c = await subnet('c', '10.0.21.0/24', 2);
  const group = await client.send(
    new commands.CreateSecurityGroupCommand({ GroupName: 'https', Description: 'HTTPS from the VPC', VpcId: vpcId }),
  );
  const groupId = given(group.GroupId);
  await client.send(
    new commands.AuthorizeSecurityGroupIngressCommand({
      GroupId: groupId,
      IpProtocol: 'tcp',
      FromPort: 443,
      ToPort: 443,
      CidrIp: '10.0.0.0/16',
    }),
  );
  return { vpcId, a, c, groupId };
}

export type Ec2TestNetwork = Awaited<ReturnType<typeof network>>;

/** The input of an endpoint for App Runner in both subnets. */
export const endpointInput = ({ vpcId, a, c, groupId }: Ec2TestNetwork) => ({
  VpcEndpointType: 'Interface' as const,
  ServiceName: REQUESTS,
  VpcId: vpcId,
  SubnetIds: [a, c],
  SecurityGroupIds: [groupId],
  PrivateDnsEnabled: false,
});

/** Creates such an endpoint and waits for nothing. */
export async function endpoint(
  { client }: Ec2TestCloud,
  seeded: Ec2TestNetwork,
  changes: Partial<commands.CreateVpcEndpointCommandInput> = {},
) {
  const { VpcEndpoint } = await client.send(
    new commands.CreateVpcEndpointCommand({ ...endpointInput(seeded), ...changes }),
  );
  return given(VpcEndpoint);
}
