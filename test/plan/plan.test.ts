import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../shared/duration.ts';
import { finding } from '../../shared/findings.ts';
import { actionKey } from '../../shared/plan/action.ts';
import { emptyLedger, type OwnedResources } from '../../shared/plan/ledger.ts';
import type { Observed } from '../../shared/plan/observed.ts';
import { type Plan, plan } from '../../shared/plan/plan.ts';
import type { DoneAction } from '../../shared/plan/plan-builder.ts';
import type { Desired } from '../../shared/policy/desire.ts';
import {
  addressRecord,
  appRunnerAlias,
  association,
  CONNECTION_NAME,
  connection,
  DOMAIN,
  domainState,
  endpoint,
  endpointAlias,
  endpointInputs,
  ledger,
  network,
  observed,
  ownTxt,
  planInput,
  present,
  privateZone,
  publicZone,
  rules,
  SERVICE_ARN,
  START,
  seenAnswer,
  VPC,
  validationCname,
  wantsDetached,
  wantsPrivate,
  writtenDomain,
} from '../fixtures.ts';

/** A plan in one word per part, as in the table of `plan`. */
function summary({ phase, actions, waits, findings }: Plan) {
  return {
    phase,
    now: actions.map((action) =>
      action.kind === 'change-records'
        ? action.changes.map(({ action: verb, record }) => `${verb} ${record.type} ${record.name}`).join(', ')
        : action.kind,
    ),
    waits: waits.map(({ kind }) => kind),
    findings: findings.map(({ code }) => code),
  };
}

const nothingAtAll = domainState({ association: undefined, records: {}, validation: {} });
const fresh = (status: string, validation = association().validation) =>
  domainState({
    association: association({ status, validation, target: undefined }),
    records: {},
    validation: { ZPUBLIC: [validationCname] },
  });
const pending = fresh('pending_certificate_dns_validation');
const validationShown = domainState({ ...fresh('creating'), validation: {} });
const unpublished = domainState({ records: { ZPRIVATE: { at: [], txt: undefined } } });
const strangers = domainState({ records: { ZPRIVATE: { at: [addressRecord(DOMAIN, '192.0.2.1')], txt: undefined } } });
const withdrawn = domainState({ records: { ZPRIVATE: { at: [], txt: undefined } } });
const disassociated = domainState({ ...withdrawn, association: undefined });

const publicService = present({ isPublic: true });
const noNetwork = network({ endpoints: [], endpointInputs });
const pendingNetwork = network({ endpoints: [endpoint({ state: 'pending', name: undefined })] });
const failedNetwork = network({ endpoints: [endpoint({ state: 'failed' })] });
const unconnected = { connections: [], answer: undefined };
const notYet = { vantage: 'vpc', outcome: 'nxdomain' } as const;
const stateAfterReadFailure = { vantage: 'public', outcome: 'nxdomain' } as const;
const aliasAndTxt = `CREATE A ${DOMAIN}, CREATE TXT _private-ingress.${DOMAIN}`;
const removal = `DELETE A ${DOMAIN}, DELETE TXT _private-ingress.${DOMAIN}`;

/** A name that is not wanted any more. */
const OLD = 'old.example.com';

const dnsUnobservable = (since: number) => [
  { ...finding('dns-unobservable', { resource: connection().arn, message: '' }), since },
];

describe('the table of plan()', () => {
  interface Row {
    readonly title: string;
    readonly desired?: Desired;
    readonly see: Partial<Observed>;
    readonly known?: OwnedResources;
    readonly now: readonly string[];
    readonly waits?: readonly string[];
    readonly findings?: readonly string[];
    readonly phase: Plan['phase'];
    readonly openSince?: number;
  }
  const gone = wantsDetached();
  const rows: readonly Row[] = [
    {
      title: 'private: nothing is there',
      see: { service: publicService, network: noNetwork, ...unconnected, domains: { [DOMAIN]: nothingAtAll } },
      now: ['create-endpoint', 'associate-domain'],
      phase: 'attaching',
    },
    {
      title: 'private: the endpoint comes up, the domain has its records',
      see: { service: publicService, network: pendingNetwork, ...unconnected, domains: { [DOMAIN]: validationShown } },
      now: [`CREATE CNAME _v1.${DOMAIN}`],
      waits: ['endpoint', 'certificate'],
      phase: 'attaching',
    },
    {
      title: 'private: busy',
      see: {
        service: present({ isPublic: true, status: 'OPERATION_IN_PROGRESS' }),
        ...unconnected,
        domains: { [DOMAIN]: pending },
      },
      now: [],
      waits: ['certificate', 'service'],
      phase: 'waiting-for-service',
    },
    {
      title: 'private: busy, and private already',
      see: { service: present({ status: 'OPERATION_IN_PROGRESS' }), ...unconnected, domains: { [DOMAIN]: pending } },
      now: [],
      waits: ['service', 'certificate'],
      phase: 'attaching',
    },
    {
      title: 'private: public',
      see: { service: publicService, ...unconnected, domains: { [DOMAIN]: pending } },
      now: ['make-private'],
      waits: ['certificate'],
      phase: 'attaching',
    },
    {
      title: 'private: not connected',
      see: { ...unconnected, domains: { [DOMAIN]: pending } },
      now: ['create-connection'],
      waits: ['certificate'],
      phase: 'attaching',
    },
    {
      title: 'private: not connected, and it cannot be',
      see: { ...unconnected, network: failedNetwork, domains: { [DOMAIN]: pending } },
      now: [],
      waits: ['certificate'],
      findings: ['endpoint-unusable'],
      phase: 'attaching',
    },
    {
      title: 'private: the name does not answer yet',
      see: { answer: notYet, domains: { [DOMAIN]: pending } },
      now: [],
      waits: ['dns', 'certificate'],
      phase: 'waiting-for-dns',
    },
    {
      title: 'private: the name answers, the certificate is on its way',
      see: { domains: { [DOMAIN]: pending } },
      now: [],
      waits: ['certificate'],
      phase: 'waiting-for-certificate',
    },
    {
      title: 'private: everything but the record',
      see: { domains: { [DOMAIN]: unpublished } },
      now: [aliasAndTxt],
      phase: 'waiting-for-certificate',
    },
    { title: 'private: everything', see: {}, now: [], phase: 'ready' },
    {
      title: 'private: everything, but not to be seen',
      see: { answer: stateAfterReadFailure },
      openSince: START - HOUR,
      now: [],
      findings: ['dns-unobservable'],
      phase: 'ready-unverified',
    },
    {
      title: 'private: a stranger’s record',
      see: { domains: { [DOMAIN]: strangers } },
      known: emptyLedger,
      now: [],
      findings: ['record-foreign'],
      phase: 'blocked',
    },
    { title: 'private: made public again', see: { service: publicService }, now: ['make-private'], phase: 'attaching' },
    {
      title: 'private: last, what takes long',
      see: { service: publicService, domains: { [DOMAIN]: domainState(), [OLD]: domainState() } },
      known: ledger({ domains: { [OLD]: writtenDomain() } }),
      now: [removal, 'make-private'],
      phase: 'attaching',
    },
    { title: 'gone: published', desired: gone, see: {}, now: [removal], phase: 'detaching' },
    {
      title: 'gone: associated',
      desired: gone,
      see: { domains: { [DOMAIN]: withdrawn } },
      now: ['disassociate-domain'],
      phase: 'detaching',
    },
    {
      title: 'gone: being disassociated',
      desired: gone,
      see: { domains: { [DOMAIN]: domainState({ ...withdrawn, association: association({ status: 'deleting' }) }) } },
      now: [],
      waits: ['disassociation'],
      phase: 'detaching',
    },
    {
      title: 'gone: being disassociated, as noted',
      desired: gone,
      see: { domains: { [DOMAIN]: domainState({ ...withdrawn, association: association({ status: 'deleting' }) }) } },
      known: ledger({ domains: { [DOMAIN]: writtenDomain({ associated: false }) } }),
      now: [],
      waits: ['disassociation'],
      phase: 'detaching',
    },
    {
      title: 'gone: the validation records are left',
      desired: gone,
      see: { domains: { [DOMAIN]: disassociated } },
      now: [`DELETE CNAME _v1.${DOMAIN}`],
      phase: 'detaching',
    },
    {
      title: 'gone: the connection is left',
      desired: gone,
      see: { domains: { [DOMAIN]: domainState({ ...disassociated, validation: {} }) } },
      now: ['delete-connection'],
      phase: 'detaching',
    },
    {
      title: 'gone: the connection goes',
      desired: gone,
      see: { domains: {}, connections: [connection({ status: 'PENDING_DELETION' })] },
      known: ledger({ domains: {} }),
      now: [],
      waits: ['connection'],
      phase: 'detaching',
    },
    {
      title: 'gone: a record in a zone not allowed',
      desired: gone,
      see: {},
      known: ledger({
        domains: { [DOMAIN]: writtenDomain({ records: [{ zoneId: 'ZOTHER', record: endpointAlias() }] }) },
      }),
      now: [],
      findings: ['zone-not-allowed'],
      phase: 'blocked',
    },
    {
      title: 'gone: a changed record is left',
      desired: gone,
      see: {
        ...unconnected,
        domains: { [DOMAIN]: domainState({ ...strangers, association: undefined, validation: {} }) },
      },
      now: [],
      findings: ['record-left'],
      phase: 'detached',
    },
    {
      title: 'gone: nothing is left',
      desired: gone,
      see: { domains: {}, ...unconnected },
      known: ledger({ domains: {} }),
      now: [],
      phase: 'detached',
    },
    { title: 'released', desired: { kind: 'released' }, see: {}, now: [], phase: 'released' },
    { title: 'unmanaged', desired: { kind: 'unmanaged' }, see: {}, now: [], phase: 'detached' },
    { title: 'unclear', desired: { kind: 'unclear' }, see: {}, now: [], phase: 'blocked' },
  ];

  it.each(rows)('$title', ({ desired, see, known, now, waits, findings, phase, openSince }) => {
    const open = openSince === undefined ? [] : dnsUnobservable(openSince);
    const input = planInput(desired ?? wantsPrivate(), observed(see), known ?? ledger(), { findings: open });
    expect(summary(plan(input))).toEqual({ phase, now, waits: waits ?? [], findings: findings ?? [] });
  });
});

describe('a service that cannot be updated', () => {
  it.each([
    ['CREATE_FAILED', 'service-create-failed'],
    ['DELETE_FAILED', 'service-delete-failed'],
  ] as const)('%s is left alone, with a finding', (status, code) => {
    const see = observed({ service: present({ status, isPublic: true }), domains: { [DOMAIN]: nothingAtAll } });
    expect(summary(plan(planInput(wantsPrivate(), see)))).toEqual({
      phase: 'blocked',
      now: [],
      waits: [],
      findings: [code],
    });
    expect(plan(planInput(wantsPrivate(), see)).findings).toMatchObject([{ resource: SERVICE_ARN }]);
  });

  it.each(['CREATE_FAILED', 'DELETE_FAILED'] as const)('%s is not made public again either', (status) => {
    const see = observed({ service: present({ status }), domains: {}, ...unconnected });
    const made = plan(planInput(wantsDetached({ restorePublic: true }), see, ledger({ domains: {} })));
    expect(summary(made)).toEqual({ phase: 'detached', now: [], waits: [], findings: [] });
  });

  it('in a status of tomorrow is waited for', () => {
    const see = observed({ service: present({ status: 'UNKNOWN', isPublic: true }), ...unconnected, domains: {} });
    const made = plan(planInput(wantsPrivate({ domains: [] }), see));
    expect(summary(made)).toEqual({ phase: 'attaching', now: [], waits: ['service'], findings: [] });
  });
});

describe('going back to public', () => {
  const last = { domains: {}, ...unconnected };
  const restoring = wantsDetached({ restorePublic: true });
  it.each<[string, Desired, Partial<Observed>, boolean, readonly string[], readonly string[]]>([
    ['when the stack says so and we made it private', restoring, last, true, ['make-public'], []],
    ['not when it is public', restoring, { ...last, service: publicService }, true, [], []],
    ['not when it was private before', restoring, last, false, [], []],
    ['not when the stack does not say so', wantsDetached(), last, true, [], []],
    ['not when the service is gone', restoring, { ...last, service: { kind: 'deleted' } }, true, [], []],
    ['not while the connection stands', restoring, { domains: {} }, true, ['delete-connection'], []],
    [
      'not while it is busy',
      restoring,
      { ...last, service: present({ status: 'OPERATION_IN_PROGRESS' }) },
      true,
      [],
      ['service'],
    ],
  ])('%s', (_, desired, see, madePrivate, now, waits) => {
    const made = plan(planInput(desired, observed(see), { madePrivate, domains: {} }));
    expect(summary(made)).toMatchObject({ now, waits });
  });
});

describe('detaching takes nothing that is not ours', () => {
  it('a connection of another name stays', () => {
    const see = observed({ domains: {}, connections: [connection({ name: 'by-hand' })] });
    expect(summary(plan(planInput(wantsDetached(), see, ledger({ domains: {} }))))).toMatchObject({
      now: [],
      phase: 'detached',
    });
  });
  it('of a deleted service, what was written is removed', () => {
    const see = observed({
      service: { kind: 'deleted' },
      ...unconnected,
      domains: { [DOMAIN]: domainState({ association: undefined }) },
    });
    expect(summary(plan(planInput(wantsDetached({ reason: 'service-deleted' }), see, ledger()))).now).toEqual([
      removal,
    ]);
  });
});

describe('an endpoint that no service uses any more', () => {
  const reported = (endpointInUse: boolean | undefined, own = 'vpce-0e1', ours = true) => {
    const see = observed({ domains: {}, ...unconnected, network: network({ endpoints: [endpoint({ ours })] }) });
    const known = { ...emptyLedger, endpoint: { id: own, vpcId: VPC } };
    const seen = endpointInUse === undefined ? see : { ...see, endpointInUse };
    return plan(planInput(wantsDetached(), seen, known)).findings.map(({ code, message }) => `${code}: ${message}`);
  };
  it('is reported with its cost where the stack created it', () => {
    expect(reported(false)).toEqual([
      'endpoint-unused: No service uses vpce-0e1 in vpc-0a1b2c3d: 2 interfaces × 0.014 USD/h, 20.44 USD a month.',
    ]);
  });
  it.each<[string, Parameters<typeof reported>]>([
    ['another service uses it', [true]],
    ['that is not known', [undefined]],
    ['the service was attached to another one', [false, 'vpce-0e2']],
    ['another owner created it', [false, 'vpce-0e1', false]],
  ])('is not reported where %s', (_, given) => expect(reported(...given)).toEqual([]));
  it('is not reported where its VPC is not looked at', () => {
    const see = observed({ domains: {}, ...unconnected, network: undefined, endpointInUse: false });
    const known = { ...emptyLedger, endpoint: { id: 'vpce-0e1', vpcId: VPC } };
    expect(plan(planInput(wantsDetached(), see, known)).findings).toEqual([]);
  });
});

describe('a service whose account left the scope', () => {
  const left = (desired: Desired, known: OwnedResources, see: Partial<Observed> = {}) =>
    plan({ ...planInput(desired, observed(see), known), isOutOfScope: true });

  it('is written nothing but the removal of records once it is deleted', () => {
    const deleted = {
      service: { kind: 'deleted' },
      domains: { [DOMAIN]: domainState({ association: undefined }) },
    } as const;
    expect(summary(left(wantsDetached(), ledger(), deleted)).now).toEqual([removal]);
    expect(left(wantsDetached(), ledger(), { domains: { [DOMAIN]: withdrawn } }).actions).toEqual([]);
    expect(summary(left(wantsDetached(), ledger({ domains: {} }), { domains: {} }))).toMatchObject({
      phase: 'detached',
      now: [],
    });
  });

  it.each<[string, Desired, string]>([
    [
      'until it is deleted',
      { kind: 'released', byPolicy: true },
      'The stack removes them once the service is deleted.',
    ],
    [
      'where its owner released it',
      { kind: 'released' },
      'Its owner released the service, so the stack does not remove them.',
    ],
  ])('keeps its records %s, and says so', (_, desired, until) => {
    const { phase, findings } = left(desired, ledger());
    expect(phase).toBe('released');
    expect(findings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      `records-out-of-scope: Account 123456789012, region ap-northeast-1 is not in scope, and the stack wrote records of ${DOMAIN} for this service (ZPRIVATE, ZPUBLIC). ${until}`,
    ]);
  });

  it('keeps nothing where nothing was written, and nothing is said of a released service in scope', () => {
    const bare = { [OLD]: writtenDomain({ records: [], validation: [] }) };
    expect(left({ kind: 'released' }, ledger({ domains: bare })).findings).toEqual([]);
    const both = writtenDomain({ records: [{ zoneId: 'ZPRIVATE', record: ownTxt() }] });
    expect(left({ kind: 'released' }, ledger({ domains: { [DOMAIN]: both } })).findings).toHaveLength(1);
    expect(
      left({ kind: 'released' }, ledger({ domains: { ...bare, [DOMAIN]: writtenDomain({ records: [] }) } })).findings,
    ).toMatchObject([{ message: expect.stringContaining(`records of ${DOMAIN} for this service (ZPUBLIC)`) }]);
    expect(plan(planInput({ kind: 'released' }, observed(), ledger())).findings).toEqual([]);
  });
});

describe('what is remembered of a service', () => {
  const known = ledger({
    cutover: { managedSince: START - DAY, wasReady: true },
    foreignConnection: { arn: 'arn', name: 'by-hand' },
  });
  const failed = { service: present({ status: 'CREATE_FAILED' }) } as const;
  it.each<[string, Desired, Partial<Observed>, boolean]>([
    ['stays while what is wanted is unclear', { kind: 'unclear' }, {}, true],
    ['stays while the service cannot be updated', wantsPrivate(), failed, true],
    ['goes with the wish for it to be private', wantsDetached(), {}, false],
    ['goes when it is released', { kind: 'released' }, {}, false],
  ])('%s', (_, desired, see, isKept) => {
    const { cutover, foreignConnection } = plan(planInput(desired, observed(see), known));
    expect({ cutover, foreignConnection }).toEqual(
      isKept
        ? { cutover: known.cutover, foreignConnection: known.foreignConnection }
        : { cutover: undefined, foreignConnection: undefined },
    );
  });

  it.each<[string, Partial<Observed>, boolean]>([
    ['ready', {}, true],
    ['ready, unverified', { answer: stateAfterReadFailure }, true],
    ['blocked', { domains: { [DOMAIN]: strangers } }, false],
    ['on its way', { domains: { [DOMAIN]: pending } }, false],
  ])('says that it was ready once it is: %s', (_, see, wasReady) => {
    const input = planInput(wantsPrivate(), observed(see), emptyLedger, { findings: dnsUnobservable(START - HOUR) });
    expect(plan(input).cutover).toEqual({ managedSince: START, wasReady });
  });

  it('is said where the stack had to learn it again, by name', () => {
    const domains = { [DOMAIN]: writtenDomain({ relearned: true }), [OLD]: writtenDomain() };
    const { findings } = plan(planInput(wantsPrivate(), observed(), ledger({ domains })));
    expect(findings.map(({ code }) => code)).toEqual(['ledger-relearned']);
    expect(findings[0]?.message).toContain(`what it wrote for ${DOMAIN}. `);
    expect(plan(planInput(wantsPrivate(), observed(), ledger())).findings).toEqual([]);
  });
});

describe('the tag that asks to adopt a name', () => {
  const other = 'api.example.com';
  const asked = (adopt: readonly string[], domains: Observed['domains']) =>
    summary(plan(planInput(wantsPrivate({ domains: [DOMAIN, other], adopt }), observed({ domains }), ledger()))).now;
  const both = {
    [DOMAIN]: domainState(),
    [other]: { ...unpublished, association: association({ status: 'creating' }) },
  };
  it('is removed once each name of it is published', () => {
    expect(asked([DOMAIN], both)).toEqual(['remove-tag']);
    expect(asked([DOMAIN, other], both)).toEqual([]);
  });
});

describe('a domain never waits for another', () => {
  const other = 'api.example.com';
  const others = domainState({
    ...strangers,
    records: { ZPRIVATE: { at: [addressRecord(other, '192.0.2.1')], txt: undefined } },
  });
  it.each<[string, Observed['domains'][string], string]>([
    ['with a stranger’s record', others, 'record-foreign'],
    ['without a zone', domainState({ trafficZone: undefined }), 'zone-not-found'],
    ['in a zone not allowed', domainState({ trafficZone: { ...publicZone, id: 'ZOTHER' } }), 'zone-not-allowed'],
    ['without a public zone', domainState({ validationZone: undefined }), 'zone-not-found'],
    [
      'in a public zone not allowed',
      domainState({ validationZone: { ...publicZone, id: 'ZOTHER' } }),
      'zone-not-allowed',
    ],
    [
      'without a certificate',
      domainState({ association: association({ status: 'create_failed' }), records: {} }),
      'certificate-failed',
    ],
  ])('%s', (_, state, code) => {
    const see = observed({ domains: { [other]: state, [DOMAIN]: unpublished } });
    const made = plan(planInput(wantsPrivate({ domains: [other, DOMAIN] }), see));
    expect(summary(made)).toMatchObject({ now: [aliasAndTxt], findings: [code] });
    expect(made.findings[0]).toMatchObject({ domain: other, severity: 'error' });
  });

  it('blocks the service only once nothing else can be done', () => {
    const see = observed({ domains: { [other]: others, [DOMAIN]: domainState() } });
    expect(plan(planInput(wantsPrivate({ domains: [other, DOMAIN] }), see)).phase).toBe('blocked');
  });
});

describe('no VPC is given', () => {
  it('nothing is reported about zones then, which are unknown', () => {
    const see = observed({
      network: undefined,
      ...unconnected,
      service: publicService,
      domains: { [DOMAIN]: { ...nothingAtAll, trafficZone: undefined } },
    });
    expect(summary(plan(planInput(wantsPrivate({ vpcId: undefined }), see)))).toEqual({
      phase: 'blocked',
      now: [],
      waits: [],
      findings: [],
    });
  });
});

describe('contested', () => {
  const key = actionKey({ kind: 'make-private', why: '' });
  const done = (hours: number, repair = true): DoneAction => ({ key, at: START - hours * HOUR, repair });
  const reversed = (history: readonly DoneAction[], changesAt?: number) =>
    plan(
      planInput(wantsPrivate(), observed({ service: publicService }), ledger(), {
        history,
        ...(changesAt === undefined ? {} : { changesAt }),
      }),
    );

  it.each<[string, readonly DoneAction[], boolean]>([
    ['never done', [], false],
    ['done once before it ready', [done(2, false)], false],
    ['repaired once', [done(3)], false],
    ['repaired twice: the third reversal', [done(3), done(1)], true],
    ['repaired twice, once a day ago', [done(24), done(1)], false],
    ['repaired twice within the day, just', [{ ...done(24), at: START - DAY + 1 }, done(1)], true],
    ['done four times before it ready', [1, 2, 3, 4].map((hours) => done(hours, false)), false],
    ['done five times before it ready', [1, 2, 3, 4, 5].map((hours) => done(hours, false)), true],
    ['another thing repaired', [done(3), { ...done(1), key: 'make-public' }], false],
  ])('%s', (_, history, contested) => {
    expect(summary(reversed(history))).toMatchObject(
      contested
        ? { phase: 'blocked', now: [], findings: ['contested'] }
        : { phase: 'attaching', now: ['make-private'], findings: [] },
    );
  });

  it('is blocked though the grace time is waited for', () => {
    expect(reversed([done(3), done(1)], START + HOUR)).toMatchObject({ phase: 'blocked', actions: [] });
  });

  it('is not blocked while something else is waited for, or can be done', () => {
    const history = [done(3), done(1)];
    const of = (state: Observed['domains'][string]) =>
      plan(
        planInput(wantsPrivate(), observed({ service: publicService, domains: { [DOMAIN]: state } }), ledger(), {
          history,
        }),
      );
    expect(summary(of(pending))).toEqual({
      phase: 'attaching',
      now: [],
      waits: ['certificate'],
      findings: ['contested'],
    });
    expect(summary(of(nothingAtAll))).toMatchObject({ phase: 'attaching', now: ['associate-domain'] });
  });

  it('is what is not wanted any more only after five times', () => {
    const key = `change-records:traffic:${OLD}:ZPRIVATE`;
    const removed = (times: number) =>
      summary(
        plan(
          planInput(
            wantsPrivate(),
            observed({ domains: { [DOMAIN]: domainState(), [OLD]: domainState() } }),
            ledger({ domains: { [DOMAIN]: writtenDomain(), [OLD]: writtenDomain() } }),
            { history: Array.from({ length: times }, (_, ago) => ({ ...done(ago + 1), key })) },
          ),
        ),
      );
    expect(removed(4)).toMatchObject({ now: [removal], findings: [] });
    expect(removed(5)).toMatchObject({ now: [], findings: ['contested'] });
  });

  it('of one domain leaves the others and names it', () => {
    const traffic = {
      kind: 'change-records',
      purpose: 'traffic',
      domain: DOMAIN,
      zoneId: 'ZPRIVATE',
      changes: [],
      why: '',
    } as const;
    const history = [1, 2].map((hours) => ({ ...done(hours), key: actionKey(traffic) }));
    const see = observed({ service: publicService, domains: { [DOMAIN]: unpublished } });
    expect(plan(planInput(wantsPrivate(), see, emptyLedger, { history })).actions).toMatchObject([
      { kind: 'make-private' },
    ]);
    const open = plan(
      planInput(wantsPrivate(), observed({ domains: { [DOMAIN]: unpublished } }), emptyLedger, { history }),
    );
    expect(open).toMatchObject({ phase: 'blocked', actions: [] });
    expect(open.findings[0]?.resource).toBe(`${SERVICE_ARN}#change-records:traffic:${DOMAIN}:ZPRIVATE`);
  });
});

describe('findings beside a ready service', () => {
  it('an unreachable name is reported, and blocks nothing', () => {
    const see = observed({ httpsChecks: { [DOMAIN]: { ok: false, reason: 'connect ETIMEDOUT' } } });
    const made = plan(planInput(wantsPrivate(), see, ledger()));
    expect(summary(made)).toMatchObject({ phase: 'ready-unverified', findings: ['name-unreachable'] });
    expect(made.findings[0]?.message).toContain('connect ETIMEDOUT');
    const fine = observed({ httpsChecks: { [DOMAIN]: { ok: true, status: 404, milliseconds: 3 } } });
    expect(plan(planInput(wantsPrivate(), fine, ledger())).findings).toEqual([]);
  });

  it('an error of the tags blocks, whatever is in place', () => {
    const input = planInput(wantsPrivate(), observed(), ledger());
    const wrong = finding('domain-invalid', { resource: SERVICE_ARN, domain: 'x', message: '' });
    expect(plan({ ...input, desire: { ...input.desire, findings: [wrong] } })).toMatchObject({
      phase: 'blocked',
      actions: [],
    });
  });

  it('a missing tag in its grace time leaves the service ready, and sets an end', () => {
    const made = plan(planInput(wantsPrivate(), observed(), ledger(), { changesAt: START + HOUR }));
    expect(made).toMatchObject({
      phase: 'ready',
      waits: [{ kind: 'grace', condition: { check: 'nothing' }, endsAt: START + HOUR }],
    });
  });

  it('App Runner’s zone is not known for the region: the alias falls back, and this is reported', () => {
    const elsewhere = { ...planInput(wantsPrivate({ aliasStrategy: 'apprunner' }), observed(), ledger()) };
    const made = plan({ ...elsewhere, service: { ...elsewhere.service, region: 'mx-central-1' } });
    expect(summary(made)).toMatchObject({ phase: 'ready', now: [], findings: ['alias-fallback'] });
  });
});

describe('which zone', () => {
  const inPublic = { at: [appRunnerAlias()], txt: ownTxt() };
  const inPrivate = { at: [endpointAlias()], txt: ownTxt() };
  const nowhere = { at: [], txt: undefined };
  const ofPublic = ledger({
    domains: {
      [DOMAIN]: writtenDomain({
        records: [
          { zoneId: 'ZPUBLIC', record: appRunnerAlias() },
          { zoneId: 'ZPUBLIC', record: ownTxt() },
        ],
      }),
    },
  });

  it('a private zone newly associated is written first, and only then the public one is cleared', () => {
    const first = observed({
      domains: { [DOMAIN]: domainState({ records: { ZPUBLIC: inPublic, ZPRIVATE: nowhere } }) },
    });
    expect(plan(planInput(wantsPrivate(), first, ofPublic)).actions).toMatchObject([{ zoneId: 'ZPRIVATE' }]);
    const then = observed({
      domains: { [DOMAIN]: domainState({ records: { ZPUBLIC: inPublic, ZPRIVATE: inPrivate } }) },
    });
    const second = plan(planInput(wantsPrivate(), then, ofPublic));
    expect(second.actions).toMatchObject([
      {
        zoneId: 'ZPUBLIC',
        changes: [
          { action: 'DELETE', record: appRunnerAlias() },
          { action: 'DELETE', record: ownTxt() },
        ],
      },
    ]);
    const last = observed({
      domains: { [DOMAIN]: domainState({ records: { ZPUBLIC: nowhere, ZPRIVATE: inPrivate } }) },
    });
    expect(summary(plan(planInput(wantsPrivate(), last, ofPublic)))).toMatchObject({ phase: 'ready', now: [] });
  });

  it('a stranger’s record in the new zone leaves the old one in place', () => {
    const taken = { at: [addressRecord(DOMAIN, '192.0.2.1')], txt: undefined };
    const see = observed({ domains: { [DOMAIN]: domainState({ records: { ZPUBLIC: inPublic, ZPRIVATE: taken } }) } });
    expect(summary(plan(planInput(wantsPrivate(), see, ofPublic)))).toMatchObject({
      now: [],
      findings: ['record-foreign'],
    });
  });

  it('in a public zone the alias points at the App Runner name', () => {
    const state = domainState({ trafficZone: publicZone, records: { ZPUBLIC: nowhere } });
    const made = plan(planInput(wantsPrivate(), observed({ domains: { [DOMAIN]: state } })));
    expect(made.actions).toMatchObject([
      { zoneId: 'ZPUBLIC', changes: [{ record: appRunnerAlias() }, { record: ownTxt() }] },
    ]);
  });

  it('the target is the one returned for the VPC, else the connection’s own name', () => {
    const state = (target: string | undefined) =>
      observed({
        domains: {
          [DOMAIN]: domainState({
            trafficZone: publicZone,
            association: association({ target }),
            records: { ZPUBLIC: nowhere },
          }),
        },
      });
    const targetOf = (see: Observed) => {
      const [action] = plan(planInput(wantsPrivate(), see)).actions;
      const content = action?.kind === 'change-records' ? action.changes[0]?.record.content : undefined;
      return content?.kind === 'alias' ? content.target : undefined;
    };
    expect(targetOf(state('other.awsapprunner.com'))).toBe('other.awsapprunner.com');
    expect(targetOf(state(undefined))).toBe(CONNECTION_NAME);
  });

  it('a published name that answers with a stranger’s address from inside the VPC is reported, and verifies nothing', () => {
    const httpsChecks = {
      [DOMAIN]: { ok: true, status: 200, milliseconds: 5, addresses: ['10.0.22.10', '192.0.2.1'] },
    } as const;
    const made = plan(planInput(wantsPrivate(), observed({ httpsChecks }), ledger()));
    expect(made).toMatchObject({ proof: 'resolves', findings: [{ code: 'name-unreachable' }] });
    expect(made.findings[0]?.message).toContain('192.0.2.1');
  });

  it('dual-stack has an AAAA too', () => {
    const dualStack = endpoint({ addresses: [...endpoint().addresses, 'fd00::10', 'fd00::11'] });
    const see = observed({
      service: present({ dualStack: true }),
      network: network({ endpoints: [dualStack] }),
      domains: { [DOMAIN]: unpublished },
    });
    expect(summary(plan(planInput(wantsPrivate(), see))).now).toEqual([
      `CREATE A ${DOMAIN}, CREATE AAAA ${DOMAIN}, CREATE TXT _private-ingress.${DOMAIN}`,
    ]);
  });

  it('a zone taken off AllowedZones is written no more', () => {
    const see = observed({ domains: { [DOMAIN]: unpublished } });
    const made = plan(
      planInput(wantsPrivate(), see, emptyLedger, {
        rules: rules({ allowedZones: [{ id: 'ZPUBLIC', names: ['*.example.com'] }] }),
      }),
    );
    expect(summary(made)).toMatchObject({ phase: 'blocked', now: [], findings: ['zone-not-allowed'] });
    expect(made.findings[0]?.message).toContain(privateZone.id);
  });
});

describe('not published before it would work', () => {
  it.each<[string, Partial<Observed>, number | undefined, boolean]>([
    ['seen', { answer: seenAnswer }, undefined, true],
    ['seen publicly', { answer: { ...seenAnswer, vantage: 'public' } }, undefined, true],
    ['not there yet', { answer: notYet }, undefined, false],
    ['wrong', { answer: { vantage: 'public', outcome: 'addresses', addresses: ['203.0.113.1'] } }, undefined, false],
    ['no answer', { answer: { vantage: 'public', outcome: 'failed', reason: 'ETIMEOUT' } }, undefined, false],
    ['not checked', { answer: undefined }, undefined, false],
    ['unobservable, first seen now', { answer: stateAfterReadFailure }, undefined, false],
    ['unobservable just under the grace time', { answer: stateAfterReadFailure }, START - 300_000 + 1, false],
    ['unobservable for the grace time', { answer: stateAfterReadFailure }, START - 300_000, true],
  ])('%s', (_, see, since, published) => {
    const findings = since === undefined ? [] : dnsUnobservable(since);
    const input = planInput(wantsPrivate(), observed({ ...see, domains: { [DOMAIN]: unpublished } }), emptyLedger, {
      findings,
    });
    expect(plan(input).actions.length > 0).toBe(published);
  });
});
