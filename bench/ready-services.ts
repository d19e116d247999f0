import { AppRunnerClient, ListVpcIngressConnectionsCommand } from '@aws-sdk/client-apprunner';
import { type AttributeValue, BatchWriteItemCommand, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { DescribeVpcEndpointsCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { DAY } from '../shared/duration.ts';
import { connectionName } from '../shared/plan/connection-owner.ts';
import { type Fleet, type Place, serviceName } from './fleet.ts';
import { TIMEOUT_MS } from './installation.ts';

/** Every text by which what belongs to one service differs from what belongs to another. */
interface Identity extends Place {
  readonly name: string;
  readonly serviceId: string;
  /** `<name>/<32 hex>` */
  readonly connection: string;
  /** The endpoint's regional DNS name. */
  readonly endpointName: string;
  readonly endpointZoneId: string;
}

/**
 * Services that are ready: one is attached by the product, the others are copies of its rows, records and resources, each under
 * a name of its own, in turn in all places of the fleet. Attaching each would take hours.
 */
export async function seedReadyServices(fleet: Fleet, count: number): Promise<void> {
  const { world, places } = fleet;
  const [first] = places;
  if (first === undefined) throw new Error('a fleet needs an account and a region');
  await fleet.makeEndpoints();
  const arn = await fleet.createService(first, serviceName(0));
  world.clock.schedule(0, () => world.enqueue(arn));
  await world.until(arn, 'ready', TIMEOUT_MS);
  await world.clock.advance(2 * DAY);
  const endpoints = await Promise.all(places.slice(0, count).map((place) => endpointOf(fleet, place)));
  const original = { ...identity(first, 0, endpoints[0]), ...(await idsOf(fleet, first, arn)) };
  const renames = Array.from({ length: count - 1 }, (_, index) => {
    const place = places[(index + 1) % places.length] ?? first;
    return renaming(original, identity(place, index + 1, endpoints[(index + 1) % places.length]));
  });
  for (const rename of renames) world.cloud.appRunner.clone(arn, rename);
  await copyRecords(fleet, original, renames);
  await copyItems(fleet, original, renames);
}

type Endpoint = Pick<Identity, 'endpointName' | 'endpointZoneId'> | undefined;

function identity(place: Place, index: number, endpoint: Endpoint): Identity {
  const name = serviceName(index);
  const serviceId = String(index).padStart(32, '0');
  const arn = `arn:aws:apprunner:${place.region}:${place.account}:service/${name}/${serviceId}`;
  const connection = `${connectionName(arn)}/${serviceId}`;
  return { ...place, name, serviceId, connection, endpointName: '', endpointZoneId: '', ...endpoint };
}

async function endpointOf(fleet: Fleet, { account, region, vpcId }: Place): Promise<Endpoint> {
  const ec2 = new EC2Client(fleet.world.cloud.clientConfig({ account, region }));
  const Filters = [{ Name: 'vpc-id', Values: [vpcId] }];
  const { VpcEndpoints = [] } = await ec2.send(new DescribeVpcEndpointsCommand({ Filters }));
  const { DnsName = '', HostedZoneId = '' } = VpcEndpoints[0]?.DnsEntries?.[0] ?? {};
  return { endpointName: DnsName, endpointZoneId: HostedZoneId };
}

async function idsOf(fleet: Fleet, { account, region }: Place, ServiceArn: string) {
  const client = new AppRunnerClient(fleet.world.cloud.clientConfig({ account, region }));
  const { VpcIngressConnectionSummaryList: connections } = await client.send(
    new ListVpcIngressConnectionsCommand({ Filter: { ServiceArn } }),
  );
  const [, ...connection] = connections?.[0]?.VpcIngressConnectionArn?.split('/') ?? [];
  return { serviceId: ServiceArn.split('/').at(-1) ?? '', connection: connection.join('/') };
}

/** What is about one service → the same about another. */
function renaming(from: Identity, to: Identity): (text: string) => string {
  const hosts = new Map<string, string>();
  const part = (text: string, index: number) => text.split('/')[index] ?? text;
  const endpointId = ({ endpointName }: Identity) => endpointName.split('-').slice(0, 2).join('-');
  const pairs: readonly (readonly [string, string])[] = [
    [`:${from.region}:${from.account}:`, `:${to.region}:${to.account}:`],
    [from.endpointName, to.endpointName],
    [endpointId(from), endpointId(to)],
    [from.endpointZoneId, to.endpointZoneId],
    [from.vpcId, to.vpcId],
    [from.team.privateZoneId, to.team.privateZoneId],
    [from.team.publicZoneId, to.team.publicZoneId],
    [from.team.name, to.team.name],
    [from.serviceId, to.serviceId],
    [part(from.connection, 0), part(to.connection, 0)],
    [part(from.connection, 1), part(to.connection, 1)],
    [from.name, to.name],
  ];
  return (text) => {
    if (text === from.account) return to.account;
    if (text === from.region) return to.region;
    const renamed = pairs.reduce((known, [one, other]) => known.replaceAll(one, other), text);
    // Names that App Runner draws: the service's own and the connection's.
    return renamed.replaceAll(/\b([a-z2-7]{10})\.([a-z0-9-]+)\.awsapprunner\.com/g, (host, label: string) => {
      const mine = hosts.get(host) ?? `${label.slice(0, 4)}${base32(to.name)}.${to.region}.awsapprunner.com`;
      hosts.set(host, mine);
      return mine;
    });
  };
}

/** The number of a service in six letters and digits of a host name. */
function base32(name: string): string {
  return Number.parseInt(name.slice(-6), 10)
    .toString(26)
    .padStart(6, '0')
    .replaceAll(/[0-9]/g, (digit) => String.fromCharCode('q'.charCodeAt(0) + Number(digit)));
}

/** Records of one CREATE batch (docs/facts.md#change-batch-limits): of a thousand elements and 32,000 characters. */
const BATCH = 150;

async function copyRecords(
  { world }: Fleet,
  { team: { privateZoneId, publicZoneId } }: Identity,
  renames: readonly ((text: string) => string)[],
): Promise<void> {
  const changes = new Map<string, Change[]>();
  for (const zoneId of [privateZoneId, publicZoneId]) {
    const records = await world.records(zoneId);
    for (const rename of renames) {
      const to = rename(zoneId);
      const copies = records.map((record): Change => {
        const ResourceRecordSet: ResourceRecordSet = JSON.parse(rename(JSON.stringify(record)));
        return { Action: 'CREATE', ResourceRecordSet };
      });
      changes.set(to, [...(changes.get(to) ?? []), ...copies]);
    }
  }
  for (const [zoneId, all] of changes) {
    for (let from = 0; from < all.length; from += BATCH) await world.change(zoneId, ...all.slice(from, from + BATCH));
  }
}

/** Items of a BatchWriteItem (documented). */
const ITEMS = 25;

/** The row, and the claims that name the service. */
async function copyItems(
  { world }: Fleet,
  { serviceId }: Identity,
  renames: readonly ((text: string) => string)[],
): Promise<void> {
  const client = new DynamoDBClient(world.config);
  const { TableName: rows = '' } = world.stack.outputs;
  for (const table of [rows, rows.replace(/-services$/, '-claims')]) {
    const items: Record<string, AttributeValue>[] = [];
    for await (const { Items = [] } of paginateScan({ client }, { TableName: table })) {
      items.push(...Items.filter((item) => JSON.stringify(item).includes(serviceId)));
    }
    const copies = renames.flatMap((rename) =>
      items.map((Item) => ({ PutRequest: { Item: JSON.parse(rename(JSON.stringify(Item))) } })),
    );
    for (let from = 0; from < copies.length; from += ITEMS) {
      await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: copies.slice(from, from + ITEMS) } }));
    }
  }
}
