import type { Schemas } from '../api/client.ts';
import type { CommandOutcome } from '../exit-code.ts';

/**
 * The outcome of a command that shows a sweep. Pure.
 *
 *     failures      1: what could not be read never counts as in sync
 *     held          3
 *     orphans       3
 *     otherwise     0
 */
export function sweepOutcome({ status, counts }: Pick<Schemas['Sweep'], 'status' | 'counts'>): CommandOutcome {
  if (counts.failures > 0) return 'failed';
  return status === 'held' || counts.orphans > 0 ? 'findings' : 'fine';
}
