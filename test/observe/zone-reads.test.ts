import { expect, it } from 'vitest';
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

it('belongs to one run: the next one reads anew', () => {
  const readsOf = zoneReadsOfRun();
  const first = readsOf('one');
  expect(readsOf('one')).toBe(first);
  expect(readsOf('two')).not.toBe(first);
  expect(readsOf('one')).not.toBe(first);
});
