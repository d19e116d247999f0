import type { AppRunnerClient, Service } from '@aws-sdk/client-apprunner';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { Route53Client } from '@aws-sdk/client-route-53';
import type { Claims } from '../claims.ts';
import { errorName } from '../errors.ts';
import { associationsFingerprint } from '../plan/association.ts';
import { type OwnedRecord, recordsOf, validationOf } from '../plan/ledger.ts';
import type { ConnectionState, DomainState, NetworkState, Observed, ObservedService } from '../plan/observed.ts';
import { answerFingerprint } from '../plan/publish-gate.ts';
import type { WaitCondition } from '../plan/wait.ts';
import type { NetworkRule } from '../policy/rules.ts';
import { type Owner, readClaim } from '../records/ownership.ts';
import type { ServiceIdentity } from '../service-arn.ts';
import { observeServiceClaims } from './claims.ts';
import {
  describeConnection,
  isEndpointInUse,
  type ListedConnection,
  listConnections,
  observeConnections,
} from './connections.ts';
import { type DomainScope, type DomainSources, observeDomains } from './domain-states.ts';
import { type CustomDomains, customDomainsOf, type DescribedDomains, describeCustomDomains } from './domains.ts';
import type { JoinedReads } from './joined-reads.ts';
import { type Answers, Freshness, type Memory, sharedMemory } from './memory.ts';
import { type NameSources, type ObservedNames, observeNames } from './name-checks.ts';
import type { PublicDns } from './names.ts';
import { observeEndpointState, observeNetwork } from './network.ts';
import { observeZones } from './records.ts';
import {
  observeClaims,
  observeServices,
  observeUnusedEndpoints,
  type StandingClaim,
  type UnusedEndpoint,
} from './region.ts';
import { describeService, isListed, observeService, observeTags, serviceStatusOf } from './service.ts';
import { clientOf, type ZoneClients } from './zone-clients.ts';
import { listPages, ZonePages } from './zone-pages.ts';
import type { ZoneReads } from './zone-reads.ts';

/** The clients to read with. None of them may write. */
export interface ObserverSources extends PublicDns, NameSources {
  readonly appRunner: AppRunnerClient;
  readonly ec2: EC2Client;
  readonly zones: ZoneClients;
  /** Of the account that owns the VPC: only that account may list the associated zones. */
  readonly vpcZones: Route53Client;
  /** What services that are observed at the same time share. */
  readonly reads: JoinedReads;
  /** What services claim against each other; `undefined`: no table says it. */
  readonly claims?: Pick<Claims, 'values'> | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** What to observe. */
export interface ObservationScope extends DomainScope {
  /** Value of the installation's owner tag. */
  readonly ownerTag: string;
  /** Whether the service is to be private, and not to be detached. */
  readonly keeps: boolean;
  /** Whether to look no further than whether the service has a connection. */
  readonly connectionOnly?: boolean;
}

/** Record sets a page for many services: the most that Route 53 returns. */
const LARGE_PAGE = 300;

/**
 * Reads AWS and DNS in one account and region, and returns plain data.
 * @throws what AWS throws: AccessDenied never counts as absence.
 */
export class Observer {
  readonly #sources: ObserverSources;
  readonly #memory: Memory;
  /** Of many services in a row: then it lists what all of them have. */
  readonly #zoneReads: ZoneReads | undefined;

  /** @param memory what it remembers; by default nothing. */
  constructor(sources: ObserverSources, memory: Memory = {}, zoneReads?: ZoneReads) {
    this.#sources = sources;
    this.#memory = memory;
    this.#zoneReads = zoneReads;
  }

  /**
   * An observer for many services in a row: what they share is read once, and their connections and records in pages.
   * @param zoneReads what those of other accounts and regions share with them.
   */
  forManyServices(zoneReads: ZoneReads): Observer {
    return new Observer(this.#sources, sharedMemory(), zoneReads);
  }

  now(): number {
    return this.#sources.now();
  }

  service(serviceArn: string): Promise<ObservedService> {
    return observeService(serviceArn, {
      describe: () => this.#describe(serviceArn),
      tags: () => this.tags(serviceArn),
      isListed: () => isListed(this.#sources.appRunner, serviceArn),
    });
  }

  tags(arn: string): Promise<Readonly<Record<string, string>>> {
    return remembered(this.#memory.tags, arn, () => observeTags(this.#sources.appRunner, arn));
  }

  /** The service's tags in a form that differs when one of ours differs. */
  async tagsFingerprint(serviceArn: string): Promise<string> {
    return tagsFingerprint(await this.tags(serviceArn));
  }

  /** Runs the check of a wait. The result compares with the wait's `expected`. */
  async check(condition: WaitCondition, service: ServiceIdentity): Promise<string> {
    switch (condition.check) {
      case 'service':
        return serviceStatusOf(await this.#describe(service.arn));
      case 'endpoint':
        return observeEndpointState(this.#sources.ec2, condition.endpointId);
      case 'connection':
        return (await this.#connection(condition.arn))?.status ?? 'deleted';
      case 'domains': {
        const { associations } = await this.#customDomains(service.arn, undefined);
        return associationsFingerprint(condition.domains, (domain) => associations[domain]);
      }
      case 'name':
        return answerFingerprint((await this.#names(condition.probe, condition.name, [], false, [])).answer);
      case 'nothing':
        return '';
    }
  }

  /** The custom domains associated with a service. */
  async associatedNames(serviceArn: string): Promise<readonly string[]> {
    const { associations } = await this.#customDomains(serviceArn, undefined);
    return Object.keys(associations).filter((name) => associations[name]?.coveredBy === undefined);
  }

  /** ARNs of all services of this account and region that are not deleted. */
  services(): Promise<readonly string[]> {
    return observeServices(this.#sources.appRunner);
  }

  /** ARNs of services that have a VPC ingress connection, or had one when they were deleted. */
  async connectedServices(): Promise<readonly string[]> {
    const listed = await this.#connections();
    return [...new Set(listed.map(({ serviceArn }) => serviceArn))];
  }

  /** Endpoints that the installation created here and no service is attached to. */
  unusedEndpoints(region: string, ownerTag: string): Promise<readonly UnusedEndpoint[]> {
    return observeUnusedEndpoints(this.#sources.ec2, this.#sources.appRunner, region, ownerTag);
  }

  /** Every ownership record of the installation in a hosted zone. */
  claims(zoneId: string, installation: string): Promise<readonly StandingClaim[]> {
    const list = listPages(clientOf(this.#sources.zones, zoneId), zoneId, LARGE_PAGE);
    return observeClaims(this.#zoneReads?.shared(zoneId, list) ?? list, installation);
  }

  /** What is there of a network that a service is to be reachable from. */
  network(rule: NetworkRule, { account, region }: ServiceIdentity, ownerTag: string): Promise<NetworkState> {
    return observeNetwork(this.#sources.ec2, { account, region, ownerTag, ...rule });
  }

  /** Everything the plan needs to know of one service. */
  async world(service: ObservedService, scope: ObservationScope): Promise<Observed> {
    const none: CustomDomains = { associations: {}, serviceNames: [] };
    const { appRunner, ec2, zones: zoneClients, vpcZones } = this.#sources;
    const memory = this.#memory;
    const { network: rule, service: identity, installation, ownerTag } = scope;
    const vpcId = rule?.vpcId;
    const { account, region } = identity;
    const names = [...new Set([...scope.domains, ...Object.keys(scope.ledger.domains)])];
    const isKnown = scope.ledger.endpoint !== undefined;
    const observedConnections = observeConnections(identity.arn, isKnown, {
      list: async () => (await this.#connections(identity.arn)).map(({ arn }) => arn),
      describe: (arn) => this.#connection(arn),
      tags: (arn) => this.tags(arn),
    });
    const observedNetwork =
      rule === undefined
        ? undefined
        : remembered(memory.networks, JSON.stringify(rule), async () => {
            // Many services share the answer.
            const isUnused = this.#zoneReads === undefined && (await observedConnections).length === 0;
            return observeNetwork(ec2, { account, region, ownerTag, isUnused, ...rule });
          });
    const zoneFreshness = memory.zones?.freshness ?? new Freshness(() => this.now(), false);
    const zonesIn = (vpc: Parameters<typeof observeZones>[1]) =>
      remembered(memory.zones, vpc?.id ?? '', () =>
        observeZones(zoneClients, vpc, this.#zoneReads ?? this.#sources.reads.listings(zoneFreshness)),
      );
    const { claims } = this.#sources;
    const written = validationOf(scope.ledger);
    const [network, connections, { associations, serviceNames }, zones, held] = await Promise.all([
      observedNetwork,
      observedConnections,
      // An association does not outlive its service.
      service.kind === 'deleted' || (names.length === 0 && !service.isPublic)
        ? none
        : this.#customDomains(identity.arn, vpcId),
      names.length === 0 || scope.domains.length === 0
        ? []
        : zonesIn(vpcId === undefined ? undefined : { id: vpcId, region, client: vpcZones }).catch(async (error) => {
            // Route 53 may refuse a VPC that is not the account's (docs/facts.md#zones-of-a-foreign-vpc).
            if (errorName(error) !== 'InvalidInput' || isOwnVpc(await observedNetwork, account)) throw error;
            return zonesIn(undefined);
          }),
      claims === undefined
        ? undefined
        : remembered(memory.claims, JSON.stringify([identity.arn, scope.domains, written]), () =>
            observeServiceClaims(claims, identity.arn, scope.domains, written),
          ),
    ]);
    const validationInUse = Object.values(associations).flatMap(({ validation }) => validation.map(({ name }) => name));
    const domains = await observeDomains(
      this.#domainSources(recordsOf(scope.ledger)),
      names,
      associations,
      zones,
      scope,
    );
    const used = scope.ledger.endpoint;
    const left = !scope.keeps && connections.length === 0 && used !== undefined;
    const endpointInUse = left ? await isEndpointInUse(appRunner, used.id) : undefined;
    const available =
      scope.connectionOnly === true ? undefined : connections.find(({ status }) => status === 'AVAILABLE');
    const published = scope.domains.filter((name) =>
      isPublished(domains[name], { installation, serviceId: identity.id }),
    );
    const { endpoints = [] } = network ?? {};
    const isElsewhere = endpoints.length > 0 && endpoints.every(({ id }) => id !== available?.endpointId);
    const endpointElsewhere =
      available !== undefined && isElsewhere ? await observeEndpointState(ec2, available.endpointId) : undefined;
    const dualStack = service.kind === 'present' && service.dualStack;
    const seen =
      rule === undefined || available === undefined
        ? undefined
        : await this.#names(
            rule.probe,
            available.domainName,
            // Without a domain the service answers under the connection's name only.
            scope.domains.length === 0 && scope.keeps ? [available.domainName] : published,
            dualStack,
            // They matter to HTTPS checks alone.
            published.length === 0 && scope.domains.length > 0
              ? []
              : (network?.endpoints ?? []).flatMap(({ addresses }) => addresses),
          );
    return {
      at: this.now(),
      service,
      network,
      connections,
      ...(endpointElsewhere === undefined ? {} : { endpointElsewhere }),
      validationInUse,
      associated: Object.keys(associations),
      ...(held === undefined ? {} : { claims: held.names, shares: held.shares }),
      serviceNames: [
        ...new Set([
          ...serviceNames,
          ...connections.flatMap(({ domainName }) => (domainName === '' ? [] : [domainName])),
          ...(service.kind === 'present' && service.publicName !== undefined ? [service.publicName] : []),
        ]),
      ],
      ...(endpointInUse === undefined ? {} : { endpointInUse }),
      domains,
      ...(scope.zones.length === 0 || names.length === 0
        ? {}
        : {
            pinnedZones: scope.zones.map((id) => {
              const zone = zones.find((one) => one.id === id);
              return zone === undefined ? { id } : { id, zone };
            }),
          }),
      answer: seen?.answer,
      httpsChecks: seen?.httpsChecks ?? {},
    };
  }

  #describe(serviceArn: string): Promise<Service | undefined> {
    return remembered(this.#memory.services, serviceArn, () => describeService(this.#sources.appRunner, serviceArn));
  }

  /** Of one service: where many are asked about, from one listing of all of them. */
  async #connections(serviceArn?: string): Promise<readonly ListedConnection[]> {
    const { appRunner } = this.#sources;
    const asked = this.#zoneReads === undefined ? serviceArn : undefined;
    const listed = await remembered(this.#memory.connectionLists, asked ?? '', () => listConnections(appRunner, asked));
    return asked === serviceArn ? listed : listed.filter((one) => one.serviceArn === serviceArn);
  }

  #connection(arn: string): Promise<ConnectionState | undefined> {
    return remembered(this.#memory.connections, arn, () => describeConnection(this.#sources.appRunner, arn));
  }

  async #customDomains(serviceArn: string, vpcId: string | undefined): Promise<CustomDomains> {
    const described: DescribedDomains = await remembered(this.#memory.customDomains, serviceArn, () =>
      describeCustomDomains(this.#sources.appRunner, serviceArn),
    );
    return customDomainsOf(described, vpcId);
  }

  #names(...asked: AfterFirst<Parameters<typeof observeNames>>): Promise<ObservedNames> {
    return remembered(this.#memory.names, JSON.stringify(asked), () => observeNames(this.#sources, ...asked));
  }

  /** @param written records of the ledger. */
  #domainSources(written: readonly OwnedRecord[]): DomainSources {
    const { issuers, nameServers, cname, reads } = this.#sources;
    return {
      issuers,
      nameServers,
      cname,
      records: async (zoneId, names) => {
        const client = clientOf(this.#sources.zones, zoneId);
        if (this.#zoneReads !== undefined)
          return this.#zoneReads.pages(zoneId, LARGE_PAGE, listPages(client, zoneId, LARGE_PAGE)).at(names);
        const { records } = this.#memory;
        return records === undefined
          ? new ZonePages(reads.pages(client, zoneId)).at(names)
          : records.at(client, zoneId, names, written);
      },
    };
  }
}

type AfterFirst<List extends readonly unknown[]> = List extends readonly [unknown, ...infer Rest] ? Rest : never;

function remembered<Answer>(
  answers: Answers<Answer> | undefined,
  about: string,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  return answers === undefined ? ask() : answers.read(about, ask);
}

function isOwnVpc(network: NetworkState | undefined, account: string): boolean {
  return network === undefined || (network.vpcFound && (network.vpc?.ownerId ?? account) === account);
}

function isPublished(domain: DomainState | undefined, owner: Owner): boolean {
  const there = domain?.trafficZone === undefined ? undefined : domain.records[domain.trafficZone.id];
  return there !== undefined && there.at.length > 0 && readClaim(there.txt, owner).by === 'us';
}

/** Differs when one of the tags the product reads differs. */
export function tagsFingerprint(tags: Readonly<Record<string, string>>): string {
  return Object.entries(tags)
    .filter(([key]) => key.startsWith('private-ingress'))
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([key, value]) => `${key}=${value}`)
    .join('\n');
}
