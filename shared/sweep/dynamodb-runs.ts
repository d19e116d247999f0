import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { DAY, SECOND } from '../duration.ts';
import { errorName } from '../errors.ts';
import type { Failure } from './failure.ts';
import type { Run, RunSummary, TargetResult } from './run.ts';
import type { Runs } from './runs.ts';

/** Runs are kept so long, for those who ask what happened. */
const KEPT = 30 * DAY;

/** The partition of the runs themselves; what the targets of one answered is in a partition of its own. */
const RUNS = 'runs';

/**
 * Runs in a DynamoDB table with the key `partition`, `item`:
 *
 *     partition   item                            what
 *     runs        20260131T235959Z-1a2b3c4d       the run; `answered` is a set, so that an answer given twice counts once
 *     <run id>    123456789012/ap-northeast-1     what a target has answered
 */
export function dynamoDbRuns(client: DynamoDBDocumentClient, tableName: string): Runs {
  const runAt = (id: string) => ({ TableName: tableName, Key: { partition: RUNS, item: id } });
  const expiresAt = (id: string) => Math.ceil((startOf(id) + KEPT) / SECOND);

  return {
    async begin({ id, startedAt, by, targets, failures }) {
      const Item = {
        partition: RUNS,
        item: id,
        status: 'comparing',
        startedAt,
        by,
        targets,
        failures,
        expiresAt: expiresAt(id),
      };
      await client.send(new PutCommand({ TableName: tableName, Item }));
    },

    async answer(id, result) {
      const Item = { ...result, partition: id, item: result.target, expiresAt: expiresAt(id) };
      await client.send(new PutCommand({ TableName: tableName, Item }));
      try {
        const { Attributes } = await client.send(
          new UpdateCommand({
            ...runAt(id),
            UpdateExpression: 'ADD answered :target',
            // A run that has been forgotten is not called back.
            ConditionExpression: 'attribute_exists(#item)',
            ExpressionAttributeNames: { '#item': 'item' },
            ExpressionAttributeValues: { ':target': new Set([result.target]) },
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

    async latest(count) {
      const { Items = [] } = await client.send(
        new QueryCommand({ ...partition(tableName, RUNS), ScanIndexForward: false, Limit: count }),
      );
      return Items.map(parseRun);
    },

    async results(id) {
      const results: TargetResult[] = [];
      for await (const { Items = [] } of paginateQuery({ client }, partition(tableName, id))) {
        results.push(...Items.map((item) => storedResult.parse(item)));
      }
      return results;
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
              ':summary': summary,
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

function partition(TableName: string, name: string) {
  return {
    TableName,
    KeyConditionExpression: '#partition = :partition',
    ExpressionAttributeNames: { '#partition': 'partition' },
    ExpressionAttributeValues: { ':partition': name },
    ConsistentRead: true,
  };
}

/** @param random text that makes the id unique. */
export function runId(startedAt: number, random: string): string {
  return `${new Date(startedAt).toISOString().replace(/[-:]|\.\d+/g, '')}-${random.replaceAll('-', '').slice(0, 8)}`;
}

function startOf(id: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(id) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** Written by this product alone, so only the outline is checked. */
const storedRun = z.object({
  item: z.string(),
  status: z.enum(['comparing', 'done', 'held']),
  startedAt: z.number(),
  endedAt: z.number().optional(),
  by: z.string(),
  confirmedBy: z.string().optional(),
  targets: z.array(z.string()),
  answered: z.set(z.string()).optional(),
  failures: z.custom<readonly Failure[]>(Array.isArray),
  summary: z.custom<RunSummary>((value) => typeof value === 'object' && value !== null).optional(),
});

const storedResult = z.object({
  target: z.string(),
  serviceIds: z.array(z.string()),
  managed: z.number(),
  differences: z.custom<TargetResult['differences']>(Array.isArray),
  leftovers: z.custom<TargetResult['leftovers']>(Array.isArray),
  claims: z.custom<TargetResult['claims']>(Array.isArray),
  failures: z.custom<readonly Failure[]>(Array.isArray),
});

function parseRun(item: unknown): Run {
  const {
    item: id,
    status,
    startedAt,
    endedAt,
    by,
    confirmedBy,
    targets,
    answered,
    failures,
    summary,
  } = storedRun.parse(item);
  return {
    id,
    status,
    startedAt,
    endedAt,
    by,
    confirmedBy,
    targets,
    answered: [...(answered ?? [])],
    failures,
    summary,
  };
}
