import { expect, it } from 'vitest';
import { ZonePages } from '../../shared/observe/zone-pages.ts';
import { ZoneReads, zoneReadsOfRun } from '../../shared/observe/zone-reads.ts';

it('lists an account once, however many ask, and again after a failure', async () => {
  const reads = new ZoneReads();
  let asked = 0;
  const list = async () => {
    asked++;
    if (asked === 1) throw new Error('throttled');
    return [];
  };
  await expect(reads.zones('own', list)).rejects.toThrow('throttled');
  await Promise.all([reads.zones('own', list), reads.zones('own', list), reads.zones('own', list)]);
  expect(asked).toBe(2);
  await reads.zones('another', list);
  expect(asked).toBe(3);
});

it('reads a zone whole where that costs fewer calls than one for each service', async () => {
  const reads = new ZoneReads();
  await reads.zones('own', async () => [
    { Id: '/hostedzone/Z1', Name: 'a.example.com.', CallerReference: '1', ResourceRecordSetCount: 2000 },
    { Id: '/hostedzone/Z2', Name: 'b.example.com.', CallerReference: '2', ResourceRecordSetCount: 2400 },
  ]);
  const isWhole = (zoneId: string) => {
    let whole: boolean | undefined;
    reads.pages(zoneId, 300, (fromStart) => {
      whole = fromStart;
      return new ZonePages(() => Promise.reject(new Error('not asked')));
    });
    return whole;
  };
  reads.expect(5);
  expect(isWhole('unknown')).toBe(false);
  reads.expect(2);
  expect([isWhole('Z1'), isWhole('Z2')]).toEqual([true, false]);
});

it('belongs to one run: the next one reads anew', () => {
  const readsOf = zoneReadsOfRun();
  const first = readsOf('one');
  expect(readsOf('one')).toBe(first);
  expect(readsOf('two')).not.toBe(first);
  expect(readsOf('one')).not.toBe(first);
});
