import { textIn } from '../message.ts';

/** The correlation of everything that a sweep starts (docs/logs.md). */
export const sweepCorrelation = (run: string): string => `sweep/${run}`;

/** That of a message about a sweep, which may not be one of ours: `undefined` if it names no sweep. */
export function sweepCorrelationIn(body: string): string | undefined {
  const run = textIn(body, 'run');
  return run === undefined ? undefined : sweepCorrelation(run);
}
