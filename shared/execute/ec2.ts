import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateVpcEndpointCommand,
  type EC2Client,
  type TagSpecification,
} from '@aws-sdk/client-ec2';
import { errorMessage, errorName } from '../errors.ts';
import { describeGroups, endpointServiceName } from '../observe/network.ts';
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
    if (groupId === undefined)
      return { kind: 'retry', reason: 'the answer of EC2 names no security group', maybeApplied: true };
    await allowHttps(ec2, groupId, cidrs);
    return { kind: 'done' };
  } catch (error) {
    return outcomeOf(error);
  }
}

export async function extendSecurityGroup(
  ec2: EC2Client,
  { groupId, cidrs }: { readonly groupId: string; readonly cidrs: readonly string[] },
): Promise<ExecutionOutcome> {
  try {
    await allowHttps(ec2, groupId, cidrs);
    return { kind: 'done' };
  } catch (error) {
    return outcomeOf(error);
  }
}

/** Range by range: a call with one rule that exists is refused as a whole. */
async function allowHttps(ec2: EC2Client, GroupId: string, cidrs: readonly string[]): Promise<void> {
  const Description = 'HTTPS to App Runner from the VPC';
  for (const cidr of cidrs) {
    const range = cidr.includes(':')
      ? { Ipv6Ranges: [{ CidrIpv6: cidr, Description }] }
      : { IpRanges: [{ CidrIp: cidr, Description }] };
    try {
      const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, ...range }];
      await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
    } catch (error) {
      if (errorName(error) !== 'InvalidPermission.Duplicate') throw error;
    }
  }
}

async function findGroup(ec2: EC2Client, ownerTag: string, vpcId: string): Promise<string | undefined> {
  const [group] = await describeGroups(ec2, [
    { Name: 'vpc-id', Values: [vpcId] },
    { Name: `tag:${OWNER_TAG}`, Values: [ownerTag] },
  ]);
  return group?.GroupId;
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
    readonly dualStack: boolean;
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
        ...(endpoint.dualStack
          ? { IpAddressType: 'dualstack', DnsOptions: { DnsRecordIpType: 'dualstack' } as const }
          : {}),
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
