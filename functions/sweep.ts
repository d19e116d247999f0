import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { lambdaClientConfig } from '../shared/aws/timeouts.ts';
import { measureFleet, measureRun } from '../shared/metrics.ts';
import { loadPolicy } from '../shared/policy/file/packaged.ts';
import { parseRuleSettings, parseSweepStartSettings } from '../shared/settings.ts';
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
  return async (event: unknown): Promise<SweepRun | null> => {
    const request = parseSweepRequest(event);
    if (request.kind === 'confirm') {
      const confirmed = await confirmSweep(request.run, request.by, dependencies);
      logger.info(confirmed === undefined ? 'nothing to confirm' : 'sweep confirmed', { ...request });
      // It is held no more.
      if (confirmed !== undefined) measureRun(confirmed, metrics);
      return confirmed ?? null;
    }
    const { run, begun, ended, fleet } = await beginSweep(request.by, dependencies);
    if (fleet !== undefined) measureFleet(fleet, metrics);
    logger.info(begun ? 'sweep begun' : 'the previous sweep is still running', { ...run });
    for (const one of ended) {
      logger.info('sweep ended', { run: one.id, status: one.status, ...one.summary });
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
export const handler = (event: unknown): Promise<SweepRun | null> => {
  made ??= sweep(compose());
  return made(event);
};
