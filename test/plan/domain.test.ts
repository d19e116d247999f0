import { describe, expect, it } from 'vitest';
import { writeAhead } from '../../shared/plan/action.ts';
import { associationsFingerprint } from '../../shared/plan/association.ts';
import { emptyLedger, type OwnedResources } from '../../shared/plan/ledger.ts';
import type { Association, DomainState, Observed } from '../../shared/plan/observed.ts';
import { plan } from '../../shared/plan/plan.ts';
import {
  addressRecord,
  appRunnerAlias,
  association,
  cname,
  DOMAIN,
  domainState,
  endpoint,
  endpointAlias,
  ledger,
  network,
  observed,
  ownTxt,
  planInput,
  publicZone,
  SERVICE_ARN,
  VALIDATION_NAME,
  VALIDATION_VALUE,
  validationCname,
  wantsDetached,
  wantsPrivate,
  writtenDomain,
} from '../fixtures.ts';

const attach = (state: Partial<DomainState>, known: OwnedResources = ledger(), more: Partial<Observed> = {}) =>
  plan(planInput(wantsPrivate(), observed({ domains: { [DOMAIN]: domainState(state) }, ...more }), known));
/** The domain is taken out of the tag; the service stays private. */
const takeOut = (domains: Observed['domains'], known: OwnedResources, wanted: readonly string[] = []) =>
  plan(planInput(wantsPrivate({ domains: wanted }), observed({ domains }), known));

const changes = ({ actions }: ReturnType<typeof plan>) =>
  actions.flatMap((action) =>
    action.kind === 'change-records'
      ? action.changes.map(({ action: verb, record }) => `${verb} ${record.type} ${record.name} in ${action.zoneId}`)
      : [action.kind],
  );
const waits = (made: ReturnType<typeof plan>) => made.waits.map(({ kind }) => kind);
const findings = (made: ReturnType<typeof plan>) => made.findings.map(({ code }) => code);

const createValidation = `CREATE CNAME ${VALIDATION_NAME} in ZPUBLIC`;
const deleteValidation = `DELETE CNAME ${VALIDATION_NAME} in ZPUBLIC`;
const second = { name: '_v2.app.example.com', value: '_target2.acm-validations.aws.' };
const nothingThere = { at: [], txt: undefined };

describe('planDomain: the association', () => {
  it.each<[string, Partial<DomainState>, readonly string[], readonly string[], readonly string[]]>([
    ['none', { association: undefined }, ['associate-domain'], [], []],
    [
      'just made, no records shown',
      { association: association({ status: 'creating', validation: [] }), validation: {} },
      [],
      ['validation-records', 'certificate'],
      [],
    ],
    [
      'records shown',
      { association: association({ status: 'creating' }), validation: {} },
      [createValidation],
      ['certificate'],
      [],
    ],
    [
      'validated, being bound',
      { association: association({ status: 'binding_certificate' }) },
      [],
      ['certificate'],
      [],
    ],
    [
      'create_failed',
      { association: association({ status: 'create_failed' }) },
      ['disassociate-domain'],
      [],
      ['certificate-failed'],
    ],
    [
      'delete_failed',
      { association: association({ status: 'delete_failed' }) },
      ['disassociate-domain'],
      [],
      ['certificate-failed'],
    ],
    ['going, and wanted again', { association: association({ status: 'deleting' }) }, [], ['disassociation'], []],
    ['active', {}, [], [], []],
    ['a status of tomorrow', { association: association({ status: 'thinking' }) }, [], ['certificate'], []],
  ])('%s', (_, state, now, waiting, found) => {
    const made = attach(state);
    expect(changes(made)).toEqual(now);
    expect(waits(made)).toEqual(waiting);
    expect(findings(made)).toEqual(found);
  });

  it('is checked by its status and its number of records', () => {
    const seen = (one: Association | undefined) => associationsFingerprint([DOMAIN], () => one);
    const one = seen(association({ status: 'creating', validation: [] }));
    expect(seen(association({ status: 'creating' }))).not.toBe(one);
    expect(seen(association({ status: 'active', validation: [] }))).not.toBe(one);
    expect(seen(undefined)).not.toBe(one);
  });
});

describe('planDomain: the wait for an association', () => {
  it('is checked with one call for all domains of the service', () => {
    const pending = domainState({ association: association({ status: 'pending_certificate_dns_validation' }) });
    const seen = observed({ domains: { 'b.example.com': domainState({ association: undefined }), [DOMAIN]: pending } });
    expect(plan(planInput(wantsPrivate(), seen)).waits).toMatchObject([
      {
        kind: 'certificate',
        subject: DOMAIN,
        condition: { check: 'domains', domains: [DOMAIN, 'b.example.com'] },
        expected: 'pending_certificate_dns_validation 1, none',
      },
    ]);
  });
});

describe('planDomain: whether the name may be had', () => {
  const bare = { association: undefined, records: { ZPRIVATE: nothingThere } };
  const caa = (names: readonly string[], property?: 'issuewild'): Partial<DomainState> => ({
    ...bare,
    issuers: { kind: 'listed', names, at: 'example.com', ...(property && { property }) },
  });
  it.each<[string, Partial<DomainState>, string | undefined]>([
    ['no CAA record', { ...bare, issuers: { kind: 'unrestricted' } }, undefined],
    ['no answer: App Runner will decide', { ...bare, issuers: { kind: 'unknown' } }, undefined],
    ['Amazon among others', caa(['letsencrypt.org', 'amazontrust.com']), undefined],
    [
      'others only',
      caa(['letsencrypt.org', 'pki.goog']),
      'issue records at example.com let letsencrypt.org, pki.goog issue',
    ],
    ['no issuer', caa([], 'issuewild'), 'issuewild records at example.com let no issuer issue'],
  ])('as CAA says: %s', (_, state, message) => {
    const made = attach(state, emptyLedger);
    expect(changes(made)).toEqual(message === undefined ? ['associate-domain'] : []);
    expect(made.findings.map(({ code, resource, domain }) => [code, resource, domain])).toEqual(
      message === undefined ? [] : [['caa-forbids', 'example.com', DOMAIN]],
    );
    if (message !== undefined) expect(made.findings[0]?.message).toContain(message);
  });

  it('asks for no certificate where no connection can come', () => {
    const failed = { network: network({ endpoints: [endpoint({ state: 'failed' })] }) };
    expect(changes(attach(bare, emptyLedger, failed))).toEqual([]);
  });

  it.each([
    [SERVICE_ARN, []],
    [`${SERVICE_ARN}x`, [['domain-held', SERVICE_ARN, DOMAIN]]],
  ])('is not while another service holds it: %s', (holder, found) => {
    const made = attach({}, ledger(), { claims: { [DOMAIN]: { holder, released: [] } } });
    expect(made.findings.map(({ code, resource, domain }) => [code, resource, domain])).toEqual(found);
  });

  describe('where a private zone carries the traffic', () => {
    const pending = association({ status: 'pending_certificate_dns_validation' });
    const PUBLIC_NAME = 'xyz789.ap-northeast-1.awsapprunner.com';
    const stranger = { at: [addressRecord(DOMAIN, '192.0.2.1')], txt: undefined };
    const own = { at: [cname(DOMAIN, `${PUBLIC_NAME}.`)], txt: undefined };
    it.each<[string, Partial<DomainState>, OwnedResources, boolean]>([
      [
        'a public name of another owner gets no certificate',
        { association: undefined, publicRecords: stranger },
        emptyLedger,
        false,
      ],
      [
        'nor one that the stack had, and others changed',
        { association: pending, publicRecords: stranger },
        ledger({
          domains: {
            [DOMAIN]: writtenDomain({ associated: false, records: [{ zoneId: 'ZPUBLIC', record: appRunnerAlias() }] }),
          },
        }),
        false,
      ],
      ['nor one that its owner has begun', { association: pending, publicRecords: stranger }, emptyLedger, false],
      ['but one that is issued already', { publicRecords: stranger }, emptyLedger, true],
      ['or one that the stack has begun', { association: pending, publicRecords: stranger }, ledger(), true],
      [
        'a public name that leads to the service gets one',
        { association: undefined, publicRecords: own },
        emptyLedger,
        true,
      ],
      [
        'a public name without records gets one',
        { association: undefined, publicRecords: nothingThere },
        emptyLedger,
        true,
      ],
    ])('%s', (_, state, known, isHad) => {
      const made = attach({ ...state, validation: {} }, known, { serviceNames: [PUBLIC_NAME] });
      const [action] = made.actions;
      expect(action?.kind).toBe(
        isHad
          ? state.association === undefined && 'association' in state
            ? 'associate-domain'
            : 'change-records'
          : undefined,
      );
      expect(
        made.findings.flatMap(({ code, resource, domain }) => (code === 'record-foreign' ? [[resource, domain]] : [])),
      ).toEqual(isHad ? [] : [[`ZPUBLIC/${DOMAIN}`, DOMAIN]]);
    });
  });
});

describe('planDomain: a new certificate that was asked for', () => {
  const asked = (domains: Observed['domains'], reassociate: readonly string[] = [DOMAIN]) =>
    changes(
      plan(planInput(wantsPrivate({ domains: Object.keys(domains), reassociate }), observed({ domains }), ledger())),
    );
  const WWW = `www.${DOMAIN}`;
  const covered = domainState({
    association: association({ coveredBy: DOMAIN, unvalidated: ['FAILED'] }),
    records: { ZPRIVATE: { at: [endpointAlias(WWW)], txt: ownTxt(WWW) } },
  });

  it('begins with the disassociation, and the tag goes once each of its names is going', () => {
    expect(asked({ [DOMAIN]: domainState() })).toEqual(['disassociate-domain']);
    expect(asked({ [DOMAIN]: domainState({ association: association({ status: 'deleting' }) }) })).toEqual([
      'remove-tag',
    ]);
    expect(asked({ [DOMAIN]: domainState({ association: undefined }) })).toEqual(['associate-domain', 'remove-tag']);
    const other = { 'api.example.com': domainState({ association: association({ status: 'deleting' }) }) };
    expect(asked({ [DOMAIN]: domainState(), ...other }, [DOMAIN, 'api.example.com'])).toEqual(['disassociate-domain']);
  });

  it('is none of a name that another association covers', () => {
    expect(asked({ [DOMAIN]: domainState(), [WWW]: covered }, [WWW])).toEqual([]);
  });

  it('is worth asking for where App Runner cannot renew what it has, covered or not', () => {
    const domains = { [DOMAIN]: domainState(), [WWW]: covered };
    const made = plan(planInput(wantsPrivate({ domains: [DOMAIN, WWW] }), observed({ domains }), ledger()));
    expect(made.findings).toMatchObject([{ code: 'certificate-not-renewing', domain: WWW }]);
  });
});

describe('planDomain: the validation records', () => {
  it.each<[string, Partial<DomainState>, readonly string[], readonly string[]]>([
    ['lost later', { validation: { ZPUBLIC: [] } }, [createValidation], []],
    ['standing in the private zone only', { validation: { ZPRIVATE: [validationCname] } }, [createValidation], []],
    ['equal with another TTL', { validation: { ZPUBLIC: [cname(VALIDATION_NAME, VALIDATION_VALUE, 60)] } }, [], []],
    [
      'equal but for the final dot and case',
      { validation: { ZPUBLIC: [cname(VALIDATION_NAME, '_TARGET1.acm-validations.aws')] } },
      [],
      [],
    ],
    [
      'another CNAME there',
      { validation: { ZPUBLIC: [cname(VALIDATION_NAME, 'x.test.')] } },
      [],
      ['validation-record-foreign'],
    ],
    [
      'an A record there',
      { validation: { ZPUBLIC: [addressRecord(VALIDATION_NAME, '192.0.2.1')] } },
      [],
      ['validation-record-foreign'],
    ],
    [
      'one of two lost',
      { association: association({ validation: [{ name: VALIDATION_NAME, value: VALIDATION_VALUE }, second] }) },
      ['CREATE CNAME _v2.app.example.com in ZPUBLIC'],
      [],
    ],
    [
      'one foreign, one missing: the missing one is made',
      {
        association: association({ validation: [{ name: VALIDATION_NAME, value: VALIDATION_VALUE }, second] }),
        validation: { ZPUBLIC: [cname(VALIDATION_NAME, 'x.test.')] },
      },
      ['CREATE CNAME _v2.app.example.com in ZPUBLIC'],
      ['validation-record-foreign'],
    ],
    ['active, and none shown', { association: association({ validation: [] }), validation: {} }, [], []],
  ])('%s', (_, state, now, found) => {
    const made = attach(state);
    expect(changes(made)).toEqual(now);
    expect(findings(made)).toEqual(found);
  });

  it('are made once where two domains share one', () => {
    const other = 'api.example.com';
    const state = domainState({ association: association({ status: 'creating' }), validation: {} });
    const see = observed({ domains: { [DOMAIN]: state, [other]: state } });
    const { actions } = plan(planInput(wantsPrivate({ domains: [DOMAIN, other] }), see));
    // The second batch is refused as "already exists" and observed again: at least the first one carries the record.
    expect(actions.filter((action) => action.kind === 'change-records').length).toBeGreaterThanOrEqual(1);
  });
});

describe('planDomainRemoval', () => {
  const gone = { records: { ZPRIVATE: nothingThere } };
  const disassociated = { ...gone, association: undefined };
  it.each<
    [
      string,
      Partial<DomainState>,
      OwnedResources,
      readonly string[],
      readonly string[],
      readonly string[],
      readonly string[],
    ]
  >([
    [
      'published',
      {},
      ledger(),
      [`DELETE A ${DOMAIN} in ZPRIVATE`, `DELETE TXT _private-ingress.${DOMAIN} in ZPRIVATE`],
      [],
      [],
      [],
    ],
    ['withdrawn', gone, ledger(), ['disassociate-domain'], [], [], []],
    [
      'being disassociated',
      { ...gone, association: association({ status: 'deleting' }) },
      ledger(),
      [],
      ['disassociation'],
      [],
      [],
    ],
    [
      'delete_failed: again',
      { ...gone, association: association({ status: 'delete_failed' }) },
      ledger(),
      ['disassociate-domain'],
      [],
      [],
      [],
    ],
    ['disassociated', disassociated, ledger(), [deleteValidation], [], [], []],
    ['nothing left', { ...disassociated, validation: {} }, ledger(), [], [], [], [DOMAIN]],
    [
      'changed by others: left, and reported',
      { records: { ZPRIVATE: { at: [addressRecord(DOMAIN, '192.0.2.1')], txt: ownTxt() } } },
      ledger(),
      [`DELETE TXT _private-ingress.${DOMAIN} in ZPRIVATE`],
      [],
      ['record-left'],
      [],
    ],
    [
      'changed by others, with the TXT',
      {
        ...disassociated,
        validation: {},
        records: { ZPRIVATE: { at: [addressRecord(DOMAIN, '192.0.2.1')], txt: undefined } },
      },
      ledger(),
      [],
      [],
      // It is reported until a person has removed it.
      ['record-left'],
      [],
    ],
    [
      'associated by others: stays, with the records it needs',
      gone,
      ledger({ domains: { [DOMAIN]: writtenDomain({ associated: false }) } }),
      [],
      [],
      [],
      [],
    ],
    [
      'a validation record that is not ours stays',
      disassociated,
      ledger({ domains: { [DOMAIN]: writtenDomain({ validation: [] }) } }),
      [],
      [],
      [],
      [DOMAIN],
    ],
    [
      'a validation record that others have changed stays',
      { ...disassociated, validation: { ZPUBLIC: [cname(VALIDATION_NAME, 'x.test.')] } },
      ledger(),
      [],
      [],
      [],
      [DOMAIN],
    ],
    [
      'a record like ours in a zone that was not written to stays',
      { ...disassociated, validation: { ZPRIVATE: [validationCname] } },
      ledger(),
      [],
      [],
      [],
      [DOMAIN],
    ],
  ])('%s', (_, state, known, now, waiting, found, forgotten) => {
    const made = takeOut({ [DOMAIN]: domainState(state) }, known);
    expect(changes(made)).toEqual(now);
    expect(waits(made)).toEqual(waiting);
    expect(findings(made)).toEqual(found);
    expect(made.forget).toEqual(forgotten);
  });

  it.each<[string, OwnedResources, string]>([
    ['that others have changed', ledger(), `ZPRIVATE/${DOMAIN}`],
    [
      'in a zone that may not be written any more',
      ledger({ domains: { [DOMAIN]: writtenDomain({ records: [{ zoneId: 'ZOTHER', record: endpointAlias() }] }) } }),
      'ZOTHER',
    ],
  ])('names the record %s', (_, known, resource) => {
    const changed = { ZPRIVATE: { at: [addressRecord(DOMAIN, '192.0.2.1')], txt: undefined } };
    const made = takeOut({ [DOMAIN]: domainState({ ...disassociated, records: changed, validation: {} }) }, known);
    expect(made.findings).toMatchObject([{ resource, domain: DOMAIN }]);
  });

  it('takes out what the stack would write now, where its ledger knows nothing of the zone', () => {
    const records = {
      ZPUBLIC: { at: [appRunnerAlias()], txt: ownTxt() },
      ZPRIVATE: { at: [endpointAlias()], txt: ownTxt() },
    };
    const known = ledger({ domains: { [DOMAIN]: writtenDomain({ records: [] }) } });
    expect(
      changes(takeOut({ [DOMAIN]: domainState({ records }) }, known)).filter((one) => one.includes(' A ')),
    ).toEqual([`DELETE A ${DOMAIN} in ZPUBLIC`, `DELETE A ${DOMAIN} in ZPRIVATE`]);
    const pending = network({ endpoints: [endpoint({ state: 'pending', name: undefined })] });
    const made = plan(
      planInput(
        wantsDetached(),
        observed({ domains: { [DOMAIN]: domainState({ records }) }, network: pending }),
        known,
      ),
    );
    expect(changes(made)).toEqual([
      `DELETE A ${DOMAIN} in ZPUBLIC`,
      `DELETE TXT _private-ingress.${DOMAIN} in ZPUBLIC`,
      `DELETE TXT _private-ingress.${DOMAIN} in ZPRIVATE`,
    ]);
  });

  it('writes again what led to the public service, in the zone where it was, and says so', () => {
    const replaced = [
      { zoneId: 'ZPRIVATE', record: cname(DOMAIN, 'one.test.') },
      { zoneId: 'ZPUBLIC', record: cname(DOMAIN, 'two.test.') },
    ];
    const known = ledger({ domains: { [DOMAIN]: writtenDomain({ replaced }) } });
    const made = (restorePublic: boolean, noted: OwnedResources) =>
      plan(planInput(wantsDetached({ restorePublic }), observed(), noted)).actions;
    expect(made(true, known)).toMatchObject([
      {
        changes: [{ action: 'DELETE' }, { action: 'DELETE' }, { action: 'CREATE', record: replaced[0]?.record }],
        why: `${DOMAIN} leads to the public service again`,
      },
    ]);
    const removal = [{ changes: [{ action: 'DELETE' }, { action: 'DELETE' }], why: `${DOMAIN} is no longer wanted` }];
    expect(made(false, known)).toMatchObject(removal);
    expect(made(true, { ...known, madePrivate: false })).toMatchObject(removal);
  });

  it('does not go on while a name of the ledger was not observed', () => {
    expect(plan(planInput(wantsDetached(), observed({ domains: {} }), ledger())).actions).toEqual([]);
  });

  it('takes records out of every zone they were written to', () => {
    const two = writtenDomain({
      records: [
        { zoneId: 'ZPRIVATE', record: endpointAlias() },
        { zoneId: 'ZPRIVATE', record: ownTxt() },
        { zoneId: 'ZPUBLIC', record: appRunnerAlias() },
        { zoneId: 'ZPUBLIC', record: ownTxt() },
      ],
    });
    const there = {
      ZPRIVATE: { at: [endpointAlias()], txt: ownTxt() },
      ZPUBLIC: { at: [appRunnerAlias()], txt: ownTxt() },
    };
    const made = takeOut({ [DOMAIN]: domainState({ records: there }) }, ledger({ domains: { [DOMAIN]: two } }));
    expect(made.actions).toMatchObject([{ zoneId: 'ZPRIVATE' }, { zoneId: 'ZPUBLIC' }]);
  });

  it('leaves www and everything else beside the name', () => {
    const beside = [
      { ...addressRecord(DOMAIN, '192.0.2.1'), type: 'MX' },
      { ...addressRecord(DOMAIN, '192.0.2.1'), type: 'TXT' },
      { ...addressRecord(DOMAIN, '192.0.2.1'), setIdentifier: 'blue' },
    ];
    const records = { ZPRIVATE: { at: [endpointAlias(), ...beside], txt: ownTxt() } };
    const made = takeOut({ [DOMAIN]: domainState({ records }) }, ledger());
    expect(changes(made)).toEqual([
      `DELETE A ${DOMAIN} in ZPRIVATE`,
      `DELETE TXT _private-ingress.${DOMAIN} in ZPRIVATE`,
    ]);
  });
});

describe('a validation record that two domains share', () => {
  const other = '*.app.example.com';
  const known = ledger({
    domains: {
      [DOMAIN]: writtenDomain({ records: [] }),
      [other]: writtenDomain({ records: [], validation: [] }),
    },
  });
  const without = domainState({ records: {}, association: undefined });
  const alive = domainState({ records: {}, trafficZone: publicZone });

  it('stays, in the ledger too, when the first one goes', () => {
    const made = takeOut({ [DOMAIN]: without, [other]: alive }, known, [other]);
    expect(changes(made).filter((change) => change.startsWith('DELETE'))).toEqual([]);
    expect(made.forget).toEqual([]);
  });

  it('stays while the last one is being disassociated', () => {
    const going = domainState({ records: {}, association: association({ status: 'deleting' }) });
    const made = takeOut({ [DOMAIN]: without, [other]: going }, known);
    expect(changes(made)).toEqual([]);
    expect(waits(made)).toEqual(['disassociation']);
  });

  it('goes with the last one', () => {
    const made = takeOut({ [DOMAIN]: without, [other]: domainState({ ...without, validation: {} }) }, known);
    expect(changes(made)).toEqual([deleteValidation]);
    expect(made.forget).toEqual([other]);
  });

  it('does not delay the connection when it has to stay for a foreign association', () => {
    const theirs = ledger({ domains: { [DOMAIN]: writtenDomain({ associated: false, records: [] }) } });
    const made = plan(planInput(wantsDetached(), observed({ domains: { [DOMAIN]: alive } }), theirs));
    expect(changes(made)).toEqual(['delete-connection']);
    expect(made.forget).toEqual([]);
  });
});

describe('an equal validation CNAME that already stood', () => {
  it('is satisfied, never recorded as ours, and so never deleted', () => {
    const state = domainState({
      association: association({ status: 'pending_certificate_dns_validation' }),
      records: {},
    });
    const made = plan(planInput(wantsPrivate(), observed({ domains: { [DOMAIN]: state } })));
    expect(made.actions).toEqual([]);
    const known = made.actions.reduce(writeAhead, emptyLedger);
    const later = takeOut({ [DOMAIN]: domainState({ records: {}, association: undefined }) }, known);
    expect(later.actions).toEqual([]);
  });
});
