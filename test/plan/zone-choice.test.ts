import { describe, expect, it } from 'vitest';
import type { OpenFinding } from '../../shared/findings.ts';
import { emptyLedger } from '../../shared/plan/ledger.ts';
import type { Delegation, DomainState, Observed } from '../../shared/plan/observed.ts';
import { type Plan, plan } from '../../shared/plan/plan.ts';
import type { Zone } from '../../shared/records/zones.ts';
import {
  association,
  DOMAIN,
  domainState,
  ledger,
  observed,
  planInput,
  present,
  privateZone,
  publicZone,
  START,
  VALIDATION_NAME,
  VALIDATION_VALUE,
  VPC,
  wantsPrivate,
} from '../fixtures.ts';

const foreign: Zone = {
  id: 'ZFOREIGN',
  name: DOMAIN,
  visibility: 'private',
  vpcIds: [VPC],
  owner: 'account 999999999999',
  isUnreached: true,
};
const nothingWritten = { records: {}, validation: {}, association: undefined };

function planned(
  state: Partial<DomainState>,
  change: Partial<Observed> = {},
  findings: readonly OpenFinding[] = [],
): Plan {
  const see = observed({ domains: { [DOMAIN]: domainState({ ...nothingWritten, ...state }) }, ...change });
  return plan(planInput(wantsPrivate(), see, emptyLedger, { findings }));
}
const said = ({ findings }: Plan) => findings.map(({ code, message }) => `${code}: ${message}`).join('\n');

describe('a private zone that shadows ours', () => {
  it('keeps everything from being written, and is named with its owner', () => {
    const made = planned({ trafficZone: foreign });
    expect(made.actions).toEqual([]);
    expect(said(made)).toMatch(
      /^zone-shadowed: In vpc-0a1b2c3d the private zone app.example.com \(ZFOREIGN, owned by account 999999999999\) answers for app.example.com\./,
    );
    expect(made.phase).toBe('blocked');
  });

  it('does not take a published name away', () => {
    const see = observed({ domains: { [DOMAIN]: domainState({ trafficZone: foreign }) } });
    const made = plan(planInput(wantsPrivate(), see, ledger()));
    expect(made.actions).toEqual([]);
    expect(made.findings.map(({ code }) => code)).toEqual(['zone-shadowed']);
  });

  it('is found before a live service is cut', () => {
    const live = present({ isPublic: true, createdAt: START - 30 * 24 * 3600_000 });
    const made = planned({ trafficZone: foreign }, { service: live, connections: [], answer: undefined });
    expect(made.actions).toEqual([]);
    expect(made.findings.map(({ code }) => code)).toEqual(['zone-shadowed', 'still-public']);
  });

  it('is one that is not allowed: the finding names its owner', () => {
    const made = planned({ trafficZone: { ...privateZone, id: 'ZOTHER', owner: 'account 123456789012' } });
    expect(made.actions).toEqual([]);
    expect(said(made)).toMatch(/^zone-not-allowed: .*\(ZOTHER, private, owned by account 123456789012\)/);
  });

  it('is a closer one than the pinned one', () => {
    const closer: Zone = { ...privateZone, name: DOMAIN, id: 'ZCLOSER' };
    const made = planned({ trafficZone: closer }, { pinnedZones: [{ id: 'ZPRIVATE', zone: privateZone }] });
    expect(made.actions).toEqual([]);
    expect(said(made)).toMatch(/^zone-shadowed: .*ZCLOSER.* The tag names the private zone example.com \(ZPRIVATE\)/);
  });
});

describe('a private zone that is not the pinned one', () => {
  const closest: Zone = { ...privateZone, id: 'ZPRIVATE' };
  const shadows = (pinned: Partial<Zone>, trafficZone = closest, more: Partial<DomainState> = {}) => {
    const zone = { ...privateZone, id: 'ZPINNED', ...pinned };
    return planned({ trafficZone, ...more }, { pinnedZones: [{ id: zone.id, zone }] }).findings.some(
      ({ code }) => code === 'zone-shadowed',
    );
  };
  it.each<[string, Partial<Zone>, boolean]>([
    ['shadows one that holds the name and is seen by the VPC', { vpcIds: ['vpc-11112222', VPC] }, true],
    ['does not where that one is public', { visibility: 'public' }, false],
    ['does not where it is that one', { id: 'ZPRIVATE' }, false],
    ['does not where the VPC does not see that one', { vpcIds: ['vpc-11112222'] }, false],
    ['does not where that one does not hold the name', { name: 'example.org' }, false],
  ])('%s', (_, pinned, isShadowed) => expect(shadows(pinned)).toBe(isShadowed));

  it('does not where public DNS answers in the VPC', () => expect(shadows({}, publicZone)).toBe(false));

  it('is named with its owner only where that is known', () => {
    const { owner: _, ...unknown } = foreign;
    expect(said(planned({ trafficZone: unknown }))).toContain('(ZFOREIGN) answers for');
    expect(said(planned({ trafficZone: { ...privateZone, id: 'ZOTHER' } }))).toContain('(ZOTHER, private) holds');
  });

  it('is no matter where another zone answers', () => {
    const unseenZone = { ...privateZone, id: 'ZUNSEEN', vpcIds: [] };
    expect(planned({ trafficZone: publicZone, unseenZone }).findings).toEqual([]);
    expect(said(planned({ trafficZone: undefined, unseenZone }))).toMatch(
      /^zone-not-associated: .*\(ZUNSEEN\).* not associated with vpc-0a1b2c3d/,
    );
  });
});

describe('hosted zones of one name', () => {
  it('of which none is chosen: a finding names both, nothing is written', () => {
    const second = { ...publicZone, id: 'ZSECOND' };
    const made = planned({ trafficZone: undefined, validationZone: undefined, tiedZones: [publicZone, second] });
    expect(made.actions).toEqual([]);
    expect(said(made)).toMatch(/^zone-ambiguous: .*\(ZPUBLIC\) and .*\(ZSECOND\) hold app.example.com/);
    expect(made.findings).toMatchObject([{ resource: 'ZPUBLIC+ZSECOND', domain: DOMAIN }]);
  });
});

describe('the zone tag', () => {
  it.each<[string, NonNullable<Observed['pinnedZones']>[number], string]>([
    ['names no zone', { id: 'ZNONE' }, 'names ZNONE, but no hosted zone that the stack reaches has that id'],
    ['names one that is not allowed', { id: 'ZX', zone: { ...publicZone, id: 'ZX' } }, 'is not in `AllowedZones`'],
    [
      'names one that holds no domain',
      { id: 'ZPUBLIC', zone: { ...publicZone, name: 'example.org' } },
      'the public zone example.org (ZPUBLIC) holds none of the service’s domains'.replace('’', "'"),
    ],
    [
      'names a private one that the VPC does not see',
      { id: 'ZPRIVATE', zone: { ...privateZone, vpcIds: [] } },
      'is not associated with vpc-0a1b2c3d',
    ],
  ])('%s', (_, pinned, text) => {
    const made = planned({}, { pinnedZones: [pinned] });
    expect(said(made)).toMatch(/^zone-tag-unused: /);
    expect(said(made)).toContain(text);
  });

  it('names one that holds one of two names', () => {
    const other = 'app.example.org';
    const see = observed({
      domains: { [other]: domainState({ ...nothingWritten, trafficZone: undefined }), [DOMAIN]: domainState() },
      pinnedZones: [{ id: 'ZPUBLIC', zone: publicZone }],
    });
    const { findings } = plan(planInput(wantsPrivate({ domains: [other, DOMAIN] }), see, ledger()));
    expect(findings.map(({ code }) => code)).not.toContain('zone-tag-unused');
  });

  it('names one of use', () => {
    const made = planned({}, { pinnedZones: [{ id: 'ZPUBLIC', zone: publicZone }] });
    expect(made.findings).toEqual([]);
  });
});

describe('delegation', () => {
  const own = ['ns-1.awsdns-01.com', 'ns-2.awsdns-02.net'];
  const others = ['ns1.registrar.test', 'ns2.registrar.test'];
  it.each<[string, Delegation, string | undefined]>([
    ['public DNS leads to the zone', { own, public: { kind: 'listed', names: own } }, undefined],
    ['one server in common', { own, public: { kind: 'listed', names: [...others, 'ns-1.awsdns-01.com'] } }, undefined],
    ['public DNS does not answer', { own, public: { kind: 'unknown' } }, undefined],
    ['the zone says nothing of its own servers', { own: [], public: { kind: 'listed', names: others } }, undefined],
    [
      'public DNS leads elsewhere',
      { own, public: { kind: 'listed', names: others } },
      'Public DNS gives ns1.registrar.test, ns2.registrar.test as the name servers of example.com, not those of the public zone example.com (ZPUBLIC): ns-1.awsdns-01.com, ns-2.awsdns-02.net.',
    ],
    [
      'no zone delegates to it',
      { own, public: { kind: 'none' } },
      'Public DNS has no name servers for example.com, so nothing leads to the public zone example.com (ZPUBLIC). Its name servers are ns-1.awsdns-01.com, ns-2.awsdns-02.net.',
    ],
    [
      'no zone delegates to it, and its own servers are not known',
      { own: [], public: { kind: 'none' } },
      'Public DNS has no name servers for example.com, so nothing leads to the public zone example.com (ZPUBLIC). Its name servers are unknown.',
    ],
    [
      'NS records in the zone take the name away, whatever public DNS says',
      { own, public: { kind: 'unknown' }, cut: { at: DOMAIN, names: others } },
      `NS records at ${DOMAIN} in the public zone example.com (ZPUBLIC) delegate ${DOMAIN} to other name servers: ns1.registrar.test, ns2.registrar.test. The name servers of this zone are ns-1.awsdns-01.com, ns-2.awsdns-02.net.`,
    ],
  ])('%s', (_, delegation, message) => {
    const pending = association({ status: 'pending_certificate_dns_validation' });
    for (const state of [{ association: undefined }, { association: pending }]) {
      const made = planned({ ...state, delegation });
      expect(made.findings.map((one) => one.message)).toEqual(message === undefined ? [] : [message]);
      expect(made.actions.length > 0).toBe(message === undefined);
    }
  });
});

describe('a validation record that public DNS does not show', () => {
  const pending = association({ status: 'pending_certificate_dns_validation' });
  const waiting = { association: pending, validation: domainState().validation };
  const planAfter = (minutes: number, open: readonly OpenFinding[] = []) =>
    planned(
      { ...waiting, publicValidation: { [VALIDATION_NAME]: { kind: 'none' } } },
      { at: START + minutes * 60_000 },
      open,
    );

  it('is worth knowing at once, and an error after fifteen minutes', () => {
    const first = planAfter(0);
    expect(first.findings).toMatchObject([{ code: 'zone-not-delegated', severity: 'info' }]);
    expect(first.waits).toMatchObject([{ kind: 'certificate', endsAt: START + 15 * 60_000 }]);
    const open = first.findings.map((one) => ({ ...one, since: START }));
    expect(planAfter(14, open).findings).toMatchObject([{ severity: 'info' }]);
    const late = planAfter(15, open);
    expect(late.findings).toMatchObject([{ code: 'zone-not-delegated', severity: 'error' }]);
    expect(late.waits[0]).not.toHaveProperty('endsAt');
  });

  it('with another value is reported with what is there', () => {
    const answer = { kind: 'value', value: 'elsewhere.test' } as const;
    const made = planned({ ...waiting, publicValidation: { [VALIDATION_NAME]: answer } });
    expect(said(made)).toContain(`is a CNAME to elsewhere.test, not to ${VALIDATION_VALUE}`);
  });

  it.each([
    ['seen', { kind: 'value', value: '_target1.acm-validations.aws' }],
    ['not answered', { kind: 'unknown' }],
  ] as const)('is not reported when it is %s', (_, answer) => {
    const made = planned({ ...waiting, publicValidation: { [VALIDATION_NAME]: answer } });
    expect(made.findings).toEqual([]);
  });
});
