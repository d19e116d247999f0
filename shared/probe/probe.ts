import { request } from 'node:https';
import { errorMessage } from '../errors.ts';
import type { ResolveName } from '../observe/names.ts';
import type { HttpsCheck } from '../plan/observed.ts';
import type { ProbeRequest, ProbeResult } from './contract.ts';

/** Sends one HTTPS request for `host` to an address, with the certificate checked under that name. */
export type Fetch = (address: string, host: string) => Promise<{ readonly status: number }>;

/** Milliseconds for connecting, the handshake and the first line of the answer together. */
const TIMEOUT = 4000;

export const httpsFetch: Fetch = (address, host) =>
  new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: address,
        port: 443,
        servername: host,
        headers: { host },
        method: 'HEAD',
        path: '/',
        signal: AbortSignal.timeout(TIMEOUT),
        agent: false,
      },
      (response) => {
        response.resume();
        resolve({ status: response.statusCode ?? 0 });
      },
    );
    outgoing.on('error', (error) => {
      reject(error.name === 'AbortError' ? new Error(`no answer within ${TIMEOUT} ms`) : error);
    });
    outgoing.end();
  });

/** Any label below a wildcard will do; this one identifies the probe in the service's log. */
const WILDCARD_LABEL = 'private-ingress-probe';

/** Resolves each name and, where asked, sends one request to each of its addresses: each is in another zone. @param now milliseconds, monotonic. */
export async function probe(
  { names, dualStack }: ProbeRequest,
  { resolve, fetch, now }: { resolve: ResolveName; fetch: Fetch; now: () => number },
): Promise<ProbeResult> {
  const seen = await Promise.all(
    names.map(async ({ name, https }) => {
      const host = name.replace(/^\*/, WILDCARD_LABEL);
      const answer = { ...(await resolve(host, dualStack)), vantage: 'vpc' as const };
      const result = { answer };
      if (!https) return [name, result] as const;
      const addresses = answer.outcome === 'addresses' ? answer.addresses : [];
      const reached = await Promise.all(addresses.map((address) => reachHost(address, host, fetch, now)));
      const httpsChecks: HttpsCheck = reached.find(({ ok }) => !ok) ??
        reached[0] ?? { ok: false, reason: `it does not resolve (${answer.outcome})` };
      return [name, { ...result, httpsChecks }] as const;
    }),
  );
  return { names: Object.fromEntries(seen) };
}

/** Any HTTP status counts: with the right certificate the service answered. */
async function reachHost(address: string, host: string, fetch: Fetch, now: () => number): Promise<HttpsCheck> {
  const start = now();
  try {
    const { status } = await fetch(address, host);
    return { ok: true, status, milliseconds: Math.round(now() - start) };
  } catch (error) {
    return { ok: false, reason: `${address}: ${errorMessage(error)}` };
  }
}
