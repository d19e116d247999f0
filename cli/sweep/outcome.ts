import type { Schemas } from '../api/client.ts';
import type { Outcome } from '../exit-code.ts';

/**
 * What a command ends with that tells of a sweep. Pure.
 *
 *     failures      1: something could not be looked at, and never counts as looked at and right
 *     held          3
 *     leftovers     3
 *     otherwise     0
 */
export function sweepOutcome({ status, counts }: Pick<Schemas['Sweep'], 'status' | 'counts'>): Outcome {
  if (counts.failures > 0) return 'failed';
  return status === 'held' || counts.leftovers > 0 ? 'findings' : 'fine';
}
