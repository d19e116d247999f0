import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../shared/duration.ts';
import { type Desired, desire, type PastState, sameDesired } from '../../shared/policy/desire.ts';
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
const leftAlone: Desired = { kind: 'released', byPolicy: true };
const goneWithTheService = wantsDetached({ reason: 'service-deleted' });
const unclear: Desired = { kind: 'unclear' };
const unmanaged: Desired = { kind: 'unmanaged' };

describe('desire, row by row', () => {
  it.each<[string, Record<string, string> | undefined, PastState, Desired]>([
    ['enabled, never seen', tagged('enabled'), never, wantsPrivate({ domains: [] })],
    ['enabled, managed', tagged('enabled'), managed, wantsPrivate({ domains: [] })],
    ['enabled, detached before', tagged('enabled'), formerly(wantsDetached()), wantsPrivate({ domains: [] })],
    ['enabled, released before', tagged('enabled'), formerly(released, true), wantsPrivate({ domains: [] })],
    ['disabled, managed', tagged('disabled'), managed, wantsDetached()],
    ['disabled, wanted private, with nothing written', tagged('disabled'), formerly(wantsPrivate()), wantsDetached()],
    ['disabled, never managed', tagged('disabled'), never, unmanaged],
    ['disabled, already detached', tagged('disabled'), formerly(wantsDetached()), wantsDetached()],
    ['disabled, unclear before', tagged('disabled'), formerly(unclear), wantsDetached()],
    // A connection may be all that was made: it is not in the ledger, but has our name.
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
    ['missing, released by the policy before', {}, formerly(leftAlone, true), leftAlone],
    ['disabled, released by the policy before', tagged('disabled'), formerly(leftAlone), wantsDetached()],
    ['deleted, released by the policy before', undefined, formerly(leftAlone, true), goneWithTheService],
    ['missing, detached before', {}, formerly(wantsDetached(), true), wantsDetached()],
    ['missing, detached before, with nothing left', {}, formerly(wantsDetached()), wantsDetached()],
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
    ['deleted, detached before', undefined, formerly(wantsDetached()), wantsDetached()],
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

describe('a deletion that App Runner refused because of our connection', () => {
  const detaching = rules({ onDeleteAttempt: 'detach', onDetach: 'restore-public' });
  const refused = { ...managed, ownsConnection: true, deletionRefusedAt: START - HOUR };
  const byAttempt = wantsDetached({ reason: 'delete-attempt' });
  const of = (past: PastState, given = detaching, tags: Record<string, string> | undefined = tagged('enabled')) =>
    desire(SERVICE_ARN, tags, past, effectivePolicy({ rules: given }), START);

  it('detaches the service where the policy says so, leaves it private, and says why', () => {
    expect(of(refused).desired).toEqual(byAttempt);
    const remedy = expect.stringContaining('Delete the service again');
    expect(of(refused).findings).toMatchObject([{ code: 'deletion-refused', resource: SERVICE_ARN, remedy }]);
  });

  it('keeps it detached while it is', () => {
    expect(of({ ...refused, ...formerly(byAttempt), ownsConnection: false }).desired).toEqual(byAttempt);
  });

  it.each<[string, PastState, ReturnType<typeof rules>]>([
    ['where the policy only reports it', refused, rules()],
    ['when the connection is not ours', { ...refused, ownsConnection: false }, detaching],
    ['after a day', { ...refused, deletionRefusedAt: START - DAY }, detaching],
    ['without one', { ...refused, deletionRefusedAt: undefined }, detaching],
    ['of a service that was not attached', { ...refused, ownsConnection: false, desired: undefined }, detaching],
    [
      'when it was detached for another reason',
      { ...refused, ...formerly(wantsDetached()), ownsConnection: false },
      detaching,
    ],
  ])('changes nothing %s', (_, past, given) => expect(of(past, given).desired.kind).toBe('private'));

  it('changes nothing once the service is deleted', () => {
    expect(desire(SERVICE_ARN, undefined, refused, effectivePolicy({ rules: detaching }), START).desired).toMatchObject(
      { reason: 'service-deleted' },
    );
  });
});

describe('the policy leaves a service alone', () => {
  const ignored = effectivePolicy({ enforcement: 'ignored' });
  const under = (past: PastState) => desire(SERVICE_ARN, {}, past, ignored, START).desired;

  it.each([true, false])('in scope or not (%s): it is released by the policy, not by its owner', (isInScope) => {
    const policy = effectivePolicy({ enforcement: 'ignored', isInScope });
    expect(desire(SERVICE_ARN, {}, managed, policy, START).desired).toEqual(leftAlone);
  });
  it('one that its owner released stays so', () => expect(under(formerly(released, true))).toEqual(released));
  it('one that was never managed is not released', () => expect(under(never)).toEqual(unmanaged));

  it.each<[string, boolean, boolean, Desired]>([
    ['in scope stays so', true, true, wantsDetached()],
    ['out of scope, with nothing left, stays so', false, false, wantsDetached()],
    ['out of scope, with something left, is released', false, true, leftAlone],
  ])('one that is detached, %s', (_, isInScope, ownsAnything, expected) => {
    const policy = effectivePolicy({ enforcement: 'ignored', isInScope });
    expect(desire(SERVICE_ARN, {}, formerly(wantsDetached(), ownsAnything), policy, START).desired).toEqual(expected);
  });

  it('reports that a tag which asks for it has no effect, and why', () => {
    const findings = (tags: Record<string, string>) => desire(SERVICE_ARN, tags, never, ignored, START).findings;
    expect(findings(tagged('enabled'))).toMatchObject([
      { code: 'tag-ignored', resource: SERVICE_ARN, message: expect.stringContaining(ignored.because) },
    ]);
    expect(findings(tagged('disabled'))).toEqual([]);
  });
});

describe('the policy requires a service to be private', () => {
  const required = effectivePolicy({ enforcement: 'required' });
  it.each([
    ['not tagged', {}, []],
    ['enabled', tagged('enabled'), []],
    ['disabled', tagged('disabled'), ['tag-overruled']],
    ['tagged with anything', tagged('x'), ['tag-overruled']],
  ])('whatever its tag says: %s', (_, tags, found) => {
    const { desired, findings } = desire(SERVICE_ARN, tags, never, required, START);
    expect(desired.kind).toBe('private');
    expect(findings.map(({ code }) => code)).toEqual(found);
    for (const one of findings)
      expect(one).toMatchObject({ resource: SERVICE_ARN, message: expect.stringContaining(required.because) });
  });
});

describe('two desires are the same', () => {
  it.each<[string, Desired | undefined, Desired | undefined, boolean]>([
    ['none', undefined, undefined, true],
    ['one and none', unmanaged, undefined, false],
    ['of different kinds', unmanaged, released, false],
    [
      'with their keys in another order',
      wantsDetached(),
      { restorePublic: false, reason: 'disabled', kind: 'detached' },
      true,
    ],
    [
      'with the keys of a part in another order',
      wantsPrivate({ domainTags: { a: ['1'], b: ['2'], c: ['3'] } }),
      wantsPrivate({ domainTags: { c: ['3'], b: ['2'], a: ['1'] } }),
      true,
    ],
    [
      'without what is undefined',
      wantsPrivate({ vpcId: undefined }),
      JSON.parse(JSON.stringify(wantsPrivate({ vpcId: undefined }))),
      true,
    ],
    [
      'with names in another order: no',
      wantsPrivate({ domains: ['a', 'b'] }),
      wantsPrivate({ domains: ['b', 'a'] }),
      false,
    ],
    [
      'with another part: no',
      wantsPrivate({ domainTags: { a: ['1'] } }),
      wantsPrivate({ domainTags: { a: ['2'] } }),
      false,
    ],
  ])('%s', (_, one, other, expected) => {
    expect(sameDesired(one, other)).toBe(expected);
    expect(sameDesired(other, one)).toBe(expected);
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
  it('continues from then, whatever is seen later', () => expect(ask({}, waiting, START).changesAt).toBe(since + DAY));
  it.each([
    [since + DAY - 1, 'private'],
    [since + DAY, 'detached'],
    [since + DAY + 1, 'detached'],
  ])('at %i it is %s', (now, kind) => expect(ask({}, waiting, now).desired.kind).toBe(kind));
  it('then is detached, for that reason and without another wait', () => {
    expect(ask({}, waiting, since + DAY)).toEqual({ desired: wantsDetached({ reason: 'tag-missing' }), findings: [] });
  });
  it('ends when the tag is back in time', () => {
    expect(ask(tagged('enabled'), waiting, START)).toEqual({ desired: wantsPrivate({ domains: [] }), findings: [] });
  });
  it('starts when the policy manages a service again that it had left alone, and then ends too', () => {
    const past: PastState = { ...formerly(leftAlone, true), findings: [] };
    const [finding] = ask({}, past, since).findings;
    expect(finding).toMatchObject({ code: 'tag-missing' });
    const later = { ...past, findings: finding === undefined ? [] : [{ ...finding, since }] };
    expect(ask({}, later, since + DAY - 1).desired).toEqual(leftAlone);
    expect(ask({}, later, since + DAY).desired).toEqual(wantsDetached({ reason: 'tag-missing' }));
  });
  it('does not begin with another finding', () => {
    const [missing] = ask({}, managed, since).findings;
    const other = missing === undefined ? [] : [{ ...missing, code: 'tag-unknown' as const, since }];
    expect(ask({}, { ...managed, findings: other }, START).changesAt).toBe(START + DAY);
  });
  it('does not delay `disabled`', () =>
    expect(ask(tagged('disabled'), waiting, START).desired).toEqual(wantsDetached()));
});

describe('the domains', () => {
  it('come from all five tags, in their order, each once', () => {
    const wanted = ask(
      tagged('enabled', {
        'private-ingress:domains-5': 'five.example.com',
        'private-ingress:domains': '  one.example.com\ttwo.example.com ',
        'private-ingress:domains-3': 'ONE.example.com. _wildcard.example.com',
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

  it('that are wrong are findings of their own, and never delay a right one', () => {
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

  it('no VPC is given', () => {
    const wanted = ask(tagged('enabled'), never, START, rules({ networks: [] }));
    expect(wanted.desired).toEqual(wantsPrivate({ vpcId: undefined, domains: [] }));
    expect(wanted.findings).toMatchObject([{ code: 'vpc-not-given', severity: 'error' }]);
  });

  it.each([
    [{}, 'auto', []],
    [{ 'private-ingress:alias': 'endpoint' }, 'endpoint', []],
    [{ 'private-ingress:alias': 'apprunner' }, 'apprunner', []],
    [{ 'private-ingress:alias': 'cname' }, 'auto', ['alias-strategy-unknown']],
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

describe('the other tags', () => {
  const wanting = (tags: Record<string, string>, change: Partial<Rules> = {}) =>
    ask(tagged('enabled', { 'private-ingress:domains': 'app.example.com', ...tags }), never, START, rules(change));
  const given = { vpcId: VPC, subnetIds: [], securityGroupIds: [], allowFrom: [], endpointId: 'vpce-0e1' };

  it('name the endpoint to use; without one, it is that of the VPC, if there is a given one', () => {
    expect(wanting({}).desired).not.toHaveProperty('endpointId');
    expect(wanting({}, { networks: [given] }).desired).toMatchObject({ endpointId: 'vpce-0e1' });
    const tag = { 'private-ingress:endpoint': 'vpce-0f2' };
    expect(wanting(tag, { networks: [given] }).desired).toMatchObject({ endpointId: 'vpce-0f2' });
  });

  it('name the zones to prefer', () => {
    expect(wanting({ 'private-ingress:zone': ' Z1  Z2 ' }).desired).toMatchObject({ zones: ['Z1', 'Z2'] });
    expect(wanting({}).desired).not.toHaveProperty('zones');
  });

  it.each(['adopt', 'reassociate'])('ask for something once, of domains of the service only: %s', (key) => {
    const tag = `private-ingress:${key}`;
    expect(wanting({ [tag]: 'APP.example.com' })).toMatchObject({
      desired: { [key]: ['app.example.com'] },
      findings: [],
    });
    const wrong = wanting({ [tag]: 'other.example.com app_' });
    expect(wrong.desired).not.toHaveProperty(key);
    const remedy = 'Name domains that are in the domains tag, or remove the tag.';
    expect(wrong.findings).toMatchObject([
      { code: 'domain-invalid', resource: SERVICE_ARN, domain: 'other.example.com', remedy },
      { code: 'domain-invalid', resource: SERVICE_ARN, domain: 'app_', remedy },
    ]);
    expect(wanting({}).desired).not.toHaveProperty(key);
  });

  it('that are not there ask for nothing, also where adopting is not allowed', () => {
    expect(wanting({}, { mayAdopt: false }).findings).toEqual([]);
    const refused = wanting({ 'private-ingress:adopt': 'app.example.com' }, { mayAdopt: false });
    expect(refused.findings).toMatchObject([{ resource: `${SERVICE_ARN}#private-ingress:adopt` }]);
  });

  it.each(['domains', 'adopt'])('are read as far as 16 names, and a longer one is reported: %s', (key) => {
    const tag = `private-ingress:${key}`;
    const full = Array.from({ length: 16 }, () => 'app.example.com').join(' ');
    expect(wanting({ [tag]: full }).findings).toEqual([]);
    expect(wanting({ [tag]: `${full} other.example.org` }).findings).toMatchObject([
      { code: 'domains-too-many', resource: `${SERVICE_ARN}#${tag}` },
    ]);
  });

  it.each<[string, Partial<Rules>, string]>([
    ['none', { networks: [], otherVpcs: undefined }, '(none)'],
    ['that of the account', { otherVpcs: undefined }, `(${VPC})`],
    ['those that are listed', { otherVpcs: { ...given, allowedVpcs: ['vpc-33334444'] } }, `(${VPC}, vpc-33334444)`],
  ])('that name a VPC which may not be used report which may: %s', (_, change, says) => {
    const { findings } = wanting({ 'private-ingress:vpc': 'vpc-11112222' }, change);
    expect(findings).toMatchObject([
      { code: 'vpc-not-allowed', resource: SERVICE_ARN, message: expect.stringContaining(says) },
    ]);
  });

  it('move a service that is required to be private to another VPC that it may use', () => {
    const required = effectivePolicy({ enforcement: 'required' });
    const wanted = desire(SERVICE_ARN, { 'private-ingress:vpc': 'vpc-11112222' }, managed, required, START);
    expect(wanted).toMatchObject({ desired: { vpcId: 'vpc-11112222' }, findings: [] });
    const none = effectivePolicy({ enforcement: 'required', rules: rules({ networks: [] }) });
    expect(desire(SERVICE_ARN, {}, managed, none, START)).toMatchObject({
      desired: { vpcId: undefined },
      findings: [{ code: 'vpc-not-given' }],
    });
  });

  it('do not free the policy from what zones allow', () => {
    const wanted = wanting({}, { domains: ['app.example.org'] });
    expect(domainsOf(wanted)).toEqual(['app.example.com']);
    expect(codes(wanted)).toEqual([['domain-not-allowed', 'app.example.org']]);
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

  it('keeps no more than five names', () => {
    const domains = ['a', 'b', 'c', 'd', 'e'].map((label) => `${label}.example.com`);
    const tags = { ...slip, 'private-ingress:domains': 'x.example.com app_.example.com' };
    const wanted = ask(tags, { ...before, desired: wantsPrivate({ domains }) });
    expect(domainsOf(wanted)).toEqual(['x.example.com', ...domains.slice(0, 4)]);
  });

  it('but none that is not allowed any more', () => expect(domainsWith(['*.example.org'])).toEqual([]));
});

describe('an error that is not of the tags', () => {
  it('lets names leave the tag: a name of the policy that can never be valid does not freeze the others', () => {
    const before = { ...managed, desired: wantsPrivate({ domains: ['app.example.com', 'old.example.com'] }) };
    const tags = tagged('enabled', { 'private-ingress:domains': 'app.example.com' });
    const wanted = ask(tags, before, START, rules({ domains: ['my_api.example.com'] }));
    expect(domainsOf(wanted)).toEqual(['app.example.com']);
    expect(codes(wanted)).toEqual([['domain-invalid', 'my_api.example.com']]);
  });
  it('is a warning where it only makes the stack use its own strategy', () => {
    const { findings } = ask(tagged('enabled', { 'private-ingress:alias': 'cname' }));
    expect(findings).toMatchObject([{ severity: 'warning', message: expect.stringContaining('"cname"') }]);
  });
});

describe('a domains tag that is missing', () => {
  const withTags = (second?: string) =>
    tagged('enabled', {
      'private-ingress:domains': 'one.example.com',
      ...(second === undefined ? {} : { 'private-ingress:domains-2': second }),
    });
  const { desired } = ask(withTags('two.example.com three.example.com'));
  const before: PastState = { ...managed, desired };
  const since = START - 5 * HOUR;
  const [missing] = ask(withTags(), before, since).findings;
  if (missing === undefined) throw new Error('no finding');
  const waiting: PastState = { ...before, findings: [{ ...missing, since }] };

  it('keeps its names for the grace time, and says until when', () => {
    const wanted = ask(withTags(), before);
    expect(domainsOf(wanted)).toEqual(['one.example.com', 'two.example.com', 'three.example.com']);
    expect(wanted.changesAt).toBe(START + DAY);
    expect(wanted.findings).toMatchObject([
      { code: 'domains-tag-missing', severity: 'warning', resource: `${SERVICE_ARN}#private-ingress:domains-2` },
    ]);
    expect(wanted.findings[0]?.message).toContain('two.example.com, three.example.com will be removed 2026-01-02');
  });
  it('remembers them until then', () => expect(ask(withTags(), before).desired).toEqual(desired));
  it.each([
    [since + DAY - 1, ['one.example.com', 'two.example.com', 'three.example.com']],
    [since + DAY, ['one.example.com']],
  ])('at %i there are %j', (now, domains) => expect(domainsOf(ask(withTags(), waiting, now))).toEqual(domains));
  it('has a grace time of its own, whichever other tag is missing already', () => {
    const none = ask(tagged('enabled'), waiting);
    expect(none.findings.map(({ resource, message }) => [resource, /removed (\S+)Z/.exec(message)?.[1]])).toEqual([
      [`${SERVICE_ARN}#private-ingress:domains`, new Date(START + DAY).toISOString().slice(0, -1)],
      [`${SERVICE_ARN}#private-ingress:domains-2`, new Date(since + DAY).toISOString().slice(0, -1)],
    ]);
    expect(none.changesAt).toBe(since + DAY);
    const findings = none.findings.map((one) => ({ ...one, since: one.resource.endsWith('-2') ? since : START }));
    const later = ask(tagged('enabled'), { ...before, findings }, since + DAY);
    expect(domainsOf(later)).toEqual(['one.example.com']);
  });
  it('does not count what else was wrong with the tag as its loss', () => {
    const findings = [{ ...missing, code: 'domains-too-many' as const, since }];
    expect(ask(withTags(), { ...before, findings }).changesAt).toBe(START + DAY);
  });
  it('is forgotten after the grace time', () => {
    const after = ask(withTags(), waiting, since + DAY);
    expect(after).toEqual({ desired: ask(withTags()).desired, findings: [] });
  });
  it('is none when its value is empty: the names go at once', () => {
    const wanted = ask(withTags(''), before);
    expect(domainsOf(wanted)).toEqual(['one.example.com']);
    expect(wanted.findings).toEqual([]);
  });
  it('is none when its value was changed', () =>
    expect(domainsOf(ask(withTags('two.example.com'), before))).toEqual(['one.example.com', 'two.example.com']));
  it('is none when its names moved to another tag', () => {
    const moved = tagged('enabled', { 'private-ingress:domains': 'one.example.com two.example.com three.example.com' });
    expect(ask(moved, before).findings).toEqual([]);
  });
  it('keeps no name that the policy no longer allows', () => {
    const strict = rules({ claimableNames: ['one.example.com'] });
    expect(domainsOf(ask(withTags(), before, START, strict))).toEqual(['one.example.com']);
  });
  it('may be the first of the five, under a rule that requires the service to be private too', () => {
    const policy = effectivePolicy({ enforcement: 'required' });
    const wanted = desire(SERVICE_ARN, { 'private-ingress:domains-2': 'two.example.com' }, before, policy, START);
    expect(domainsOf(wanted)).toEqual(['two.example.com', 'one.example.com']);
    expect(wanted.changesAt).toBe(START + DAY);
  });
});

describe('tags that are nearly those of the product', () => {
  it.each([
    [{ 'private-ingress:domain': 'app.example.com' }, 'Did you mean "private-ingress:domains"?'],
    [{ 'Private-Ingress': 'enabled' }, 'Did you mean "private-ingress"?'],
    [{ 'private-ingress:VPC': VPC }, 'Did you mean "private-ingress:vpc"?'],
    [{ 'private-ingress:something-else-entirely': '' }, 'it is ignored.'],
  ])('%j', (tags, says) => {
    for (const given of [tags, { ...tags, 'private-ingress': 'enabled' }]) {
      const { findings } = ask(given);
      expect(findings).toMatchObject([{ code: 'tag-unknown', severity: 'warning' }]);
      expect(findings[0]?.message).toContain(says);
      expect(findings[0]?.message).not.toContain('undefined');
    }
  });
  it('are distinguished by their ids', () => {
    const { findings } = ask(tagged('enabled', { 'private-ingress:domain': '', 'private-ingress:vcp': '' }));
    expect(new Set(findings.map(({ id }) => id)).size).toBe(2);
  });
  it('are no concern of the product where the policy ignores the service', () => {
    const ignored = effectivePolicy({ enforcement: 'ignored' });
    expect(desire(SERVICE_ARN, { 'private-ingress:domain': '' }, never, ignored, START).findings).toEqual([]);
  });
  it('without the tag that enables them are a finding', () => {
    const wanted = ask({ 'private-ingress:domains': 'app.example.com' });
    expect(wanted.desired).toEqual(unmanaged);
    expect(wanted.findings).toMatchObject([{ code: 'tag-incomplete', severity: 'warning' }]);
    expect(wanted.findings[0]?.message).toContain('"private-ingress:domains" has no effect');
  });
  it('other tags are not', () => expect(ask({ private: 'x', team: 'private-ingress' }).findings).toEqual([]));
});

describe('whose name it is', () => {
  const claiming = (names: string, change: Partial<Rules>) =>
    ask(tagged('enabled', { 'private-ingress:domains': names }), never, START, rules(change));

  it('is for the policy to say: a name that the service may not claim is a finding', () => {
    const wanted = claiming('app.team.example.com login.example.com', { claimableNames: ['*.team.example.com'] });
    expect(domainsOf(wanted)).toEqual(['app.team.example.com']);
    expect(wanted.findings).toMatchObject([
      { code: 'domain-not-claimable', severity: 'error', domain: 'login.example.com' },
    ]);
    expect(wanted.findings[0]?.message).toContain('only *.team.example.com');
  });
  it('a name that a rule gives to another service is reserved', () => {
    const reserved = [{ rule: 'prod', template: '{service}.example.com', regions: ['ap-northeast-1'] }];
    const wanted = claiming('login.example.com', { reservedNames: reserved });
    expect(domainsOf(wanted)).toEqual([]);
    expect(wanted.findings[0]?.message).toContain('the rule "prod" gives it to a service');
    expect(domainsOf(claiming('', { reservedNames: reserved, domains: ['login.example.com'] }))).toEqual([
      'login.example.com',
    ]);
  });
  it.each([
    ['Latin words', (at: number) => at.toString(36).padStart(3, 'a')],
    ['single Chinese characters', (at: number) => String.fromCodePoint(0x4e00 + at)],
  ])('full tags of %s cannot fill the row, which holds 400 kB', (_, word) => {
    const keys = ['', '-2', '-3', '-4', '-5'].map((more) => `private-ingress:domains${more}`);
    const full = [...keys, 'private-ingress:adopt', 'private-ingress:reassociate'].map((key, tag) => {
      const names = Array.from({ length: 128 }, (__, at) => word(tag * 128 + at)).join(' ');
      return [key, [...names].slice(0, 256).join('')] as const;
    });
    const { findings } = ask(tagged('enabled', Object.fromEntries(full)));
    expect(findings.map(({ code }) => code)).toContain('domains-too-many');
    expect(Buffer.byteLength(JSON.stringify(findings))).toBeLessThan(100_000);
  });
  it('adopting takes a rule that allows it', () => {
    const tags = tagged('enabled', {
      'private-ingress:domains': 'app.example.com',
      'private-ingress:adopt': 'app.example.com',
    });
    expect(ask(tags).desired).toMatchObject({ adopt: ['app.example.com'] });
    const refused = ask(tags, never, START, rules({ mayAdopt: false }));
    expect(refused.desired).not.toHaveProperty('adopt');
    expect(refused.findings).toMatchObject([{ code: 'adopt-not-allowed', severity: 'error' }]);
  });
  it('a VPC that services may not name is refused, whoever has it', () => {
    const tags = tagged('enabled', { 'private-ingress:vpc': 'vpc-11112222' });
    const endpoint = { subnetIds: [], securityGroupIds: [], allowFrom: [] };
    for (const otherVpcs of [undefined, { ...endpoint, allowedVpcs: ['vpc-33334444'] }]) {
      const wanted = ask(tags, never, START, rules({ otherVpcs }));
      expect(wanted.desired).toMatchObject({ vpcId: undefined });
      expect(wanted.findings).toMatchObject([{ code: 'vpc-not-allowed' }]);
    }
    const allowing = rules({ otherVpcs: { ...endpoint, allowedVpcs: ['vpc-11112222'] } });
    expect(ask(tags, never, START, allowing).desired).toMatchObject({ vpcId: 'vpc-11112222' });
  });
  it.each([
    ['before it was managed: that of the rule', never, VPC],
    ['afterwards: as it was', formerly(wantsPrivate({ vpcId: 'vpc-33334444' })), 'vpc-33334444'],
    [
      'where the former one is not allowed any more: that of the rule',
      formerly(wantsPrivate({ vpcId: 'vpc-5555666' })),
      VPC,
    ],
  ])('under a rule that requires it to be private such a VPC is no way out, %s', (_, past, vpcId) => {
    const endpoint = { subnetIds: [], securityGroupIds: [], allowFrom: [] };
    const given = rules({ otherVpcs: { ...endpoint, allowedVpcs: ['vpc-33334444'] } });
    const required = effectivePolicy({ rules: given, enforcement: 'required' });
    for (const value of ['vpc-11112222', 'none', '']) {
      const wanted = desire(SERVICE_ARN, { 'private-ingress:vpc': value }, past, required, START);
      expect(wanted.desired).toMatchObject({ kind: 'private', vpcId });
      expect(wanted.findings).toMatchObject([{ severity: 'error' }]);
    }
  });
});
