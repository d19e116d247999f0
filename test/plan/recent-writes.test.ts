import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../shared/duration.ts';
import type { Action } from '../../shared/plan/action.ts';
import { emptyLedger, type OwnedResources } from '../../shared/plan/ledger.ts';
import type { Observed } from '../../shared/plan/observed.ts';
import { plan } from '../../shared/plan/plan.ts';
import { noteWrite } from '../../shared/plan/recent-writes.ts';
import type { Desired } from '../../shared/policy/desire.ts';
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
    expect(waitsFor(soon)).toEqual(['consistency']);
    expect(kinds(planAfter(120, [published], { domains: bare }))).toEqual(['change-records']);
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
    expect(soon.forget).toEqual([DOMAIN]);
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

  it('is a new one once the tag was seen gone', () => {
    expect(planAfter(10, [removed], {}).writes).toEqual([]);
  });

  it('is removed although another tag was removed a moment ago', () => {
    const adopted: Action = { kind: 'remove-tag', key: 'private-ingress:adopt', why: '' };
    expect(kinds(planAfter(10, [adopted], { ...tagged, domains: going }, asked))).toContain('remove-tag');
    expect(kinds(planAfter(10, [removed], { ...tagged, domains: going }, asked))).not.toContain('remove-tag');
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
  });
});

describe('the list of writes', () => {
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
