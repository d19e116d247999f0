import { SQSClient } from '@aws-sdk/client-sqs';
import type { ClientConfig } from '../aws/client-config.ts';
import { createScopeReader } from '../observe/scope-reader.ts';
import { createPolicyEvaluator } from '../policy/evaluator.ts';
import type { Policy } from '../policy/policy.ts';
import { type ClockAndDns, createObservers, systemClockAndDns } from '../reconcile/service-access.ts';
import type { RuleSettings, SweepSettings } from '../settings.ts';
import { createState } from '../state/rows-and-queue.ts';
import { createSweepRuns } from '../state/tables.ts';
import type { CompareDependencies } from './compare.ts';
import { sqsReports } from './dependencies.ts';
import type { ConcludeDependencies } from './sweep.ts';

/**
 * Dependencies that compare one target and, if it is the last one, conclude the run. They stand apart: the function that begins
 * sweeps needs no client that reads services.
 */
export function createCompareDependencies(
  settings: SweepSettings,
  rules: RuleSettings,
  policy: Policy,
  { own: config, observed }: { readonly own: ClientConfig; readonly observed: ClientConfig } = {
    own: {},
    observed: {},
  },
  environment: ClockAndDns = systemClockAndDns,
): Omit<CompareDependencies, 'inTime'> & ConcludeDependencies {
  return {
    ...createState(settings, config),
    runs: createSweepRuns(settings.sweepTableName, config),
    reports: sqsReports(new SQSClient(config), settings.reportQueueUrl),
    policy,
    rules,
    now: environment.now,
    observerOf: createObservers(rules, policy, observed, environment),
    evaluatePolicy: createPolicyEvaluator(policy, rules, createScopeReader(policy, config, environment.now)),
  };
}
