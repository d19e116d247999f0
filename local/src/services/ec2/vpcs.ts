import {
  CreateVpc$,
  type CreateVpcCommandInput,
  type CreateVpcCommandOutput,
  DeleteVpc$,
  type DeleteVpcCommandInput,
  type DeleteVpcCommandOutput,
  DescribeVpcAttribute$,
  type DescribeVpcAttributeCommandInput,
  type DescribeVpcAttributeCommandOutput,
  DescribeVpcs$,
  type DescribeVpcsCommandInput,
  type DescribeVpcsCommandOutput,
  ModifyVpcAttribute$,
  type ModifyVpcAttributeCommandInput,
  type ModifyVpcAttributeCommandOutput,
  type Vpc,
} from '@aws-sdk/client-ec2';
import type { Chance } from '../../chance.ts';
import { AwsError } from '../../wire/errors.ts';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import { type AddressBlock, blockText, parseBlock } from './address-block.ts';
import { type Fields, matching } from './filters.ts';
import { required } from './input.ts';
import { chosen, type Ec2Network, type Networks, type VpcRecord } from './network.ts';
import { makes, reads, touches } from './permissions.ts';
import { newGroup } from './security-group-rules.ts';
import { setTags, tagsOnCreation } from './tags.ts';

/**
 * A block for a VPC or subnet: IPv4, /16 to /28.
 * @throws AwsError `InvalidParameterValue` for what is no block, `InvalidVpc.Range` or `InvalidSubnet.Range` for a wrong size.
 */
export function networkBlock(text: string, owner: 'Vpc' | 'Subnet'): AddressBlock {
  const block = parseBlock(text);
  if (block === undefined || block.family !== 4) {
    throw new AwsError(
      'InvalidParameterValue',
      `Value (${text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
    );
  }
  if (block.prefixLength < 16 || block.prefixLength > 28) {
    throw new AwsError(`Invalid${owner}.Range`, `The CIDR '${text}' is invalid.`);
  }
  return block;
}

/** A /56 of a range Amazon gives out, different for every VPC. */
const amazonBlock = (chance: Chance): AddressBlock | undefined =>
  parseBlock(`2406:da14:${chance.hex(4)}:${chance.hex(2)}00::/56`);

function describe(network: Ec2Network, vpc: VpcRecord): Vpc {
  const tail = vpc.vpcId.slice('vpc-'.length);
  return {
    VpcId: vpc.vpcId,
    OwnerId: network.account,
    State: 'available',
    CidrBlock: blockText(vpc.block),
    CidrBlockAssociationSet: [
      {
        AssociationId: `vpc-cidr-assoc-${tail}`,
        CidrBlock: blockText(vpc.block),
        CidrBlockState: { State: 'associated' },
      },
    ],
    ...(vpc.ipv6Block === undefined
      ? {}
      : {
          Ipv6CidrBlockAssociationSet: [
            {
              AssociationId: `vpc-cidr-assoc-6${tail.slice(1)}`,
              Ipv6CidrBlock: blockText(vpc.ipv6Block),
              Ipv6CidrBlockState: { State: 'associated' as const },
              NetworkBorderGroup: network.region,
              Ipv6Pool: 'Amazon',
            },
          ],
        }),
    DhcpOptionsId: 'default',
    InstanceTenancy: vpc.tenancy,
    IsDefault: false,
    Tags: network.tagsOf(vpc.vpcId),
  };
}

const fields: Fields<Vpc> = {
  cidr: (vpc) => [vpc.CidrBlock ?? ''],
  'cidr-block-association.cidr-block': (vpc) => [vpc.CidrBlock ?? ''],
  'dhcp-options-id': (vpc) => [vpc.DhcpOptionsId ?? ''],
  'ipv6-cidr-block-association.ipv6-cidr-block': (vpc) =>
    (vpc.Ipv6CidrBlockAssociationSet ?? []).map((one) => one.Ipv6CidrBlock ?? ''),
  'is-default': (vpc) => [String(vpc.IsDefault)],
  isDefault: (vpc) => [String(vpc.IsDefault)],
  'owner-id': (vpc) => [vpc.OwnerId ?? ''],
  state: (vpc) => [vpc.State ?? ''],
  'vpc-id': (vpc) => [vpc.VpcId ?? ''],
};

/** VPCs. A new one has its default security group, DNS support on and DNS hostnames off, as on AWS (documented). */
export function vpcOperations(networks: Networks, chance: Chance): readonly OperationDefinition[] {
  return [
    operation<CreateVpcCommandInput, CreateVpcCommandOutput>(CreateVpc$, {
      writes: true,
      permissions: (input, context) => makes(networks.of(context), 'CreateVpc', 'vpc', input.TagSpecifications),
      run: (input, context) => {
        const network = networks.of(context);
        const block = networkBlock(required(input.CidrBlock, 'cidrBlock'), 'Vpc');
        const tags = tagsOnCreation(['vpc'], input.TagSpecifications);
        const vpcId = `vpc-0${chance.hex(16)}`;
        const ipv6Block = input.AmazonProvidedIpv6CidrBlock === true ? amazonBlock(chance) : undefined;
        const group = newGroup(chance, { vpcId, ipv6Block }, 'default', 'default VPC security group', 'members');
        const vpc: VpcRecord = {
          vpcId,
          block,
          ipv6Block,
          tenancy: input.InstanceTenancy ?? 'default',
          defaultGroupId: group.groupId,
          dnsSupport: true,
          dnsHostnames: false,
        };
        network.vpcs.set(vpcId, vpc);
        network.groups.set(group.groupId, group);
        setTags(network, vpcId, tags);
        return { Vpc: { ...describe(network, vpc), State: 'pending' } };
      },
    }),
    operation<DescribeVpcsCommandInput, DescribeVpcsCommandOutput>(DescribeVpcs$, {
      permissions: () => reads('DescribeVpcs'),
      run: (input, context) => {
        const network = networks.of(context);
        const own = [...network.vpcs.values()].map((vpc) => describe(network, vpc));
        const shared = networks.sharedWith(context).map(([owner, vpc]) => ({ ...describe(owner, vpc), Tags: [] }));
        const all = chosen([...own, ...shared], input.VpcIds, 'vpc', (vpc) => vpc.VpcId ?? '');
        const { items, NextToken } = networks.page(
          matching(all, input.Filters, fields, (vpc) => vpc.Tags ?? []),
          input,
        );
        return { Vpcs: items, NextToken };
      },
    }),
    operation<DescribeVpcAttributeCommandInput, DescribeVpcAttributeCommandOutput>(DescribeVpcAttribute$, {
      permissions: () => reads('DescribeVpcAttribute'),
      run: (input, context) => {
        const vpc = networks.of(context).vpc(required(input.VpcId, 'vpcId'));
        const attribute = required(input.Attribute, 'attribute');
        const answer = {
          enableDnsSupport: { EnableDnsSupport: { Value: vpc.dnsSupport } },
          enableDnsHostnames: { EnableDnsHostnames: { Value: vpc.dnsHostnames } },
          enableNetworkAddressUsageMetrics: { EnableNetworkAddressUsageMetrics: { Value: false } },
        };
        if (!Object.hasOwn(answer, attribute)) {
          throw new AwsError(
            'InvalidParameterValue',
            `Value (${attribute}) for parameter attribute is invalid. Unknown attribute.`,
          );
        }
        return { VpcId: vpc.vpcId, ...answer[attribute] };
      },
    }),
    operation<ModifyVpcAttributeCommandInput, ModifyVpcAttributeCommandOutput>(ModifyVpcAttribute$, {
      writes: true,
      permissions: (input, context) => touches(networks.of(context), 'ModifyVpcAttribute', [input.VpcId]),
      run: (input, context) => {
        const vpc = networks.of(context).vpc(required(input.VpcId, 'vpcId'));
        const support = input.EnableDnsSupport?.Value;
        const hostnames = input.EnableDnsHostnames?.Value;
        if (support !== undefined && hostnames !== undefined) {
          throw new AwsError(
            'InvalidParameterCombination',
            'Fields for multiple attribute types specified: enableDnsSupport, enableDnsHostnames',
          );
        }
        if (support === undefined && hostnames === undefined) {
          throw new AwsError('InvalidParameterCombination', 'No attributes specified.');
        }
        vpc.dnsSupport = support ?? vpc.dnsSupport;
        vpc.dnsHostnames = hostnames ?? vpc.dnsHostnames;
        return {};
      },
    }),
    operation<DeleteVpcCommandInput, DeleteVpcCommandOutput>(DeleteVpc$, {
      writes: true,
      permissions: (input, context) => touches(networks.of(context), 'DeleteVpc', [input.VpcId]),
      run: (input, context) => {
        const network = networks.of(context);
        const vpc = network.vpc(required(input.VpcId, 'vpcId'));
        const groups = [...network.groups.values()].filter((group) => group.vpcId === vpc.vpcId);
        if (network.subnetsOf(vpc.vpcId).length > 0 || network.endpointsOf(vpc.vpcId).length > 0 || groups.length > 1) {
          throw new AwsError('DependencyViolation', `The vpc '${vpc.vpcId}' has dependencies and cannot be deleted.`);
        }
        for (const id of [vpc.vpcId, vpc.defaultGroupId]) network.tags.delete(id);
        network.groups.delete(vpc.defaultGroupId);
        network.vpcs.delete(vpc.vpcId);
        return {};
      },
    }),
  ];
}
