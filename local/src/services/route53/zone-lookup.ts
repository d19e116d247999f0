import type { ZoneView } from './hosted-zones.ts';
import { namesUpward, parentName, type RecordName } from './names.ts';
import type { StoredRecordSet } from './record-sets.ts';

/** What one zone says to a question, aliases and CNAMEs not yet followed. */
export type ZoneAnswer =
  /** Record sets of the type asked for; several only under a routing policy. */
  | { readonly kind: 'records'; readonly sets: readonly StoredRecordSet[] }
  /** The name is another name for something else. */
  | { readonly kind: 'cname'; readonly sets: readonly StoredRecordSet[] }
  /** The name belongs to a zone below, served by others. */
  | { readonly kind: 'delegated'; readonly to: StoredRecordSet }
  /** The name exists, but has no records of that type. */
  | { readonly kind: 'no-data' }
  | { readonly kind: 'no-name' };

/**
 * Looks `name` up in a zone it lies in (RFC 1034 §4.3.2, wildcards by RFC 4592).
 * A private zone knows no delegation: NS records below its apex are plain data there.
 */
export function lookupInZone(zone: ZoneView, name: RecordName, type: string): ZoneAnswer {
  if (!zone.private) {
    const cut = namesUpward(name)
      .filter((at) => at.length > zone.name.length)
      .map((at) => zone.records.at(at)?.find((set) => set.Type === 'NS'))
      .findLast((set) => set !== undefined);
    if (cut !== undefined) return { kind: 'delegated', to: cut };
  }
  const sets = zone.records.at(name) ?? wildcardFor(zone, name);
  if (sets === undefined) return { kind: 'no-name' };
  const asked = sets.filter((set) => set.Type === type);
  if (asked.length > 0) return { kind: 'records', sets: asked };
  const cnames = sets.filter((set) => set.Type === 'CNAME');
  return cnames.length > 0 ? { kind: 'cname', sets: cnames } : { kind: 'no-data' };
}

/** The wildcard directly below the closest existing ancestor; one further up does not reach past that ancestor. */
function wildcardFor(zone: ZoneView, name: RecordName): readonly StoredRecordSet[] | undefined {
  const closest = namesUpward(parentName(name)).find((at) => zone.records.at(at) !== undefined);
  return closest === undefined ? undefined : zone.records.at(`\\052.${closest}`);
}
