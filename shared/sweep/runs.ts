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
import {
  type RunEnd,
  type RunStart,
  type SweepRun,
  type SweepStatus,
  sweepStatuses,
  type TargetResult,
} from './run.ts';

const RETENTION_MS = 30 * DAY;

/** The partition of the runs. The answers of each run have a partition of their own. */
const RUNS = 'runs';

export type SweepRuns = ReturnType<typeof dynamoDbSweepRuns>;

/**
 * Sweeps and the answers of their targets, in a DynamoDB table with the key `partition`, `item`:
 *
 *     partition   item                            what
 *     runs        20260131T235959Z-1a2b3c4d       the run; `answered` is a set: an answer that comes twice counts once
 *     <run id>    123456789012/ap-northeast-1     the answer of a target
 *
 * Every call may come twice, because the queue delivers at least once. Times are milliseconds since the epoch.
 */
export function dynamoDbSweepRuns(client: DynamoDBDocumentClient, TableName: string) {
  const put = async (item: object, at: number): Promise<void> => {
    const expiresAt = Math.ceil((at + RETENTION_MS) / SECOND);
    await client.send(new PutCommand({ TableName, Item: { ...item, expiresAt } }));
  };

  /** @returns the run after the update; `undefined` if the condition fails. */
  const update = async (
    id: string,
    change: string,
    condition: string,
    values: object,
  ): Promise<SweepRun | undefined> => {
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName,
          Key: { partition: RUNS, item: id },
          UpdateExpression: change,
          ConditionExpression: condition,
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ...values },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return parseRun(Attributes);
    } catch (error) {
      if (errorName(error) === 'ConditionalCheckFailedException') return undefined;
      throw error;
    }
  };

  /** @param before only items that sort before it. */
  const query = (partition: string, before?: string, Limit?: number) => {
    const [limit, item] = before === undefined ? ['', {}] : [' AND #item < :before', { '#item': 'item' }];
    return paginateQuery(
      { client },
      {
        TableName,
        KeyConditionExpression: `#partition = :partition${limit}`,
        ExpressionAttributeNames: { '#partition': 'partition', ...item },
        ExpressionAttributeValues: { ':partition': partition, ...(before && { ':before': before }) },
        ConsistentRead: true,
        // The latest run first.
        ScanIndexForward: partition !== RUNS,
        Limit,
      },
    );
  };

  return {
    begin: ({ id, ...start }: RunStart & Pick<SweepRun, 'id'>): Promise<void> =>
      put({ partition: RUNS, item: id, status: 'comparing', start: packed(start) }, start.startedAt),

    /** Records the answer of a target. @returns the run after it; `undefined` if it has expired. */
    async answer(id: string, result: TargetResult, at: number): Promise<SweepRun | undefined> {
      await put({ partition: id, item: result.target, result: packed(result) }, at);
      const values = { ':target': new Set([result.target]), ':at': at };
      return update(id, 'SET answeredAt = :at ADD answered :target', 'attribute_exists(#status)', values);
    },

    async get(id: string): Promise<SweepRun | undefined> {
      const Key = { partition: RUNS, item: id };
      const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
      return Item === undefined ? undefined : parseRun(Item);
    },

    /** The latest first. @param before id of a run: only earlier ones. */
    async latest(count: number, before?: string): Promise<readonly SweepRun[]> {
      // A page has at most 1 MB, whatever the limit.
      const runs: SweepRun[] = [];
      for await (const { Items = [] } of query(RUNS, before, count)) {
        runs.push(...Items.map(parseRun));
        if (runs.length >= count) break;
      }
      return runs.slice(0, count);
    },

    async results(id: string): Promise<readonly TargetResult[]> {
      const results: TargetResult[] = [];
      for await (const { Items = [] } of query(id)) {
        results.push(...Items.map((item) => storedAnswer.parse(item).result));
      }
      return results;
    },

    /** @returns the run after it; `undefined` unless its status was `from`. */
    end: (id: string, from: SweepStatus, status: SweepStatus, end: RunEnd): Promise<SweepRun | undefined> =>
      update(id, 'SET #status = :status, ended = :end', '#status = :from', {
        ':status': status,
        ':from': from,
        ':end': packed(end),
      }),
  };
}

/**
 * The content of an item, compressed: JSON of many equal parts. An item holds 400 kB, which is enough if every account of
 * a large organisation fails, and for the names of a zone with 10,000 records, the quota.
 */
function packed(content: object): Uint8Array {
  return gzipSync(JSON.stringify(content));
}

/** Only this stack writes these items, so only their outline is checked. */
function unpacked<Content extends object>() {
  const outline = z.custom<Content>((value) => typeof value === 'object' && value !== null);
  return z.instanceof(Uint8Array).transform((bytes) => outline.parse(JSON.parse(gunzipSync(bytes).toString('utf8'))));
}

const storedAnswer = z.object({ result: unpacked<TargetResult>() });

const storedRun = z.object({
  item: z.string(),
  status: z.enum(sweepStatuses),
  answered: z.set(z.string()).default(new Set()),
  answeredAt: z.number().optional(),
  start: unpacked<RunStart>(),
  ended: unpacked<RunEnd>().optional(),
});

function parseRun(stored: unknown): SweepRun {
  const { item, status, answered, answeredAt, start, ended } = storedRun.parse(stored);
  return { ...start, ...ended, id: item, status, answered: [...answered], answeredAt };
}
