import { describe, expect, it } from 'vitest';
import { DAY } from '../../shared/duration.ts';
import { finding } from '../../shared/findings.ts';
import { emptyLedger, type OwnedResources } from '../../shared/plan/ledger.ts';
import type { DomainState, Observed } from '../../shared/plan/observed.ts';
import { plan } from '../../shared/plan/plan.ts';
import type { PlanInput } from '../../shared/plan/plan-builder.ts';
import type { RefusedAlias } from '../../shared/plan/refused-alias.ts';
import { type Owner, ownershipRecord } from '../../shared/records/ownership.ts';
import {
  addressRecord,
  appRunnerAlias,
  CONNECTION_NAME,
  connection,
  DOMAIN,
  domainState,
  ENDPOINT_NAME,
  endpoint,
  endpointAlias,
  endpointInputs,
  ledger,
  network,
  observed,
  owner,
  ownTxt,
  planInput,
  present,
  publicZone,
  START,
  wantsPrivate,
  writtenDomain,
} from '../fixtures.ts';

const free = { at: [], txt: undefined };

/** What is planned for the name, given its records in the private zone (or, if `isPublic`, in the public one). */
function planned(
  state: Partial<DomainState>,
  {
    desired = {},
    known = emptyLedger,
    seen = {},
    more = {},
  }: {
    readonly desired?: Parameters<typeof wantsPrivate>[0];
    readonly known?: OwnedResources;
    readonly seen?: Partial<Observed>;
    readonly more?: Partial<PlanInput>;
  } = {},
) {
  const see = observed({ domains: { [DOMAIN]: domainState(state) }, ...seen });
  const { actions, findings, existing } = plan({ ...planInput(wantsPrivate(desired), see, known), ...more });
  const [action] = actions;
  return {
    now: actions.flatMap((one) =>
      one.kind === 'change-records'
        ? one.changes.map(({ action: verb, record }) => `${verb} ${record.type}`)
        : [one.kind],
    ),
    targets: actions.flatMap((one) =>
      one.kind === 'change-records'
        ? one.changes.flatMap(({ record: { content } }) => (content.kind === 'alias' ? [content.target] : []))
        : [],
    ),
    codes: findings.map(({ code }) => code),
    message: findings[0]?.message,
    why: action?.why,
    existing,
  };
}

describe('an AAAA record', () => {
  const v6 = endpoint({ addresses: [...endpoint().addresses, 'fd00::10'] });
  it.each<[string, boolean, ReturnType<typeof endpoint>, boolean]>([
    ['is published where service and endpoint have IPv6', true, v6, true],
    ['is not where the endpoint has none: it could not answer', true, endpoint(), false],
    ['is not where the service has none', false, v6, false],
  ])('%s', (_, dualStack, one, isPublished) => {
    const seen = { service: present({ dualStack }), network: network({ endpoints: [one] }) };
    const { now } = planned({ records: { ZPRIVATE: free } }, { seen });
    expect(now).toEqual(isPublished ? ['CREATE A', 'CREATE AAAA', 'CREATE TXT'] : ['CREATE A', 'CREATE TXT']);
  });
});

describe('a name for which there is no endpoint yet', () => {
  it('is judged already, and not published', () => {
    const seen = {
      service: present({ dualStack: true }),
      network: network({ endpoints: [], endpointInputs }),
      connections: [],
      answer: undefined,
    };
    expect(planned({ records: { ZPRIVATE: free } }, { seen }).now).toEqual(['create-endpoint']);
    const taken = { at: [addressRecord(DOMAIN, '192.0.2.1')], txt: undefined };
    expect(planned({ records: { ZPRIVATE: taken } }, { seen }).codes).toContain('record-foreign');
  });
});

describe('a name of another owner that is to be adopted', () => {
  const released: Owner = { ...owner, serviceId: 'f'.repeat(32) };
  const claimed = (by: Owner): Partial<DomainState> => ({
    records: { ZPRIVATE: { at: [addressRecord(DOMAIN, '192.0.2.1')], txt: ownershipRecord(DOMAIN, by) } },
  });
  const strangers = { records: { ZPRIVATE: { at: [addressRecord(DOMAIN, '192.0.2.1')], txt: undefined } } };
  const claims = (...ids: readonly string[]) => ({ claims: { [DOMAIN]: { released: ids } } });

  it.each<[string, Partial<DomainState>, readonly string[], Partial<Observed>, boolean]>([
    ['is replaced', strangers, [DOMAIN], {}, true],
    ['is not where another name is to be adopted', strangers, ['api.example.com'], {}, false],
    [
      'is replaced where another installation has it',
      claimed({ ...released, installation: 'other' }),
      [DOMAIN],
      {},
      true,
    ],
    ['is replaced where the service itself has it', claimed(owner), [DOMAIN], {}, true],
    ['is not where another service of the stack has it', claimed(released), [DOMAIN], {}, false],
    ['is not where yet another one released it', claimed(released), [DOMAIN], claims('e'.repeat(32)), false],
    ['is not where nothing is known of that name', claimed(released), [DOMAIN], { claims: {} }, false],
    ['is replaced once that service released it', claimed(released), [DOMAIN], claims(released.serviceId), true],
  ])('%s', (_, state, adopt, seen, isReplaced) => {
    const { now, codes } = planned(state, {
      desired: { adopt },
      seen,
    });
    expect(now.includes('DELETE A')).toBe(isReplaced);
    expect(codes).toEqual(isReplaced ? [] : ['record-foreign']);
  });
});

describe('a name that may not be had', () => {
  it('is foreign, or was lost, and the finding says in which zone', () => {
    const { codes, message } = planned({
      records: { ZPRIVATE: { at: [addressRecord(DOMAIN, '192.0.2.1')], txt: undefined } },
    });
    expect(codes).toEqual(['record-foreign']);
    expect(message).toContain(`${DOMAIN} is taken in the private zone example.com (ZPRIVATE)`);
    const changed = { records: { ZPRIVATE: { at: [addressRecord(DOMAIN, '192.0.2.1')], txt: ownTxt() } } };
    expect(planned(changed, { known: ledger() }).codes).toEqual(['ownership-lost']);
  });
});

describe('what a change of records is for', () => {
  const unseen = { vantage: 'public', outcome: 'nxdomain' } as const;
  const since = [{ ...finding('dns-unobservable', { resource: connection().arn, message: '' }), since: START - DAY }];
  it.each<[string, Partial<DomainState>, Parameters<typeof planned>[1], string]>([
    ['the name works now', { records: { ZPRIVATE: free } }, {}, `${DOMAIN} works now`],
    [
      'its grace time is over',
      { records: { ZPRIVATE: free } },
      {
        seen: { answer: unseen },
        more: { findings: since },
      },
      'its grace time is over',
    ],
    [
      'what was written is out of sync',
      { records: { ZPRIVATE: { at: [], txt: ownTxt() } } },
      { known: ledger() },
      `${DOMAIN} is out of sync`,
    ],
  ])('%s', (_, state, given, why) => expect(planned(state, given).why).toContain(why));
});

describe('records that stand as they should', () => {
  it('enter the ledger with the ownership record, and those of no other zone', () => {
    const { existing, now } = planned({}, { known: emptyLedger });
    expect(now).toEqual([]);
    expect(existing).toEqual([{ domain: DOMAIN, zoneId: 'ZPRIVATE', records: [endpointAlias(), ownTxt()] }]);
  });

  it('leave alone what the stack did not write in another zone', () => {
    const elsewhere = { at: [appRunnerAlias()], txt: ownTxt() };
    const records = { ...domainState().records, ZPUBLIC: elsewhere };
    expect(planned({ records }, { known: ledger() }).now).toEqual([]);
    const written = writtenDomain({ records: [{ zoneId: 'ZPUBLIC', record: appRunnerAlias() }] });
    const known = ledger({ domains: { [DOMAIN]: written } });
    expect(planned({ records }, { known }).now).toEqual(['DELETE A', 'DELETE TXT']);
    expect(planned({ records }, { known }).why).toContain(
      'the zone example.com (ZPRIVATE) answers for app.example.com now',
    );
    // Nothing is left there to delete.
    expect(planned({ records: { ...records, ZPUBLIC: free } }, { known }).now).toEqual([]);
  });
});

describe('an alias to App Runner’s name', () => {
  const inPublic = { trafficZone: publicZone, records: { ZPUBLIC: free } };
  const refused = (change: Partial<RefusedAlias> = {}): RefusedAlias => ({
    domain: DOMAIN,
    target: CONNECTION_NAME,
    world: `ZPUBLIC ${connection().arn} vpce-0e1`,
    at: START - DAY + 1,
    ...change,
  });
  const refusals = (change: Partial<RefusedAlias>, askedAt?: number) =>
    planned(inPublic, {
      more: { refusedAliases: [refused(change)], ...(askedAt === undefined ? {} : { askedAt }) },
    });

  it('that Route 53 refused is replaced by one to the endpoint, and this is reported', () => {
    const { targets, codes, message } = refusals({});
    expect(targets).toEqual([ENDPOINT_NAME]);
    expect(codes).toEqual(['alias-fallback']);
    expect(message).toContain(`refused an alias to ${CONNECTION_NAME}: the alias of ${DOMAIN}`);
    expect(refusals({}, START - DAY + 1).targets).toEqual([ENDPOINT_NAME]);
  });

  it.each<[string, Partial<RefusedAlias>, number | undefined]>([
    ['for another name', { domain: 'api.example.com' }, undefined],
    ['to another target', { target: 'other.awsapprunner.com' }, undefined],
    ['in another zone', { world: `ZOTHER ${connection().arn} vpce-0e1` }, undefined],
    ['with another connection', { world: 'ZPUBLIC arn vpce-0e1' }, undefined],
    ['with another endpoint', { world: `ZPUBLIC ${connection().arn} vpce-0e2` }, undefined],
    ['a day ago', { at: START - DAY }, undefined],
    ['before a person asked', {}, START],
  ])('is tried where it was refused %s', (_, change, askedAt) => {
    expect(refusals(change, askedAt)).toMatchObject({ targets: [CONNECTION_NAME], codes: [] });
  });

  it('is another matter than one to the endpoint, which is used whatever was refused', () => {
    const toEndpoint = refused({ target: ENDPOINT_NAME, world: `ZPRIVATE ${connection().arn} vpce-0e1` });
    const made = planned({ records: { ZPRIVATE: free } }, { more: { refusedAliases: [toEndpoint] } });
    expect(made).toMatchObject({ targets: [ENDPOINT_NAME], codes: [] });
  });

  it('is reported as not possible only where it was asked for', () => {
    const elsewhere = { service: { ...planInput(wantsPrivate()).service, region: 'mx-central-1' } };
    const asked = planned(inPublic, { desired: { aliasStrategy: 'apprunner' }, more: elsewhere });
    expect(asked).toMatchObject({ targets: [ENDPOINT_NAME], codes: ['alias-fallback'] });
    expect(asked.message).toContain('not for mx-central-1');
    expect(planned(inPublic, { more: elsewhere })).toMatchObject({ targets: [ENDPOINT_NAME], codes: [] });
    expect(planned(inPublic, { desired: { aliasStrategy: 'apprunner' } })).toMatchObject({
      targets: [CONNECTION_NAME],
      codes: [],
    });
  });
});
