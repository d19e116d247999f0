import type { CaaRecord } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import type { CnameAnswer, Issuers, NameAnswer, NameServers, Vantage } from '../plan/observed.ts';
import { normalizeName } from '../records/names.ts';

/** The lookups of `Resolver` in `node:dns/promises` that are used here. */
export interface DnsLookups {
  resolve4(name: string): Promise<string[]>;
  resolve6(name: string): Promise<string[]>;
  resolveCaa(name: string): Promise<Pick<CaaRecord, 'issue' | 'issuewild'>[]>;
  resolveCname(name: string): Promise<string[]>;
  resolveNs(name: string): Promise<string[]>;
  resolveTxt(name: string): Promise<string[][]>;
}

/** Resolves the addresses of a name. */
export type ResolveName = (name: string, dualStack: boolean) => Promise<NameAnswer>;

/**
 * Who may issue certificates for a name, as public DNS says: the closest CAA set at or above it counts (RFC 8659).
 * A wildcard goes by `issuewild` where there is one.
 */
export async function resolveIssuers(name: string, make: () => DnsLookups): Promise<Issuers> {
  const wildcard = name.startsWith('*.');
  const labels = name.replace(/^\*\./, '').split('.');
  for (let depth = 0; depth < labels.length; depth++) {
    const at = labels.slice(depth).join('.');
    try {
      const records = await make().resolveCaa(at);
      const named = (property: 'issue' | 'issuewild') =>
        records.flatMap((record) => (record[property] === undefined ? [] : [record[property]]));
      const wild = wildcard ? named('issuewild') : [];
      const issuers = wild.length > 0 ? wild : named('issue');
      if (records.length === 0) continue;
      // A CAA set without an issue property allows every issuer.
      if (issuers.length === 0) return { kind: 'unrestricted' };
      const names = issuers.map((value) => value.split(';')[0]?.trim().toLowerCase() ?? '').filter((one) => one !== '');
      return { kind: 'listed', names, at, property: wild.length > 0 ? 'issuewild' : 'issue' };
    } catch (error) {
      if (!isAbsence(error)) return { kind: 'unknown' };
    }
  }
  return { kind: 'unrestricted' };
}

/** Name servers of every private zone (documented); others of their group serve public zones. */
const PRIVATE_ZONES = [
  'ns-0.awsdns-00.com',
  'ns-512.awsdns-00.net',
  'ns-1024.awsdns-00.org',
  'ns-1536.awsdns-00.co.uk',
];

/** The name servers of a zone, as public DNS says. */
async function resolveNameServers(zone: string, make: () => DnsLookups): Promise<NameServers> {
  try {
    const names = (await make().resolveNs(zone)).map(normalizeName);
    if (names.length === 0) return { kind: 'none' };
    // A private zone of this network answers, not public DNS.
    return names.some((name) => PRIVATE_ZONES.includes(name)) ? { kind: 'unknown' } : { kind: 'listed', names };
  } catch (error) {
    return isAbsence(error) ? { kind: 'none' } : { kind: 'unknown' };
  }
}

/** The CNAME at a name, as public DNS says. */
async function resolveCname(name: string, make: () => DnsLookups): Promise<CnameAnswer> {
  try {
    const [value] = await make().resolveCname(name);
    return value === undefined ? { kind: 'none' } : { kind: 'value', value: normalizeName(value) };
  } catch (error) {
    return isAbsence(error) ? { kind: 'none' } : { kind: 'unknown' };
  }
}

/** What public DNS says, whoever answers there. */
export interface PublicDns {
  readonly resolve: ResolveName;
  issuers(name: string): Promise<Issuers>;
  nameServers(zone: string): Promise<NameServers>;
  cname(name: string): Promise<CnameAnswer>;
}

/** @param make is called for each question, so that questions share nothing. */
export function publicDns(make: () => DnsLookups): PublicDns {
  return {
    resolve: resolveWith('public', make),
    issuers: (name) => resolveIssuers(name, make),
    nameServers: (zone) => resolveNameServers(zone, make),
    cname: (name) => resolveCname(name, make),
  };
}

export const systemPublicDns = (): PublicDns => publicDns(systemLookups);

export const systemIssuers = (name: string): Promise<Issuers> => resolveIssuers(name, systemLookups);

/** Milliseconds per try, and tries. Slower DNS is asked again at the next check. */
const TIMEOUT = 2000;
const TRIES = 2;

/** This process's resolver: inside a VPC that VPC's, elsewhere a public one. */
const systemLookups = (): DnsLookups => new Resolver({ timeout: TIMEOUT, tries: TRIES });

/** What the DNS of a VPC says, from inside it. */
export interface VpcDns {
  readonly resolve: ResolveName;
  /** The texts of the TXT records at a name. @throws where there is no answer */
  texts(name: string): Promise<readonly string[]>;
}

/** @param make is called for each question, so that questions share nothing. */
export function vpcDns(make: () => DnsLookups): VpcDns {
  return {
    resolve: resolveWith('vpc', make),
    texts: (name) => resolveTexts(name, make),
  };
}

export const systemVpcDns = (): VpcDns => vpcDns(systemLookups);

function resolveWith(vantage: Vantage, make: () => DnsLookups): ResolveName {
  return async (name, dualStack) => {
    const resolver = make();
    const lookups = [resolver.resolve4(name), ...(dualStack ? [resolver.resolve6(name)] : [])];
    const results = await Promise.allSettled(lookups);
    const addresses = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    if (addresses.length > 0) return { vantage, outcome: 'addresses', addresses };
    const codes = results.flatMap((result) => (result.status === 'rejected' ? [dnsErrorCode(result.reason)] : []));
    const failure = codes.find((code) => code !== 'ENOTFOUND' && code !== 'ENODATA');
    if (failure !== undefined) return { vantage, outcome: 'failed', reason: failure };
    return { vantage, outcome: codes.includes('ENODATA') ? 'no-data' : 'nxdomain' };
  };
}

async function resolveTexts(name: string, make: () => DnsLookups): Promise<readonly string[]> {
  try {
    return (await make().resolveTxt(name)).map((chunks) => chunks.join(''));
  } catch (error) {
    if (isAbsence(error)) return [];
    throw new Error(dnsErrorCode(error));
  }
}

function isAbsence(error: unknown): boolean {
  return ['ENODATA', 'ENOTFOUND'].includes(dnsErrorCode(error));
}

/** c-ares reports NXDOMAIN as ENOTFOUND and an empty answer as ENODATA; anything else is no answer. */
function dnsErrorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error);
}
