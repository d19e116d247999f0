import { domainToASCII, domainToUnicode } from 'node:url';
import { WILDCARD_LABEL } from '../tags.ts';
import { looksLikeAnother } from './scripts.ts';

/**
 * Lower case, no final dot, octal escapes decoded (`\052` → `*`, docs/facts.md#record-name-escapes): the one form
 * names have inside the product.
 */
export function normalizeName(name: string): string {
  const unescaped = name.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
  return unescaped.toLowerCase().replace(/\.$/, '');
}

/** Whether `name` is `zone` or below it. */
export function isWithin(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}

/** Name of the TXT record that names the owner of the records at `name`. */
export function ownershipName(name: string): string {
  return `_private-ingress.${name.replace(/^\*/, WILDCARD_LABEL)}`;
}

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * A domain as written in a tag → its name, or why it is not one.
 * Wildcards come as `_wildcard.example.com`; names in other scripts are turned into their ASCII form.
 */
export function parseDomain(
  text: string,
): { readonly ok: true; readonly name: string } | { readonly ok: false; readonly reason: string } {
  const refuse = (reason: string) => ({ ok: false, reason }) as const;
  if (/[,;]/.test(text)) return refuse('separate names with spaces, not with commas');
  const written = text.toLowerCase().replace(/\.$/, '');
  const wildcard = written.startsWith(`${WILDCARD_LABEL}.`);
  const base = wildcard ? written.slice(WILDCARD_LABEL.length + 1) : written;
  if (base.includes('*')) return refuse(`a wildcard is written ${WILDCARD_LABEL}.example.com`);
  const ascii = /^[\x20-\x7e]*$/.test(base) ? base : domainToASCII(base);
  if (ascii === '') return refuse('it is not a domain name');
  const labels = ascii.split('.');
  if (labels.length < 2) return refuse('it has no dot: give the full name');
  const wrong = labels.find((label) => !LABEL.test(label));
  if (wrong !== undefined) {
    if (wrong === '') return refuse('it has an empty label');
    if (wrong.length > 63) return refuse(`the label "${wrong.slice(0, 20)}…" is longer than 63 characters`);
    return refuse(
      `the label "${wrong}" has characters other than letters, digits and hyphens, or a hyphen at its edge`,
    );
  }
  if (/^\d+$/.test(labels.at(-1) ?? '')) return refuse('it looks like an IP address');
  const unreadable = domainToUnicode(ascii)
    .split('.')
    .find((label) => label.startsWith('xn--'));
  if (unreadable !== undefined) return refuse(`the label "${unreadable}" is no international domain name`);
  const mixed = domainToUnicode(ascii).split('.').find(looksLikeAnother);
  if (mixed !== undefined) return refuse(`the label "${mixed}" mixes scripts and can be mistaken for another name`);
  const name = wildcard ? `*.${ascii}` : ascii;
  // The ownership TXT has to fit as well (RFC 1035: 253 characters).
  if (ownershipName(name).length > 253)
    return refuse('it is too long: with the ownership record it exceeds 253 characters');
  return { ok: true, name };
}

/**
 * Whether `name` matches one of the patterns of `AllowedNames`: `app.example.com` is that name alone,
 * `*.example.com` every name below example.com at any depth (as IAM's StringLike sees it), not example.com itself.
 */
export function isAllowedName(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const normalized = normalizeName(pattern);
    return normalized.startsWith('*.') ? name.endsWith(normalized.slice(1)) : name === normalized;
  });
}

/**
 * `app.example.com` → `com.example.app.`: Route 53 lists records in the ASCII order of these, the final dot included
 * (documented), so `a-b` comes before `a`. `*` sorts as its escape `\052` does.
 */
export function listingKey(name: string): string {
  return `${name.replaceAll('*', '\\052').split('.').reverse().join('.')}.`;
}
