import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Action, actionKey, confirmWritten, describeAction, writeAhead } from '../../shared/plan/action.ts';
import { emptyLedger, ownedDomain, withoutDomain } from '../../shared/plan/ledger.ts';
import { type RecordSet, sameRecord } from '../../shared/records/record-set.ts';
import {
  addressRecord,
  appRunnerAlias,
  DOMAIN,
  endpointAlias,
  ledger,
  ownTxt,
  START,
  validationCname,
} from '../fixtures.ts';

const publish: Action = {
  kind: 'change-records',
  purpose: 'traffic',
  domain: DOMAIN,
  zoneId: 'ZPRIVATE',
  why: 'a test',
  changes: [
    { action: 'CREATE', record: endpointAlias() },
    { action: 'CREATE', record: ownTxt() },
  ],
};
const mend: Action = {
  ...publish,
  changes: [
    { action: 'DELETE', record: endpointAlias() },
    { action: 'CREATE', record: appRunnerAlias() },
  ],
};
const validate: Action = {
  ...publish,
  purpose: 'validation',
  zoneId: 'ZPUBLIC',
  changes: [{ action: 'CREATE', record: validationCname }],
};

describe('the ledger entry', () => {
  it('before and after publishing: both records, and then when they were written', () => {
    const before = writeAhead(emptyLedger, publish);
    expect(ownedDomain(before, DOMAIN).records.map(({ zoneId, record }) => [zoneId, record.type])).toEqual([
      ['ZPRIVATE', 'A'],
      ['ZPRIVATE', 'TXT'],
    ]);
    expect(ownedDomain(before, DOMAIN).records.map(({ at }) => at)).toEqual([undefined, undefined]);
    const { records } = ownedDomain(confirmWritten(before, publish, START), DOMAIN);
    expect(records).toEqual(ownedDomain(before, DOMAIN).records.map((one) => ({ ...one, at: START })));
  });

  it('while mending: the old and the new, until the old one is known to be gone', () => {
    const known = writeAhead(emptyLedger, publish);
    const contents = (state: typeof known) => ownedDomain(state, DOMAIN).records.map(({ record }) => record);
    expect(contents(writeAhead(known, mend))).toEqual([endpointAlias(), ownTxt(), appRunnerAlias()]);
    expect(contents(confirmWritten(writeAhead(known, mend), mend, START))).toEqual([ownTxt(), appRunnerAlias()]);
  });

  it('the same twice is recorded once', () => {
    const known = writeAhead(emptyLedger, publish);
    expect(ownedDomain(writeAhead(known, publish), DOMAIN).records).toHaveLength(2);
  });

  it('the same record in another zone is another record', () => {
    const both = writeAhead(writeAhead(emptyLedger, publish), { ...publish, zoneId: 'ZPUBLIC' });
    expect(ownedDomain(both, DOMAIN).records).toHaveLength(4);
    const removed = confirmWritten(
      both,
      { ...publish, changes: [{ action: 'DELETE', record: endpointAlias() }] },
      START,
    );
    expect(ownedDomain(removed, DOMAIN).records.map(({ zoneId }) => zoneId)).toEqual([
      'ZPRIVATE',
      'ZPUBLIC',
      'ZPUBLIC',
    ]);
  });

  it('validation records apart from traffic records', () => {
    const known = writeAhead(emptyLedger, validate);
    expect(ownedDomain(known, DOMAIN)).toMatchObject({ records: [], validation: [{ zoneId: 'ZPUBLIC' }] });
    const gone: Action = { ...validate, changes: [{ action: 'DELETE', record: validationCname }] };
    const both = { ...ownedDomain(known, DOMAIN), records: [{ zoneId: 'ZPUBLIC', record: validationCname }] };
    const left = confirmWritten({ ...known, domains: { [DOMAIN]: both } }, gone, START);
    expect(ownedDomain(left, DOMAIN)).toMatchObject({ records: both.records, validation: [] });
  });

  it('what was replaced, once each, to be restored in its zone as its first owner’s', () => {
    const [one, two] = [addressRecord(DOMAIN, '192.0.2.1'), addressRecord(DOMAIN, '192.0.2.2')];
    const take = (...replaced: readonly RecordSet[]): Action => ({ ...publish, replaced });
    const known = [take(one), take(two, one)].reduce(writeAhead, emptyLedger);
    const inZone = (record: RecordSet) => ({ zoneId: 'ZPRIVATE', record });
    expect(ownedDomain(known, DOMAIN).replaced).toEqual([two, one].map(inZone));
    expect(ownedDomain(writeAhead(known, mend), DOMAIN).replaced).toEqual([two, one].map(inZone));
    expect(ownedDomain(writeAhead(emptyLedger, publish), DOMAIN)).not.toHaveProperty('replaced');
    const restore: Action = { ...publish, changes: [{ action: 'CREATE', record: one }] };
    const noted = (action: Action) =>
      ownedDomain(writeAhead(known, action), DOMAIN).records.map(({ record }) => record);
    expect(noted(restore)).not.toContainEqual(one);
    expect(noted({ ...restore, zoneId: 'ZPUBLIC' })).toContainEqual(one);
    expect(noted({ ...restore, changes: [{ action: 'CREATE', record: appRunnerAlias() }] })).toContainEqual(
      appRunnerAlias(),
    );
  });

  it('making private, and public again', () => {
    const known = writeAhead(emptyLedger, { kind: 'make-private', why: '' });
    expect(known.madePrivate).toBe(true);
    // Not before it is done: the process may die in between.
    const again: Action = { kind: 'make-public', why: '' };
    expect(writeAhead(known, again).madePrivate).toBe(true);
    // Nor once App Runner has accepted it: the deployment may fail, and leave the service private.
    expect(confirmWritten(writeAhead(known, again), again, START).madePrivate).toBe(true);
  });

  it('an association, until it is seen to be gone', () => {
    const known = writeAhead(emptyLedger, { kind: 'associate-domain', domain: DOMAIN, why: '' });
    expect(ownedDomain(known, DOMAIN).associated).toBe(true);
    const going: Action = { kind: 'disassociate-domain', domain: DOMAIN, why: '' };
    expect(ownedDomain(confirmWritten(writeAhead(known, going), going, START), DOMAIN).associated).toBe(true);
    expect(withoutDomain(known, DOMAIN)).toEqual(emptyLedger);
  });

  it('nothing for what its own name or tag identifies', () => {
    for (const kind of ['create-security-group', 'create-endpoint'] as const) {
      const base = { why: '', vpcId: 'v', endpointId: 'e', name: 'n', cidrs: [], subnetIds: [], securityGroupIds: [] };
      expect(writeAhead(ledger(), { ...base, dualStack: false, kind })).toEqual(ledger());
    }
  });

  it('the endpoint a connection is attached to, to report its cost once it is unused', () => {
    const attach: Action = { kind: 'create-connection', why: '', name: 'n', vpcId: 'v', endpointId: 'e' };
    expect(writeAhead(ledger(), attach).endpoint).toEqual({ id: 'e', vpcId: 'v' });
  });

  it('of a created record is never nothing, whatever was recorded before', () => {
    const record = fc.constantFrom(endpointAlias(), appRunnerAlias(), ownTxt());
    const change = fc.record({ action: fc.constantFrom('CREATE', 'DELETE'), record });
    const actions = fc.array(
      fc.record({ changes: fc.array(change, { maxLength: 3 }), zoneId: fc.constantFrom('ZPRIVATE', 'ZPUBLIC') }),
    );
    fc.assert(
      fc.property(actions, (given) => {
        let known = emptyLedger;
        for (const one of given) {
          const action: Action = { ...publish, ...one };
          const before = ownedDomain(known, DOMAIN).records;
          known = writeAhead(known, action);
          const noted = ownedDomain(known, DOMAIN).records;
          for (const { action: verb, record: created } of one.changes) {
            if (verb !== 'CREATE') continue;
            expect(noted.some(({ zoneId, record: own }) => zoneId === one.zoneId && sameRecord(own, created))).toBe(
              true,
            );
          }
          expect(
            before.every((old) =>
              noted.some(({ zoneId, record: own }) => zoneId === old.zoneId && sameRecord(own, old.record)),
            ),
          ).toBe(true);
        }
      }),
    );
  });
});

describe('for people and for counting', () => {
  it('the same thing done again has the same key, another thing has another', () => {
    expect(actionKey(mend)).toBe(actionKey(publish));
    expect(actionKey(validate)).not.toBe(actionKey(publish));
    expect(actionKey({ ...publish, domain: 'api.example.com' })).not.toBe(actionKey(publish));
    expect(actionKey({ kind: 'associate-domain', domain: DOMAIN, why: 'a' })).toBe('associate-domain:app.example.com');
    // Records of an earlier certificate go after those of the next one came: that reverses nothing.
    const gone = { action: 'DELETE', record: validationCname } as const;
    const key = `change-records:validation:${DOMAIN}:ZPUBLIC`;
    expect(actionKey({ ...validate, changes: [gone, gone] })).toBe(`${key}:removal`);
    expect(actionKey({ ...validate, changes: [gone, { action: 'CREATE', record: validationCname }] })).toBe(key);
    expect(actionKey(validate)).toBe(key);
    expect(actionKey({ ...publish, changes: [gone] })).toBe(actionKey(publish));
  });
  it.each<[Action, string]>([
    [publish, 'create A app.example.com, create TXT _private-ingress.app.example.com in zone ZPRIVATE'],
    [mend, 'delete A app.example.com, create A app.example.com in zone ZPRIVATE'],
    [{ kind: 'make-private', why: '' }, 'make the service private'],
    [{ kind: 'make-public', why: '' }, 'make the service public again'],
    [{ kind: 'delete-connection', arn: 'x', why: '' }, 'delete the VPC ingress connection'],
    [
      { kind: 'create-connection', name: 'pi', vpcId: 'v', endpointId: 'vpce-1', why: '' },
      'attach the VPC ingress connection pi to vpce-1',
    ],
    [
      { kind: 'update-connection', arn: 'x', vpcId: 'v', endpointId: 'vpce-1', why: '' },
      'point the VPC ingress connection at vpce-1',
    ],
    [{ kind: 'associate-domain', domain: DOMAIN, why: '' }, 'associate app.example.com with the service'],
    [{ kind: 'disassociate-domain', domain: DOMAIN, why: '' }, 'disassociate app.example.com from the service'],
    [
      { kind: 'create-security-group', vpcId: 'v', cidrs: ['10.0.0.0/16'], why: '' },
      'create a security group in v that allows HTTPS from 10.0.0.0/16',
    ],
    [
      { kind: 'create-endpoint', vpcId: 'v', subnetIds: ['a', 'b'], securityGroupIds: [], dualStack: false, why: '' },
      'create the App Runner interface endpoint in v (a, b)',
    ],
    [
      { kind: 'create-endpoint', vpcId: 'v', subnetIds: ['a'], securityGroupIds: [], dualStack: true, why: '' },
      'create the App Runner dual-stack interface endpoint in v (a)',
    ],
    [
      { kind: 'extend-security-group', groupId: 'sg-1', cidrs: ['10.0.0.0/16', '::/0'], why: '' },
      'allow HTTPS from 10.0.0.0/16, ::/0 in the security group sg-1',
    ],
  ])('%#', (action, text) => expect(describeAction(action)).toBe(text));
});
