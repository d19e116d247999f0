import { describe, expect, it } from 'vitest';
import { trafficZone, unseenZone, validationZone, type Zone } from '../../shared/records/zones.ts';
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

describe('trafficZone', () => {
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
    expect(trafficZone(name, VPC, zones)?.id).toBe(id);
    expect(trafficZone(name, VPC, [...zones].reverse())?.id).toBe(id);
  });
});

describe('pinned zones', () => {
  const zones = [
    zone('P', 'example.com'),
    zone('Q', 'example.com'),
    hidden('V', 'example.com', VPC),
    hidden('W', 'example.com', VPC),
    hidden('X', 'example.com', 'vpc-00000001'),
  ];
  it.each([
    ['one of two private ones', ['W'], 'W', 'P'],
    ['a public one, though a private one answers in the VPC', ['Q'], 'Q', 'Q'],
    ['one of each', ['W', 'Q'], 'W', 'Q'],
    ['one that does not hold the name', ['ELSEWHERE'], 'V', 'P'],
  ])('%s', (_, pinned, traffic, validation) => {
    expect(trafficZone('app.example.com', VPC, zones, pinned)?.id).toBe(traffic);
    expect(validationZone('app.example.com', zones, pinned)?.id).toBe(validation);
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

describe('validationZone', () => {
  it('is never a private one, however close', () => {
    const zones = [hidden('V', 'app.example.com', VPC), zone('P', 'example.com'), zone('Q', 'com')];
    expect(validationZone('app.example.com', zones)?.id).toBe('P');
    expect(validationZone('app.example.com', [hidden('V', 'example.com', VPC)])).toBeUndefined();
  });
});
