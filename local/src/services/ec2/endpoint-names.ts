import type { Addresses, DnsView } from '../../world.ts';
import type { Ec2Network, EndpointRecord, InterfaceRecord } from './network.ts';
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
 * The names of an endpoint, in the order of `DnsEntries`: the regional one, one per zone (documented), and the service's own
 * name when private DNS is on.
 */
export function endpointNames(endpoint: EndpointRecord): readonly EndpointName[] {
  const { service, interfaces, vpcId } = endpoint;
  if (!endpoint.named) return [];
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
            // A zone of AWS's own, one per endpoint. No caller can write to it.
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
 * The private addresses behind an endpoint's name: the same in public DNS and in every VPC
 * (docs/facts.md#endpoint-names-answer-no-request, docs/facts.md#alias-to-endpoint), from when the
 * endpoint is available until it is gone.
 */
export function endpointAddresses(networks: readonly Ec2Network[], name: string, view: DnsView): Addresses | undefined {
  const found = networks
    .flatMap((network) => [...network.endpoints.values()])
    .filter((endpoint) => endpoint.state === 'available' || endpoint.state === 'deleting')
    .flatMap((endpoint) => endpointNames(endpoint).map((known) => ({ ...known, records: endpoint.dnsRecordType })))
    .filter((known) => known.privateIn === undefined || (view.kind === 'vpc' && view.vpcId === known.privateIn))
    .find((known) => known.name === name);
  if (found === undefined) return undefined;
  const { interfaces, records, privateIn } = found;
  // `service-defined`: A for every name, AAAA for the regional and zonal ones (documented, see `checkDnsRecordType`).
  const aaaa = records === 'service-defined' ? privateIn === undefined : records !== 'ipv4';
  return {
    ipv4: records === 'ipv6' ? [] : interfaces.map((item) => item.address),
    ipv6: aaaa ? interfaces.flatMap((item) => item.ipv6Address ?? []) : [],
  };
}
