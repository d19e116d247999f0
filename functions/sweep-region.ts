import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { withDeadline } from '../shared/aws/deadline.ts';
import { withUrgency } from '../shared/aws/rate-budget.ts';
import { lambdaClientConfig, observedClientConfig, SERVICE_TIME_MS } from '../shared/aws/timeouts.ts';
import { withCause } from '../shared/cause.ts';
import type { Invocation } from '../shared/invocation.ts';
import { measureRun } from '../shared/metrics.ts';
import { type SharedAnswers, zoneReadsOfRun } from '../shared/observe/zone-reads.ts';
import { loadPolicy } from '../shared/policy/file/packaged.ts';
import { systemClockAndDns } from '../shared/reconcile/service-access.ts';
import { parseRuleSettings, parseSweepSettings } from '../shared/settings.ts';
import { createRoute53Budget, createSharedAnswers } from '../shared/state/tables.ts';
import { type CompareDependencies, compare } from '../shared/sweep/compare.ts';
import { createCompareDependencies } from '../shared/sweep/compare-dependencies.ts';
import { sweepCorrelation, sweepCorrelationIn } from '../shared/sweep/correlation.ts';
import { parseSweepMessage } from '../shared/sweep/message.ts';
import { targetName } from '../shared/sweep/run.ts';
import { answerSweep, type ConcludeDependencies } from '../shared/sweep/sweep.ts';

export type SweepRegionDependencies = CompareDependencies &
  ConcludeDependencies & {
    /** What the processes that compare a run share; without it each reads for itself. */
    readonly sharedAnswers?: (run: string) => SharedAnswers;
    readonly logger: Logger;
    readonly metrics: Metrics;
  };

/** Queue message → compares one account and region with the policy. It only reads; the last one concludes the sweep. */
export function sweepRegion(dependencies: SweepRegionDependencies) {
  const { logger, metrics } = dependencies;
  const zoneReads = zoneReadsOfRun(dependencies.sharedAnswers);
  const one = async ({ body }: SQSRecord, context?: Invocation): Promise<void> => {
    const { run, target } = parseSweepMessage(body);
    const correlation = sweepCorrelation(run);
    logger.info('begins', { correlation, target: targetName(target), invocation: context?.awsRequestId });
    const result = await withUrgency('sweep', () =>
      withCause({ correlation }, () => compare(target, { ...dependencies, zoneReads: zoneReads(run) })),
    );
    const { serviceIds, managed, differences, orphans, failures } = result;
    logger.info('compared', {
      correlation,
      target: result.target,
      count: serviceIds.length,
      managed,
      differing: differences.length,
      orphans: orphans.length,
      failures,
    });
    const ended = await answerSweep(run, result, dependencies);
    if (ended === undefined) return;
    logger.info('sweep ended', { correlation, status: ended.status, summary: ended.summary });
    measureRun(ended, metrics);
  };
  return (event: SQSEvent, context?: Invocation): Promise<SQSBatchResponse> =>
    processPartialResponse(
      event,
      async (record: SQSRecord) => {
        try {
          await one(record, context);
        } catch (error) {
          const { messageId, body } = record;
          const correlation = sweepCorrelationIn(body);
          logger.error('comparison failed; SQS redelivers its message', { correlation, messageId, error });
          throw error;
        }
      },
      new BatchProcessor(EventType.SQS),
      { throwOnFullBatchFailure: false },
    );
}

function compose(): SweepRegionDependencies {
  const rules = parseRuleSettings(process.env);
  const settings = parseSweepSettings(process.env);
  return {
    ...createCompareDependencies(
      settings,
      rules,
      loadPolicy(rules),
      { own: lambdaClientConfig, observed: observedClientConfig },
      { ...systemClockAndDns, route53Budget: createRoute53Budget(rules, lambdaClientConfig) },
    ),
    sharedAnswers: createSharedAnswers(settings.sweepTableName, lambdaClientConfig),
    inTime: (work) => withDeadline(Date.now() + SERVICE_TIME_MS, work),
    logger: new Logger(),
    metrics: new Metrics(),
  };
}

let made: ReturnType<typeof sweepRegion> | undefined;
export const handler = (event: SQSEvent, context: Invocation): Promise<SQSBatchResponse> => {
  made ??= sweepRegion(compose());
  return made(event, context);
};
