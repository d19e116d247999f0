import type { PublicRecords } from '../../world.ts';
import type { Zones } from './hosted-zones.ts';
import { namesUpward, plainName, type RecordName, recordName } from './names.ts';
import type { StoredRecordSet } from './record-sets.ts';
import { caaValue, nameValue } from './record-values.ts';
import { lookupInZone, type ZoneAnswer } from './zone-lookup.ts';

/** Longer chains of CNAMEs are taken for loops. */
const LONGEST_CHAIN = 8;

/** The public zones as a certificate authority sees them. */
export function publicRecords(zones: Zones): PublicRecords {
  return {
    cnameAt(name) {
      const target = cnameTarget(zones, recordName(name));
      return target === undefined ? undefined : plainName(target);
    },

    /** Climbs as RFC 8659 §3 does; a set without any `issue` or `issuewild` restricts no issuer (§4.2, §4.3). */
    caaIssuers(name) {
      const wildcard = name.startsWith('*.');
      for (const at of namesUpward(recordName(wildcard ? name.slice(2) : name))) {
        const sets = caaSets(zones, at);
        if (sets === undefined) continue;
        const properties = sets
          .flatMap((set) => set.ResourceRecords ?? [])
          .map((record) => caaValue(record.Value ?? ''));
        const issuewild = properties.filter(({ tag }) => tag === 'issuewild');
        const issue = properties.filter(({ tag }) => tag === 'issue');
        const relevant = wildcard && issuewild.length > 0 ? issuewild : issue;
        if (relevant.length === 0) return undefined;
        return relevant.map(({ value }) => issuerOf(value)).filter((issuer) => issuer !== '');
      }
      return undefined;
    },
  };
}

/** `amazon.com; account=1` names `amazon.com`; `;` alone names no issuer. */
const issuerOf = (value: string) => (value.split(';')[0] ?? '').trim().toLowerCase();

function caaSets(zones: Zones, name: RecordName): readonly StoredRecordSet[] | undefined {
  let at: RecordName | undefined = name;
  for (let hops = 0; at !== undefined && hops <= LONGEST_CHAIN; hops++) {
    const zone = zones.publicZone(at);
    const found: ZoneAnswer | undefined = zone === undefined ? undefined : lookupInZone(zone, at, 'CAA');
    if (found?.kind === 'records') return found.sets;
    at = found?.kind === 'cname' ? cnameTarget(zones, at) : undefined;
  }
  return undefined;
}

function cnameTarget(zones: Zones, name: RecordName): RecordName | undefined {
  const zone = zones.publicZone(name);
  if (zone === undefined) return undefined;
  const found = lookupInZone(zone, name, 'CNAME');
  const value = found.kind === 'records' ? found.sets[0]?.ResourceRecords?.[0]?.Value : undefined;
  return value === undefined ? undefined : nameValue(value);
}
