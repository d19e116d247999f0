import { normalizeName, ownershipName } from './names.ts';
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
  | { readonly by: 'none' }
  | { readonly by: 'us'; readonly record: RecordSet }
  | { readonly by: 'other'; readonly description: string };

/** Whom the text of an ownership record names; `undefined` when it is none. */
export function ownerOf(text: string): Owner | undefined {
  const [, installation, serviceId] = /^v=1 owner=([a-z0-9-]+) service=([0-9a-f]{32})$/.exec(text) ?? [];
  return installation === undefined || serviceId === undefined ? undefined : { installation, serviceId };
}

/** Whom an ownership record names; `undefined` when it is none. */
export function claimOf({ content, setIdentifier }: RecordSet): Owner | undefined {
  const value = content.kind === 'values' ? content.values.join(' ') : '';
  const [, text] = /^"([^"]*)"$/.exec(value) ?? [];
  return text === undefined || setIdentifier !== undefined ? undefined : ownerOf(text);
}

/** What the TXT at `_private-ingress.<name>` says. */
export function readClaim(txt: RecordSet | undefined, owner: Owner): Claim {
  if (txt === undefined) return { by: 'none' };
  const claim = claimOf(txt);
  if (claim === undefined) {
    return { by: 'other', description: `a TXT that is not one of ours (${describeRecord(txt)})` };
  }
  const { installation, serviceId } = claim;
  if (installation !== owner.installation) return { by: 'other', description: `installation "${installation}"` };
  if (serviceId !== owner.serviceId) return { by: 'other', description: `another service (id ${serviceId})` };
  return { by: 'us', record: txt };
}

/** The records at a name in one zone. */
export interface RecordsAtName {
  /** A, AAAA, CNAME and whatever else the name itself has. */
  readonly at: readonly RecordSet[];
  /** The TXT at the name's ownership name. */
  readonly txt: RecordSet | undefined;
  /** TXT records beside the name in which other tools register it; read only when a record of the name is not ours. */
  readonly registry?: readonly RecordSet[];
}

/** Types that decide where traffic for a name goes; TXT, MX and CAA at the same name do not matter here. */
const TRAFFIC_TYPES = ['A', 'AAAA', 'CNAME'];
/** Types that send traffic elsewhere before any address is queried (RFC 9460). */
const SERVICE_TYPES = ['SVCB', 'HTTPS'];

/** The records of a name that decide where its traffic goes. */
export function trafficRecords(records: readonly RecordSet[]): readonly RecordSet[] {
  return records.filter(({ type }) => TRAFFIC_TYPES.includes(type) || SERVICE_TYPES.includes(type));
}

/** Part of a traffic shift, or of a kind the product never writes. */
function isRouted({ setIdentifier, content, type }: RecordSet): boolean {
  return setIdentifier !== undefined || content.kind === 'other' || SERVICE_TYPES.includes(type);
}

/** Names beside `name` at which ExternalDNS registers a record of its own: `cname-app.example.com`. */
export function registryNames(name: string): readonly string[] {
  return ['a', 'aaaa', 'cname'].map((type) => `${type}-${name}`);
}

/** Who registered the name by a `heritage=…` TXT, for people; `undefined` when no tool did. */
function registrarOf({ at, registry = [] }: RecordsAtName): string | undefined {
  for (const { type, content } of [...at, ...registry]) {
    if (type !== 'TXT' || content.kind !== 'values') continue;
    const text = content.values.find((value) => value.replaceAll('"', '').startsWith('heritage='));
    if (text === undefined) continue;
    const parts = text.replaceAll('"', '').split(',');
    const tool = parts[0]?.replace('heritage=', '') ?? '';
    const owner = parts.find((part) => /^[^=]*\/?owner=/.test(part))?.replace(/^[^=]*=/, '');
    return owner === undefined ? tool : `${tool}, owner "${owner}"`;
  }
  return undefined;
}

/** Whether a record leads to one of the names: a CNAME to it, or an alias. */
export function leadsTo({ type, content, setIdentifier }: RecordSet, names: readonly string[]): boolean {
  if (setIdentifier !== undefined) return false;
  if (content.kind === 'alias') return TRAFFIC_TYPES.includes(type) && names.includes(content.target);
  if (content.kind !== 'values' || type !== 'CNAME') return false;
  return content.values.length > 0 && content.values.every((value) => names.includes(normalizeName(value)));
}

/** Whether a record is what this installation would write now: an alias with its exact content to one of its targets. */
export function isOwnAlias({ type, content, setIdentifier }: RecordSet, ownTargets: readonly string[]): boolean {
  return (
    (type === 'A' || type === 'AAAA') &&
    setIdentifier === undefined &&
    content.kind === 'alias' &&
    !content.evaluateTargetHealth &&
    ownTargets.includes(content.target)
  );
}

export interface RecordsInput {
  readonly name: string;
  readonly owner: Owner;
  readonly desired: readonly RecordSet[];
  readonly observed: RecordsAtName;
  /** By the ledger, in this zone. */
  readonly written: readonly RecordSet[];
  /** Names by which App Runner serves this very service, and no other one. */
  readonly serviceNames: readonly string[];
  /** Replace what another owner wrote, its ownership TXT included; never what has a SetIdentifier. */
  readonly adopt: boolean;
}

export type RecordsPlan =
  | { readonly kind: 'in-place' }
  | {
      readonly kind: 'change';
      readonly changes: readonly RecordChange[];
      readonly claim: boolean;
      /** Records that led to this service and are replaced. */
      readonly replaced: readonly RecordSet[];
    }
  | { readonly kind: 'foreign'; readonly description: string }
  | { readonly kind: 'ownership-lost'; readonly description: string };

/**
 * What to change so that exactly `desired` is at a name, if it may be changed. Whoever can write a TXT can copy ours, so it
 * proves nothing of a record: its content must be what the ledger says was written, or what would be written now. One
 * batch each:
 *
 *     at the name            TXT       written there   →
 *     nothing                none      –               CREATE desired, CREATE TXT              (claim)
 *     desired                ours      –               in place
 *     nothing                ours      –               CREATE desired
 *     = written              ours      yes             DELETE it, CREATE desired
 *     = written              none      yes             the same, and CREATE TXT
 *     changed since          any       yes             ownership-lost
 *     something else         ours      no              foreign
 *     leads to this service  none      no              DELETE it, CREATE desired, CREATE TXT   (take over)
 *     the same, heritage TXT none      no              foreign
 *     something              none      no              foreign
 *     –                      another's –               foreign
 *     has a SetIdentifier    –         –               foreign
 */
export function planRecords(input: RecordsInput): RecordsPlan {
  const { name, owner, desired, observed, written, serviceNames, adopt } = input;
  const existing = trafficRecords(observed.at);
  const routed = existing.find(isRouted);
  if (routed !== undefined) {
    const set = routed.setIdentifier === undefined ? '' : ` with SetIdentifier "${routed.setIdentifier}"`;
    return { kind: 'foreign', description: `${describeRecord(routed)}${set}` };
  }
  const claim = readClaim(observed.txt, owner);
  if (claim.by === 'other' && (!adopt || observed.txt?.setIdentifier !== undefined))
    return { kind: 'foreign', description: `the name is claimed by ${claim.description}` };
  const isWritten = (record: RecordSet) => written.some((own) => sameRecord(own, record));
  const isDesired = (record: RecordSet) => desired.some((wanted) => sameRecord(wanted, record));
  const isOurs = (record: RecordSet) => isWritten(record) || (claim.by === 'us' && isDesired(record));
  const others = existing.filter((record) => !isOurs(record));
  const registrar = registrarOf(observed);
  const replaced = others.filter((record) => leadsTo(record, serviceNames));
  if (!adopt && others.length > 0) {
    const description = existing.map(describeRecord).join(', ');
    const by = registrar === undefined ? '' : `; a heritage TXT says that it belongs to ${registrar}`;
    if (registrar !== undefined || replaced.length < others.length) {
      const isLost = written.some((own) => own.name === name);
      return { kind: isLost ? 'ownership-lost' : 'foreign', description: `${description}${by}` };
    }
  }
  const changes: RecordChange[] = [
    ...existing.filter((record) => !isDesired(record)).map((record) => ({ action: 'DELETE', record }) as const),
    ...desired
      .filter((record) => !existing.some((have) => sameRecord(have, record)))
      .map((record) => ({ action: 'CREATE', record }) as const),
  ];
  if (claim.by === 'other' && observed.txt !== undefined) changes.push({ action: 'DELETE', record: observed.txt });
  if (claim.by !== 'us') changes.push({ action: 'CREATE', record: ownershipRecord(name, owner) });
  if (changes.length === 0) return { kind: 'in-place' };
  return {
    kind: 'change',
    changes,
    claim: claim.by === 'none' && existing.length === 0,
    replaced: replaced.filter((record) => !isDesired(record)),
  };
}

export interface RemovalInput {
  readonly owner: Owner;
  readonly observed: RecordsAtName;
  /** By the ledger, in this zone. */
  readonly written: readonly RecordSet[];
  /** What an alias of this installation would point at now: it counts where the ledger knows nothing of the zone. */
  readonly ownTargets: readonly string[];
  /** Records to write again in place of ours. */
  readonly restore: readonly RecordSet[];
}

/**
 * What to delete so that nothing of ours is left at a name: the TXT if it is ours, and the records that are what was
 * written (or, where the ledger knows nothing, what would be written now and the TXT vouches for). Once the name is
 * claimed by another, nothing of it is ours, however equal: two services behind one endpoint have the same alias.
 */
export function planRemoval({ owner, observed, written, ownTargets, restore }: RemovalInput): {
  readonly changes: readonly RecordChange[];
  readonly left: readonly RecordSet[];
} {
  const claim = readClaim(observed.txt, owner);
  const existing = observed.at.filter((record) => TRAFFIC_TYPES.includes(record.type) && !isRouted(record));
  const isOwn = (record: RecordSet) =>
    written.length > 0
      ? written.some((one) => sameRecord(one, record))
      : claim.by === 'us' && isOwnAlias(record, ownTargets);
  const own = claim.by === 'other' ? [] : existing.filter(isOwn);
  const kept = existing.filter((record) => !own.includes(record));
  const isRestored = (record: RecordSet) => restore.some((one) => sameRecord(one, record));
  const created = own.length > 0 && kept.length === 0 ? restore : [];
  // The TXT goes with the first batch; the ledger names what was written until nothing is left.
  const wasOurs = claim.by === 'us' || (claim.by === 'none' && written.length > 0);
  return {
    changes: [
      ...own.map((record) => ({ action: 'DELETE', record }) as const),
      ...(claim.by === 'us' ? [{ action: 'DELETE', record: claim.record } as const] : []),
      ...created.map((record) => ({ action: 'CREATE', record }) as const),
    ],
    // Another record in the place of ours: report it, unless the name was never ours.
    left: wasOurs ? kept.filter((record) => !isRestored(record)) : [],
  };
}
