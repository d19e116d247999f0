import type { Phase } from '../plan/plan.ts';
import type { Failure } from './failure.ts';
import type { Orphan } from './orphan.ts';

/** What one message of a sweep is about. */
export type SweepTarget =
  | {
      readonly kind: 'region';
      readonly account: string;
      readonly region: string;
      /** Services known from before. */
      readonly known: readonly string[];
    }
  /** A hosted zone, in which ownership records may have been left behind. */
  | {
      readonly kind: 'zone';
      readonly zoneId: string;
      /** Ids of services known from before in accounts and regions that are not looked after: nobody sees whether they are there. */
      readonly elsewhere: readonly string[];
    };

/** Unique in a run: `123456789012/ap-northeast-1`, or the id of a zone. */
export function targetName(target: SweepTarget): string {
  return target.kind === 'region' ? `${target.account}/${target.region}` : target.zoneId;
}

/** A service that is not as the policy, or as what is noted of it, says. */
export interface Difference {
  readonly serviceArn: string;
  /** What a look at it would do: nothing but note, change something, or give the service back. */
  readonly would: 'note' | 'change' | 'detach';
  readonly phase: Phase;
  /** For people: what would be done now, or why it is looked at. */
  readonly what: readonly string[];
}

/** An ownership record that names this installation. */
export interface Claim {
  readonly zoneId: string;
  readonly name: string;
  readonly serviceId: string;
}

/** What comparing one target has found. */
export interface TargetResult {
  readonly target: string;
  /** Ids of the services that are there, and of those of which something is noted or left. */
  readonly serviceIds: readonly string[];
  /** How many of them are managed, or have to be. */
  readonly managed: number;
  readonly differences: readonly Difference[];
  readonly orphans: readonly Orphan[];
  readonly claims: readonly Claim[];
  readonly failures: readonly Failure[];
}

/**
 * `comparing`: some targets have not answered; `done`: what differs is looked at; `held`: it would be more than the
 * limits allow, and nothing is done until somebody confirms it.
 */
export type SweepStatus = 'comparing' | 'done' | 'held';

/** One sweep over everything that is looked after. */
export interface SweepRun {
  /** Sorts by time: `20260131T235959Z-1a2b3c4d`. */
  readonly id: string;
  readonly status: SweepStatus;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  /** `schedule`, or the ARN of the caller. */
  readonly by: string;
  /** Who let a held run go on: the ARN of the caller. */
  readonly confirmedBy: string | undefined;
  readonly targets: readonly string[];
  readonly answered: readonly string[];
  /** When one of them answered last, in milliseconds since the epoch. */
  readonly answeredAt: number | undefined;
  /** The run that read the hosted zones through last: this one, or an earlier one. `undefined`: none did yet. */
  readonly zonesReadBy: string | undefined;
  /** Accounts could not be enumerated, and what came of the other parts of the sweep itself. */
  readonly failures: readonly Failure[];
  readonly summary: RunSummary | undefined;
}

/** Of failures and of leftovers, so many are kept with the run: what is told of it has to fit into an answer of the API. */
export const MAX_LISTED = 1000;

export interface RunSummary {
  readonly services: number;
  readonly managed: number;
  /** Looks that were, or would be, asked for. */
  readonly differing: number;
  readonly changes: number;
  readonly detaches: number;
  readonly orphanCount: number;
  readonly failureCount: number;
  /** The first ones, as are the failures; all that belong to a target are in what it answered. */
  readonly orphans: readonly Orphan[];
  readonly failures: readonly Failure[];
  /** Why it is held. */
  readonly reasons: readonly string[];
}
