import { describe, expect, it } from 'vitest';
import {
  trafficZones,
  unseenZone,
  validationZones,
  type Zone,
  type ZonePreference,
} from '../../shared/records/zones.ts';
import { VPC } from '../fixtures.ts';

const zone = (id: string, name: string, ...vpcIds: readonly string[]): Zone => ({
  id,
  name,
  visibility: 'public',
  vpcIds,
});
const hidden = (id: string, name: string, ...vpcIds: readonly string[]): Zone => ({
  ...zone(id, name, ...vpcIds),
  visibility: 'private',
});
const ids = (zones: readonly Zone[]) => zones.map(({ id }) => id).join(' ');

describe('trafficZones', () => {
  it.each<[string, string, readonly Zone[], string | undefined]>([
    ['the only public zone', 'app.example.com', [zone('P', 'example.com')], 'P'],
    [
      'the private zone of the VPC shadows the public one',
      'app.example.com',
      [zone('P', 'example.com'), hidden('V', 'example.com', VPC)],
      'V',
    ],
    [
      'a shorter private zone shadows a longer public one',
      'x.sub.example.com',
      [zone('P', 'sub.example.com'), hidden('V', 'example.com', VPC)],
      'V',
    ],
    [
      'the longest of several private zones',
      'x.sub.example.com',
      [hidden('V', 'example.com', VPC), hidden('W', 'sub.example.com', VPC)],
      'W',
    ],
    [
      'a private zone of another VPC does not answer here',
      'app.example.com',
      [hidden('V', 'example.com', 'vpc-00000001'), zone('P', 'example.com')],
      'P',
    ],
    [
      'the neighbour in a lexical listing is not the zone',
      'app.example.com',
      [zone('N', 'notexample.com'), zone('M', 'app.example.co'), zone('P', 'com')],
      'P',
    ],
    [
      'the zone may have the very name',
      'app.example.com',
      [zone('P', 'app.example.com'), zone('Q', 'example.com')],
      'P',
    ],
    ['a wildcard goes by the name below its star', '*.example.com', [zone('P', 'example.com'), zone('Q', 'com')], 'P'],
    ['nothing holds it', 'app.example.com', [zone('P', 'example.org')], undefined],
    ['no zones at all', 'app.example.com', [], undefined],
  ])('%s', (_, name, zones, id) => {
    expect(ids(trafficZones(name, VPC, zones))).toBe(id ?? '');
    expect(ids(trafficZones(name, VPC, [...zones].reverse()))).toBe(id ?? '');
  });
});

describe('hosted zones of one name', () => {
  const zones = [
    zone('P', 'example.com'),
    zone('Q', 'example.com'),
    zone('R', 'example.com'),
    zone('SUB', 'app.example.com'),
    hidden('V', 'example.com', VPC),
    hidden('W', 'example.com', VPC),
    hidden('X', 'example.com', 'vpc-00000001'),
  ];
  it.each<[string, Partial<ZonePreference>, string, string]>([
    ['nothing decides', {}, 'V W', 'P Q R'],
    ['a private one is pinned', { pinned: ['W'] }, 'W', 'P Q R'],
    ['a public one is pinned, though a private one answers in the VPC', { pinned: ['Q'] }, 'V W', 'Q'],
    ['one of each is pinned', { pinned: ['W', 'Q'] }, 'W', 'Q'],
    ['the pinned one does not hold the name', { pinned: ['ELSEWHERE'] }, 'V W', 'P Q R'],
    ['one is allowed', { allowed: ['Q', 'V'] }, 'V', 'Q'],
    ['the pinned one goes before the allowed one', { pinned: ['P', 'W'], allowed: ['Q', 'V'] }, 'W', 'P'],
    ['public DNS leads to one', { delegated: ['R'] }, 'V W', 'R'],
    ['the allowed one goes before the delegated one', { allowed: ['P', 'V'], delegated: ['R'] }, 'V', 'P'],
    ['of two allowed ones the delegated one', { allowed: ['P', 'R', 'V'], delegated: ['R'] }, 'V', 'R'],
    ['of two allowed ones public DNS leads to neither', { allowed: ['P', 'R', 'V'], delegated: [] }, 'V', 'P R'],
  ])('%s', (_, change, traffic, validation) => {
    const preference = { pinned: [], allowed: [], delegated: [], ...change };
    expect(ids(trafficZones('web.example.com', VPC, zones, preference))).toBe(traffic);
    expect(ids(validationZones('web.example.com', zones, preference))).toBe(validation);
  });

  it('a pinned public zone goes before a closer one', () => {
    const preference = { pinned: ['P'], allowed: [], delegated: [] };
    expect(ids(validationZones('x.app.example.com', zones, preference))).toBe('P');
    expect(ids(validationZones('x.app.example.com', zones))).toBe('SUB');
  });

  it('a closer private zone of another account answers, whatever is pinned or allowed', () => {
    const foreign: Zone = { ...hidden('F', 'app.example.com', VPC), owner: 'account 999999999999', isUnreached: true };
    const preference = { pinned: ['V'], allowed: ['V'], delegated: [] };
    expect(ids(trafficZones('x.app.example.com', VPC, [...zones, foreign], preference))).toBe('F');
  });
});

describe('unseenZone', () => {
  it('is the closest private zone that the VPC does not see', () => {
    const zones = [
      zone('P', 'example.com'),
      hidden('V', 'example.com', VPC),
      hidden('X', 'example.com', 'vpc-00000001'),
    ];
    expect(unseenZone('app.example.com', VPC, zones)?.id).toBe('X');
    expect(unseenZone('app.example.com', VPC, zones.slice(0, 2))).toBeUndefined();
  });
});

describe('validationZones', () => {
  it('is never a private one, however close', () => {
    const zones = [hidden('V', 'app.example.com', VPC), zone('P', 'example.com'), zone('Q', 'com')];
    expect(ids(validationZones('app.example.com', zones))).toBe('P');
    expect(validationZones('app.example.com', [hidden('V', 'example.com', VPC)])).toEqual([]);
  });
});
