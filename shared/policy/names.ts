import { isWithin, parseDomain } from '../records/names.ts';
import { WILDCARD_LABEL } from '../tags.ts';
import { expandTemplate } from './expansion.ts';
import { matchesGlob } from './match.ts';
import type { Policy, PolicyRule, Subject } from './policy.ts';
import type { ReservedName, Rules } from './rules.ts';

/**
 * Who may claim a name. Patterns come from the policy, never from a tag:
 *
 *     app.example.com            that name
 *     *.example.com              every name below, at any depth; no wildcard name, not example.com itself
 *     _wildcard.example.com      the wildcard name *.example.com
 *     _wildcard.*.example.com    every wildcard name below *.example.com
 */
export function matchesNamePattern(name: string, pattern: string): boolean {
  const isWildcard = name.startsWith('*.');
  const wantsWildcard = pattern.startsWith(`${WILDCARD_LABEL}.`);
  if (isWildcard !== wantsWildcard) return false;
  const [base, wanted] = wantsWildcard ? [name.slice(2), pattern.slice(WILDCARD_LABEL.length + 1)] : [name, pattern];
  if (!wanted.startsWith('*.')) return base === wanted;
  const parent = wanted.slice(2);
  return base !== parent && isWithin(base, parent);
}

export function reservedNamesOf({ rules, accounts, regions }: Policy): readonly ReservedName[] {
  const listed = accounts.kind === 'listed' ? { accounts: accounts.ids } : {};
  return rules.flatMap(({ name, match, domains }) =>
    domains.map((template) => ({
      rule: name,
      template,
      ...listed,
      ...(match.accounts === undefined ? {} : { accounts: match.accounts }),
      ...(match.services === undefined ? {} : { services: match.services }),
      regions: match.regions ?? regions,
    })),
  );
}

/** The patterns of the names that a service of the rule may claim; without `names`, those of the zones. */
export function claimableNamesOf(
  { zones }: Policy,
  names: PolicyRule['names'],
  subject: Pick<Subject, 'name' | 'account' | 'region'>,
): readonly string[] {
  const patterns = names?.map((pattern) => expandTemplate(pattern, subject));
  return [...new Set(patterns ?? zones.flatMap(({ allowedNames }) => allowedNames))];
}

/** Why the service may not claim the name, or `undefined` if it may. */
export function whyNotClaimable(
  { claimableNames, reservedNames, domains }: Pick<Rules, 'claimableNames' | 'reservedNames' | 'domains'>,
  name: string,
): string | undefined {
  if (domains.some((text) => nameOf(text) === name)) return undefined;
  const reserved = reservedNames.find((one) => isReservedBy(name, one));
  if (reserved !== undefined) {
    return `it is reserved: the rule "${reserved.rule}" gives it to a service (${reserved.template})`;
  }
  if (claimableNames.some((pattern) => matchesNamePattern(name, pattern))) return undefined;
  const listed = claimableNames.length === 0 ? 'no name' : `only ${claimableNames.join(', ')}`;
  const wildcard = name.startsWith('*.')
    ? `; a wildcard name has to be listed as ${WILDCARD_LABEL}.${name.slice(2)}`
    : '';
  return `the policy lets this service claim ${listed}${wildcard}`;
}

function nameOf(text: string): string | undefined {
  const parsed = parseDomain(text);
  return parsed.ok ? parsed.name : undefined;
}

/** Whether the template makes the name of some service that the rule can match. */
export function isReservedBy(
  name: string,
  { template, services, accounts, regions }: Omit<ReservedName, 'rule'>,
): boolean {
  const forms: Readonly<Record<string, string>> = {
    service: '[a-z0-9-]+',
    account: accounts?.join('|') ?? '\\d{12}',
    region: regions.join('|'),
  };
  const seen = new Set<string>();
  const source = template
    .toLowerCase()
    .replace(new RegExp(`^${WILDCARD_LABEL}(?=\\.)`), '*')
    .replace(/\{(service|account|region)\}|[^a-z0-9-]/g, (written, variable: string | undefined) => {
      if (variable === undefined) return `\\${written}`;
      if (seen.has(variable)) return `\\k<${variable}>`;
      seen.add(variable);
      return `(?<${variable}>${forms[variable]})`;
    });
  const groups = new RegExp(`^${source}$`).exec(name);
  const service = groups?.groups?.service;
  if (groups === null) return false;
  return service === undefined || (services?.some((glob) => matchesGlob(service, glob.toLowerCase())) ?? true);
}
