import type { TargetResult } from '../../shared/sweep/run.ts';

/** The answer of a target in sync, with the given change. */
export const answer = (target: string, change: Partial<TargetResult> = {}): TargetResult => ({
  target,
  serviceIds: [],
  withoutRow: [],
  managed: 0,
  differences: [],
  orphans: [],
  claims: [],
  failures: [],
  ...change,
});
