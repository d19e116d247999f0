import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { ClientConfig } from '../aws/client-config.ts';
import { forEachWithConcurrency } from '../concurrency.ts';
import { createScopeReader } from '../observe/scope-reader.ts';
import type { Policy } from '../policy/policy.ts';
import type { SweepStartSettings } from '../settings.ts';
import { createState } from '../state/rows-and-queue.ts';
import { createSweepRuns } from '../state/tables.ts';
import { runId } from './run.ts';
import type { SweepDependencies } from './sweep.ts';

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
    reports: sqsReports(new SQSClient(config), settings.reportQueueUrl),
    policy,
    accounts: createScopeReader(policy, config, now).accounts,
    now,
    runId: (startedAt) => runId(startedAt, random()),
  };
}

export function sqsReports(sqs: SQSClient, QueueUrl: string): SweepDependencies['reports'] {
  return {
    send: async (message) => {
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }));
    },
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
