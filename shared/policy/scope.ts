import { TAG } from '../tags.ts';
import type { Policy } from './policy.ts';

/**
 * Why an account and region are not looked after, in words; `undefined` when they are.
 * @param units the units above the account up to the root; `undefined` where they are not known and so are not judged.
 */
export function whyOutOfScope(
  { accounts, regions }: Policy,
  { account, region }: { readonly account: string; readonly region: string },
  units: readonly string[] | undefined,
): string | undefined {
  if (!regions.includes(region)) return `region ${region} is not looked after; there are ${regions.join(', ')}`;
  if (accounts.kind === 'listed') {
    return accounts.ids.includes(account) ? undefined : `account ${account} is not looked after`;
  }
  if (accounts.except.includes(account)) return `account ${account} is excepted by the policy`;
  if (units === undefined || accounts.units.length === 0) return undefined;
  return accounts.units.some((unit) => units.includes(unit))
    ? undefined
    : `account ${account} is not in a unit that is looked after`;
}

/** Whether any rule or exception asks for the units of accounts. */
export function usesUnits({ rules, exceptions }: Policy): boolean {
  return [...rules, ...exceptions].some(({ match }) => match.units !== undefined);
}

/** Keys of the tags that any rule or exception asks for. */
export function tagKeysUsed({ rules, exceptions }: Policy): readonly string[] {
  return [...new Set([...rules, ...exceptions].flatMap(({ match }) => Object.keys(match.tags ?? {})))];
}

/** Of the tags of a service, those that the policy asks for and those that the product goes by. */
export function tagsUsed(policy: Policy, tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const keys = tagKeysUsed(policy);
  return Object.fromEntries(Object.entries(tags).filter(([key]) => key.startsWith(TAG) || keys.includes(key)));
}
