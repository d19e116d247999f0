import { pageToken, readPageToken } from '../../wire/page-token.ts';
import { invalidInput } from './refusals.ts';

interface PageRequest {
  readonly NextToken?: string | undefined;
  readonly MaxResults?: number | undefined;
}

/** Documented: the most and the default of MaxResults. */
const MOST = 20;
/**
 * Items of a page, whatever was requested: Organizations may return fewer than MaxResults, even none, while more are to
 * come (documented). Small, so that a caller that ignores pages fails in an organisation of few accounts.
 */
const MAX_RETURNED = 4;

/**
 * One page of `items`, which stay in the order they came into being.
 *
 * @param scope operation and parent: a token is only good for the request it was made for.
 * @param options.emptyFirst whether the first page is empty, with a token all the same.
 * @throws AwsError InvalidInputException for a token that is not one of ours, and for MaxResults outside 1…20.
 */
export function page<Item extends { readonly order: number }>(
  items: readonly Item[],
  { NextToken: token, MaxResults: most = MOST }: PageRequest,
  scope: string,
  { emptyFirst }: { readonly emptyFirst: boolean },
): { readonly items: readonly Item[]; readonly next: { readonly NextToken?: string } } {
  if (most < 1 || most > MOST) {
    const reason = most < 1 ? 'MIN_VALUE_EXCEEDED' : 'MAX_VALUE_EXCEEDED';
    throw invalidInput(reason, `MaxResults must be from 1 to ${MOST}.`);
  }
  const after = token === undefined ? -1 : readPageToken(token, scope);
  if (after === undefined) throw invalidInput('INVALID_NEXT_TOKEN', 'You provided an invalid NextToken.');
  const rest = items.filter(({ order }) => order > after).toSorted((one, other) => one.order - other.order);
  const returned = emptyFirst && token === undefined ? [] : rest.slice(0, Math.min(most, MAX_RETURNED));
  if (returned.length === rest.length) return { items: returned, next: {} };
  return { items: returned, next: { NextToken: pageToken(scope, returned.at(-1)?.order ?? after) } };
}
