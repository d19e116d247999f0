import type { Addresses, DnsView, IngressRouter, NameSource } from '../../world.ts';
import { certifiedNames } from './certificate-validation.ts';
import type { ConnectionRecord, DomainRecord, ServiceRecord } from './resources.ts';
import type { AppRunnerSetting } from './setting.ts';

type Live = NonNullable<ConnectionRecord['live']>;

/**
 * What App Runner answers in DNS, and whom it routes to behind an endpoint.
 *
 *     name                          asked from                      answer
 *     ServiceUrl, public service    anywhere                        public addresses
 *     ServiceUrl, private service   anywhere                        unknown
 *     connection's DomainName       the connection's VPC            the endpoint's interface addresses
 *     connection's DomainName       elsewhere                       the same if `connectionNameIsPublic`, else unknown
 *
 * A connection's name is known from `profile.connectionDns` after AVAILABLE on, and no longer once the connection is
 * being deleted, its endpoint is gone, or its service is public again or deleted.
 */
export class Names implements NameSource, IngressRouter {
  readonly #setting: AppRunnerSetting;

  constructor(setting: AppRunnerSetting) {
    this.#setting = setting;
  }

  covers(name: string): boolean {
    return name === 'awsapprunner.com' || name.endsWith('.awsapprunner.com');
  }

  addressesOf(name: string, view: DnsView): Addresses | undefined {
    const { resources } = this.#setting;
    for (const service of resources.services.values()) {
      if (service.hostname === name) return this.#addressesOfService(service);
    }
    for (const connection of resources.connections.values()) {
      if (connection.live?.domainName === name) return this.#addressesOfConnection(connection, connection.live, view);
    }
    return undefined;
  }

  route(endpointId: string, host: string): ReturnType<IngressRouter['route']> {
    const name = host.toLowerCase().replace(/\.$/, '');
    const answered = ({ service, live }: { readonly service: ServiceRecord; readonly live: Live }) => {
      if (live.domainName === name) return service;
      return activeNames(service).includes(name) ? service : undefined;
    };
    const behind = [...this.#behind(endpointId)];
    const service =
      behind.map(answered).find((found) => found !== undefined) ??
      behind.find(({ service }) => activeNames(service).includes(name.replace(/^[^.]+/, '*')))?.service;
    if (service === undefined) return undefined;
    const { arn, name: serviceName, paused, applicationStatus } = service;
    return { serviceArn: arn, serviceName, paused, applicationStatus };
  }

  certificateNames(endpointId: string): readonly string[] {
    return [...this.#behind(endpointId)].flatMap(({ service, live }) => [live.domainName, ...activeNames(service)]);
  }

  /** The private services that have a working connection to the endpoint. */
  *#behind(endpointId: string): Generator<{ readonly service: ServiceRecord; readonly live: Live }> {
    const { resources } = this.#setting;
    for (const { live, serviceArn } of resources.connections.values()) {
      if (live?.vpcEndpointId !== endpointId) continue;
      const service = resources.services.get(serviceArn);
      if (service?.deployed?.network.isPubliclyAccessible === false) yield { service, live };
    }
  }

  #addressesOfService({ deployed, publicAddresses }: ServiceRecord): Addresses | undefined {
    if (deployed?.network.isPubliclyAccessible !== true) return undefined;
    return {
      ipv4: publicAddresses.ipv4,
      ipv6: deployed.network.ipAddressType === 'DUAL_STACK' ? publicAddresses.ipv6 : [],
    };
  }

  #addressesOfConnection(connection: ConnectionRecord, live: Live, view: DnsView): Addresses | undefined {
    const { world, endpoints, resources } = this.#setting;
    const inside = view.kind === 'vpc' && view.vpcId === live.vpcId;
    if (!inside && !world.switches.connectionNameIsPublic) return undefined;
    if (world.clock.now() < live.resolvesFrom) return undefined;
    const network = resources.services.get(connection.serviceArn)?.deployed?.network;
    if (network?.isPubliclyAccessible !== false) return undefined;
    const endpoint = endpoints.endpoint(connection.account, connection.region, live.vpcEndpointId);
    if (endpoint?.state !== 'available') return undefined;
    const ipv6 = endpoint.interfaces.flatMap(({ ipv6Address }) => ipv6Address ?? []);
    return {
      ipv4: endpoint.interfaces.map(({ address }) => address),
      ipv6: network.ipAddressType === 'DUAL_STACK' ? ipv6 : [],
    };
  }
}

/** Names of the service's domains that have a certificate bound. */
const activeNames = ({ domains }: ServiceRecord): readonly string[] =>
  [...domains.values()].filter(({ status }: DomainRecord) => status === 'active').flatMap(certifiedNames);
