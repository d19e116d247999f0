import type { Policy } from './policy.ts';

/**
 * Why an account and region are not looked after, in words; `undefined` when they are.
 * @param units the units above the account up to the root; `undefined` where they are not known and so are not judged.
 */
export function whyNotLookedAfter(
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
