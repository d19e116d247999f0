import type { Route53Client } from '@aws-sdk/client-route-53';

/** Zones of another account, reached by a role of its own. */
export interface SharedZones {
  readonly client: Route53Client;
  /** The hosted zone ids that are reached so; no other zone of that account is looked at. */
  readonly zoneIds: readonly string[];
}

/** Which client speaks for which hosted zone. */
export interface ZoneClients {
  readonly own: Route53Client;
  readonly shared: readonly SharedZones[];
}

export function clientOf({ own, shared }: ZoneClients, zoneId: string): Route53Client {
  return shared.find(({ zoneIds }) => zoneIds.includes(zoneId))?.client ?? own;
}
