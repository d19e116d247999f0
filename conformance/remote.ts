import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { RemoteOptions } from './options.ts';
import type { CleaningSite } from './resources.ts';
import { type Clients, clientsOf, openSite, type Resolve, type Site } from './site.ts';
import { systemWaiter, type Waiter } from './waiter.ts';

/** Milliseconds between two reads. */
const AWS_INTERVAL = 10_000;
const ENDPOINT_INTERVAL = 400;
const PUBLIC_DNS = ['1.1.1.1', '8.8.8.8'];
/** Milliseconds per try, and tries. */
const DNS_TIMEOUT = 3000;
const DNS_TRIES = 2;

export interface Remote {
  readonly clients: Clients;
  readonly region: string;
  readonly waiter: Waiter;
}

export function remoteOf({ endpoint, region = '' }: RemoteOptions): Remote {
  const local = endpoint === undefined ? {} : { endpoint };
  return {
    clients: clientsOf({ region, ...local, maxAttempts: 5 }),
    region,
    waiter: systemWaiter(endpoint === undefined ? AWS_INTERVAL : ENDPOINT_INTERVAL),
  };
}

/** @throws SiteError */
export function openRemote(remote: Remote, options: RemoteOptions): Promise<Site> {
  const { endpoint, dns, vpcDns, insideVpc } = options;
  const publicServers = dns === undefined ? (endpoint === undefined ? PUBLIC_DNS : undefined) : [dns];
  return openSite({
    ...remote,
    target: endpoint === undefined ? 'aws' : 'endpoint',
    vpcId: options.vpcId,
    zoneId: options.zoneId,
    publicDns: publicServers === undefined ? undefined : resolver(publicServers),
    vpcDns: () => (vpcDns !== undefined ? resolver([vpcDns]) : insideVpc ? resolver(undefined) : undefined),
  });
}

export const cleaningSite = ({ clients, waiter }: Remote, publicZoneId: string | undefined): CleaningSite => ({
  clients,
  waiter,
  publicZoneId,
});

/** @param servers those of this machine by default */
function resolver(servers: readonly string[] | undefined): Resolve {
  const resolving = new Resolver({ timeout: DNS_TIMEOUT, tries: DNS_TRIES });
  if (servers !== undefined) resolving.setServers(servers.map(withBrackets));
  return async (name) => {
    try {
      return await resolving.resolve4(name);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      // Only these two say that there is none: a server that does not answer does not.
      if (code === 'ENOTFOUND' || code === 'ENODATA') return [];
      throw error;
    }
  };
}

const withBrackets = (server: string): string => (isIP(server) === 6 ? `[${server}]` : server);
