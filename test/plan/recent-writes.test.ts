import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../shared/duration.ts';
import { type Action, actionKey } from '../../shared/plan/action.ts';
import { emptyLedger, type OwnedResources } from '../../shared/plan/ledger.ts';
import type { DomainState, Observed } from '../../shared/plan/observed.ts';
import { plan } from '../../shared/plan/plan.ts';
import { noteWrite, pendingWrites, withPendingRecords } from '../../shared/plan/recent-writes.ts';
import type { Desired } from '../../shared/policy/desire.ts';
import type { RecordSet } from '../../shared/records/record-set.ts';
import {
  addressRecord,
  association,
  DOMAIN,
  domainState,
  endpointAlias,
  endpointInputs,
  ledger,
  network,
  observed,
  ownTxt,
  planInput,
  present,
  START,
  VPC,
  validationCname,
  wantsDetached,
  wantsPrivate,
} from '../fixtures.ts';

const createConnection: Action = { kind: 'create-connection', name: 'pi', vpcId: VPC, endpointId: 'vpce-0e1', why: '' };
const associate: Action = { kind: 'associate-domain', domain: DOMAIN, why: '' };
const traffic = (...changes: (Action & { kind: 'change-records' })['changes']): Action => ({
  kind: 'change-records',
  purpose: 'traffic',
  domain: DOMAIN,
  zoneId: 'ZPRIVATE',
  changes,
  why: '',
});
const published = traffic({ action: 'CREATE', record: endpointAlias() }, { action: 'CREATE', record: ownTxt() });
const validated: Action = {
  kind: 'change-records',
  purpose: 'validation',
  domain: DOMAIN,
  zoneId: 'ZPUBLIC',
  changes: [{ action: 'CREATE', record: validationCname }],
  why: '',
};
const zoneRecords = (records: DomainState['records']) => domainState({ records });
const unpublished = traffic({ action: 'DELETE', record: endpointAlias() }, { action: 'DELETE', record: ownTxt() });

/** What is planned some seconds after these writes. */
function planAfter(
  seconds: number,
  writes: readonly Action[],
  seen: Partial<Observed>,
  { desired = wantsPrivate(), known = ledger() }: { desired?: Desired; known?: OwnedResources } = {},
) {
  const noted = writes.reduce((all, action) => noteWrite(all, action, START), known);
  return plan(planInput(desired, observed({ ...seen, at: START + seconds * SECOND }), noted));
}
const kinds = ({ actions }: ReturnType<typeof plan>) => actions.map(({ kind }) => kind);
const waitsFor = ({ waits }: ReturnType<typeof plan>) => waits.map(({ kind }) => kind);
const notListed: Partial<Observed> = { connections: [], answer: undefined };
const bare = { [DOMAIN]: domainState({ records: { ZPRIVATE: { at: [], txt: undefined } } }) };

describe('what was written a moment ago and is not listed yet', () => {
  it.each<[string, Action, Partial<Observed>]>([
    ['a connection', createConnection, notListed],
    ['an association', associate, { domains: { [DOMAIN]: domainState({ association: undefined }) } }],
    [
      'an endpoint',
      { kind: 'create-endpoint', vpcId: VPC, subnetIds: [], securityGroupIds: [], dualStack: false, why: '' },
      { ...notListed, network: network({ endpoints: [], endpointInputs }) },
    ],
    ['a private service', { kind: 'make-private', why: '' }, { ...notListed, service: present({ isPublic: true }) }],
  ])('%s is not created again before two minutes have passed', (_, write, seen) => {
    const soon = planAfter(119, [write], seen, {
      known: { ...ledger(), cutover: { managedSince: 0, wasReady: true } },
    });
    expect(kinds(soon)).not.toContain(write.kind);
    expect(waitsFor(soon)).toContain('consistency');
    const late = planAfter(120, [write], seen, {
      known: { ...ledger(), cutover: { managedSince: 0, wasReady: true } },
    });
    expect(kinds(late)).toContain(write.kind);
    expect(late.writes).toEqual([]);
  });

  it('a record counts as written, and is looked at again', () => {
    const soon = planAfter(10, [published], { domains: bare });
    expect(soon).toMatchObject({ phase: 'ready', actions: [], findings: [] });
    expect(soon.waits).toMatchObject([
      {
        kind: 'consistency',
        subject: `change-records:traffic:${DOMAIN}:ZPRIVATE ${DOMAIN}`,
        condition: { check: 'nothing' },
        endsAt: START + 2 * MINUTE,
      },
    ]);
    expect(kinds(planAfter(120, [published], { domains: bare }))).toEqual(['change-records']);
    const both = planAfter(10, [createConnection, published], { ...notListed, domains: bare });
    expect(both.waits.map(({ subject }) => subject)).toEqual([
      'create-connection',
      `change-records:traffic:${DOMAIN}:ZPRIVATE ${DOMAIN}`,
    ]);
  });

  it('is believed once it is listed: what happens to it then is another’s doing', () => {
    const seen = planAfter(10, [published], {});
    expect([seen.writes, seen.waits]).toEqual([[], []]);
    const gone = plan(
      planInput(wantsPrivate(), observed({ domains: bare, at: START + 20_000 }), {
        ...ledger(),
        writes: seen.writes ?? [],
      }),
    );
    expect(kinds(gone)).toEqual(['change-records']);
  });

  it('does not hide a record of another owner under another type', () => {
    const domains = {
      [DOMAIN]: domainState({
        records: { ZPRIVATE: { at: [{ ...addressRecord(DOMAIN, '::1'), type: 'AAAA' }], txt: undefined } },
      }),
    };
    expect(planAfter(10, [published], { domains }).phase).not.toBe('ready');
  });
});

describe('what was deleted a moment ago and is still listed', () => {
  const gone = { desired: wantsDetached() };
  const released = { [DOMAIN]: domainState({ association: undefined, validation: {} }) };

  it('is not deleted again', () => {
    const soon = planAfter(10, [unpublished], { domains: released, connections: [] }, gone);
    expect(kinds(soon)).toEqual([]);
    expect([soon.forget, soon.waits]).toEqual([[DOMAIN], []]);
    expect(kinds(planAfter(120, [unpublished], { domains: released, connections: [] }, gone))).toEqual([
      'change-records',
    ]);
  });

  it('does not stand in the way of what is written next', () => {
    const moved = traffic(
      { action: 'DELETE', record: addressRecord(DOMAIN, '192.0.2.1') },
      { action: 'CREATE', record: endpointAlias() },
      { action: 'CREATE', record: ownTxt() },
    );
    const stale = {
      [DOMAIN]: domainState({ records: { ZPRIVATE: { at: [addressRecord(DOMAIN, '192.0.2.1')], txt: undefined } } }),
    };
    expect(planAfter(10, [moved], { domains: stale })).toMatchObject({ phase: 'ready', findings: [] });
  });

  it('counts as written when it was written again', () => {
    expect(planAfter(10, [unpublished, published], {})).toMatchObject({ phase: 'ready', actions: [] });
  });
});

describe('a request by tag', () => {
  const key = 'private-ingress:reassociate';
  const removed: Action = { kind: 'remove-tag', key, why: '' };
  const asked = { desired: wantsPrivate({ reassociate: [DOMAIN] }) };
  const tagged = { service: present({ tags: { [key]: DOMAIN } }) };
  const going = { [DOMAIN]: domainState({ association: association({ status: 'deleting' }) }) };

  it('is not done again while the tag may still be listed', () => {
    const soon = planAfter(60, [removed], tagged, asked);
    expect(kinds(soon)).toEqual([]);
    expect(waitsFor(soon)).toEqual(['consistency']);
    expect(kinds(planAfter(120, [removed], tagged, asked))).toEqual(['disassociate-domain']);
  });

  it('is done again for none of its names', () => {
    const domains = { [DOMAIN]: domainState(), 'api.example.com': domainState({ records: {} }) };
    const names = Object.keys(domains);
    const desired = wantsPrivate({ domains: names, reassociate: names });
    expect(kinds(planAfter(60, [removed], { ...tagged, domains }, { desired }))).not.toContain('disassociate-domain');
  });

  it('is a new one once the tag was seen gone', () => {
    expect(planAfter(10, [removed], {}).writes).toEqual([]);
  });

  it('is removed although another tag was removed a moment ago', () => {
    const adopted: Action = { kind: 'remove-tag', key: 'private-ingress:adopt', why: '' };
    expect(kinds(planAfter(10, [adopted], { ...tagged, domains: going }, asked))).toContain('remove-tag');
    expect(kinds(planAfter(10, [removed], { ...tagged, domains: going }, asked))).not.toContain('remove-tag');
  });
});

describe('a service of which nothing is wanted', () => {
  it.each<[string, Desired]>([
    ['is released', { kind: 'released' }],
    ['is unclear', { kind: 'unclear' }],
    ['is unmanaged', { kind: 'unmanaged' }],
  ])('waits for no listing: it %s', (_, desired) => {
    expect(planAfter(10, [published, createConnection], { ...notListed, domains: bare }, { desired }).waits).toEqual(
      [],
    );
  });
});

describe('detaching', () => {
  it('waits for a connection or an association that is not listed yet', () => {
    const gone = { desired: wantsDetached(), known: emptyLedger };
    const connection = planAfter(10, [createConnection], { ...notListed, domains: {} }, gone);
    expect([connection.phase, waitsFor(connection)]).toEqual(['detaching', ['consistency']]);
    expect(planAfter(120, [createConnection], { ...notListed, domains: {} }, gone).phase).toBe('detached');
    const domains = { [DOMAIN]: domainState({ association: undefined, records: {}, validation: {} }) };
    const associated = planAfter(10, [associate], { ...notListed, domains }, { desired: wantsDetached() });
    expect([associated.phase, associated.forget]).toEqual(['detaching', []]);
    const written = planAfter(10, [published], { ...notListed, domains: bare }, { desired: wantsDetached() });
    expect([kinds(written), waitsFor(written)]).toEqual([['change-records'], ['consistency']]);
    const attached = planAfter(10, [associate], { domains }, { desired: wantsDetached() });
    expect([attached.actions, waitsFor(attached)]).toEqual([[], ['consistency']]);
  });
});

describe('a write', () => {
  const none = domainState({ association: undefined, records: {}, validation: {} });
  const only = (state: Parameters<typeof domainState>[0]) => ({ domains: { [DOMAIN]: domainState(state) } });
  const key = 'private-ingress:adopt';
  const createEndpoint: Action = {
    kind: 'create-endpoint',
    vpcId: VPC,
    subnetIds: [],
    securityGroupIds: [],
    dualStack: false,
    why: '',
  };
  const createGroup: Action = { kind: 'create-security-group', vpcId: VPC, cidrs: [], why: '' };
  const disassociate: Action = { kind: 'disassociate-domain', domain: DOMAIN, why: '' };
  const gone = { service: { kind: 'deleted' } } as const;
  const inputs = (securityGroupIds: readonly string[]) => ({
    network: network({ endpoints: [], endpointInputs: { ...endpointInputs, securityGroupIds } }),
  });
  const zone = (zoneId: string, ...records: readonly RecordSet[]) => ({ [zoneId]: { at: records, txt: undefined } });
  const alias = traffic({ action: 'CREATE', record: endpointAlias() });
  const txt = traffic({ action: 'CREATE', record: ownTxt() });

  it.each<[string, Action, Partial<Observed>, boolean]>([
    ['a connection, that is listed', createConnection, {}, false],
    ['a connection, that is not', createConnection, notListed, true],
    ['an endpoint, that is listed', createEndpoint, {}, false],
    ['an endpoint, that is not', createEndpoint, { network: network({ endpoints: [] }) }, true],
    ['an endpoint of a VPC that is not looked at', createEndpoint, { network: undefined }, false],
    ['a security group, that is listed', createGroup, inputs(['sg-1']), false],
    ['a security group, that is not', createGroup, inputs([]), true],
    ['a security group that nothing asks for any more', createGroup, {}, false],
    ['a security group of a VPC that is not looked at', createGroup, { network: undefined }, false],
    ['an association, that is listed', associate, {}, false],
    ['an association, that is not', associate, { domains: { [DOMAIN]: none } }, true],
    ['an association of a name that is not looked at', associate, { domains: {} }, true],
    [
      'a disassociation, that is listed',
      disassociate,
      only({ association: association({ status: 'deleting' }) }),
      false,
    ],
    ['a disassociation that is done', disassociate, { domains: { [DOMAIN]: none } }, false],
    ['a disassociation, that is not', disassociate, {}, true],
    ['a disassociation of a name that is not looked at', disassociate, { domains: {} }, false],
    ['a private service', { kind: 'make-private', why: '' }, {}, false],
    [
      'a private service, that is listed as public',
      { kind: 'make-private', why: '' },
      { service: present({ isPublic: true }) },
      true,
    ],
    ['a private service that is deleted', { kind: 'make-private', why: '' }, gone, false],
    ['a public service', { kind: 'make-public', why: '' }, { service: present({ isPublic: true }) }, false],
    ['a public service, that is listed as private', { kind: 'make-public', why: '' }, {}, true],
    ['a public service that is deleted', { kind: 'make-public', why: '' }, gone, false],
    ['a tag that was removed', { kind: 'remove-tag', key, why: '' }, {}, false],
    [
      'a tag that was removed, and is listed',
      { kind: 'remove-tag', key, why: '' },
      { service: present({ tags: { [key]: '' } }) },
      true,
    ],
    ['a tag of a service that is deleted', { kind: 'remove-tag', key, why: '' }, gone, false],
    [
      'an update that no listing shows',
      { kind: 'update-connection', arn: 'a', vpcId: VPC, endpointId: 'e', why: '' },
      {},
      true,
    ],
    ['an alias, that is listed', alias, only({ records: zone('ZPRIVATE', endpointAlias()) }), false],
    ['an alias, that is listed in another zone', alias, only({ records: zone('ZPUBLIC', endpointAlias()) }), true],
    [
      'an alias, that is listed among others',
      alias,
      { domains: { 'api.example.com': none, [DOMAIN]: domainState() } },
      false,
    ],
    [
      'an alias, that is listed as it was',
      alias,
      only({ records: zone('ZPRIVATE', addressRecord(DOMAIN, '192.0.2.1')) }),
      true,
    ],
    ['an ownership record, that is listed', txt, {}, false],
    ['an ownership record, that is not', txt, only({ records: zone('ZPRIVATE', endpointAlias()) }), true],
    ['a validation record, that is listed', validated, {}, false],
    ['a validation record, that is not', validated, only({ validation: {} }), true],
    ['the deletion of a record, whatever is listed', unpublished, { domains: { [DOMAIN]: none } }, true],
  ])('is pending or not: %s', (_, action, seen, isPending) => {
    const { writes = [] } = noteWrite(emptyLedger, action, START);
    const pending = pendingWrites({ ...emptyLedger, writes }, observed(seen));
    expect(pending).toEqual(isPending ? writes : []);
  });
});

describe('the records of a write that is not listed yet', () => {
  const other = 'api.example.com';
  const bareValidation = domainState({ validation: { ZPUBLIC: [], ZPRIVATE: [] } });
  const seenAfter = (action: Action, domains: Observed['domains']) => {
    const { writes = [] } = noteWrite(emptyLedger, action, START);
    return withPendingRecords(observed({ domains }), writes).domains;
  };

  it('are those of its zone, and of the names that they are for', () => {
    const both = zoneRecords({ ZPRIVATE: { at: [], txt: undefined }, ZPUBLIC: { at: [], txt: undefined } });
    const seen = seenAfter(published, { [DOMAIN]: both, [other]: both });
    expect(seen[DOMAIN]?.records).toEqual({
      ZPRIVATE: { at: [endpointAlias()], txt: ownTxt() },
      ZPUBLIC: { at: [], txt: undefined },
    });
    expect(seen[other]?.records).toEqual(both.records);
  });

  it('take the place of what is listed of the same type, but not of a part of a traffic shift', () => {
    const shifted = { ...addressRecord(DOMAIN, '192.0.2.1'), setIdentifier: 'blue' };
    const old = zoneRecords({ ZPRIVATE: { at: [addressRecord(DOMAIN, '192.0.2.1'), shifted], txt: undefined } });
    expect(seenAfter(published, { [DOMAIN]: old })[DOMAIN]?.records).toEqual({
      ZPRIVATE: { at: [shifted, endpointAlias()], txt: ownTxt() },
    });
    const taken = traffic({ action: 'DELETE', record: ownTxt() });
    expect(seenAfter(taken, { [DOMAIN]: domainState() })[DOMAIN]?.records).toEqual({
      ZPRIVATE: { at: [endpointAlias()], txt: undefined },
    });
    expect(
      seenAfter(traffic({ action: 'DELETE', record: endpointAlias() }), { [DOMAIN]: domainState() })[DOMAIN]?.records,
    ).toEqual({
      ZPRIVATE: { at: [], txt: ownTxt() },
    });
  });

  it('are the validation records of the domain, and of another one whose certificate needs them', () => {
    const unneeded = { ...bareValidation, association: association({ validation: [] }) };
    const none = { ...bareValidation, association: undefined };
    const seen = seenAfter(validated, {
      [DOMAIN]: unneeded,
      [other]: bareValidation,
      'x.example.com': unneeded,
      'y.example.com': none,
    });
    expect(Object.values(seen).map(({ validation }) => validation)).toEqual([
      { ZPUBLIC: [validationCname], ZPRIVATE: [] },
      { ZPUBLIC: [validationCname], ZPRIVATE: [] },
      { ZPUBLIC: [], ZPRIVATE: [] },
      { ZPUBLIC: [], ZPRIVATE: [] },
    ]);
  });

  it('leave every other record as it is listed', () => {
    const earlier = { ...validationCname, name: `_earlier.${DOMAIN}` };
    const listed = (...records: readonly RecordSet[]) => domainState({ validation: { ZPUBLIC: records } });
    const shown = (action: Action, state: DomainState) => seenAfter(action, { [DOMAIN]: state })[DOMAIN]?.validation;
    expect(shown(validated, listed(earlier))).toEqual({ ZPUBLIC: [earlier, validationCname] });
    const removed: Action = { ...validated, changes: [{ action: 'DELETE', record: validationCname }] };
    expect(shown(removed, listed(earlier, validationCname))).toEqual({ ZPUBLIC: [earlier] });
  });

  it('are none of a write of something else', () => {
    const see = observed();
    expect(withPendingRecords(see, noteWrite(emptyLedger, createConnection, START).writes ?? [])).toBe(see);
    const mixed = [associate, published].reduce((all, one) => noteWrite(all, one, START), emptyLedger);
    expect(withPendingRecords(see, mixed.writes ?? [])).toEqual(see);
  });

  it('are not written again', () => {
    const domains = { [DOMAIN]: bareValidation };
    expect(kinds(planAfter(10, [validated], { domains }))).toEqual([]);
    expect(kinds(planAfter(120, [validated], { domains }))).toEqual(['change-records']);
  });
});

describe('the list of writes', () => {
  it.each<[string, readonly Action[]]>([
    ['a connection', [createConnection, { kind: 'delete-connection', arn: 'a', why: '' }]],
    ['a connection, anew', [{ kind: 'delete-connection', arn: 'a', why: '' }, createConnection]],
    [
      'a connection, elsewhere',
      [createConnection, { kind: 'update-connection', arn: 'a', vpcId: VPC, endpointId: 'e', why: '' }],
    ],
    ['an association', [associate, { kind: 'disassociate-domain', domain: DOMAIN, why: '' }]],
    [
      'what is public',
      [
        { kind: 'make-private', why: '' },
        { kind: 'make-public', why: '' },
      ],
    ],
  ])('holds the last that was done to one thing: %s', (_, actions) => {
    const { writes } = actions.reduce((all, action) => noteWrite(all, action, START), emptyLedger);
    expect(writes).toMatchObject([{ key: actionKey(actions[1] ?? associate) }]);
  });

  it('holds both of what was done to two', () => {
    const apart: readonly Action[] = [
      associate,
      { kind: 'associate-domain', domain: 'x.test', why: '' },
      createConnection,
    ];
    const { writes } = apart.reduce((all, action) => noteWrite(all, action, START), emptyLedger);
    expect(writes?.map(({ key }) => key)).toEqual(apart.map(actionKey));
  });

  it('holds one entry for each thing, and none that is older than the window', () => {
    const known = [associate, published, unpublished, published].reduce(
      (all, action) => noteWrite(all, action, START),
      emptyLedger,
    );
    expect(known.writes?.map(({ key, change }) => `${key} ${change?.action ?? ''}`)).toEqual([
      `associate-domain:${DOMAIN} `,
      `change-records:traffic:${DOMAIN}:ZPRIVATE CREATE`,
      `change-records:traffic:${DOMAIN}:ZPRIVATE CREATE`,
    ]);
    expect(noteWrite(known, createConnection, START + 2 * MINUTE).writes?.map(({ key }) => key)).toEqual([
      'create-connection',
    ]);
    expect(association().status).toBe('active');
  });
});
