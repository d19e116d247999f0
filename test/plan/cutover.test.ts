import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../shared/duration.ts';
import { finding, type OpenFinding } from '../../shared/findings.ts';
import { confirmWritten, describeAction, writeAhead } from '../../shared/plan/action.ts';
import { emptyLedger, type OwnedResources, ownedDomain } from '../../shared/plan/ledger.ts';
import type { DomainState, Observed } from '../../shared/plan/observed.ts';
import { plan } from '../../shared/plan/plan.ts';
import type { PlanInput } from '../../shared/plan/plan-builder.ts';
import type { Cutover } from '../../shared/policy/policy.ts';
import type { RecordSet } from '../../shared/records/record-set.ts';
import {
  addressRecord,
  aliasRecord,
  appRunnerAlias,
  association,
  cname,
  connection,
  DOMAIN,
  domainState,
  endpoint,
  endpointInputs,
  network,
  observed,
  ownTxt,
  planInput,
  present,
  publicZone,
  rules,
  SERVICE_ARN,
  START,
  VALIDATION_NAME,
  validationCname,
  wantsDetached,
  wantsPrivate,
} from '../fixtures.ts';

const PUBLIC_NAME = 'xyz789.ap-northeast-1.awsapprunner.com';
const APP_RUNNER_ZONE = 'Z08491812XW6IPYLR6CCA';
/** As the App Runner console writes it, and as Copilot and Terraform do. */
const aliasToPublic = aliasRecord(DOMAIN, PUBLIC_NAME, APP_RUNNER_ZONE);
const cnameToPublic = cname(DOMAIN, `${PUBLIC_NAME}.`);
const heritage = (name: string): RecordSet => ({
  name,
  type: 'TXT',
  content: {
    kind: 'values',
    ttl: 300,
    values: ['"heritage=external-dns,external-dns/owner=blue,external-dns/resource=x"'],
  },
});

/** The live service of everyday: public, its domain active, its record in the public zone. */
const live = (record: RecordSet = aliasToPublic, change: Partial<DomainState> = {}): Partial<Observed> => ({
  service: present({ isPublic: true, createdAt: START - 30 * DAY, publicName: PUBLIC_NAME }),
  connections: [],
  answer: undefined,
  serviceNames: [PUBLIC_NAME],
  associated: [DOMAIN],
  domains: {
    [DOMAIN]: domainState({
      trafficZone: publicZone,
      association: association({ target: undefined }),
      records: { ZPUBLIC: { at: [record], txt: undefined } },
      ...change,
    }),
  },
});
/** The same once it is private and the way in works. */
const cut = (record: RecordSet = aliasToPublic): Partial<Observed> => ({
  ...live(record),
  service: present({ createdAt: START - 30 * DAY }),
  connections: [connection()],
  answer: observed().answer,
  serviceNames: [PUBLIC_NAME, connection().domainName],
});

const planned = (
  seen: Partial<Observed>,
  {
    ledger = emptyLedger,
    cutover = 'auto',
    ...more
  }: { ledger?: OwnedResources; cutover?: Cutover } & Partial<
    Pick<PlanInput, 'required' | 'askedAt' | 'findings'>
  > = {},
) =>
  plan({
    ...planInput(wantsPrivate(), observed(seen), ledger, { rules: rules({ cutover }) }),
    ...more,
  });
const kinds = ({ actions }: ReturnType<typeof plan>) => actions.map(({ kind }) => kind);
const codes = ({ findings }: ReturnType<typeof plan>) => findings.map(({ code }) => code);
const whyOf = ({ actions }: ReturnType<typeof plan>, kind: string) => actions.find((one) => one.kind === kind)?.why;
const messageOf = ({ findings }: ReturnType<typeof plan>, code: string) =>
  findings.find((one) => one.code === code)?.message;
const open = (code: Parameters<typeof finding>[0], resource: string, message: string): OpenFinding => ({
  ...finding(code, { resource, message }),
  since: START,
});

describe('a live service', () => {
  it.each([
    ['alias A', aliasToPublic],
    ['CNAME', cnameToPublic],
  ])('is cut at once when its record is an %s that can be taken over', (_, record) => {
    const made = planned(live(record));
    expect(kinds(made)).toEqual(['make-private']);
    const why = whyOf(made, 'make-private');
    expect(why).toContain(`${DOMAIN} leads to it today`);
    expect(why).toContain(`${DOMAIN} and ${PUBLIC_NAME} stop answering publicly`);
    expect(why).toContain('about 5 to 10 minutes');
  });

  it('says before the endpoint exists that it will be cut, and what will stop answering', () => {
    const made = planned({ ...live(), network: network({ endpoints: [], endpointInputs }) });
    expect(kinds(made)).toEqual(['create-endpoint']);
    expect(messageOf(made, 'cutover-ahead')).toContain(`${DOMAIN} and ${PUBLIC_NAME} stop answering publicly`);
  });

  it('names associated domains that the tags do not list among what stops answering', () => {
    const made = planned({ ...live(), associated: [DOMAIN, 'old.example.com'] });
    expect(whyOf(made, 'make-private')).toContain('old.example.com');
  });

  it.each<[string, Partial<Observed>, string]>([
    [
      'its record belongs to another tool',
      live(aliasToPublic, { records: { ZPUBLIC: { at: [aliasToPublic, heritage(DOMAIN)], txt: undefined } } }),
      'record-foreign',
    ],
    [
      'its CNAME belongs to another tool',
      live(cnameToPublic, {
        records: { ZPUBLIC: { at: [cnameToPublic], txt: undefined, registry: [heritage(`cname-${DOMAIN}`)] } },
      }),
      'record-foreign',
    ],
    [
      'its zone is not allowed',
      live(aliasToPublic, {
        trafficZone: { ...publicZone, id: 'ZOTHER' },
        records: { ZOTHER: { at: [aliasToPublic], txt: undefined } },
      }),
      'zone-not-allowed',
    ],
    [
      'its certificate failed',
      live(aliasToPublic, { association: association({ status: 'create_failed' }) }),
      'certificate-failed',
    ],
    [
      'the endpoint is closed',
      { ...live(), network: network({ endpoints: [endpoint({ allowsHttps: false })] }) },
      'endpoint-closed',
    ],
    ['its name is taken', live(addressRecord(DOMAIN, '192.0.2.1')), 'record-foreign'],
  ])('stays public while %s', (_, seen, code) => {
    const made = planned(seen);
    expect(kinds(made)).not.toContain('make-private');
    expect(codes(made)).toEqual(expect.arrayContaining([code, 'still-public']));
    expect(messageOf(made, 'still-public')).toContain(code);
    expect(made.findings.find((one) => one.code === 'still-public')?.severity).toBe('warning');
  });

  it('names the owner that a heritage TXT names', () => {
    const seen = live(aliasToPublic, {
      records: { ZPUBLIC: { at: [aliasToPublic, heritage(DOMAIN)], txt: undefined } },
    });
    expect(messageOf(planned(seen), 'record-foreign')).toContain('external-dns, owner "blue"');
  });

  it('waits for the certificate of a name that leads to it', () => {
    const made = planned(live(aliasToPublic, { association: association({ status: 'binding_certificate' }) }));
    expect(kinds(made)).not.toContain('make-private');
    expect(codes(made)).not.toContain('still-public');
    expect(made.phase).toBe('waiting-for-certificate');
  });

  it('does not wait for the certificate of another name, once App Runner has accepted it', () => {
    const unpublished = { at: [], txt: undefined };
    const pending = {
      association: association({ status: 'pending_certificate_dns_validation' }),
      records: { ZPUBLIC: unpublished },
    };
    expect(kinds(planned(live(aliasToPublic, pending)))).toContain('make-private');
    const unknown = { association: undefined, records: { ZPUBLIC: unpublished } };
    expect(kinds(planned(live(aliasToPublic, unknown)))).toEqual(['associate-domain']);
  });

  it('stays public while App Runner refuses a name', () => {
    const unknown = { association: undefined, records: { ZPUBLIC: { at: [], txt: undefined } } };
    const refusal = open('domain-taken', `${SERVICE_ARN}#associate-domain:${DOMAIN}`, 'it is taken');
    const made = planned(live(aliasToPublic, unknown), { findings: [refusal] });
    expect(messageOf(made, 'still-public')).toContain('it is taken');
    expect(kinds(made)).toEqual(['associate-domain']);
  });

  it('is made private again at once when it was ready before', () => {
    const ledger = { ...emptyLedger, cutover: { managedSince: START - DAY, wasReady: true } };
    expect(kinds(planned(live(addressRecord(DOMAIN, '192.0.2.1')), { ledger }))).toEqual(['make-private']);
  });

  it('is made private whatever follows under `immediately`', () => {
    const made = planned(live(addressRecord(DOMAIN, '192.0.2.1')), { cutover: 'immediately' });
    expect(kinds(made)).toEqual(['make-private']);
    expect(codes(made)).toEqual(['record-foreign']);
  });
});

describe('a service without a name that leads to it', () => {
  const taken = live(addressRecord(DOMAIN, '192.0.2.1'));
  const created = (age: number): Partial<Observed> => ({
    ...taken,
    service: present({ isPublic: true, createdAt: START - age, publicName: PUBLIC_NAME }),
  });
  it.each([
    ['new', 59 * MINUTE, true],
    ['older than an hour', 61 * MINUTE, false],
  ])('that is %s', (_, age, isCut) => {
    expect(kinds(planned(created(age))).includes('make-private')).toBe(isCut);
  });

  it('stays new however long its typo stands', () => {
    const ledger = { ...emptyLedger, cutover: { managedSince: START - DAY, wasReady: false } };
    expect(kinds(planned(created(DAY + MINUTE), { ledger }))).toEqual(['make-private']);
  });
});

describe('a service that the policy requires to be private', () => {
  const failed = live(aliasToPublic, { association: association({ status: 'create_failed' }) });

  it('is held by a name that leads to it, with an error', () => {
    const made = planned(failed, { required: true });
    expect(kinds(made)).not.toContain('make-private');
    expect(made.findings.find(({ code }) => code === 'still-public')?.severity).toBe('error');
    expect(made.cutover?.heldSince).toBe(START);
    expect(made.waits).toContainEqual(expect.objectContaining({ kind: 'grace', endsAt: START + 7 * DAY }));
  });

  it('is cut after the deadline, with an error', () => {
    const ledger = { ...emptyLedger, cutover: { managedSince: START, wasReady: false, heldSince: START - 7 * DAY } };
    const made = planned(failed, { required: true, ledger });
    expect(kinds(made)).toContain('make-private');
    expect(codes(made)).toContain('cut-after-deadline');
  });

  it.each<[string, Partial<Observed>]>([
    ['is taken', live(addressRecord(DOMAIN, '192.0.2.1'))],
    [
      'has a forged TXT',
      live(addressRecord(DOMAIN, '192.0.2.1'), {
        records: { ZPUBLIC: { at: [addressRecord(DOMAIN, '192.0.2.1')], txt: ownTxt() } },
      }),
    ],
  ])('is not held by a name that %s', (_, seen) => {
    expect(kinds(planned(seen, { required: true }))).toEqual(['make-private']);
  });
});

describe('the takeover', () => {
  it.each([
    ['alias A', aliasToPublic],
    ['CNAME', cnameToPublic],
  ])('replaces the %s in one batch with the ownership record once the way in works', (_, record) => {
    const made = planned(cut(record));
    const [action] = made.actions;
    if (action?.kind !== 'change-records') throw new Error('nothing is changed');
    expect(made.actions).toHaveLength(1);
    expect(action.changes).toEqual([
      { action: 'DELETE', record },
      { action: 'CREATE', record: appRunnerAlias() },
      { action: 'CREATE', record: ownTxt() },
    ]);
    expect(describeAction(action)).toContain(`delete ${record.type} ${DOMAIN}`);
    const ledger = confirmWritten(writeAhead(emptyLedger, action), action);
    expect(ownedDomain(ledger, DOMAIN).replaced).toEqual([{ zoneId: 'ZPUBLIC', record }]);
  });

  it('is reverted by restore-public, and leaves nothing of ours', () => {
    const [action] = planned(cut()).actions;
    if (action?.kind !== 'change-records') throw new Error('nothing is changed');
    const ledger = { ...confirmWritten(writeAhead(emptyLedger, action), action), madePrivate: true };
    const standing = {
      ...cut(),
      domains: {
        [DOMAIN]: domainState({
          trafficZone: undefined,
          records: { ZPUBLIC: { at: [appRunnerAlias()], txt: ownTxt() } },
        }),
      },
    };
    const undone = plan(planInput(wantsDetached({ restorePublic: true }), observed(standing), ledger)).actions[0];
    if (undone?.kind !== 'change-records') throw new Error('nothing is changed');
    expect(undone.changes).toEqual([
      { action: 'DELETE', record: appRunnerAlias() },
      { action: 'DELETE', record: ownTxt() },
      { action: 'CREATE', record: aliasToPublic },
    ]);
    const after = confirmWritten(writeAhead(ledger, undone), undone);
    expect(ownedDomain(after, DOMAIN).records).toEqual([]);
    const kept = plan(planInput(wantsDetached({ restorePublic: false }), observed(standing), ledger)).actions[0];
    expect(kept?.kind === 'change-records' && kept.changes.map((one) => one.action)).toEqual(['DELETE', 'DELETE']);
  });

  it('leaves a restored record alone, should the answer have been lost', () => {
    const [action] = planned(cut()).actions;
    if (action?.kind !== 'change-records') throw new Error('nothing is changed');
    const ledger = { ...writeAhead(emptyLedger, action), madePrivate: true };
    const restored = {
      ...cut(),
      domains: {
        [DOMAIN]: domainState({
          trafficZone: undefined,
          records: { ZPUBLIC: { at: [aliasToPublic], txt: undefined } },
        }),
      },
    };
    const made = plan(planInput(wantsDetached({ restorePublic: true }), observed(restored), ledger));
    expect(kinds(made)).not.toContain('change-records');
    expect(codes(made)).not.toContain('record-left');
  });
});

describe('the way back', () => {
  const gone: Partial<Observed> = { ...cut(), connections: [], answer: undefined };
  const ledger = { ...emptyLedger, madePrivate: true, cutover: { managedSince: START, wasReady: false } };
  const denied = open(
    'access-denied',
    `${SERVICE_ARN}#create-connection`,
    'apprunner:CreateVpcIngressConnection is denied',
  );

  it('makes the service public again when the connection is denied', () => {
    const made = planned(gone, { ledger, findings: [denied] });
    expect(kinds(made)).toEqual(['make-public']);
    expect(messageOf(made, 'rolled-back')).toContain('apprunner:CreateVpcIngressConnection is denied');
    expect(made.cutover?.rollback).toMatchObject({ at: START, endpointId: 'vpce-0e1' });
    expect(made.findings.find(({ code }) => code === 'rolled-back')?.remedy).toMatch(/^Grant or fix/);
  });

  it('says what helps against an explicit deny, also later', () => {
    const remedy = 'A grant does not help: change the Deny statement.';
    const made = planned(gone, { ledger, findings: [{ ...denied, remedy }] });
    const later = planned(live(), { ledger: { ...ledger, cutover: made.cutover ?? ledger.cutover } });
    for (const { findings } of [made, later]) {
      expect(findings.find(({ code }) => code === 'rolled-back')?.remedy).toBe(
        `${remedy} Then attach the service again, or tag it \`disabled\` and \`enabled\`.`,
      );
    }
  });

  it.each<[string, OwnedResources, Parameters<typeof planned>[1]]>([
    ['that was private before', { ...ledger, madePrivate: false }, {}],
    ['that was ready once', { ...ledger, cutover: { managedSince: START, wasReady: true } }, {}],
    ['under `immediately`', ledger, { cutover: 'immediately' }],
    ['that the policy requires to be private', ledger, { required: true }],
  ])('is not taken for a service %s', (_, known, more) => {
    expect(kinds(planned(gone, { ...more, ledger: known, findings: [denied] }))).toEqual(['create-connection']);
  });

  it('is taken once: the cut is held until a person asks again, or another endpoint is used', () => {
    const rolledBack = {
      ...ledger,
      madePrivate: false,
      cutover: { ...ledger.cutover, rollback: { at: START, cause: 'denied', endpointId: 'vpce-0e1' } },
    };
    const held = planned(live(), { ledger: rolledBack });
    expect(kinds(held)).toEqual([]);
    expect(codes(held)).toEqual(['rolled-back']);
    expect(kinds(planned(live(), { ledger: rolledBack, askedAt: START + HOUR }))).toEqual(['make-private']);
    const elsewhere = { ...live(), network: network({ endpoints: [endpoint({ id: 'vpce-0e2' })] }) };
    expect(kinds(planned(elsewhere, { ledger: rolledBack }))).toEqual(['make-private']);
  });

  it('is held no longer once a connection is there: its cause has changed', () => {
    const cutover = { ...ledger.cutover, rollback: { at: START, cause: 'denied', endpointId: 'vpce-0e1' } };
    const rolledBack = { ...ledger, madePrivate: false, cutover };
    const made = (status: string) =>
      kinds(planned({ ...live(), connections: [connection({ name: 'by-hand', status })] }, { ledger: rolledBack }));
    expect(made('AVAILABLE')).toEqual(['make-private']);
    expect(made('FAILED_CREATION')).toEqual([]);
  });
});

describe('what becomes of the public name', () => {
  const apart = (change: Partial<DomainState>): Partial<Observed> => ({
    serviceNames: [PUBLIC_NAME, connection().domainName],
    domains: { [DOMAIN]: domainState(change) },
  });
  it('reports a public record that leads to the public name of a private service', () => {
    const made = planned(apart({ publicRecords: { at: [cnameToPublic], txt: undefined } }));
    expect(messageOf(made, 'public-record-dead')).toContain('which does not answer');
  });

  it('reports a wildcard that the validation CNAME hides', () => {
    const wildcard = [addressRecord('*.example.com', '192.0.2.1')];
    const bare = { publicRecords: { at: [], txt: undefined } };
    expect(codes(planned(apart({ wildcard, ...bare })))).toEqual(['wildcard-hidden']);
    expect(codes(planned(apart({ ...bare })))).toEqual([]);
    const copy = { publicRecords: { at: [cnameToPublic], txt: undefined } };
    expect(codes(planned(apart({ wildcard, ...copy })))).not.toContain('wildcard-hidden');
  });

  it('asks for no certificate of a public name of another owner', () => {
    const taken = {
      association: undefined,
      publicRecords: { at: [addressRecord(DOMAIN, '192.0.2.1')], txt: undefined },
      records: { ZPRIVATE: { at: [], txt: undefined } },
    };
    const made = planned(apart(taken));
    expect(kinds(made)).toEqual([]);
    expect(codes(made)).toEqual(['record-foreign']);
  });

  it('writes no validation record for a taken name', () => {
    const taken = {
      records: { ZPRIVATE: { at: [addressRecord(DOMAIN, '192.0.2.1')], txt: undefined } },
      validation: {},
    };
    const made = planned(apart(taken));
    expect(JSON.stringify(made.actions)).not.toContain(VALIDATION_NAME);
    expect(validationCname.name).toBe(VALIDATION_NAME);
  });
});

describe('a `www.` that an association covers', () => {
  const WWW = `www.${DOMAIN}`;
  const covered = (status: string): Partial<Observed> => ({
    domains: {
      [DOMAIN]: domainState(),
      [WWW]: domainState({
        association: association({ status, coveredBy: DOMAIN }),
        records: { ZPRIVATE: { at: [], txt: undefined } },
        validation: {},
      }),
    },
  });
  const wanted = (seen: Partial<Observed>) =>
    plan(planInput(wantsPrivate({ domains: [DOMAIN, WWW] }), observed(seen), emptyLedger));

  it('is published without an association of its own', () => {
    const made = wanted(covered('active'));
    expect(kinds(made)).toEqual(['change-records']);
    expect(JSON.stringify(made.actions)).toContain(`"name":"${WWW}"`);
  });

  it('leaves the validation records to the domain that covers it', () => {
    expect(kinds(wanted(covered('binding_certificate')))).toEqual([]);
  });
});
