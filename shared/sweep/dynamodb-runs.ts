import { gunzipSync, gzipSync } from 'node:zlib';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { DAY, SECOND } from '../duration.ts';
import { errorName } from '../errors.ts';
import type { Failure } from './failure.ts';
import type { RunSummary, SweepRun, TargetResult } from './run.ts';
import { startOfRun } from './run-id.ts';
import type { SweepRuns } from './runs.ts';

const RETENTION_MS = 30 * DAY;

/** The partition of the runs. The answers of each run have a partition of their own. */
const RUNS = 'runs';

/**
 * Runs in a DynamoDB table with the key `partition`, `item`:
 *
 *     partition   item                            what
 *     runs        20260131T235959Z-1a2b3c4d       the run; `answered` is a set: an answer that comes twice counts once
 *     <run id>    123456789012/ap-northeast-1     the answer of a target
 *     <run id>    Z0123456789ABCDEFGHIJ#1         more of it, if it is too large for one row
 */
export function dynamoDbSweepRuns(client: DynamoDBDocumentClient, tableName: string): SweepRuns {
  const runAt = (id: string) => ({ TableName: tableName, Key: { partition: RUNS, item: id } });
  const expiresAt = (id: string) => Math.ceil((startOfRun(id) + RETENTION_MS) / SECOND);

  return {
    async begin({ id, startedAt, by, targets, zonesReadBy, failures }) {
      const Item = {
        partition: RUNS,
        item: id,
        status: 'comparing',
        startedAt,
        by,
        targets,
        ...(zonesReadBy === undefined ? {} : { zonesReadBy }),
        failures,
        expiresAt: expiresAt(id),
      };
      await client.send(new PutCommand({ TableName: tableName, Item }));
    },

    async answer(id, result, at) {
      for (const [index, part] of rowsOf(result).entries()) {
        const item = index === 0 ? result.target : `${result.target}#${index}`;
        const Item = { ...part, partition: id, item, expiresAt: expiresAt(id) };
        await client.send(new PutCommand({ TableName: tableName, Item }));
      }
      try {
        const { Attributes } = await client.send(
          new UpdateCommand({
            ...runAt(id),
            UpdateExpression: 'SET answeredAt = :at ADD answered :target',
            // A run that has been forgotten is not called back.
            ConditionExpression: 'attribute_exists(#item)',
            ExpressionAttributeNames: { '#item': 'item' },
            ExpressionAttributeValues: { ':target': new Set([result.target]), ':at': at },
            ReturnValues: 'ALL_NEW',
          }),
        );
        return parseRun(Attributes);
      } catch (error) {
        if (errorName(error) === 'ConditionalCheckFailedException') return undefined;
        throw error;
      }
    },

    async get(id) {
      const { Item } = await client.send(new GetCommand({ ...runAt(id), ConsistentRead: true }));
      return Item === undefined ? undefined : parseRun(Item);
    },

    async latest(count, before) {
      // A page has at most 1 MB, whatever the limit.
      const runs: SweepRun[] = [];
      const query = { ...partition(tableName, RUNS, before), ScanIndexForward: false, Limit: count };
      for await (const { Items = [] } of paginateQuery({ client }, query)) {
        runs.push(...Items.map(parseRun));
        if (runs.length >= count) break;
      }
      return runs.slice(0, count);
    },

    async results(id) {
      const results: TargetResult[] = [];
      for await (const { Items = [] } of paginateQuery({ client }, partition(tableName, id))) {
        results.push(...Items.map((item) => storedResult.parse(item)));
      }
      return [...Map.groupBy(results, ({ target }) => target).values()].map(whole);
    },

    async end(id, from, { status, at, summary, confirmedBy }) {
      try {
        await client.send(
          new UpdateCommand({
            ...runAt(id),
            UpdateExpression: `SET #status = :status, endedAt = :at, summary = :summary${confirmedBy === undefined ? '' : ', confirmedBy = :by'}`,
            ConditionExpression: `#status IN (${from.map((_, index) => `:from${index}`).join(', ')})`,
            ExpressionAttributeNames: { '#status': 'status' },
            ExpressionAttributeValues: {
              ':status': status,
              ':at': at,
              ':summary': packed(summary),
              ...(confirmedBy === undefined ? {} : { ':by': confirmedBy }),
              ...Object.fromEntries(from.map((one, index) => [`:from${index}`, one])),
            },
          }),
        );
        return true;
      } catch (error) {
        if (errorName(error) === 'ConditionalCheckFailedException') return false;
        throw error;
      }
    },
  };
}

/** A row holds 400 kB, and the longest entries have about a thousand characters. */
const MAX_ENTRIES_PER_ROW = 100;

/** Splits an answer into rows. Only a zone with many names or a region with many services needs more than one. */
function rowsOf(result: TargetResult): readonly TargetResult[] {
  const { serviceIds, differences, orphans, claims, failures } = result;
  const longest = Math.max(...[serviceIds, differences, orphans, claims, failures].map((list) => list.length));
  return Array.from({ length: Math.max(1, Math.ceil(longest / MAX_ENTRIES_PER_ROW)) }, (_, index) => {
    const [from, to] = [index * MAX_ENTRIES_PER_ROW, (index + 1) * MAX_ENTRIES_PER_ROW];
    return {
      target: result.target,
      managed: index === 0 ? result.managed : 0,
      serviceIds: serviceIds.slice(from, to),
      differences: differences.slice(from, to),
      orphans: orphans.slice(from, to),
      claims: claims.slice(from, to),
      failures: failures.slice(from, to),
    };
  });
}

/** @param rows of one target. */
function whole(rows: readonly TargetResult[]): TargetResult {
  return rows.reduce((one, other) => ({
    target: one.target,
    managed: one.managed + other.managed,
    serviceIds: [...one.serviceIds, ...other.serviceIds],
    differences: [...one.differences, ...other.differences],
    orphans: [...one.orphans, ...other.orphans],
    claims: [...one.claims, ...other.claims],
    failures: [...one.failures, ...other.failures],
  }));
}

/** @param before only items that sort before it. */
function partition(TableName: string, name: string, before?: string) {
  return {
    TableName,
    KeyConditionExpression: `#partition = :partition${before === undefined ? '' : ' AND #item < :before'}`,
    ExpressionAttributeNames: { '#partition': 'partition', ...(before === undefined ? {} : { '#item': 'item' }) },
    ExpressionAttributeValues: { ':partition': name, ...(before === undefined ? {} : { ':before': before }) },
    ConsistentRead: true,
  };
}

/** If every account of a large organisation fails, the summary exceeds the 400 kB of an item, but is repetitive. */
function packed(summary: RunSummary): Uint8Array {
  return gzipSync(JSON.stringify(summary));
}

const runSummary = z.custom<RunSummary>((value) => typeof value === 'object' && value !== null);

function unpacked(bytes: Uint8Array): RunSummary {
  return runSummary.parse(JSON.parse(gunzipSync(bytes).toString('utf8')));
}

/** Only this stack writes these rows, so only their outline is checked. */
const storedRun = z.object({
  item: z.string(),
  status: z.enum(['comparing', 'done', 'held']),
  startedAt: z.number(),
  endedAt: z.number().optional(),
  by: z.string(),
  confirmedBy: z.string().optional(),
  targets: z.array(z.string()),
  answered: z.set(z.string()).optional(),
  answeredAt: z.number().optional(),
  zonesReadBy: z.string().optional(),
  failures: z.custom<readonly Failure[]>(Array.isArray),
  summary: z.instanceof(Uint8Array).transform(unpacked).optional(),
});

const storedResult = z.object({
  target: z.string(),
  serviceIds: z.array(z.string()),
  managed: z.number(),
  differences: z.custom<TargetResult['differences']>(Array.isArray),
  orphans: z.custom<TargetResult['orphans']>(Array.isArray),
  claims: z.custom<TargetResult['claims']>(Array.isArray),
  failures: z.custom<readonly Failure[]>(Array.isArray),
});

function parseRun(item: unknown): SweepRun {
  const { item: id, answered = [], ...run } = storedRun.parse(item);
  const { endedAt, confirmedBy, answeredAt, zonesReadBy, summary } = run;
  return { ...run, id, answered: [...answered], endedAt, confirmedBy, answeredAt, zonesReadBy, summary };
}
