import { ownershipName } from './names.ts';
import type { RecordChange, RecordSet } from './record-set.ts';
import { describeRecord, sameRecord } from './record-set.ts';

/** Seconds; long enough to be cheap, short enough to hand a name over within minutes. */
const OWNERSHIP_TTL = 300;

/** The owner of a record. It names the service by its id alone, without account or ARN: public zones are public. */
export interface Owner {
  readonly installation: string;
  /** 32 hexadecimal digits. */
  readonly serviceId: string;
}

export function ownershipRecord(name: string, owner: Owner): RecordSet {
  return {
    name: ownershipName(name),
    type: 'TXT',
    content: {
      kind: 'values',
      ttl: OWNERSHIP_TTL,
      values: [`"v=1 owner=${owner.installation} service=${owner.serviceId}"`],
    },
  };
}

type Claim =
  | { readonly by: 'nobody' }
  | { readonly by: 'us'; readonly record: RecordSet }
  | { readonly by: 'other'; readonly description: string };

/** Whom an ownership record names; `undefined` when it is none. */
export function claimOf(txt: RecordSet): Owner | undefined {
  const value = txt.content.kind === 'values' ? txt.content.values.join(' ') : '';
  const [, installation, serviceId] = /^"v=1 owner=([a-z0-9-]+) service=([0-9a-f]{32})"$/.exec(value) ?? [];
  if (installation === undefined || serviceId === undefined || txt.setIdentifier !== undefined) return undefined;
  return { installation, serviceId };
}

/** What the TXT at `_private-ingress.<name>` says. */
export function readClaim(txt: RecordSet | undefined, owner: Owner): Claim {
  if (txt === undefined) return { by: 'nobody' };
  const claim = claimOf(txt);
  if (claim === undefined) {
    return { by: 'other', description: `a TXT that is not one of ours (${describeRecord(txt)})` };
  }
  const { installation, serviceId } = claim;
  if (installation !== owner.installation) return { by: 'other', description: `installation "${installation}"` };
  if (serviceId !== owner.serviceId) return { by: 'other', description: `another service (id ${serviceId})` };
  return { by: 'us', record: txt };
}

/** What stands at a name in the zone that carries its traffic. */
export interface RecordsAtName {
  /** A, AAAA, CNAME and whatever else stands at the name itself. */
  readonly at: readonly RecordSet[];
  /** The TXT at the name's ownership name. */
  readonly txt: RecordSet | undefined;
}

/** Types that decide where traffic for a name goes; TXT, MX and CAA at the same name are nobody's concern here. */
const TRAFFIC_TYPES = ['A', 'AAAA', 'CNAME'];

/** Part of somebody's traffic shift, or of a kind the product never writes. */
function isRouted({ setIdentifier, content }: RecordSet): boolean {
  return setIdentifier !== undefined || content.kind === 'other';
}

export type RecordsPlan =
  | { readonly kind: 'in-place' }
  | { readonly kind: 'change'; readonly changes: readonly RecordChange[]; readonly claim: boolean }
  | { readonly kind: 'foreign'; readonly description: string }
  | { readonly kind: 'ownership-lost'; readonly description: string };

/**
 * What to change so that exactly `desired` stands at a name, if it is ours to change. One batch each:
 *
 *     stands at the name     TXT       last written   →
 *     nothing                none      –              CREATE desired, CREATE TXT              (claim)
 *     desired                ours      –              in place
 *     nothing                ours      –              CREATE desired
 *     anything else          ours      –              DELETE what stands, CREATE desired
 *     = last written         none      yes            as with the TXT, and CREATE TXT
 *     something else         none      yes            ownership-lost
 *     something              none      no             foreign
 *     –                      another's –              foreign
 *     has a SetIdentifier    –         –              foreign
 *
 * @param adopt take over what somebody else wrote, ownership TXT included; never what has a SetIdentifier.
 */
export function planRecords(
  name: string,
  owner: Owner,
  desired: readonly RecordSet[],
  observed: RecordsAtName,
  written: readonly RecordSet[],
  adopt = false,
): RecordsPlan {
  const existing = observed.at.filter((record) => TRAFFIC_TYPES.includes(record.type));
  const routed = existing.find(isRouted);
  if (routed !== undefined) {
    const set = routed.setIdentifier === undefined ? '' : ` with SetIdentifier "${routed.setIdentifier}"`;
    return { kind: 'foreign', description: `${describeRecord(routed)}${set}` };
  }
  const claim = readClaim(observed.txt, owner);
  if (claim.by === 'other' && (!adopt || observed.txt?.setIdentifier !== undefined))
    return { kind: 'foreign', description: `the name is claimed by ${claim.description}` };
  if (claim.by === 'nobody' && existing.length > 0 && !adopt) {
    const description = existing.map(describeRecord).join(', ');
    if (!existing.every((record) => written.some((own) => sameRecord(own, record)))) {
      return { kind: written.length > 0 ? 'ownership-lost' : 'foreign', description };
    }
  }
  const changes: RecordChange[] = [
    ...existing
      .filter((record) => !desired.some((wanted) => sameRecord(wanted, record)))
      .map((record) => ({ action: 'DELETE', record }) as const),
    ...desired
      .filter((record) => !existing.some((have) => sameRecord(have, record)))
      .map((record) => ({ action: 'CREATE', record }) as const),
  ];
  if (claim.by === 'other' && observed.txt !== undefined) changes.push({ action: 'DELETE', record: observed.txt });
  if (claim.by !== 'us') changes.push({ action: 'CREATE', record: ownershipRecord(name, owner) });
  return changes.length === 0
    ? { kind: 'in-place' }
    : { kind: 'change', changes, claim: claim.by === 'nobody' && existing.length === 0 };
}

/**
 * What to delete so that nothing of ours stands at a name any more: the TXT if it is ours, and the records that
 * are what was last written (or, when nothing is known of that, all that the TXT vouches for). Once the name is
 * claimed by another, nothing of it is ours, however equal: two services behind one endpoint have the same alias.
 */
export function planRemoval(
  owner: Owner,
  observed: RecordsAtName,
  written: readonly RecordSet[],
): { readonly changes: readonly RecordChange[]; readonly left: readonly RecordSet[] } {
  const claim = readClaim(observed.txt, owner);
  const existing = observed.at.filter((record) => TRAFFIC_TYPES.includes(record.type) && !isRouted(record));
  const isOwn = (record: RecordSet) =>
    written.length > 0 ? written.some((one) => sameRecord(one, record)) : claim.by === 'us';
  const own = claim.by === 'other' ? [] : existing.filter(isOwn);
  const changes = own.map((record) => ({ action: 'DELETE', record }) as const);
  // The TXT goes with the first batch; what was written tells of it until nothing is left.
  const wasOurs = claim.by === 'us' || (claim.by === 'nobody' && written.length > 0);
  return {
    changes: claim.by === 'us' ? [...changes, { action: 'DELETE', record: claim.record }] : changes,
    // Something stands where our record was: worth a word, unless the name was never ours.
    left: wasOurs ? existing.filter((record) => !own.includes(record)) : [],
  };
}
