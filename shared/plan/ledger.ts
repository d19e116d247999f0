import { type RecordChange, type RecordSet, sameRecord } from '../records/record-set.ts';

/** A record that this installation wrote, with its exact content. */
export interface OwnedRecord {
  readonly zoneId: string;
  readonly record: RecordSet;
  /** When Route 53 had created it, in milliseconds since the epoch; absent where that is not known. */
  readonly at?: number;
}

export interface OwnedDomain {
  /** Whether this installation associated the domain with the service. */
  readonly associated: boolean;
  /** Alias records and the ownership TXT, with their exact content. */
  readonly records: readonly OwnedRecord[];
  /** Validation CNAMEs. */
  readonly validation: readonly OwnedRecord[];
  /** Records that led to the service and that ours replaced: `restore-public` writes them again. */
  readonly replaced?: readonly OwnedRecord[];
  /** Learned from what exists, after the row was lost. */
  readonly relearned?: true;
}

/** How the service came to be private. Kept while it is wanted private. */
export interface CutoverHistory {
  /** Milliseconds since the epoch at which the service was first wanted private. */
  readonly managedSince: number;
  /** Whether it was ready once: then a public service is drift, and made private at once. */
  readonly wasReady: boolean;
  /** Milliseconds since the epoch from which a `required` rule waits for names that lead to the service. */
  readonly heldSince?: number;
  /** The endpoint to which a connection was to be made last. */
  readonly triedEndpointId?: string;
  /** When it was made public again last, because the connection could not be made. */
  readonly rollback?: Rollback;
}

export interface Rollback {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** What failed, for people. */
  readonly cause: string;
  /** Where it failed: another endpoint is another cause. */
  readonly endpointId: string;
  /** What to do, where it is not what usually helps. */
  readonly remedy?: string;
}

/** The connection of another owner that led into the service. */
export interface ForeignConnection {
  readonly arn: string;
  readonly name: string;
  /** Milliseconds since the epoch since when it is gone, or going. */
  readonly goneSince?: number;
}

/** Something that AWS confirmed a moment ago, and that a listing may not show yet. */
export interface RecentWrite {
  /** Key of the action. */
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly zoneId?: string;
  /** Of one record, if it was a change of records. */
  readonly change?: RecordChange;
}

/** What this installation wrote for a service, kept in its row so that it can be removed after the service is deleted. */
export interface OwnedResources {
  readonly madePrivate: boolean;
  /** The endpoint the connection was attached to last. */
  readonly endpoint?: { readonly id: string; readonly vpcId: string };
  readonly cutover?: CutoverHistory;
  readonly foreignConnection?: ForeignConnection;
  /** What was written within the last two minutes and was not listed since. */
  readonly writes?: readonly RecentWrite[];
  readonly domains: Readonly<Record<string, OwnedDomain>>;
  /** Names that the service claims or waits for. */
  readonly names?: readonly string[];
}

export const emptyLedger: OwnedResources = { madePrivate: false, domains: {} };
const emptyDomain: OwnedDomain = { associated: false, records: [], validation: [] };

/** Whether the stack has done nothing for the service that could matter. */
export function ownsNothing({ madePrivate, endpoint, domains }: OwnedResources): boolean {
  return !madePrivate && endpoint === undefined && Object.keys(domains).length === 0;
}

export function ownedDomain(ledger: OwnedResources, domain: string): OwnedDomain {
  return ledger.domains[domain] ?? emptyDomain;
}

/** What was written at a name and its ownership name, in one zone. */
export function writtenIn(ledger: OwnedResources, domain: string, zone: string): readonly RecordSet[] {
  return ownedDomain(ledger, domain).records.flatMap(({ zoneId, record }) => (zoneId === zone ? [record] : []));
}

/** Every validation record of the ledger. */
export function validationOf({ domains }: OwnedResources): readonly OwnedRecord[] {
  return Object.values(domains).flatMap(({ validation }) => validation);
}

/** Every record of the ledger. */
export function recordsOf({ domains }: OwnedResources): readonly OwnedRecord[] {
  return Object.values(domains).flatMap(({ records, validation }) => [...records, ...validation]);
}

/** Ids of the hosted zones that hold a record of the ledger. */
export function zonesOf(ledger: OwnedResources): readonly string[] {
  return [...new Set(recordsOf(ledger).map(({ zoneId }) => zoneId))];
}

export function sameOwnedRecord(a: OwnedRecord, b: OwnedRecord): boolean {
  return a.zoneId === b.zoneId && sameRecord(a.record, b.record);
}

export function withDomain(ledger: OwnedResources, domain: string, change: Partial<OwnedDomain>): OwnedResources {
  return {
    ...ledger,
    domains: { ...ledger.domains, [domain]: { ...ownedDomain(ledger, domain), ...change } },
  };
}

/** Records of a domain that stand as they should. */
export interface ExistingRecords {
  readonly domain: string;
  readonly zoneId: string;
  readonly records: readonly RecordSet[];
}

/**
 * Records that exist and are ours enter the ledger: the row may have been lost since they were written. Those that they have
 * replaced leave it: a reconciliation may have died before it could confirm that.
 */
export function recordExisting(ledger: OwnedResources, { domain, zoneId, records }: ExistingRecords): OwnedResources {
  const known = ownedDomain(ledger, domain).records;
  const standing = records.map((record) => ({ zoneId, record }));
  const missing = standing.filter((one) => !known.some((other) => sameOwnedRecord(other, one)));
  // What Route 53 may have created a moment ago may stand, though a listing that lags does not show it.
  const isReplaced = (one: OwnedRecord) =>
    one.at !== undefined &&
    standing.some((other) => isInPlaceOf(other, one)) &&
    !standing.some((other) => sameOwnedRecord(other, one));
  const kept = known.filter((one) => !isReplaced(one));
  if (missing.length === 0 && kept.length === known.length) return ledger;
  return withDomain(ledger, domain, { records: [...kept, ...missing] });
}

/** A zone has one record set of a name and type, but for those with a `SetIdentifier`, which the stack never writes. */
function isInPlaceOf(a: OwnedRecord, b: OwnedRecord): boolean {
  return a.zoneId === b.zoneId && a.record.name === b.record.name && a.record.type === b.record.type;
}

export function withoutDomain(ledger: OwnedResources, domain: string): OwnedResources {
  return {
    ...ledger,
    domains: Object.fromEntries(Object.entries(ledger.domains).filter(([name]) => name !== domain)),
  };
}

export function withCutover(ledger: OwnedResources, cutover: CutoverHistory | undefined): OwnedResources {
  const { cutover: _, ...rest } = ledger;
  return cutover === undefined ? rest : { ...rest, cutover };
}

export function withForeignConnection(ledger: OwnedResources, seen: ForeignConnection | undefined): OwnedResources {
  const { foreignConnection: _, ...rest } = ledger;
  return seen === undefined ? rest : { ...rest, foreignConnection: seen };
}

export function withWrites(ledger: OwnedResources, writes: readonly RecentWrite[]): OwnedResources {
  const { writes: _, ...rest } = ledger;
  return writes.length === 0 ? rest : { ...rest, writes };
}
