import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { seededChance } from 'apprunner-embedded-cloud/chance';
import { VirtualClock } from 'apprunner-embedded-cloud/clock';
import { DynamoDb } from 'apprunner-embedded-cloud/dynamodb';
import { Gateway } from 'apprunner-embedded-cloud/gateway';
import { Iam } from 'apprunner-embedded-cloud/iam';
import { inProcessHandler } from 'apprunner-embedded-cloud/in-process-handler';
import { onTestFinished } from 'vitest';
import { dynamoDbSweepRuns } from '../../shared/sweep/dynamodb-runs.ts';
import type { SweepRuns } from '../../shared/sweep/runs.ts';

const TABLE = 'sweeps';
const REGION = 'ap-northeast-1';

/** Runs in a table of their own, in the embedded DynamoDB. */
export async function embeddedRuns(): Promise<SweepRuns> {
  const chance = seededChance('runs');
  const dynamoDb = new DynamoDb();
  onTestFinished(() => dynamoDb.close());
  const gateway = new Gateway({
    clock: new VirtualClock(),
    chance,
    iam: new Iam({ chance }),
    services: [],
    passthroughs: [dynamoDb],
    defaultRegion: REGION,
  });
  const client = new DynamoDBClient({
    region: REGION,
    credentials: { accessKeyId: '123456789012', secretAccessKey: 'x' },
    requestHandler: inProcessHandler(gateway),
    maxAttempts: 1,
  });
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
