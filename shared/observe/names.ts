import { Resolver } from 'node:dns/promises';
import type { CnameAnswer, Issuers, NameAnswer, NameServers, Vantage } from '../plan/observed.ts';
import { normalizeName } from '../records/names.ts';

/** Resolves the addresses of a name. */
export type ResolveName = (name: string, dualStack: boolean) => Promise<NameAnswer>;

/**
 * Who may issue certificates for a name, as public DNS says: the closest CAA set at or above it counts (RFC 8659).
 * A wildcard goes by `issuewild` where there is one.
 */
export async function resolveIssuers(name: string, make: () => Resolver): Promise<Issuers> {
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

/** The name servers of a zone, as public DNS says. */
async function resolveNameServers(zone: string, make: () => Resolver): Promise<NameServers> {
  try {
    const names = (await make().resolveNs(zone)).map(normalizeName);
    if (names.length === 0) return { kind: 'none' };
    // A private zone of this network answers, not public DNS (documented: ns-0.awsdns-00.com and its three siblings).
    return names.some((name) => name.includes('.awsdns-00.')) ? { kind: 'unknown' } : { kind: 'listed', names };
  } catch (error) {
    return isAbsence(error) ? { kind: 'none' } : { kind: 'unknown' };
  }
}

/** The CNAME at a name, as public DNS says. */
async function resolveCname(name: string, make: () => Resolver): Promise<CnameAnswer> {
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
export function publicDns(make: () => Resolver): PublicDns {
  return {
    resolve: resolveWith('public', make),
    issuers: (name) => resolveIssuers(name, make),
    nameServers: (zone) => resolveNameServers(zone, make),
    cname: (name) => resolveCname(name, make),
  };
}

export const systemPublicDns = (): PublicDns => publicDns(() => new Resolver({ timeout: TIMEOUT, tries: TRIES }));

export const systemIssuers = (name: string): Promise<Issuers> =>
  resolveIssuers(name, () => new Resolver({ timeout: TIMEOUT, tries: TRIES }));

/** Milliseconds per try, and tries. Slower DNS is asked again at the next check. */
const TIMEOUT = 2000;
const TRIES = 2;

/** Uses this process's resolver: inside a VPC that VPC's, elsewhere a public one. */
export function systemResolver(vantage: Vantage): ResolveName {
  return resolveWith(vantage, () => new Resolver({ timeout: TIMEOUT, tries: TRIES }));
}

/** Uses a resolver of its own. @param make is called for each name, so that lookups share nothing. */
function resolveWith(vantage: Vantage, make: () => Resolver): ResolveName {
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

/** The texts of the TXT records at a name, as this process's resolver says. @throws where there is no answer */
export async function systemTexts(name: string): Promise<readonly string[]> {
  try {
    return (await new Resolver({ timeout: TIMEOUT, tries: TRIES }).resolveTxt(name)).map((chunks) => chunks.join(''));
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
