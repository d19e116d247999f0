import type { OwnedDomain } from '../plan/ledger.ts';
import type { Association, DomainState, Issuers } from '../plan/observed.ts';
import { normalizeName, ownershipName } from '../records/names.ts';
import { type Owner, type RecordsAtName, readClaim, registryNames, trafficRecords } from '../records/ownership.ts';
import type { RecordSet } from '../records/record-set.ts';
import { trafficZones, unseenZone, validationZones, type Zone, type ZonePreference } from '../records/zones.ts';

/** Which names to read in which zone to know one domain's records. */
export interface DomainQuestions {
  readonly name: string;
  readonly association: Association | undefined;
  /** Whether the service is to have the name. */
  readonly isWanted: boolean;
  readonly traffic: Zone | undefined;
  readonly validation: Zone | undefined;
  /** Zones of one name that nothing decides between. */
  readonly tied: readonly Zone[];
  readonly unseen: Zone | undefined;
  /** The traffic zone and every zone that was written to. */
  readonly trafficZoneIds: readonly string[];
  /** Wildcards above the name in the public zone, the closest first. */
  readonly wildcards: readonly string[];
  /** Names at which NS records would take the name from the validation zone; absent where that does not matter any more. */
  readonly cuts: readonly string[] | undefined;
  /** Names by zone id; zones that may not be read are left out. */
  readonly asked: ReadonlyMap<string, readonly string[]>;
}

/** The zones of one name that nothing decides between for the name: for its traffic, or for its certificate. */
export function tiedZones(
  name: string,
  zones: readonly Zone[],
  vpcId: string | undefined,
  preference: ZonePreference,
): readonly Zone[] {
  const traffic = vpcId === undefined ? [] : trafficZones(name, vpcId, zones, preference);
  const validation = validationZones(name, zones, preference);
  return [traffic, validation].find((candidates) => candidates.length > 1) ?? [];
}

/** Normalized names of the NS records at a name. */
export function nameServersAt(records: readonly RecordSet[], name: string): readonly string[] {
  return records.flatMap((record) =>
    record.name === name && record.type === 'NS' && record.content.kind === 'values'
      ? record.content.values.map(normalizeName)
      : [],
  );
}

export function domainQuestions(
  name: string,
  association: Association | undefined,
  own: OwnedDomain,
  zones: readonly Zone[],
  {
    vpcId,
    preference,
    isWanted,
  }: {
    readonly vpcId: string | undefined;
    readonly preference: ZonePreference;
    /** Whether the service is to have the name. */
    readonly isWanted: boolean;
  },
): DomainQuestions {
  // What was written to stays the zone of the name where nothing else decides.
  const written = [...own.records, ...own.validation].map(({ zoneId }) => zoneId);
  const decided = { ...preference, delegated: preference.delegated.length > 0 ? preference.delegated : written };
  const tied = tiedZones(name, zones, vpcId, decided);
  const isTied = tied.length > 0;
  const traffic = isTied || vpcId === undefined ? undefined : trafficZones(name, vpcId, zones, decided)[0];
  const validation = isTied ? undefined : validationZones(name, zones, decided)[0];
  const asked = new Map<string, readonly string[]>();
  const check = (zoneId: string, names: readonly string[]) => {
    const isReached = zones.every(({ id, isUnreached }) => id !== zoneId || isUnreached !== true);
    if (isReached && preference.allowed.includes(zoneId)) asked.set(zoneId, [...(asked.get(zoneId) ?? []), ...names]);
  };
  const trafficZoneIds = [
    ...new Set([...(traffic === undefined ? [] : [traffic.id]), ...own.records.map(({ zoneId }) => zoneId)]),
  ];
  for (const zoneId of trafficZoneIds) check(zoneId, [name, ownershipName(name)]);
  const needsDelegation = isWanted && association?.status !== 'active';
  const cuts = needsDelegation && validation !== undefined ? namesBelow(name, validation.name) : undefined;
  if (cuts !== undefined && validation !== undefined) check(validation.id, [validation.name, ...cuts]);
  const wildcards = validation === undefined ? [] : wildcardsAbove(name, validation.name);
  if (validation !== undefined) {
    const wanted = (association?.validation ?? []).map((record) => record.name);
    check(validation.id, [name, ownershipName(name), ...wildcards, ...wanted]);
  }
  for (const { zoneId, record } of own.validation) check(zoneId, [record.name]);
  const unseen = vpcId === undefined ? undefined : unseenZone(name, vpcId, zones);
  return { name, association, isWanted, traffic, validation, tied, unseen, trafficZoneIds, wildcards, cuts, asked };
}

/** a.b.example.com, b.example.com for a.b.example.com in the zone example.com. */
function namesBelow(name: string, zone: string): readonly string[] {
  const base = name.replace(/^\*\./, '');
  if (base === zone) return [];
  const labels = base.slice(0, -zone.length - 1).split('.');
  return labels.map((_, index) => [...labels.slice(index), zone].join('.'));
}

/** `*.b.example.com`, `*.example.com` for a.b.example.com in the zone example.com. */
function wildcardsAbove(name: string, zone: string): readonly string[] {
  if (name.startsWith('*.') || name === zone) return [];
  const labels = name.slice(0, -zone.length - 1).split('.');
  return labels.map((_, index) => ['*', ...labels.slice(index + 1), zone].join('.'));
}

/**
 * Names at which another tool may have registered the name, by zone id: asked only where a record is not known to be
 * ours, because in a large zone each name costs a call.
 */
export function registryQuestions(
  { name, asked }: DomainQuestions,
  answers: ReadonlyMap<string, readonly RecordSet[]>,
  owner: Owner,
): ReadonlyMap<string, readonly string[]> {
  const ownership = ownershipName(name);
  const doubtful = [...asked.keys()].filter((zoneId) => {
    const there = answers.get(zoneId) ?? [];
    const txt = there.find((record) => record.name === ownership && record.type === 'TXT');
    const existing = trafficRecords(there.filter((record) => record.name === name));
    return existing.length > 0 && readClaim(txt, owner).by === 'none';
  });
  return new Map(doubtful.map((zoneId) => [zoneId, registryNames(name)]));
}

/** Merges the names of several domains by zone, so that each zone is read once. */
export function joined(
  questions: readonly ReadonlyMap<string, readonly string[]>[],
): ReadonlyMap<string, readonly string[]> {
  const all = new Map<string, readonly string[]>();
  for (const asked of questions) {
    for (const [zoneId, names] of asked) all.set(zoneId, [...new Set([...(all.get(zoneId) ?? []), ...names])]);
  }
  return all;
}

/** @param answers every record set at the requested names, by zone id; it may hold those of other domains too. */
export function domainState(
  { name, association, traffic, validation, tied, unseen, trafficZoneIds, wildcards, cuts, asked }: DomainQuestions,
  answers: ReadonlyMap<string, readonly RecordSet[]>,
  issuers: Issuers | undefined,
): DomainState {
  const at = (zoneId: string, wanted: (record: RecordSet) => boolean) => (answers.get(zoneId) ?? []).filter(wanted);
  const ownership = ownershipName(name);
  const registered = registryNames(name);
  const recordsIn = (zoneId: string): RecordsAtName => {
    const registry = at(zoneId, (record) => registered.includes(record.name) && record.type === 'TXT');
    return {
      at: at(zoneId, (record) => record.name === name),
      txt: at(zoneId, (record) => record.name === ownership && record.type === 'TXT')[0],
      ...(registry.length === 0 ? {} : { registry }),
    };
  };
  const records = trafficZoneIds
    .filter((zoneId) => asked.has(zoneId))
    .map((zoneId) => [zoneId, recordsIn(zoneId)] as const);
  const isApart = validation !== undefined && validation.id !== traffic?.id && asked.has(validation.id);
  const wildcard = wildcards
    .map((one) => at(validation?.id ?? '', (record) => record.name === one))
    .find((found) => found.length > 0);
  const elsewhere = [name, ownership, ...wildcards, ...(cuts ?? []), validation?.name];
  const beside = [...asked].map(([zoneId, names]): [string, readonly RecordSet[]] => [
    zoneId,
    at(zoneId, (record) => names.includes(record.name) && !elsewhere.includes(record.name)),
  ]);
  return {
    trafficZone: traffic,
    validationZone: validation,
    ...(tied.length === 0 ? {} : { tiedZones: tied }),
    ...(unseen === undefined ? {} : { unseenZone: unseen }),
    ...(issuers === undefined ? {} : { issuers }),
    association,
    records: Object.fromEntries(records),
    ...(isApart ? { publicRecords: recordsIn(validation.id) } : {}),
    ...(wildcard === undefined ? {} : { wildcard }),
    validation: Object.fromEntries(beside),
  };
}
