import { type AttributeValue, DynamoDBClient, paginateScan, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { paginateListHostedZones, type VPCRegion } from '@aws-sdk/client-route-53';
import { isOwnCall } from '../demo/product-calls.ts';
import { HOUR, SECOND } from '../shared/duration.ts';
import { createSweepRuns } from '../shared/state/tables.ts';
import type { SweepRun } from '../shared/sweep/run.ts';
import { functionArn } from '../test/installation/installation.ts';
import { awsWithRoute53At, ROUTE_53_RATE } from './aws-load.ts';
import type { Benchmark, Figure, Goal } from './figures.ts';
import { Fleet, SWEEP_CONCURRENCY } from './fleet.ts';
import { functionMemory } from './function-memory.ts';
import { seedReadyServices } from './ready-services.ts';

const REGIONS: readonly VPCRegion[] = ['ap-northeast-1', 'us-east-1', 'us-west-2', 'eu-west-1'];
/** Services of an account: 10,000 of them are in 200 accounts. */
const SERVICES_OF_AN_ACCOUNT = 50;
const LONGEST_MS = 4 * HOUR;

interface Swept {
  readonly run: SweepRun;
  readonly seconds: number;
  readonly operations: readonly { readonly operation: string; readonly calls: number; readonly failed: number }[];
  /** Route 53 calls that list every zone, as external-dns does each time. */
  readonly listing: number;
  readonly largestRow: number;
  /** MB. */
  readonly memory: number;
}

/** One sweep over fleets of several sizes, all of it ready. */
export const fleetSweep: Benchmark = {
  name: 'fleet-sweep',
  about: `one sweep over 100 and 1,000 ready services, with Route 53 at ${ROUTE_53_RATE} calls a second; --large: 10,000 too`,
  async measure(scale) {
    const figures: Figure[] = [];
    const goals: Goal[] = [];
    const callsOf: number[] = [];
    for (const count of scale === 'large' ? [100, 1000, 10_000] : [100, 1000]) {
      const { run, seconds, operations, listing, largestRow, memory } = await sweep(count);
      const row = `${count.toLocaleString('en')} services`;
      const sum = (wanted: (operation: string) => boolean) =>
        operations.filter(({ operation }) => wanted(operation)).reduce((total, { calls }) => total + calls, 0);
      const route53 = sum(isRoute53);
      const places = Math.ceil(count / SERVICES_OF_AN_ACCOUNT) * REGIONS.length;
      const ofServices = sum((operation) => READS_OF_A_SERVICE.includes(operation));
      const ofRegions = sum((operation) => !isRoute53(operation) && !isOwnCall(operation)) - ofServices;
      const ofVpcs = sum((operation) => operation === 'route53:ListHostedZonesByVPC');
      const refused = (wanted: (operation: string) => boolean) =>
        operations.filter(({ operation }) => wanted(operation)).reduce((total, { failed }) => total + failed, 0);
      const throttled = refused((operation) => !isOwnCall(operation));
      const bound = Math.max(0, listing - ROUTE_53_RATE) / ROUTE_53_RATE;
      callsOf.push((route53 + ofServices + ofRegions + sum(isOwnCall)) / count);
      figures.push(
        { row, column: 'accounts × regions', value: places },
        { row, column: 'seconds', value: seconds },
        { row, column: 'bound s', value: bound },
        { row, column: 'not compared', value: run.summary?.failureCount ?? count },
        { row, column: 'Route 53', value: route53 },
        { row, column: 'listing all', value: listing },
        { row, column: 'throttled', value: throttled },
        { row, column: 'other reads a service', value: ofServices / count },
        { row, column: 'other reads a region', value: ofRegions / places },
        { row, column: 'own calls a service', value: sum(isOwnCall) / count },
        { row, column: 'largest row kB', value: largestRow / 1000 },
        { row, column: 'memory MB', value: memory },
      );
      goals.push(
        {
          what: `sweep of ${row}: services that could not be compared`,
          most: 0,
          value: run.summary?.failureCount ?? count,
        },
        {
          what: `sweep of ${row}: Route 53 reads, but one for each VPC`,
          most: listing,
          value: route53 - ofVpcs - refused(isRoute53),
        },
        { what: `sweep of ${row}: other reads a service`, most: 4, value: ofServices / count },
        { what: `sweep of ${row}: memory of a function`, most: 256, value: memory, unit: 'MB' },
        { what: `sweep of ${row}: largest row`, most: 8, value: largestRow / 1000, unit: 'kB' },
      );
      if (count >= 10_000)
        goals.push({ what: `sweep of ${row}: time against the bound`, most: 1.15, value: seconds / bound });
    }
    goals.push({
      what: 'sweep: calls a service of the largest fleet, against the smallest',
      most: 1.05,
      value: (callsOf.at(-1) ?? Number.NaN) / (callsOf[0] ?? Number.NaN),
    });
    return [
      {
        title: `One sweep over ready services, Route 53 at ${ROUTE_53_RATE} calls a second`,
        rows: 'fleet',
        figures,
        goals,
        notes: [
          `${SERVICES_OF_AN_ACCOUNT} services an account, in ${REGIONS.length} regions; zones of 20 accounts each, in the hub's account; SweepConcurrency is ${SWEEP_CONCURRENCY}.`,
          'Listing all: the Route 53 calls that list every record of every zone, 300 a call, as external-dns does each time.',
          'Bound: that many calls at the rate of Route 53.',
          'Memory: the most that a process takes which begins a sweep and concludes one, or compares one region; bare Node takes 44.',
        ],
      },
    ];
  },
};

/** App Runner has no operation that reads one of these of many services. */
const READS_OF_A_SERVICE: readonly string[] = [
  'apprunner:DescribeService',
  'apprunner:ListTagsForResource',
  'apprunner:DescribeCustomDomains',
  'apprunner:DescribeVpcIngressConnection',
];

const isRoute53 = (operation: string): boolean => operation.startsWith('route53:');

async function sweep(count: number): Promise<Swept> {
  const accounts = Math.ceil(count / SERVICES_OF_AN_ACCOUNT);
  const fleet = await Fleet.start({ accounts, regions: REGIONS, forwardsEvents: false });
  const { world } = fleet;
  try {
    await seedReadyServices(fleet, count);
    const listing = await callsThatListAll(fleet);
    const endLimit = fleet.limit(awsWithRoute53At(ROUTE_53_RATE));
    const counter = world.countProductCalls();
    const start = world.clock.now();
    const { lambda } = world.cloud;
    world.clock.schedule(0, async () => {
      const outcome = await lambda.invoke(lambda.get(functionArn('sweep')), {});
      if (!outcome.ok) throw new Error(`the sweep failed: ${JSON.stringify(outcome)}`);
    });
    const runs = createSweepRuns(world.stack.outputs.SweepTableName ?? '', world.config);
    let run: SweepRun | undefined;
    while ((run === undefined || run.status === 'comparing') && world.clock.now() - start < LONGEST_MS) {
      await world.clock.advance(10 * SECOND);
      [run] = await runs.latest(1);
    }
    counter.stop();
    if ((run?.summary?.differing ?? 0) > 0) throw new Error('services of the fleet were not ready');
    if (run?.endedAt === undefined) throw new Error(`the sweep of ${count} services has not ended`);
    const { operations } = counter;
    endLimit();
    return {
      run,
      seconds: (run.endedAt - start) / SECOND,
      operations,
      listing,
      largestRow: await largestRow(fleet),
      memory: await memoryOf(fleet, run),
    };
  } finally {
    await fleet.stop();
  }
}

/** MB of the function that compares a region, and of the one that begins a sweep after it has concluded one that was lost. */
async function memoryOf(fleet: Fleet, { id }: SweepRun): Promise<number> {
  const { world, places } = fleet;
  const [{ account, region } = { account: '', region: '' }] = places;
  const body = JSON.stringify({ run: id, target: { kind: 'region', account, region, known: [] } });
  const client = new DynamoDBClient(world.config);
  await client.send(
    new UpdateItemCommand({
      TableName: world.stack.outputs.SweepTableName,
      Key: { partition: { S: 'runs' }, item: { S: id } },
      UpdateExpression: 'SET #status = :comparing',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':comparing': { S: 'comparing' } },
    }),
  );
  const compares = { name: 'sweep-region', event: { Records: [{ messageId: 'one', body }] } };
  return Math.max(...(await functionMemory(fleet, [compares, { name: 'sweep', event: {} }])));
}

/** Records of a page of Route 53. */
const PAGE = 300;

async function callsThatListAll({ world }: Fleet): Promise<number> {
  let calls = 0;
  for await (const { HostedZones = [] } of paginateListHostedZones({ client: world.route53 }, {})) {
    calls += 1;
    for (const { ResourceRecordSetCount = 0 } of HostedZones) calls += Math.ceil(ResourceRecordSetCount / PAGE);
  }
  return calls;
}

/** Bytes of the largest item of the stack's tables. */
async function largestRow({ world }: Fleet): Promise<number> {
  const client = new DynamoDBClient(world.config);
  const { TableName: rows = '', SweepTableName: sweeps = '' } = world.stack.outputs;
  let largest = 0;
  for (const TableName of [rows, rows.replace(/-services$/, '-claims'), sweeps]) {
    for await (const { Items = [] } of paginateScan({ client }, { TableName })) {
      largest = Math.max(largest, ...Items.map((item) => bytesOf({ M: item })));
    }
  }
  return largest;
}

/** As DynamoDB counts them, about (docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html). */
function bytesOf(value: AttributeValue): number {
  if (value.B !== undefined) return value.B.length;
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.length / 2) + 1;
  if (value.L !== undefined) return 3 + value.L.reduce((sum, one) => sum + 1 + bytesOf(one), 0);
  const entries = Object.entries(value.M ?? {});
  return 3 + entries.reduce((sum, [name, one]) => sum + 1 + Buffer.byteLength(name) + bytesOf(one), 0);
}
