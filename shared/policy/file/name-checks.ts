import { isWithin, parseDomain } from '../../records/names.ts';
import { similar } from '../../similar.ts';
import { expandDomain, TEMPLATE_VARIABLES } from '../expansion.ts';
import { type DocumentCheck, each, of, reportRepeated } from './check.ts';
import type { Sections } from './partial-document.ts';

/** Templates that cannot become names, or only names that no zone allows. */
export const nameChecks: readonly DocumentCheck[] = [
  each(of.rules, ({ path, value }, { zones }, report) => {
    const allowed = zones.items.flatMap((zone) => zone.value.allowedNames);
    const lists = {
      // If a zone is invalid, it is unknown which names are allowed.
      names: (text: string) =>
        variableProblem(text) ??
        nameProblem(text.replace(/^(_wildcard\.)?(\*\.)?/, '')) ??
        (zones.complete ? claimProblem(text, allowed) : undefined),
      domains: (text: string) =>
        variableProblem(text) ??
        nameProblem(text) ??
        (zones.complete ? zoneProblem(text, allowed) : undefined) ??
        sharedNameProblem(text, value),
    };
    for (const key of ['names', 'domains'] as const) {
      const problems = (value[key] ?? []).map(lists[key]);
      for (const [index, problem] of problems.entries()) {
        if (problem !== undefined) report([...path, key, index], problem);
      }
      if (problems.every((problem) => problem === undefined)) reportRepeated([...path, key], value[key], report);
    }
  }),
];

const VARIABLES = TEMPLATE_VARIABLES.map((variable) => `{${variable}}`);

function variableProblem(template: string): string | undefined {
  const unknown = [...template.matchAll(/\{[^{}]*\}/g)].find(([written]) => !VARIABLES.includes(written))?.[0];
  if (unknown !== undefined) {
    return `${unknown} is not a variable; expected ${similar(unknown, VARIABLES) ?? VARIABLES.join(', ')}`;
  }
  const hasBrace = /[{}]/.test(template.replace(/\{[^{}]*\}/g, ''));
  return hasBrace ? 'there is a { or } without the other; expected variables written {service}' : undefined;
}

/** With a typical service; a finding reports the services whose own name makes an invalid one. */
function nameProblem(template: string): string | undefined {
  const typical = { name: 'service', account: '012345678901', region: 'eu-west-1' };
  const parsed = parseDomain(expandDomain(template, typical));
  if (parsed.ok) return undefined;
  return `it does not expand to a domain name: ${parsed.reason}; expected a name such as "{service}.corp.example.com"`;
}

function zoneProblem(template: string, allowed: readonly string[]): string | undefined {
  if (allowed.some((pattern) => mayMatch(template, pattern))) return undefined;
  if (allowed.length === 0) return 'there is no zone to write it in; expected one under "zones"';
  return `no zone allows this name; expected a name that matches one of ${allowed.join(', ')}`;
}

function claimProblem(pattern: string, allowed: readonly string[]): string | undefined {
  const [, , below, base = ''] = /^(_wildcard\.)?(\*\.)?(.*)$/.exec(pattern) ?? [];
  const parents = allowed.filter((one) => one.startsWith('*.')).map((one) => one.slice(2));
  const isAbove = below !== undefined && parents.some((parent) => isWithin(parent, base));
  return isAbove ? undefined : zoneProblem(/^[*_]/.test(pattern) ? `x.${base}` : base, allowed);
}

/** Whether the template can become a name that the pattern allows. No variable has a dot in it. */
function mayMatch(template: string, pattern: string): boolean {
  const below = pattern.startsWith('*.');
  const wanted = (below ? pattern.slice(2) : pattern).split('.');
  const labels = template.toLowerCase().split('.');
  if (below ? labels.length <= wanted.length : labels.length !== wanted.length) return false;
  const compared = labels.slice(-wanted.length);
  return wanted.every((label, index) => labelPattern(compared[index] ?? '').test(label));
}

const FORMS: ReadonlyMap<string, string> = new Map([
  ['{service}', '[a-z0-9][a-z0-9_-]*'],
  ['{account}', '\\d{12}'],
  ['{region}', '[a-z0-9-]+'],
]);

function labelPattern(label: string): RegExp {
  const parts = label.split(/(\{[^{}]*\})/).map((part) => FORMS.get(part) ?? part.replace(/[^a-z0-9_-]/g, '\\$&'));
  return new RegExp(`^${parts.join('')}$`);
}

/** A name can belong to one service only. */
function sharedNameProblem(
  template: string,
  { match: { services = ['*'], tags } }: Sections['rules'],
): string | undefined {
  const isOneService = services.length === 1 && !/[*?]/.test(services[0] ?? '*');
  if (template.includes('{service}') || isOneService || tags !== undefined) return undefined;
  return 'every service of this rule would have the same name; expected {service} in it, or a rule that matches one service';
}
