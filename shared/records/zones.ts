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

/** The zones with the longest suffix of `name`. `ListHostedZonesByName` is a listing, not a search (facts §7). */
function closest(name: string, zones: readonly Zone[]): readonly Zone[] {
  const base = name.replace(/^\*\./, '');
  const holding = zones.filter((zone) => isWithin(base, zone.name));
  const longest = Math.max(0, ...holding.map((zone) => zone.name.length));
  return holding.filter((zone) => zone.name.length === longest);
}

/**
 * The zone that answers for `name` inside the VPC: the closest private zone associated with it, because such a zone
 * shadows the public one, and otherwise the closest public zone.
 */
export function trafficZone(name: string, vpcId: string, zones: readonly Zone[]): Zone | undefined {
  const [inVpc] = closest(
    name,
    zones.filter((zone) => zone.visibility === 'private' && zone.vpcIds.includes(vpcId)),
  );
  return inVpc ?? validationZone(name, zones);
}

/** The zone certificate validation looks at: always public (facts §5, D). */
export function validationZone(name: string, zones: readonly Zone[]): Zone | undefined {
  return closest(
    name,
    zones.filter((zone) => zone.visibility === 'public'),
  )[0];
}
