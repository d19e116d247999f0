import * as z from 'zod';
import type { EmbeddedCloud } from '../cloud.ts';
import { rootOf } from '../iam/iam.ts';
import { checkInput } from '../wire/protocols.ts';
import type { CallContext, ServiceDefinition } from '../wire/service.ts';
import type { DnsView } from '../world.ts';
import type { LiveCall, LiveCalls } from './calls.ts';
import type { LiveEvents } from './events.ts';

/** What is in the cloud at a moment, for the page at `/_local`. */
export interface LiveState {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly tables: readonly LiveTable[];
  /** The calls since the last look. */
  readonly calls: readonly LiveCall[];
}

export interface LiveTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

interface Place {
  readonly account: string;
  readonly region: string;
}

const text = z.string().catch('');
const flag = z.boolean().catch(false);

/**
 * Reads the cloud from inside: no call is counted, recorded or delayed, and no policy is asked.
 * @param after the number of the last call that is known.
 */
export async function liveState(
  cloud: EmbeddedCloud,
  { calls, events }: { readonly calls: LiveCalls; readonly events: LiveEvents },
  after: number,
): Promise<LiveState> {
  const places = placesOf(cloud);
  const services: string[][] = [];
  const connections: string[][] = [];
  const endpoints: string[][] = [];
  for (const place of places) {
    services.push(...(await servicesOf(cloud, place)));
    connections.push(...(await connectionsOf(cloud, place)));
    endpoints.push(...(await endpointsOf(cloud, place)));
  }
  const accounts = [...new Set(places.map(({ account }) => account))];
  const zones = (await Promise.all(accounts.map((account) => zonesOf(cloud, account)))).flat();
  const records = zones.flatMap((one) => one.records);
  return {
    at: cloud.world.clock.now(),
    tables: [
      {
        title: 'Services',
        columns: ['name', 'status', 'visibility', 'tags', 'domains', 'account', 'region'],
        rows: services,
      },
      {
        title: 'VPC ingress connections',
        columns: ['name', 'status', 'domain name', 'endpoint', 'service'],
        rows: connections,
      },
      {
        title: 'App Runner endpoints',
        columns: ['id', 'state', 'VPC', 'addresses', 'account', 'region'],
        rows: endpoints,
      },
      {
        title: 'Hosted zones',
        columns: ['id', 'name', 'visibility', 'VPCs', 'records', 'account'],
        rows: zones.map(({ row }) => row),
      },
      { title: 'Records', columns: ['zone', 'name', 'type', 'value'], rows: records },
      { title: 'DNS by view', columns: ['view', 'name', 'answer'], rows: answersOf(cloud, records, connections) },
      { title: 'Events', columns: ['time', 'bus', 'source', 'kind', 'resources'], rows: events.rows() },
      {
        title: 'Queues',
        columns: ['queue', 'visible', 'in flight', 'delayed'],
        rows: cloud.sqs
          .measure()
          .map(({ arn, visible, inFlight, delayed }) => [nameOf(arn), `${visible}`, `${inFlight}`, `${delayed}`]),
      },
    ],
    calls: calls.after(after),
  };
}

/** The accounts and regions that have a VPC: App Runner services for a VPC are there. */
function placesOf({ ec2 }: EmbeddedCloud): readonly Place[] {
  const places = ec2.vpcs().map(({ account, region }) => [`${account} ${region}`, { account, region }] as const);
  return [...new Map(places).values()];
}

async function run(
  definition: ServiceDefinition,
  name: string,
  input: object,
  { account, region }: Place,
): Promise<unknown> {
  const operation = definition.operations.find(({ schema }) => schema[2] === name);
  if (operation === undefined) throw new Error(`the embedded ${definition.signingName} has no operation ${name}`);
  checkInput(definition, operation, input);
  const context: CallContext = {
    ...{ account, region, requestId: 'live', principal: rootOf(account), accessKeyId: account },
    ...{ userAgent: 'live', sourceAddress: '127.0.0.1' },
  };
  return operation.run(input, context);
}

/** All pages of a listing. */
async function list<Item extends z.ZodType>(
  definition: ServiceDefinition,
  name: string,
  input: object,
  member: string,
  item: Item,
  place: Place,
): Promise<readonly z.output<Item>[]> {
  const page = z.object({ [member]: z.array(item).default([]), NextToken: z.string().optional() });
  const all: z.output<Item>[] = [];
  for (let NextToken: string | undefined; ; ) {
    const read = page.parse(await run(definition, name, { ...input, ...(NextToken && { NextToken }) }, place));
    all.push(...z.array(item).parse(read[member]));
    NextToken = z.string().optional().parse(read.NextToken);
    if (NextToken === undefined) return all;
  }
}

const serviceArn = z.object({ ServiceArn: z.string(), ServiceName: text });
const service = z.object({
  Service: z.object({
    Status: text,
    NetworkConfiguration: z.object({ IngressConfiguration: z.object({ IsPubliclyAccessible: flag }) }),
  }),
});
const tag = z.object({ Key: text, Value: text });
const domain = z.object({ DomainName: text, Status: text });

async function servicesOf({ appRunner: { definition } }: EmbeddedCloud, place: Place): Promise<readonly string[][]> {
  const listed = await list(definition, 'ListServices', {}, 'ServiceSummaryList', serviceArn, place);
  return Promise.all(
    listed.map(async ({ ServiceArn, ServiceName }) => {
      const { Service } = service.parse(await run(definition, 'DescribeService', { ServiceArn }, place));
      const tags = await list(definition, 'ListTagsForResource', { ResourceArn: ServiceArn }, 'Tags', tag, place);
      const domains = await list(definition, 'DescribeCustomDomains', { ServiceArn }, 'CustomDomains', domain, place);
      const { IsPubliclyAccessible } = Service.NetworkConfiguration.IngressConfiguration;
      return [
        ServiceName,
        Service.Status,
        IsPubliclyAccessible ? 'public' : 'private',
        tags.map(({ Key, Value }) => `${Key}=${Value}`).join(' '),
        domains.map(({ DomainName, Status }) => `${DomainName} (${Status})`).join(' '),
        place.account,
        place.region,
      ];
    }),
  );
}

const connectionArn = z.object({ VpcIngressConnectionArn: z.string() });
const connection = z.object({
  VpcIngressConnection: z.object({
    VpcIngressConnectionName: text,
    Status: text,
    DomainName: text,
    ServiceArn: text,
    IngressVpcConfiguration: z.object({ VpcEndpointId: text }),
  }),
});

async function connectionsOf({ appRunner: { definition } }: EmbeddedCloud, place: Place): Promise<readonly string[][]> {
  const listed = await list(
    definition,
    'ListVpcIngressConnections',
    {},
    'VpcIngressConnectionSummaryList',
    connectionArn,
    place,
  );
  return Promise.all(
    listed.map(async (input) => {
      const { VpcIngressConnection: one } = connection.parse(
        await run(definition, 'DescribeVpcIngressConnection', input, place),
      );
      return [
        one.VpcIngressConnectionName,
        one.Status,
        one.DomainName,
        one.IngressVpcConfiguration.VpcEndpointId,
        nameOf(one.ServiceArn),
      ];
    }),
  );
}

const endpoint = z.object({
  VpcEndpointId: text,
  State: text,
  VpcId: text,
  NetworkInterfaceIds: z.array(z.string()).default([]),
});
const networkInterface = z.object({ NetworkInterfaceId: text, PrivateIpAddress: text });

async function endpointsOf({ ec2: { definition } }: EmbeddedCloud, place: Place): Promise<readonly string[][]> {
  const Filters = [{ Name: 'service-name', Values: [`com.amazonaws.${place.region}.apprunner.requests`] }];
  const found = await list(definition, 'DescribeVpcEndpoints', { Filters }, 'VpcEndpoints', endpoint, place);
  const interfaces = await list(
    definition,
    'DescribeNetworkInterfaces',
    {},
    'NetworkInterfaces',
    networkInterface,
    place,
  );
  return found.map(({ VpcEndpointId, State, VpcId, NetworkInterfaceIds }) => {
    const own = interfaces.filter(({ NetworkInterfaceId }) => NetworkInterfaceIds.includes(NetworkInterfaceId));
    return [
      VpcEndpointId,
      State,
      VpcId,
      own.map(({ PrivateIpAddress }) => PrivateIpAddress).join(' '),
      place.account,
      place.region,
    ];
  });
}

const zone = z.object({
  Id: text,
  Name: text,
  Config: z.object({ PrivateZone: flag }).default({ PrivateZone: false }),
});
const recordSet = z.object({
  Name: text,
  Type: text,
  ResourceRecords: z.array(z.object({ Value: text })).default([]),
  AliasTarget: z.object({ DNSName: text }).optional(),
});

const associated = z.object({ VPCs: z.array(z.object({ VPCId: text })).default([]) });

interface LiveZone {
  readonly row: readonly string[];
  /** Without those that Route 53 itself creates. */
  readonly records: readonly (readonly string[])[];
}

async function zonesOf({ route53: { definition } }: EmbeddedCloud, account: string): Promise<readonly LiveZone[]> {
  const place = { account, region: 'us-east-1' };
  const { HostedZones } = z
    .object({ HostedZones: z.array(zone).default([]) })
    .parse(await run(definition, 'ListHostedZones', {}, place));
  return Promise.all(
    HostedZones.map(async ({ Id, Name, Config }) => {
      const id = Id.replace('/hostedzone/', '');
      const { VPCs } = associated.parse(await run(definition, 'GetHostedZone', { Id: id }, place));
      const answer = await run(definition, 'ListResourceRecordSets', { HostedZoneId: id }, place);
      const { ResourceRecordSets } = z.object({ ResourceRecordSets: z.array(recordSet).default([]) }).parse(answer);
      const visibility = Config.PrivateZone ? 'private' : 'public';
      const records = ResourceRecordSets.filter(({ Type }) => Type !== 'NS' && Type !== 'SOA').map((one) => [
        `${Name} (${visibility})`,
        one.Name.replace('\\052', '*'),
        one.Type,
        one.AliasTarget === undefined
          ? one.ResourceRecords.map(({ Value }) => Value).join(' ')
          : `alias ${one.AliasTarget.DNSName}`,
      ]);
      const vpcs = VPCs.map(({ VPCId }) => VPCId).join(' ');
      return { row: [id, Name, visibility, vpcs, `${records.length}`, account], records };
    }),
  );
}

/** What each view answers for the names of address records and of connections. */
function answersOf(
  { resolver, ec2 }: EmbeddedCloud,
  records: readonly (readonly string[])[],
  connections: readonly string[][],
): readonly string[][] {
  const published = records.flatMap(([, name = '', type = '']) =>
    ['A', 'AAAA', 'CNAME'].includes(type) && !name.startsWith('_') ? [name] : [],
  );
  const names = new Set(
    [...published, ...connections.map(([, , name = '']) => name)].map((name) => name.replace(/\.$/, '')),
  );
  const views: readonly (readonly [string, DnsView])[] = [
    ['public', { kind: 'public' }],
    ...ec2.vpcs().map(({ vpcId }) => [vpcId, { kind: 'vpc', vpcId }] as const),
  ];
  return [...names]
    .filter((name) => name !== '')
    .flatMap((name) =>
      views.map(([view, where]) => {
        const { rcode, answers } = resolver.answer(where, name, 'A');
        return [
          view,
          name,
          answers.length > 0 ? answers.map(({ value }) => value).join(' ') : rcode === 'NOERROR' ? 'no data' : rcode,
        ];
      }),
    );
}

/** Of a queue, or of a service. */
function nameOf(arn: string): string {
  return /:service\/([^/]+)\//.exec(arn)?.[1] ?? arn.slice(arn.lastIndexOf(':') + 1);
}
