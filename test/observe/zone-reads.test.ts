import { Route53Client } from '@aws-sdk/client-route-53';
import { expect, it } from 'vitest';
import { ZoneReads, zoneReadsOfRun } from '../../shared/observe/zone-reads.ts';

const client = new Route53Client({ region: 'us-east-1' });

it('lists an account once, however many ask, and again after a failure', async () => {
  const reads = new ZoneReads();
  let asked = 0;
  const list = async () => {
    asked++;
    if (asked === 1) throw new Error('throttled');
    return [];
  };
  await expect(reads.zones(client, 'own', list)).rejects.toThrow('throttled');
  await Promise.all([
    reads.zones(client, 'own', list),
    reads.zones(client, 'own', list),
    reads.zones(client, 'own', list),
  ]);
  expect(asked).toBe(2);
  await reads.zones(client, 'another', list);
  expect(asked).toBe(3);
});

it('reads a zone whole, and shares it, where that costs fewer calls than one for each service', async () => {
  const shared: string[] = [];
  const reads = new ZoneReads({
    once: (about, ask) => {
      shared.push(about);
      return ask();
    },
  });
  await reads.zones(client, 'own', async () => [
    { Id: '/hostedzone/Z1', Name: 'a.example.com.', CallerReference: '1', ResourceRecordSetCount: 2000 },
    { Id: '/hostedzone/Z2', Name: 'b.example.com.', CallerReference: '2', ResourceRecordSetCount: 2400 },
  ]);
  reads.expect({ Z1: 7, Z2: 7, unknown: 7 });
  const starts: unknown[] = [];
  for (const zoneId of ['Z1', 'Z2', 'unknown', 'Z1']) {
    const pages = reads.pages(zoneId, 300, async (start) => {
      starts.push(zoneId, start);
      return { ResourceRecordSets: [], IsTruncated: false };
    });
    await pages.at(['web.example.com']);
  }
  const byName = { StartRecordName: 'web.example.com' };
  expect(starts).toEqual(['Z1', {}, 'Z2', byName, 'unknown', byName]);
  expect(shared).toEqual(['zones own', 'page Z1 {}']);
});

it('belongs to one run: the next one reads anew', () => {
  const readsOf = zoneReadsOfRun();
  const first = readsOf('one');
  expect(readsOf('one')).toBe(first);
  expect(readsOf('two')).not.toBe(first);
  expect(readsOf('one')).not.toBe(first);
});
