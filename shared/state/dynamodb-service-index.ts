import { type DynamoDBDocumentClient, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { errorName } from '../errors.ts';
import { parseRow } from './row.ts';
import { MAX_REQUESTS, type ServiceIndex } from './service-index.ts';

/** The table of `dynamoDbStore`, beside its lease: `requests` is an attribute that no reconciliation writes. */
export function dynamoDbServiceIndex(client: DynamoDBDocumentClient, tableName: string): ServiceIndex {
  return {
    async page(after, limit) {
      const { Items = [], LastEvaluatedKey: last } = await client.send(
        new ScanCommand({
          TableName: tableName,
          ConsistentRead: true,
          Limit: limit,
          ...(after === undefined ? {} : { ExclusiveStartKey: { serviceArn: after } }),
        }),
      );
      const key = z.object({ serviceArn: z.string() }).safeParse(last);
      return { rows: Items.map(parseRow), last: key.data?.serviceArn };
    },

    async noteRequest(serviceArn, note) {
      const at = { TableName: tableName, Key: { serviceArn } };
      const { Attributes } = await client.send(
        new UpdateCommand({
          ...at,
          UpdateExpression: 'SET requests = list_append(if_not_exists(requests, :none), :one) ADD generation :zero',
          ExpressionAttributeValues: { ':none': [], ':one': [note], ':zero': 0 },
          ReturnValues: 'UPDATED_NEW',
        }),
      );
      const surplus = z.object({ requests: z.array(z.unknown()) }).parse(Attributes).requests.length - MAX_REQUESTS;
      if (surplus <= 0) return;
      try {
        const oldest = Array.from({ length: surplus }, (_, index) => `requests[${index}]`);
        await client.send(
          new UpdateCommand({
            ...at,
            UpdateExpression: `REMOVE ${oldest.join(', ')}`,
            ConditionExpression: 'size(requests) > :kept',
            ExpressionAttributeValues: { ':kept': MAX_REQUESTS },
          }),
        );
      } catch (error) {
        // Another caller has made room meanwhile.
        if (errorName(error) !== 'ConditionalCheckFailedException') throw error;
      }
    },
  };
}
