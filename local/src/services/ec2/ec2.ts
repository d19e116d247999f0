import * as sdk from '@aws-sdk/client-ec2';
import { Regions } from '../../regions.ts';
import { operationSchemas } from '../../wire/sdk-schemas.ts';
import type { OperationDefinition, ServiceDefinition } from '../../wire/service.ts';
import type { Endpoints, EndpointView, NameSource, World } from '../../world.ts';
import { blockText } from './address-block.ts';
import { EndpointLifecycle } from './endpoint-lifecycle.ts';
import { endpointAddresses, endpointNames, isEndpointName } from './endpoint-names.ts';
import { endpointOperations } from './endpoint-operations.ts';
import { type AddressFamily, EndpointOffers, endpointServiceOperations } from './endpoint-services.ts';
import { InterfaceAddresses } from './interface-addresses.ts';
import { type Ec2Network, type EndpointRecord, Networks, notFound } from './network.ts';
import { networkInterfaceOperations } from './network-interfaces.ts';
import { prefixListOperations } from './prefix-lists.ts';
import { regionOperations } from './region-operations.ts';
import { letHttpsIn } from './security-group-rules.ts';
import { securityGroupOperations } from './security-groups.ts';
import { subnetOperations } from './subnets.ts';
import { tagOperations } from './tags.ts';
import { vpcOperations } from './vpcs.ts';

/** How many items a page holds under the switch `smallPages`. */
const SMALL_PAGE = 2;

/** A VPC as the services beside EC2 see it. */
export interface VpcView {
  readonly account: string;
  readonly region: string;
  readonly vpcId: string;
  /** `10.0.0.0/16`. */
  readonly cidrBlock: string;
  /** Whether the VPC has a resolver at all. */
  readonly dnsSupport: boolean;
  readonly dnsHostnames: boolean;
}

/** The networks of the embedded cloud: VPCs, subnets, security groups and interface endpoints for App Runner. */
export interface Ec2 extends Endpoints, NameSource {
  readonly definition: ServiceDefinition;
  /** Every VPC of every account and region. */
  vpcs(): readonly VpcView[];
  /**
   * Whether Route 53 takes an alias to this name: it is an endpoint's, and the hosted zone is the one of such names
   * in that region (documented). `dnsName` in lower case without the final dot.
   */
  isAliasTarget(dnsName: string, hostedZoneId: string): boolean;
  /** Endpoint interfaces made in the subnet from now on get this IPv4 address whenever it is free. */
  reserveInterfaceAddress(subnetId: string, address: string): void;
  /** The next endpoint created ends as `failed`. */
  failNext(fault: 'endpoint-creation'): void;
  /**
   * Puts an endpoint into a state, where it stays until it is deleted or forced again.
   * @throws AwsError `InvalidVpcEndpointId.NotFound`
   */
  forceEndpointState(endpointId: string, state: EndpointView['state']): void;
  /** Lets another account see the VPC, as RAM does for shared subnets. */
  shareVpc(vpcId: string, account: string): void;
  /** From now on the endpoint service is offered in these zones only. */
  offerZones(serviceName: string, zoneNames: readonly string[]): void;
  /** From now on the endpoint service accepts requests over these address families only. */
  offerAddressFamilies(serviceName: string, families: readonly AddressFamily[]): void;
}

function view(network: Ec2Network, endpoint: EndpointRecord): EndpointView {
  const allowsHttps = letHttpsIn(network, endpoint.vpcId, endpoint.groupIds);
  return {
    endpointId: endpoint.endpointId,
    vpcId: endpoint.vpcId,
    account: network.account,
    region: network.region,
    serviceName: endpoint.service.name,
    state: endpoint.state,
    interfaces: endpoint.interfaces.map((item) => ({
      networkInterfaceId: item.networkInterfaceId,
      address: item.address,
      ...(item.ipv6Address === undefined ? {} : { ipv6Address: item.ipv6Address }),
      subnetId: item.subnet.subnetId,
      availabilityZone: item.subnet.zone.name,
      allowsHttps,
    })),
  };
}

/** @param regions which regions accounts have; without it, those that need no opting in. */
export function createEc2(world: World, regions: Pick<Regions, 'isEnabled'> = new Regions()): Ec2 {
  const networks = new Networks(world.switches.smallPages ? SMALL_PAGE : undefined);
  const offers = new EndpointOffers();
  const addresses = new InterfaceAddresses(world.chance);
  const listeners: (() => void)[] = [];
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const lifecycle = new EndpointLifecycle(world, addresses, changed);
  const operations: readonly OperationDefinition[] = [
    ...regionOperations(regions),
    ...vpcOperations(networks, world.chance),
    ...subnetOperations(networks, world.chance, changed),
    ...securityGroupOperations(networks, world.chance, changed),
    ...prefixListOperations(networks, world.chance),
    ...endpointOperations(networks, lifecycle, offers, changed, world.switches),
    ...endpointServiceOperations(networks, offers),
    ...networkInterfaceOperations(networks),
    ...tagOperations(networks),
  ];

  return {
    definition: {
      signingName: 'ec2',
      eventSource: 'ec2.amazonaws.com',
      protocol: 'ec2-query',
      xmlNamespace: 'http://ec2.amazonaws.com/doc/2016-11-15/',
      version: '2016-11-15',
      // EC2 models no errors: every code is just a name.
      errors: [],
      operations,
      api: operationSchemas(sdk),
    },
    endpoint: (account, region, endpointId) => {
      const network = networks.of({ account, region });
      const endpoint = network.endpoints.get(endpointId);
      return endpoint === undefined ? undefined : view(network, endpoint);
    },
    allEndpoints: () =>
      networks.all().flatMap((network) => [...network.endpoints.values()].map((endpoint) => view(network, endpoint))),
    onEndpointChange: (listener) => {
      listeners.push(listener);
    },
    addressesOf: (name, dnsView) => endpointAddresses(networks.all(), name, dnsView),
    covers: isEndpointName,
    vpcs: () =>
      networks.all().flatMap(({ account, region, vpcs }) =>
        [...vpcs.values()].map(({ vpcId, block, dnsSupport, dnsHostnames }) => ({
          account,
          region,
          vpcId,
          cidrBlock: blockText(block),
          dnsSupport,
          dnsHostnames,
        })),
      ),
    isAliasTarget: (dnsName, hostedZoneId) =>
      networks
        .all()
        .flatMap((network) => [...network.endpoints.values()])
        .flatMap(endpointNames)
        .some((entry) => entry.name === dnsName && entry.hostedZoneId === hostedZoneId),
    reserveInterfaceAddress: (subnetId, address) => addresses.reserve(subnetId, address),
    failNext: () => lifecycle.failNext(),
    forceEndpointState: (endpointId, state) => {
      const endpoint = networks.all().flatMap((network) => network.endpoints.get(endpointId) ?? [])[0];
      if (endpoint === undefined) throw notFound('vpce', endpointId);
      lifecycle.force(endpoint, state);
    },
    offerZones: (serviceName, zoneNames) => offers.setZones(serviceName, zoneNames),
    offerAddressFamilies: (serviceName, families) => offers.setFamilies(serviceName, families),
    shareVpc: (vpcId, account) => networks.share(vpcId, account),
  };
}
