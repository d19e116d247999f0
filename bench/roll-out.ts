import type { VPCRegion } from '@aws-sdk/client-route-53';
import type { CallRecord } from 'apprunner-embedded-cloud';
import { HOUR, MINUTE, SECOND } from '../shared/duration.ts';
import { awsWithRoute53At, ROUTE_53_RATE } from './aws-load.ts';
import type { Benchmark, Figure, Goal } from './figures.ts';
import { Fleet, serviceName } from './fleet.ts';
import { awsAlone } from './time-to-ready.ts';

const REGIONS: readonly VPCRegion[] = ['ap-northeast-1', 'us-east-1', 'us-west-2', 'eu-west-1'];
/** Services of an account in a region: below the quota (docs/facts.md#service-quotas). */
const SERVICES_OF_A_PLACE = 25;

/** The Route 53 calls of a service that can only come once its certificate is issued: look once more, and publish. */
const CALLS_AT_THE_END = 2;

/** Milliseconds of virtual time after which what is not ready has failed. */
const LONGEST_MS = 6 * HOUR;

/** When what happened to a service, in milliseconds since the roll-out began. */
interface Story {
  madePrivateAt?: number;
  connectedAt?: number;
  readyAt?: number;
}

interface RollOut {
  readonly stories: readonly Readonly<Story>[];
  readonly answered: number;
  readonly throttled: number;
  readonly calls: number;
}

/** So many new services at once, while Route 53 takes few calls. */
export const rollOut: Benchmark = {
  name: 'roll-out',
  about: `services created and tagged within a minute, with Route 53 at ${ROUTE_53_RATE} calls a second; --large: 1,000 too`,
  async measure(scale) {
    const figures: Figure[] = [];
    const goals: Goal[] = [];
    const ready: Figure[] = [];
    let alone = 0;
    for (const count of scale === 'large' ? [1, 60, 1000] : [1, 60]) {
      const { stories, answered, throttled, calls } = await play(count);
      const row = count === 1 ? '1 service' : `${count.toLocaleString('en')} services`;
      const readyAt = stories.map((story) => seconds(story.readyAt)).sort((a, b) => a - b);
      const unconnected = stories.map((story) => seconds(story.connectedAt) - seconds(story.madePrivateAt));
      const last = Math.max(...readyAt);
      const longest = Math.max(...unconnected);
      if (count === 1) alone = longest;
      const bound = awsAlone() + (count * CALLS_AT_THE_END) / ROUTE_53_RATE;
      figures.push(
        { row, column: 'half ready s', value: readyAt[Math.floor((count - 1) / 2)] ?? Number.NaN },
        { row, column: 'all ready s', value: last },
        { row, column: 'bound s', value: bound },
        { row, column: 'ratio', value: last / bound },
        { row, column: 'private, unconnected s', value: longest },
        { row, column: 'Route 53 calls', value: answered },
        { row, column: 'throttled', value: throttled },
        { row, column: 'all calls a service', value: calls / count },
      );
      ready.push(...rolledOut(row, readyAt));
      if (count === 1) continue;
      goals.push(
        { what: `${row} within a minute: until all are ready, against the bound`, most: 1.2, value: last / bound },
        {
          what: `${row}: longest time private without a connection, beyond that of one alone`,
          most: 60,
          value: longest - alone,
          unit: 's',
        },
      );
    }
    return [
      {
        title: `Services created and tagged within a minute, Route 53 at ${ROUTE_53_RATE} calls a second`,
        rows: 'at once',
        figures,
        goals,
        notes: [
          `Bound: AWS's own chain (${awsAlone()} s), and then ${CALLS_AT_THE_END} Route 53 calls for each service.`,
          'Private, unconnected: from UpdateService to CreateVpcIngressConnection, the longest; App Runner itself takes 180 s between.',
          `Calls of AWS take 80 ms on average, of tables and queues 10 ms (assumed); ${SERVICES_OF_A_PLACE} services in a region of an account.`,
        ],
      },
      { title: 'Services ready over time', rows: 'at once, s', figures: ready },
    ];
  },
};

const seconds = (milliseconds = Number.POSITIVE_INFINITY): number => milliseconds / SECOND;

/** How many are ready after each 5 % of the time. */
function rolledOut(row: string, readyAt: readonly number[]): readonly Figure[] {
  return Array.from({ length: 21 }, (_, step) => {
    const index = Math.max(0, Math.ceil((step / 20) * readyAt.length) - 1);
    return { row, column: `${step * 5} %`, value: readyAt[index] ?? Number.NaN };
  });
}

async function play(count: number): Promise<RollOut> {
  const accounts = Math.ceil(count / SERVICES_OF_A_PLACE / REGIONS.length);
  const fleet = await Fleet.start({ accounts, regions: REGIONS, forwardsEvents: true });
  const { world } = fleet;
  try {
    fleet.limit(awsWithRoute53At(ROUTE_53_RATE));
    const start = world.clock.now();
    const stories = new Map<unknown, Story>();
    const seen = { answered: 0, throttled: 0, calls: 0 };
    world.cloud.gateway.observe((call) => {
      if (call.context.principal.kind !== 'role') return;
      seen.calls++;
      if (call.service === 'route53') seen[call.outcome.ok ? 'answered' : 'throttled']++;
      note(call, call.at - start, stories);
    });
    for (let index = 0; index < count; index++) {
      const place = fleet.places[index % fleet.places.length];
      if (place === undefined) throw new Error('a roll-out needs a place');
      stories.set(await fleet.createService(place, serviceName(index)), {});
      await world.clock.advance(MINUTE / count);
    }
    const all = [...stories.values()];
    const isOver = () => all.every(({ readyAt }) => readyAt !== undefined);
    for (let minute = 0; !isOver() && minute * MINUTE < LONGEST_MS; minute++) await world.clock.advance(MINUTE);
    return { stories: all, ...seen };
  } finally {
    await fleet.stop();
  }
}

/** What a call says of a service. */
function note({ operation, input, outcome }: CallRecord, at: number, stories: ReadonlyMap<unknown, Story>): void {
  if (!outcome.ok) return;
  const { ServiceArn, Key, ExpressionAttributeValues }: Readonly<Record<string, unknown>> = Object(input);
  const story = stories.get(ServiceArn ?? textOf(Object(Key).serviceArn));
  if (story === undefined) return;
  if (operation === 'UpdateService') story.madePrivateAt ??= at;
  if (operation === 'CreateVpcIngressConnection') story.connectedAt ??= at;
  const phase = textOf(Object(ExpressionAttributeValues)[':phase']);
  // Without a probe, a name may be published before public DNS shows that of the connection.
  if (operation === 'UpdateItem' && (phase === 'ready' || phase === 'ready-unverified')) story.readyAt ??= at;
}

/** A string of DynamoDB. */
const textOf = (attribute: unknown): unknown => Object(attribute).S;
