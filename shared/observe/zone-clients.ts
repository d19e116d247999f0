import type { Route53Client } from '@aws-sdk/client-route-53';

/** Zones of another account, reached by a role of its own. */
export interface SharedZones {
  readonly client: Route53Client;
  /** The hosted zone ids that this role may reach; no other zone of that account is read. */
  readonly zoneIds: readonly string[];
}

/** Which client reaches which hosted zone. */
export interface ZoneClients {
  readonly own: Route53Client;
  readonly shared: readonly SharedZones[];
}

export function clientOf({ own, shared }: ZoneClients, zoneId: string): Route53Client {
  return shared.find(({ zoneIds }) => zoneIds.includes(zoneId))?.client ?? own;
}
