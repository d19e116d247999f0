import { Resolver } from 'node:dns/promises';
import { request } from 'node:https';

/** The answer of DNS for a name, as `dig +short` prints it: addresses in their order, or nothing and why. */
export interface DnsLookup {
  readonly addresses: readonly string[];
  /** `NXDOMAIN`, `no data` or what went wrong; empty when there are addresses. */
  readonly nothing: string;
}

/** Asks a DNS server over the wire. @param server `host:port` */
export async function dig(server: string, name: string): Promise<DnsLookup> {
  const resolver = new Resolver({ timeout: 1000, tries: 2 });
  resolver.setServers([server]);
  try {
    return { addresses: await resolver.resolve4(name), nothing: '' };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { addresses: [], nothing: code === 'ENOTFOUND' ? 'NXDOMAIN' : code === 'ENODATA' ? 'no data' : code };
  }
}

export type HttpsAnswer =
  | { readonly ok: true; readonly status: number; readonly body: string; readonly certificate: string }
  | { readonly ok: false; readonly reason: string };

/**
 * One HTTPS request under a name, sent to a listener of the embedded cloud.
 * @param listener `host:port`
 * @param trust PEM of the embedded certificate authority.
 */
export function https(listener: string, name: string, trust: string): Promise<HttpsAnswer> {
  const [host, port] = listener.split(':');
  return new Promise((resolve) => {
    const failed = (error: Error) => resolve({ ok: false, reason: error.message });
    const outgoing = request(
      {
        host,
        port: Number(port),
        servername: name,
        headers: { host: name },
        ca: trust,
        agent: false,
        timeout: 3000,
        path: '/',
        // Show a certificate for another name; do not fail because of it.
        checkServerIdentity: () => undefined,
      },
      (response) => {
        const certificate =
          'getPeerCertificate' in response.socket && typeof response.socket.getPeerCertificate === 'function'
            ? String(response.socket.getPeerCertificate().subjectaltname ?? '')
            : '';
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', failed);
        response.on('end', () =>
          resolve({ ok: true, status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString(), certificate }),
        );
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer within 3 s')));
    outgoing.on('error', failed);
    outgoing.end();
  });
}
