import { describe, expect, it } from 'vitest';
import {
  isAllowedName,
  isWithin,
  listingKey,
  normalizeName,
  ownershipName,
  parseDomain,
} from '../../shared/records/names.ts';

const label = (length: number) => 'a'.repeat(length);

describe('normalizeName', () => {
  it.each([
    ['App.Example.COM.', 'app.example.com'],
    ['\\052.example.com.', '*.example.com'],
    ['\\052.Example.com', '*.example.com'],
    ['a\\137b.example.com.', 'a_b.example.com'],
    ['a\\100b.example.com.', 'a@b.example.com'],
    ['\\101.example.com.', 'a.example.com'],
    ['.', ''],
  ])('%s → %s', (given, name) => expect(normalizeName(given)).toBe(name));
});

describe('isWithin', () => {
  it.each([
    ['example.com', 'example.com', true],
    ['app.example.com', 'example.com', true],
    ['a.b.example.com', 'example.com', true],
    ['notexample.com', 'example.com', false],
    ['example.com', 'app.example.com', false],
    ['example.com.evil.test', 'example.com', false],
  ])('%s in %s: %s', (name, zone, within) => expect(isWithin(name, zone)).toBe(within));
});

describe('ownershipName', () => {
  it.each([
    ['app.example.com', '_private-ingress.app.example.com'],
    ['example.com', '_private-ingress.example.com'],
    ['*.example.com', '_private-ingress._wildcard.example.com'],
  ])('%s → %s', (name, txt) => expect(ownershipName(name)).toBe(txt));
});

describe('listingKey', () => {
  // The order Route 53 documents: labels reversed, with their dots and a final one, compared as ASCII; the dot (46)
  // comes after ! " # $ % & ' ( ) * + , - and a wildcard is spelled \052.
  const listed = [
    'example-one.com',
    'a-b.example.com',
    'example.com',
    '*.example.com',
    '_private-ingress.example.com',
    'a.example.com',
    '_v1.a.example.com',
    'z.a.example.com',
    'a1.example.com',
    'b.example.com',
  ];

  it('orders names as Route 53 documents it', () => {
    const documented = (name: string) => `${name.replace('*', '\\052').split('.').reverse().join('.')}.`;
    const order = (key: (name: string) => string) =>
      [...listed].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
    expect(order(listingKey)).toEqual(order(documented));
  });

  it('puts a hyphen before the end of a label, as the trailing dot does', () => {
    expect(listingKey('a-b.example.com') < listingKey('a.example.com')).toBe(true);
    expect(listingKey('a.example.com') < listingKey('z.a.example.com')).toBe(true);
    expect(listingKey('z.a.example.com') < listingKey('a1.example.com')).toBe(true);
  });
});

describe('parseDomain', () => {
  it.each([
    ['app.example.com', 'app.example.com'],
    ['APP.Example.com.', 'app.example.com'],
    ['_wildcard.example.com', '*.example.com'],
    ['_WILDCARD.Example.com.', '*.example.com'],
    ['münchen.example.com', 'xn--mnchen-3ya.example.com'],
    ['_wildcard.bücher.example', '*.xn--bcher-kva.example'],
    ['xn--mnchen-3ya.example.com', 'xn--mnchen-3ya.example.com'],
    ['почта.example.com', 'xn--80a1acny.example.com'],
    ['東京タワー-tokyo.example.com', 'xn---tokyo-hu4eun1d5765a46wc.example.com'],
    ['1.example.com', '1.example.com'],
    [`${label(63)}.example.com`, `${label(63)}.example.com`],
    // 236 characters and the 17 of `_private-ingress.` are exactly 253.
    [
      `${label(63)}.${label(63)}.${label(63)}.${label(40)}.com`,
      `${label(63)}.${label(63)}.${label(63)}.${label(40)}.com`,
    ],
  ])('%s is %s', (text, name) => expect(parseDomain(text)).toEqual({ ok: true, name }));

  it.each([
    ['', /not a domain name/],
    ['.', /not a domain name/],
    ['localhost', /no dot/],
    ['com.', /no dot/],
    ['_wildcard', /no dot/],
    ['_wildcard.com', /no dot/],
    ['*', /_wildcard/],
    ['*.example.com', /_wildcard/],
    ['a.*.example.com', /_wildcard/],
    ['_wildcard.*.example.com', /_wildcard/],
    ['app..example.com', /empty label/],
    ['.example.com', /empty label/],
    ['app.example.com..', /empty label/],
    [`${label(64)}.example.com`, /longer than 63/],
    ['-app.example.com', /hyphen/],
    ['app-.example.com', /hyphen/],
    ['app.example.com-', /hyphen/],
    ['my_app.example.com', /letters, digits and hyphens/],
    ['_wildcard._wildcard.example.com', /letters, digits and hyphens/],
    ['app._wildcard.example.com', /letters, digits and hyphens/],
    ['https://app.example.com', /letters, digits and hyphens/],
    ['app.example.com/path', /letters, digits and hyphens/],
    ['app.example.com:443', /letters, digits and hyphens/],
    ['me@example.com', /letters, digits and hyphens/],
    ['app,api.example.com', /separate names with spaces/],
    ['app.example.com;api.example.com', /separate names with spaces/],
    ['exаmple.com', /mixes scripts/],
    ['xn--exmple-4nf.com', /mixes scripts/],
    ['_wildcard.exаmple.com', /mixes scripts/],
    ['раураӏ.example.com', /can be mistaken for another name/],
    ['Αpp.example.com', /mixes scripts/],
    ['xn--zzzzzzzz99.example.com', /no international domain name/],
    ['10.0.0.1', /IP address/],
    ['example.123', /IP address/],
    ['::1', /no dot/],
    ['ü..example.com', /empty label|not a domain name/],
    [`${label(63)}.${label(63)}.${label(63)}.${label(41)}.com`, /too long/],
    [`_wildcard.${label(63)}.${label(63)}.${label(63)}.${label(31)}.com`, /too long/],
  ])('refuses %s', (text, reason) => {
    const parsed = parseDomain(text);
    expect(parsed.ok ? parsed.name : parsed.reason).toMatch(reason);
    expect(parsed.ok).toBe(false);
  });
});

describe('isAllowedName', () => {
  it.each([
    ['app.example.com', ['*.example.com'], true],
    ['a.b.example.com', ['*.example.com'], true],
    ['*.example.com', ['*.example.com'], true],
    ['example.com', ['*.example.com'], false],
    ['example.com', ['example.com'], true],
    ['app.example.com', ['example.com'], false],
    ['notexample.com', ['*.example.com', 'example.com'], false],
    ['*.example.com', ['example.com'], false],
    ['*.app.example.com', ['*.example.com'], true],
    ['app.example.com', ['App.Example.COM.'], true],
    ['app.example.com', ['\\052.example.com.'], true],
    ['app.example.com', ['*'], false],
    ['app.example.com', [], false],
  ])('%s against %j: %s', (name, patterns, allowed) => expect(isAllowedName(name, patterns)).toBe(allowed));
});
