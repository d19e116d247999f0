import type { z } from 'zod';
import { isWithin } from '../../records/names.ts';
import { covers } from '../covers.ts';
import { exceptionEnd } from '../rule-decision.ts';
import { domainProblem, namesProblem } from './name-checks.ts';
import type { Path, Positions } from './positions.ts';
import type { PolicyProblem } from './problems.ts';
import type { exceptionSchema, ruleSchema } from './schema.ts';
import { type Placed, type ValidParts, validParts } from './valid-parts.ts';

interface Check extends ValidParts {
  /** Milliseconds since the epoch; without it, exceptions may have ended. */
  readonly now: number | undefined;
  /** Reports a problem of the value at a path, or, where `of` says so, of the key it ends with. */
  report(path: Path, message: string, of?: 'value' | 'key'): void;
}

/** What the schema cannot say: parts that contradict each other, and parts that never have an effect. */
export function checkPolicyDocument(
  document: unknown,
  now: number | undefined,
  positions: Positions,
): readonly PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const report: Check['report'] = (path, message, of = 'value') =>
    void problems.push({ ...positions[of](path), message });
  const check = { ...validParts(document), now, report };
  checkScope(check);
  checkNetworks(check);
  checkZones(check);
  for (const [index, rule] of check.rules.items.entries()) checkRule(rule, check.rules.items.slice(0, index), check);
  for (const exception of check.exceptions.items) checkException(exception, check);
  return problems;
}

/** Reports each value that is given again. */
function once(
  values: readonly (readonly [path: Path, key: string | undefined, message: string])[],
  { report }: Check,
): void {
  const keys = values.map(([, key]) => key);
  for (const [index, [path, key, message]] of values.entries()) {
    if (key !== undefined && keys.indexOf(key) < index) report(path, message);
  }
}

function noRepeats(path: Path, values: readonly string[] | undefined, check: Check): void {
  const message = (value: string) => `${value} is given twice; expected it once`;
  once(
    (values ?? []).map((value, index) => [[...path, index], value, message(value)]),
    check,
  );
}

function noEffect<Value>(
  { path, value }: Placed<Value>,
  keys: readonly (keyof Value & string)[],
  message: string,
  { report }: Check,
): void {
  for (const key of keys) {
    if (value[key] !== undefined) report([...path, key], `"${key}" has no effect ${message}`, 'key');
  }
}

function checkScope(check: Check): void {
  const { keys, accounts, regions, organization, report } = check;
  if (keys.includes('accounts') && keys.includes('organization')) {
    report(['organization'], 'both "accounts" and "organization" are given; expected one of them', 'key');
  }
  if (keys.length > 0 && !keys.includes('accounts') && !keys.includes('organization')) {
    report([], 'no accounts are in scope; expected "accounts" with their ids, or "organization: {}" for all');
  }
  for (const { items } of [accounts, regions]) {
    const message = 'is given twice; expected it once';
    const values = items.map(({ path, value }) => [path, value, `${value} ${message}`] as const);
    once(values, check);
  }
  for (const key of ['except', 'units'] as const) noRepeats(['organization', key], organization?.[key], check);
}

/** What is in scope, as far as the file lists it. */
function listed(kind: 'account' | 'region', { keys, accounts, regions }: ValidParts): readonly string[] | undefined {
  if (kind === 'account' && keys.includes('organization')) return undefined;
  const { items, isComplete } = kind === 'account' ? accounts : regions;
  return isComplete && items.length > 0 ? items.map(({ value }) => value) : undefined;
}

function inScope(kind: 'account' | 'region', path: Path, value: string, check: Check): void {
  const known = listed(kind, check);
  if (known?.includes(value) === false) {
    check.report(path, `${kind} ${value} is not in scope; expected one of "${kind}s" (${known.join(', ')})`);
  }
  if (kind === 'account' && check.organization?.except?.includes(value) === true) {
    check.report(path, `account ${value} is excluded by "organization.except"; expected an account in scope`);
  }
}

function checkNetworks(check: Check): void {
  const { items } = check.networks;
  const networks = items.map(({ path, value: { account, region, vpc } }) => {
    const message = `${vpc} is given twice for ${account} in ${region}; expected one network for each VPC`;
    return [[...path, 'vpc'], `${account} ${region} ${vpc}`, message] as const;
  });
  once(networks, check);
  const endpoints = items.map(({ path, value: { endpoint, vpc } }) => {
    const message = `${endpoint} is given to another network already; expected the endpoint of ${vpc}`;
    return [[...path, 'endpoint'], endpoint, message] as const;
  });
  once(endpoints, check);
  for (const item of items) {
    const { path, value } = item;
    inScope('account', [...path, 'account'], value.account, check);
    inScope('region', [...path, 'region'], value.region, check);
    if (value.endpoint !== undefined) {
      const message = 'beside "endpoint", because no endpoint is created; expected one or the other';
      noEffect(item, ['subnets', 'securityGroups', 'allowFrom'], message, check);
    } else if (value.securityGroups !== undefined) {
      const message = 'beside "securityGroups", because no group is created; expected one or the other';
      noEffect(item, ['allowFrom'], message, check);
    }
  }
}

function checkZones(check: Check): void {
  const { items } = check.zones;
  const { report } = check;
  const ids = items.map(({ path, value: { id } }) => {
    return [[...path, 'id'], id, `zone ${id} is given twice; expected each zone once`] as const;
  });
  once(ids, check);
  for (const item of items) {
    const { path, value } = item;
    const { name, role, externalId, allowedNames } = value;
    if (role === undefined) noEffect(item, ['externalId'], 'without "role"; expected both', check);
    const first = items.find((zone) => zone.value.role === role)?.value;
    if (role !== undefined && first !== undefined && first.externalId !== externalId) {
      const other = first.externalId === undefined ? 'no external id' : `the external id ${first.externalId}`;
      report([...path, 'role'], `another zone has this role with ${other}; expected the same here`);
    }
    for (const [index, pattern] of allowedNames.entries()) {
      if (isWithin(pattern.replace(/^\*\./, ''), name)) continue;
      const expected = `expected ${name} or names below it, such as "*.${name}"`;
      report([...path, 'allowedNames', index], `${pattern} is not a name of the zone ${name}; ${expected}`);
    }
  }
}

type Rule = z.output<typeof ruleSchema>;

function checkRule(item: Placed<Rule>, earlier: readonly Placed<Rule>[], check: Check): void {
  const { path, value: rule } = item;
  const { report } = check;
  const { name, match, private: enforcement } = rule;
  if (earlier.some(({ value }) => value.name === name)) {
    report([...path, 'name'], `another rule has the name "${name}"; expected a name of its own`);
  }
  checkMatch(item, check);
  const [accounts, regions] = [listed('account', check), listed('region', check)];
  const whole = { ...(accounts && { accounts }), ...(regions && { regions }), ...match };
  const wider = earlier.find(({ value }) => covers(value.match, whole))?.value.name;
  if (wider !== undefined) {
    const why = `because "${wider}" before it matches every service that it matches`;
    report(path, `the rule "${name}" never applies, ${why}; expected it further up, or another match`);
  }
  if (enforcement === 'ignored') {
    const message = 'where services are ignored; expected "private: required" or "private: by-tag"';
    noEffect(item, ['domains', 'names', 'adopt', 'strategy', 'onDetach', 'onDeleteAttempt', 'cutover'], message, check);
  }
  if (enforcement !== 'required') {
    noEffect(item, ['cutoverDeadline'], 'where a tag decides; expected "private: required"', check);
  } else if (rule.cutover === 'immediately') {
    noEffect(item, ['cutoverDeadline'], 'beside "cutover: immediately"; expected one or the other', check);
  }
  if (enforcement === 'required' && rule.mode === 'enforce') checkHasNetworks(item, check);
  checkNames(item, check);
}

function checkMatch({ path, value: { match } }: Placed<Pick<Rule, 'match'>>, check: Check): void {
  for (const kind of ['account', 'region'] as const) {
    const key = `${kind}s` as const;
    for (const [index, value] of (match[key] ?? []).entries()) {
      inScope(kind, [...path, 'match', key, index], value, check);
    }
  }
  for (const key of ['accounts', 'units', 'regions', 'services'] as const) {
    noRepeats([...path, 'match', key], match[key], check);
  }
}

/** Where a rule names accounts or regions, each of them needs a VPC to be private in. */
function checkHasNetworks({ path, value: { match } }: Placed<Rule>, { networks, report }: Check): void {
  if (!networks.isComplete) return;
  for (const account of match.accounts ?? [undefined]) {
    for (const region of match.regions ?? [undefined]) {
      const isHere = ({ value }: (typeof networks.items)[number]) =>
        (account ?? value.account) === value.account && (region ?? value.region) === value.region;
      if (networks.items.some(isHere)) continue;
      const place = [account && `account ${account}`, region && `region ${region}`].filter(Boolean).join(', ');
      const where = place === '' ? '' : ` for ${place}`;
      report([...path, 'mode'], `the rule needs a VPC${where}, and no network has one; expected it under "networks"`);
    }
  }
}

/** Templates that cannot become names, or only names that no zone allows. */
function checkNames({ path, value: rule }: Placed<Rule>, check: Check): void {
  const { zones, report } = check;
  // If a zone is invalid, it is unknown which names are allowed.
  const allowed = zones.isComplete ? zones.items.flatMap(({ value }) => value.allowedNames) : undefined;
  for (const key of ['names', 'domains'] as const) {
    const problems = (rule[key] ?? []).map((text) =>
      key === 'names' ? namesProblem(text, allowed) : domainProblem(text, allowed, rule.match),
    );
    for (const [index, problem] of problems.entries()) {
      if (problem !== undefined) report([...path, key, index], problem);
    }
    if (problems.every((problem) => problem === undefined)) noRepeats([...path, key], rule[key], check);
  }
}

function checkException(item: Placed<z.output<typeof exceptionSchema>>, check: Check): void {
  const { path, value } = item;
  const { now, rules, report } = check;
  checkMatch(item, check);
  if (Object.keys(value.match).length === 0) {
    const message = 'the exception is for every service; expected "services", "accounts" or another part of a match';
    report([...path, 'match'], message);
  }
  if (now !== undefined && now >= exceptionEnd(value)) {
    report([...path, 'until'], `the exception ended on ${value.until}; expected a later day, or no exception`);
  }
  const isRequired = rules.items.some((rule) => rule.value.private === 'required');
  if (!isRequired && rules.isComplete && rules.items.length > 0) {
    const why = 'because no rule has "private: required"; expected such a rule, or no exception';
    report(path, `the exception has no effect, ${why}`);
  }
}
