import type { Addresses, DnsView } from '../../world.ts';
import type { EndpointRecord, InterfaceRecord, Network } from './network.ts';
import { endpointZoneId } from './regions.ts';

const SUFFIX = 'vpce.amazonaws.com';

/** A name of an endpoint, and the interfaces it resolves to. */
interface EndpointName {
  readonly name: string;
  readonly hostedZoneId: string;
  readonly interfaces: readonly InterfaceRecord[];
  /** Known to the VPC's resolver only. */
  readonly privateIn?: string;
}

/**
 * The names of an endpoint, in the order of `DnsEntries`: the regional one, one per zone (D), and the service's own
 * name when private DNS is on.
 */
export function endpointNames(endpoint: EndpointRecord): readonly EndpointName[] {
  const { service, interfaces, vpcId } = endpoint;
  const hostedZoneId = endpointZoneId(service.region);
  const head = `${endpoint.endpointId}-${endpoint.suffix}`;
  const tail = `${service.dnsLabel}.${service.region}.${SUFFIX}`;
  return [
    { name: `${head}.${tail}`, hostedZoneId, interfaces },
    ...interfaces.map((item) => ({
      name: `${head}-${item.subnet.zone.name}.${tail}`,
      hostedZoneId,
      interfaces: [item],
    })),
    ...(endpoint.privateDns && service.privateDnsName !== undefined
      ? [
          {
            name: service.privateDnsName,
            // A zone of AWS's own, one per endpoint; nobody can write to it.
            hostedZoneId: `Z0${endpoint.endpointId.slice(-18).toUpperCase()}`,
            interfaces,
            privateIn: vpcId,
          },
        ]
      : []),
  ];
}

/** Whether a name belongs to interface endpoints, there or not. */
export const isEndpointName = (name: string): boolean => name === SUFFIX || name.endsWith(`.${SUFFIX}`);

/**
 * The private addresses behind an endpoint's name: the same in public DNS and in every VPC (facts §1.5, §6), from when the
 * endpoint is available until it is gone.
 */
export function endpointAddresses(networks: readonly Network[], name: string, view: DnsView): Addresses | undefined {
  const interfaces = networks
    .flatMap((network) => [...network.endpoints.values()])
    .filter((endpoint) => endpoint.state === 'available' || endpoint.state === 'deleting')
    .flatMap(endpointNames)
    .filter((known) => known.privateIn === undefined || (view.kind === 'vpc' && view.vpcId === known.privateIn))
    .find((known) => known.name === name)?.interfaces;
  if (interfaces === undefined) return undefined;
  return {
    ipv4: interfaces.map((item) => item.address),
    ipv6: interfaces.flatMap((item) => item.ipv6Address ?? []),
  };
}
