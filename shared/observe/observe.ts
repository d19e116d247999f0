import type { AppRunnerClient } from '@aws-sdk/client-apprunner';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { Route53Client } from '@aws-sdk/client-route-53';
import { isAccessDenied } from '../aws/errors.ts';
import type { Claims } from '../claims.ts';
import { errorMessage, errorName } from '../errors.ts';
import { readNameClaims } from '../name-claim.ts';
import { associationsFingerprint } from '../plan/association.ts';
import type { OwnedResources } from '../plan/ledger.ts';
import { ownedDomain } from '../plan/ledger.ts';
import type {
  Association,
  DomainState,
  NameAnswer,
  NetworkState,
  Observed,
  ObservedService,
} from '../plan/observed.ts';
import { answerFingerprint } from '../plan/publish-gate.ts';
import type { WaitCondition } from '../plan/wait.ts';
import type { NetworkRule } from '../policy/rules.ts';
import type { Probe, ProbeRequest } from '../probe/contract.ts';
import { type Owner, readClaim } from '../records/ownership.ts';
import type { RecordSet } from '../records/record-set.ts';
import type { Zone } from '../records/zones.ts';
import type { ServiceIdentity } from '../service-arn.ts';
import { describeConnection, isEndpointInUse, observeConnections } from './connections.ts';
import {
  type DomainQuestions,
  domainQuestions,
  domainState,
  joined,
  nameServersAt,
  registryQuestions,
  tiedZones,
} from './domain-records.ts';
import { type CustomDomains, observeAssociations, observeCustomDomains } from './domains.ts';
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
export interface ObserverSources extends PublicDns {
  readonly appRunner: AppRunnerClient;
  readonly ec2: EC2Client;
  readonly zones: ZoneClients;
  /** Of the account that owns the VPC: only that account may list the associated zones. */
  readonly vpcZones: Route53Client;
  /** A probe function of this account and region, by its name. */
  probe(functionName: string): Probe;
  /** What services claim against each other; `undefined`: no table says it. */
  readonly claims?: Pick<Claims, 'get'> | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** What to observe. */
export interface ObservationScope {
  readonly service: ServiceIdentity;
  /** Name of this installation in ownership records. */
  readonly installation: string;
  /** Value of its owner tag. */
  readonly ownerTag: string;
  /** `undefined` when the network does not matter: detaching, or no VPC is named. */
  readonly network: NetworkRule | undefined;
  readonly domains: readonly string[];
  /** Whether the service is to be private, and not to be detached. */
  readonly keeps: boolean;
  /** Hosted zone ids whose records may be read and written; of the others only the existence is known. */
  readonly allowedZones: readonly string[];
  /** Hosted zone ids to prefer. */
  readonly zones: readonly string[];
  readonly ledger: OwnedResources;
}

/**
 * Reads AWS and DNS in one account and region, and returns plain data.
 * @throws what AWS throws: AccessDenied never counts as absence.
 */
export class Observer {
  readonly #sources: ObserverSources;
  readonly #memory: VpcCache | undefined;

  /** @param cache if given, what holds for a whole VPC is read once. */
  constructor(sources: ObserverSources, cache?: VpcCache) {
    this.#sources = sources;
    this.#memory = cache;
  }

  /** An observer for many services in a row: it reads a VPC's endpoints and zones once. */
  memoized(): Observer {
    return new Observer(this.#sources, { networks: new Map(), zones: new Map() });
  }

  now(): number {
    return this.#sources.now();
  }

  service(serviceArn: string): Promise<ObservedService> {
    return observeService(this.#sources.appRunner, serviceArn);
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
        return answerFingerprint((await this.#names(condition.probe, condition.name, [], false, [])).answer);
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

  /** Everything the plan needs to know of one service. */
  async world(service: ObservedService, scope: ObservationScope): Promise<Observed> {
    const none: CustomDomains = { associations: {}, serviceNames: [] };
    const { appRunner, ec2, zones: zoneClients, vpcZones } = this.#sources;
    const { network: rule, service: identity, installation, ownerTag } = scope;
    const vpcId = rule?.vpcId;
    const { account, region } = identity;
    const names = [...new Set([...scope.domains, ...Object.keys(scope.ledger.domains)])];
    const observedNetwork =
      rule === undefined
        ? undefined
        : memoize(this.#memory?.networks, JSON.stringify(rule), () =>
            observeNetwork(ec2, { account, region, ownerTag, ...rule }),
          );
    const zonesIn = (vpc: Parameters<typeof observeZones>[1]) =>
      memoize(this.#memory?.zones, vpc?.id ?? '', () => observeZones(zoneClients, vpc));
    const [network, connections, { associations, serviceNames }, zones] = await Promise.all([
      observedNetwork,
      observeConnections(appRunner, identity.arn, scope.ledger.endpoint !== undefined),
      // An association does not outlive its service.
      service.kind === 'deleted' || (names.length === 0 && !service.isPublic)
        ? none
        : observeCustomDomains(appRunner, identity.arn, vpcId),
      names.length === 0 || scope.domains.length === 0
        ? []
        : zonesIn(vpcId === undefined ? undefined : { id: vpcId, region, client: vpcZones }).catch(async (error) => {
            // Route 53 may refuse a VPC that is not the account's (docs/facts.md#zones-of-a-foreign-vpc).
            if (errorName(error) !== 'InvalidInput' || isOwnVpc(await observedNetwork, account)) throw error;
            return zonesIn(undefined);
          }),
    ]);
    const { claims } = this.#sources;
    const held = claims === undefined ? undefined : await readNameClaims(claims, scope.domains);
    const domains = await this.#domains(names, associations, zones, scope);
    const used = scope.ledger.endpoint;
    const left = !scope.keeps && connections.length === 0 && used !== undefined;
    const endpointInUse = left ? await isEndpointInUse(appRunner, used.id) : undefined;
    const available = connections.find(({ status }) => status === 'AVAILABLE');
    const published = scope.domains.filter((name) =>
      isPublished(domains[name], { installation, serviceId: identity.id }),
    );
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
      validationInUse: Object.values(associations).flatMap(({ validation }) => validation.map(({ name }) => name)),
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

  async #domains(
    names: readonly string[],
    associations: Readonly<Record<string, Association>>,
    zones: readonly Zone[],
    { network, ledger, domains, zones: pinned, allowedZones: allowed, installation, service }: ObservationScope,
  ): Promise<Readonly<Record<string, DomainState>>> {
    const vpcId = network?.vpcId;
    const delegated = await this.#delegated(names, zones, { vpcId, pinned, allowed });
    const questions = names.map((name) =>
      domainQuestions(name, associations[name], ownedDomain(ledger, name), zones, {
        vpcId,
        preference: { pinned, allowed, delegated },
        isWanted: domains.includes(name),
      }),
    );
    const answers = new Map<string, readonly RecordSet[]>();
    const read = async (asked: ReadonlyMap<string, readonly string[]>) => {
      for (const [zoneId, wanted] of asked) {
        const found = await observeRecords(clientOf(this.#sources.zones, zoneId), zoneId, wanted);
        answers.set(zoneId, [...(answers.get(zoneId) ?? []), ...found]);
      }
    };
    await read(joined(questions.map(({ asked }) => asked)));
    const owner = { installation, serviceId: service.id };
    await read(joined(questions.map((one) => registryQuestions(one, answers, owner))));
    const states = questions.map(async (condition) => {
      const { name, association } = condition;
      // The issuers matter only before the association, and after the certificate failed.
      const asks = domains.includes(name) && (association === undefined || association.status === 'create_failed');
      const issuers = asks ? await this.#sources.issuers(name) : undefined;
      return [name, await this.#withPublicView(condition, domainState(condition, answers, issuers), answers)] as const;
    });
    return Object.fromEntries(await Promise.all(states));
  }

  /** Ids of public zones that public DNS leads to; asked only where several zones of one name are left to choose from. */
  async #delegated(
    names: readonly string[],
    zones: readonly Zone[],
    { vpcId, pinned, allowed }: { vpcId: string | undefined; pinned: readonly string[]; allowed: readonly string[] },
  ): Promise<readonly string[]> {
    const tied = names.flatMap((name) => tiedZones(name, zones, vpcId, { pinned, allowed, delegated: [] }));
    const readable = tied.filter(
      ({ id, visibility }, index) =>
        visibility === 'public' && allowed.includes(id) && tied.findIndex((one) => one.id === id) === index,
    );
    const isDelegated = readable.map(async ({ id, name }) => {
      const [seen, own] = await Promise.all([
        this.#sources.nameServers(name),
        observeRecords(clientOf(this.#sources.zones, id), id, [name]),
      ]);
      return seen.kind === 'listed' && nameServersAt(own, name).some((server) => seen.names.includes(server));
    });
    const answers = await Promise.all(isDelegated);
    return readable.filter((_, index) => answers[index]).map(({ id }) => id);
  }

  /** Adds what public DNS says of the validation zone, as long as the certificate needs it. */
  async #withPublicView(
    { validation, cuts, association }: DomainQuestions,
    state: DomainState,
    answers: ReadonlyMap<string, readonly RecordSet[]>,
  ): Promise<DomainState> {
    if (validation === undefined || cuts === undefined || !answers.has(validation.id)) return state;
    const existing = answers.get(validation.id) ?? [];
    const at = cuts.find((name) => nameServersAt(existing, name).length > 0);
    const waiting = (association?.validation ?? []).filter(({ name }) =>
      existing.some((record) => record.name === name && record.type === 'CNAME'),
    );
    const [seen, ...cnames] = await Promise.all([
      this.#sources.nameServers(validation.name),
      ...waiting.map(async ({ name }) => [name, await this.#sources.cname(name)] as const),
    ]);
    return {
      ...state,
      delegation: {
        own: nameServersAt(existing, validation.name),
        public: seen,
        ...(at === undefined ? {} : { cut: { at, names: nameServersAt(existing, at) } }),
      },
      publicValidation: Object.fromEntries(cnames),
    };
  }

  /** Resolves the connection's name and checks the published names, from inside the VPC if there is a probe. */
  async #names(
    probeName: string | undefined,
    connectionName: string,
    published: readonly string[],
    dualStack: boolean,
    endpointAddresses: readonly string[],
  ): Promise<{ readonly answer: NameAnswer; readonly httpsChecks: Observed['httpsChecks'] }> {
    if (probeName === undefined)
      return { answer: await this.#sources.resolve(connectionName, dualStack), httpsChecks: {} };
    const names: ProbeRequest['names'] = [...new Set([connectionName, ...published])].map((name) => ({
      name,
      https: published.includes(name),
    }));
    try {
      const result = await this.#sources.probe(probeName)({ names, dualStack, endpointAddresses });
      const httpsChecks = published.flatMap((name) => {
        const { httpsChecks: seen, answer } = result.names[name] ?? {};
        return seen === undefined ? [] : [[name, { ...seen, ...addressesOf(answer) }] as const];
      });
      const answer = result.names[connectionName]?.answer;
      return {
        answer: answer ?? { vantage: 'vpc', outcome: 'failed', reason: 'the probe did not say' },
        httpsChecks: Object.fromEntries(httpsChecks),
      };
    } catch (error) {
      const reason = `the probe failed: ${errorMessage(error)}`;
      const denied = isAccessDenied(error) ? { denied: true as const } : {};
      return { answer: { vantage: 'vpc', outcome: 'failed', reason, ...denied }, httpsChecks: {} };
    }
  }
}

/** None where DNS did not answer: what the name answers with is not known then. */
function addressesOf(answer: NameAnswer | undefined): { readonly addresses?: readonly string[] } {
  if (answer === undefined || answer.outcome === 'failed') return {};
  return { addresses: answer.outcome === 'addresses' ? answer.addresses : [] };
}

/** What holds for a VPC, whatever the service: by its rule, and by its id. */
interface VpcCache {
  readonly networks: Map<string, Promise<NetworkState>>;
  readonly zones: Map<string, Promise<readonly Zone[]>>;
}

/** Failures are cached too, so one broken VPC costs one call per sweep. */
function memoize<Answer>(
  cache: Map<string, Promise<Answer>> | undefined,
  about: string,
  check: () => Promise<Answer>,
): Promise<Answer> {
  const known = cache?.get(about);
  if (known !== undefined) return known;
  const fresh = check();
  cache?.set(about, fresh);
  return fresh;
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
