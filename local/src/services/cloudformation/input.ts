import type { CallContext } from '../../wire/service.ts';
import { invalid } from './template-input.ts';

/** What an action on one stack takes, named or by its id; without one, on every stack. */
export const onStack =
  (action: string) =>
  ({ StackName: named }: { readonly StackName?: string | undefined }, { account, region }: CallContext) => ({
    action: `cloudformation:${action}`,
    resources: [
      named === undefined
        ? '*'
        : named.startsWith('arn:')
          ? named
          : `arn:aws:cloudformation:${region}:${account}:stack/${named}/*`,
    ],
  });

export const anywhere = (action: string) => () => ({ action: `cloudformation:${action}`, resources: ['*'] });

/** Documented: items of a page of most lists. */
const PAGE = 100;

/** @throws AwsError ValidationError for a token that was not handed out. */
export function page<Item>(
  all: readonly Item[],
  token: string | undefined,
): { readonly items: Item[]; readonly next: { readonly NextToken?: string } } {
  const from = token === undefined ? 0 : Number(token);
  if (!Number.isInteger(from) || from < 0 || from > all.length) throw invalid(`Invalid NextToken: ${token}`);
  const to = from + PAGE;
  return { items: all.slice(from, to), next: to < all.length ? { NextToken: String(to) } : {} };
}

export const given = (value: string | undefined, member: string): string => {
  if (value === undefined || value === '') throw invalid(`${member} must be specified`);
  return value;
};
