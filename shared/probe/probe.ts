import { randomUUID } from 'node:crypto';
import { request } from 'node:https';
import { errorMessage } from '../errors.ts';
import type { ResolveName } from '../observe/names.ts';
import type { HttpsCheck } from '../plan/observed.ts';
import { ownershipName } from '../records/names.ts';
import { ownerOf } from '../records/ownership.ts';
import type { ProbeResult } from './answer.ts';
import type { ProbeRequest } from './contract.ts';

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
  /** Name of the installation in ownership records. */
  readonly installation: string;
  readonly region: string;
  readonly resolve: ResolveName;
  /** The texts of the TXT records at a name; none where there is none. */
  texts(name: string): Promise<readonly string[]>;
  readonly fetch: Fetch;
  /** Milliseconds, monotonic. */
  now(): number;
  /** A host name that App Runner's router does not know. */
  randomHost(): string;
}

/**
 * Resolves each name and, where asked, sends one request to each of its addresses: each is in another zone.
 *
 * Whoever may invoke the function must learn nothing of the other hosts of the VPC. So it answers for names of App Runner,
 * and for those beside which DNS has an ownership record of the installation; any other name is as if it did not exist. Where
 * a name leads is not trusted either: only the endpoint gets a request.
 */
export async function probe(
  { names, dualStack, endpointAddresses }: ProbeRequest,
  dependencies: ProbeDependencies,
): Promise<ProbeResult> {
  const seen = await Promise.all(
    names.map(async ({ name, https }) => {
      const host = name.replace(/^\*/, WILDCARD_LABEL);
      const refusal = await whyNotAnswered(name, dependencies);
      if (refusal !== undefined) {
        const { outcome, reason } = refusal;
        const answer = outcome === 'failed' ? { vantage, outcome, reason } : { vantage, outcome };
        return [name, https ? { answer, httpsChecks: { ok: false, reason } } : { answer }] as const;
      }
      const answer = { ...(await dependencies.resolve(host, dualStack)), vantage };
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

const vantage = 'vpc' as const;

/** Why the probe says nothing of a name; `undefined` if it is a managed service's. */
async function whyNotAnswered(
  name: string,
  { installation, region, texts }: ProbeDependencies,
): Promise<{ readonly outcome: 'nxdomain' | 'failed'; readonly reason: string } | undefined> {
  const [, ...below] = name.split('.');
  if (below.join('.') === `${region}.awsapprunner.com`) return undefined;
  const at = ownershipName(name);
  try {
    const owners = (await texts(at)).map(ownerOf);
    if (owners.some((owner) => owner?.installation === installation)) return undefined;
    return { outcome: 'nxdomain', reason: `inside the VPC there is no ownership record of this stack at ${at}` };
  } catch (error) {
    return { outcome: 'failed', reason: `the ownership record at ${at} cannot be read: ${errorMessage(error)}` };
  }
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
