import type { PartialPolicyDocument, Placed } from '../partial-document.ts';
import type { Path } from '../positions.ts';
import { eachRepeated, type Report } from './report.ts';

/** Which accounts and regions are looked after, and that everything else in the file is about those. */
export function checkScope(document: PartialPolicyDocument, report: Report): void {
  const { given, accounts, organization, regions } = document;
  if (given.has('accounts') && given.has('organization')) {
    report(['organization'], 'both "accounts" and "organization" are given; expected one of them', 'key');
  }
  if (!given.has('accounts') && !given.has('organization') && given.size > 0) {
    report(
      [],
      'nothing says which accounts are looked after; expected "accounts" with their ids, or "organization: {}" for all',
    );
  }
  for (const section of [accounts, regions]) reportRepeated(section.items, report);
  reportRepeated(placed(['organization', 'except'], organization?.except), report);
  reportRepeated(placed(['organization', 'units'], organization?.units), report);

  for (const { path, value } of document.networks.items) {
    reportStrangers(document, [...path], { accounts: [value.account], regions: [value.region] }, report, {
      accounts: 'account',
      regions: 'region',
    });
  }
  for (const { path, value } of [...document.rules.items, ...document.exceptions.items]) {
    const at = [...path, 'match'];
    reportStrangers(document, at, value.match, report);
    for (const key of ['accounts', 'units', 'regions', 'services'] as const) {
      reportRepeated(placed([...at, key], value.match[key]), report);
    }
  }
}

/** Ids of the accounts looked after, as far as the file says; `undefined` where the organisation does. */
export function listedAccounts({ given, accounts }: PartialPolicyDocument): readonly string[] | undefined {
  if (given.has('organization') || !accounts.complete || accounts.items.length === 0) return undefined;
  return accounts.items.map(({ value }) => value);
}

function reportStrangers(
  document: PartialPolicyDocument,
  at: Path,
  about: { readonly accounts?: readonly string[]; readonly regions?: readonly string[] },
  report: Report,
  single?: { readonly accounts: string; readonly regions: string },
): void {
  const where = (key: 'accounts' | 'regions', index: number) =>
    single === undefined ? [...at, key, index] : [...at, single[key]];
  const listed = listedAccounts(document);
  for (const [index, account] of (about.accounts ?? []).entries()) {
    if (listed !== undefined && !listed.includes(account)) {
      report(
        where('accounts', index),
        `account ${account} is not looked after; expected one of "accounts" (${listed.join(', ')})`,
      );
    }
    if (document.organization?.except?.includes(account) === true) {
      report(
        where('accounts', index),
        `account ${account} is left out by "organization.except"; expected one that is looked after`,
      );
    }
  }
  const regions = document.regions.items.map(({ value }) => value);
  if (!document.regions.complete || regions.length === 0) return;
  for (const [index, region] of (about.regions ?? []).entries()) {
    if (!regions.includes(region)) {
      report(
        where('regions', index),
        `region ${region} is not looked after; expected one of "regions" (${regions.join(', ')})`,
      );
    }
  }
}

function reportRepeated(items: readonly Placed<string>[], report: Report): void {
  eachRepeated(
    items,
    ({ value }) => value,
    ({ path, value }) => report(path, `${value} is given twice; expected it once`),
  );
}

function placed(path: Path, values: readonly string[] = []): readonly Placed<string>[] {
  return values.map((value, index) => ({ path: [...path, index], value }));
}
