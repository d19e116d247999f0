import { createCloud } from 'apprunner-embedded-cloud';
import { seededChance } from 'apprunner-embedded-cloud/chance';
import { VirtualClock } from 'apprunner-embedded-cloud/clock';
import { onTestFinished } from 'vitest';
import { dynamoDbSweepRuns, type SweepRuns } from '../../shared/sweep/runs.ts';
import { embeddedTable } from '../state/embedded-table.ts';

const TABLE = 'sweeps';

/** Runs in a table of their own, in the embedded DynamoDB. */
export async function embeddedRuns(): Promise<SweepRuns> {
  const cloud = createCloud({ clock: new VirtualClock(), chance: seededChance('runs') });
  onTestFinished(() => cloud.stop());
  return dynamoDbSweepRuns(await embeddedTable(cloud, TABLE, 'partition', 'item'), TABLE);
}
