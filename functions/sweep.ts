import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { loadPolicy } from '../shared/compose/policy.ts';
import { composeSweep } from '../shared/compose/sweep.ts';
import { measureRun } from '../shared/metrics.ts';
import { parseRuleSettings, parseSweepSettings } from '../shared/settings.ts';
import { parseSweepRequest } from '../shared/sweep/message.ts';
import type { Run } from '../shared/sweep/run.ts';
import { beginSweep, confirmSweep, type SweepParts } from '../shared/sweep/sweep.ts';

export interface SweepFunctionParts extends SweepParts {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Schedule, or the API → a sweep begins, or one that was held goes on. Answers the run; `null` when there is none to go on. */
export function sweep(parts: SweepFunctionParts) {
  return async (event: unknown): Promise<Run | null> => {
    const request = parseSweepRequest(event);
    const run =
      request.kind === 'begin'
        ? await beginSweep(request.by, parts)
        : await confirmSweep(request.run, request.by, parts);
    parts.logger.info(request.kind === 'begin' ? 'sweep begun' : 'sweep confirmed', { ...run });
    if (run !== undefined && request.kind === 'begin') measureRun(run, parts.metrics);
    return run ?? null;
  };
}

function compose(): SweepFunctionParts {
  const policy = loadPolicy(parseRuleSettings(process.env));
  return {
    ...composeSweep(parseSweepSettings(process.env), policy, randomUUID),
    logger: new Logger(),
    metrics: new Metrics(),
  };
}

let made: ReturnType<typeof sweep> | undefined;
export const handler = (event: unknown): Promise<Run | null> => {
  made ??= sweep(compose());
  return made(event);
};
