import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { lambdaClientConfig } from '../shared/aws/timeouts.ts';
import type { Invocation } from '../shared/invocation.ts';
import { measureFleet, measureRun } from '../shared/metrics.ts';
import { loadPolicy } from '../shared/policy/file/packaged.ts';
import { parseRuleSettings, parseSweepStartSettings } from '../shared/settings.ts';
import { sweepCorrelation } from '../shared/sweep/correlation.ts';
import { createSweepDependencies } from '../shared/sweep/dependencies.ts';
import { parseSweepRequest } from '../shared/sweep/message.ts';
import type { SweepRun } from '../shared/sweep/run.ts';
import { beginSweep, confirmSweep, type SweepDependencies } from '../shared/sweep/sweep.ts';

export interface SweepFunctionDependencies extends SweepDependencies {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Schedule, or the API → begins a sweep, or confirms a held one. @returns the run; `null` when none is held. */
export function sweep(dependencies: SweepFunctionDependencies) {
  const { logger, metrics } = dependencies;
  return async (event: unknown, context?: Invocation): Promise<SweepRun | null> => {
    const request = parseSweepRequest(event);
    const { by } = request;
    logger.info('begins', { by, invocation: context?.awsRequestId });
    if (request.kind === 'confirm') {
      const correlation = sweepCorrelation(request.run);
      const confirmed = await confirmSweep(request.run, by, dependencies);
      if (confirmed === undefined) {
        logger.info('nothing to confirm', { correlation, by });
        return null;
      }
      logger.info('sweep confirmed', { correlation, by });
      // It is held no more.
      measureRun(confirmed, metrics);
      return confirmed;
    }
    const { run, begun, ended, fleet } = await beginSweep(by, dependencies);
    if (fleet !== undefined) measureFleet(fleet, metrics);
    const correlation = sweepCorrelation(run.id);
    if (begun) logger.info('sweep begun', { correlation, by, targets: run.targets, failures: run.failures });
    else logger.info('the previous sweep is still running', { correlation, by, answered: run.answered });
    for (const one of ended) {
      logger.info('sweep ended', { correlation: sweepCorrelation(one.id), status: one.status, summary: one.summary });
      measureRun(one, metrics);
    }
    return run;
  };
}

function compose(): SweepFunctionDependencies {
  const policy = loadPolicy(parseRuleSettings(process.env));
  return {
    ...createSweepDependencies(parseSweepStartSettings(process.env), policy, randomUUID, lambdaClientConfig),
    logger: new Logger(),
    metrics: new Metrics(),
  };
}

let made: ReturnType<typeof sweep> | undefined;
export const handler = (event: unknown, context: Invocation): Promise<SweepRun | null> => {
  made ??= sweep(compose());
  return made(event, context);
};
