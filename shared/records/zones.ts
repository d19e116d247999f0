import { isWithin } from './names.ts';

export interface Zone {
  /** Without `/hostedzone/`. */
  readonly id: string;
  /** Normalized, `example.com`. */
  readonly name: string;
  readonly visibility: 'public' | 'private';
  /** VPCs a private zone is associated with; empty for public ones. */
  readonly vpcIds: readonly string[];
  /** Who owns a zone of the VPC, for people: an account, or a service of AWS. */
  readonly owner?: string;
  /** Only the listing of the VPC's zones names it: it belongs to an account whose zones the stack does not reach. */
  readonly isUnreached?: true;
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

/** What decides between hosted zones of one name. */
export interface ZonePreference {
  /** Ids of pinned zones. */
  readonly pinned: readonly string[];
  /** Ids of zones that may be written to. */
  readonly allowed: readonly string[];
  /** Ids of zones that public DNS leads to, as far as it was asked. */
  readonly delegated: readonly string[];
}

const NO_PREFERENCE: ZonePreference = { pinned: [], allowed: [], delegated: [] };

/** Of zones of one name: the pinned, else the allowed, else the one that public DNS leads to. Several left are a tie. */
function preferred(zones: readonly Zone[], { pinned, allowed, delegated }: ZonePreference): readonly Zone[] {
  return [pinned, allowed, delegated].reduce((left, ids) => {
    const named = left.length < 2 ? [] : left.filter(({ id }) => ids.includes(id));
    return named.length > 0 ? named : left;
  }, zones);
}

/**
 * The zones that answer for `name` inside the VPC: the closest private zone associated with it, whoever owns it, because
 * it shadows every other one; else the closest public zone. One, none, or several that nothing decides between.
 */
export function trafficZones(
  name: string,
  vpcId: string,
  zones: readonly Zone[],
  preference: ZonePreference = NO_PREFERENCE,
): readonly Zone[] {
  const inVpc = closest(
    name,
    zones.filter((zone) => zone.visibility === 'private' && zone.vpcIds.includes(vpcId)),
  );
  return inVpc.length > 0 ? preferred(inVpc, preference) : validationZones(name, zones, preference);
}

/**
 * The zones that certificate validation reads, always public (docs/facts.md#validation-records-are-public-and-stay).
 * A pinned zone goes before one with a longer suffix: public DNS decides which of them answers, and it is asked.
 */
export function validationZones(
  name: string,
  zones: readonly Zone[],
  preference: ZonePreference = NO_PREFERENCE,
): readonly Zone[] {
  const open = zones.filter(({ visibility }) => visibility === 'public');
  const pinned = closest(
    name,
    open.filter(({ id }) => preference.pinned.includes(id)),
  );
  return preferred(pinned.length > 0 ? pinned : closest(name, open), preference);
}

/** The closest private zone that holds the name and that the VPC does not see: worth a word when there is no other. */
export function unseenZone(name: string, vpcId: string, zones: readonly Zone[]): Zone | undefined {
  return closest(
    name,
    zones.filter(({ visibility, vpcIds }) => visibility === 'private' && !vpcIds.includes(vpcId)),
  )[0];
}
