import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../shared/duration.ts';
import { type Desired, desire, type PastState } from '../../shared/policy/desire.ts';
import type { Rules } from '../../shared/policy/rules.ts';
import { effectivePolicy, rules, SERVICE_ARN, START, VPC, wantsDetached, wantsPrivate, zonesFor } from '../fixtures.ts';

const never: PastState = { desired: undefined, ownsAnything: false, findings: [] };
const managed: PastState = { ...never, desired: wantsPrivate(), ownsAnything: true };
const formerly = (desired: Desired, ownsAnything = false): PastState => ({ ...never, desired, ownsAnything });
const tagged = (value: string, more: Record<string, string> = {}) => ({ 'private-ingress': value, ...more });
const ask = (
  tags: Readonly<Record<string, string>> | undefined,
  past: PastState = never,
  now = START,
  given: Rules = rules(),
) => desire(SERVICE_ARN, tags, past, effectivePolicy({ rules: given }), now);
const codes = (wanted: ReturnType<typeof ask>) => wanted.findings.map(({ code, domain }) => [code, domain]);
const domainsOf = ({ desired }: ReturnType<typeof ask>) => (desired.kind === 'private' ? desired.domains : undefined);

const released: Desired = { kind: 'released' };
const unclear: Desired = { kind: 'unclear' };
const unmanaged: Desired = { kind: 'unmanaged' };

describe('desire, row by row', () => {
  it.each<[string, Record<string, string> | undefined, PastState, Desired]>([
    ['enabled, never seen', tagged('enabled'), never, wantsPrivate({ domains: [] })],
    ['enabled, managed', tagged('enabled'), managed, wantsPrivate({ domains: [] })],
    ['enabled, given back before', tagged('enabled'), formerly(wantsDetached()), wantsPrivate({ domains: [] })],
    ['enabled, released before', tagged('enabled'), formerly(released, true), wantsPrivate({ domains: [] })],
    ['disabled, managed', tagged('disabled'), managed, wantsDetached()],
    ['disabled, never managed', tagged('disabled'), never, unmanaged],
    ['disabled, already given back', tagged('disabled'), formerly(wantsDetached()), wantsDetached()],
    ['disabled, unclear before', tagged('disabled'), formerly(unclear), wantsDetached()],
    // A connection may be all that was made: it is not in `written`, but told by its name.
    ['disabled, released before', tagged('disabled'), formerly(released), wantsDetached()],
    [
      'disabled, after the tag was missing',
      tagged('disabled'),
      formerly(wantsDetached({ reason: 'tag-missing' })),
      wantsDetached(),
    ],
    ['released, never managed', tagged('released'), never, released],
    ['released, managed', tagged('released'), managed, released],
    ['released, being undone', tagged('released'), formerly(wantsDetached(), true), released],
    ['missing, never managed', {}, never, unmanaged],
    ['missing, unmanaged before', {}, formerly(unmanaged), unmanaged],
    ['missing, released before', {}, formerly(released, true), released],
    ['missing, given back before', {}, formerly(wantsDetached(), true), wantsDetached()],
    ['missing, managed', {}, managed, wantsPrivate()],
    ['missing, unclear before', {}, formerly(unclear), unclear],
    ['missing, something written is left', {}, { ...never, ownsAnything: true }, unclear],
    ['deleted, never managed', undefined, never, wantsDetached({ reason: 'service-deleted' })],
    ['deleted, managed', undefined, managed, wantsDetached({ reason: 'service-deleted' })],
    ['deleted, unclear before', undefined, formerly(unclear), wantsDetached({ reason: 'service-deleted' })],
    ['deleted, released before', undefined, formerly(released, true), released],
    [
      'deleted while being undone',
      undefined,
      formerly(wantsDetached(), true),
      wantsDetached({ reason: 'service-deleted' }),
    ],
    ['deleted, given back before', undefined, formerly(wantsDetached()), wantsDetached()],
    ['any other value', tagged('true'), managed, unclear],
    ['a value in capitals', tagged('ENABLED'), managed, unclear],
    ['an empty value', tagged(''), never, unclear],
  ])('%s', (_, tags, past, desired) => expect(ask(tags, past).desired).toEqual(desired));

  it('an unknown value is a finding and says what it takes', () => {
    const { findings } = ask(tagged('yes'));
    expect(findings).toMatchObject([{ code: 'tag-value-unknown', severity: 'error', resource: SERVICE_ARN }]);
    expect(findings[0]?.message).toMatch(/"enabled", "disabled" or "released"/);
  });

  it('goes back to public only where the stack says so, and never for a service that is deleted', () => {
    const restoring = rules({ onDetach: 'restore-public' });
    expect(ask(tagged('disabled'), managed, START, restoring).desired).toMatchObject({ restorePublic: true });
    expect(ask(undefined, managed, START, restoring).desired).toMatchObject({ restorePublic: false });
  });
});

describe('the grace time of a missing tag', () => {
  const since = START - 5 * HOUR;
  const [missing] = ask({}, managed, since).findings;
  if (missing === undefined) throw new Error('no finding');
  const waiting: PastState = { ...managed, findings: [{ ...missing, since }] };

  it('starts when it is first seen', () => {
    const first = ask({}, managed, START);
    expect(first.changesAt).toBe(START + DAY);
    expect(codes(first)).toEqual([['tag-missing', undefined]]);
    expect(first.findings[0]?.message).toContain('2026-01-02T00:00:00.000Z');
  });
  it('goes on from then, whatever is seen later', () => expect(ask({}, waiting, START).changesAt).toBe(since + DAY));
  it.each([
    [since + DAY - 1, 'private'],
    [since + DAY, 'detached'],
    [since + DAY + 1, 'detached'],
  ])('at %i it is %s', (now, kind) => expect(ask({}, waiting, now).desired.kind).toBe(kind));
  it('then is undone, for that reason and without another wait', () => {
    expect(ask({}, waiting, since + DAY)).toEqual({ desired: wantsDetached({ reason: 'tag-missing' }), findings: [] });
  });
  it('ends when the tag is back in time', () => {
    expect(ask(tagged('enabled'), waiting, START)).toEqual({ desired: wantsPrivate({ domains: [] }), findings: [] });
  });
  it('does not hold up `disabled`', () =>
    expect(ask(tagged('disabled'), waiting, START).desired).toEqual(wantsDetached()));
});

describe('the domains', () => {
  it('come from all five tags, in their order, each once', () => {
    const wanted = ask(
      tagged('enabled', {
        'private-ingress:domains-5': 'five.example.com',
        'private-ingress:domains': '  one.example.com\ttwo.example.com ',
        'private-ingress:domains-3': 'ONE.example.com. _wildcard.example.com',
        'private-ingress:domains-6': 'six.example.com',
      }),
    );
    expect(domainsOf(wanted)).toEqual(['one.example.com', 'two.example.com', '*.example.com', 'five.example.com']);
    expect(wanted.findings).toEqual([]);
  });

  it('are five at most: the sixth is a finding, the others go on', () => {
    const wanted = ask(
      tagged('enabled', {
        'private-ingress:domains': 'a.example.com b.example.com c.example.com a.example.com',
        'private-ingress:domains-2': 'd.example.com e.example.com f.example.com',
      }),
    );
    expect(domainsOf(wanted)).toHaveLength(5);
    expect(codes(wanted)).toEqual([['domains-too-many', 'f.example.com']]);
  });

  it('that are wrong are findings of their own, and never hold up a right one', () => {
    const names = 'app.example.com my_app.example.com app.example.org 10.0.0.1 *.example.com';
    const wanted = ask(tagged('enabled', { 'private-ingress:domains': names }));
    expect(domainsOf(wanted)).toEqual(['app.example.com']);
    expect(codes(wanted)).toEqual([
      ['domain-invalid', 'my_app.example.com'],
      ['domain-not-allowed', 'app.example.org'],
      ['domain-invalid', '10.0.0.1'],
      ['domain-invalid', '*.example.com'],
    ]);
  });

  it('must match AllowedNames: the apex is not below itself', () => {
    const names = tagged('enabled', { 'private-ingress:domains': 'example.com app.example.com' });
    expect(domainsOf(ask(names, never, START, rules({ allowedZones: zonesFor(['*.example.com']) })))).toEqual([
      'app.example.com',
    ]);
    expect(domainsOf(ask(names, never, START, rules({ allowedZones: zonesFor(['example.com']) })))).toEqual([
      'example.com',
    ]);
  });

  it('are always allowed, well formed, different and five at most', () => {
    const word = fc.oneof(
      fc.constantFrom('app.example.com', 'APP.example.com', '_wildcard.example.com', 'example.com', 'example.org', '*'),
      fc.domain(),
      fc.string(),
    );
    const tags = fc.dictionary(
      fc.constantFrom('private-ingress:domains', 'private-ingress:domains-2', 'private-ingress:domains-4'),
      fc.array(word, { maxLength: 6 }).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(tags, (given) => {
        const domains = domainsOf(ask(tagged('enabled', given))) ?? [];
        expect(domains.length).toBeLessThanOrEqual(5);
        expect(new Set(domains).size).toBe(domains.length);
        for (const name of domains) expect(name).toMatch(/^((\*\.)?([a-z0-9-]{1,63}\.)*)example\.com$/);
      }),
    );
  });
});

describe('the VPC and the alias strategy', () => {
  it.each([
    ['the stack’s', {}, VPC, []],
    ['the tag’s', { 'private-ingress:vpc': 'vpc-11112222' }, 'vpc-11112222', []],
    ['with a long id', { 'private-ingress:vpc': 'vpc-0123456789abcdef0' }, 'vpc-0123456789abcdef0', []],
    ['too short', { 'private-ingress:vpc': 'vpc-1' }, undefined, ['vpc-not-found']],
    ['too long', { 'private-ingress:vpc': 'vpc-0123456789abcdef01' }, undefined, ['vpc-not-found']],
    ['not hexadecimal', { 'private-ingress:vpc': 'vpc-0123456g' }, undefined, ['vpc-not-found']],
    ['a name', { 'private-ingress:vpc': 'main' }, undefined, ['vpc-not-found']],
    ['empty', { 'private-ingress:vpc': '' }, undefined, ['vpc-not-found']],
  ])('%s', (_, tags, vpcId, found) => {
    const wanted = ask(tagged('enabled', tags));
    expect(wanted.desired).toEqual(wantsPrivate({ vpcId, domains: [] }));
    expect(wanted.findings.map(({ code }) => code)).toEqual(found);
  });

  it('nobody says which VPC', () => {
    const wanted = ask(tagged('enabled'), never, START, rules({ networks: [] }));
    expect(wanted.desired).toEqual(wantsPrivate({ vpcId: undefined, domains: [] }));
    expect(wanted.findings).toMatchObject([{ code: 'vpc-not-given', severity: 'error' }]);
  });

  it.each([
    [{}, 'auto', []],
    [{ 'private-ingress:alias': 'endpoint' }, 'endpoint', []],
    [{ 'private-ingress:alias': 'apprunner' }, 'apprunner', []],
    [{ 'private-ingress:alias': 'cname' }, 'auto', ['tag-value-unknown']],
  ])('%j → %s', (tags, aliasStrategy, found) => {
    const wanted = ask(tagged('enabled', tags));
    expect(wanted.desired).toMatchObject({ aliasStrategy });
    expect(wanted.findings.map(({ code }) => code)).toEqual(found);
  });

  it('an unknown strategy leaves the stack’s own', () => {
    const stack = rules({ aliasStrategy: 'endpoint' });
    expect(ask(tagged('enabled', { 'private-ingress:alias': 'x' }), never, START, stack).desired).toMatchObject({
      aliasStrategy: 'endpoint',
    });
  });
});

describe('a slip in the domains tag', () => {
  const before: PastState = {
    desired: { kind: 'private', vpcId: VPC, domains: ['app.example.com'], aliasStrategy: 'auto' },
    ownsAnything: true,
    findings: [],
  };
  const slip = { 'private-ingress': 'enabled', 'private-ingress:domains': 'app_.example.com' };
  const domainsWith = (allowedNames: readonly string[]) => {
    const { desired } = ask(slip, before, START, rules({ allowedZones: zonesFor(allowedNames) }));
    return desired.kind === 'private' ? desired.domains : undefined;
  };

  it('keeps the names there were before', () => expect(domainsWith(['*.example.com'])).toEqual(['app.example.com']));

  it('but none that is not allowed any more', () => expect(domainsWith(['*.example.org'])).toEqual([]));
});
