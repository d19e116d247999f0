import { SQSClient } from '@aws-sdk/client-sqs';
import type { Policy } from '../policy/policy.ts';
import type { SweepSettings } from '../settings.ts';
import { runId } from '../sweep/run-id.ts';
import { sqsTargets } from '../sweep/sqs-targets.ts';
import type { SweepParts } from '../sweep/sweep.ts';
import type { AwsConfig } from './aws-config.ts';
import { composeRuns, composeState } from './state.ts';
import { composeSurvey } from './survey.ts';

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
