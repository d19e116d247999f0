import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  paginateListHostedZones,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { createCloud, type EmbeddedCloud } from 'apprunner-embedded-cloud';
import { VirtualClock } from 'apprunner-embedded-cloud/clock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RateBudget, withUrgency } from '../../shared/aws/rate-budget.ts';
import { withRoute53Budget } from '../../shared/aws/route53-budget.ts';
import { JoinedReads } from '../../shared/observe/joined-reads.ts';
import { Freshness } from '../../shared/observe/memory.ts';
import { ZonePages } from '../../shared/observe/zone-pages.ts';

const RATE = { perSecond: 5, burst: 5 };
/** Names in the zone besides its own: more than a page holds. */
const NAMES = Array.from({ length: 450 }, (_, index) => `n${String(index).padStart(3, '0')}.example.com`);
const [FIRST = '', NEAR = '', FAR = ''] = [NAMES[0], NAMES[200], NAMES[440]];

let cloud: EmbeddedCloud;
let client: Route53Client;
let zoneId: string;
let calls: string[];
/** Calls that wait for their turn, in their order. */
let line: ((refused?: Error) => void)[];

beforeEach(async () => {
  cloud = createCloud({ clock: new VirtualClock() });
  const plain = new Route53Client(cloud.clientConfig());
  const { HostedZone } = await plain.send(
    new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'example.com' }),
  );
  zoneId = HostedZone?.Id?.replace('/hostedzone/', '') ?? '';
  await put(NAMES, 'a');
  calls = [];
  cloud.gateway.observe(({ operation }) => calls.push(operation));
  line = [];
  const budget = new RateBudget({
    lines: { reserve: async () => ({ kind: 'reserved', from: 1 }) },
    now: () => 0,
    sleep: () =>
      new Promise((resolve, reject) => {
        line.push((refused) => (refused === undefined ? resolve() : reject(refused)));
      }),
    random: () => 0,
  });
  client = withRoute53Budget(new Route53Client(cloud.clientConfig()), '123456789012', { budget, rate: RATE });
});
afterEach(() => cloud.stop());

/** Records that say so. */
async function put(names: readonly string[], text: string, Type: 'TXT' | 'SPF' = 'TXT'): Promise<void> {
  const route53 = new Route53Client(cloud.clientConfig());
  const Changes = names.map((Name) => ({
    Action: 'UPSERT' as const,
    ResourceRecordSet: { Name, Type, TTL: 60, ResourceRecords: [{ Value: `"${text}"` }] },
  }));
  await route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch: { Changes } }));
}

/** Ends when so many calls wait for their turn. */
async function waiting(count: number): Promise<void> {
  while (line.length < count) await new Promise(setImmediate);
}

/** Lets the call that waits longest begin. */
const turn = (refused?: Error): void => line.shift()?.(refused);

/** As each reconciliation makes them that takes nothing from earlier ones. */
const listings = () => new JoinedReads().listings(new Freshness(() => 0, false));

/** A client without a budget. */
const plain = () => new Route53Client(cloud.clientConfig());

/** Lets one call after the other begin until there is an answer. */
async function inTurns<Answer>(answer: Promise<Answer>): Promise<Answer> {
  let isThere = false;
  const end = () => {
    isThere = true;
  };
  answer.then(end, end);
  while (!isThere) {
    turn();
    await new Promise(setImmediate);
  }
  return answer;
}

describe('listings that wait for their turn', () => {
  const list = async () => {
    const names: string[] = [];
    for await (const { HostedZones = [] } of paginateListHostedZones({ client }, {}))
      names.push(...HostedZones.map(({ Name = '' }) => Name));
    return names.map((Name) => ({ Id: Name, Name, CallerReference: Name }));
  };
  const namesOf = async (zones: Promise<readonly { Name?: string | undefined }[]>) =>
    (await zones).map(({ Name }) => Name);

  it('are one call, which sees what happened since they asked', async () => {
    const reads = listings();
    const asked = Array.from({ length: 3 }, () => reads.zones(client, '', list));
    await waiting(1);
    await new Route53Client(cloud.clientConfig()).send(
      new CreateHostedZoneCommand({ Name: 'later.example.com', CallerReference: 'later' }),
    );
    turn();
    for (const one of asked) expect(await namesOf(one)).toContain('later.example.com.');
    expect(calls.filter((operation) => operation === 'ListHostedZones')).toHaveLength(1);
    expect(line).toEqual([]);
  });

  it('are not joined once the call has begun', async () => {
    const reads = listings();
    const slow = Promise.withResolvers<readonly []>();
    const first = reads.zones(client, '', () => slow.promise);
    await waiting(1);
    turn();
    await new Promise(setImmediate);
    const second = reads.zones(client, '', list);
    await waiting(1);
    turn();
    expect(await namesOf(second)).toEqual(['example.com.']);
    slow.resolve([]);
    expect(await first).toEqual([]);
  });

  it('of a VPC are those of the client that asks: another account may be refused', async () => {
    const reads = listings();
    const other = new Route53Client(cloud.clientConfig());
    const own = reads.inVpc(client, 'vpc-1', async () => []);
    await waiting(1);
    await expect(
      reads.inVpc(other, 'vpc-1', () => Promise.reject(new Error('the VPC is of another account'))),
    ).rejects.toThrow('of another account');
    turn();
    expect(await own).toEqual([]);
  });

  it('that another reconciliation has made since are taken, and older ones where they are young enough', async () => {
    let now = 0;
    const reads = new JoinedReads();
    const listed = vi.fn(async () => []);
    const [earlier, later, another] = [false, false, false].map((kept) =>
      reads.listings(new Freshness(() => now, kept)),
    );
    now = 1;
    await earlier?.zones(plain(), '', listed);
    await later?.zones(plain(), '', listed);
    expect(listed).toHaveBeenCalledTimes(2);
    const one = plain();
    await earlier?.zones(one, '', listed);
    now = 2;
    await later?.zones(one, '', listed);
    await later?.inVpc(one, 'vpc-1', listed);
    await another?.inVpc(one, 'vpc-1', listed);
    expect(listed).toHaveBeenCalledTimes(4);
    await reads.listings(new Freshness(() => now, true)).zones(one, '', listed);
    expect(listed).toHaveBeenCalledTimes(4);
    await reads.listings(new Freshness(() => now, false)).zones(one, '', listed);
    expect(listed).toHaveBeenCalledTimes(5);
  });

  it('are not joined by work that may wait longer', async () => {
    const reads = listings();
    const repeated = withUrgency('repeated', () => reads.zones(client, '', list));
    const fresh = reads.zones(client, '', list);
    await waiting(2);
    turn(new Error('the line is full'));
    turn();
    await expect(repeated).rejects.toThrow('the line is full');
    expect(await namesOf(fresh)).toEqual(['example.com.']);
  });

  it('are asked anew after a refusal, of which all hear', async () => {
    const reads = listings();
    const refused = [reads.zones(client, '', list), reads.zones(client, '', list)];
    await waiting(1);
    turn(new Error('the line is full'));
    for (const one of refused) await expect(one).rejects.toThrow('the line is full');
    const again = reads.zones(client, '', list);
    await waiting(1);
    turn();
    expect(await namesOf(again)).toEqual(['example.com.']);
  });
});

describe('pages that wait for their turn', () => {
  /** As each service reads them: what is remembered is its own. */
  const at = (reads: JoinedReads, name: string) => new ZonePages(reads.pages(client, zoneId)).at([name]);
  const textOf = async (read: ReturnType<typeof at>) =>
    (await read).map(({ name, content }) => [name, content.kind === 'values' ? content.values : []]);

  it('are one call from the first name on, as far as the page goes', async () => {
    const reads = new JoinedReads();
    const [near, first, far] = [NEAR, FIRST, FAR].map((name) => textOf(at(reads, name)));
    await waiting(1);
    await put([NEAR], 'b');
    turn();
    expect(await near).toEqual([[NEAR, ['"b"']]]);
    expect(await first).toEqual([[FIRST, ['"a"']]]);
    expect(calls.filter((operation) => operation === 'ListResourceRecordSets')).toHaveLength(1);
    // The third is behind that page.
    await waiting(1);
    turn();
    expect(await far).toEqual([[FAR, ['"a"']]]);
    expect(calls.filter((operation) => operation === 'ListResourceRecordSets')).toHaveLength(2);
  });

  it('say what is not there', async () => {
    const reads = new JoinedReads();
    const [gap, last] = [`${NEAR.replace('.', 'x.')}`, 'zz.example.com'].map((name) => textOf(at(reads, name)));
    const first = textOf(at(reads, FIRST));
    await waiting(1);
    turn();
    expect([await first, await gap]).toEqual([[[FIRST, ['"a"']]], []]);
    await waiting(1);
    turn();
    expect(await last).toEqual([]);
  });

  it('hold all records of a name', async () => {
    // 293 records stand before them, so that 300 records end within a name that has two.
    await put(NAMES.slice(291, 310), 'a', 'SPF');
    const reads = new JoinedReads();
    for (const name of NAMES.slice(292, 308)) {
      const asked = [textOf(at(reads, 'example.com')), textOf(at(reads, name))];
      const [, read] = await inTurns(Promise.all(asked));
      expect(read).toEqual([
        [name, ['"a"']],
        [name, ['"a"']],
      ]);
    }
  });
});
