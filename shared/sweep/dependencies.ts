import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { ClientConfig } from '../aws/client-config.ts';
import { forEachWithConcurrency } from '../concurrency.ts';
import { createScopeReader } from '../observe/scope-reader.ts';
import { createPolicyEvaluator } from '../policy/evaluator.ts';
import type { Policy } from '../policy/policy.ts';
import { type ClockAndDns, createObservers, systemClockAndDns } from '../reconcile/service-access.ts';
import type { RuleSettings, SweepSettings, SweepStartSettings } from '../settings.ts';
import { createState, createSweepRuns } from '../state/tables.ts';
import type { CompareDependencies } from './compare.ts';
import { runId } from './run.ts';
import type { ConcludeDependencies, SweepDependencies } from './sweep.ts';

/**
 * Dependencies that begin sweeps and confirm held ones.
 * @param random makes unique text.
 * @param now milliseconds since the epoch.
 */
export function createSweepDependencies(
  settings: SweepStartSettings,
  policy: Policy,
  random: () => string,
  config: ClientConfig = {},
  now: () => number = Date.now,
): SweepDependencies {
  return {
    ...createState(settings, config),
    runs: createSweepRuns(settings.sweepTableName, config),
    targets: sqsTargets(new SQSClient(config), settings.sweepQueueUrl),
    policy,
    accounts: createScopeReader(policy, config, now).accounts,
    now,
    runId: (startedAt) => runId(startedAt, random()),
  };
}

/** Dependencies that compare one target and, if it is the last one, conclude the run. */
export function createCompareDependencies(
  settings: SweepSettings,
  rules: RuleSettings,
  policy: Policy,
  config: ClientConfig = {},
  environment: ClockAndDns = systemClockAndDns,
): CompareDependencies & ConcludeDependencies {
  return {
    ...createState(settings, config),
    runs: createSweepRuns(settings.sweepTableName, config),
    policy,
    rules,
    now: environment.now,
    observerOf: createObservers(rules, policy, config, environment),
    evaluatePolicy: createPolicyEvaluator(policy, rules, createScopeReader(policy, config, environment.now)),
  };
}

/** Messages in flight: a large organisation has hundreds. */
const MAX_CONCURRENCY = 20;

export function sqsTargets(sqs: SQSClient, QueueUrl: string): SweepDependencies['targets'] {
  return {
    send: (messages) =>
      forEachWithConcurrency(messages, MAX_CONCURRENCY, async (message) => {
        await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }));
      }),
  };
}
