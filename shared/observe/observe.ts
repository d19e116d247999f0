import type { AppRunnerClient } from '@aws-sdk/client-apprunner';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { Route53Client } from '@aws-sdk/client-route-53';
import type { Claims } from '../claims.ts';
import { errorName } from '../errors.ts';
import { readNameClaims } from '../name-claim.ts';
import { associationsFingerprint } from '../plan/association.ts';
import { validationOf } from '../plan/ledger.ts';
import type { DomainState, NetworkState, Observed, ObservedService } from '../plan/observed.ts';
import { answerFingerprint } from '../plan/publish-gate.ts';
import type { WaitCondition } from '../plan/wait.ts';
import type { NetworkRule } from '../policy/rules.ts';
import { type Owner, readClaim } from '../records/ownership.ts';
import type { ServiceIdentity } from '../service-arn.ts';
import { neededByOthers } from '../validation-claim.ts';
import { describeConnection, isEndpointInUse, observeConnections } from './connections.ts';
import { type DomainScope, type DomainSources, observeDomains } from './domain-states.ts';
import { type CustomDomains, observeAssociations, observeCustomDomains } from './domains.ts';
import { type Answers, type Change, forget, type Memory, nothingKept, passMemory, vpcMemory } from './memory.ts';
import { type NameSources, type ObservedNames, observeNames } from './name-checks.ts';
import type { PublicDns } from './names.ts';
import { observeEndpointState, observeNetwork } from './network.ts';
import { observeRecords, observeZones } from './records.ts';
import {
  observeClaims,
  observeConnectedServices,
  observeServices,
  observeUnusedEndpoints,
  type StandingClaim,
  type UnusedEndpoint,
} from './region.ts';
import { observeService, observeServiceStatus, observeTags } from './service.ts';
import { clientOf, type ZoneClients } from './zone-clients.ts';

/** The clients to read with. None of them may write. */
export interface ObserverSources extends PublicDns, NameSources {
  readonly appRunner: AppRunnerClient;
  readonly ec2: EC2Client;
  readonly zones: ZoneClients;
  /** Of the account that owns the VPC: only that account may list the associated zones. */
  readonly vpcZones: Route53Client;
  /** What services claim against each other; `undefined`: no table says it. */
  readonly claims?: Pick<Claims, 'get'> | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** What to observe. */
export interface ObservationScope extends DomainScope {
  /** Value of the installation's owner tag. */
  readonly ownerTag: string;
  /** Whether the service is to be private, and not to be detached. */
  readonly keeps: boolean;
}

/**
 * Reads AWS and DNS in one account and region, and returns plain data.
 * @throws what AWS throws: AccessDenied never counts as absence.
 */
export class Observer {
  readonly #sources: ObserverSources;
  readonly #memory: Memory;
  readonly #kept = nothingKept();

  /** @param memory what it remembers; by default nothing. */
  constructor(sources: ObserverSources, memory: Memory = {}) {
    this.#sources = sources;
    this.#memory = memory;
  }

  /** An observer for many services in a row: it reads a VPC's endpoints and zones once. */
  forManyServices(): Observer {
    return new Observer(this.#sources, vpcMemory());
  }

  /**
   * An observer for one reconciliation: it reads again only what `forget` names.
   * @param isFresh takes nothing from earlier reconciliations. Otherwise, what holds for a whole VPC may be a minute old.
   */
  forOneReconciliation({ isFresh }: { readonly isFresh: boolean }): Observer {
    return new Observer(
      this.#sources,
      passMemory(isFresh ? undefined : this.#kept, () => this.now()),
    );
  }

  /** Whether something was taken from an earlier reconciliation: it justifies waiting or an empty plan, never a write. */
  get usedKept(): boolean {
    const { networks, zones } = this.#memory;
    return networks?.usedKept === true || zones?.usedKept === true;
  }

  /** Forgets what may have changed; without a change, everything. */
  forget(change?: Change): void {
    forget(this.#memory, change);
  }

  now(): number {
    return this.#sources.now();
  }

  service(serviceArn: string): Promise<ObservedService> {
    return remembered(this.#memory.services, serviceArn, () => observeService(this.#sources.appRunner, serviceArn));
  }

  /** The service's tags in a form that differs when one of ours differs. */
  async tagsFingerprint(serviceArn: string): Promise<string> {
    return tagsFingerprint(await observeTags(this.#sources.appRunner, serviceArn));
  }

  /** Runs the check of a wait. The result compares with the wait's `expected`. */
  async check(condition: WaitCondition, service: ServiceIdentity): Promise<string> {
    const { appRunner, ec2 } = this.#sources;
    switch (condition.check) {
      case 'service':
        return observeServiceStatus(appRunner, service.arn);
      case 'endpoint':
        return observeEndpointState(ec2, condition.endpointId);
      case 'connection':
        return (await describeConnection(appRunner, condition.arn))?.status ?? 'deleted';
      case 'domains': {
        const associations = await observeAssociations(appRunner, service.arn, undefined);
        return associationsFingerprint(condition.domains, (domain) => associations[domain]);
      }
      case 'name':
        return answerFingerprint(
          (await observeNames(this.#sources, condition.probe, condition.name, [], false, [])).answer,
        );
      case 'nothing':
        return '';
    }
  }

  /** The custom domains associated with a service. */
  async associatedNames(serviceArn: string): Promise<readonly string[]> {
    const associations = await observeAssociations(this.#sources.appRunner, serviceArn, undefined);
    return Object.keys(associations).filter((name) => associations[name]?.coveredBy === undefined);
  }

  /** ARNs of all services of this account and region that are not deleted. */
  services(): Promise<readonly string[]> {
    return observeServices(this.#sources.appRunner);
  }

  /** ARNs of services that have a VPC ingress connection; the service itself may be deleted. */
  connectedServices(): Promise<readonly string[]> {
    return observeConnectedServices(this.#sources.appRunner);
  }

  tags(serviceArn: string): Promise<Readonly<Record<string, string>>> {
    return observeTags(this.#sources.appRunner, serviceArn);
  }

  /** Endpoints that the installation created here and no service is attached to. */
  unusedEndpoints(region: string, ownerTag: string): Promise<readonly UnusedEndpoint[]> {
    return observeUnusedEndpoints(this.#sources.ec2, this.#sources.appRunner, region, ownerTag);
  }

  /** Every ownership record of the installation in a hosted zone. */
  claims(zoneId: string, installation: string): Promise<readonly StandingClaim[]> {
    return observeClaims(clientOf(this.#sources.zones, zoneId), zoneId, installation);
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
    const observedNetwork =
      rule === undefined
        ? undefined
        : remembered(memory.networks, JSON.stringify(rule), () =>
            observeNetwork(ec2, { account, region, ownerTag, ...rule }),
          );
    const zonesIn = (vpc: Parameters<typeof observeZones>[1]) =>
      remembered(memory.zones, vpc?.id ?? '', () => observeZones(zoneClients, vpc));
    const { claims } = this.#sources;
    const isKnown = scope.ledger.endpoint !== undefined;
    const [network, connections, { associations, serviceNames }, zones, held] = await Promise.all([
      observedNetwork,
      remembered(memory.connections, JSON.stringify([identity.arn, isKnown]), () =>
        observeConnections(appRunner, identity.arn, isKnown),
      ),
      // An association does not outlive its service.
      service.kind === 'deleted' || (names.length === 0 && !service.isPublic)
        ? none
        : remembered(memory.customDomains, JSON.stringify([identity.arn, vpcId]), () =>
            observeCustomDomains(appRunner, identity.arn, vpcId),
          ),
      names.length === 0 || scope.domains.length === 0
        ? []
        : zonesIn(vpcId === undefined ? undefined : { id: vpcId, region, client: vpcZones }).catch(async (error) => {
            // Route 53 may refuse a VPC that is not the account's (docs/facts.md#zones-of-a-foreign-vpc).
            if (errorName(error) !== 'InvalidInput' || isOwnVpc(await observedNetwork, account)) throw error;
            return zonesIn(undefined);
          }),
      claims === undefined
        ? undefined
        : remembered(memory.claims, JSON.stringify(scope.domains), () => readNameClaims(claims, scope.domains)),
    ]);
    const validationInUse = Object.values(associations).flatMap(({ validation }) => validation.map(({ name }) => name));
    const unneeded = validationOf(scope.ledger).filter(({ record }) => !validationInUse.includes(record.name));
    const shared = claims === undefined ? [] : await neededByOthers(claims, identity.arn, unneeded);
    const domains = await observeDomains(this.#domainSources(), names, associations, zones, scope);
    const used = scope.ledger.endpoint;
    const left = !scope.keeps && connections.length === 0 && used !== undefined;
    const endpointInUse = left ? await isEndpointInUse(appRunner, used.id) : undefined;
    const available = connections.find(({ status }) => status === 'AVAILABLE');
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
            (network?.endpoints ?? []).flatMap(({ addresses }) => addresses),
          );
    return {
      at: this.now(),
      service,
      network,
      connections,
      ...(endpointElsewhere === undefined ? {} : { endpointElsewhere }),
      validationInUse,
      ...(shared.length === 0 ? {} : { neededByOthers: shared }),
      associated: Object.keys(associations),
      ...(held === undefined ? {} : { claims: held }),
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

  #names(...asked: AfterFirst<Parameters<typeof observeNames>>): Promise<ObservedNames> {
    return remembered(this.#memory.names, JSON.stringify(asked), () => observeNames(this.#sources, ...asked));
  }

  #domainSources(): DomainSources {
    const { issuers, nameServers, cname, zones } = this.#sources;
    return {
      issuers,
      nameServers,
      cname,
      records: (zoneId, names) =>
        remembered(this.#memory.records, JSON.stringify([zoneId, names]), () =>
          observeRecords(clientOf(zones, zoneId), zoneId, names),
        ),
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
