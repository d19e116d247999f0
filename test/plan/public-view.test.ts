import { describe, expect, it } from 'vitest';
import { emptyLedger } from '../../shared/plan/ledger.ts';
import type { DomainState, Observed } from '../../shared/plan/observed.ts';
import { plan } from '../../shared/plan/plan.ts';
import {
  addressRecord,
  aliasRecord,
  association,
  CONNECTION_NAME,
  cname,
  DOMAIN,
  domainState,
  observed,
  planInput,
  present,
  publicZone,
  START,
  wantsPrivate,
} from '../fixtures.ts';

const PUBLIC_NAME = 'xyz789.ap-northeast-1.awsapprunner.com';
const toPublic = cname(DOMAIN, `${PUBLIC_NAME}.`);
const toConnection = aliasRecord(DOMAIN, CONNECTION_NAME, 'Z08491812XW6IPYLR6CCA');
const wildcard = cname('*.example.com', `${PUBLIC_NAME}.`);
const stranger = addressRecord(DOMAIN, '192.0.2.1');
const mail = { ...stranger, type: 'MX' };
const at = (...records: DomainState['records'][string]['at']) => ({ at: records, txt: undefined });

/** What is found of the name, given its records in the private zone and in the public one. */
function found(state: Partial<DomainState>, change: Partial<Observed> = {}) {
  const see = observed({
    serviceNames: [PUBLIC_NAME, CONNECTION_NAME],
    domains: { [DOMAIN]: domainState(state) },
    ...change,
  });
  return plan(planInput(wantsPrivate(), see, emptyLedger));
}

describe('a name leads to the public service', () => {
  const public_ = { service: present({ isPublic: true }), connections: [], answer: undefined };
  const inPublic = { trafficZone: publicZone, association: association({ target: undefined }) };
  it.each<[string, Partial<DomainState>, boolean]>([
    ['by its own record', { ...inPublic, records: { ZPUBLIC: at(toPublic) } }, true],
    [
      'by its record in the public zone, though a private zone answers too',
      { records: { ZPRIVATE: at() }, publicRecords: at(toPublic) },
      true,
    ],
    [
      'by a wildcard, where it has no record of its own',
      { ...inPublic, records: { ZPUBLIC: at() }, wildcard: [wildcard] },
      true,
    ],
    [
      'by a wildcard, where it has mail only',
      { ...inPublic, records: { ZPUBLIC: at(mail) }, wildcard: [wildcard] },
      true,
    ],
    [
      'by a wildcard in the public zone alone',
      { records: { ZPRIVATE: at() }, publicRecords: at(), wildcard: [wildcard] },
      true,
    ],
    [
      'not by a wildcard, where the public zone has the name',
      { records: { ZPRIVATE: at() }, publicRecords: at(stranger), wildcard: [wildcard] },
      false,
    ],
    [
      'not by a wildcard that leads elsewhere',
      { ...inPublic, records: { ZPUBLIC: at() }, wildcard: [cname('*.example.com', 'x.test.')] },
      false,
    ],
    ['not without records', { ...inPublic, records: { ZPUBLIC: at() } }, false],
    [
      'not by the name of its connection, which stays',
      { ...inPublic, association: association({ target: CONNECTION_NAME }), records: { ZPUBLIC: at(toConnection) } },
      false,
    ],
  ])('%s', (_, state, leads) => {
    const made = found({ validation: domainState().validation, ...state }, public_);
    const said = JSON.stringify([made.actions.map(({ why }) => why), made.findings.map(({ message }) => message)]);
    expect(said.includes(`${DOMAIN} leads to it today`)).toBe(leads);
  });

  it('not by the name of a connection that stands already', () => {
    const state = { ...inPublic, records: { ZPUBLIC: at(toConnection) } };
    const { actions } = found(state, { service: present({ isPublic: true, createdAt: START }) });
    expect(actions.find(({ kind }) => kind === 'make-private')?.why).not.toContain('leads to it');
  });
});

describe('a public record that leads to the public name', () => {
  const dead = (publicRecords: DomainState['publicRecords'], change: Partial<Observed> = {}) =>
    found(publicRecords === undefined ? {} : { publicRecords }, change).findings.map(
      ({ code, resource, domain, message }) => ({
        code,
        resource,
        domain,
        message,
      }),
    );

  it('is reported, and whether it answers still', () => {
    expect(dead(at(toPublic, mail))).toEqual([
      {
        code: 'public-record-dead',
        resource: `ZPUBLIC/${DOMAIN}`,
        domain: DOMAIN,
        message: `${DOMAIN} CNAME ${PUBLIC_NAME}. in the public zone example.com (ZPUBLIC) leads to the service's own public name, which does not answer.`,
      },
    ]);
    expect(dead(at(toPublic), { service: present({ isPublic: true }) })[0]?.message).toContain(
      'which stops answering once it is private',
    );
  });

  it('is none where it leads elsewhere, to the connection, or where there is none', () => {
    expect([dead(at(cname(DOMAIN, 'x.test.'))), dead(at(toConnection)), dead(at()), dead(undefined)]).toEqual([
      [],
      [],
      [],
      [],
    ]);
  });
});

describe('a wildcard that a validation CNAME hides', () => {
  const hidden = (state: Partial<DomainState>) =>
    found(state).findings.flatMap(({ code, resource, message }) =>
      code === 'wildcard-hidden' ? [{ resource, message }] : [],
    );
  const others = [addressRecord('*.example.com', '192.0.2.1')];

  it('is reported for as long as the name has no record', () => {
    const [apart] = hidden({ wildcard: others, publicRecords: at() });
    expect(apart?.resource).toBe(`ZPUBLIC/${DOMAIN}`);
    expect(apart?.message).toContain(`does not answer for ${DOMAIN} once its validation CNAME exists.`);
    const [same] = hidden({ wildcard: others, trafficZone: publicZone, records: { ZPUBLIC: at() } });
    expect(same?.message).toContain('once its validation CNAME exists until the alias is published.');
    expect(hidden({ wildcard: others })).toHaveLength(1);
  });

  it('is none where the name has records, or the wildcard sends no traffic', () => {
    expect(hidden({ wildcard: others, publicRecords: at(mail) })).toEqual([]);
    expect(hidden({ wildcard: [{ ...mail, name: '*.example.com' }], publicRecords: at() })).toEqual([]);
    expect(hidden({ publicRecords: at() })).toEqual([]);
  });
});
