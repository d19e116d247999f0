import { Resolver } from 'node:dns/promises';
import type { NameAnswer, Vantage } from '../plan/observed.ts';

/** Asks DNS for the addresses of a name. */
export type ResolveName = (name: string, dualStack: boolean) => Promise<NameAnswer>;

/** Milliseconds per try, and tries: DNS that takes longer is asked again at the next look. */
const TIMEOUT = 2000;
const TRIES = 2;

/** Asks the resolver this process has: inside a VPC that VPC's, elsewhere a public one. */
export function systemResolver(vantage: Vantage): ResolveName {
  return resolveWith(vantage, () => new Resolver({ timeout: TIMEOUT, tries: TRIES }));
}

/** Asks a resolver of one's own. @param make is called for each name, so that nothing is shared between look-ups. */
export function resolveWith(vantage: Vantage, make: () => Resolver): ResolveName {
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

/** c-ares tells NXDOMAIN as ENOTFOUND and an empty answer as ENODATA; anything else is no answer. */
function dnsErrorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error);
}
