import { AwsError } from '../../wire/errors.ts';

/** A part of an object: the first byte and the one after the last. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The part that a `Range` header asks for; `undefined` for the whole object, as for a header that is no single range of bytes
 * (RFC 9110, 14.2).
 * @throws AwsError InvalidRange when no byte of the object is in it.
 */
export function byteRange(header: string | undefined, size: number): ByteRange | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first !== '' && last !== '' && Number(first) > Number(last)) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  if (start >= end) throw new AwsError('InvalidRange', 'The requested range is not satisfiable', { status: 416 });
  return { start, end };
}
