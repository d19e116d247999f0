import type { OwnedDomain } from '../plan/ledger.ts';
import type { Association, DomainState, Issuers } from '../plan/observed.ts';
import { ownershipName } from '../records/names.ts';
import type { RecordsAtName } from '../records/ownership.ts';
import type { RecordSet } from '../records/record-set.ts';
import { trafficZone, unseenZone, validationZone, type Zone } from '../records/zones.ts';

/** Which names to read in which zone to know one domain's records. */
export interface DomainQuestions {
  readonly name: string;
  readonly association: Association | undefined;
  readonly traffic: Zone | undefined;
  readonly validation: Zone | undefined;
  readonly unseen: Zone | undefined;
  /** The traffic zone and every zone that was written to. */
  readonly trafficZoneIds: readonly string[];
  /** Names by zone id; zones that may not be read are left out. */
  readonly asked: ReadonlyMap<string, readonly string[]>;
}

export function domainQuestions(
  name: string,
  association: Association | undefined,
  own: OwnedDomain,
  zones: readonly Zone[],
  {
    vpcId,
    preferred,
    allowed,
  }: { vpcId: string | undefined; preferred: readonly string[]; allowed: readonly string[] },
): DomainQuestions {
  const traffic = vpcId === undefined ? undefined : trafficZone(name, vpcId, zones, preferred);
  const validation = validationZone(name, zones, preferred);
  const asked = new Map<string, readonly string[]>();
  const check = (zoneId: string, names: readonly string[]) => {
    if (allowed.includes(zoneId)) asked.set(zoneId, [...(asked.get(zoneId) ?? []), ...names]);
  };
  const trafficZoneIds = [
    ...new Set([...(traffic === undefined ? [] : [traffic.id]), ...own.records.map(({ zoneId }) => zoneId)]),
  ];
  for (const zoneId of trafficZoneIds) check(zoneId, [name, ownershipName(name)]);
  if (validation !== undefined)
    check(
      validation.id,
      (association?.validation ?? []).map((record) => record.name),
    );
  for (const { zoneId, record } of own.validation) check(zoneId, [record.name]);
  const unseen = vpcId === undefined ? undefined : unseenZone(name, vpcId, zones);
  return { name, association, traffic, validation, unseen, trafficZoneIds, asked };
}

/** Merges the names of several domains by zone, so that each zone is read once. */
export function joined(questions: readonly DomainQuestions[]): ReadonlyMap<string, readonly string[]> {
  const all = new Map<string, readonly string[]>();
  for (const { asked } of questions) {
    for (const [zoneId, names] of asked) all.set(zoneId, [...new Set([...(all.get(zoneId) ?? []), ...names])]);
  }
  return all;
}

/** @param answers every record set at the requested names, by zone id; it may hold those of other domains too. */
export function domainState(
  { name, association, traffic, validation, unseen, trafficZoneIds, asked }: DomainQuestions,
  answers: ReadonlyMap<string, readonly RecordSet[]>,
  issuers: Issuers | undefined,
): DomainState {
  const at = (zoneId: string, wanted: (record: RecordSet) => boolean) => (answers.get(zoneId) ?? []).filter(wanted);
  const ownership = ownershipName(name);
  const records = trafficZoneIds
    .filter((zoneId) => asked.has(zoneId))
    .map((zoneId): [string, RecordsAtName] => [
      zoneId,
      {
        at: at(zoneId, (record) => record.name === name),
        txt: at(zoneId, (record) => record.name === ownership && record.type === 'TXT')[0],
      },
    ]);
  const beside = [...asked].map(([zoneId, names]): [string, readonly RecordSet[]] => [
    zoneId,
    at(zoneId, (record) => names.includes(record.name) && record.name !== name && record.name !== ownership),
  ]);
  return {
    trafficZone: traffic,
    validationZone: validation,
    ...(unseen === undefined ? {} : { unseenZone: unseen }),
    ...(issuers === undefined ? {} : { issuers }),
    association,
    records: Object.fromEntries(records),
    validation: Object.fromEntries(beside),
  };
}
