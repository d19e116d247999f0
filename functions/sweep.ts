import { Logger } from '@aws-lambda-powertools/logger';
import { AppRunnerClient } from '@aws-sdk/client-apprunner';
import { composeState } from '../shared/compose/state.ts';
import { parseTableSettings } from '../shared/settings.ts';
import { type SweepParts, type SweepResult, sweep as sweepAll } from '../shared/sweep/sweep.ts';

/** Schedule → a look at every service that should be looked at: events are best effort (facts §8). */
export function sweep(parts: SweepParts & { readonly logger: Logger }) {
  return async (): Promise<SweepResult> => {
    const result = await sweepAll(parts);
    parts.logger.info('swept', { ...result });
    return result;
  };
}

let made: ReturnType<typeof sweep> | undefined;
export const handler = (): Promise<SweepResult> => {
  made ??= sweep({
    ...composeState(parseTableSettings(process.env)),
    appRunner: new AppRunnerClient({}),
    logger: new Logger(),
  });
  return made();
};
