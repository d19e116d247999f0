import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { createCloud } from 'apprunner-embedded-cloud';
import { VirtualClock } from 'apprunner-embedded-cloud/clock';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SharedAnswers } from '../../shared/observe/zone-reads.ts';
import { dynamoDbSharedAnswers } from '../../shared/sweep/shared-answers.ts';
import { embeddedTable } from '../state/embedded-table.ts';

const TABLE = 'sweeps';
const cloud = createCloud({ clock: new VirtualClock() });
let at = 0;
let client: DynamoDBDocumentClient;
let process: (run: string, table?: string) => SharedAnswers;
beforeAll(async () => {
  client = await embeddedTable(cloud, TABLE, 'partition', 'item');
  const timing = {
    now: () => at,
    random: () => 0.5,
    sleep: async (milliseconds: number) => {
      at += milliseconds;
      // What others ask goes on.
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
  process = (run, table = TABLE) => dynamoDbSharedAnswers(client, table, run, timing);
});
afterAll(() => cloud.stop());

it('asks once for all processes of a run, and anew for the next run', async () => {
  let asked = 0;
  const ask = async () => ({ names: ['a.example.com'], asked: ++asked });
  const answers = await Promise.all([1, 2, 3].map(() => process('one').once('page Z1 {}', ask)));
  expect(answers).toEqual(Array.from({ length: 3 }, () => ({ names: ['a.example.com'], asked: 1 })));
  expect(await process('one').once('page Z1 {}', ask)).toEqual(answers[0]);
  expect(await process('one').once('page Z2 {}', ask)).toMatchObject({ asked: 2 });
  expect(await process('two').once('page Z1 {}', ask)).toMatchObject({ asked: 3 });
});

it('asks for itself when the process that asks is silent for 20 seconds, and the others then take that answer', async () => {
  const silent = new Promise<{ from: string }>(() => {});
  void process('silent').once('zones', () => silent);
  while (at < 60_000) {
    const from = at;
    const answers = await Promise.all(
      ['second', 'third'].map((name) => process('silent').once('zones', async () => ({ from: name }))),
    );
    expect(new Set(answers.map((answer) => answer.from)).size).toBe(1);
    expect(at - from).toBeLessThan(25_000);
    at = 60_000;
  }
});

it('lets the next process ask at once after a failure', async () => {
  const failing = process('failing').once('zones', () => Promise.reject(new Error('Rate exceeded')));
  await expect(failing).rejects.toThrow('Rate exceeded');
  const from = at;
  expect(await process('failing').once('zones', async () => ({ second: true }))).toEqual({ second: true });
  expect(at).toBe(from);
});

it('asks each time when the table fails', async () => {
  const lost = process('one', 'no-such-table');
  let asked = 0;
  const ask = async () => ({ asked: ++asked });
  expect([await lost.once('zones', ask), await lost.once('zones', ask)]).toEqual([{ asked: 1 }, { asked: 2 }]);
});

it('takes questions of any length', async () => {
  const long = 'x'.repeat(1100);
  await process('long').once(`${long}1`, async () => ({ first: true }));
  expect(await process('long').once(`${long}1`, async () => ({ second: true }))).toEqual({ first: true });
  expect(await process('long').once(`${long}2`, async () => ({ second: true }))).toEqual({ second: true });
});

it('keeps an answer for a day', async () => {
  at = 1_500;
  await process('kept').once('zones', async () => ({ names: [] }));
  const key = { partition: 'kept/reads', item: 'zones' };
  const { Item } = await client.send(new GetCommand({ TableName: TABLE, Key: key }));
  expect(Item?.expiresAt).toBe(24 * 3600 + 2);
  expect(Item).not.toHaveProperty('askedUntil');
});
