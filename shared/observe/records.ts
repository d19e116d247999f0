import {
  type HostedZone,
  type HostedZoneSummary,
  ListHostedZonesByVPCCommand,
  paginateListHostedZones,
  type ResourceRecordSet,
  type Route53Client,
  type VPCRegion,
} from '@aws-sdk/client-route-53';
import { normalizeName } from '../records/names.ts';
import type { RecordContent, RecordSet } from '../records/record-set.ts';
import type { Zone } from '../records/zones.ts';
import { said } from './said.ts';
import type { ZoneClients } from './zone-clients.ts';

/** Makes a listing. */
export type List<Item> = () => Promise<readonly Item[]>;

/** Where zones are listed once for many. */
export interface ZoneListings {
  /** Of an account. @param from names the client that lists. */
  zones(client: Route53Client, from: string, list: List<HostedZone>): Promise<readonly HostedZone[]>;
  /** Of a VPC. */
  inVpc(client: Route53Client, vpcId: string, list: List<HostedZoneSummary>): Promise<readonly HostedZoneSummary[]>;
}

/** A VPC, and a client of the account that owns it. */
interface ObservedVpc {
  readonly id: string;
  readonly region: string;
  readonly client: Route53Client;
}

/**
 * Every hosted zone of the account, those reached by a role, and whatever other account's private zones the VPC sees: all
 * but those of Route 53 Profiles, which no listing shows (docs/facts.md#list-by-vpc-names-owners). Of private ones only
 * the association with `vpcId` is known.
 * @param vpc whose zones to list.
 * @param reads where the listings are shared.
 */
export async function observeZones(
  { own, shared }: ZoneClients,
  vpc: ObservedVpc | undefined,
  reads: ZoneListings,
): Promise<readonly Zone[]> {
  const listOf = (client: Route53Client, from: string) => reads.zones(client, from, () => listZones(client));
  const summaries = vpc === undefined ? [] : await reads.inVpc(vpc.client, vpc.id, () => listZonesInVpc(vpc));
  const inVpc = new Map(summaries.map((summary) => [zoneId(summary.HostedZoneId), summary]));
  const zoneOf = (listed: HostedZone) => observedZone(listed, inVpc, vpc?.id);
  const zones = (await listOf(own, '')).map(zoneOf);
  const others = shared.map(async ({ client, zoneIds }) =>
    (await listOf(client, zoneIds[0] ?? '')).map(zoneOf).filter(({ id }) => zoneIds.includes(id)),
  );
  const reached = [...zones, ...(await Promise.all(others)).flat()];
  const unreached = [...inVpc].filter(([id]) => !reached.some((zone) => zone.id === id));
  return [
    ...reached,
    ...unreached.map(
      ([id, summary]): Zone => ({
        id,
        name: normalizeName(summary.Name ?? ''),
        visibility: 'private',
        vpcIds: vpc === undefined ? [] : [vpc.id],
        ...ownerOf(summary),
        isUnreached: true,
      }),
    ),
  ];
}

/** Who owns a zone, for people. */
function ownerOf({ Owner }: HostedZoneSummary): Pick<Zone, 'owner'> {
  if (Owner?.OwningAccount !== undefined) return { owner: `account ${Owner.OwningAccount}` };
  return Owner?.OwningService === undefined ? {} : { owner: Owner.OwningService };
}

async function listZonesInVpc({ id, region, client }: ObservedVpc): Promise<readonly HostedZoneSummary[]> {
  const summaries: HostedZoneSummary[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      // The model's enum of regions lags behind the regions; the wire carries the string.
      new ListHostedZonesByVPCCommand({ VPCId: id, VPCRegion: region as VPCRegion, NextToken: token }),
    );
    said(page.MaxItems, 'ListHostedZonesByVPC');
    summaries.push(...(page.HostedZoneSummaries ?? []));
    token = page.NextToken;
  } while (token !== undefined);
  return summaries;
}

async function listZones(client: Route53Client): Promise<readonly HostedZone[]> {
  const zones: HostedZone[] = [];
  for await (const { HostedZones = [], IsTruncated } of paginateListHostedZones({ client }, {})) {
    said(IsTruncated, 'ListHostedZones');
    zones.push(...HostedZones);
  }
  return zones;
}

function observedZone(
  { Id, Name = '', Config }: HostedZone,
  inVpc: ReadonlyMap<string, HostedZoneSummary>,
  vpcId: string | undefined,
): Zone {
  const id = zoneId(Id);
  const summary = inVpc.get(id);
  return {
    id,
    name: normalizeName(Name),
    visibility: Config?.PrivateZone === true ? 'private' : 'public',
    vpcIds: vpcId !== undefined && summary !== undefined ? [vpcId] : [],
    ...(summary === undefined ? {} : ownerOf(summary)),
  };
}

function zoneId(id: string | undefined): string {
  return (id ?? '').replace(/^\/hostedzone\//, '');
}

export function recordSet(record: ResourceRecordSet): RecordSet {
  return {
    name: normalizeName(record.Name ?? ''),
    type: record.Type ?? '',
    content: recordContent(record),
    ...(record.SetIdentifier === undefined ? {} : { setIdentifier: record.SetIdentifier }),
  };
}

function recordContent(record: ResourceRecordSet): RecordContent {
  if (record.TrafficPolicyInstanceId !== undefined) {
    return { kind: 'other', description: `of the traffic policy instance ${record.TrafficPolicyInstanceId}` };
  }
  if (record.HealthCheckId !== undefined) return { kind: 'other', description: 'with a health check' };
  const alias = record.AliasTarget;
  if (alias !== undefined) {
    return {
      kind: 'alias',
      target: normalizeName(alias.DNSName ?? ''),
      targetZoneId: alias.HostedZoneId ?? '',
      evaluateTargetHealth: alias.EvaluateTargetHealth ?? false,
    };
  }
  return {
    kind: 'values',
    ttl: record.TTL ?? 0,
    values: (record.ResourceRecords ?? []).flatMap(({ Value }) => (Value === undefined ? [] : [Value])),
  };
}
