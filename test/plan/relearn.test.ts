import { describe, expect, it } from 'vitest';
import { emptyLedger } from '../../shared/plan/ledger.ts';
import { relearn } from '../../shared/plan/relearn.ts';
import { ownershipRecord } from '../../shared/records/ownership.ts';
import {
  addressRecord,
  association,
  connection,
  DOMAIN,
  domainState,
  endpointAlias,
  observed,
  owner,
  ownTxt,
  SERVICE_ARN,
  VPC,
  validationCname,
} from '../fixtures.ts';

const learned = (change: Parameters<typeof observed>[0] = {}, ledger = emptyLedger) =>
  relearn(ledger, observed(change), SERVICE_ARN, owner, 'default');

const at = (records: Parameters<typeof domainState>[0]) => ({ domains: { [DOMAIN]: domainState(records) } });

describe('a lost ledger', () => {
  it('is learned from the connection, the records, the association and its validation records', () => {
    expect(learned()).toEqual({
      ...emptyLedger,
      endpoint: { id: 'vpce-0e1', vpcId: VPC },
      domains: {
        [DOMAIN]: {
          associated: true,
          records: [
            { zoneId: 'ZPRIVATE', record: endpointAlias() },
            { zoneId: 'ZPRIVATE', record: ownTxt() },
          ],
          validation: [{ zoneId: 'ZPUBLIC', record: validationCname }],
          relearned: true,
        },
      },
    });
  });

  it.each([
    ['without an ownership record', undefined],
    ['with that of another installation', ownershipRecord(DOMAIN, { ...owner, installation: 'other' })],
    ['with that of another service', ownershipRecord(DOMAIN, { ...owner, serviceId: 'f'.repeat(32) })],
  ])('has no name %s', (_, txt) => {
    expect(learned(at({ records: { ZPRIVATE: { at: [endpointAlias()], txt } } })).domains).toEqual({});
  });

  it('has a name that was not published yet, where the service holds its claim and it is associated', () => {
    const unpublished = (holder: string | undefined, change: Parameters<typeof domainState>[0] = {}) =>
      learned({
        ...at({ records: { ZPRIVATE: { at: [], txt: undefined } }, ...change }),
        claims: { [DOMAIN]: { holder, released: [] } },
      }).domains;
    expect(unpublished(SERVICE_ARN)).toMatchObject({
      [DOMAIN]: { associated: true, records: [], validation: [{ record: validationCname }], relearned: true },
    });
    expect(unpublished(SERVICE_ARN, { association: undefined })).toEqual({});
    expect(unpublished(`${SERVICE_ARN}x`)).toEqual({});
    expect(unpublished(undefined)).toEqual({});
    // Another installation published it: the claim is not of this one's association.
    const txt = { ...ownTxt(), content: { kind: 'values', ttl: 60, values: ['"v=1 owner=other service=x"'] } } as const;
    expect(unpublished(SERVICE_ARN, { records: { ZPRIVATE: { at: [], txt } } })).toEqual({});
  });

  it('has no record that the stack would not write, whatever the ownership record says', () => {
    const { domains } = learned(
      at({ records: { ZPRIVATE: { at: [addressRecord(DOMAIN, '192.0.2.1')], txt: ownTxt() } } }),
    );
    expect(domains[DOMAIN]?.records).toEqual([{ zoneId: 'ZPRIVATE', record: ownTxt() }]);
  });

  it('has no record that differs from what the stack would write in anything', () => {
    const alias = endpointAlias();
    if (alias.content.kind !== 'alias' || validationCname.content.kind !== 'values') throw new Error('other kinds');
    const byHand = [
      { ...alias, content: { ...alias.content, evaluateTargetHealth: true } },
      { ...validationCname, content: { ...validationCname.content, ttl: 60 } },
    ] as const;
    const { domains } = learned(
      at({ records: { ZPRIVATE: { at: [byHand[0]], txt: ownTxt() } }, validation: { ZPUBLIC: [byHand[1]] } }),
    );
    expect(domains[DOMAIN]).toMatchObject({ records: [{ record: ownTxt() }], validation: [] });
  });

  it.each([
    ['', undefined],
    [', beside an association that its owner may have made', association()],
  ])('has no name of which an ownership record is all there is%s', (_, associated) => {
    const { domains } = learned({
      connections: [],
      ...at({ association: associated, records: { ZPRIVATE: { at: [], txt: ownTxt() } } }),
    });
    expect(domains).toEqual({});
  });

  it('has a name whose alias leads to the endpoint, without a connection and whatever stands in other zones', () => {
    const { domains } = learned({
      connections: [],
      ...at({
        records: {
          ZPUBLIC: { at: [], txt: ownTxt() },
          ZPRIVATE: { at: [addressRecord(DOMAIN, '::1'), endpointAlias()], txt: ownTxt() },
        },
      }),
    });
    expect(domains[DOMAIN]?.records.map(({ zoneId, record }) => `${zoneId} ${record.type}`)).toEqual([
      'ZPUBLIC TXT',
      'ZPRIVATE A',
      'ZPRIVATE TXT',
    ]);
  });

  it('has of a name without an association its records alone', () => {
    expect(learned(at({ association: undefined })).domains[DOMAIN]).toMatchObject({
      associated: false,
      validation: [],
    });
  });

  it('has each validation record that the association needs', () => {
    const second = { name: '_v2.app.example.com', value: '_t2.acm-validations.aws.' };
    const both = association({ validation: [...association().validation, second] });
    const { domains } = learned(at({ association: both }));
    expect(domains[DOMAIN]?.validation).toEqual([{ zoneId: 'ZPUBLIC', record: validationCname }]);
  });

  it('has no name that another installation has in one of its zones, where a claim is all there is', () => {
    const txt = ownershipRecord(DOMAIN, { ...owner, installation: 'other' });
    const { domains } = learned({
      ...at({ records: { ZPUBLIC: { at: [], txt }, ZPRIVATE: { at: [], txt: undefined } } }),
      claims: { [DOMAIN]: { holder: SERVICE_ARN, released: [] } },
    });
    expect(domains).toEqual({});
  });

  it('is the same where there is nothing to learn', () => {
    const nothing = { connections: [], ...at({ records: {} }), claims: {} };
    expect(learned(nothing)).toBe(emptyLedger);
    const known = { ...emptyLedger, endpoint: { id: 'vpce-0e9', vpcId: VPC } };
    expect(learned(at({ records: {} }), known)).toBe(known);
    expect(learned(at({ records: {} }))).toEqual({ ...emptyLedger, endpoint: { id: 'vpce-0e1', vpcId: VPC } });
    expect(learned({ connections: [] })).not.toHaveProperty('endpoint');
  });

  it('has no association that covers the name as its www', () => {
    const { domains } = learned(at({ association: association({ coveredBy: 'example.com' }) }));
    expect(domains[DOMAIN]?.associated).toBe(false);
  });

  it('has no connection of another installation', () => {
    expect(learned({ connections: [connection({ owner: 'other' })] }).endpoint).toBeUndefined();
  });

  it('keeps what it knows', () => {
    const known = { ...emptyLedger, domains: { [DOMAIN]: { associated: false, records: [], validation: [] } } };
    expect(learned({}, known).domains).toEqual(known.domains);
  });
});
