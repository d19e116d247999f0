import { ReadLag } from '../../read-lag.ts';
import type { EndpointView, World } from '../../world.ts';
import type { EndpointRequest, Placement } from './endpoint-request.ts';
import type { InterfaceAddresses } from './interface-addresses.ts';
import type { AddressType, Ec2Network, EndpointRecord, InterfaceRecord } from './network.ts';

/**
 * How endpoints come and go, on the world's clock:
 *
 *     CreateVpcEndpoint → pending ── endpointCreation ──→ available ─┐
 *                            └──── failNext ────────────→ failed ────┤ DeleteVpcEndpoints
 *                                     nothing ←── endpointDeletion ── deleting
 */
export class EndpointLifecycle {
  readonly #world: World;
  readonly #addresses: InterfaceAddresses;
  readonly #changed: () => void;
  readonly #lag: ReadLag<Ec2Network, readonly EndpointRecord[]>;
  #failures = 0;

  /** @param changed called after each change of an endpoint. */
  constructor(world: World, addresses: InterfaceAddresses, changed: () => void) {
    this.#world = world;
    this.#addresses = addresses;
    this.#changed = changed;
    this.#lag = new ReadLag(world);
  }

  /** The next endpoint created ends as `failed` instead of `available`. Counts: called twice, the next two do. */
  failNext(): void {
    this.#failures++;
  }

  create(network: Ec2Network, request: EndpointRequest): EndpointRecord {
    const { chance, clock, profile } = this.#world;
    const endpointId = `vpce-0${chance.hex(16)}`;
    const dualstack = request.ipAddressType === 'dualstack';
    const endpoint: EndpointRecord = {
      endpointId,
      suffix: chance.base32(8).toLowerCase(),
      service: request.service,
      vpcId: request.vpc.vpcId,
      createdAt: clock.now(),
      state: 'pending',
      forced: false,
      failure: undefined,
      ipAddressType: request.ipAddressType,
      dnsRecordType: request.dnsRecordType,
      named: profile.endpointDnsEntries === 0,
      privateDns: request.privateDns,
      groupIds: request.groupIds,
      interfaces: request.placements.map((placement) => this.newInterface(network, endpointId, placement, dualstack)),
    };
    this.#beforeChange(network);
    network.endpoints.set(endpointId, endpoint);
    const fails = this.#failures > 0;
    if (fails) this.#failures--;
    clock.schedule(profile.endpointCreation, () => {
      if (endpoint.state !== 'pending' || endpoint.forced) return;
      endpoint.state = fails ? 'failed' : 'available';
      if (fails) endpoint.failure = { code: 'InternalError', message: 'The endpoint could not be created.' };
      this.#changed();
    });
    if (!endpoint.named) {
      clock.schedule(profile.endpointCreation + profile.endpointDnsEntries, () => {
        endpoint.named = true;
        this.#changed();
      });
    }
    this.#changed();
    return endpoint;
  }

  newInterface(network: Ec2Network, endpointId: string, placement: Placement, dualstack: boolean): InterfaceRecord {
    const { chance, clock } = this.#world;
    const { subnet } = placement;
    return {
      networkInterfaceId: `eni-0${chance.hex(16)}`,
      endpointId,
      subnet,
      address: this.#addresses.ipv4(network, subnet, placement.ipv4),
      ipv6Address: dualstack ? this.#addresses.ipv6(network, subnet, placement.ipv6) : undefined,
      macAddress: `06:${chance.hex(10).replace(/..(?!$)/g, '$&:')}`,
      attachmentId: `ela-attach-0${chance.hex(16)}`,
      createdAt: clock.now(),
    };
  }

  /** Gives the interfaces IPv6 addresses, or takes them away. */
  setAddressType(network: Ec2Network, endpoint: EndpointRecord, type: AddressType): void {
    endpoint.ipAddressType = type;
    for (const item of endpoint.interfaces) {
      item.ipv6Address =
        type === 'ipv4' ? undefined : (item.ipv6Address ?? this.#addresses.ipv6(network, item.subnet, undefined));
    }
  }

  /** Deleting one that is being deleted changes nothing. */
  delete(network: Ec2Network, endpoint: EndpointRecord): void {
    if (endpoint.state === 'deleting') return;
    this.#beforeChange(network);
    endpoint.state = 'deleting';
    endpoint.forced = false;
    this.#world.clock.schedule(this.#world.profile.endpointDeletion, () => {
      if (endpoint.forced) return;
      this.#beforeChange(network);
      endpoint.state = 'deleted';
      network.endpoints.delete(endpoint.endpointId);
      for (const id of [endpoint.endpointId, ...endpoint.interfaces.map((item) => item.networkInterfaceId)]) {
        network.tags.delete(id);
      }
      this.#changed();
    });
    this.#changed();
  }

  /** Endpoints as DescribeVpcEndpoints lists them, behind the truth by the read lag. */
  listed(network: Ec2Network): readonly EndpointRecord[] {
    return this.#lag.read(network, () => [...network.endpoints.values()]);
  }

  #beforeChange(network: Ec2Network): void {
    this.#lag.beforeChange(network, () => [...network.endpoints.values()].map((one) => ({ ...one })));
  }

  /** Puts the endpoint into `state`, where it stays until it is deleted or forced again. */
  force(endpoint: EndpointRecord, state: EndpointView['state']): void {
    endpoint.state = state;
    endpoint.forced = true;
    this.#changed();
  }
}
