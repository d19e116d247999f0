import {
  BatchGetCommand,
  type BatchGetCommandInput,
  type BatchGetCommandOutput,
  type DynamoDBDocumentClient,
  GetCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Claims } from '../claims.ts';
import { errorName } from '../errors.ts';

const stored = z.object({ value: z.unknown(), revision: z.number() });
const batched = stored.extend({ claim: z.string() });

/** Of BatchGetItem. */
const MAX_KEYS = 100;

/** A DynamoDB table with the key `claim`. */
export function dynamoDbClaims(client: DynamoDBDocumentClient, TableName: string): Claims {
  return {
    async get(claim) {
      const { Item } = await client.send(new GetCommand({ TableName, Key: { claim }, ConsistentRead: true }));
      return Item === undefined ? { value: undefined, revision: 0 } : stored.parse(Item);
    },
    async values(claims) {
      const found = new Map<string, unknown>();
      const keys = [...new Set(claims)].map((claim) => ({ claim }));
      for (let from = 0; from < keys.length; from += MAX_KEYS) {
        let open: BatchGetCommandInput['RequestItems'] = {
          [TableName]: { Keys: keys.slice(from, from + MAX_KEYS), ConsistentRead: true },
        };
        // DynamoDB may answer a part of the keys; each answer holds one of them at least.
        while (Object.keys(open ?? {}).length > 0) {
          const answer: BatchGetCommandOutput = await client.send(new BatchGetCommand({ RequestItems: open }));
          for (const item of answer.Responses?.[TableName] ?? []) {
            const { claim, value } = batched.parse(item);
            found.set(claim, value);
          }
          open = answer.UnprocessedKeys;
        }
      }
      return claims.map((claim) => found.get(claim));
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
