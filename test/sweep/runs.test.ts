import { createHash } from 'node:crypto';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { createCloud } from 'apprunner-embedded-cloud';
import { VirtualClock } from 'apprunner-embedded-cloud/clock';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { documents } from '../../shared/state/tables.ts';
import { sweepCorrelationIn } from '../../shared/sweep/correlation.ts';
import { placeOfTarget, RUN_ID, type RunSummary, runId } from '../../shared/sweep/run.ts';
import { dynamoDbSweepRuns, type SweepRuns } from '../../shared/sweep/runs.ts';
import { START } from '../fixtures.ts';
import { embeddedTable } from '../state/embedded-table.ts';
import { answer } from './answer.ts';
import { embeddedRuns } from './table.ts';

const HERE = '123456789012/ap-northeast-1';
const THERE = '210987654321/ap-northeast-1';

const summary: RunSummary = {
  services: 0,
  managed: 0,
  differing: 0,
  changes: 0,
  detaches: 0,
  orphanCount: 0,
  failureCount: 0,
  orphans: [],
  failures: [],
  reasons: [],
};

let runs: SweepRuns;
beforeEach(async () => {
  runs = await embeddedRuns();
});

async function begin(at = START, random = '0123abcd'): Promise<string> {
  const id = runId(at, random);
  const targets = [HERE, THERE];
  await runs.begin({ id, startedAt: at, by: 'schedule', targets, zonesReadBy: undefined, failures: [] });
  return id;
}

describe('a run', () => {
  it('has an id that says when it began', () => {
    expect(runId(START, '0123abcd-4567')).toBe('20260101T000000Z-0123abcd');
    expect(runId(START, 'ffffffff')).toMatch(RUN_ID);
  });

  it('is what its lines and messages are about, and a target is an account and region or a zone', () => {
    expect(sweepCorrelationIn('{"run":"20260101T000000Z-0123abcd"}')).toBe('sweep/20260101T000000Z-0123abcd');
    expect([sweepCorrelationIn('hello'), sweepCorrelationIn('{"run":7}')]).toEqual([undefined, undefined]);
    expect(placeOfTarget(HERE)).toEqual({ account: '123456789012', region: 'ap-northeast-1' });
    expect(placeOfTarget('Z0123456789')).toBeUndefined();
  });

  it('is read as it was begun', async () => {
    const id = await begin();
    expect(await runs.get(id)).toEqual({
      id,
      status: 'comparing',
      startedAt: START,
      endedAt: undefined,
      by: 'schedule',
      confirmedBy: undefined,
      targets: [HERE, THERE],
      answered: 0,
      answeredAt: undefined,
      zonesReadBy: undefined,
      failures: [],
      summary: undefined,
    });
    expect(await runs.get('20260101T000000Z-ffffffff')).toBeUndefined();
  });

  it('counts its answers by one number, and keeps the last of one that comes twice', async () => {
    const id = await begin();
    expect(await runs.answer(id, answer(HERE), START + 1)).toEqual({ answers: 1, targets: 2, answeredAt: START + 1 });
    expect(await runs.answer(id, answer(HERE, { managed: 2 }), START + 2)).toMatchObject({ answers: 2 });
    expect(await runs.results(id)).toEqual([answer(HERE, { managed: 2 })]);
    expect(await runs.answer(id, answer(THERE), START + 3)).toMatchObject({ answers: 3, targets: 2 });
    expect(await runs.get(id)).toMatchObject({ answered: 2, answeredAt: START + 3 });
    expect(await runs.latest(1)).toMatchObject([{ id, answered: 2, answeredAt: START + 3 }]);
  });

  it('that is forgotten is not called back by an answer', async () => {
    const id = runId(START, '0123abcd');
    expect(await runs.answer(id, answer(HERE), START + 1)).toBeUndefined();
    expect(await runs.get(id)).toBeUndefined();
    expect(await runs.latest(10)).toEqual([]);
  });

  it('ends once, and only from where it may come', async () => {
    const id = await begin();
    const end = { endedAt: START + 1, answered: 2, summary };
    expect(await runs.end(id, 'held', 'done', end)).toBeUndefined();
    expect(await runs.end(id, 'comparing', 'held', end)).toMatchObject({ id, status: 'held' });
    expect(await runs.end(id, 'comparing', 'held', end)).toBeUndefined();
    const confirmed = { ...end, confirmedBy: 'arn:me' };
    expect(await runs.end(id, 'held', 'done', confirmed)).toMatchObject({ id, status: 'done' });
    expect(await runs.get(id)).toMatchObject({ status: 'done', endedAt: START + 1, confirmedBy: 'arn:me', summary });
  });

  it('ends though every account of a large organisation has failed: an item holds 400 KB', async () => {
    const id = await begin();
    const failures = Array.from({ length: 2000 }, (_, index) => ({
      code: 'role-refused' as const,
      resource: `${100_000_000_000 + index}/ap-northeast-1`,
      message: `AccessDenied: User: arn:aws:sts::123456789012:assumed-role/hub is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::${100_000_000_000 + index}:role/apprunner-private-ingress-main-read`,
    }));
    await runs.end(id, 'comparing', 'done', { endedAt: START, answered: 2, summary: { ...summary, failures } });
    expect((await runs.get(id))?.summary?.failures).toEqual(failures);
  });

  it('keeps the answer of a zone with 5000 names (and so 10,000 records, the quota) in an item of 400 kB', async () => {
    const id = await begin();
    const claims = Array.from({ length: 5000 }, (_, index) => {
      const digest = createHash('sha256').update(String(index)).digest('hex');
      return {
        zoneId: 'Z0123456789ABCDEFGHIJ',
        name: `_private-ingress.${digest.slice(32, 52)}.example.com`,
        serviceId: digest.slice(0, 32),
      };
    });
    await runs.answer(id, answer(HERE, { managed: 1, claims }), START);
    await runs.answer(id, answer(THERE, { managed: 2 }), START);
    const [here, there] = await runs.results(id);
    expect(here).toEqual(answer(HERE, { managed: 1, claims }));
    expect(there).toEqual(answer(THERE, { managed: 2 }));
  });

  it('keeps the ARNs of 3000 unmanaged services of one account and region, a hundred times the quota', async () => {
    const id = await begin();
    const withoutRow = Array.from({ length: 3000 }, (_, index) => {
      const digest = createHash('sha512').update(String(index)).digest('hex');
      const serviceArn = `arn:aws:apprunner:ap-northeast-1:123456789012:service/${digest.slice(32, 72)}/${digest.slice(0, 32)}`;
      return { serviceArn, tags: {} };
    });
    const serviceIds = withoutRow.map(({ serviceArn }) => serviceArn.slice(-32));
    await runs.answer(id, answer(HERE, { serviceIds, withoutRow }), START);
    expect(await runs.results(id)).toEqual([answer(HERE, { serviceIds, withoutRow })]);
  });

  it('is kept for thirty days, as are its answers', async () => {
    const cloud = createCloud({ clock: new VirtualClock() });
    onTestFinished(() => cloud.stop());
    const client = await embeddedTable(cloud, 'sweeps', 'partition', 'item');
    runs = dynamoDbSweepRuns(client, 'sweeps');
    const id = await begin(START + 1);
    await runs.answer(id, answer(HERE), START + 1001);
    const { Items = [] } = await client.send(new ScanCommand({ TableName: 'sweeps' }));
    const expiries = Items.map(({ partition, expiresAt }) => [partition, expiresAt - START / 1000 - 30 * 24 * 3600]);
    expect(Object.fromEntries(expiries)).toEqual({ runs: 1, progress: 1, [id]: 2 });
  });

  it('that cannot be written is no success', async () => {
    const cloud = createCloud({ clock: new VirtualClock() });
    onTestFinished(() => cloud.stop());
    const lost = dynamoDbSweepRuns(documents(cloud.clientConfig()), 'no-such-table');
    const end = { endedAt: START + 1, answered: 2, summary };
    await expect(lost.end('20260101T000000Z-0123abcd', 'comparing', 'done', end)).rejects.toThrow();
    await expect(lost.answer('20260101T000000Z-0123abcd', answer(HERE), START)).rejects.toThrow();
  });

  it('says how many targets had answered when it ended', async () => {
    const id = await begin();
    await runs.answer(id, answer(HERE), START + 1);
    const ended = await runs.end(id, 'comparing', 'done', { endedAt: START + 2, answered: 1, summary });
    expect(ended).toMatchObject({ answered: 1 });
    expect(ended?.answeredAt).toBeUndefined();
    expect(await runs.get(id)).toMatchObject({ answered: 1 });
  });

  it('is listed, the latest first, and only those before one', async () => {
    const [first, second, third] = [await begin(), await begin(START + 60_000), await begin(START + 120_000)];
    expect((await runs.latest(2)).map(({ id }) => id)).toEqual([third, second]);
    expect((await runs.latest(10, third)).map(({ id }) => id)).toEqual([second, first]);
    expect(await runs.latest(10, first)).toEqual([]);
  });
});
