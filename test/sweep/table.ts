import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createCloud } from 'apprunner-embedded-cloud';
import { seededChance } from 'apprunner-embedded-cloud/chance';
import { VirtualClock } from 'apprunner-embedded-cloud/clock';
import { onTestFinished } from 'vitest';
import { dynamoDbSweepRuns, type SweepRuns } from '../../shared/sweep/runs.ts';

const TABLE = 'sweeps';

/** Runs in a table of their own, in the embedded DynamoDB. */
export async function embeddedRuns(): Promise<SweepRuns> {
  const cloud = createCloud({ clock: new VirtualClock(), chance: seededChance('runs') });
  onTestFinished(() => cloud.stop());
  const client = new DynamoDBClient(cloud.clientConfig());
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'partition', KeyType: 'HASH' },
        { AttributeName: 'item', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'partition', AttributeType: 'S' },
        { AttributeName: 'item', AttributeType: 'S' },
      ],
    }),
  );
  // Without a timer: the table is made in the next turns.
  while ((await client.send(new DescribeTableCommand({ TableName: TABLE }))).Table?.TableStatus !== 'ACTIVE');
  const marshallOptions = { removeUndefinedValues: true };
  return dynamoDbSweepRuns(DynamoDBDocumentClient.from(client, { marshallOptions }), TABLE);
}
