import { createHash } from 'node:crypto';

export interface AvailabilityZone {
  /** `ap-northeast-1a`. */
  readonly name: string;
  /** `apne1-az4`. On AWS the letters are shuffled per account, the ids are not. */
  readonly id: string;
}

/**
 * The regions that every account has without opting in (documented), with the zones new accounts see.
 * A letter alone gets the next zone number; `a4` is letter `a` on zone 4.
 */
const zoneLetters: Readonly<Record<string, string>> = {
  'ap-northeast-1': 'a4 c1 d2',
  'ap-northeast-2': 'a b c d',
  'ap-northeast-3': 'a b c',
  'ap-south-1': 'a b c',
  'ap-southeast-1': 'a b c',
  'ap-southeast-2': 'a b c',
  'ca-central-1': 'a1 b2 d4',
  'eu-central-1': 'a b c',
  'eu-north-1': 'a b c',
  'eu-west-1': 'a b c',
  'eu-west-2': 'a b c',
  'eu-west-3': 'a b c',
  'sa-east-1': 'a b c',
  'us-east-1': 'a1 b2 c4 d6 e3 f5',
  'us-east-2': 'a b c',
  'us-west-1': 'a1 c3',
  'us-west-2': 'a b c d',
};

export const regionNames: readonly string[] = Object.keys(zoneLetters);

const directions: Readonly<Record<string, string>> = {
  north: 'n',
  south: 's',
  east: 'e',
  west: 'w',
  northeast: 'ne',
  southeast: 'se',
  central: 'c',
};

/** The zones of a region; one that is not in the table has `a`, `b` and `c`. */
export function zonesOf(region: string): readonly AvailabilityZone[] {
  const [continent = '', direction = '', number = ''] = region.split('-');
  const short = `${continent}${directions[direction] ?? direction}${number}`;
  return (zoneLetters[region] ?? 'a b c').split(' ').map((entry, index) => ({
    name: `${region}${entry[0]}`,
    id: `${short}-az${entry[1] ?? index + 1}`,
  }));
}

/** The hosted zones of interface endpoint names that public code shows (captured); the others are made up, but always the same. */
const endpointZoneIds: Readonly<Record<string, string>> = {
  'ap-northeast-1': 'Z2E726K9Y6RL4W',
  'us-east-1': 'Z7HUB22UULQXV',
  'us-west-2': 'Z1YSA3EXCYUU9Z',
};

/** The hosted zone of `*.<region>.vpce.amazonaws.com`, the same for every endpoint and account of a region (captured). */
export const endpointZoneId = (region: string): string =>
  endpointZoneIds[region] ??
  `Z${createHash('sha256').update(`vpce ${region}`).digest('hex').slice(0, 13).toUpperCase()}`;
