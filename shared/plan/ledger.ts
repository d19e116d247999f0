import { type RecordSet, sameRecord } from '../records/record-set.ts';

export interface WrittenRecord {
  readonly zoneId: string;
  readonly record: RecordSet;
}

export interface WrittenDomain {
  /** Whether this installation associated the domain with the service. */
  readonly associated: boolean;
  /** Alias records and the ownership TXT, with their exact content. */
  readonly records: readonly WrittenRecord[];
  /** Validation CNAMEs. */
  readonly validation: readonly WrittenRecord[];
}

/** What this installation has written for a service, kept beside it so that it can be taken back after the service is gone. */
export interface Written {
  readonly madePrivate: boolean;
  /** The endpoint the connection was attached to last. */
  readonly endpoint?: { readonly id: string; readonly vpcId: string };
  readonly domains: Readonly<Record<string, WrittenDomain>>;
}

export const nothingWritten: Written = { madePrivate: false, domains: {} };
const emptyDomain: WrittenDomain = { associated: false, records: [], validation: [] };

export function writtenDomain(written: Written, domain: string): WrittenDomain {
  return written.domains[domain] ?? emptyDomain;
}

export function withDomain(written: Written, domain: string, change: Partial<WrittenDomain>): Written {
  return {
    ...written,
    domains: { ...written.domains, [domain]: { ...writtenDomain(written, domain), ...change } },
  };
}

/** Records of a domain that stand as they should. */
export interface StandingRecords {
  readonly domain: string;
  readonly zoneId: string;
  readonly records: readonly RecordSet[];
}

/** What stands and is ours is noted, if it was not: the row may have been lost since it was written. */
export function noteStanding(written: Written, { domain, zoneId, records }: StandingRecords): Written {
  const known = writtenDomain(written, domain).records;
  const missing = records.filter(
    (record) => !known.some((one) => one.zoneId === zoneId && sameRecord(one.record, record)),
  );
  if (missing.length === 0) return written;
  return withDomain(written, domain, { records: [...known, ...missing.map((record) => ({ zoneId, record }))] });
}

export function withoutDomain(written: Written, domain: string): Written {
  return {
    ...written,
    domains: Object.fromEntries(Object.entries(written.domains).filter(([name]) => name !== domain)),
  };
}
