import { WILDCARD_LABEL } from '../tags.ts';
import type { Subject } from './policy.ts';

type Named = Pick<Subject, 'name' | 'account' | 'region'>;

/** What a template may name; none of the values has a dot in it. */
export const TEMPLATE_VARIABLES = ['service', 'account', 'region'] as const;

/**
 * `{service}.{region}.corp.example.com` → `hello.eu-west-1.corp.example.com`, in lower case; a leading `*` is written as
 * in a tag (`_wildcard`). What comes out need not be a domain name: a service may be called `my_api`.
 */
export function expandDomain(template: string, subject: Named): string {
  return expandTemplate(template, subject).replace(/^\*(?=\.)/, WILDCARD_LABEL);
}

/** Variables → values, in lower case. */
export function expandTemplate(template: string, { name: service, account, region }: Named): string {
  const values = new Map<string, string>(Object.entries({ service, account, region }));
  return template
    .replace(/\{([^{}]*)\}/g, (written, variable: string) => values.get(variable) ?? written)
    .toLowerCase();
}
