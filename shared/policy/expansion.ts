import { WILDCARD_LABEL } from '../tags.ts';
import type { Subject } from './policy.ts';

/** What a template may name; none of the values has a dot in it. */
export const TEMPLATE_VARIABLES = ['service', 'account', 'region'] as const;

/**
 * `{service}.{region}.corp.example.com` → `hello.eu-west-1.corp.example.com`, in lower case; a leading `*` is written as
 * in a tag (`_wildcard`). What comes out need not be a domain name: a service may be called `my_api`.
 */
export function expandDomain(template: string, subject: Pick<Subject, 'name' | 'account' | 'region'>): string {
  const { name: service, account, region } = subject;
  const values = new Map<string, string>(Object.entries({ service, account, region }));
  return template
    .replace(/\{([^{}]*)\}/g, (written, variable: string) => values.get(variable) ?? written)
    .replace(/^\*(?=\.)/, WILDCARD_LABEL)
    .toLowerCase();
}
