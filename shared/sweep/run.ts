import type { Phase } from '../plan/plan.ts';
import type { Failure } from './failure.ts';
import type { SweepTarget } from './message.ts';
import type { Orphan } from './orphan.ts';

/** Unique in a run: `123456789012/ap-northeast-1`, or the id of a zone. */
export function targetName(target: SweepTarget): string {
  return target.kind === 'region' ? `${target.account}/${target.region}` : target.zoneId;
}

/** The account and region that a `targetName` names; `undefined` for a zone. */
export function placeOfTarget(name: string): { readonly account: string; readonly region: string } | undefined {
  const [account = '', region] = name.split('/');
  return region === undefined ? undefined : { account, region };
}

/** A service that is out of sync with the policy or with its row. */
export interface Difference {
  readonly serviceArn: string;
  /** What reconciling it would do: only refresh its row, change something, detach it, or stop managing it. */
  readonly would: 'refresh' | 'change' | 'detach' | 'release';
  readonly phase: Phase;
  /** For people: the planned actions, or why it is reconciled. */
  readonly what: readonly string[];
  /** AWS throttled the comparison: more calls at once are no answer to too many. */
  readonly isThrottled?: true;
}

/** Reconciling it reports the failure where people look for the service, and counts how long it lasts. */
export function unread(serviceArn: string, { code, message }: Failure): Difference {
  return {
    serviceArn,
    would: 'refresh',
    phase: 'unknown',
    what: [`comparing it failed: ${message}`],
    ...(code === 'throttled' ? { isThrottled: true } : {}),
  };
}

/** What a comparison found, in one service, in one target or in all of them. */
export interface Found {
  /** Ids of the services that exist, have a row or have a connection. */
  readonly serviceIds: readonly string[];
  /** Those of them that have no row. */
  readonly withoutRow: readonly ServiceWithoutRow[];
  /** How many of them are managed, or are required to be. */
  readonly managed: number;
  readonly differences: readonly Difference[];
  readonly orphans: readonly Orphan[];
  /** Ownership records that name this installation. */
  readonly claims: readonly { readonly zoneId: string; readonly name: string; readonly serviceId: string }[];
  readonly failures: readonly Failure[];
  /** The App Runner endpoints that services use, and those of ours that none uses. Earlier versions did not keep them. */
  readonly endpoints?: readonly FoundEndpoint[];
}

/** A service that the stack has no row of: it is not managed, or was not read yet. */
export interface ServiceWithoutRow {
  readonly serviceArn: string;
  /** The tags that the policy uses; absent if it could not be compared. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** An App Runner endpoint that a comparison came across. */
export interface FoundEndpoint {
  readonly id: string;
  readonly vpcId: string;
  /** Network interfaces, each of which AWS charges. */
  readonly interfaces: number;
}

export interface TargetResult extends Found {
  readonly target: string;
}

export function merge(parts: readonly Partial<Found>[]): Required<Found> {
  const endpoints = new Map(parts.flatMap(({ endpoints: found = [] }) => found.map((one) => [one.id, one])));
  return {
    serviceIds: parts.flatMap(({ serviceIds = [] }) => serviceIds),
    withoutRow: parts.flatMap(({ withoutRow = [] }) => withoutRow),
    managed: parts.reduce((total, { managed = 0 }) => total + managed, 0),
    differences: parts.flatMap(({ differences = [] }) => differences),
    orphans: parts.flatMap(({ orphans = [] }) => orphans),
    claims: parts.flatMap(({ claims = [] }) => claims),
    failures: parts.flatMap(({ failures = [] }) => failures),
    endpoints: [...endpoints.values()],
  };
}

/**
 * `comparing`: some targets have not answered. `done`: services out of sync are being reconciled. `held`: they exceed the
 * limits, and wait until a person confirms the sweep.
 */
export const sweepStatuses = ['comparing', 'done', 'held'] as const;
export type SweepStatus = (typeof sweepStatuses)[number];

/** How a run began. Times are milliseconds since the epoch. */
export interface RunStart {
  readonly startedAt: number;
  /** `schedule`, or the ARN of the caller. */
  readonly by: string;
  readonly targets: readonly string[];
  /** The last run that read the hosted zones: this one or an earlier one. `undefined`: none yet. */
  readonly zonesReadBy?: string | undefined;
  /** Services with a row in accounts and regions that left the scope: reconciling releases them. */
  readonly outOfScope?: readonly Difference[];
  /** ARNs of services that earlier held sweeps hold. */
  readonly holding?: readonly string[];
  /** Failures of the sweep itself, such as accounts that could not be listed. */
  readonly failures: readonly Failure[];
}

export interface RunEnd {
  readonly endedAt: number;
  readonly summary: RunSummary;
  /** How many targets answered. */
  readonly answered: number;
  /** Who confirmed a held run: the ARN of the caller. */
  readonly confirmedBy?: string;
}

/** One sweep over everything in scope. */
export interface SweepRun extends RunStart, Partial<RunEnd> {
  /** Sorts by time: `20260131T235959Z-1a2b3c4d`. */
  readonly id: string;
  readonly status: SweepStatus;
  /** How many targets have answered; while it is comparing, an answer that came twice may count twice. */
  readonly answered: number;
  /** Time of the last answer. */
  readonly answeredAt?: number | undefined;
}

/** The ids that `runId` makes. */
export const RUN_ID = /^\d{8}T\d{6}Z-[0-9a-f]{8}$/;

/** @param random hexadecimal text that makes the id unique. */
export function runId(startedAt: number, random: string): string {
  return `${new Date(startedAt).toISOString().replace(/[-:]|\.\d+/g, '')}-${random.replaceAll('-', '').slice(0, 8)}`;
}

/** Failures and orphans kept with a run: they have to fit into a response of the API. */
export const MAX_LISTED = 1000;

export interface Tally {
  readonly services: number;
  readonly managed: number;
  /** Services out of sync. */
  readonly differing: number;
  readonly changes: number;
  /** Services that would be detached, or fall out of management. */
  readonly detaches: number;
  readonly orphanCount: number;
  readonly failureCount: number;
  /** The first ones, as of the failures; the answer of each target has all of them. */
  readonly orphans: readonly Orphan[];
  readonly failures: readonly Failure[];
}

export interface RunSummary extends Tally {
  /** Why it is held. */
  readonly reasons: readonly string[];
}

export function tally(parts: readonly Partial<Found>[]): Tally {
  const { serviceIds, managed, differences, orphans, failures } = merge(parts);
  return {
    services: serviceIds.length,
    managed,
    differing: differences.length,
    // A release writes nothing.
    changes: differences.filter(({ would }) => would === 'change' || would === 'detach').length,
    detaches: differences.filter(({ would }) => would === 'detach' || would === 'release').length,
    orphanCount: orphans.length,
    failureCount: failures.length,
    orphans: orphans.slice(0, MAX_LISTED),
    failures: failures.slice(0, MAX_LISTED),
  };
}
