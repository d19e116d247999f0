import { type RecordSet, sameRecord } from '../records/record-set.ts';

export interface OwnedRecord {
  readonly zoneId: string;
  readonly record: RecordSet;
}

export interface OwnedDomain {
  /** Whether this installation associated the domain with the service. */
  readonly associated: boolean;
  /** Alias records and the ownership TXT, with their exact content. */
  readonly records: readonly OwnedRecord[];
  /** Validation CNAMEs. */
  readonly validation: readonly OwnedRecord[];
}

/** What this installation has written for a service, kept beside it so that it can be taken back after the service is gone. */
export interface OwnedResources {
  readonly madePrivate: boolean;
  /** The endpoint the connection was attached to last. */
  readonly endpoint?: { readonly id: string; readonly vpcId: string };
  readonly domains: Readonly<Record<string, OwnedDomain>>;
}

export const emptyLedger: OwnedResources = { madePrivate: false, domains: {} };
const emptyDomain: OwnedDomain = { associated: false, records: [], validation: [] };

export function ownedDomain(ledger: OwnedResources, domain: string): OwnedDomain {
  return ledger.domains[domain] ?? emptyDomain;
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

/** What stands and is ours is noted, if it was not: the row may have been lost since it was written. */
export function recordExisting(ledger: OwnedResources, { domain, zoneId, records }: ExistingRecords): OwnedResources {
  const known = ownedDomain(ledger, domain).records;
  const missing = records.filter(
    (record) => !known.some((one) => one.zoneId === zoneId && sameRecord(one.record, record)),
  );
  if (missing.length === 0) return ledger;
  return withDomain(ledger, domain, { records: [...known, ...missing.map((record) => ({ zoneId, record }))] });
}

export function withoutDomain(ledger: OwnedResources, domain: string): OwnedResources {
  return {
    ...ledger,
    domains: Object.fromEntries(Object.entries(ledger.domains).filter(([name]) => name !== domain)),
  };
}
