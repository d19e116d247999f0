import type { Schemas } from '../api/client.ts';
import type { CommandOutcome } from '../exit-code.ts';

/**
 * What a command ends with that tells of a sweep. Pure.
 *
 *     failures      1: something could not be looked at, and never counts as looked at and right
 *     held          3
 *     leftovers     3
 *     otherwise     0
 */
export function sweepOutcome({ status, counts }: Pick<Schemas['Sweep'], 'status' | 'counts'>): CommandOutcome {
  if (counts.failures > 0) return 'failed';
  return status === 'held' || counts.orphans > 0 ? 'findings' : 'fine';
}
