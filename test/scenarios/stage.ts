import { AppRunnerClient } from '@aws-sdk/client-apprunner';
import { DescribeVpcEndpointsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { addressText, parseBlock } from 'apprunner-embedded-cloud/address-block';
import type { WireCounter } from 'apprunner-embedded-cloud/wire-counter';
import { describeConnections } from '../../shared/observe/connections.ts';
import { customDomainsOf, describeCustomDomains } from '../../shared/observe/domains.ts';
import { connectionName } from '../../shared/plan/connection-owner.ts';
import type { ConnectionState } from '../../shared/plan/observed.ts';
import { appRunnerZoneIds } from '../../shared/records/alias.ts';
import type { Installation } from '../installation/installation.ts';
import type { Clients } from './calls.ts';
import { EventWeatherControl } from './events.ts';
import { FaultControl } from './faults.ts';

/** A scenario under way: the installation, and what its texts stand for. */
export class Stage {
  readonly world: Installation;
  readonly root: Clients;
  readonly events: EventWeatherControl;
  readonly faults: FaultControl;
  counter: WireCounter | undefined;
  /** ARNs by name, the first one first. */
  readonly services = new Map<string, string>();
  readonly #given = new Map<string, string>();

  constructor(world: Installation) {
    this.world = world;
    this.root = world;
    this.events = new EventWeatherControl(world.cloud);
    this.faults = new FaultControl(world.cloud);
  }

  /** The clients of the root of another account. */
  clientsOf(account: string | undefined): Clients {
    if (account === undefined) return this.root;
    const credentials = { accessKeyId: account, secretAccessKey: account };
    const config = { ...this.world.cloud.clientConfig(), credentials };
    return {
      appRunner: new AppRunnerClient(config),
      ec2: new EC2Client(config),
      route53: new Route53Client(config),
    };
  }

  give(name: string, value: string): void {
    this.#given.set(name, value);
  }

  /** The ARN of the service named, of the first one if none is. */
  service(name?: string): string {
    const arn = name === undefined ? [...this.services.values()][0] : this.services.get(name);
    if (arn === undefined) throw new Error(`the scenario has no service ${name ?? 'at all'} yet`);
    return arn;
  }

  async connections(service?: string): Promise<readonly ConnectionState[]> {
    return describeConnections(this.root.appRunner, this.service(service));
  }

  /** The addresses of the VPC's endpoint. */
  endpointAddresses(vpcId: string, type: 'A' | 'AAAA'): readonly string[] {
    const { interfaces } = this.#endpoint(vpcId);
    return interfaces.flatMap(({ address, ipv6Address }) => (type === 'A' ? address : (ipv6Address ?? [])));
  }

  zone(name: string): string {
    const { privateZoneId, publicZoneId } = this.world.network;
    const zones: Readonly<Record<string, string>> = { private: privateZoneId, public: publicZoneId };
    const id = zones[name] ?? this.#given.get(name);
    if (id === undefined) throw new Error(`the scenario has no zone ${name}`);
    return id.replace('/hostedzone/', '');
  }

  /** The same data with every symbolic name filled in. */
  async fill<Data>(data: Data): Promise<Data> {
    let text = JSON.stringify(data);
    for (const name of new Set(text.match(/\{[a-z][a-z0-9 -]*\}/g))) {
      const value = JSON.stringify(await this.#named(name.slice(1, -1))).slice(1, -1);
      text = text.replaceAll(name, () => value);
    }
    // The data came out of the same JSON, with other texts in it.
    return JSON.parse(text) as Data;
  }

  async #named(name: string): Promise<string> {
    const given = this.#given.get(name);
    if (given !== undefined) return given;
    const { network } = this.world;
    const [word, service, index = '0'] = name.split(' ');
    switch (word) {
      // Of a /56 that AWS has chosen: `{ipv6-subnet range 1}` is the second /64.
      case 'ipv6-subnet': {
        const range = parseBlock(this.#given.get(service ?? '') ?? '');
        if (range === undefined) throw new Error(`{${service}} is no CIDR block`);
        return `${addressText(6, range.first + (BigInt(index) << 64n))}/64`;
      }
      case 'service':
        return this.service(service);
      case 'service-id':
        return this.service(service).split('/').at(-1) ?? '';
      case 'vpc':
        return network.vpcId;
      case 'subnet':
        return network.subnetIds[0] ?? '';
      case 'other-subnet':
        return network.subnetIds[1] ?? '';
      case 'security-group':
        return network.securityGroupId;
      case 'private-zone':
        return network.privateZoneId;
      case 'public-zone':
        return network.publicZoneId;
      // Of a zone that the scenario has: `{name-server app}`.
      case 'name-server': {
        const { DelegationSet } = await this.root.route53.send(
          new GetHostedZoneCommand({ Id: this.zone(service ?? '') }),
        );
        return DelegationSet?.NameServers?.[0] ?? '';
      }
      case 'apprunner-zone':
        return appRunnerZoneIds['ap-northeast-1'] ?? '';
      // The variables of the policy's domain templates, which look the same.
      case 'template-service':
      case 'template-account':
      case 'template-region':
        return `{${word.replace('template-', '')}}`;
      case 'endpoint':
        return this.#endpoint().endpointId;
      case 'endpoint-name':
        return this.#endpointName(this.#given.get(service ?? ''));
      case 'our-connection':
        return connectionName(this.service(service));
      // App Runner's own name of the service, which answers while it is public.
      case 'public-name':
        return (
          customDomainsOf(await describeCustomDomains(this.root.appRunner, this.service(service)), undefined)
            .serviceNames[0] ?? ''
        );
      case 'validation-name':
        return this.#validationName();
      case 'connection':
        return (await this.#connection(service)).arn;
      case 'connection-name':
        return (await this.#connection(service)).domainName;
      default:
        throw new Error(`no scenario knows the symbolic name {${name}}`);
    }
  }

  #endpoint(vpcId = this.world.network.vpcId) {
    const endpoints = this.world.cloud.ec2.allEndpoints().filter((endpoint) => endpoint.vpcId === vpcId);
    const endpoint = endpoints.find(({ state }) => state === 'available') ?? endpoints[0];
    if (endpoint === undefined) throw new Error('the VPC has no endpoint yet');
    return endpoint;
  }

  async #endpointName(vpcId: string | undefined): Promise<string> {
    const { VpcEndpoints = [] } = await this.world.ec2.send(
      new DescribeVpcEndpointsCommand({ VpcEndpointIds: [this.#endpoint(vpcId).endpointId] }),
    );
    return VpcEndpoints[0]?.DnsEntries?.[0]?.DnsName ?? '';
  }

  /** Where the first validation record of the first domain has to stand. */
  async #validationName(): Promise<string> {
    const { associations } = customDomainsOf(
      await describeCustomDomains(this.root.appRunner, this.service()),
      undefined,
    );
    return Object.values(associations)[0]?.validation[0]?.name ?? '';
  }

  async #connection(service: string | undefined): Promise<ConnectionState> {
    const [connection] = await this.connections(service);
    if (connection === undefined) throw new Error('the service has no connection yet');
    return connection;
  }
}
