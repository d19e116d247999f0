import { AwsError } from '../../wire/errors.ts';

export interface PageRequest {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

/**
 * One page of a listing. Without `MaxResults` and `limit` everything is one page, as in EC2.
 *
 * @param bounds.limit a page holds no more than this, whatever is asked for: AWS may return fewer items than `MaxResults`.
 * @param bounds.clamp  more than 1,000 is taken as 1,000 instead of refused (the endpoint operations, API model).
 * @throws AwsError `InvalidParameterValue` below 5 or above 1,000 (messages captured), `InvalidNextToken` for a token not issued here.
 */
export function page<Item>(
  items: readonly Item[],
  input: PageRequest,
  bounds: { readonly clamp?: boolean; readonly limit?: number } = {},
): { readonly items: Item[]; readonly NextToken: string | undefined } {
  const size = input.MaxResults ?? Number.POSITIVE_INFINITY;
  const refuse = (expected: string) => {
    throw new AwsError(
      'InvalidParameterValue',
      `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value ${expected}.`,
    );
  };
  if (size < 5) refuse('greater than 5');
  if (input.MaxResults !== undefined && size > 1000 && bounds.clamp !== true) refuse('less than 1000');
  const start = input.NextToken === undefined ? 0 : offsetOf(input.NextToken);
  const end = start + Math.min(size, input.MaxResults === undefined ? size : 1000, bounds.limit ?? size);
  return { items: items.slice(start, end), NextToken: end < items.length ? tokenOf(end) : undefined };
}

const tokenOf = (offset: number): string => Buffer.from(`from ${offset}`).toString('base64');

function offsetOf(token: string): number {
  const offset = /^from (\d+)$/.exec(Buffer.from(token, 'base64').toString())?.[1];
  if (offset === undefined) throw new AwsError('InvalidNextToken', 'The specified NextToken is not valid.');
  return Number(offset);
}
