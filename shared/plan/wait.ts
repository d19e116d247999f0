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

export const waitKinds = [
  'service',
  'endpoint',
  'connection',
  'dns',
  'validation-records',
  'certificate',
  'disassociation',
  'grace',
  /** AWS may not list yet what the stack wrote. */
  'consistency',
  /** A published name has to answer over HTTPS from inside the VPC. */
  'https',
  'pause',
  'retry',
] as const;
export type WaitKind = (typeof waitKinds)[number];

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
  readonly endsAt?: number | undefined;
}

/** A wait with its history. */
export interface OpenWait extends Wait {
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** When the chain of waits began that led to this one, if that is earlier. */
  readonly chainSince?: number | undefined;
}

/** What says when a wait is checked: nothing else that is waited for sets its pace. */
type Paced = Pick<OpenWait, 'kind' | 'since' | 'chainSince' | 'endsAt'>;

/**
 * When a wait is checked: at intervals that grow with the time waited, from `first` after its start on. The waits of a
 * chain that have the same rule have the same checks, so one look makes them all.
 */
interface WaitRule {
  /** Milliseconds until the first check at least, and the shortest interval. */
  readonly first: number;
  /** The next interval as a share of the time waited so far. What a wait adds to AWS's own time is at most this share. */
  readonly share: number;
  /** Whose time that is: the wait's own, or that of the whole chain, of which a minute more is a small part late in it. */
  readonly of: 'wait' | 'chain';
  /** The longest interval between checks, in milliseconds. */
  readonly most: number;
  /** How much earlier a check may be, as a share of its interval: then it is made together with another one. */
  readonly slack: number;
  /** Whether chance decides when within the slack: what failed together must not come back together. */
  readonly spread?: true;
  /** Milliseconds after which it is overdue; the stack keeps waiting at the slowest pace. */
  readonly limit: number;
}

/** SQS delays a message by at most 15 minutes. */
export const LONGEST_DELAY = 15 * MINUTE;

// Measured by `npm run bench -- lateness`. What no event reports is asked more often: the rest of the chain waits for it.
const REPORTED = { share: 0.12, of: 'chain', slack: 0.3 } as const;
const UNREPORTED = { share: 0.025, of: 'chain', slack: 0.3 } as const;
/** Of what a certificate usually outlasts, while it is pending: the name is published once both are there. */
const OUTLASTED_SHARE = 0.07;

export const waitRules: Readonly<Record<WaitKind, WaitRule>> = {
  // A deployment takes minutes (docs/facts.md#update-is-a-deployment).
  service: { first: 45 * SECOND, ...REPORTED, most: 2 * MINUTE, limit: 30 * MINUTE },
  endpoint: { first: 5 * SECOND, ...UNREPORTED, most: 30 * SECOND, limit: 15 * MINUTE },
  // Normally under 2 minutes (docs/facts.md#connection-timing).
  connection: { first: 5 * SECOND, ...UNREPORTED, most: 30 * SECOND, limit: 15 * MINUTE },
  dns: { first: 5 * SECOND, ...UNREPORTED, most: 30 * SECOND, limit: 30 * MINUTE },
  // Within seconds (docs/facts.md#validation-records).
  'validation-records': { first: 5 * SECOND, ...UNREPORTED, most: 30 * SECOND, limit: 15 * MINUTE },
  // Minutes, documented up to 48 h (docs/facts.md#validation-takes-minutes-to-days).
  certificate: { first: 45 * SECOND, ...REPORTED, most: LONGEST_DELAY, limit: 48 * HOUR },
  disassociation: { first: 5 * SECOND, ...REPORTED, most: MINUTE, limit: 30 * MINUTE },
  consistency: { first: 5 * SECOND, share: 0.5, of: 'wait', most: 30 * SECOND, slack: 0.3, limit: 15 * MINUTE },
  https: { first: 100 * SECOND, share: 0.2, of: 'wait', most: 5 * MINUTE, slack: 0.3, limit: 30 * DAY },
  grace: { first: LONGEST_DELAY, share: 0, of: 'wait', most: LONGEST_DELAY, slack: 0.3, limit: 30 * DAY },
  pause: { first: LONGEST_DELAY, share: 0, of: 'wait', most: LONGEST_DELAY, slack: 0.3, limit: DAY },
  // The cap is shorter than the sweep's default period: otherwise a sweep comes before each retry.
  retry: { first: 5 * SECOND, share: 1, of: 'wait', most: 5 * MINUTE, slack: 0.5, spread: true, limit: DAY },
};

/** The time in which a check is made once, in milliseconds since the epoch. */
interface CheckTime {
  readonly from: number;
  readonly to: number;
}

/**
 * The first check of a wait that does not begin before `after`. Pure: the same wait has the same checks, whoever asks.
 * @param after milliseconds since the epoch.
 * @param share the next interval as a share of the time waited.
 */
export function nextCheck(
  { kind, since, chainSince = since }: Paced,
  after: number,
  share = waitRules[kind].share,
): CheckTime {
  const { first, of, most, slack } = waitRules[kind];
  const begun = of === 'chain' ? chainSince : since;
  let interval = 0;
  let to = begun;
  while (to < since + first || to - slack * interval <= after) {
    interval = Math.min(most, Math.max(first, (to - begun) * share));
    to += interval;
  }
  return { from: to - slack * interval, to };
}

/** The waits of which a check has become due since the service was last looked at. */
export function dueWaits<One extends Paced>(waits: readonly One[], lastLook: number, now: number): readonly One[] {
  return checkedWaits(waits).flatMap(({ wait, share }) =>
    nextCheck(wait, lastLook, share).from <= now || (wait.endsAt !== undefined && now >= wait.endsAt) ? [wait] : [],
  );
}

/** The waits whose end leads somewhere now, each with its share. */
function checkedWaits<One extends Paced>(
  waits: readonly One[],
): readonly { readonly wait: One; readonly share: number }[] {
  const has = (...kinds: readonly WaitKind[]) => waits.some(({ kind }) => kinds.includes(kind));
  const ignored: readonly WaitKind[] = [
    // An endpoint is used once no operation runs on the service.
    ...(has('service') ? (['endpoint'] as const) : []),
    // A name is published once the way is there; then everything is observed, and before that an event reports it.
    ...(has('service', 'connection', 'dns') ? (['certificate'] as const) : []),
  ];
  const outlasted = has('validation-records', 'certificate') ? ['connection', 'dns'] : [];
  return waits
    .filter(({ kind }) => !ignored.includes(kind))
    .map((wait) => ({ wait, share: outlasted.includes(wait.kind) ? OUTLASTED_SHARE : waitRules[wait.kind].share }));
}

/**
 * The delay until the next check, or `undefined` when there are no waits. Pure.
 * @param now milliseconds since the epoch.
 * @param chance at least 0, less than 1: where within its slack a retry is made.
 * @returns milliseconds, from 1 second to 15 minutes.
 */
export function nextDelay(waits: readonly Paced[], now: number, chance: number): number | undefined {
  if (waits.length === 0) return undefined;
  const times = checkedWaits(waits).map(({ wait, share }) => {
    const { from, to } = nextCheck(wait, now, share);
    const at = waitRules[wait.kind].spread ? from + chance * (to - from) : to;
    return Math.min(at, wait.endsAt ?? Number.POSITIVE_INFINITY);
  });
  return Math.min(LONGEST_DELAY, Math.max(SECOND, Math.min(...times) - now));
}

export function isOverdue(wait: Paced, now: number): boolean {
  return now - wait.since > waitRules[wait.kind].limit;
}

/** Whether its check is a full observation: a status alone does not show whether it is over. */
export function needsObservation({ kind }: Pick<Wait, 'kind'>): boolean {
  return kind === 'retry' || kind === 'https' || kind === 'consistency';
}

/** When a wait ends or becomes overdue, in milliseconds since the epoch. */
export function latestEnd(wait: OpenWait): number {
  return wait.endsAt ?? wait.since + waitRules[wait.kind].limit;
}

/** The waits of a new plan, each with its start. What is new continues the chain of what was waited for before. */
export function mergeWaits(waits: readonly Wait[], before: readonly OpenWait[], now: number): readonly OpenWait[] {
  const chain = before.filter(({ kind }) => waitRules[kind].of === 'chain');
  const chainSince = Math.min(now, ...chain.map(({ since, chainSince: begun = since }) => begun));
  return waits.map((wait) => {
    const open = before.find(({ kind, subject }) => kind === wait.kind && subject === wait.subject);
    if (open === undefined) return { ...wait, since: now, ...(chainSince < now ? { chainSince } : {}) };
    return { ...wait, since: open.since, ...(open.chainSince === undefined ? {} : { chainSince: open.chainSince }) };
  });
}
