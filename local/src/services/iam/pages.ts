import { AwsError } from '../../wire/errors.ts';

interface PageRequest {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

/** Items of a page by default, and at most (API model). */
const DEFAULT = 100;
const MOST = 1000;

/**
 * One page of a listing of IAM; the marker is the position to go on from.
 * @throws AwsError ValidationError for a size outside 1…1,000, InvalidInput for a marker that was not given out here.
 */
export function page<Item>(
  items: readonly Item[],
  { Marker: marker, MaxItems: size = DEFAULT }: PageRequest,
): { readonly items: Item[]; readonly rest: { readonly IsTruncated: boolean; readonly Marker?: string } } {
  if (size < 1 || size > MOST) {
    const bound = size < 1 ? 'greater than or equal to 1' : `less than or equal to ${MOST}`;
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value '${size}' at 'maxItems' failed to satisfy constraint: Member must have value ${bound}`,
    );
  }
  const from = marker === undefined ? 0 : Number(/^from-(\d+)$/.exec(Buffer.from(marker, 'base64url').toString())?.[1]);
  if (Number.isNaN(from)) throw new AwsError('InvalidInput', `Invalid Marker: ${marker}`);
  const to = from + size;
  const more = to < items.length;
  return {
    items: items.slice(from, to),
    rest: { IsTruncated: more, ...(more ? { Marker: Buffer.from(`from-${to}`).toString('base64url') } : {}) },
  };
}
