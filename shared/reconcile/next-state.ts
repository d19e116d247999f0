import { denialRemedy } from '../aws/denial.ts';
import { isAccessDenied } from '../aws/errors.ts';
import { DAY } from '../duration.ts';
import { errorMessage } from '../errors.ts';
import { closedText, type Finding, finding, keepSince } from '../findings.ts';
import {
  type OwnedResources,
  recordExisting,
  withCutover,
  withForeignConnection,
  withoutDomain,
  withWrites,
} from '../plan/ledger.ts';
import { recordsOutOfScope } from '../plan/out-of-scope.ts';
import { type Plan, phases } from '../plan/plan.ts';
import { UNREAD_TIME_MS, unobserved } from '../plan/proof.ts';
import { isOverdue, mergeWaits, type OpenWait, type Wait } from '../plan/wait.ts';
import { desire, sameDesired } from '../policy/desire.ts';
import type { EffectivePolicy } from '../policy/effective-policy.ts';
import type { ServiceIdentity } from '../service-arn.ts';
import { appendOnce, appendTimeline, type ProofSeen, type ServiceState } from '../state/row.ts';
import { type ObservedPlan, pastStateOf, relevantHistory } from './observe-and-plan.ts';

/** A service has five domains at once; over a day it may have had more. */
const MAX_PUBLISHED_ONCE = 25;

/** State, observation and plan → next state. The timeline records what changed. */
export function nextState(
  service: ServiceIdentity,
  state: ServiceState,
  { effectivePolicy, desire: wanted, observed, plan: made, tagsSeen }: ObservedPlan,
  refusals: readonly Finding[],
  waits: readonly OpenWait[],
): ServiceState {
  const { at } = observed;
  const sameDesire = sameDesired(wanted.desired, state.desired);
  const findings = keepSince(
    [
      ...made.findings,
      ...refusals.filter(({ id }) => !made.findings.some((other) => other.id === id)),
      ...overdueFindings(service, waits, at),
    ],
    state.findings,
    at,
  );
  const ready = made.phase === 'ready' || made.phase === 'ready-unverified';
  const opened = findings.filter(({ id }) => !state.findings.some((other) => other.id === id));
  const closed = state.findings.filter(({ id }) => !findings.some((other) => other.id === id));
  return {
    phase: made.phase,
    desired: wanted.desired,
    ledger: withoutUndone(nextLedger(state.ledger, made, effectivePolicy), made, observed),
    waits,
    findings,
    history: relevantHistory(state.history, sameDesire).filter((done) => at - done.at < DAY),
    wasReady: ready || state.wasReady,
    publishedOnce: [...new Set([...state.publishedOnce, ...made.existing.map(({ domain }) => domain)])].slice(
      -MAX_PUBLISHED_ONCE,
    ),
    refusedAliases: sameDesire ? state.refusedAliases : [],
    proof: proofAt(made.proof, sameDesire ? state.proof : undefined, at),
    failing: made.failing ?? {},
    unreadSince: made.unreadSince,
    tagsSeen,
    tags: observed.service.kind === 'deleted' ? state.tags : effectivePolicy.decision.tags,
    timeline: appendTimeline(
      state.timeline,
      at,
      ...opened.map(({ code, message }) => `finding ${code}: ${message}`),
      ...closed.map(closedText),
      ...(made.phase === lastPhase(state) ? [] : [made.phase]),
    ),
  };
}

/** What is seen to be undone leaves the ledger: the reconciliation that undid it may have died before it noted that. */
function withoutUndone(
  ledger: OwnedResources,
  { phase, cutover, actions, writes = [] }: Plan,
  { service, connections }: ObservedPlan['observed'],
): OwnedResources {
  const isUnlisted = (key: string) => writes.some((write) => write.key === key);
  const isRolledBack = cutover?.rollback !== undefined;
  const isPublic = service.kind === 'present' && service.isPublic && service.status === 'RUNNING';
  // It was observed before it was made private now.
  const isCut = actions.some(({ kind }) => kind === 'make-private') || isUnlisted('make-private');
  const isPublicAgain = (phase === 'detached' || isRolledBack) && isPublic && !isCut;
  const isUnattached = isRolledBack && connections.length === 0 && !isUnlisted('create-connection');
  const { endpoint, ...others } = ledger;
  return {
    ...others,
    ...(endpoint === undefined || isUnattached ? {} : { endpoint }),
    madePrivate: ledger.madePrivate && !isPublicAgain,
  };
}

function nextLedger(
  ledger: OwnedResources,
  { existing, forget, cutover, foreignConnection, writes = [] }: Plan,
  { mode }: EffectivePolicy,
): OwnedResources {
  const seen = existing.reduce(recordExisting, ledger);
  // Audit mode holds no cut: the deadline runs from the first reconciliation that may write.
  const { heldSince: _, ...unheld } = cutover ?? { managedSince: 0, wasReady: false };
  const kept = withWrites(withForeignConnection(forget.reduce(withoutDomain, seen), foreignConnection), writes);
  return withCutover(kept, cutover !== undefined && mode === 'audit' ? unheld : cutover);
}

/** The phase that the timeline recorded last: a phase that flickers while a refused action is retried is not recorded again. */
function lastPhase({ timeline, phase }: ServiceState): string | undefined {
  return timeline.findLast(({ text }) => phases.some((known) => known === text))?.text ?? phase;
}

/** The proof after an observation. */
export function proofAt(kind: Plan['proof'], before: ProofSeen | undefined, at: number): ProofSeen | undefined {
  const verifiedAt = kind === 'verified' ? at : before?.verifiedAt;
  if (kind === undefined && before === undefined) return undefined;
  return { kind: kind ?? 'unverified', at, ...(verifiedAt === undefined ? {} : { verifiedAt }) };
}

/** A finding for each wait that takes longer than its limit. */
export function overdueFindings(service: ServiceIdentity, waits: readonly OpenWait[], now: number): readonly Finding[] {
  return waits
    .filter((wait) => isOverdue(wait, now))
    .map(({ kind, subject, since, why }) =>
      finding('overdue', {
        resource: `${service.arn}#${kind}:${subject}`,
        message: `Waited for since ${new Date(since).toISOString()}: ${why}.`,
      }),
    );
}

/**
 * The service is out of scope, and unreadable or nothing to the stack: keep the ledger, wait for nothing.
 * @param unread why it cannot be read, if it had to be.
 */
export function releaseOutOfScope(
  service: ServiceIdentity,
  state: ServiceState,
  effectivePolicy: EffectivePolicy,
  now: number,
  unread?: unknown,
): ServiceState {
  const past = pastStateOf(state);
  const { desired } = desire(service.arn, {}, past, effectivePolicy, now);
  const until = `The stack cannot see whether the service still exists: ${errorMessage(unread)}`;
  const left = desired.kind === 'released' ? recordsOutOfScope(service, state.ledger, until) : [];
  return {
    ...state,
    desired,
    phase: desired.kind === 'released' ? 'released' : 'detached',
    waits: [],
    findings: keepSince(left, state.findings, now),
    timeline: appendOnce(state.timeline, now, `released without a last observation: ${effectivePolicy.because}`),
  };
}

/** AWS could not be read: conclude nothing, keep what is known, retry. After an hour the phase is `unknown`. */
export function stateAfterReadFailure(
  service: ServiceIdentity,
  before: ServiceState,
  state: ServiceState,
  error: unknown,
  now: number,
): ServiceState {
  const message = errorMessage(error);
  const denied = isAccessDenied(error)
    ? [finding('access-denied', { resource: service.arn, message, remedy: denialRemedy(message) })]
    : [];
  const unreadSince = state.unreadSince ?? now;
  const unknownAt = unreadSince + UNREAD_TIME_MS;
  const isManaged = state.phase !== 'released' && state.phase !== 'detached';
  const isUnknown = isManaged && now >= unknownAt;
  const unread = isUnknown ? [unobserved(service.arn, unreadSince, message)] : [];
  const kept = state.findings.filter(({ code }) => code !== 'access-denied' && code !== 'unobserved');
  const findings = keepSince([...kept, ...denied, ...unread], state.findings, now);
  const retry = retryWait(service, `AWS could not be read: ${message}`);
  const timeline = appendOnce(state.timeline, now, `could not read AWS: ${message}`, 'read failure');
  return {
    ...state,
    phase: isUnknown ? 'unknown' : denied.length > 0 ? 'blocked' : state.phase,
    // A failed read restarts no clock: the waits go on.
    waits: mergeWaits(
      [
        ...state.waits.filter(({ kind }) => kind !== 'retry'),
        isManaged && !isUnknown ? { ...retry, endsAt: unknownAt } : retry,
      ],
      before.waits,
      now,
    ),
    findings,
    unreadSince,
    proof: isUnknown ? proofAt(undefined, state.proof, now) : state.proof,
    timeline:
      isUnknown && state.phase !== 'unknown'
        ? appendTimeline(
            timeline,
            now,
            ...unread.map(({ code, message: text }) => `finding ${code}: ${text}`),
            'unknown',
          )
        : timeline,
  };
}

/** The next reconciliation comes after a growing delay. */
export function retryWait({ arn }: ServiceIdentity, why: string): Wait {
  return { kind: 'retry', subject: arn, condition: { check: 'nothing' }, expected: '', why };
}
