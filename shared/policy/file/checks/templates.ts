import { isWithin, parseDomain } from '../../../records/names.ts';
import { similar } from '../../../similar.ts';
import { expandDomain, TEMPLATE_VARIABLES } from '../../expansion.ts';
import type { PartialPolicyDocument, PartialRule } from '../partial-document.ts';
import type { Report } from './report.ts';

/** Domain templates that cannot come out as names, or as none that may be written. */
export function checkTemplates({ rules, zones }: PartialPolicyDocument, report: Report): void {
  const patterns = zones.items.flatMap(({ value }) => value.allowedNames);
  for (const { path, value } of rules.items) {
    for (const [index, pattern] of (value.names ?? []).entries()) {
      const problem =
        variableProblem(pattern) ??
        nameProblem(pattern.replace(/^(_wildcard\.)?(\*\.)?/, '')) ??
        (zones.complete ? claimProblem(pattern, patterns) : undefined);
      if (problem !== undefined) report([...path, 'names', index], problem);
      else if (value.names?.indexOf(pattern) !== index) {
        report([...path, 'names', index], `${pattern} is given twice; expected it once`);
      }
    }
    const templates = value.domains ?? [];
    for (const [index, template] of templates.entries()) {
      const at = [...path, 'domains', index];
      const problem =
        variableProblem(template) ??
        nameProblem(template) ??
        // With a zone that does not fit, nobody knows what is allowed.
        (zones.complete ? placeProblem(template, patterns) : undefined) ??
        sharedNameProblem(template, value);
      if (problem !== undefined) report(at, problem);
      else if (templates.indexOf(template) !== index) report(at, `${template} is given twice; expected it once`);
    }
  }
}

const VARIABLES = TEMPLATE_VARIABLES.map((variable) => `{${variable}}`);

function variableProblem(template: string): string | undefined {
  const unknown = [...template.matchAll(/\{([^{}]*)\}/g)]
    .map(([written]) => written)
    .find((written) => !VARIABLES.includes(written));
  if (unknown !== undefined) {
    return `${unknown} is not a variable; expected ${similar(unknown, VARIABLES) ?? VARIABLES.join(', ')}`;
  }
  const left = template.replace(/\{[^{}]*\}/g, '');
  return /[{}]/.test(left) ? 'a { or } stands alone; expected variables written {service}' : undefined;
}

/** With a service of a harmless name: what the others make of it is told service by service. */
function nameProblem(template: string): string | undefined {
  const parsed = parseDomain(expandDomain(template, { name: 'service', account: '012345678901', region: 'eu-west-1' }));
  return parsed.ok
    ? undefined
    : `it does not come out as a domain name: ${parsed.reason}; expected a name such as "{service}.corp.example.com"`;
}

function placeProblem(template: string, patterns: readonly string[]): string | undefined {
  if (patterns.some((pattern) => mayMatch(template, pattern))) return undefined;
  if (patterns.length === 0) return 'there is no zone to write it in; expected one under "zones"';
  return `it falls under the allowed names of no zone; expected a name that matches one of ${patterns.join(', ')}`;
}

function claimProblem(pattern: string, patterns: readonly string[]): string | undefined {
  const [, , below, base = ''] = /^(_wildcard\.)?(\*\.)?(.*)$/.exec(pattern) ?? [];
  const parents = patterns.filter((one) => one.startsWith('*.')).map((one) => one.slice(2));
  const isAbove = below !== undefined && parents.some((parent) => isWithin(parent, base));
  const sample = /^[*_]/.test(pattern) ? `x.${base}` : base;
  return isAbove ? undefined : placeProblem(sample, patterns);
}

/** Whether the template can come out as a name that the pattern allows. No variable has a dot in it. */
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
function sharedNameProblem(template: string, { match: { services = ['*'], tags } }: PartialRule): string | undefined {
  const [only = '*', ...more] = services;
  const single = more.length === 0 && !/[*?]/.test(only);
  if (template.includes('{service}') || single || tags !== undefined) return undefined;
  return 'every service of this rule would have the same name; expected {service} in it, or a rule that matches one service';
}
