import { randomUUID } from 'node:crypto';
import { request } from 'node:https';
import { errorMessage } from '../errors.ts';
import type { ResolveName } from '../observe/names.ts';
import type { HttpsCheck } from '../plan/observed.ts';
import type { ProbeRequest, ProbeResult } from './contract.ts';

/** The head of an answer; header names in lower case. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Sends one HTTPS request for `host` to an address.
 * @param verify whether the certificate has to be valid for `host`.
 */
export type Fetch = (address: string, host: string, verify: boolean) => Promise<HttpAnswer>;

/** Milliseconds for connecting, the handshake and the first line of the answer together. */
const TIMEOUT = 4000;

export const httpsFetch: Fetch = (address, host, verify) =>
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
        rejectUnauthorized: verify,
      },
      (response) => {
        response.resume();
        const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
        resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(headers) });
      },
    );
    outgoing.on('error', (error) => {
      reject(error.name === 'AbortError' ? new Error(`no answer within ${TIMEOUT} ms`) : error);
    });
    outgoing.end();
  });

/** A name that no service has: `invalid` is reserved (RFC 6761). */
export const randomHost = (): string => `${randomUUID()}.invalid`;

/** Any label below a wildcard will do; this one identifies the probe in the service's log. */
const WILDCARD_LABEL = 'private-ingress-probe';

export interface ProbeDependencies {
  readonly resolve: ResolveName;
  readonly fetch: Fetch;
  /** Milliseconds, monotonic. */
  now(): number;
  /** A host name that App Runner's router does not know. */
  randomHost(): string;
}

/**
 * Resolves each name and, where asked, sends one request to each of its addresses: each is in another zone. A name is what a
 * tag says, so where it leads is not trusted: only the endpoint gets a request.
 */
export async function probe(
  { names, dualStack, endpointAddresses }: ProbeRequest,
  dependencies: ProbeDependencies,
): Promise<ProbeResult> {
  const seen = await Promise.all(
    names.map(async ({ name, https }) => {
      const host = name.replace(/^\*/, WILDCARD_LABEL);
      const answer = { ...(await dependencies.resolve(host, dualStack)), vantage: 'vpc' as const };
      const result = { answer };
      if (!https) return [name, result] as const;
      const addresses = answer.outcome === 'addresses' ? answer.addresses : [];
      const reached = await Promise.all(
        addresses.map((address) =>
          endpointAddresses.includes(address) ? reachHost(address, host, dependencies) : foreignHost(address),
        ),
      );
      const httpsChecks: HttpsCheck = reached.find(({ ok }) => !ok) ??
        reached[0] ?? { ok: false, reason: `it does not resolve (${answer.outcome})` };
      return [name, { ...result, httpsChecks }] as const;
    }),
  );
  return { names: Object.fromEntries(seen) };
}

async function foreignHost(address: string): Promise<HttpsCheck> {
  return { ok: false, reason: `${address} is not an address of the endpoint, so no request was sent` };
}

/**
 * Any HTTP status under a valid certificate counts: the service answered. Unless it is the status of App Runner's router,
 * which answers every Host that it does not know (docs/facts.md#endpoint-names-answer-no-request).
 */
async function reachHost(address: string, host: string, dependencies: ProbeDependencies): Promise<HttpsCheck> {
  const { fetch, now } = dependencies;
  const start = now();
  try {
    const answer = await fetch(address, host, true);
    const milliseconds = Math.round(now() - start);
    if (answer.status >= 400 && (await isFromRouter(answer, address, dependencies))) {
      const reason = `${address}: App Runner’s router answers ${answer.status} for ${host} as for any other Host: it does not know the name`;
      return { ok: false, reason };
    }
    return { ok: true, status: answer.status, milliseconds };
  } catch (error) {
    return { ok: false, reason: `${address}: ${errorMessage(error)}` };
  }
}

/** Whether a Host that no service has gets the same answer. The request carries nothing, so its certificate may be any. */
async function isFromRouter(
  answer: HttpAnswer,
  address: string,
  { fetch, randomHost }: ProbeDependencies,
): Promise<boolean> {
  try {
    return fingerprint(await fetch(address, randomHost(), false)) === fingerprint(answer);
  } catch {
    return false;
  }
}

/** Headers whose values differ between servers, and not from request to request. */
const TELLING: ReadonlySet<string> = new Set(['server', 'content-type', 'content-length']);

/** Status and names of the headers: what reached a service has more of them (`x-envoy-upstream-service-time`). */
function fingerprint({ status, headers }: HttpAnswer): string {
  const described = Object.entries(headers).map(([name, value]) => (TELLING.has(name) ? `${name}: ${value}` : name));
  return [status, ...described.toSorted()].join('\n');
}
