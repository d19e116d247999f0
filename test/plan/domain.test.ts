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
  endpointAlias,
  ledger,
  observed,
  ownTxt,
  planInput,
  publicZone,
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
