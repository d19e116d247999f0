import { AwsError } from '../../wire/errors.ts';
import { queryValue, type WireRequest } from '../../wire/message.ts';
import type { Secrets } from '../../wire/service.ts';
import { signatureValue, timeOf } from '../../wire/signature.ts';

/** Documented ("Authenticating Requests: Using Query Parameters"): seven days, in seconds. */
const LONGEST_EXPIRY = 604_800;

const refused = (message: string) => new AwsError('AuthorizationQueryParametersError', message);
const denied = (message: string) => new AwsError('AccessDenied', message, { status: 403 });

/**
 * Whether a presigned address is still valid: whoever has it can read the object. The signature is verified
 * for keys that the embedded cloud has issued. A request that carries no signature in its query is not concerned.
 * @param now milliseconds since the epoch. @param credentials of the key, if they are known.
 * @throws AwsError AuthorizationQueryParametersError, AccessDenied, SignatureDoesNotMatch
 */
export function checkPresigned(request: WireRequest, now: number, credentials: Secrets | undefined): void {
  const value = queryValue(request, 'X-Amz-Signature');
  if (value === undefined) return;
  const asked = (name: string) => queryValue(request, `X-Amz-${name}`);
  const [date, expires, signed] = [asked('Date'), asked('Expires'), asked('SignedHeaders')];
  const [accessKeyId = '', day = '', region = ''] = asked('Credential')?.split('/') ?? [];
  if (
    asked('Algorithm') !== 'AWS4-HMAC-SHA256' ||
    date === undefined ||
    expires === undefined ||
    signed === undefined
  ) {
    throw refused(
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
    );
  }
  const at = timeOf(date);
  if (at === undefined) throw refused("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  const seconds = Number(expires);
  if (!/^\d+$/.test(expires)) throw refused('X-Amz-Expires should be a number');
  if (seconds > LONGEST_EXPIRY)
    throw refused(`X-Amz-Expires must be less than a week (in seconds) that is ${LONGEST_EXPIRY}`);
  if (now > at + seconds * 1000) throw denied('Request has expired');
  if (credentials === undefined) return;
  const headers = { ...request.headers, 'x-amz-date': date };
  const signature = { accessKeyId, date: day, region, service: 's3', signedHeaders: signed.split(';') };
  const query = Object.entries(request.query)
    .filter(([name]) => name !== 'X-Amz-Signature')
    .flatMap(([name, values]) => [values].flat().map((each) => [name, each].map(encodeURIComponent).join('=')))
    .join('&');
  // S3 encodes the path once, and no payload is signed.
  const sent = { method: request.method, path: request.path, query, headers, body: new Uint8Array() };
  const expected = signatureValue(sent, signature, credentials.secretAccessKey, 'unsigned object');
  if (expected !== value || asked('Security-Token') !== credentials.sessionToken) {
    const message =
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.';
    throw new AwsError('SignatureDoesNotMatch', message, { status: 403 });
  }
}

/** `bucket.s3.region.amazonaws.com`, of every region; the bucket is then not in the path. */
const HOST = /^(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com$/;

/** The path of a request that has its bucket in the host, with the bucket in front. */
export function pathWithBucket({ path, headers: { host = '' } }: WireRequest): string {
  const bucket = HOST.exec(host.replace(/:\d+$/, ''))?.groups?.bucket;
  return bucket === undefined ? path : `/${bucket}${path}`;
}
