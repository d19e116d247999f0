import type { PolicyMatch, Subject } from './policy.ts';

/**
 * `*` stands for any text, also none, `?` for one character; case counts, and the whole text has to match.
 * No regular expression: this takes at most (length of text × length of glob) steps, whatever the glob.
 */
export function matchesGlob(text: string, glob: string): boolean {
  const [characters, pattern] = [[...text], [...glob]];
  let at = 0;
  let next = 0;
  /** The last star, and how much of the text it stands for so far. */
  let star: { readonly pattern: number; upTo: number } | undefined;
  while (at < characters.length) {
    if (pattern[next] === '*') {
      star = { pattern: next, upTo: at };
      next++;
    } else if (pattern[next] === '?' || pattern[next] === characters[at]) {
      next++;
      at++;
    } else if (star !== undefined) {
      star.upTo++;
      at = star.upTo;
      next = star.pattern + 1;
    } else return false;
  }
  return pattern.slice(next).every((rest) => rest === '*');
}

/**
 * Why a service does not match, in words, or `undefined` if it does. Values of tags are left out: the text goes into logs.
 */
export function mismatch(match: PolicyMatch, subject: Subject): string | undefined {
  const { accounts, units, regions, services, tags = {} } = match;
  if (accounts !== undefined && !accounts.includes(subject.account))
    return `account ${subject.account} is not ${oneOf(accounts)}`;
  if (units !== undefined && !units.some((unit) => subject.units.includes(unit)))
    return subject.units.length === 0
      ? `the units of account ${subject.account} are not known; the rule needs ${oneOf(units)}`
      : `account ${subject.account} is in ${subject.units.join(', ')}, not in ${oneOf(units)}`;
  if (regions !== undefined && !regions.includes(subject.region))
    return `region ${subject.region} is not ${oneOf(regions)}`;
  if (services !== undefined && !services.some((glob) => matchesGlob(subject.name, glob)))
    return `the name ${subject.name} does not match ${oneOf(services)}`;
  for (const [key, glob] of Object.entries(tags)) {
    const value = Object.hasOwn(subject.tags, key) ? subject.tags[key] : undefined;
    if (value === undefined) return `it has no tag "${key}"`;
    if (!matchesGlob(value, glob)) return `the value of its tag "${key}" does not match ${glob}`;
  }
  return undefined;
}

function oneOf(values: readonly string[]): string {
  return values.length === 1 ? `${values[0]}` : `one of ${values.join(', ')}`;
}
