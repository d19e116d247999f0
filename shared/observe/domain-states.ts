import { type OwnedResources, ownedDomain } from '../plan/ledger.ts';
import type { Association, DomainState } from '../plan/observed.ts';
import { isCname, unseenRecords } from '../plan/validation.ts';
import type { NetworkRule } from '../policy/rules.ts';
import type { RecordSet } from '../records/record-set.ts';
import type { Zone } from '../records/zones.ts';
import type { ServiceIdentity } from '../service-arn.ts';
import {
  type DomainQuestions,
  domainQuestions,
  domainState,
  joined,
  nameServersAt,
  registryQuestions,
  tiedZones,
} from './domain-records.ts';
import type { PublicDns } from './names.ts';

/** Public DNS and the hosted zones. */
export interface DomainSources extends Pick<PublicDns, 'issuers' | 'nameServers' | 'cname'> {
  /** All record sets at the names of a zone. */
  records(zoneId: string, names: readonly string[]): Promise<readonly RecordSet[]>;
}

/** Which domains to observe, for which service. */
export interface DomainScope {
  readonly service: ServiceIdentity;
  /** Name of this installation in ownership records. */
  readonly installation: string;
  /** `undefined` when the network does not matter: detaching, or no VPC is named. */
  readonly network: NetworkRule | undefined;
  readonly domains: readonly string[];
  /** Hosted zone ids whose records may be read and written; of the others only the existence is known. */
  readonly allowedZones: readonly string[];
  /** Hosted zone ids to prefer. */
  readonly zones: readonly string[];
  readonly ledger: OwnedResources;
}

/** Reads the records, the zones and the delegation of each name. */
export async function observeDomains(
  sources: DomainSources,
  names: readonly string[],
  associations: Readonly<Record<string, Association>>,
  zones: readonly Zone[],
  { network, ledger, domains, zones: pinned, allowedZones: allowed, installation, service }: DomainScope,
): Promise<Readonly<Record<string, DomainState>>> {
  const vpcId = network?.vpcId;
  const delegated = await delegatedZones(sources, names, zones, { vpcId, pinned, allowed });
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
      const found = await sources.records(zoneId, wanted);
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
    const issuers = asks ? await sources.issuers(name) : undefined;
    return [name, await withPublicView(sources, condition, domainState(condition, answers, issuers), answers)] as const;
  });
  return Object.fromEntries(await Promise.all(states));
}

/** Ids of public zones that public DNS leads to; asked only where several zones of one name are left to choose from. */
async function delegatedZones(
  sources: DomainSources,
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
    const [seen, own] = await Promise.all([sources.nameServers(name), sources.records(id, [name])]);
    return seen.kind === 'listed' && nameServersAt(own, name).some((server) => seen.names.includes(server));
  });
  const answers = await Promise.all(isDelegated);
  return readable.filter((_, index) => answers[index]).map(({ id }) => id);
}

/**
 * Adds what public DNS says of the validation zone. Once the certificate is issued, only its validation records are looked
 * up, and the rest only if one is missing: it would not be renewed.
 */
async function withPublicView(
  sources: DomainSources,
  { validation, cuts = [], association, isWanted }: DomainQuestions,
  state: DomainState,
  answers: ReadonlyMap<string, readonly RecordSet[]>,
): Promise<DomainState> {
  if (!isWanted || validation === undefined || !answers.has(validation.id)) return state;
  const existing = answers.get(validation.id) ?? [];
  // Another record at the name is a finding of its own.
  const written = (association?.validation ?? []).filter(({ name, value }) =>
    existing.some((record) => record.name === name && isCname(record, value)),
  );
  const cnames = written.map(async ({ name }) => [name, await sources.cname(name)] as const);
  const publicValidation = Object.fromEntries(await Promise.all(cnames));
  const isIssued = association?.status === 'active';
  if (isIssued && unseenRecords(written, publicValidation).length === 0) return state;
  const { id, name: apex } = validation;
  const [seen, own] = await Promise.all([sources.nameServers(apex), isIssued ? sources.records(id, [apex]) : existing]);
  const at = cuts.find((name) => nameServersAt(existing, name).length > 0);
  return {
    ...state,
    delegation: {
      own: nameServersAt(own, apex),
      public: seen,
      ...(at === undefined ? {} : { cut: { at, names: nameServersAt(existing, at) } }),
    },
    publicValidation,
  };
}
