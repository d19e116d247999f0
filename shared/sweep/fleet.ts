import { SECOND } from '../duration.ts';
import { type Phase, phases } from '../plan/plan.ts';
import type { ServiceRow } from '../state/row.ts';

/** What the rows say of all services together. */
export interface Fleet {
  /** Open findings of the severity error. */
  readonly errorFindings: number;
  /** Seconds for which the service that is not ready for the longest is so; 0: there is none. */
  readonly longestNotReady: number;
}

export const emptyFleet: Fleet = { errorFindings: 0, longestNotReady: 0 };

/** @param now milliseconds since the epoch. */
export function withService(fleet: Fleet, row: ServiceRow, now: number): Fleet {
  const since = notReadySince(row);
  const seconds = since === undefined ? 0 : Math.max(0, Math.round((now - since) / SECOND));
  return {
    errorFindings: fleet.errorFindings + row.findings.filter(({ severity }) => severity === 'error').length,
    longestNotReady: Math.max(fleet.longestNotReady, seconds),
  };
}

/** Nothing is expected of a service in these phases. */
const AS_WANTED: readonly Phase[] = ['ready', 'ready-unverified', 'detached', 'released'];

/**
 * Since when the service is in none of these phases, in milliseconds since the epoch; `undefined`: it is. The timeline has each
 * phase; of one that it no longer has, the oldest entry is the answer.
 */
export function notReadySince({ phase, timeline, updatedAt }: ServiceRow): number | undefined {
  if (phase === undefined || AS_WANTED.includes(phase)) return undefined;
  const entered = timeline.filter(({ text }) => phases.some((known) => known === text));
  const last = entered.findLastIndex(({ text }) => AS_WANTED.some((known) => known === text));
  return (entered[last + 1] ?? timeline[0])?.at ?? updatedAt;
}
