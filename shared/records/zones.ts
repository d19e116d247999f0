import { isWithin } from './names.ts';

export interface Zone {
  /** Without `/hostedzone/`. */
  readonly id: string;
  /** Normalized, `example.com`. */
  readonly name: string;
  readonly visibility: 'public' | 'private';
  /** VPCs a private zone is associated with; empty for public ones. */
  readonly vpcIds: readonly string[];
}

/**
 * The zones with the longest suffix of `name`. `ListHostedZonesByName` is a listing, not a search
 * (docs/facts.md#list-by-name-is-no-search).
 */
function closest(name: string, zones: readonly Zone[]): readonly Zone[] {
  const base = name.replace(/^\*\./, '');
  const holding = zones.filter((zone) => isWithin(base, zone.name));
  const longest = Math.max(0, ...holding.map((zone) => zone.name.length));
  return holding.filter((zone) => zone.name.length === longest);
}

/** `preferred` where one of them holds the name, otherwise all: a pinned zone is a choice, not a restriction. */
function preferring(name: string, zones: readonly Zone[], preferred: readonly string[]): readonly Zone[] {
  const pinned = closest(
    name,
    zones.filter(({ id }) => preferred.includes(id)),
  );
  return pinned.length > 0 ? pinned : zones;
}

/**
 * The zone that answers for `name` inside the VPC: the closest private zone associated with it, because such a zone
 * shadows the public one, and otherwise the closest public zone.
 * @param preferred ids of pinned zones.
 */
export function trafficZone(
  name: string,
  vpcId: string,
  zones: readonly Zone[],
  preferred: readonly string[] = [],
): Zone | undefined {
  const candidates = preferring(name, zones, preferred);
  const [inVpc] = closest(
    name,
    candidates.filter((zone) => zone.visibility === 'private' && zone.vpcIds.includes(vpcId)),
  );
  return inVpc ?? validationZone(name, candidates) ?? validationZone(name, zones);
}

/** The zone that certificate validation reads, always public (docs/facts.md#validation-records-are-public-and-stay). */
export function validationZone(
  name: string,
  zones: readonly Zone[],
  preferred: readonly string[] = [],
): Zone | undefined {
  const open = zones.filter(({ visibility }) => visibility === 'public');
  return closest(name, preferring(name, open, preferred))[0];
}

/** The closest private zone that holds the name and that the VPC does not see: worth a word when there is no other. */
export function unseenZone(name: string, vpcId: string, zones: readonly Zone[]): Zone | undefined {
  return closest(
    name,
    zones.filter(({ visibility, vpcIds }) => visibility === 'private' && !vpcIds.includes(vpcId)),
  )[0];
}
