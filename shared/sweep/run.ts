import type { Phase } from '../plan/plan.ts';
import type { Failure } from './failure.ts';
import type { Orphan } from './orphan.ts';

/** What one message of a sweep is about. */
export type SweepTarget =
  | {
      readonly kind: 'region';
      readonly account: string;
      readonly region: string;
      /** Services that have a row. */
      readonly known: readonly string[];
    }
  /** A hosted zone, which may contain orphaned ownership records. */
  | {
      readonly kind: 'zone';
      readonly zoneId: string;
      /** Ids of known services in accounts and regions out of scope: the sweep does not see whether they exist. */
      readonly elsewhere: readonly string[];
    };

/** Unique in a run: `123456789012/ap-northeast-1`, or the id of a zone. */
export function targetName(target: SweepTarget): string {
  return target.kind === 'region' ? `${target.account}/${target.region}` : target.zoneId;
}

/** A service that is out of sync with the policy or with its row. */
export interface Difference {
  readonly serviceArn: string;
  /** What reconciling it would do: only refresh its row, change something, or detach it. */
  readonly would: 'refresh' | 'change' | 'detach';
  readonly phase: Phase;
  /** For people: the planned actions, or why it is reconciled. */
  readonly what: readonly string[];
}

/** An ownership record that names this installation. */
export interface Claim {
  readonly zoneId: string;
  readonly name: string;
  readonly serviceId: string;
}

/** The result of comparing one target. */
export interface TargetResult {
  readonly target: string;
  /** Ids of the services that exist, have a row or have a connection. */
  readonly serviceIds: readonly string[];
  /** How many of them are managed, or are required to be. */
  readonly managed: number;
  readonly differences: readonly Difference[];
  readonly orphans: readonly Orphan[];
  readonly claims: readonly Claim[];
  readonly failures: readonly Failure[];
}

/**
 * `comparing`: some targets have not answered. `done`: services out of sync are being reconciled. `held`: they exceed the
 * limits, and wait until a person confirms the sweep.
 */
export type SweepStatus = 'comparing' | 'done' | 'held';

/** One sweep over everything in scope. */
export interface SweepRun {
  /** Sorts by time: `20260131T235959Z-1a2b3c4d`. */
  readonly id: string;
  readonly status: SweepStatus;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  /** `schedule`, or the ARN of the caller. */
  readonly by: string;
  /** Who confirmed a held run: the ARN of the caller. */
  readonly confirmedBy: string | undefined;
  readonly targets: readonly string[];
  readonly answered: readonly string[];
  /** Time of the last answer, in milliseconds since the epoch. */
  readonly answeredAt: number | undefined;
  /** The last run that read the hosted zones: this one or an earlier one. `undefined`: none yet. */
  readonly zonesReadBy: string | undefined;
  /** Failures of the sweep itself, such as accounts that could not be listed. */
  readonly failures: readonly Failure[];
  readonly summary: RunSummary | undefined;
}

/** Failures and orphans kept with a run: they have to fit into a response of the API. */
export const MAX_LISTED = 1000;

export interface RunSummary {
  readonly services: number;
  readonly managed: number;
  /** Services out of sync. */
  readonly differing: number;
  readonly changes: number;
  readonly detaches: number;
  readonly orphanCount: number;
  readonly failureCount: number;
  /** The first ones, as of the failures; the answer of each target has all of them. */
  readonly orphans: readonly Orphan[];
  readonly failures: readonly Failure[];
  /** Why it is held. */
  readonly reasons: readonly string[];
}
