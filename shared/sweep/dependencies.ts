import { SQSClient } from '@aws-sdk/client-sqs';
import type { AwsConfig } from '../aws/client-config.ts';
import { composeSurvey } from '../observe/scope-reader.ts';
import type { Policy } from '../policy/policy.ts';
import type { SweepSettings } from '../settings.ts';
import { composeRuns, composeState } from '../state/tables.ts';
import { runId } from './run-id.ts';
import { sqsTargets } from './sqs-targets.ts';
import type { SweepParts } from './sweep.ts';

/**
 * What begins sweeps and lets held ones go on.
 * @param random text that was never given before.
 * @param now milliseconds since the epoch.
 */
export function composeSweep(
  settings: SweepSettings,
  policy: Policy,
  random: () => string,
  config: AwsConfig = {},
  now: () => number = Date.now,
): SweepParts {
  return {
    ...composeState(settings, config),
    runs: composeRuns(settings.sweepTableName, config),
    targets: sqsTargets(new SQSClient(config), settings.sweepQueueUrl ?? ''),
    policy,
    accounts: composeSurvey(policy, config, now).accounts,
    now,
    runId: (startedAt) => runId(startedAt, random()),
  };
}
