import type { z } from 'zod';
import { covers } from '../covers.ts';
import { expandDomain } from '../expansion.ts';
import { isReservedBy } from '../names.ts';
import type { PolicyMatch } from '../policy.ts';
import type { Positions } from './positions.ts';
import type { PolicyProblem } from './problems.ts';
import type { ruleSchema } from './schema.ts';
import { type Placed, validParts } from './valid-parts.ts';

type Rule = Placed<z.output<typeof ruleSchema>>;

/** What the owner of a service writes, or chooses when making it anew. */
const OWNERS_CHOICES = ['tags', 'services', 'regions'] as const;

/**
 * What tenants can make of a policy that its author may not expect. By what they choose themselves (tags, names, regions),
 * owners can take a service out of a rule with `private: required`; tags, which they write, can give a service names; and the
 * names of two rules can meet. Accounts and units bind a service. A name without `*` and `?` in an earlier rule or an
 * exception was meant for one service, so it is not reported.
 */
export function policyWarnings(document: unknown, positions: Positions): readonly PolicyProblem[] {
  const { rules, exceptions, regions, accounts } = validParts(document);
  const required = rules.items.filter(({ value }) => value.private === 'required');
  const inScope = regions.items.map(({ value }) => value);
  const leaving = required.flatMap((rule) => {
    const later = rules.items.slice(rules.items.indexOf(rule) + 1);
    const next = weakerNext(rule, later);
    if (next === undefined) return [];
    const { name, match } = rule.value;
    return OWNERS_CHOICES.flatMap((key) => {
      if (!isChoice(match, key, inScope)) return [];
      const how = {
        tags: `without ${listed(Object.keys(match.tags ?? {}))}`,
        services: 'made anew under another name',
        regions: 'made anew in another region',
      }[key];
      const message = `a service ${how} leaves the rule "${name}", and ${next}; match by accounts or units to bind it`;
      return [{ ...positions.key([...rule.path, 'match', key]), message }];
    });
  });
  const joining = rules.items.flatMap((rule, index) => {
    const left = required.filter((other) => rules.items.indexOf(other) > index && isWeaker(rule, other));
    return entrance(rule, left, `the rule "${rule.value.name}"`, positions);
  });
  const excepted = exceptions.items.flatMap((exception) => entrance(exception, required, 'the exception', positions));
  const narrow = rules.items.some(({ value }) => value.names !== undefined);
  const granting = rules.items.flatMap((rule) => grantByTag(rule, narrow, positions));
  const colliding = rules.items.flatMap((rule) =>
    collisions(
      rule,
      rules.items,
      accounts.items.map(({ value }) => value),
      inScope,
      positions,
    ),
  );
  return [...leaving, ...joining, ...excepted, ...granting, ...colliding].sort(
    (a, b) => a.line - b.line || a.column - b.column,
  );
}

/** Which weaker rule gets a service of the rule's accounts that the rule no longer matches, in words. */
function weakerNext(rule: Rule, later: readonly Rule[]): string | undefined {
  const { tags: _, services: __, regions: ___, ...place } = rule.value.match;
  for (const other of later) {
    if (!isWeaker(other, rule) && covers(other.value.match, place)) return undefined;
    if (isWeaker(other, rule) && mayMeet(other.value.match, place)) {
      const { name, private: enforcement, mode } = other.value;
      return `"${name}" may apply (private: ${enforcement}${enforcement === 'required' ? `, mode: ${mode}` : ''})`;
    }
  }
  return 'no rule may apply';
}

/** What an owner can make an earlier rule or an exception match. */
function entrance(
  { path, value: { match } }: Placed<{ readonly match: PolicyMatch }>,
  left: readonly Rule[],
  what: string,
  positions: Positions,
): readonly PolicyProblem[] {
  const names = left.filter((rule) => mayMeet(match, rule.value.match)).map((rule) => rule.value.name);
  const keys = (['tags', 'services'] as const).filter((key) => isChoice(match, key, []));
  const isOneService = match.services !== undefined && !keys.includes('services');
  if (names.length === 0 || keys.length === 0 || isOneService) return [];
  const by = keys.map((key) => (key === 'tags' ? `the tag ${listed(Object.keys(match.tags ?? {}))}` : 'its name'));
  const verb = names.length === 1 ? 'requires' : 'require';
  const message = `a service gets ${what} by ${by.join(' and ')}, in place of ${listed(names)}, which ${verb} it to be private; match by accounts or units to bind it`;
  return [{ ...positions.key([...path, 'match', keys[0] ?? 'match']), message }];
}

/** @param narrow whether any rule says which names services may claim: then a rule that does not gives all. */
function grantByTag(
  { path, value: { name, match, private: enforcement, names, domains, adopt } }: Rule,
  narrow: boolean,
  positions: Positions,
): readonly PolicyProblem[] {
  const keys = Object.keys(match.tags ?? {});
  const what = [
    ...(domains === undefined ? [] : ['domains']),
    ...(names === undefined && !narrow ? [] : ['names']),
    ...(adopt === true ? ['adopt'] : []),
  ];
  if (enforcement === 'ignored' || keys.length === 0 || what.length === 0) return [];
  const message = `a service gets ${listed(what)} of the rule "${name}" by the tag ${listed(keys)}, which its owner writes; match by accounts or units too`;
  return match.accounts !== undefined || match.units !== undefined
    ? []
    : [{ ...positions.key([...path, 'match', 'tags']), message }];
}

/** Names that a rule gives to its services and that a service with a fitting name would get from another rule. */
function collisions(
  { value: victim }: Rule,
  rules: readonly Rule[],
  accounts: readonly string[],
  regions: readonly string[],
  positions: Positions,
): readonly PolicyProblem[] {
  const name = (victim.match.services?.[0] ?? '*').replaceAll(/[*?]/g, 'x');
  const account = victim.match.accounts?.[0] ?? accounts[0] ?? '123456789012';
  const region = victim.match.regions?.[0] ?? regions[0] ?? 'eu-west-1';
  return (victim.domains ?? []).flatMap((given) => {
    const taken = expandDomain(given, { name, account, region });
    return rules.flatMap(({ path, value: other }) =>
      (other.domains ?? []).flatMap((template, index) => {
        const { services, regions: some = regions } = other.match;
        const others = other.match.accounts ?? (accounts.length > 0 ? accounts : undefined);
        const reach = { template, regions: some, ...(services && { services }), ...(others && { accounts: others }) };
        if (template === given || !isReservedBy(taken, reach)) return [];
        const message = `"${template}" also makes ${taken}, which "${given}" of the rule "${victim.name}" gives to the service "${name}" of ${account}: whoever makes a service of a fitting name first holds it`;
        return [{ ...positions.value([...path, 'domains', index]), message }];
      }),
    );
  });
}

/** Whether the match leaves a choice to the owner. */
function isChoice(match: PolicyMatch, key: (typeof OWNERS_CHOICES)[number], inScope: readonly string[]): boolean {
  switch (key) {
    case 'tags':
      return Object.keys(match.tags ?? {}).length > 0;
    case 'services':
      return match.services?.some((glob) => /[*?]/.test(glob)) === true && !match.services.includes('*');
    case 'regions':
      return match.regions !== undefined && inScope.some((region) => !match.regions?.includes(region));
  }
}

/** Whether a service is bound less by one than by the other. */
function isWeaker({ value: one }: Rule, { value: other }: Rule): boolean {
  return one.private !== 'required' || (one.mode === 'audit' && other.mode === 'enforce');
}

/** Whether accounts and regions allow both to match one service. Units may be below each other. */
function mayMeet(one: PolicyMatch, other: PolicyMatch): boolean {
  const meet = (some?: readonly string[], others?: readonly string[]) =>
    some === undefined || others === undefined || some.some((item) => others.includes(item));
  return meet(one.accounts, other.accounts) && meet(one.regions, other.regions);
}

function listed(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
