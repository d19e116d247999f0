import type { TargetResult } from '../../shared/sweep/run.ts';

/** What a target answers that has nothing to tell, but for the change. */
export const answer = (target: string, change: Partial<TargetResult> = {}): TargetResult => ({
  target,
  serviceIds: [],
  managed: 0,
  differences: [],
  orphans: [],
  claims: [],
  failures: [],
  ...change,
});
