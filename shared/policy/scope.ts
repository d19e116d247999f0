import { TAG } from '../tags.ts';
import type { Policy } from './policy.ts';

/**
 * Why an account and region are out of scope, in words; `undefined` if they are in scope.
 * @param units the units above the account up to the root; `undefined` if unknown: then they are not checked.
 */
export function whyOutOfScope(
  { accounts, regions }: Policy,
  { account, region }: { readonly account: string; readonly region: string },
  units: readonly string[] | undefined,
): string | undefined {
  if (!regions.includes(region)) return `region ${region} is not in scope (${regions.join(', ')})`;
  if (accounts.kind === 'listed') {
    return accounts.ids.includes(account) ? undefined : `account ${account} is not in scope`;
  }
  if (accounts.except.includes(account)) return `account ${account} is excluded by the policy`;
  if (units === undefined || accounts.units.length === 0) return undefined;
  return accounts.units.some((unit) => units.includes(unit)) ? undefined : `account ${account} is in no unit in scope`;
}

/** Whether any rule or exception matches by the units of accounts. */
export function usesUnits({ rules, exceptions }: Policy): boolean {
  return [...rules, ...exceptions].some(({ match }) => match.units !== undefined);
}

/** Keys of the tags by which any rule or exception matches. */
export function tagKeysUsed({ rules, exceptions }: Policy): readonly string[] {
  return [...new Set([...rules, ...exceptions].flatMap(({ match }) => Object.keys(match.tags ?? {})))];
}

/** The tags of a service that the policy or this product reads. */
export function tagsUsed(policy: Policy, tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const keys = tagKeysUsed(policy);
  return Object.fromEntries(Object.entries(tags).filter(([key]) => key.startsWith(TAG) || keys.includes(key)));
}
