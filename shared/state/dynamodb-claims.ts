import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Claims } from '../claims.ts';
import { errorName } from '../errors.ts';

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
