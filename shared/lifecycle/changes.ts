import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { SECOND } from '../duration.ts';
import { closedText, type OpenFinding, type Severity, severityRank } from '../findings.ts';
import { isoTime } from '../iso-time.ts';
import { phases } from '../plan/plan.ts';
import { parseServiceArn } from '../service-arn.ts';
import type { ServiceRow, TimelineEntry } from '../state/row.ts';
import { EVENT_VERSION, type FindingEvent, type LifecycleEvent } from './event.ts';

/** Characters of a text in an event: EventBridge takes 256 KiB in one call. */
const MAX_TEXT = 2_000;
const MAX_ACTIONS = 20;

/**
 * What happened to a service between two versions of its row. `undefined`: there is no row.
 *
 *     before              after                    event
 *     –                   finding                  opened
 *     finding             older, or more severe    aged
 *     finding             –                        closed, by what the stack did before, if it did
 *     phase               another phase            phase
 *     any                 a row that is unreadable nothing is closed: what cannot be read is not gone
 *
 * Ids are made of what happened, not of when it is sent: the same change again has the same id.
 * @param at milliseconds since the epoch, for a row that was removed.
 */
export function lifecycleEvents(
  before: ServiceRow | undefined,
  after: ServiceRow | undefined,
  { stack, at: changedAt }: { readonly stack: string; readonly at: number },
): readonly LifecycleEvent[] {
  const row = after ?? before;
  const identity = row === undefined ? undefined : parseServiceArn(row.serviceArn);
  if (row === undefined || identity === undefined) return [];
  const { arn, name, account, region } = identity;
  const at = after?.updatedAt ?? changedAt;
  const about = (...what: readonly (string | number)[]) => ({
    version: EVENT_VERSION as typeof EVENT_VERSION,
    id: stableId(stack, arn, ...what),
    stack,
    service: { arn, name, account, region },
    at: isoTime(at),
    ...(after?.correlation === undefined ? {} : { correlation: after.correlation }),
  });
  const found = (one: OpenFinding): FindingEvent['finding'] => ({
    id: one.id,
    code: one.code,
    severity: one.severity,
    resource: one.resource,
    ...(one.domain === undefined ? {} : { domain: one.domain }),
    message: short(one.message),
    remedy: short(one.remedy),
    since: isoTime(one.since),
  });
  const [known, now] = [before?.findings ?? [], after?.findings ?? []];
  const previous = (one: OpenFinding) => known.find((other) => isSame(one, other));

  const opened = now
    .filter((one) => previous(one) === undefined)
    .map((one) => ({ ...about(one.id, one.since, 'opened'), kind: 'opened' as const, finding: found(one) }));

  const aged = now.flatMap((one) => {
    const earlier = previous(one);
    if (earlier === undefined) return [];
    const days = one.agedDays ?? 0;
    const isWorse = severityRank[one.severity] > severityRank[earlier.severity];
    if (days <= (earlier.agedDays ?? 0) && !isWorse) return [];
    return {
      ...about(one.id, one.since, 'aged', days, one.severity),
      kind: 'aged' as const,
      finding: found(one),
      days,
      ...(isWorse ? { previousSeverity: earlier.severity satisfies Severity } : {}),
    };
  });

  const isReadable = after?.unreadable === undefined;
  const closed = (isReadable ? known : []).filter((one) => !now.some((other) => isSame(one, other)));
  const closings = closed.map((one) => ({
    ...about(one.id, one.since, 'closed'),
    kind: 'closed' as const,
    finding: found(one),
    openSeconds: Math.max(0, Math.round((at - one.since) / SECOND)),
    closedBy: whatClosed(one, before, after),
  }));

  const [from, to] = [before?.phase ?? null, after?.phase ?? null];
  const moved =
    after === undefined || from === to
      ? []
      : [{ ...about('phase', String(from), String(to), at), kind: 'phase' as const, phase: to, previousPhase: from }];
  return [...opened, ...aged, ...closings, ...moved];
}

/** One that closed and opened again is another one. */
const isSame = (one: OpenFinding, other: OpenFinding): boolean => one.id === other.id && one.since === other.since;

/**
 * The stack, if it acted before the finding closed and the same is desired as before; something outside otherwise. What happened is
 * among the new entries of the timeline: each round of a reconciliation notes what has closed, then what it does.
 */
function whatClosed(
  finding: OpenFinding,
  before: ServiceRow | undefined,
  after: ServiceRow | undefined,
): Extract<LifecycleEvent, { kind: 'closed' }>['closedBy'] {
  if (after === undefined) return { kind: 'removal', actions: [] };
  const isKnown = ({ at, text }: TimelineEntry) =>
    before?.timeline.some((other) => other.at === at && other.text === text);
  const isAction = ({ text, topic }: TimelineEntry) =>
    topic === undefined && !text.startsWith('finding ') && !phases.some((phase) => phase === text);
  const entries = after.timeline.filter((entry) => !isKnown(entry));
  const end = entries.findLastIndex(({ text }) => text === closedText(finding));
  const causes = entries.slice(0, end === -1 ? undefined : end).filter(isAction);
  const isByStack = causes.length > 0 && isDeepStrictEqual(before?.desired, after.desired);
  const actions = isByStack ? causes : entries.filter(isAction);
  return { kind: isByStack ? 'stack' : 'outside', actions: actions.map(({ text }) => short(text)).slice(-MAX_ACTIONS) };
}

const short = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text);

function stableId(...what: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 32);
}
