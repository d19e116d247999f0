import { pageToken, readPageToken } from '../../wire/page-token.ts';
import { constraint, invalidRequest } from './refusals.ts';

interface PageRequest {
  readonly NextToken?: string | undefined;
  readonly MaxResults?: number | undefined;
}

/**
 * One page of `items`, in ascending `order`; the token resumes after the last item returned, so nothing is skipped or doubled
 * when items come and go between two pages.
 *
 * Without MaxResults the documentation promises everything in one answer. Here a page never holds more than `limit`,
 * so that clients that forget NextToken are found out.
 *
 * @param scope operation and filter: a token is only good for the request it was made for (documented)
 * @throws AwsError InvalidRequestException for a token that is not one of ours and for MaxResults outside 1…`limit`
 */
export function page<Item>(
  items: readonly Item[],
  order: (item: Item) => number,
  request: PageRequest,
  { scope, limit }: { readonly scope: string; readonly limit: number },
): { readonly items: readonly Item[]; readonly next: { readonly NextToken?: string } } {
  const size = request.MaxResults ?? limit;
  if (size < 1) throw constraint(size, 'maxResults', 'have value greater than or equal to 1');
  if (size > limit) throw constraint(size, 'maxResults', `have value less than or equal to ${limit}`);
  const after = request.NextToken === undefined ? Number.NEGATIVE_INFINITY : readPageToken(request.NextToken, scope);
  if (after === undefined) throw invalidRequest('The provided NextToken is invalid.');
  const rest = items.filter((item) => order(item) > after).toSorted((one, other) => order(one) - order(other));
  const returned = rest.slice(0, size);
  const last = returned.at(-1);
  if (last === undefined || returned.length === rest.length) return { items: returned, next: {} };
  return { items: returned, next: { NextToken: pageToken(scope, order(last)) } };
}
