import { Route53Client } from '@aws-sdk/client-route-53';
import { expect, it } from 'vitest';
import { MINUTE } from '../../shared/duration.ts';
import { Freshness } from '../../shared/observe/memory.ts';
import { KeptPages, RecordAnswers } from '../../shared/observe/reconciliation-memory.ts';
import type { ListPage } from '../../shared/observe/zone-pages.ts';
import type { RecordSet } from '../../shared/records/record-set.ts';
import { START } from '../fixtures.ts';

const NAME = 'app.example.com';
/** Never used. */
const client = new Route53Client({ region: 'us-east-1' });

/** A zone with one record, which says how often it was asked for. */
function zone() {
  const clock = { now: START };
  let calls = 0;
  const list: ListPage = async () => {
    const Value = String(++calls);
    const record = { Name: NAME, Type: 'TXT' as const, TTL: 60, ResourceRecords: [{ Value }] };
    return { ResourceRecordSets: [record], IsTruncated: false };
  };
  const pages = new KeptPages({ pages: () => list }, () => clock.now);
  const reconciliation = (takesKept = true) => {
    const answers = new RecordAnswers(new Freshness(() => clock.now, takesKept), pages);
    const read = async () => (await answers.at(client, 'Z1', [NAME], [])).flatMap(valuesOf);
    return { answers, read };
  };
  return { clock, reconciliation };
}

const valuesOf = ({ content }: RecordSet) => (content.kind === 'values' ? content.values : []);
const written = (value: string): RecordSet => ({
  ...{ name: NAME, type: 'TXT', content: { kind: 'values', ttl: 60, values: [value] } },
});

it('records are asked for once in a reconciliation, and taken from earlier ones for minutes', async () => {
  const { clock, reconciliation } = zone();
  const first = reconciliation();
  expect([await first.read(), await first.read(), first.answers.usedKept]).toEqual([['1'], ['1'], false]);
  clock.now += 15 * MINUTE - 1;
  const second = reconciliation();
  expect([await second.read(), second.answers.usedKept]).toEqual([['1'], true]);
  second.answers.forget();
  expect([await second.read(), second.answers.usedKept]).toEqual([['2'], false]);
  clock.now += 15 * MINUTE;
  const third = reconciliation();
  expect([await third.read(), third.answers.usedKept]).toEqual([['3'], false]);
});

it('records that another reconciliation asked for since are as good as its own', async () => {
  const { clock, reconciliation } = zone();
  const [first, second] = [reconciliation(false), reconciliation(false)];
  expect(await first.read()).toEqual(['1']);
  expect([await second.read(), second.answers.usedKept]).toEqual([['1'], false]);
  // Those that were asked for before are not, even if the clock says that they are of later.
  clock.now -= MINUTE;
  expect(await reconciliation(false).read()).toEqual(['2']);
  for (const { answers } of [first, second]) answers.forget();
  expect(await second.read()).toEqual(['3']);
  expect([await first.read(), first.answers.usedKept]).toEqual([['3'], false]);
});

it('a name that is to be changed is asked for again, also where it shares its page with one that is not', async () => {
  const { reconciliation } = zone();
  await reconciliation().read();
  const { answers, read } = reconciliation();
  expect(await read()).toEqual(['1']);
  expect([answers.forgetNames('Z2', [NAME]), answers.forgetNames('Z1', ['other'])]).toEqual([false, false]);
  expect(answers.forgetNames('Z1', [NAME])).toBe(true);
  // In the order of a listing, the other one comes first, and is taken from the page that is kept.
  const found = await answers.at(client, 'Z1', ['aaa.example.com', NAME], []);
  expect(found.flatMap(valuesOf)).toEqual(['2']);
  expect(answers.forgetNames('Z1', [NAME])).toBe(false);
});

it('a change that Route 53 has made is in what was asked for before, for all', async () => {
  const { clock, reconciliation } = zone();
  const [writer, other] = [reconciliation(), reconciliation()];
  await writer.read();
  clock.now += 1;
  writer.answers.change('Z1', [{ action: 'CREATE', record: written('by the writer') }]);
  writer.answers.change('Z2', [{ action: 'CREATE', record: written('elsewhere') }]);
  expect(await writer.read()).toEqual(['by the writer']);
  expect(await reconciliation().read()).toEqual(['by the writer']);
  other.answers.forget();
  expect(await other.read()).toEqual(['2']);
});

it('pages are kept of each client and zone, while they may be taken, and as many as a process can hold', async () => {
  let now = START;
  const list: ListPage = async ({ StartRecordName }) => ({
    ...{ ResourceRecordSets: [], IsTruncated: true, NextRecordName: `${StartRecordName}x`, NextRecordType: 'A' },
  });
  const kept = new KeptPages({ pages: () => list }, () => now);
  const read = async (zoneId: string, count: number) => {
    const pages = kept.of(client, zoneId);
    for (let index = 0; index < count; index++) await pages.read([`n${index}`], () => false);
    return pages;
  };
  const first = await read('Z1', 50);
  expect(kept.of(new Route53Client({ region: 'us-east-1' }), 'Z1')).not.toBe(first);
  const second = await read('Z2', 50);
  await read('Z3', 50);
  expect(kept.of(client, 'Z1')).toBe(first);
  await read('Z4', 1);
  await read('Z4', 1);
  // More than 150: the zone that was asked for longest ago is given up.
  expect(kept.of(client, 'Z1')).toBe(first);
  expect(kept.of(client, 'Z2')).not.toBe(second);
  now += 15 * MINUTE;
  kept.of(client, 'Z5');
  expect(kept.of(client, 'Z1')).not.toBe(first);
});
