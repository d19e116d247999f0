import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { RateLines, Reserved } from '../aws/rate-budget.ts';
import { HOUR, SECOND } from '../duration.ts';
import { itemThatRefused } from './refused-item.ts';

/** Milliseconds after which an unused line may be deleted: a new one is equal to it. */
const RETENTION_MS = 24 * HOUR;

/** How often a reservation is tried when others reserve at the same time. */
const MAX_TRIES = 3;

const line = z.object({ freeAt: z.number() });

/**
 * The lines of calls, in a DynamoDB table with the key `bucket`. Each is one number, `freeAt`: when the last call that was
 * reserved is over, in milliseconds since the epoch. Where that is before now, it is what a quiet time has saved.
 *
 *     now − burst                 now                  now + longest line
 *     ├────────── saved ──────────┼──────── in line ─────────┤
 *                  freeAt: append the calls                       freeAt: full
 *       freeAt, or none: begin at now − burst
 *
 * One conditional update does it, if the line is as this process saw it last.
 */
export function dynamoDbRateLines(client: DynamoDBDocumentClient, TableName: string): RateLines {
  /** @returns `freeAt` after the update. If its condition fails, `freeAt` as it is, or `undefined` where there is none. */
  const update = async (
    bucket: string,
    [freeAt, condition, own]: readonly [freeAt: string, condition: string, values: Readonly<Record<string, number>>],
    values: Readonly<Record<string, number>>,
  ): Promise<{ readonly isWritten: boolean; readonly freeAt: number | undefined }> => {
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName,
          Key: { bucket },
          UpdateExpression: `SET freeAt = ${freeAt}, expiresAt = :expiresAt`,
          ConditionExpression: condition,
          ExpressionAttributeValues: { ...values, ...own },
          ReturnValues: 'UPDATED_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { isWritten: true, ...line.parse(Attributes) };
    } catch (error) {
      return { isWritten: false, freeAt: line.safeParse(itemThatRefused(error)).data?.freeAt };
    }
  };

  /** As last seen. */
  const seen = new Map<string, number>();

  return {
    async reserve({ bucket, rate, calls, now, longestLine }): Promise<Reserved> {
      const length = (calls / rate.perSecond) * SECOND;
      const saved = now - (rate.burst / rate.perSecond) * SECOND;
      const latest = now + longestLine;
      const values = { ':saved': saved, ':expiresAt': Math.ceil((now + RETENTION_MS) / SECOND) };
      const ways = {
        append: ['freeAt + :length', 'freeAt BETWEEN :saved AND :latest', { ':length': length, ':latest': latest }],
        begin: [':end', 'attribute_not_exists(freeAt) OR freeAt < :saved', { ':end': saved + length }],
      } as const;
      for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
        const way = (seen.get(bucket) ?? 0) < saved ? 'begin' : 'append';
        const { isWritten, freeAt } = await update(bucket, ways[way], values);
        seen.set(bucket, freeAt ?? 0);
        if (isWritten) return { kind: 'reserved', from: way === 'begin' ? saved : (freeAt ?? now) - length };
        if (freeAt !== undefined && freeAt > latest) return { kind: 'full', until: freeAt - longestLine };
      }
      // Others were faster each time: their calls are in line now.
      return { kind: 'full', until: now + length };
    },
  };
}
