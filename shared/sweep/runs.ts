import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { DAY, SECOND } from '../duration.ts';
import { errorName } from '../errors.ts';
import { packed, unpacked } from './packed.ts';
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
const PROGRESS = 'progress';

export type SweepRuns = ReturnType<typeof dynamoDbSweepRuns>;

/**
 * Sweeps and the answers of their targets, in a DynamoDB table with the key `partition`, `item`:
 *
 *     partition   item                            what
 *     runs        20260131T235959Z-1a2b3c4d       the run, written when it begins and when it ends
 *     progress    20260131T235959Z-1a2b3c4d       how many answers came, of how many: one number, so that the cost of an
 *                                                 answer does not grow with the number of targets
 *     <run id>    123456789012/ap-northeast-1     the answer of a target
 *
 * Beside them are the answers of Route 53 that the comparisons of a run share (`dynamoDbSharedAnswers`).
 *
 * Every call may come twice, because the queue delivers at least once: an answer that comes twice is one item, and may count
 * twice. Times are milliseconds since the epoch.
 */
export function dynamoDbSweepRuns(client: DynamoDBDocumentClient, TableName: string) {
  const put = async (item: object, at: number): Promise<void> => {
    const expiresAt = Math.ceil((at + RETENTION_MS) / SECOND);
    await client.send(new PutCommand({ TableName, Item: { ...item, expiresAt } }));
  };

  /** @returns the item after the update; `undefined` if the condition fails. */
  const update = async (input: Omit<UpdateCommandInput, 'TableName'>): Promise<unknown> => {
    try {
      return (await client.send(new UpdateCommand({ TableName, ReturnValues: 'ALL_NEW', ...input }))).Attributes;
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

  const progressKey = (id: string) => ({ partition: PROGRESS, item: id });

  /** A run that has ended says itself how many answered. */
  const withProgress = async (run: StoredRun): Promise<SweepRun> => {
    if (run.summary !== undefined) return { answered: run.targets.length, ...run };
    const { Item } = await client.send(new GetCommand({ TableName, Key: progressKey(run.id), ConsistentRead: true }));
    const { answers, answeredAt } = storedProgress.parse(Item ?? { answers: 0, targets: run.targets.length });
    return { ...run, answered: Math.min(answers, run.targets.length), answeredAt };
  };

  return {
    async begin({ id, ...start }: RunStart & Pick<SweepRun, 'id'>): Promise<void> {
      await put({ partition: PROGRESS, item: id, answers: 0, targets: start.targets.length }, start.startedAt);
      await put({ partition: RUNS, item: id, status: 'comparing', start: packed(start) }, start.startedAt);
    },

    /** Records the answer of a target. @returns how many came, of how many; `undefined` if the run has expired. */
    async answer(id: string, result: TargetResult, at: number): Promise<Progress | undefined> {
      await put({ partition: id, item: result.target, result: packed(result) }, at);
      const counted = await update({
        Key: progressKey(id),
        UpdateExpression: 'SET answeredAt = :at ADD answers :one',
        ConditionExpression: 'attribute_exists(targets)',
        ExpressionAttributeValues: { ':one': 1, ':at': at },
      });
      return counted === undefined ? undefined : storedProgress.parse(counted);
    },

    async get(id: string): Promise<SweepRun | undefined> {
      const Key = { partition: RUNS, item: id };
      const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
      return Item === undefined ? undefined : withProgress(parseRun(Item));
    },

    /** The latest first. @param before id of a run: only earlier ones. */
    async latest(count: number, before?: string): Promise<readonly SweepRun[]> {
      // A page has at most 1 MB, whatever the limit.
      const runs: StoredRun[] = [];
      for await (const { Items = [] } of query(RUNS, before, count)) {
        runs.push(...Items.map(parseRun));
        if (runs.length >= count) break;
      }
      return Promise.all(runs.slice(0, count).map(withProgress));
    },

    async results(id: string): Promise<readonly TargetResult[]> {
      const results: TargetResult[] = [];
      for await (const { Items = [] } of query(id)) {
        results.push(...Items.map((item) => storedAnswer.parse(item).result));
      }
      return results;
    },

    /** @returns the run after it; `undefined` unless its status was `from`. */
    async end(id: string, from: SweepStatus, status: SweepStatus, end: RunEnd): Promise<SweepRun | undefined> {
      const ended = await update({
        Key: { partition: RUNS, item: id },
        UpdateExpression: 'SET #status = :status, ended = :end',
        ConditionExpression: '#status = :from',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':status': status, ':from': from, ':end': packed(end) },
      });
      return ended === undefined ? undefined : withProgress(parseRun(ended));
    },
  };
}

const storedAnswer = z.object({ result: unpacked<TargetResult>() });

const storedProgress = z.object({
  answers: z.number(),
  targets: z.number(),
  /** Of the last answer. */
  answeredAt: z.number().optional(),
});
export type Progress = z.infer<typeof storedProgress>;

const storedRun = z.object({
  item: z.string(),
  status: z.enum(sweepStatuses),
  start: unpacked<RunStart>(),
  ended: unpacked<RunEnd>().optional(),
});

/** A run without its progress. */
type StoredRun = Omit<SweepRun, 'answered' | 'answeredAt'> & Partial<Pick<SweepRun, 'answered'>>;

function parseRun(stored: unknown): StoredRun {
  const { item, status, start, ended } = storedRun.parse(stored);
  return { ...start, ...ended, id: item, status };
}
