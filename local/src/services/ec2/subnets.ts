import {
  CreateSubnet$,
  type CreateSubnetCommandInput,
  type CreateSubnetCommandOutput,
  DeleteSubnet$,
  type DeleteSubnetCommandInput,
  type DeleteSubnetCommandOutput,
  DescribeSubnets$,
  type DescribeSubnetsCommandInput,
  type DescribeSubnetsCommandOutput,
  type Subnet,
} from '@aws-sdk/client-ec2';
import type { Chance } from '../../chance.ts';
import { AwsError } from '../../wire/errors.ts';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import { type AddressBlock, blockText, contains, overlaps, parseBlock } from './address-block.ts';
import { type Fields, matching } from './filters.ts';
import { required } from './input.ts';
import { KEPT_ADDRESSES } from './interface-addresses.ts';
import { chosen, type Ec2Network, type Networks, type SubnetRecord, type VpcRecord } from './network.ts';
import { makes, reads, touches } from './permissions.ts';
import { type AvailabilityZone, zonesOf } from './regions.ts';
import { setTags, tagsOnCreation } from './tags.ts';
import { networkBlock } from './vpcs.ts';

function describe(network: Ec2Network, subnet: SubnetRecord): Subnet {
  const used = network.interfaces().filter((item) => item.subnet.subnetId === subnet.subnetId).length;
  return {
    SubnetId: subnet.subnetId,
    SubnetArn: network.arn('subnet', subnet.subnetId),
    VpcId: subnet.vpcId,
    OwnerId: network.account,
    State: 'available',
    CidrBlock: blockText(subnet.block),
    Ipv6CidrBlockAssociationSet:
      subnet.ipv6Block === undefined
        ? []
        : [
            {
              AssociationId: `subnet-cidr-assoc-${subnet.subnetId.slice('subnet-'.length)}`,
              Ipv6CidrBlock: blockText(subnet.ipv6Block),
              Ipv6CidrBlockState: { State: 'associated' },
            },
          ],
    AvailabilityZone: subnet.zone.name,
    AvailabilityZoneId: subnet.zone.id,
    AvailableIpAddressCount: Number(subnet.block.last - subnet.block.first) + 1 - KEPT_ADDRESSES - used,
    AssignIpv6AddressOnCreation: false,
    DefaultForAz: false,
    EnableDns64: false,
    Ipv6Native: false,
    MapCustomerOwnedIpOnLaunch: false,
    MapPublicIpOnLaunch: false,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: 'ip-name',
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
    Tags: network.tagsOf(subnet.subnetId),
  };
}

const fields: Fields<Subnet> = {
  'availability-zone': (subnet) => [subnet.AvailabilityZone ?? ''],
  availabilityZone: (subnet) => [subnet.AvailabilityZone ?? ''],
  'availability-zone-id': (subnet) => [subnet.AvailabilityZoneId ?? ''],
  'available-ip-address-count': (subnet) => [String(subnet.AvailableIpAddressCount)],
  'cidr-block': (subnet) => [subnet.CidrBlock ?? ''],
  cidr: (subnet) => [subnet.CidrBlock ?? ''],
  'default-for-az': (subnet) => [String(subnet.DefaultForAz)],
  'ipv6-cidr-block-association.ipv6-cidr-block': (subnet) =>
    (subnet.Ipv6CidrBlockAssociationSet ?? []).map((one) => one.Ipv6CidrBlock ?? ''),
  'ipv6-native': (subnet) => [String(subnet.Ipv6Native)],
  'map-public-ip-on-launch': (subnet) => [String(subnet.MapPublicIpOnLaunch)],
  'owner-id': (subnet) => [subnet.OwnerId ?? ''],
  state: (subnet) => [subnet.State ?? ''],
  'subnet-arn': (subnet) => [subnet.SubnetArn ?? ''],
  'subnet-id': (subnet) => [subnet.SubnetId ?? ''],
  'vpc-id': (subnet) => [subnet.VpcId ?? ''],
};

/** The zone asked for by name or id, or the first one. */
function zoneFor(region: string, input: CreateSubnetCommandInput): AvailabilityZone {
  const zones = zonesOf(region);
  const wanted = input.AvailabilityZone ?? input.AvailabilityZoneId ?? zones[0]?.name;
  const zone = zones.find((candidate) => candidate.name === wanted || candidate.id === wanted);
  if (zone === undefined) {
    const parameter = input.AvailabilityZone === undefined ? 'availabilityZoneId' : 'availabilityZone';
    throw new AwsError(
      'InvalidParameterValue',
      `Value (${wanted}) for parameter ${parameter} is invalid. Subnets can currently only be created in the following availability zones: ${zones.map((one) => one.name).join(', ')}.`,
    );
  }
  return zone;
}

function ipv4Block(network: Ec2Network, vpc: VpcRecord, text: string): AddressBlock {
  const block = networkBlock(text, 'Subnet');
  if (!contains(vpc.block, block)) throw new AwsError('InvalidSubnet.Range', `The CIDR '${text}' is invalid.`);
  if (network.subnetsOf(vpc.vpcId).some((other) => overlaps(other.block, block))) {
    throw new AwsError('InvalidSubnet.Conflict', `The CIDR '${text}' conflicts with another subnet`);
  }
  return block;
}

function ipv6Block(network: Ec2Network, vpc: VpcRecord, text: string | undefined): AddressBlock | undefined {
  if (text === undefined) return undefined;
  const block = parseBlock(text);
  if (
    block === undefined ||
    vpc.ipv6Block === undefined ||
    block.prefixLength !== 64 ||
    !contains(vpc.ipv6Block, block)
  ) {
    throw new AwsError('InvalidSubnet.Range', `The CIDR '${text}' is invalid.`);
  }
  if (network.subnetsOf(vpc.vpcId).some((other) => other.ipv6Block !== undefined && overlaps(other.ipv6Block, block))) {
    throw new AwsError('InvalidSubnet.Conflict', `The CIDR '${text}' conflicts with another subnet`);
  }
  return block;
}

/** Subnets. `changed` is called when what a VPC's addresses are has changed. */
export function subnetOperations(
  networks: Networks,
  chance: Chance,
  changed: () => void,
): readonly OperationDefinition[] {
  return [
    operation<CreateSubnetCommandInput, CreateSubnetCommandOutput>(CreateSubnet$, {
      writes: true,
      permissions: (input, context) => {
        const network = networks.of(context);
        const vpc = { 'ec2:Vpc': [network.arn('vpc', input.VpcId ?? '')] };
        return [
          ...makes(network, 'CreateSubnet', 'subnet', input.TagSpecifications, vpc),
          ...touches(network, 'CreateSubnet', [input.VpcId]),
        ];
      },
      run: (input, context) => {
        const network = networks.of(context);
        const vpc = network.vpc(required(input.VpcId, 'vpcId'));
        const subnet: SubnetRecord = {
          subnetId: `subnet-0${chance.hex(16)}`,
          vpcId: vpc.vpcId,
          zone: zoneFor(context.region, input),
          block: ipv4Block(network, vpc, required(input.CidrBlock, 'cidrBlock')),
          ipv6Block: ipv6Block(network, vpc, input.Ipv6CidrBlock),
        };
        const tags = tagsOnCreation(['subnet'], input.TagSpecifications);
        network.subnets.set(subnet.subnetId, subnet);
        setTags(network, subnet.subnetId, tags);
        changed();
        return { Subnet: describe(network, subnet) };
      },
    }),
    operation<DescribeSubnetsCommandInput, DescribeSubnetsCommandOutput>(DescribeSubnets$, {
      permissions: () => reads('DescribeSubnets'),
      run: (input, context) => {
        const network = networks.of(context);
        const records = chosen([...network.subnets.values()], input.SubnetIds, 'subnet', (subnet) => subnet.subnetId);
        const all = records.map((subnet) => describe(network, subnet));
        const { items, NextToken } = networks.page(
          matching(all, input.Filters, fields, (subnet) => subnet.Tags ?? []),
          input,
        );
        return { Subnets: items, NextToken };
      },
    }),
    operation<DeleteSubnetCommandInput, DeleteSubnetCommandOutput>(DeleteSubnet$, {
      writes: true,
      permissions: (input, context) => touches(networks.of(context), 'DeleteSubnet', [input.SubnetId]),
      run: (input, context) => {
        const network = networks.of(context);
        const { subnetId } = network.subnet(required(input.SubnetId, 'subnetId'));
        if (network.interfaces().some((item) => item.subnet.subnetId === subnetId)) {
          throw new AwsError('DependencyViolation', `The subnet '${subnetId}' has dependencies and cannot be deleted.`);
        }
        network.subnets.delete(subnetId);
        network.tags.delete(subnetId);
        changed();
        return {};
      },
    }),
  ];
}
