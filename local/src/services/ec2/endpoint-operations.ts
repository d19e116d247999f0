import {
  CreateVpcEndpoint$,
  type CreateVpcEndpointCommandInput,
  type CreateVpcEndpointCommandOutput,
  DeleteVpcEndpoints$,
  type DeleteVpcEndpointsCommandInput,
  type DeleteVpcEndpointsCommandOutput,
  DescribeVpcEndpoints$,
  type DescribeVpcEndpointsCommandInput,
  type DescribeVpcEndpointsCommandOutput,
  ModifyVpcEndpoint$,
  type ModifyVpcEndpointCommandInput,
  type ModifyVpcEndpointCommandOutput,
  type State,
  type VpcEndpoint,
} from '@aws-sdk/client-ec2';
import type { Switches } from '../../profile.ts';
import { AwsError } from '../../wire/errors.ts';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import type { EndpointLifecycle } from './endpoint-lifecycle.ts';
import { endpointNames } from './endpoint-names.ts';
import {
  checkAddressType,
  checkDnsRecordType,
  checkDomainIsFree,
  checkGroups,
  checkPolicy,
  checkPrivateDns,
  checkSubnets,
  endpointRequest,
  FULL_ACCESS,
} from './endpoint-request.ts';
import type { EndpointOffers } from './endpoint-services.ts';
import { type Fields, matching } from './filters.ts';
import { required } from './input.ts';
import { chosen, type Ec2Network, type EndpointRecord, type Networks, notFound } from './network.ts';
import { makes, reads, touches } from './permissions.ts';
import { setTags, tagsOnCreation } from './tags.ts';

function describe(network: Ec2Network, endpoint: EndpointRecord): VpcEndpoint {
  return {
    VpcEndpointId: endpoint.endpointId,
    VpcEndpointType: 'Interface',
    VpcId: endpoint.vpcId,
    ServiceName: endpoint.service.name,
    ServiceRegion: endpoint.service.region,
    // The model's enum is capitalised, the wire is not (docs/facts.md#endpoint-state-case).
    State: endpoint.state as string as State,
    PolicyDocument: FULL_ACCESS,
    RouteTableIds: [],
    SubnetIds: endpoint.interfaces.map((item) => item.subnet.subnetId),
    Groups: endpoint.groupIds.map((id) => ({ GroupId: id, GroupName: network.groups.get(id)?.groupName })),
    IpAddressType: endpoint.ipAddressType,
    DnsOptions: { DnsRecordIpType: endpoint.dnsRecordType },
    PrivateDnsEnabled: endpoint.privateDns,
    RequesterManaged: false,
    NetworkInterfaceIds: endpoint.interfaces.map((item) => item.networkInterfaceId),
    DnsEntries: endpointNames(endpoint).map((entry) => ({ DnsName: entry.name, HostedZoneId: entry.hostedZoneId })),
    CreationTimestamp: new Date(endpoint.createdAt),
    Tags: network.tagsOf(endpoint.endpointId),
    OwnerId: network.account,
    ...(endpoint.failure === undefined
      ? {}
      : {
          FailureReason: endpoint.failure.message,
          LastError: { Code: endpoint.failure.code, Message: endpoint.failure.message },
        }),
  };
}

const fields: Fields<VpcEndpoint> = {
  'ip-address-type': (endpoint) => [endpoint.IpAddressType ?? ''],
  'service-name': (endpoint) => [endpoint.ServiceName ?? ''],
  'service-region': (endpoint) => [endpoint.ServiceRegion ?? ''],
  'vpc-id': (endpoint) => [endpoint.VpcId ?? ''],
  'vpc-endpoint-id': (endpoint) => [endpoint.VpcEndpointId ?? ''],
  'vpc-endpoint-state': (endpoint) => [endpoint.State ?? ''],
  'vpc-endpoint-type': (endpoint) => [endpoint.VpcEndpointType ?? ''],
};

/** Everything of a CreateVpcEndpoint call that has to be the same for its client token to mean the same call. */
function requestText(input: CreateVpcEndpointCommandInput): string {
  const { ClientToken: _, DryRun: __, ...rest } = input;
  return JSON.stringify(
    Object.entries(rest)
      .filter(([, value]) => value !== undefined)
      .sort(),
  );
}

/** Interface endpoints. `changed` is called after one was modified; the lifecycle reports its own changes. */
export function endpointOperations(
  networks: Networks,
  lifecycle: EndpointLifecycle,
  offers: EndpointOffers,
  changed: () => void,
  switches: Pick<Switches, 'endpointClientToken'>,
): readonly OperationDefinition[] {
  /**
   * The endpoint that the client token already stands for, whether it still exists or not
   * (docs/facts.md#create-endpoint-client-token); by the switch, the token is free again once the endpoint is gone.
   * @throws AwsError `IdempotentParameterMismatch`
   */
  function alreadyCreated(network: Ec2Network, input: CreateVpcEndpointCommandInput): EndpointRecord | undefined {
    const used = network.clientTokens.get(input.ClientToken ?? '');
    if (used === undefined) return undefined;
    const gone = !network.endpoints.has(used.endpoint.endpointId);
    if (gone && switches.endpointClientToken === 'freed-with-endpoint') return undefined;
    if (used.request !== requestText(input)) {
      throw new AwsError(
        'IdempotentParameterMismatch',
        'The request uses the same client token as a previous, but non-identical request.',
      );
    }
    return used.endpoint;
  }

  function modify(network: Ec2Network, input: ModifyVpcEndpointCommandInput): void {
    const endpoint = network.endpoint(required(input.VpcEndpointId, 'vpcEndpointId'));
    const { service, vpcId } = endpoint;
    if (endpoint.state !== 'available' && endpoint.state !== 'pending') {
      throw new AwsError(
        'InvalidState',
        `The VPC endpoint ${endpoint.endpointId} is in the state ${endpoint.state} and cannot be modified.`,
      );
    }
    checkPolicy(service, input.PolicyDocument);
    const privateDns = input.PrivateDnsEnabled ?? endpoint.privateDns;
    if (privateDns && !endpoint.privateDns) {
      checkPrivateDns(service, network.vpc(vpcId));
      checkDomainIsFree(network, vpcId, service, true, endpoint);
    }
    const leaving = input.RemoveSubnetIds ?? [];
    for (const id of leaving) {
      if (!endpoint.interfaces.some((item) => item.subnet.subnetId === id)) {
        throw new AwsError(
          'InvalidParameter',
          `The subnet ${network.subnet(id).subnetId} is not associated with the VPC endpoint ${endpoint.endpointId}.`,
        );
      }
    }
    const staying = endpoint.interfaces.filter((item) => !leaving.includes(item.subnet.subnetId));
    const arriving = checkSubnets(
      network,
      vpcId,
      service,
      offers,
      (input.AddSubnetIds ?? []).filter((id) => !staying.some((item) => item.subnet.subnetId === id)),
      staying.map((item) => item.subnet),
    );
    const groupIds = checkGroups(network, vpcId, [
      ...endpoint.groupIds.filter((id) => !input.RemoveSecurityGroupIds?.includes(id)),
      ...(input.AddSecurityGroupIds ?? []),
    ]);
    if (groupIds.length === 0) {
      throw new AwsError('InvalidParameter', 'A VPC endpoint must have at least one security group.');
    }
    const subnets = [...staying.map((item) => item.subnet), ...arriving];
    const type = checkAddressType(input.IpAddressType ?? endpoint.ipAddressType, service, offers, subnets);
    const kept = type === endpoint.ipAddressType ? endpoint.dnsRecordType : undefined;
    const dnsRecordType = checkDnsRecordType(input.DnsOptions?.DnsRecordIpType ?? kept, type);
    const dualstack = type === 'dualstack';
    const added = arriving.map((subnet) =>
      lifecycle.newInterface(network, endpoint.endpointId, { subnet, ipv4: undefined, ipv6: undefined }, dualstack),
    );

    if (type !== endpoint.ipAddressType) lifecycle.setAddressType(network, endpoint, type);
    endpoint.dnsRecordType = dnsRecordType;
    endpoint.privateDns = privateDns;
    endpoint.groupIds = groupIds;
    endpoint.interfaces = [...staying, ...added];
    changed();
  }

  return [
    operation<CreateVpcEndpointCommandInput, CreateVpcEndpointCommandOutput>(CreateVpcEndpoint$, {
      writes: true,
      permissions: (input, context) => {
        const network = networks.of(context);
        const service = { 'ec2:VpceServiceName': [input.ServiceName ?? ''] };
        return [
          ...makes(network, 'CreateVpcEndpoint', 'vpc-endpoint', input.TagSpecifications, service),
          ...touches(network, 'CreateVpcEndpoint', [
            input.VpcId,
            ...(input.SubnetIds ?? []),
            ...(input.SecurityGroupIds ?? []),
          ]),
        ];
      },
      run: (input, context) => {
        const network = networks.of(context);
        const existing = alreadyCreated(network, input);
        const returned = input.ClientToken === undefined ? {} : { ClientToken: input.ClientToken };
        if (existing !== undefined) return { VpcEndpoint: describe(network, existing), ...returned };
        const request = endpointRequest(network, offers, input);
        const tags = tagsOnCreation(['vpc-endpoint'], input.TagSpecifications);
        const endpoint = lifecycle.create(network, request);
        setTags(network, endpoint.endpointId, tags);
        if (input.ClientToken !== undefined) {
          network.clientTokens.set(input.ClientToken, { request: requestText(input), endpoint });
        }
        return { VpcEndpoint: describe(network, endpoint), ...returned };
      },
    }),
    operation<DescribeVpcEndpointsCommandInput, DescribeVpcEndpointsCommandOutput>(DescribeVpcEndpoints$, {
      permissions: () => reads('DescribeVpcEndpoints'),
      run: (input, context) => {
        const network = networks.of(context);
        const records = chosen(lifecycle.listed(network), input.VpcEndpointIds, 'vpce', (one) => one.endpointId);
        const all = records.map((endpoint) => describe(network, endpoint));
        const found = matching(all, input.Filters, fields, (endpoint) => endpoint.Tags ?? []);
        const { items, NextToken } = networks.page(found, input, { clamp: true });
        return { VpcEndpoints: items, NextToken };
      },
    }),
    operation<ModifyVpcEndpointCommandInput, ModifyVpcEndpointCommandOutput>(ModifyVpcEndpoint$, {
      writes: true,
      permissions: (input, context) =>
        touches(networks.of(context), 'ModifyVpcEndpoint', [
          input.VpcEndpointId,
          ...(input.AddSubnetIds ?? []),
          ...(input.RemoveSubnetIds ?? []),
          ...(input.AddSecurityGroupIds ?? []),
          ...(input.RemoveSecurityGroupIds ?? []),
        ]),
      run: (input, context) => {
        modify(networks.of(context), input);
        return { Return: true };
      },
    }),
    operation<DeleteVpcEndpointsCommandInput, DeleteVpcEndpointsCommandOutput>(DeleteVpcEndpoints$, {
      writes: true,
      permissions: (input, context) => touches(networks.of(context), 'DeleteVpcEndpoints', input.VpcEndpointIds),
      run: (input, context) => {
        const network = networks.of(context);
        // An endpoint that does not exist is reported in the answer and does not fail the call (API model).
        const missing = required(input.VpcEndpointIds, 'vpcEndpointIds').filter((id) => !network.endpoints.has(id));
        for (const id of input.VpcEndpointIds ?? []) {
          const endpoint = network.endpoints.get(id);
          if (endpoint !== undefined) lifecycle.delete(network, endpoint);
        }
        return {
          Unsuccessful: missing.map((ResourceId) => {
            const { code, message } = notFound('vpce', ResourceId);
            return { ResourceId, Error: { Code: code, Message: message } };
          }),
        };
      },
    }),
  ];
}
