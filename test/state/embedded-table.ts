import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { EmbeddedCloud } from 'apprunner-embedded-cloud';
import { documents } from '../../shared/state/tables.ts';

/** Makes a table whose keys are texts, and a client as the functions have it. */
export async function embeddedTable(
  cloud: EmbeddedCloud,
  TableName: string,
  partitionKey: string,
  sortKey?: string,
): Promise<DynamoDBDocumentClient> {
  const client = new DynamoDBClient(cloud.clientConfig());
  const keys = [
    { AttributeName: partitionKey, KeyType: 'HASH' as const },
    ...(sortKey === undefined ? [] : [{ AttributeName: sortKey, KeyType: 'RANGE' as const }]),
  ];
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: keys,
      AttributeDefinitions: keys.map(({ AttributeName }) => ({ AttributeName, AttributeType: 'S' })),
    }),
  );
  // Without a timer: the table is made in the next turns.
  while ((await client.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus !== 'ACTIVE');
  return documents(cloud.clientConfig());
}
