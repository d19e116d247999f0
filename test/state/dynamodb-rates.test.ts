import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createCloud, type EmbeddedCloud } from 'apprunner-embedded-cloud';
import { VirtualClock } from 'apprunner-embedded-cloud/clock';
import { WireCounter } from 'apprunner-embedded-cloud/wire-counter';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RateLines } from '../../shared/aws/rate-budget.ts';
import { dynamoDbRateLines } from '../../shared/state/dynamodb-rates.ts';
import { memoryRateLines } from '../memory-rate-lines.ts';
import { embeddedTable } from './embedded-table.ts';

const TABLE = 'rates';
const NOW = Date.UTC(2026, 0, 1);

let cloud: EmbeddedCloud;
let client: DynamoDBDocumentClient;
beforeAll(async () => {
  cloud = createCloud({ clock: new VirtualClock(NOW) });
  client = await embeddedTable(cloud, TABLE, 'bucket');
});
afterAll(() => cloud.stop());

const reserve = (lines: RateLines, bucket: string, at: number, longestLine = 20_000) =>
  lines.reserve({ bucket, rate: { perSecond: 5, burst: 5 }, calls: 5, now: NOW + at, longestLine });

it('keeps lines as they are in memory, whichever process asks', async () => {
  const processes = [dynamoDbRateLines(client, TABLE), dynamoDbRateLines(client, TABLE)];
  const memory = memoryRateLines();
  const asks = [0, 0, 1, 500, 500, 900, 2500, 3000, 3000, 60_000, 60_100, 60_900, 200_000];
  for (const [index, at] of asks.entries()) {
    const lines = processes[index % 2] ?? memory;
    const longestLine = index % 3 === 0 ? 1_000 : 20_000;
    expect([at, await reserve(lines, 'route53/a', at, longestLine)]).toEqual([
      at,
      await reserve(memory, 'route53/a', at, longestLine),
    ]);
  }
});

it('gives each its own place, however many ask at once', async () => {
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => reserve(dynamoDbRateLines(client, TABLE), 'route53/b', 0)),
  );
  const places = answers.map((answer) => (answer.kind === 'reserved' ? answer.from - NOW : Number.NaN));
  expect(places.sort((a, b) => a - b)).toEqual([-1000, 0, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000]);
});

it('takes one update, also after a quiet time', async () => {
  const lines = dynamoDbRateLines(client, TABLE);
  const counter = new WireCounter(cloud.gateway);
  for (const at of [0, 100, 60_000, 60_100, 600_000]) await reserve(lines, 'route53/c', at);
  expect(counter.operations).toMatchObject([{ operation: 'dynamodb:UpdateItem', calls: 5, failed: 0 }]);
  counter.stop();
});
