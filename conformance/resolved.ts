import type { Resolve } from './site.ts';
import { within } from './waiter.ts';
import type { World } from './world.ts';

/** Reads until a name resolves: 10 minutes on AWS. */
const DNS_READS = 60;
const PRIVATE = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/;

/** What a name resolves to, in words that a report may hold. */
export async function resolved(world: World, resolve: Resolve | undefined, name: string): Promise<string> {
  if (resolve === undefined) throw new Error('there is no DNS server');
  const addresses = await within(world.site.waiter, DNS_READS, async () => {
    const found = await resolve(name);
    return found.length > 0 ? found : undefined;
  });
  if (addresses === undefined) return 'nothing';
  return addresses.every((address) => PRIVATE.test(address)) ? 'private addresses' : 'public addresses';
}
