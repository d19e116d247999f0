import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { AwsConfig } from '../aws/client-config.ts';
import type { LookQueue } from '../reconcile/message.ts';
import { sqsQueue } from '../reconcile/sqs-queue.ts';
import type { TableSettings } from '../settings.ts';
import { dynamoDbRuns } from '../sweep/dynamodb-runs.ts';
import type { Runs } from '../sweep/runs.ts';
import { dynamoDbStore } from './dynamodb-store.ts';
import type { Store } from './store.ts';

/** The rows and the queue of looks: what every function but the probe has. */
export interface StatePorts {
  readonly store: Store;
  readonly queue: LookQueue;
}

export function composeStore(tableName: string, config: AwsConfig = {}): Store {
  return dynamoDbStore(documents(config), tableName);
}

export function composeRuns(tableName: string, config: AwsConfig = {}): Runs {
  return dynamoDbRuns(documents(config), tableName);
}

function documents(config: AwsConfig): DynamoDBDocumentClient {
  const marshallOptions = { removeUndefinedValues: true };
  return DynamoDBDocumentClient.from(new DynamoDBClient(config), { marshallOptions });
}

export function composeState({ tableName, queueUrl }: TableSettings, config: AwsConfig = {}): StatePorts {
  return { store: composeStore(tableName, config), queue: sqsQueue(new SQSClient(config), queueUrl) };
}
