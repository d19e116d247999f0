import { describe, expect, it } from 'vitest';
import { describeRecord, type RecordSet, sameRecord } from '../../shared/records/record-set.ts';
import { addressRecord, aliasRecord, cname, DOMAIN } from '../fixtures.ts';

const alias = aliasRecord(DOMAIN, 'a.example.net', 'Z1');
const other: RecordSet = { name: DOMAIN, type: 'A', content: { kind: 'other', description: 'with a health check' } };
const two: RecordSet = {
  name: DOMAIN,
  type: 'A',
  content: { kind: 'values', ttl: 60, values: ['10.0.0.2', '10.0.0.1'] },
};
const swapped: RecordSet = { ...two, content: { kind: 'values', ttl: 60, values: ['10.0.0.1', '10.0.0.2'] } };

describe('sameRecord', () => {
  it.each([
    ['equal aliases', alias, { ...alias }, true],
    ['another target', alias, aliasRecord(DOMAIN, 'b.example.net', 'Z1'), false],
    ['another target zone', alias, aliasRecord(DOMAIN, 'a.example.net', 'Z2'), false],
    ['another type', alias, aliasRecord(DOMAIN, 'a.example.net', 'Z1', 'AAAA'), false],
    ['another name', alias, aliasRecord('api.example.com', 'a.example.net', 'Z1'), false],
    [
      'target health evaluated',
      alias,
      { ...alias, content: { kind: 'alias', target: 'a.example.net', targetZoneId: 'Z1', evaluateTargetHealth: true } },
      false,
    ],
    ['a SetIdentifier', alias, { ...alias, setIdentifier: 'blue' }, false],
    ['alias and values', alias, addressRecord(DOMAIN, '10.0.0.1'), false],
    ['values in another order', two, swapped, true],
    ['one value less', two, addressRecord(DOMAIN, '10.0.0.1'), false],
    ['a final dot in a value', cname(DOMAIN, 'x.test.'), cname(DOMAIN, 'x.test'), true],
    ['another TTL', cname(DOMAIN, 'x.test.', 300), cname(DOMAIN, 'x.test.', 60), false],
    ['what the product never writes is like nothing, itself included', other, other, false],
  ] as const)('%s: %#', (_, a, b, same) => {
    expect(sameRecord(a, b)).toBe(same);
    expect(sameRecord(b, a)).toBe(same);
  });
});

describe('describeRecord', () => {
  it.each([
    [alias, 'app.example.com A alias a.example.net'],
    [two, 'app.example.com A 10.0.0.2 10.0.0.1'],
    [other, 'app.example.com A (with a health check)'],
  ])('%#', (record, text) => expect(describeRecord(record)).toBe(text));
});
