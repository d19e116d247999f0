import { AwsError } from '../../wire/errors.ts';

/**
 * The body of an `aws-chunked` request, as clients send a stream of unknown content:
 *
 *     5;chunk-signature=…\r\n   hello   \r\n   0\r\n   x-amz-checksum-crc32:…\r\n\r\n
 *
 * Signatures and checksums are not checked. @throws AwsError IncompleteBody
 */
export function unchunked(sent: Uint8Array): Uint8Array {
  const bytes = Buffer.from(sent);
  const pieces: Uint8Array[] = [];
  for (let at = 0; ; ) {
    const end = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.toString('latin1', at, end), 16);
    if (end === -1 || Number.isNaN(size) || end + 2 + size > bytes.length)
      throw new AwsError('IncompleteBody', 'The request body terminated unexpectedly');
    if (size === 0) return new Uint8Array(Buffer.concat(pieces));
    pieces.push(bytes.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}
