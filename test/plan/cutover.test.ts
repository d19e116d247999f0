import { describe, expect, it } from 'vitest';
import { DAY, MINUTE } from '../../shared/duration.ts';
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
  VPC,
  validationCname,
  wantsDetached,
  wantsPrivate,
} from '../fixtures.ts';

const PUBLIC_NAME = 'xyz789.ap-northeast-1.awsapprunner.com';
const APP_RUNNER_ZONE = 'Z08491812XW6IPYLR6CCA';
/** As the App Runner console writes it, and as Copilot and Terraform do. */
const aliasToPublic = aliasRecord(DOMAIN, PUBLIC_NAME, APP_RUNNER_ZONE);
const cnameToPublic = cname(DOMAIN, `${PUBLIC_NAME}.`);
const aliasToElsewhere = aliasRecord(DOMAIN, 'other.ap-northeast-1.awsapprunner.com', APP_RUNNER_ZONE);
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

  it.each<[string, Partial<Observed>, string | undefined, string]>([
    [
      'one name',
      { ...live(), service: present({ isPublic: true, createdAt: START - 30 * DAY }) },
      undefined,
      `${DOMAIN} stops answering publicly; from the VPC ${DOMAIN} answers again`,
    ],
    [
      'two names, one of them associated without being wanted',
      { ...live(), service: present({ isPublic: true }), associated: [DOMAIN, 'old.example.com'] },
      VPC,
      `${DOMAIN} and old.example.com stop answering publicly; from ${VPC} ${DOMAIN} answers again`,
    ],
    [
      'three names',
      { ...live(), associated: ['old.example.com'] },
      VPC,
      `${DOMAIN}, old.example.com and ${PUBLIC_NAME} stop answering publicly; from ${VPC} ${DOMAIN} answers again`,
    ],
    [
      'no name',
      { ...live(aliasToElsewhere), service: present({ isPublic: true, createdAt: START - 30 * DAY }) },
      VPC,
      `the service stops answering publicly; from ${VPC} the service answers again`,
    ],
  ])('says what is cut, and from where it answers again: %s', (_, seen, vpcId, text) => {
    const missing = { ...seen, network: network({ endpoints: [], endpointInputs }) };
    const made = plan(planInput(wantsPrivate({ vpcId }), observed(missing)));
    expect(messageOf(made, 'cutover-ahead')).toContain(
      `${text} once the ingress connection is available, after about 5 to 10 minutes`,
    );
  });

  it('says of two names that both lead to it', () => {
    const other = 'api.example.com';
    const domains = { ...live().domains, [other]: domainState({ ...live().domains?.[DOMAIN] }) };
    const made = plan(planInput(wantsPrivate({ domains: [DOMAIN, other] }), observed({ ...live(), domains })));
    expect(whyOf(made, 'make-private')).toContain(
      `(${DOMAIN} and ${other} lead to it today); ${DOMAIN}, ${other} and ${PUBLIC_NAME} stop answering publicly; from ${VPC} ${DOMAIN} and ${other} answer again`,
    );
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
    const early = planned(live(aliasToPublic, { association: association({ status: 'creating', validation: [] }) }));
    expect(early.phase).toBe('waiting-for-certificate');
  });

  it('is being attached while it waits for more than a certificate', () => {
    const going = domainState({ association: association({ status: 'deleting' }), records: {}, validation: {} });
    const bound = live(aliasToPublic, { association: association({ status: 'binding_certificate' }) });
    const domains = { ...bound.domains, 'old.example.com': going };
    const owned = { associated: true, records: [], validation: [] };
    const made = planned({ ...bound, domains }, { ledger: { ...emptyLedger, domains: { 'old.example.com': owned } } });
    expect(made.waits.map(({ kind }) => kind)).toEqual(['certificate', 'disassociation']);
    expect(made.phase).toBe('attaching');
  });

  it('does not wait for the certificate of another name, once App Runner has accepted it', () => {
    const unpublished = { at: [], txt: undefined };
    const pending = {
      association: association({ status: 'pending_certificate_dns_validation' }),
      records: { ZPUBLIC: unpublished },
    };
    expect(kinds(planned(live(aliasToPublic, pending)))).toContain('make-private');
    const unknown = { association: undefined, records: { ZPUBLIC: unpublished } };
    const made = planned(live(aliasToPublic, unknown));
    expect(kinds(made)).toEqual(['associate-domain']);
    expect(messageOf(made, 'cutover-ahead')).toContain('once App Runner has accepted its domains');
  });

  it('waits for App Runner to accept each name, whatever is possible for another', () => {
    const other = 'api.example.com';
    const unknown = domainState({ trafficZone: publicZone, association: undefined, records: {} });
    const seen = { ...live(), domains: { [other]: unknown, ...live().domains } };
    const made = plan(planInput(wantsPrivate({ domains: [other, DOMAIN] }), observed(seen)));
    expect([kinds(made), codes(made)]).toEqual([['associate-domain'], ['cutover-ahead']]);
  });

  it('is held neither by a warning nor by what was found of something else before', () => {
    const single = { ...live(), network: network({ endpoints: [endpoint({ interfaceCount: 1 })] }) };
    expect(kinds(planned(single))).toEqual(['make-private']);
    const before = open('connection-failed', 'arn', 'it failed');
    expect(kinds(planned(live(), { findings: [before] }))).toEqual(['make-private']);
  });

  it('names each hindrance once: what was found, and what was refused', () => {
    const unknown = { association: undefined, records: { ZPUBLIC: { at: [], txt: undefined } } };
    const refusal = open('domain-taken', `${SERVICE_ARN}#associate-domain:${DOMAIN}`, 'it is taken.');
    const closed = {
      ...live(aliasToPublic, unknown),
      network: network({ endpoints: [endpoint({ allowsHttps: false })] }),
    };
    const made = planned(closed, { findings: [refusal] });
    expect(messageOf(made, 'still-public')).toContain(
      `What hinders: ${messageOf(made, 'endpoint-closed')} (endpoint-closed) it is taken. (domain-taken) Once`,
    );
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
    ['new', 60 * MINUTE, true],
    ['older than an hour', 60 * MINUTE + 1, false],
  ])('that is %s', (_, age, isCut) => {
    const made = planned(created(age));
    expect(kinds(made).includes('make-private')).toBe(isCut);
    if (isCut) expect(whyOf(made, 'make-private')).toMatch(/^it is public now; /);
    expect(made.cutover).toEqual({ managedSince: START, wasReady: false });
  });

  it('is announced to be cut later only where it is not cut at once', () => {
    const missing = { network: network({ endpoints: [], endpointInputs }) };
    const announced = (age: number, cutover: Cutover = 'auto') =>
      codes(planned({ ...created(age), ...missing }, { cutover })).includes('cutover-ahead');
    expect(announced(MINUTE)).toBe(false);
    expect(announced(MINUTE, 'when-possible')).toBe(true);
    expect(announced(DAY)).toBe(true);
    expect(announced(DAY, 'immediately')).toBe(false);
  });

  it('is cut under `when-possible` only once nothing hinders it, new or not', () => {
    expect(kinds(planned(created(MINUTE), { cutover: 'when-possible' }))).toEqual([]);
    const free = { records: { ZPUBLIC: { at: [], txt: undefined } } };
    const seen = { ...live(aliasToPublic, free), service: present({ isPublic: true }) };
    expect(whyOf(planned(seen, { cutover: 'when-possible' }), 'make-private')).toContain(
      'every later step is possible (the cutover is when-possible)',
    );
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
    const [grace] = made.waits.filter(({ kind }) => kind === 'grace');
    expect(grace).toMatchObject({ condition: { check: 'nothing' }, endsAt: START + 7 * DAY });
    expect(grace?.why).toContain(`${DOMAIN} leads to the service`);
  });

  const held = (ago: number, wasReady = false) => ({
    ...emptyLedger,
    cutover: { managedSince: START, wasReady, heldSince: START - ago },
  });

  it('is cut at the deadline, with an error, and not before', () => {
    const early = planned(failed, { required: true, ledger: held(7 * DAY - 1) });
    expect(kinds(early)).not.toContain('make-private');
    expect(codes(early)).not.toContain('cut-after-deadline');
    expect(early.cutover?.heldSince).toBe(START - 7 * DAY + 1);
    expect(messageOf(early, 'still-public')).toContain('private by 2026-01-01T00:00:00.001Z');
    const made = planned(failed, { required: true, ledger: held(7 * DAY) });
    expect(kinds(made)).toContain('make-private');
    expect(messageOf(made, 'cut-after-deadline')).toBe(
      `The policy required the service to be private by 2026-01-01T00:00:00.000Z. ${DOMAIN} led to the public service and does not answer.`,
    );
  });

  it('has no such error where it was cut before the deadline', () => {
    expect(codes(planned(cut(), { required: true, ledger: held(DAY) }))).not.toContain('cut-after-deadline');
  });

  it('has no such error for a name that is published, though its public record leads nowhere', () => {
    const domains = { [DOMAIN]: domainState({ publicRecords: { at: [cnameToPublic], txt: undefined } }) };
    const made = planned({ ...cut(), domains }, { required: true, ledger: held(8 * DAY) });
    expect(codes(made)).toEqual(['public-record-dead']);
  });

  it('names all names that hold it, and all that do not answer', () => {
    const other = 'api.example.com';
    const state = domainState({ ...failed.domains?.[DOMAIN] });
    const seen = observed({ ...failed, domains: { [DOMAIN]: state, [other]: state } });
    const both = (ago: number) =>
      plan({ ...planInput(wantsPrivate({ domains: [DOMAIN, other] }), seen, held(ago)), required: true });
    const [grace] = both(DAY).waits.filter(({ kind }) => kind === 'grace');
    expect(grace?.why).toContain(`${DOMAIN} and ${other} lead to the service and cannot be replaced yet`);
    expect(messageOf(both(8 * DAY), 'cut-after-deadline')).toContain(
      `${DOMAIN} and ${other} led to the public service and do not answer`,
    );
  });

  it('has that error until its names are published', () => {
    const { heldSince } = held(8 * DAY).cutover;
    const later = (seen: Partial<Observed>, wasReady = false) =>
      planned(seen, { required: true, ledger: held(8 * DAY, wasReady) });
    expect(codes(later(cut()))).toContain('cut-after-deadline');
    expect(later(cut()).cutover?.heldSince).toBe(heldSince);
    const { domains } = live(appRunnerAlias(), { records: { ZPUBLIC: { at: [appRunnerAlias()], txt: ownTxt() } } });
    const ready = later({ ...cut(), domains: domains ?? {} });
    expect(codes(ready)).not.toContain('cut-after-deadline');
    expect(ready.cutover).toEqual({ managedSince: START, wasReady: true });
    // Once it was ready, what is missing is drift.
    expect(later(cut(), true).cutover).toEqual({ managedSince: START, wasReady: true });
    expect(codes(later(cut(), true))).not.toContain('cut-after-deadline');
  });

  it('is held without an error by a certificate that is on its way', () => {
    const made = planned(live(aliasToPublic, { association: association({ status: 'binding_certificate' }) }), {
      required: true,
    });
    expect([kinds(made), codes(made)]).toEqual([[], []]);
    expect(made.waits.map(({ kind }) => kind)).toEqual(['certificate', 'grace']);
  });

  it('is held by no trouble of another name', () => {
    const other = 'api.example.com';
    const taken = domainState({
      trafficZone: publicZone,
      records: { ZPUBLIC: { at: [addressRecord(other, '192.0.2.1')], txt: undefined } },
    });
    const bound = live(aliasToPublic, { association: association({ status: 'binding_certificate' }) });
    const of = (state: Partial<Observed>) =>
      plan({
        ...planInput(
          wantsPrivate({ domains: [DOMAIN, other] }),
          observed({ ...state, domains: { ...state.domains, [other]: taken } }),
        ),
        required: true,
      });
    expect(codes(of(bound))).toEqual(['record-foreign']);
    expect(kinds(of(live()))).toEqual(['make-private']);
    expect(whyOf(of(live()), 'make-private')).toContain('the policy requires it to be private');
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
    expect(action.why).toContain(`${DOMAIN} led to the public service; ${DOMAIN} works now`);
    const ledger = confirmWritten(writeAhead(emptyLedger, action), action, START);
    expect(ownedDomain(ledger, DOMAIN).replaced).toEqual([{ zoneId: 'ZPUBLIC', record }]);
  });

  it('is reverted by restore-public, and leaves nothing of ours', () => {
    const [action] = planned(cut()).actions;
    if (action?.kind !== 'change-records') throw new Error('nothing is changed');
    const ledger = { ...confirmWritten(writeAhead(emptyLedger, action), action, START), madePrivate: true };
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
    const after = confirmWritten(writeAhead(ledger, undone), undone, START);
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
    const missing = { ownGroup: { id: 'sg-9', missing: ['100.64.0.0/16'] } };
    const more = { ...gone, network: network({ endpoints: [endpoint(missing)] }) };
    expect(kinds(planned(more, { ledger, findings: [denied] }))).toEqual(['extend-security-group', 'make-public']);
    const owned = { associated: false, records: [{ zoneId: 'ZPUBLIC', record: appRunnerAlias() }], validation: [] };
    const old = { ...ledger, domains: { 'old.example.com': owned } };
    const there = domainState({ records: { ZPUBLIC: { at: [appRunnerAlias()], txt: ownTxt() } } });
    const beside = { ...gone, domains: { ...gone.domains, 'old.example.com': there } };
    expect(kinds(planned(beside, { ledger: old, findings: [denied] }))).toEqual(['change-records', 'make-public']);
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

  it('is taken when the connection was refused, or given up', () => {
    const refused = open('refused', `${SERVICE_ARN}#create-connection`, 'it is refused');
    expect(kinds(planned(gone, { ledger, findings: [refused] }))).toEqual(['make-public']);
    const failed = { ...cut(), connections: [connection({ status: 'FAILED_CREATION' })], answer: undefined };
    const history = [60, 50, 20].map((minutes) => ({
      key: 'delete-connection',
      at: START - minutes * MINUTE,
      repair: false,
    }));
    const made = plan(planInput(wantsPrivate(), observed(failed), ledger, { history }));
    expect(kinds(made)).toEqual(['make-public']);
    expect(messageOf(made, 'rolled-back')).toContain('is FAILED_CREATION after 4 attempts.');
    const missing = { ownGroup: { id: 'sg-9', missing: ['100.64.0.0/16'] } };
    const more = observed({ ...failed, network: network({ endpoints: [endpoint(missing)] }) });
    expect(kinds(plan(planInput(wantsPrivate(), more, ledger, { history })))).toEqual([
      'extend-security-group',
      'make-public',
    ]);
  });

  it.each<[string, OpenFinding]>([
    ['something else was denied', open('access-denied', `${SERVICE_ARN}#make-private`, 'denied')],
    ['the connection only failed for now', open('connection-failed', `${SERVICE_ARN}#create-connection`, 'later')],
  ])('is not taken when %s', (_, found) => {
    const made = planned(gone, { ledger, findings: [found] });
    expect(kinds(made)).toEqual(['create-connection']);
    expect(codes(made)).not.toContain('rolled-back');
  });

  it('is not taken once the connection is there, whatever was denied before', () => {
    expect(kinds(planned(cut(), { ledger, findings: [denied] }))).toEqual(['change-records']);
  });

  it('goes on, while the service is busy, with what it began', () => {
    const rollback = { at: START, cause: 'it was denied.', endpointId: 'vpce-0e1' };
    const begun = { ...ledger, cutover: { ...ledger.cutover, rollback } };
    const made = planned(gone, { ledger: begun });
    expect(kinds(made)).toEqual(['make-public']);
    expect(made.cutover?.rollback).toEqual(rollback);
    expect(messageOf(made, 'rolled-back')).toContain('it was denied.');
  });

  /** After the connection was to be made to `vpce-0e1`. */
  const tried = { ...ledger, cutover: { ...ledger.cutover, triedEndpointId: 'vpce-0e1' } };
  const rolledBack = (endpointId: string): OwnedResources => ({
    ...tried,
    cutover: { ...tried.cutover, rollback: { at: 0, cause: 'old', endpointId } },
  });
  const unlisted = { ...gone, network: network({ endpoints: [], endpointInputs }) };
  const other = { ...gone, network: network({ endpoints: [endpoint({ id: 'vpce-0e2' })] }) };

  it('remembers to which endpoint a connection was to be made', () => {
    expect(planned(gone, { ledger }).cutover).toEqual(tried.cutover);
  });

  it('is held for the endpoint that was tried, though a listing lags and does not show it', () => {
    const made = planned(unlisted, { ledger: tried, findings: [denied] });
    expect(kinds(made)).toEqual(['make-public']);
    expect(made.cutover?.rollback?.endpointId).toBe('vpce-0e1');
    expect(kinds(planned(unlisted, { ledger: rolledBack('vpce-0e1') }))).toEqual(['make-public']);
    expect(kinds(planned(live(), { ledger: { ...rolledBack('vpce-0e1'), madePrivate: false } }))).toEqual([]);
  });

  it('is held, though nothing is seen to lead to the service any more', () => {
    const young = { ...live(), service: present({ isPublic: true, createdAt: START }) };
    const unseen = { ...young, domains: { [DOMAIN]: domainState({ records: {} }) } };
    expect(kinds(planned(unseen, {}))).toContain('make-private');
    expect(kinds(planned(unseen, { ledger: { ...rolledBack('vpce-0e1'), madePrivate: false } }))).not.toContain(
      'make-private',
    );
  });

  it('is taken for another endpoint only once its connection is refused, too', () => {
    expect(kinds(planned(other, { ledger: tried, findings: [denied] }))).toEqual(['create-connection']);
    const again = planned(other, { ledger: rolledBack('vpce-0e1') });
    expect(kinds(again)).toEqual(['create-connection']);
    expect(again.cutover?.triedEndpointId).toBe('vpce-0e2');
    const both = { ...ledger, cutover: again.cutover ?? ledger.cutover };
    const made = planned(other, { ledger: both, findings: [denied] });
    expect(kinds(made)).toEqual(['make-public']);
    expect(made.cutover?.rollback).toMatchObject({ endpointId: 'vpce-0e2', cause: denied.message });
  });

  it('is held for the endpoint that is there, where a connection to one that is gone was given up', () => {
    const failed = { ...other, connections: [connection({ status: 'FAILED_CREATION', endpointId: 'vpce-0e1' })] };
    const history = [60, 50, 20].map((minutes) => ({
      ...{ key: 'delete-connection', at: START - minutes * MINUTE, repair: false },
    }));
    const made = plan(planInput(wantsPrivate(), observed(failed), rolledBack('vpce-0e1'), { history }));
    expect(made.cutover?.rollback?.endpointId).toBe('vpce-0e2');
  });

  it('is not taken while a connection is on its way, whatever was refused before', () => {
    const coming = { ...gone, connections: [connection({ status: 'PENDING_CREATION' })] };
    expect(kinds(planned(coming, { ledger: tried, findings: [denied] }))).toEqual([]);
  });

  it('goes on where no way can be made any more', () => {
    const unusable = { ...gone, network: network({ endpoints: [endpoint({ state: 'failed' })] }) };
    expect(kinds(planned(unusable, { ledger: rolledBack('vpce-0e1') }))).toEqual(['make-public']);
    expect(kinds(planned(unusable, { ledger: tried, findings: [denied] }))).toEqual(['make-public']);
    expect(kinds(planned(unusable, { ledger: tried }))).toEqual([]);
  });

  it.each(['create-endpoint', 'create-security-group'])('is taken when %s is refused after the cut', (kind) => {
    const refused = open('access-denied', `${SERVICE_ARN}#${kind}`, 'it is denied');
    expect(kinds(planned(unlisted, { ledger, findings: [refused] }))).toEqual(['make-public']);
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
    expect(kinds(planned(live(), { ledger: rolledBack, askedAt: START }))).toEqual([]);
    const asked = planned(live(), { ledger: rolledBack, askedAt: START + 1 });
    expect(kinds(asked)).toEqual(['make-private']);
    expect(asked.cutover).toEqual(ledger.cutover);
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
