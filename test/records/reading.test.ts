import { describe, expect, it } from 'vitest';
import { claimOf, isOwnAlias, leadsTo, ownerOf, registryNames } from '../../shared/records/ownership.ts';
import { type RecordContent, type RecordSet, sameRecord } from '../../shared/records/record-set.ts';
import { addressRecord, cname, endpointAlias, ownTxt } from '../fixtures.ts';

const ID = 'a'.repeat(32);
const TEXT = `v=1 owner=9dc117a9fb2d service=${ID}`;
const OWNER = { installation: '9dc117a9fb2d', serviceId: ID };
const TARGET = 'target.example.com';
const values = (type: string, ...all: readonly string[]): RecordSet => ({
  name: 'app.example.com',
  type,
  content: { kind: 'values', ttl: 300, values: all },
});
const routed = (record: RecordSet): RecordSet => ({ ...record, setIdentifier: 'blue' });
const holding = (record: RecordSet, content: RecordContent): RecordSet => ({ ...record, content });
const alias = (type: string, target = TARGET): RecordSet => ({
  name: 'app.example.com',
  type,
  content: { kind: 'alias', target, targetZoneId: 'Z1', evaluateTargetHealth: false },
});

describe('the text of an ownership record', () => {
  it('names installation and service', () => expect(ownerOf(TEXT)).toEqual(OWNER));
  it.each([
    ['nothing', ''],
    ['something before it', `x ${TEXT}`],
    ['something after it', `${TEXT} x`],
    ['no service', 'v=1 owner=9dc117a9fb2d'],
    ['no owner', `v=1 service=${ID}`],
    ['a service id that is too short', TEXT.slice(0, -1)],
    ['a service id that is too long', `${TEXT}a`],
    ['an installation in capitals', TEXT.replace('9dc', '9DC')],
    ['another version', TEXT.replace('v=1', 'v=2')],
  ])('that has %s names no owner', (_, text) => expect(ownerOf(text)).toBeUndefined());
});

describe('an ownership record', () => {
  it('is one text in quotes', () => expect(claimOf(values('TXT', `"${TEXT}"`))).toEqual(OWNER));
  it.each([
    ['no quotes', values('TXT', TEXT)],
    ['something before the quotes', values('TXT', `x"${TEXT}"`)],
    ['something after the quotes', values('TXT', `"${TEXT}"x`)],
    ['two texts', values('TXT', `"${TEXT}"`, '"more"')],
    ['two strings', values('TXT', `"${TEXT.slice(0, 9)}" "${TEXT.slice(9)}"`)],
    ['no value', values('TXT')],
    ['a routing policy', routed(values('TXT', `"${TEXT}"`))],
    ['an alias', alias('TXT')],
  ])('with %s names no owner', (_, record) => expect(claimOf(record)).toBeUndefined());
});

it('another tool registers a name beside it, by the type of its record', () => {
  expect(registryNames('app.example.com')).toEqual([
    'a-app.example.com',
    'aaaa-app.example.com',
    'cname-app.example.com',
  ]);
});

describe('a record leads to a name', () => {
  it.each([
    ['a CNAME to it', values('CNAME', TARGET)],
    ['a CNAME to it, written with its final dot and in capitals', values('CNAME', 'Target.example.com.')],
    ['an alias A to it', alias('A')],
    ['an alias AAAA to it', alias('AAAA')],
  ])('%s', (_, record) => expect(leadsTo(record, ['other.example.com', TARGET])).toBe(true));
  it.each([
    ['a CNAME to another', values('CNAME', 'other.example.com')],
    ['a CNAME to it and to another', values('CNAME', TARGET, 'other.example.com')],
    ['a CNAME without value', values('CNAME')],
    ['a CNAME to it of a routing policy', routed(values('CNAME', TARGET))],
    ['an alias to it of a routing policy', routed(alias('A'))],
    ['a TXT that says it', values('TXT', TARGET)],
    ['an A that says it', values('A', TARGET)],
    ['an alias TXT to it', alias('TXT')],
    ['an alias to another', alias('A', 'other.example.com')],
    ['what it cannot read', holding(alias('CNAME'), { kind: 'other', description: 'a policy' })],
  ])('not %s', (_, record) => expect(leadsTo(record, [TARGET])).toBe(false));
});

describe('what would be written now', () => {
  it.each(['A', 'AAAA'])('is an alias %s to a target of ours', (type) =>
    expect(isOwnAlias(alias(type), [TARGET])).toBe(true),
  );
  it.each([
    ['an alias CNAME', alias('CNAME')],
    ['an alias of a routing policy', routed(alias('A'))],
    ['an alias to another', alias('A', 'other.example.com')],
    ['an address', addressRecord('app.example.com', '10.0.21.9')],
    [
      'an alias that follows the health of its target',
      holding(alias('A'), { kind: 'alias', target: TARGET, targetZoneId: 'Z1', evaluateTargetHealth: true }),
    ],
  ])('is not %s', (_, record) => expect(isOwnAlias(record, [TARGET])).toBe(false));
});

describe('records are the same', () => {
  it('with and without the final dot, in any order', () => {
    expect(sameRecord(values('NS', 'a.example.', 'b.example'), values('NS', 'b.example.', 'a.example'))).toBe(true);
  });
  it.each([
    ['an alias and a value', endpointAlias(), addressRecord(endpointAlias().name, '10.0.21.9')],
    ['a value and an alias', addressRecord(endpointAlias().name, '10.0.21.9'), endpointAlias()],
    ['other values', values('A', '10.0.0.1'), values('A', '10.0.0.2')],
    ['other targets', alias('A'), alias('A', 'other.example.com')],
    ['an ownership record and a CNAME', ownTxt(), cname(ownTxt().name, TARGET)],
  ])('but not %s', (_, one, other) => expect(sameRecord(one, other)).toBe(false));
});
