import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  type EC2Client,
  ModifyVpcAttributeCommand,
} from '@aws-sdk/client-ec2';

/** A VPC to be made, with DNS names, and a security group that lets HTTPS in from its own addresses. */
export interface VpcPlan {
  /** Its tag `Name`; the subnets' are `<name>-<zone>`. */
  readonly name: string;
  /** `10.0.0.0/16` */
  readonly cidr: string;
  readonly subnets: readonly {
    readonly cidr: string;
    /** `ap-northeast-1a` */
    readonly zone: string;
  }[];
}

export interface MadeVpc {
  readonly vpcId: string;
  /** In the order of the plan. */
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
}

/** Makes a VPC by API calls. */
export async function makeVpc(ec2: EC2Client, { name, cidr, subnets }: VpcPlan): Promise<MadeVpc> {
  const named = (ResourceType: 'vpc' | 'subnet' | 'security-group', Value: string) => [
    { ResourceType, Tags: [{ Key: 'Name', Value }] },
  ];
  const vpc = new CreateVpcCommand({ CidrBlock: cidr, TagSpecifications: named('vpc', name) });
  const vpcId = given((await ec2.send(vpc)).Vpc?.VpcId, 'VpcId');
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: true } }));
  const subnetIds: string[] = [];
  for (const { cidr: CidrBlock, zone: AvailabilityZone } of subnets) {
    const TagSpecifications = named('subnet', `${name}-${AvailabilityZone}`);
    const subnet = new CreateSubnetCommand({ VpcId: vpcId, CidrBlock, AvailabilityZone, TagSpecifications });
    subnetIds.push(given((await ec2.send(subnet)).Subnet?.SubnetId, 'SubnetId'));
  }
  const group = new CreateSecurityGroupCommand({
    GroupName: 'https-from-vpc',
    Description: 'HTTPS from the VPC',
    VpcId: vpcId,
    TagSpecifications: named('security-group', 'https-from-vpc'),
  });
  const securityGroupId = given((await ec2.send(group)).GroupId, 'GroupId');
  const IpRanges = [{ CidrIp: cidr, Description: 'HTTPS' }];
  const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges }];
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: securityGroupId, IpPermissions }));
  return { vpcId, subnetIds, securityGroupId };
}

/** A member that AWS never leaves out. @throws Error */
export function given<Value>(value: Value | undefined, member: string): Value {
  if (value === undefined) throw new Error(`the embedded cloud answered without ${member}`);
  return value;
}
