import { isWithin, parseDomain } from '../../records/names.ts';
import { similar } from '../../similar.ts';
import { expandDomain, TEMPLATE_VARIABLES } from '../expansion.ts';
import type { PolicyRule } from '../policy.ts';

type ServiceMatch = Pick<PolicyRule['match'], 'services' | 'tags'>;

/** Why services cannot claim names by this pattern. @param allowed by the zones; `undefined`: unknown. */
export function namesProblem(pattern: string, allowed: readonly string[] | undefined): string | undefined {
  const named = pattern.replace(/^(_wildcard\.)?(\*\.)?/, '');
  return variableProblem(pattern) ?? nameProblem(named) ?? (allowed && claimProblem(pattern, allowed));
}

/** Why services cannot get names by this template. @param allowed by the zones; `undefined`: unknown. */
export function domainProblem(
  template: string,
  allowed: readonly string[] | undefined,
  match: ServiceMatch,
): string | undefined {
  const problem = variableProblem(template) ?? nameProblem(template) ?? (allowed && zoneProblem(template, allowed));
  return problem ?? sharedNameProblem(template, match);
}

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
  const wanted = below ? pattern.slice(2) : pattern;
  const [labels, { length }] = [template.toLowerCase().split('.'), wanted.split('.')];
  if (below ? labels.length <= length : labels.length !== length) return false;
  const parts = labels
    .slice(-length)
    .join('.')
    .split(/(\{[^{}]*\})/);
  return new RegExp(`^${parts.map((part) => FORMS[part] ?? part.replace(/[^a-z0-9_-]/g, '\\$&')).join('')}$`).test(
    wanted,
  );
}

const FORMS: Readonly<Record<string, string>> = {
  '{service}': '[a-z0-9][a-z0-9_-]*',
  '{account}': '\\d{12}',
  '{region}': '[a-z0-9-]+',
};

/** A name can belong to one service only. */
function sharedNameProblem(template: string, { services = ['*'], tags }: ServiceMatch): string | undefined {
  const isOneService = services.length === 1 && !/[*?]/.test(services[0] ?? '*');
  if (template.includes('{service}') || isOneService || tags !== undefined) return undefined;
  return 'every service of this rule would have the same name; expected {service} in it, or a rule that matches one service';
}
