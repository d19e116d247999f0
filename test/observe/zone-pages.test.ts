import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ListPage, type Page, ZonePages } from '../../shared/observe/zone-pages.ts';
import { listingKey } from '../../shared/records/names.ts';
import type { RecordChange, RecordSet } from '../../shared/records/record-set.ts';

const LABELS = ['a', 'b', 'c', 'd', 'e', 'f'];
const nameAt = (index: number) => `${LABELS[index] ?? 'z'}.example.com`;
const before = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** A zone with some records a name (told apart by SetIdentifier), listed in pages as Route 53 does. */
function zone(counts: readonly number[], pageSize: number, fromStart = false) {
  const records = counts
    .flatMap((count, index) =>
      Array.from({ length: count }, (_, number) => ({ Name: `${nameAt(index)}.`, SetIdentifier: String(number) })),
    )
    .sort((a, b) => before(listingKey(a.Name.slice(0, -1)), listingKey(b.Name.slice(0, -1))))
    .map((record) => ({ ...record, Type: 'A' as const, TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] }));
  let calls = 0;
  const list: ListPage = async ({ StartRecordName = '', StartRecordIdentifier = '' }) => {
    calls++;
    const from = listingKey(StartRecordName.replace(/\.$/, ''));
    const first = records.findIndex(({ Name, SetIdentifier }) => {
      const order = before(listingKey(Name.slice(0, -1)), from);
      return order > 0 || (order === 0 && Number(SetIdentifier) >= Number(StartRecordIdentifier));
    });
    const start = first === -1 ? records.length : first;
    const next = records[start + pageSize];
    return {
      ResourceRecordSets: records.slice(start, start + pageSize),
      IsTruncated: next !== undefined,
      ...(next === undefined
        ? {}
        : { NextRecordName: next.Name, NextRecordType: next.Type, NextRecordIdentifier: next.SetIdentifier }),
    };
  };
  return { list, pages: new ZonePages(list, { fromStart }), calls: () => calls, records };
}

describe('the pages of a zone', () => {
  it('answer the same when they are read from the start, and are as many as the zone has, whatever the order', async () => {
    const counts = fc.array(fc.nat({ max: 4 }), { minLength: LABELS.length, maxLength: LABELS.length });
    const asked = fc.shuffledSubarray(LABELS.map((_, index) => index));
    await fc.assert(
      fc.asyncProperty(counts, fc.integer({ min: 5, max: 8 }), asked, async (has, pageSize, indexes) => {
        const { pages, calls, records } = zone(has, pageSize, true);
        for (const index of indexes) expect(await pages.at([nameAt(index)])).toHaveLength(has[index] ?? 0);
        // A page that ends within a name is followed by one that begins with it.
        const smallest = pageSize - Math.max(0, ...has) + 1;
        expect(calls()).toBeLessThanOrEqual(Math.max(1, Math.ceil(records.length / smallest)));
      }),
    );
  });

  it('answer like a listing of the whole zone, with a call a page or a name, whichever is fewer', async () => {
    const counts = fc.array(fc.nat({ max: 4 }), { minLength: LABELS.length, maxLength: LABELS.length });
    const questions = fc.array(fc.subarray(LABELS.map((_, index) => index)), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(counts, fc.integer({ min: 1, max: 5 }), questions, async (has, pageSize, asked) => {
        const { pages, calls, records } = zone(has, pageSize);
        for (const indexes of asked) {
          const found = await pages.at(indexes.map(nameAt));
          for (const index of indexes)
            expect(found.filter(({ name }) => name === nameAt(index))).toHaveLength(has[index] ?? 0);
        }
        const names = new Set(asked.flat());
        const pagesOfOneName = Math.max(1, ...has.map((count) => Math.ceil(count / pageSize)));
        expect(calls()).toBeLessThanOrEqual(names.size * pagesOfOneName);
        // In the order of the zone, each page once.
        const fresh = zone(has, pageSize);
        for (const [index] of LABELS.entries()) await fresh.pages.at([nameAt(index)]);
        expect(fresh.calls()).toBeLessThanOrEqual(2 * Math.ceil(records.length / pageSize) + 1);
      }),
    );
  });

  it('take over what Route 53 has changed, without a call', async () => {
    const counts = fc.array(fc.nat({ max: 2 }), { minLength: LABELS.length, maxLength: LABELS.length });
    const indexes = fc.subarray(LABELS.map((_, index) => index));
    await fc.assert(
      fc.asyncProperty(counts, fc.integer({ min: 1, max: 5 }), indexes, indexes, async (has, pageSize, read, made) => {
        const { pages, calls } = zone(has, pageSize);
        const at = async (index: number) => (await pages.at([nameAt(index)])).filter(({ type }) => type === 'TXT');
        for (const index of read) await at(index);
        const before = calls();
        const record = (index: number, value: string): RecordSet => ({
          ...{ name: nameAt(index), type: 'TXT', content: { kind: 'values', ttl: 60, values: [value] } },
        });
        const apply = (action: RecordChange['action'], value: string) =>
          pages.apply(
            made.map((index) => ({ action, record: record(index, value) })),
            0,
          );
        apply('CREATE', 'one');
        for (const index of read) expect(await at(index)).toEqual(made.includes(index) ? [record(index, 'one')] : []);
        expect(calls()).toBe(before);
        apply('DELETE', 'another');
        for (const index of read) expect(await at(index)).toHaveLength(made.includes(index) ? 1 : 0);
        apply('DELETE', 'one');
        for (const index of read) expect(await at(index)).toEqual([]);
        expect(calls()).toBe(before);
        // What was not read is read when it is asked for, and is as Route 53 says then.
        for (const index of made) expect(await at(index)).toEqual([]);
      }),
    );
  });

  it('take over what was changed after they were asked for, also while they are read, and nothing older', async () => {
    let now = 10;
    const slow = Promise.withResolvers<Page>();
    const pages = new ZonePages(() => slow.promise, { now: () => now });
    const name = nameAt(0);
    const record: RecordSet = { name, type: 'TXT', content: { kind: 'values', ttl: 60, values: ['one'] } };
    const change = (at: number) => pages.apply([{ action: 'CREATE', record }], at);
    const read = pages.read([name], () => false);
    change(9);
    now = 11;
    const later = pages.read([name], () => false);
    change(10);
    slow.resolve({ ResourceRecordSets: [], IsTruncated: false });
    expect(await read).toEqual([record]);
    expect(await later).toEqual([]);
    expect(await pages.read([name])).toEqual([]);
    change(11);
    expect(await pages.read([name])).toEqual([record]);
  });

  it('that are kept are the newest, for as long as they may be', async () => {
    let now = 0;
    const { list } = zone([1, 1, 1, 1, 1, 1], 2);
    const pages = new ZonePages(list, { now: () => now, keptFor: 10 });
    /** When those were asked for that hold the name. */
    const kept = async (index: number) => {
      const seen: number[] = [];
      await pages.read([nameAt(index)], ({ at }) => seen.push(at) === 0 || at === now);
      return seen;
    };
    await pages.read([nameAt(1)]);
    now = 9;
    expect(await kept(1)).toEqual([0]);
    // A page that holds all of an older one has taken its place.
    expect(await kept(1)).toEqual([9]);
    now = 18;
    await pages.read([nameAt(4)]);
    expect(await kept(1)).toEqual([9]);
    now = 28;
    await pages.read([nameAt(4)], () => false);
    expect(await kept(1)).toEqual([]);
  });

  it('that were asked for last are taken, though another answer came after theirs', async () => {
    const answers = [Promise.withResolvers<Page>(), Promise.withResolvers<Page>()];
    let asked = 0;
    const pages = new ZonePages(() => answers[asked++]?.promise ?? Promise.reject(new Error('asked again')));
    const name = nameAt(0);
    const text = (Value: string) => ({
      ResourceRecordSets: [{ Name: name, Type: 'TXT' as const, TTL: 60, ResourceRecords: [{ Value }] }],
      IsTruncated: false,
    });
    const reads = [0, 1].map(() => pages.read([name], () => false));
    answers[1]?.resolve(text('new'));
    await reads[1];
    answers[0]?.resolve(text('old'));
    await reads[0];
    expect(await pages.read([name])).toMatchObject([{ content: { values: ['new'] } }]);
  });

  it('are kept as many as a process can hold: the oldest give way', async () => {
    let calls = 0;
    const pages = new ZonePages(
      async ({ StartRecordName }) => {
        calls++;
        return {
          ResourceRecordSets: [],
          IsTruncated: true,
          NextRecordName: `${StartRecordName}x`,
          NextRecordType: 'A',
        };
      },
      { most: 50 },
    );
    const name = (index: number) => `n${String(index).padStart(2, '0')}`;
    for (let index = 0; index <= 50; index++) await pages.read([name(index)]);
    for (let index = 50; index > 0; index--) await pages.read([name(index)]);
    expect(calls).toBe(51);
    await pages.read([name(0)]);
    expect(calls).toBe(52);
  });

  it('are not asked for twice by two questions at once, and a failure is asked again', async () => {
    const { pages, calls } = zone([1, 1, 1, 1, 1, 1], 10);
    await Promise.all([pages.at([nameAt(0)]), pages.at([nameAt(3)])]);
    expect(calls()).toBe(1);
    let isBroken = true;
    const once = new ZonePages(async () => {
      if (isBroken) throw new Error('throttled');
      return { ResourceRecordSets: [], IsTruncated: false };
    });
    await expect(once.at([nameAt(0)])).rejects.toThrow('throttled');
    isBroken = false;
    expect(await once.at([nameAt(0)])).toEqual([]);
    // An answer that lacks what every answer of Route 53 has is not one.
    const strange = new ZonePages(async () => ({ ResourceRecordSets: undefined }));
    await expect(strange.at([nameAt(0)])).rejects.toThrow('nothing can be concluded');
  });
});
