import { pageToken, readPageToken } from '../../wire/page-token.ts';
import { invalidInput } from './refusals.ts';

interface PageRequest {
  readonly NextToken?: string | undefined;
  readonly MaxResults?: number | undefined;
}

/** D: the most and the default of MaxResults. */
const MOST = 20;
/**
 * What is told at once, whatever was asked for: Organizations may tell less than MaxResults, even nothing, while more is to
 * come (D). Small, so that who does not page is found out in an organisation of a handful of accounts.
 */
const TOLD_AT_ONCE = 4;

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
  const told = emptyFirst && token === undefined ? [] : rest.slice(0, Math.min(most, TOLD_AT_ONCE));
  if (told.length === rest.length) return { items: told, next: {} };
  return { items: told, next: { NextToken: pageToken(scope, told.at(-1)?.order ?? after) } };
}
