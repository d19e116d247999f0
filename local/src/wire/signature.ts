import { createHash, createHmac } from 'node:crypto';

/** What a SigV4 signature is made over (documented: "Create a signed AWS API request"). */
export interface SignedRequest {
  readonly method: string;
  /** Percent-encoded, without the query. */
  readonly path: string;
  /** As on the request line, without the question mark. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** An Authorization header, taken apart. */
export interface Signature {
  readonly accessKeyId: string;
  /** `20260101` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** Names of the headers it covers, in lower case, in the order given. */
  readonly signedHeaders: readonly string[];
  /** 64 hexadecimal digits. */
  readonly value: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** `undefined` when the header is missing or is none of SigV4. */
export function signatureOf(authorization = ''): Signature | undefined {
  const [, rest] = new RegExp(`^${ALGORITHM}\\s+(.+)$`).exec(authorization) ?? [];
  const parts = new Map(rest?.split(',').map((part) => part.trim().split(/=(.*)/s, 2) as [string, string]));
  const [accessKeyId, date, region, service, terminator, ...more] = parts.get('Credential')?.split('/') ?? [];
  const value = parts.get('Signature');
  const signedHeaders = parts.get('SignedHeaders')?.split(';');
  if (!accessKeyId || !date || !region || !service || terminator !== 'aws4_request' || more.length > 0)
    return undefined;
  if (value === undefined || !/^[0-9a-f]{64}$/.test(value) || signedHeaders === undefined) return undefined;
  return { accessKeyId, date, region, service, signedHeaders, value };
}

/** `20260101T120000Z` in milliseconds since the epoch; `undefined` for anything else. */
export function timeOf(amzDate = ''): number | undefined {
  const parts = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(amzDate)?.slice(1);
  if (parts === undefined) return undefined;
  const [year, month, day, hour, minute, second] = parts;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : time;
}

/**
 * The value a request's signature has to have, for the holder of `secret`.
 * @param of an `unsigned object` is one of S3 whose payload the signature does not cover.
 */
export function signatureValue(
  request: SignedRequest,
  signature: Omit<Signature, 'value'>,
  secret: string,
  of: 'request' | 'unsigned object' = 'request',
): string {
  const { date, region, service, signedHeaders } = signature;
  const scope = `${date}/${region}/${service}/aws4_request`;
  const canonical = sha256(canonicalRequest(request, signedHeaders, of));
  const text = [ALGORITHM, request.headers['x-amz-date'] ?? '', scope, canonical].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return hmac(key, text).toString('hex');
}

function canonicalRequest(
  { method, path, query, headers, body }: SignedRequest,
  signed: readonly string[],
  of: 'request' | 'unsigned object',
): string {
  const lines = signed.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`);
  const [place, payload] = of === 'request' ? [encoded(path, '/'), sha256(body)] : [path, 'UNSIGNED-PAYLOAD'];
  return [method, place, canonicalQuery(query), lines.join(''), signed.join(';'), payload].join('\n');
}

/** All services but S3 encode the path as sent once more. */
const encoded = (text: string, kept = ''): string =>
  text.replace(/[^A-Za-z0-9\-._~]/gu, (character) =>
    kept.includes(character) ? character : encodeURIComponent(character).replace(/[!'()*]/g, hexadecimal),
  );

const hexadecimal = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

function canonicalQuery(query: string): string {
  if (query === '') return '';
  const pairs = query.split('&').map((pair) => {
    const [name = '', value = ''] = pair.split(/=(.*)/s, 2);
    return [name, value].map((part) => encoded(decoded(part)));
  });
  const order = (a: string | undefined, b: string | undefined) => (a === b ? 0 : Number(String(a) > String(b)) * 2 - 1);
  return pairs
    .sort(([name, value], [otherName, otherValue]) => order(name, otherName) || order(value, otherValue))
    .map((pair) => pair.join('='))
    .join('&');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
