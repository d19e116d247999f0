import { SQSClient } from '@aws-sdk/client-sqs';
import type { ClientConfig } from '../aws/client-config.ts';
import { createScopeReader } from '../observe/scope-reader.ts';
import type { Policy } from '../policy/policy.ts';
import type { SweepSettings } from '../settings.ts';
import { createState, createSweepRuns } from '../state/tables.ts';
import { runId } from './run-id.ts';
import { sqsTargets } from './sqs-targets.ts';
import type { SweepDependencies } from './sweep.ts';

/**
 * Dependencies that begin sweeps and confirm held ones.
 * @param random makes unique text.
 * @param now milliseconds since the epoch.
 */
export function createSweepDependencies(
  settings: SweepSettings,
  policy: Policy,
  random: () => string,
  config: ClientConfig = {},
  now: () => number = Date.now,
): SweepDependencies {
  return {
    ...createState(settings, config),
    runs: createSweepRuns(settings.sweepTableName, config),
    targets: sqsTargets(new SQSClient(config), settings.sweepQueueUrl ?? ''),
    policy,
    accounts: createScopeReader(policy, config, now).accounts,
    now,
    runId: (startedAt) => runId(startedAt, random()),
  };
}
