import type { ResourceRecordSet, RRType } from '@aws-sdk/client-route-53';
import { compareText, parentName, type RecordName, sortKey } from './names.ts';

/** A resource record set as it stands in a zone: `Name` and `AliasTarget.DNSName` in the form of `RecordName`. */
export type StoredRecordSet = Omit<ResourceRecordSet, 'Name' | 'Type'> & {
  readonly Name: RecordName;
  readonly Type: RRType;
};

/** What identifies a record set within its zone. */
export const recordSetKey = (set: Pick<StoredRecordSet, 'Name' | 'Type' | 'SetIdentifier'>): string =>
  `${set.Name} ${set.Type} ${set.SetIdentifier ?? ''}`;

/** How a record set takes part in routing; `simple` ones stand alone at their name and type. */
export type RoutingPolicy =
  | 'simple'
  | 'weighted'
  | 'latency'
  | 'failover'
  | 'geolocation'
  | 'multivalue answer'
  | 'geoproximity'
  | 'CIDR';

/** The routing policies that the members of a record set name; a valid one names at most one. */
export function routingPolicies(set: Omit<ResourceRecordSet, 'Name' | 'Type'>): readonly RoutingPolicy[] {
  const members: readonly (readonly [unknown, RoutingPolicy])[] = [
    [set.Weight, 'weighted'],
    [set.Region, 'latency'],
    [set.Failover, 'failover'],
    [set.GeoLocation, 'geolocation'],
    [set.MultiValueAnswer, 'multivalue answer'],
    [set.GeoProximityLocation, 'geoproximity'],
    [set.CidrRoutingConfig, 'CIDR'],
  ];
  return members.filter(([value]) => value !== undefined).map(([, policy]) => policy);
}

export const routingPolicy = (set: StoredRecordSet): RoutingPolicy => routingPolicies(set)[0] ?? 'simple';

/** The order of ListResourceRecordSets: labels reversed (documented), then type, then set identifier. */
function compareRecordSets(
  a: Pick<StoredRecordSet, 'Name' | 'Type' | 'SetIdentifier'>,
  b: Pick<StoredRecordSet, 'Name' | 'Type' | 'SetIdentifier'>,
): number {
  return (
    compareText(sortKey(a.Name), sortKey(b.Name)) ||
    compareText(a.Type, b.Type) ||
    compareText(a.SetIdentifier ?? '', b.SetIdentifier ?? '')
  );
}

/** Whether two record sets are the same in everything, the order of their values aside: what a DELETE has to match. */
export const sameRecordSet = (a: StoredRecordSet, b: StoredRecordSet): boolean => fingerprint(a) === fingerprint(b);

function fingerprint(set: StoredRecordSet): string {
  const values = set.ResourceRecords?.map((record) => record.Value ?? '').sort(compareText);
  return JSON.stringify([
    recordSetKey(set),
    set.TTL,
    values,
    [set.AliasTarget?.HostedZoneId, set.AliasTarget?.DNSName, set.AliasTarget?.EvaluateTargetHealth],
    [set.Weight, set.Region, set.Failover, set.MultiValueAnswer, set.HealthCheckId, set.TrafficPolicyInstanceId],
    [set.GeoLocation, set.GeoProximityLocation, set.CidrRoutingConfig].map((place) =>
      Object.entries(place ?? {}).sort(([one], [other]) => compareText(one, other)),
    ),
  ]);
}

/** The record sets of a zone at one moment. Never changed: a change batch makes a new one. */
export class RecordSets {
  readonly #byKey: ReadonlyMap<string, StoredRecordSet>;
  #sorted: readonly StoredRecordSet[] | undefined;
  #byName: ReadonlyMap<RecordName, readonly StoredRecordSet[]> | undefined;

  constructor(sets: Iterable<StoredRecordSet>) {
    this.#byKey = new Map(Array.from(sets, (set) => [recordSetKey(set), set]));
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** In the order of ListResourceRecordSets. */
  sorted(): readonly StoredRecordSet[] {
    this.#sorted ??= [...this.#byKey.values()].sort(compareRecordSets);
    return this.#sorted;
  }

  /** The record sets at `name`; empty at a name that only has others below it; `undefined` where there is nothing. */
  at(name: RecordName): readonly StoredRecordSet[] | undefined {
    this.#byName ??= this.#index();
    return this.#byName.get(name);
  }

  #index(): ReadonlyMap<RecordName, readonly StoredRecordSet[]> {
    const byName = new Map<RecordName, readonly StoredRecordSet[]>();
    for (const set of this.sorted()) {
      byName.set(set.Name, [...(byName.get(set.Name) ?? []), set]);
    }
    // The names in between exist too, though nothing stands there (empty non-terminals, RFC 4592).
    for (const name of [...byName.keys()]) {
      for (let above = parentName(name); above !== '.' && !byName.has(above); above = parentName(above)) {
        byName.set(above, []);
      }
    }
    return byName;
  }
}
