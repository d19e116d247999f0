import {
  DescribeNetworkInterfaces$,
  type DescribeNetworkInterfacesCommandInput,
  type DescribeNetworkInterfacesCommandOutput,
  type NetworkInterface,
} from '@aws-sdk/client-ec2';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import { type Fields, matching } from './filters.ts';
import { chosen, type Ec2Network, type InterfaceRecord, type Networks } from './network.ts';
import { reads } from './permissions.ts';

/** The account that AWS makes and attaches the interfaces of endpoints with. */
const REQUESTER = '727180483921';

function describe(network: Ec2Network, item: InterfaceRecord): NetworkInterface {
  const host = `ip-${item.address.replaceAll('.', '-')}`;
  const domain = network.region === 'us-east-1' ? 'ec2.internal' : `${network.region}.compute.internal`;
  const dnsHostnames = network.vpcs.get(item.subnet.vpcId)?.dnsHostnames === true;
  const name = dnsHostnames ? { PrivateDnsName: `${host}.${domain}` } : {};
  const endpoint = network.endpoints.get(item.endpointId);
  return {
    NetworkInterfaceId: item.networkInterfaceId,
    InterfaceType: 'vpc_endpoint',
    Description: `VPC Endpoint Interface ${item.endpointId}`,
    Status: 'in-use',
    RequesterManaged: true,
    RequesterId: REQUESTER,
    OwnerId: network.account,
    VpcId: item.subnet.vpcId,
    SubnetId: item.subnet.subnetId,
    AvailabilityZone: item.subnet.zone.name,
    AvailabilityZoneId: item.subnet.zone.id,
    MacAddress: item.macAddress,
    SourceDestCheck: true,
    PrivateIpAddress: item.address,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: item.address, ...name }],
    ...name,
    Ipv6Addresses: item.ipv6Address === undefined ? [] : [{ Ipv6Address: item.ipv6Address, IsPrimaryIpv6: false }],
    Groups: (endpoint?.groupIds ?? []).map((id) => ({ GroupId: id, GroupName: network.groups.get(id)?.groupName })),
    Attachment: {
      AttachmentId: item.attachmentId,
      AttachTime: new Date(item.createdAt),
      DeleteOnTermination: false,
      DeviceIndex: 1,
      InstanceOwnerId: 'amazon-aws',
      Status: 'attached',
    },
    TagSet: network.tagsOf(item.networkInterfaceId),
  };
}

const addresses = (item: NetworkInterface) => [item.PrivateIpAddress ?? ''];

const fields: Fields<NetworkInterface> = {
  'addresses.private-ip-address': addresses,
  'attachment.attachment-id': (item) => [item.Attachment?.AttachmentId ?? ''],
  'attachment.instance-owner-id': (item) => [item.Attachment?.InstanceOwnerId ?? ''],
  'attachment.status': (item) => [item.Attachment?.Status ?? ''],
  'availability-zone': (item) => [item.AvailabilityZone ?? ''],
  'availability-zone-id': (item) => [item.AvailabilityZoneId ?? ''],
  description: (item) => [item.Description ?? ''],
  'group-id': (item) => (item.Groups ?? []).map((group) => group.GroupId ?? ''),
  'group-name': (item) => (item.Groups ?? []).map((group) => group.GroupName ?? ''),
  'interface-type': (item) => [item.InterfaceType ?? ''],
  'ipv6-addresses.ipv6-address': (item) => (item.Ipv6Addresses ?? []).map((one) => one.Ipv6Address ?? ''),
  'mac-address': (item) => [item.MacAddress ?? ''],
  'network-interface-id': (item) => [item.NetworkInterfaceId ?? ''],
  'owner-id': (item) => [item.OwnerId ?? ''],
  'private-dns-name': (item) => [item.PrivateDnsName ?? ''],
  'private-ip-address': addresses,
  'requester-id': (item) => [item.RequesterId ?? ''],
  'requester-managed': (item) => [String(item.RequesterManaged)],
  'source-dest-check': (item) => [String(item.SourceDestCheck)],
  status: (item) => [item.Status ?? ''],
  'subnet-id': (item) => [item.SubnetId ?? ''],
  'vpc-id': (item) => [item.VpcId ?? ''],
};

/** The only network interfaces there are belong to endpoints. */
export function networkInterfaceOperations(networks: Networks): readonly OperationDefinition[] {
  return [
    operation<DescribeNetworkInterfacesCommandInput, DescribeNetworkInterfacesCommandOutput>(
      DescribeNetworkInterfaces$,
      {
        permissions: () => reads('DescribeNetworkInterfaces'),
        run: (input, context) => {
          const network = networks.of(context);
          const records = chosen(
            network.interfaces(),
            input.NetworkInterfaceIds,
            'eni',
            (one) => one.networkInterfaceId,
          );
          const all = records.map((item) => describe(network, item));
          const { items, NextToken } = networks.page(
            matching(all, input.Filters, fields, (item) => item.TagSet ?? []),
            input,
          );
          return { NetworkInterfaces: items, NextToken };
        },
      },
    ),
  ];
}
