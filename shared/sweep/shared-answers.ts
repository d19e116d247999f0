import { createHash } from 'node:crypto';
import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Timing } from '../aws/rate-budget.ts';
import { DAY, SECOND } from '../duration.ts';
import { errorName } from '../errors.ts';
import type { SharedAnswers } from '../observe/zone-reads.ts';
import { packed, unpacked } from './packed.ts';

/** Milliseconds for which one process asks and the others wait; after that another one asks. */
const ASKING_MS = 20 * SECOND;

/** Milliseconds for which a process waits, so that only one asks in place of one that is silent. */
const LONGEST_WAIT_MS = 25 * SECOND;

/** Milliseconds between two looks for an answer, on average. */
const LOOK_MS = SECOND / 2;

/** No run lasts longer. */
const RETENTION_MS = DAY;

/**
 * What the processes that compare one run share, in the table of the sweeps:
 *
 *     partition         item        askedUntil        answer
 *     <run id>/reads    <question>  1789000000000     –         a process asks
 *     <run id>/reads    <question>  1789000000000     {…}       the answer, compressed
 *
 * A process that finds neither asks; the others look again and again. Whoever has waited for long asks too, as do all when the
 * table fails: it saves calls, and decides nothing.
 */
export function dynamoDbSharedAnswers(
  client: DynamoDBDocumentClient,
  TableName: string,
  run: string,
  { now, sleep, random }: Timing,
): SharedAnswers {
  const keyOf = (about: string) => ({
    partition: `${run}/reads`,
    // The name of a record may be longer than a key.
    item: about.length <= 500 ? about : createHash('sha256').update(about).digest('hex'),
  });
  const expiresAt = () => Math.ceil((now() + RETENTION_MS) / SECOND);

  /** Takes the question, unless another process does. @returns whether this one asks. */
  const take = async (Key: ReturnType<typeof keyOf>): Promise<boolean> => {
    try {
      await client.send(
        new UpdateCommand({
          TableName,
          Key,
          UpdateExpression: 'SET askedUntil = :until, expiresAt = :expiresAt',
          ConditionExpression: 'attribute_not_exists(askedUntil) OR askedUntil < :now',
          ExpressionAttributeValues: { ':until': now() + ASKING_MS, ':now': now(), ':expiresAt': expiresAt() },
        }),
      );
      return true;
    } catch (error) {
      if (errorName(error) === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  };

  /** @returns the answer of another process; `undefined`: this one asks. */
  const awaited = async <Answer extends object>(Key: ReturnType<typeof keyOf>): Promise<Answer | undefined> => {
    const giveUpAt = now() + LONGEST_WAIT_MS;
    while (now() < giveUpAt) {
      const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
      const { askedUntil, answer } = item<Answer>().parse(Item ?? {});
      if (answer !== undefined) return answer;
      if (askedUntil < now() && (await take(Key))) return undefined;
      await sleep(LOOK_MS * (0.5 + random()));
    }
    return undefined;
  };

  return {
    async once<Answer extends object>(about: string, ask: () => Promise<Answer>): Promise<Answer> {
      const Key = keyOf(about);
      const theirs = await awaited<Answer>(Key).catch(() => undefined);
      if (theirs !== undefined) return theirs;
      const [answer] = await Promise.allSettled([ask()]);
      // Without an answer, the next process asks at once.
      const content = answer.status === 'fulfilled' ? { answer: packed(answer.value) } : {};
      const Item = { ...Key, ...content, expiresAt: expiresAt() };
      await client.send(new PutCommand({ TableName, Item })).catch(() => undefined);
      if (answer.status === 'rejected') throw answer.reason;
      return answer.value;
    },
  };
}

const item = <Answer extends object>() =>
  z.object({ askedUntil: z.number().default(0), answer: unpacked<Answer>().optional() });
