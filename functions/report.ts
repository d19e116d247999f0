import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import type { ClientConfig } from '../shared/aws/client-config.ts';
import { lambdaClientConfig } from '../shared/aws/timeouts.ts';
import type { Invocation } from '../shared/invocation.ts';
import { createScopeReader } from '../shared/observe/scope-reader.ts';
import { loadPolicyInForce } from '../shared/policy/file/packaged.ts';
import type { PolicyInForce } from '../shared/policy/policy.ts';
import { s3ReportBucket } from '../shared/report/bucket.ts';
import { parseAddressRequest, parseReportMessage, type ReportAddress } from '../shared/report/message.ts';
import { addressOfReport, type ReportDependencies, writeReport } from '../shared/report/reports.ts';
import { parseReportSettings, parseRuleSettings, type ReportSettings, type RuleSettings } from '../shared/settings.ts';
import { createStore, createSweepRuns } from '../shared/state/tables.ts';
import { sweepCorrelationIn } from '../shared/sweep/correlation.ts';

export interface ReportFunctionDependencies extends ReportDependencies {
  readonly logger: Logger;
}

const queueEvent = z.looseObject({ Records: z.array(z.unknown()) });

/** Queue message → the report of a sweep that ended, written to the bucket. Request of the API → its address, or `null`. */
export function report(dependencies: ReportFunctionDependencies) {
  const { logger } = dependencies;
  const one = async ({ body, messageId }: SQSRecord): Promise<void> => {
    const correlation = sweepCorrelationIn(body);
    try {
      const count = await writeReport(parseReportMessage(body).run, dependencies);
      if (count === undefined) logger.info('no sweep to report', { correlation });
      else logger.info('report written', { correlation, count });
    } catch (error) {
      logger.error('report failed; SQS redelivers its message', { correlation, messageId, error });
      throw error;
    }
  };
  return async (event: unknown, context?: Invocation): Promise<SQSBatchResponse | ReportAddress | null> => {
    logger.info('begins', { invocation: context?.awsRequestId });
    if (!queueEvent.safeParse(event).success) {
      return (await addressOfReport(parseAddressRequest(event), dependencies)) ?? null;
    }
    return processPartialResponse(event as SQSEvent, one, new BatchProcessor(EventType.SQS), {
      throwOnFullBatchFailure: false,
    });
  };
}

export function createReportDependencies(
  settings: ReportSettings,
  { ownerTag: installation, endpointHourlyPrice }: Pick<RuleSettings, 'ownerTag' | 'endpointHourlyPrice'>,
  inForce: PolicyInForce,
  config: ClientConfig,
  now: () => number,
): ReportDependencies {
  return {
    ...createScopeReader(inForce.policy, config, now),
    store: createStore(settings.tableName, config),
    runs: createSweepRuns(settings.sweepTableName, config),
    bucket: s3ReportBucket(settings.reportBucket, config),
    ...{ inForce, installation, endpointHourlyPrice },
  };
}

function compose(): ReportFunctionDependencies {
  const rules = parseRuleSettings(process.env);
  const inForce = loadPolicyInForce(rules);
  const settings = parseReportSettings(process.env);
  return { ...createReportDependencies(settings, rules, inForce, lambdaClientConfig, Date.now), logger: new Logger() };
}

let made: ReturnType<typeof report> | undefined;
export const handler = (event: unknown, context: Invocation): Promise<SQSBatchResponse | ReportAddress | null> => {
  made ??= report(compose());
  return made(event, context);
};
