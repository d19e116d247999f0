import { DAY, HOUR, MINUTE, SECOND } from '../duration.ts';

/**
 * What a waiting reconciliation checks, each with few calls
 * (docs/decisions/waiting-asks-little.md).
 */
export type WaitCondition =
  | { readonly check: 'service' }
  | { readonly check: 'endpoint'; readonly endpointId: string }
  | { readonly check: 'connection'; readonly arn: string }
  | { readonly check: 'domains'; readonly domains: readonly string[] }
  /** `probe`: the function to invoke inside the VPC, if there is one. */
  | { readonly check: 'name'; readonly name: string; readonly probe?: string | undefined }
  /** Nothing to check: only time helps. */
  | { readonly check: 'nothing' };

export type WaitKind =
  | 'service'
  | 'endpoint'
  | 'connection'
  | 'dns'
  | 'validation-records'
  | 'certificate'
  | 'disassociation'
  | 'grace'
  /** AWS may not list yet what the stack wrote. */
  | 'consistency'
  /** A published name has to answer over HTTPS from inside the VPC. */
  | 'https'
  | 'pause'
  | 'retry';

/** Something that must happen elsewhere before the plan can continue. */
export interface Wait {
  readonly kind: WaitKind;
  /** The id or name of what has to happen. `kind` and `subject` identify a wait. */
  readonly subject: string;
  readonly condition: WaitCondition;
  /** The result of the check when the wait was planned; any other result needs a new plan. */
  readonly expected: string;
  readonly why: string;
  /** Milliseconds since the epoch at which the wait ends in any case (the grace time). */
  readonly endsAt?: number;
}

/** A wait with its history. */
export interface OpenWait extends Wait {
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** How often it was checked. */
  readonly attempt: number;
}

interface WaitRule {
  /** Milliseconds until the first check. */
  readonly first: number;
  readonly factor: number;
  /** The longest delay between checks, in milliseconds. */
  readonly most: number;
  /** Milliseconds after which it is overdue; the stack keeps waiting at the slowest pace. */
  readonly limit: number;
}

/** SQS delays a message by at most 15 minutes. */
const LONGEST_DELAY = 15 * MINUTE;

export const waitRules: Readonly<Record<WaitKind, WaitRule>> = {
  // A deployment takes minutes (docs/facts.md#update-is-a-deployment); an event usually reports its end before the
  // next check.
  service: { first: 5 * SECOND, factor: 1.5, most: MINUTE, limit: 30 * MINUTE },
  endpoint: { first: 2 * SECOND, factor: 1.5, most: 30 * SECOND, limit: 15 * MINUTE },
  // Normally under 2 minutes (docs/facts.md#connection-timing).
  connection: { first: 2 * SECOND, factor: 1.5, most: 30 * SECOND, limit: 15 * MINUTE },
  dns: { first: 2 * SECOND, factor: 1.3, most: 30 * SECOND, limit: 30 * MINUTE },
  // Within seconds (docs/facts.md#validation-records).
  'validation-records': { first: 2 * SECOND, factor: 1.5, most: 30 * SECOND, limit: 15 * MINUTE },
  // Minutes, documented up to 48 h (docs/facts.md#validation-takes-minutes-to-days).
  certificate: { first: 4 * SECOND, factor: 1.2, most: LONGEST_DELAY, limit: 48 * HOUR },
  disassociation: { first: 2 * SECOND, factor: 1.5, most: MINUTE, limit: 30 * MINUTE },
  consistency: { first: 5 * SECOND, factor: 1.5, most: 30 * SECOND, limit: 15 * MINUTE },
  https: { first: 100 * SECOND, factor: 1.2, most: 5 * MINUTE, limit: 30 * DAY },
  grace: { first: LONGEST_DELAY, factor: 1, most: LONGEST_DELAY, limit: 30 * DAY },
  pause: { first: LONGEST_DELAY, factor: 1, most: LONGEST_DELAY, limit: DAY },
  retry: { first: 5 * SECOND, factor: 2, most: LONGEST_DELAY, limit: DAY },
};

/**
 * How long until the next check of one wait. Pure.
 * @param now milliseconds since the epoch.
 * @returns milliseconds, from 1 second to 15 minutes.
 */
export function delayUntilCheck(wait: OpenWait, now: number): number {
  const rule = waitRules[wait.kind];
  const paced = isOverdue(wait, now) ? rule.most : Math.min(rule.most, rule.first * rule.factor ** wait.attempt);
  const untilEnd = wait.endsAt === undefined ? Number.POSITIVE_INFINITY : wait.endsAt - now;
  return Math.min(LONGEST_DELAY, Math.max(SECOND, Math.min(paced, untilEnd)));
}

/** The delay until the first check that is due, or `undefined` when there are no waits. */
export function nextDelay(waits: readonly OpenWait[], now: number): number | undefined {
  return waits.length === 0 ? undefined : Math.min(...waits.map((wait) => delayUntilCheck(wait, now)));
}

export function isOverdue(wait: OpenWait, now: number): boolean {
  return now - wait.since > waitRules[wait.kind].limit;
}

/** Whether its check is a full observation: a status alone does not show whether it is over. */
export function needsObservation({ kind }: Wait): boolean {
  return kind === 'retry' || kind === 'https' || kind === 'consistency';
}

/** When a wait ends or becomes overdue, in milliseconds since the epoch. */
export function latestEnd(wait: OpenWait): number {
  return wait.endsAt ?? wait.since + waitRules[wait.kind].limit;
}

/** The waits of a new plan, each with its start and its number of checks. */
export function mergeWaits(waits: readonly Wait[], before: readonly OpenWait[], now: number): readonly OpenWait[] {
  return waits.map((wait) => {
    const open = before.find(({ kind, subject }) => kind === wait.kind && subject === wait.subject);
    return { ...wait, since: open?.since ?? now, attempt: open === undefined ? 0 : open.attempt + 1 };
  });
}
