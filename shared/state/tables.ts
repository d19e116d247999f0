import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ClientConfig } from '../aws/client-config.ts';
import { RateBudget, type Timing } from '../aws/rate-budget.ts';
import type { Route53Budget } from '../aws/route53-budget.ts';
import type { Claims } from '../claims.ts';
import type { SharedAnswers } from '../observe/zone-reads.ts';
import type { RateSettings } from '../settings.ts';
import { dynamoDbSweepRuns, type SweepRuns } from '../sweep/runs.ts';
import { dynamoDbSharedAnswers } from '../sweep/shared-answers.ts';
import { dynamoDbClaims } from './dynamodb-claims.ts';
import { dynamoDbRateLines } from './dynamodb-rates.ts';
import { dynamoDbStore } from './dynamodb-store.ts';
import { dynamoDbEventNotes, type EventNotes } from './event-notes.ts';
import type { Store } from './store.ts';

export function createStore(tableName: string, config: ClientConfig = {}): Store {
  return dynamoDbStore(documents(config), tableName);
}

export function createEventNotes(tableName: string, config: ClientConfig = {}): EventNotes {
  return dynamoDbEventNotes(documents(config), tableName);
}

export function createClaims(tableName: string, config: ClientConfig = {}): Claims {
  return dynamoDbClaims(documents(config), tableName);
}

const systemTiming: Timing = {
  now: Date.now,
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  random: Math.random,
};

/** @returns `undefined`: the functions share no budget. */
export function createRoute53Budget(
  { ratesTableName, route53Rate }: RateSettings,
  config: ClientConfig = {},
  timing: Timing = systemTiming,
): Route53Budget | undefined {
  if (ratesTableName === undefined) return undefined;
  const lines = dynamoDbRateLines(documents(config), ratesTableName);
  // What a second allows may be called at once.
  return { budget: new RateBudget({ ...timing, lines }), rate: { perSecond: route53Rate, burst: route53Rate } };
}

export function createSweepRuns(tableName: string, config: ClientConfig = {}): SweepRuns {
  return dynamoDbSweepRuns(documents(config), tableName);
}

/** @returns what the processes that compare a run share, by the id of the run. */
export function createSharedAnswers(
  tableName: string,
  config: ClientConfig = {},
  timing: Timing = systemTiming,
): (run: string) => SharedAnswers {
  const client = documents(config);
  return (run) => dynamoDbSharedAnswers(client, tableName, run, timing);
}

/** The client of every table of the stack. */
export function documents(config: ClientConfig): DynamoDBDocumentClient {
  const marshallOptions = { removeUndefinedValues: true };
  return DynamoDBDocumentClient.from(new DynamoDBClient(config), { marshallOptions });
}
