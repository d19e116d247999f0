import { DAY, HOUR, MINUTE } from '../duration.ts';
import { type Severity, severityRank } from '../findings.ts';
import type { PolicyNotifications } from '../policy/policy.ts';
import type { FindingEvent } from './event.ts';
import { routeOf } from './routing.ts';

/** How long further findings of one cause are collected after a message, in milliseconds; it doubles, up to the longest. */
const QUIET_MS = 15 * MINUTE;
const LONGEST_QUIET_MS = 6 * HOUR;
/** A cause that was silent for so long is news again. */
const FORGOTTEN_MS = DAY;

/** The findings of one code in one account and region count as one cause. */
export function causeOf({ finding, service }: FindingEvent): string {
  return `${finding.code} ${service.account} ${service.region}`;
}

/** What was written about one cause. Times are milliseconds since the epoch. */
export interface Quiet {
  readonly until: number;
  /** Messages so far, without a long silence between them. */
  readonly times: number;
}

/** How long a cause is quiet after a message. */
export function quietAfter(before: Quiet | undefined, now: number): Quiet {
  const times = before === undefined || now - before.until > FORGOTTEN_MS ? 0 : before.times;
  return { until: now + Math.min(QUIET_MS * 2 ** times, LONGEST_QUIET_MS), times: times + 1 };
}

/** Whether it goes to people at all. A closing is sent if the opening was, see `decide`. */
export function isForPeople(event: FindingEvent, { severity, accounts, except }: PolicyNotifications): boolean {
  const { finding, service } = event;
  if (severityRank[finding.severity] < severityRank[severity]) return false;
  if (accounts !== undefined && !accounts.includes(service.account)) return false;
  return except?.includes(service.account) !== true;
}

/** The last message about a finding, from its opening to its closing. */
export interface SentNotice {
  /** The age and severity that it had then. */
  readonly days: number;
  readonly severity: Severity;
}

export type Decision = 'drop' | 'say' | 'wait';

/**
 * What becomes of an event:
 *
 *     opened   sent before: drop (it came twice)       cause quiet: wait    else: say, if its route is `at-once`
 *     aged     sent at this age and severity: drop     sent before: say     else as opened, if its route is `at-once` or a day is over
 *     closed   sent before: say                        else: drop
 *
 * What waits comes back when the quiet time is over. What is not open any more when it would be said is dropped.
 */
export function decide(
  event: FindingEvent,
  sent: SentNotice | undefined,
  quiet: Quiet | undefined,
  now: number,
): Decision {
  if (event.kind === 'closed') return sent === undefined ? 'drop' : 'say';
  const days = event.kind === 'aged' ? event.days : 0;
  const { severity } = event.finding;
  if (sent !== undefined) {
    const isNews = days > sent.days || severityRank[severity] > severityRank[sent.severity];
    return event.kind === 'aged' && isNews ? 'say' : 'drop';
  }
  const route = routeOf(event.finding);
  if (route === 'bus-only' || (route === 'after-a-day' && days === 0)) return 'drop';
  return quiet !== undefined && now < quiet.until ? 'wait' : 'say';
}
