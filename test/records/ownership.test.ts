import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  planRecords,
  planRemoval,
  type RecordsAtName,
  type RecordsPlan,
  readClaim,
} from '../../shared/records/ownership.ts';
import { type RecordChange, type RecordSet, sameRecord } from '../../shared/records/record-set.ts';
import { addressRecord, aliasRecord, cname, DOMAIN, ENDPOINT_NAME, endpointAlias, owner, ownTxt } from '../fixtures.ts';

const txtOf = (value: string): RecordSet => ({ ...ownTxt(), content: { kind: 'values', ttl: 300, values: [value] } });
const othersTxt = txtOf(`"v=1 owner=other service=${owner.serviceId}"`);
const wanted = endpointAlias();
const old = aliasRecord(DOMAIN, 'vpce-old.vpce.amazonaws.com', 'ZENDPOINT');
const strangers = addressRecord(DOMAIN, '192.0.2.1');
const healthy: RecordSet = {
  ...wanted,
  content: { kind: 'alias', target: ENDPOINT_NAME, targetZoneId: 'ZENDPOINT', evaluateTargetHealth: true },
};
const strangersAaaa: RecordSet = { ...addressRecord(DOMAIN, '2001:db8::1'), type: 'AAAA' };
const text = (name = DOMAIN): RecordSet => ({
  name,
  type: 'TXT',
  content: { kind: 'values', ttl: 60, values: ['"spf"'] },
});
/** Browsers ask for these before they ask for an address. */
const binding = (type: 'HTTPS' | 'SVCB'): RecordSet => ({
  name: DOMAIN,
  type,
  content: { kind: 'values', ttl: 60, values: ['0 elsewhere.test.'] },
});
const weighted: RecordSet = { ...strangers, setIdentifier: 'blue' };
const checked: RecordSet = { ...strangers, content: { kind: 'other', description: 'with a health check' } };

/** Names of the service and of nothing else. */
const SERVICE_NAME = 'abc.ap-northeast-1.awsapprunner.com';
const records = (
  observed: RecordsAtName,
  written: readonly RecordSet[],
  { desired = [wanted], adopt = false }: { readonly desired?: readonly RecordSet[]; readonly adopt?: boolean } = {},
) =>
  planRecords({
    name: DOMAIN,
    owner,
    desired,
    observed,
    written,
    serviceNames: [SERVICE_NAME],
    adopt,
  });
const removalOf = (observed: RecordsAtName, written: readonly RecordSet[], restore: readonly RecordSet[] = []) =>
  planRemoval({ owner, observed, written, ownTargets: [ENDPOINT_NAME], restore });

const create = (record: RecordSet): RecordChange => ({ action: 'CREATE', record });
const remove = (record: RecordSet): RecordChange => ({ action: 'DELETE', record });
const change = (claim: boolean, ...changes: readonly RecordChange[]) => ({
  kind: 'change',
  claim,
  changes,
  replaced: [],
});

describe('readClaim', () => {
  it.each([
    ['none', undefined, 'none'],
    ['ours', ownTxt(), 'us'],
    ['of another installation', othersTxt, 'other'],
    ['of another service', txtOf(`"v=1 owner=default service=${'f'.repeat(32)}"`), 'other'],
    ['of a later version', txtOf(`"v=2 owner=default service=${owner.serviceId}"`), 'other'],
    ['with more behind it', txtOf(`"v=1 owner=default service=${owner.serviceId} x"`), 'other'],
    ['free text', txtOf('"hello"'), 'other'],
    ['with a SetIdentifier', { ...ownTxt(), setIdentifier: 'blue' }, 'other'],
    ['of a kind not known', { ...ownTxt(), content: { kind: 'other', description: 'odd' } }, 'other'],
  ] as const)('%s', (_, txt, by) => expect(readClaim(txt, owner).by).toBe(by));
});

describe('planRecords, row by row', () => {
  type Row = [string, RecordsAtName['at'], RecordSet | undefined, readonly RecordSet[], object];
  it.each<Row>([
    ['nothing, no TXT', [], undefined, [], change(true, create(wanted), create(ownTxt()))],
    ['desired, our TXT', [wanted], ownTxt(), [wanted, ownTxt()], { kind: 'in-place' }],
    ['desired, our TXT, row lost', [wanted], ownTxt(), [], { kind: 'in-place' }],
    ['nothing, our TXT', [], ownTxt(), [], change(false, create(wanted))],
    ['the old target, our TXT', [old], ownTxt(), [old], change(false, remove(old), create(wanted))],
    ['a stranger’s A, our TXT, written there', [strangers], ownTxt(), [wanted], { kind: 'ownership-lost' }],
    ['a CNAME, our TXT, written there', [cname(DOMAIN, 'x.test.')], ownTxt(), [wanted], { kind: 'ownership-lost' }],
    ['ours and a stranger’s AAAA', [wanted, strangersAaaa], ownTxt(), [wanted, ownTxt()], { kind: 'ownership-lost' }],
    ['a CNAME, our TXT, never written', [cname(DOMAIN, 'x.test.')], ownTxt(), [], { kind: 'foreign' }],
    ['a stranger’s A, our TXT, never written', [strangers], ownTxt(), [], { kind: 'foreign' }],
    ['a stranger’s A, our TXT, only the TXT written', [strangers], ownTxt(), [ownTxt()], { kind: 'foreign' }],
    ['last written and desired, TXT lost', [wanted], undefined, [wanted], change(false, create(ownTxt()))],
    ['last written, TXT lost', [old], undefined, [old], change(false, remove(old), create(wanted), create(ownTxt()))],
    ['nothing, TXT lost', [], undefined, [wanted, ownTxt()], change(true, create(wanted), create(ownTxt()))],
    ['something else, TXT lost', [strangers], undefined, [wanted], { kind: 'ownership-lost' }],
    ['something, never written', [strangers], undefined, [], { kind: 'foreign' }],
    ['even the desired, never written', [wanted], undefined, [], { kind: 'foreign' }],
    ['nothing, another’s TXT', [], othersTxt, [], { kind: 'foreign' }],
    ['what we wrote, another’s TXT', [wanted], othersTxt, [wanted], { kind: 'foreign' }],
    ['weighted', [weighted], undefined, [], { kind: 'foreign' }],
    ['an HTTPS record', [binding('HTTPS')], undefined, [], { kind: 'foreign' }],
    ['an SVCB record', [binding('SVCB')], undefined, [], { kind: 'foreign' }],
    ['an HTTPS record beside ours', [wanted, binding('HTTPS')], ownTxt(), [wanted, ownTxt()], { kind: 'foreign' }],
    ['weighted, our TXT', [weighted], ownTxt(), [], { kind: 'foreign' }],
    ['health-checked, our TXT', [checked], ownTxt(), [], { kind: 'foreign' }],
    [
      'a TXT and an MX beside it',
      [text(), { ...text(), type: 'MX' }],
      undefined,
      [],
      change(true, create(wanted), create(ownTxt())),
    ],
  ])('%s', (_, at, txt, written, expected) => {
    expect(records({ at, txt }, written)).toMatchObject(expected);
  });

  it.each<Row>([
    ['a stranger’s A', [strangers], undefined, [], change(false, remove(strangers), create(wanted), create(ownTxt()))],
    [
      'something else, TXT lost',
      [strangers],
      undefined,
      [wanted],
      change(false, remove(strangers), create(wanted), create(ownTxt())),
    ],
    ['another’s TXT', [wanted], othersTxt, [], change(false, remove(othersTxt), create(ownTxt()))],
    ['weighted', [weighted], undefined, [], { kind: 'foreign' }],
    ['a TXT with a SetIdentifier', [], { ...othersTxt, setIdentifier: 'blue' }, [], { kind: 'foreign' }],
    ['nothing', [], undefined, [], change(true, create(wanted), create(ownTxt()))],
  ])('adopting %s', (_, at, txt, written, expected) => {
    expect(records({ at, txt }, written, { adopt: true })).toMatchObject(expected);
  });

  it('takes the AAAA away that is wanted no more, and nothing else', () => {
    const quad = { ...wanted, type: 'AAAA' };
    const result = records({ at: [wanted, quad, text()], txt: ownTxt() }, [wanted, quad]);
    expect(result).toEqual(change(false, remove(quad)));
  });

  it('says what stands in the way', () => {
    expect(records({ at: [weighted], txt: undefined }, [])).toEqual({
      kind: 'foreign',
      description: 'app.example.com A 192.0.2.1 with SetIdentifier "blue"',
    });
    expect(records({ at: [], txt: othersTxt }, [])).toEqual({
      kind: 'foreign',
      description: 'the name is claimed by installation "other"',
    });
  });
});

describe('planRemoval', () => {
  type Row = [string, RecordsAtName['at'], RecordSet | undefined, readonly RecordSet[], readonly RecordSet[], number];
  it.each<Row>([
    ['ours as written', [wanted], ownTxt(), [wanted, ownTxt()], [wanted, ownTxt()], 0],
    ['written, TXT lost', [wanted], undefined, [wanted, ownTxt()], [wanted], 0],
    ['our TXT, row lost', [wanted], ownTxt(), [], [wanted, ownTxt()], 0],
    ['like ours but for its health checks, our TXT, row lost', [healthy], ownTxt(), [], [ownTxt()], 1],
    ['changed by others, our TXT', [strangers], ownTxt(), [wanted], [ownTxt()], 1],
    ['changed by others, TXT lost', [strangers], undefined, [wanted], [], 1],
    ['nothing left but the TXT', [], ownTxt(), [wanted], [ownTxt()], 0],
    ['nothing at all', [], undefined, [wanted], [], 0],
    ['a stranger’s, never ours', [strangers], undefined, [], [], 0],
    ['a foreign weighted one', [weighted], ownTxt(), [], [ownTxt()], 0],
    // The name has been handed over, and the new owner's record may well equal ours (the same endpoint).
    ['equal to ours, another’s TXT', [wanted], othersTxt, [wanted, ownTxt()], [], 0],
    ['TXT and MX beside it', [wanted, text()], ownTxt(), [wanted], [wanted, ownTxt()], 0],
  ])('%s', (_, at, txt, written, deleted, left) => {
    const result = removalOf({ at, txt }, written);
    expect(result.changes).toEqual(deleted.map(remove));
    expect(result.left).toHaveLength(left);
  });
});

/** Route 53's rules for a batch: CREATE only what is not there, DELETE only exactly what is. */
function applied(at: RecordsAtName, changes: readonly RecordChange[]): RecordsAtName {
  let all = [...at.at, ...(at.txt === undefined ? [] : [at.txt])];
  for (const { action, record } of changes) {
    const there = all.filter(
      ({ name, type, setIdentifier }) =>
        name === record.name && type === record.type && setIdentifier === record.setIdentifier,
    );
    if (action === 'CREATE' && there.length > 0) throw new Error('already exists');
    if (action === 'DELETE' && !there.some((one) => sameRecord(one, record))) throw new Error('was not found');
    all = action === 'CREATE' ? [...all, record] : all.filter((one) => !there.includes(one));
  }
  const txt = all.find(({ name }) => name === ownTxt().name);
  return { at: all.filter(({ name }) => name === DOMAIN), txt };
}

const record = fc.constantFrom(
  wanted,
  old,
  strangers,
  { ...wanted, type: 'AAAA' },
  cname(DOMAIN, 'x.test.'),
  weighted,
  checked,
  text(),
);
/** At most one record set per type, and no other type beside a CNAME, as in any zone. */
const existing = fc
  .uniqueArray(record, { selector: ({ type }) => type, maxLength: 3 })
  .map((records) => records.filter(({ type }) => type === 'CNAME' || !records.some((one) => one.type === 'CNAME')));
const zone = fc.record({ at: existing, txt: fc.constantFrom(undefined, ownTxt(), othersTxt) });
const known = fc.subarray([wanted, old, ownTxt()]);
const desired = fc.constantFrom([wanted], [wanted, { ...wanted, type: 'AAAA' }]);

const traffic = ({ at }: RecordsAtName) => at.filter(({ type }) => ['A', 'AAAA', 'CNAME'].includes(type));
const changesOf = (result: RecordsPlan) => (result.kind === 'change' ? result.changes : []);

describe('planRecords and planRemoval, whatever stands there', () => {
  it('a change leads to exactly what is desired with our TXT, and then there is nothing to do', () => {
    fc.assert(
      fc.property(zone, known, desired, (before, written, wantedOnes) => {
        const result = records(before, written, { desired: wantedOnes });
        if (result.kind !== 'change' && result.kind !== 'in-place') return;
        const after = applied(before, changesOf(result));
        expect(traffic(after)).toHaveLength(wantedOnes.length);
        expect(wantedOnes.every((one) => after.at.some((there) => sameRecord(one, there)))).toBe(true);
        expect(after.txt).toEqual(ownTxt());
        expect(records(after, written, { desired: wantedOnes })).toEqual({ kind: 'in-place' });
      }),
    );
  });

  it('a removal after a claim leaves the zone as it was before', () => {
    fc.assert(
      fc.property(existing, desired, (at, wantedOnes) => {
        const before = { at, txt: undefined };
        const result = records(before, [], { desired: wantedOnes });
        if (result.kind !== 'change') return;
        const written = changesOf(result).map((one) => one.record);
        const after = applied(before, changesOf(result));
        const removal = removalOf(after, written);
        expect(applied(after, removal.changes)).toEqual(before);
        expect(removal.left).toEqual([]);
      }),
    );
  });

  it('nothing is deleted but what the ledger has, what would be written now with our TXT, and our TXT', () => {
    fc.assert(
      fc.property(zone, known, desired, (before, written, wantedOnes) => {
        const changes = [
          ...changesOf(records(before, written, { desired: wantedOnes })),
          ...removalOf(before, written).changes,
        ];
        const isOurs = readClaim(before.txt, owner).by === 'us';
        const vouched = isOurs ? [ownTxt(), wanted, { ...wanted, type: 'AAAA' }] : [];
        for (const { action, record: one } of changes) {
          if (action === 'CREATE') continue;
          expect(before.txt === undefined || isOurs).toBe(true);
          expect([...written, ...vouched].some((own) => sameRecord(own, one))).toBe(true);
          expect(one.setIdentifier === undefined && one.content.kind !== 'other').toBe(true);
        }
      }),
    );
  });
});
