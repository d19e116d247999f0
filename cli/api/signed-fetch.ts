import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { sendByFetch, sendWithHost } from './send.ts';

/** Credentials and region of signatures. */
export interface Signer {
  /** The host to sign for, if it is not the URL's. */
  readonly host?: string;
  readonly region: string;
  readonly credentials: AwsCredentialIdentityProvider;
}

class Sha256 extends Hash {
  constructor(secret?: ConstructorParameters<typeof Hash>[1]) {
    super('sha256', secret);
  }
}

/** `fetch` for an API of API Gateway that is authorised with IAM: signs every request (SigV4). */
export function signedFetch(
  { region, credentials, host: meant }: Signer,
  now: () => number,
): (request: Request) => Promise<Response> {
  const signature = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  const send = meant === undefined ? sendByFetch : sendWithHost;
  return async (request) => {
    const { protocol, host, hostname, port, pathname, searchParams } = new URL(request.url);
    const text = await request.text();
    const body = text === '' ? {} : { body: text };
    const unsigned = {
      method: request.method,
      protocol,
      hostname,
      ...(port === '' ? {} : { port: Number(port) }),
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: { ...Object.fromEntries(request.headers), host: meant ?? host },
      ...body,
    };
    // A signature is valid for five minutes.
    const { headers } = await signature.sign(unsigned, { signingDate: new Date(now()) });
    return send(request.url, { method: request.method, headers, ...body });
  };
}
