import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { errorName } from '../errors.ts';

/** What services claim against each other: names, attempts to create an endpoint, shared validation records. */
export interface Claims {
  /** The current value, with a revision to write on. */
  get(claim: string): Promise<{ readonly value: unknown; readonly revision: number }>;
  /**
   * Writes on condition that nothing was written since `revision`.
   * @returns whether it was written.
   */
  put(claim: string, value: object, revision: number): Promise<boolean>;
}

/** Others write between read and write at most a few times: each has its own service under lease. */
const MAX_RETRIES = 10;

/**
 * Reads, decides and writes, again whenever another writer was faster.
 * @param change the value that is to be there; the same object: nothing is written.
 * @returns the value that is there.
 * @throws ZodError for a damaged claim, which decides nothing.
 */
export async function changeClaim<Value extends object>(
  claims: Claims,
  claim: string,
  schema: z.ZodType<Value>,
  change: (value: Value) => Value | Promise<Value>,
): Promise<Value> {
  for (let attempt = 0; attempt < MAX_RETRIES; attempt++) {
    const { value, revision } = await claims.get(claim);
    const before = schema.parse(value ?? {});
    const after = await change(before);
    if (after === before || (await claims.put(claim, after, revision))) return after;
  }
  throw new Error(`The claim ${claim} changed ${MAX_RETRIES} times while it was being written.`);
}

const stored = z.object({ value: z.unknown(), revision: z.number() });

/** A DynamoDB table with the key `claim`. */
export function dynamoDbClaims(client: DynamoDBDocumentClient, TableName: string): Claims {
  return {
    async get(claim) {
      const { Item } = await client.send(new GetCommand({ TableName, Key: { claim }, ConsistentRead: true }));
      return Item === undefined ? { value: undefined, revision: 0 } : stored.parse(Item);
    },
    async put(claim, value, revision) {
      try {
        await client.send(
          new UpdateCommand({
            TableName,
            Key: { claim },
            UpdateExpression: 'SET #value = :value, revision = :next',
            ConditionExpression: revision === 0 ? 'attribute_not_exists(revision)' : 'revision = :revision',
            ExpressionAttributeNames: { '#value': 'value' },
            ExpressionAttributeValues: {
              ':value': value,
              ':next': revision + 1,
              ...(revision === 0 ? {} : { ':revision': revision }),
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
