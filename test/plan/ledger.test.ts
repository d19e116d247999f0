import { describe, expect, it } from 'vitest';
import {
  emptyLedger,
  type OwnedRecord,
  recordExisting,
  sameOwnedRecord,
  validationOf,
  withCutover,
  withForeignConnection,
  withoutDomain,
  withWrites,
  zonesOf,
} from '../../shared/plan/ledger.ts';
import {
  appRunnerAlias,
  DOMAIN,
  endpointAlias,
  ledger,
  ownTxt,
  START,
  validationCname,
  writtenDomain,
} from '../fixtures.ts';

const OTHER = 'api.example.com';
const two = ledger({
  domains: {
    [DOMAIN]: writtenDomain({ validation: [] }),
    [OTHER]: writtenDomain({ records: [{ zoneId: 'ZPRIVATE', record: ownTxt(OTHER) }] }),
  },
});

describe('the ledger of a service', () => {
  it('has the validation records of all its domains, and each zone once', () => {
    expect(validationOf(two)).toEqual([{ zoneId: 'ZPUBLIC', record: validationCname }]);
    expect(zonesOf(two)).toEqual(['ZPRIVATE', 'ZPUBLIC']);
    expect([validationOf(emptyLedger), zonesOf(emptyLedger)]).toEqual([[], []]);
  });

  it('knows a record by its zone and its content', () => {
    const one = { zoneId: 'ZPRIVATE', record: endpointAlias() };
    expect(sameOwnedRecord(one, { ...one })).toBe(true);
    expect(sameOwnedRecord(one, { ...one, zoneId: 'ZPUBLIC' })).toBe(false);
    expect(sameOwnedRecord(one, { ...one, record: appRunnerAlias() })).toBe(false);
  });

  it('gains the records that exist as desired and that it does not have', () => {
    const records = [endpointAlias(), ownTxt()];
    const inZone = (zoneId: string) => records.map((record) => ({ zoneId, record }));
    const learned = recordExisting(emptyLedger, { domain: DOMAIN, zoneId: 'ZPRIVATE', records });
    expect(learned.domains[DOMAIN]?.records).toEqual(inZone('ZPRIVATE'));
    expect(recordExisting(learned, { domain: DOMAIN, zoneId: 'ZPRIVATE', records })).toBe(learned);
    const both = recordExisting(learned, { domain: DOMAIN, zoneId: 'ZPUBLIC', records });
    expect(both.domains[DOMAIN]?.records).toEqual([...inZone('ZPRIVATE'), ...inZone('ZPUBLIC')]);
    const mixed = recordExisting(learned, {
      domain: DOMAIN,
      zoneId: 'ZPRIVATE',
      records: [ownTxt(), appRunnerAlias()],
    });
    expect(mixed.domains[DOMAIN]?.records).toEqual([
      ...inZone('ZPRIVATE'),
      { zoneId: 'ZPRIVATE', record: appRunnerAlias() },
    ]);
  });

  it('loses a record in whose place another one of its own stands, once Route 53 had created it', () => {
    const old = { zoneId: 'ZPRIVATE', record: appRunnerAlias(), at: START };
    const kept = [
      { zoneId: 'ZPUBLIC', record: appRunnerAlias(), at: START },
      { zoneId: 'ZPRIVATE', record: ownTxt(), at: START },
    ];
    const records = [endpointAlias(), ownTxt()];
    const of = (...written: readonly OwnedRecord[]) =>
      recordExisting(ledger({ domains: { [DOMAIN]: writtenDomain({ records: written }) } }), {
        ...{ domain: DOMAIN, zoneId: 'ZPRIVATE', records },
      }).domains[DOMAIN]?.records;
    const now = { zoneId: 'ZPRIVATE', record: endpointAlias() };
    expect(of(old, ...kept)).toEqual([...kept, now]);
    expect(of(old, ...kept, now)).toEqual([...kept, now]);
    // A listing that lags may not show it yet.
    const { at: _, ...unconfirmed } = old;
    expect(of(unconfirmed, ...kept, now)).toEqual([unconfirmed, ...kept, now]);
  });

  it('loses one domain, and no other', () => {
    expect(Object.keys(withoutDomain(two, DOMAIN).domains)).toEqual([OTHER]);
  });

  it('keeps of the cutover, the foreign connection and the writes what there is now', () => {
    const cutover = { managedSince: START, wasReady: false };
    const seen = { arn: 'arn', name: 'by-hand' };
    const writes = [{ key: 'create-connection', at: START }];
    expect(withCutover(emptyLedger, cutover)).toEqual({ ...emptyLedger, cutover });
    expect(withCutover({ ...emptyLedger, cutover }, undefined)).toStrictEqual(emptyLedger);
    expect(withForeignConnection(emptyLedger, seen)).toEqual({ ...emptyLedger, foreignConnection: seen });
    expect(withForeignConnection({ ...emptyLedger, foreignConnection: seen }, undefined)).toStrictEqual(emptyLedger);
    expect(withWrites(emptyLedger, writes)).toEqual({ ...emptyLedger, writes });
    expect(withWrites({ ...emptyLedger, writes }, [])).toStrictEqual(emptyLedger);
  });
});
