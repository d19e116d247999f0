import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateVpcEndpointCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  type IpPermission,
  type TagSpecification,
} from '@aws-sdk/client-ec2';
import { errorMessage, errorName } from '../errors.ts';
import { endpointServiceName } from '../observe/network.ts';
import { OWNER_TAG } from '../tags.ts';
import type { EndpointAttempts } from './endpoint-attempt.ts';
import { type ExecutionOutcome, outcomeOf, retryLater } from './outcome.ts';

function ownTags(resource: 'security-group' | 'vpc-endpoint', ownerTag: string): TagSpecification {
  const name = `apprunner-private-ingress-${ownerTag}`;
  return {
    ResourceType: resource,
    Tags: [
      { Key: 'Name', Value: name },
      { Key: OWNER_TAG, Value: ownerTag },
    ],
  };
}

/** A security group of this installation that lets HTTPS in from the VPC's own addresses: found, or created; then opened. */
export async function createSecurityGroup(
  ec2: EC2Client,
  ownerTag: string,
  { vpcId, cidrs }: { readonly vpcId: string; readonly cidrs: readonly string[] },
): Promise<ExecutionOutcome> {
  try {
    const groupId = (await findGroup(ec2, ownerTag, vpcId)) ?? (await createGroup(ec2, ownerTag, vpcId));
    await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: groupId,
        IpPermissions: [
          {
            IpProtocol: 'tcp',
            FromPort: 443,
            ToPort: 443,
            ...rangesOf(cidrs),
          },
        ],
      }),
    );
    return { kind: 'done' };
  } catch (error) {
    if (errorName(error) === 'InvalidPermission.Duplicate') return { kind: 'done' };
    return outcomeOf(error);
  }
}

/** EC2 takes the two kinds separately; an empty kind is left out. */
function rangesOf(cidrs: readonly string[]): Pick<IpPermission, 'IpRanges' | 'Ipv6Ranges'> {
  const Description = 'HTTPS to App Runner from the VPC';
  const v4 = cidrs.filter((cidr) => !cidr.includes(':'));
  const v6 = cidrs.filter((cidr) => cidr.includes(':'));
  return {
    ...(v4.length === 0 ? {} : { IpRanges: v4.map((CidrIp) => ({ CidrIp, Description })) }),
    ...(v6.length === 0 ? {} : { Ipv6Ranges: v6.map((CidrIpv6) => ({ CidrIpv6, Description })) }),
  };
}

async function findGroup(ec2: EC2Client, ownerTag: string, vpcId: string): Promise<string | undefined> {
  const { SecurityGroups = [] } = await ec2.send(
    new DescribeSecurityGroupsCommand({
      Filters: [
        { Name: 'vpc-id', Values: [vpcId] },
        { Name: `tag:${OWNER_TAG}`, Values: [ownerTag] },
      ],
    }),
  );
  return SecurityGroups[0]?.GroupId;
}

async function createGroup(ec2: EC2Client, ownerTag: string, vpcId: string): Promise<string | undefined> {
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({
      GroupName: `apprunner-private-ingress-${ownerTag}`,
      Description: 'HTTPS from the VPC to the App Runner endpoint',
      VpcId: vpcId,
      TagSpecifications: [ownTags('security-group', ownerTag)],
    }),
  );
  return GroupId;
}

export async function createEndpoint(
  ec2: EC2Client,
  ownerTag: string,
  region: string,
  attempts: EndpointAttempts,
  endpoint: {
    readonly vpcId: string;
    readonly subnetIds: readonly string[];
    readonly securityGroupIds: readonly string[];
  },
): Promise<ExecutionOutcome> {
  const token = await attempts.claim();
  if (token === undefined) return { kind: 'retry', reason: 'an endpoint was created a moment ago' };
  try {
    const { VpcEndpoint } = await ec2.send(
      new CreateVpcEndpointCommand({
        VpcEndpointType: 'Interface',
        VpcId: endpoint.vpcId,
        ServiceName: endpointServiceName(region),
        SubnetIds: [...endpoint.subnetIds],
        SecurityGroupIds: [...endpoint.securityGroupIds],
        // Must be false for App Runner (docs/facts.md#endpoint-service-name).
        PrivateDnsEnabled: false,
        // The same for two services at once: they get the same endpoint (docs/facts.md#create-endpoint-client-token).
        ClientToken: token,
        TagSpecifications: [ownTags('vpc-endpoint', ownerTag)],
      }),
    );
    await attempts.answered(token, VpcEndpoint?.VpcEndpointId);
    return { kind: 'done' };
  } catch (error) {
    if (errorName(error) === 'IdempotentParameterMismatch') {
      await attempts.answered(token, undefined);
      return retryLater(error, errorMessage(error));
    }
    return outcomeOf(error);
  }
}
