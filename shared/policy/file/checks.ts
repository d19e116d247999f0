import { isWithin } from '../../records/names.ts';
import { covers } from '../covers.ts';
import { exceptionEnd } from '../rule-decision.ts';
import { type DocumentCheck, each, noEffect, of, type Report, reportRepeated, TWICE, unique } from './check.ts';
import { nameChecks } from './name-checks.ts';
import type { PartialPolicyDocument, Placed, Sections } from './partial-document.ts';
import type { Path, Positions } from './positions.ts';
import type { PolicyProblem } from './problems.ts';

/** What the schema cannot say: parts that contradict each other, and parts that never have an effect. */
const checks: readonly DocumentCheck[] = [
  accountsOnce,
  unique(
    of.accounts,
    (id) => id,
    [],
    (id) => `${id} ${TWICE}`,
  ),
  unique(
    of.regions,
    (region) => region,
    [],
    (region) => `${region} ${TWICE}`,
  ),
  organizationLists,

  unique(
    of.networks,
    ({ account, region, vpc }) => `${account} ${region} ${vpc}`,
    ['vpc'],
    ({ account, region, vpc }) =>
      `${vpc} is given twice for ${account} in ${region}; expected one network for each VPC`,
  ),
  unique(
    of.networks,
    ({ endpoint }) => endpoint,
    ['endpoint'],
    ({ endpoint, vpc }) => `${endpoint} is given to another network already; expected the endpoint of ${vpc}`,
  ),
  each(of.networks, ({ path, value }, document, report) => {
    reportOutOfScope(document, [[[...path, 'account'], value.account]], [[[...path, 'region'], value.region]], report);
  }),
  noEffect(
    of.networks,
    ['subnets', 'securityGroups', 'allowFrom'],
    ({ endpoint }) => endpoint !== undefined,
    'beside "endpoint", because no endpoint is created; expected one or the other',
  ),
  noEffect(
    of.networks,
    ['allowFrom'],
    ({ endpoint, securityGroups }) => endpoint === undefined && securityGroups !== undefined,
    'beside "securityGroups", because no group is created; expected one or the other',
  ),

  unique(
    of.zones,
    ({ id }) => id,
    ['id'],
    ({ id }) => `zone ${id} is given twice; expected each zone once`,
  ),
  noEffect(of.zones, ['externalId'], ({ role }) => role === undefined, 'without "role"; expected both'),
  each(of.zones, oneExternalIdPerRole),
  each(of.zones, ({ path, value: { name, allowedNames } }, _, report) => {
    for (const [index, pattern] of allowedNames.entries()) {
      if (isWithin(pattern.replace(/^\*\./, ''), name)) continue;
      const expected = `expected ${name} or names below it, such as "*.${name}"`;
      report([...path, 'allowedNames', index], `${pattern} is not a name of the zone ${name}; ${expected}`);
    }
  }),

  unique(
    of.rules,
    ({ name }) => name,
    ['name'],
    ({ name }) => `another rule has the name "${name}"; expected a name of its own`,
  ),
  each(of.rules, matchInScope),
  each(of.rules, neverApplies),
  each(of.rules, enforcedWithoutNetwork),
  noEffect(
    of.rules,
    ['domains', 'names', 'adopt', 'strategy', 'onDetach', 'cutover'],
    (rule) => rule.private === 'ignored',
    'where services are ignored; expected "private: required" or "private: by-tag"',
  ),
  noEffect(
    of.rules,
    ['cutoverDeadline'],
    (rule) => rule.private !== 'required',
    'where a tag decides; expected "private: required"',
  ),
  noEffect(
    of.rules,
    ['cutoverDeadline'],
    (rule) => rule.private === 'required' && rule.cutover === 'immediately',
    'beside "cutover: immediately"; expected one or the other',
  ),
  ...nameChecks,

  each(of.exceptions, matchInScope),
  each(of.exceptions, ({ path, value: { match, until } }, { rules }, report, now) => {
    if (Object.keys(match).length === 0) {
      const message = 'the exception is for every service; expected "services", "accounts" or another part of a match';
      report([...path, 'match'], message);
    }
    if (now !== undefined && now >= exceptionEnd({ until })) {
      report([...path, 'until'], `the exception ended on ${until}; expected a later day, or no exception`);
    }
    const isRequired = rules.items.some(({ value }) => value.private === 'required');
    if (!isRequired && rules.complete && rules.items.length > 0) {
      report(
        path,
        'the exception has no effect, because no rule has "private: required"; expected such a rule, or no exception',
      );
    }
  }),
];

export function checkPolicyDocument(
  document: PartialPolicyDocument,
  now: number | undefined,
  positions: Positions,
): readonly PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const report: Report = (path, message, of = 'value') => problems.push({ ...positions[of](path), message });
  for (const check of checks) check(document, report, now);
  return problems;
}

function accountsOnce({ given }: PartialPolicyDocument, report: Report): void {
  const [listed, organization] = [given.has('accounts'), given.has('organization')];
  if (listed && organization) {
    report(['organization'], 'both "accounts" and "organization" are given; expected one of them', 'key');
  }
  if (!listed && !organization && given.size > 0) {
    report([], 'no accounts are in scope; expected "accounts" with their ids, or "organization: {}" for all');
  }
}

function organizationLists({ organization }: PartialPolicyDocument, report: Report): void {
  for (const key of ['except', 'units'] as const) reportRepeated(['organization', key], organization?.[key], report);
}

/** Ids of the accounts in scope, as far as the file lists them. */
function listedAccounts({ given, accounts }: PartialPolicyDocument): readonly string[] | undefined {
  if (given.has('organization') || !accounts.complete || accounts.items.length === 0) return undefined;
  return accounts.items.map(({ value }) => value);
}

function listedRegions({ regions }: PartialPolicyDocument): readonly string[] | undefined {
  return regions.complete && regions.items.length > 0 ? regions.items.map(({ value }) => value) : undefined;
}

function reportOutOfScope(
  document: PartialPolicyDocument,
  accounts: readonly (readonly [Path, string])[],
  regions: readonly (readonly [Path, string])[],
  report: Report,
): void {
  const inScope = { account: listedAccounts(document), region: listedRegions(document) };
  for (const [kind, found] of [['account', accounts] as const, ['region', regions] as const]) {
    for (const [path, value] of found) {
      const known = inScope[kind];
      if (known?.includes(value) === false) {
        report(path, `${kind} ${value} is not in scope; expected one of "${kind}s" (${known.join(', ')})`);
      }
      if (kind === 'account' && document.organization?.except?.includes(value) === true) {
        report(path, `account ${value} is excluded by "organization.except"; expected an account in scope`);
      }
    }
  }
}

function matchInScope(
  { path, value: { match } }: Placed<Sections['rules'] | Sections['exceptions']>,
  document: PartialPolicyDocument,
  report: Report,
): void {
  const placed = (key: 'accounts' | 'regions') =>
    (match[key] ?? []).map((value, index) => [[...path, 'match', key, index], value] as const);
  reportOutOfScope(document, placed('accounts'), placed('regions'), report);
  for (const key of ['accounts', 'units', 'regions', 'services'] as const) {
    reportRepeated([...path, 'match', key], match[key], report);
  }
}

function oneExternalIdPerRole(
  { path, value: { role, externalId } }: Placed<Sections['zones']>,
  { zones }: PartialPolicyDocument,
  report: Report,
): void {
  const first = zones.items.find(({ value }) => value.role === role)?.value;
  if (role === undefined || first === undefined || first.externalId === externalId) return;
  const other = first.externalId === undefined ? 'no external id' : `the external id ${first.externalId}`;
  report([...path, 'role'], `another zone has this role with ${other}; expected the same here`);
}

function neverApplies(
  { path, value: { name, match } }: Placed<Sections['rules']>,
  document: PartialPolicyDocument,
  report: Report,
): void {
  const [accounts, regions] = [listedAccounts(document), listedRegions(document)];
  const whole = { ...(accounts && { accounts }), ...(regions && { regions }), ...match };
  const { items } = document.rules;
  const earlier = items.slice(
    0,
    items.findIndex((item) => item.path === path),
  );
  const wider = earlier.find(({ value }) => covers(value.match, whole));
  if (wider === undefined) return;
  const why = `because "${wider.value.name}" before it matches every service that it matches`;
  report(path, `the rule "${name}" never applies, ${why}; expected it further up, or another match`);
}

/** Where a rule names accounts or regions, each of them needs a VPC to be private in. */
function enforcedWithoutNetwork(
  { path, value: { match, mode, private: enforcement } }: Placed<Sections['rules']>,
  { networks }: PartialPolicyDocument,
  report: Report,
): void {
  if (enforcement !== 'required' || mode !== 'enforce' || !networks.complete) return;
  const has = (account: string | undefined, region: string | undefined) =>
    networks.items.some(
      ({ value }) => (account ?? value.account) === value.account && (region ?? value.region) === value.region,
    );
  for (const account of match.accounts ?? [undefined]) {
    for (const region of match.regions ?? [undefined]) {
      if (has(account, region)) continue;
      const place = [account && `account ${account}`, region && `region ${region}`].filter(Boolean).join(', ');
      const where = place === '' ? '' : ` for ${place}`;
      report([...path, 'mode'], `the rule needs a VPC${where}, and no network has one; expected it under "networks"`);
    }
  }
}
