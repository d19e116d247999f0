import type { Claims } from '../claims.ts';
import { MINUTE, SECOND } from '../duration.ts';
import { LeaseLostError, MalformedInputError } from '../errors.ts';
import type { Execute } from '../execute/executor.ts';
import type { ReconcilingObserver } from '../observe/reconciling-observer.ts';
import { sameOwnedRecord, validationOf } from '../plan/ledger.ts';
import type { Phase } from '../plan/plan.ts';
import { dueWaits, isOverdue, needsObservation, nextDelay } from '../plan/wait.ts';
import type { PolicyEvaluator } from '../policy/effective-policy.ts';
import { parseServiceArn, type ServiceIdentity } from '../service-arn.ts';
import { LEASE_MS } from '../state/lease.ts';
import { nameClaims } from '../state/name-claims.ts';
import type { ServiceRow, ServiceState } from '../state/row.ts';
import type { Store } from '../state/store.ts';
import { leaveValidation, needValidation } from '../validation-claim.ts';
import { converge } from './converge.ts';
import type { KillSwitch } from './kill-switch.ts';
import { type ReconcileMessage, type ReconcileQueue, type Waiting, waitingOf } from './message.ts';

/** How often one invocation reconciles again when events arrive while it runs. After that the queue takes over. */
const MAX_DIRTY_RETRIES = 3;

/** Milliseconds until a delayed message returns that arrived while a reconciliation was running. */
const EARLY_REDELIVERY_MS = 5 * SECOND;

/** How long the row of a detached service is kept, in milliseconds, so that people can read what happened. */
const DETACHED_RETENTION_MS = 30 * 24 * 60 * MINUTE;

export interface ReconcileDependencies {
  readonly store: Store;
  readonly queue: ReconcileQueue;
  readonly claims: Claims;
  /** The observer and the executor for the service's account and region. */
  accessTo(service: ServiceIdentity): ServiceAccess;
  readonly evaluatePolicy: PolicyEvaluator;
  readonly killSwitch: KillSwitch;
  /** @returns a new unique token. */
  token(): string;
  /** @returns a number of at least 0 and less than 1. */
  random(): number;
}

/** What reads and what writes in one account and region. */
export interface ServiceAccess {
  readonly observer: ReconcilingObserver;
  readonly execute: Execute;
}

/** The dependencies, with the access to one service's account and region. */
type ServiceParts = ReconcileDependencies & ServiceAccess;

export type ReconcileResult =
  /** The status checks of the waits that were due showed no change, so nothing else was read. */
  | { readonly kind: 'waiting'; readonly waits: Waiting['waits'] }
  | { readonly kind: 'reconciled'; readonly phase: Phase | undefined; readonly state: ServiceState }
  /** Nothing to manage: the row was removed. */
  | { readonly kind: 'forgotten' }
  /** The message's token is not the row's: another message took its place. Or its event was seen meanwhile. */
  | { readonly kind: 'stale' }
  /** Another reconciliation holds the lease and will see the raised generation. */
  | { readonly kind: 'held' }
  /** The token may become the row's once the running reconciliation has saved: the same message is sent again. */
  | { readonly kind: 'early' }
  /**
   * The message must stay in the queue: another delivery of it holds the lease, or the lease expired during the
   * reconciliation.
   */
  | { readonly kind: 'redeliver' };

/**
 * One short reconciliation of one service: take the lease, observe, plan, execute, send the next message, save, return
 * the lease (docs/architecture.md).
 *
 *     event ──► generation + 1 ──► message            message with token, and what is waited for
 *                                     │                                 │
 *                                     │               write a new token, if the row waits for this message
 *                                     │               and nothing happened: one conditional update, no lease
 *                                     │                     │ refused              │ written
 *                                     │                     │            run the status checks that are due
 *                                     ▼                     ▼      changed │             │ unchanged
 *                          lease held, or token not the row's? ◄───────────┘             ▼
 *                             │ yes ─► end           │ no            send the next message, with the new token
 *                                                    ▼
 *                              observe everything
 *                              execute until nothing is left to do
 *                                     ▼
 *                              send the next message, delayed, with a new token
 *                                     ▼
 *                              save and return the lease, if the generation is the one seen ─ no ─► observe again
 *
 * A reconciliation that dies leaves its message to redelivery after the lease has expired. A message with a token that
 * arrives during a reconciliation is sent again: it may be the next message of that very reconciliation, which has not
 * saved yet.
 * @param messageId of the queue's message.
 */
export async function reconcileService(
  messageId: string,
  message: ReconcileMessage,
  dependencies: ReconcileDependencies,
): Promise<ReconcileResult> {
  const { store, queue } = dependencies;
  const service = parseServiceArn(message.serviceArn);
  if (service === undefined)
    throw new MalformedInputError(`${message.serviceArn} is not the ARN of an App Runner service.`);
  const access = dependencies.accessTo(service);
  // What a check shows is not asked again when everything is observed after it.
  const observer = access.observer.forOneReconciliation({ isFresh: message.fresh === true });
  const checked = await checkWaits(message, service, observer, dependencies);
  if (checked !== 'changed') return checked;
  const now = access.observer.now();
  // SQS may redeliver a message while its first delivery is still processed: the id alone does not name the lease holder.
  const holder = `${messageId}@${now}`;
  const taken = await store.acquireLease(service.arn, {
    message: holder,
    token: message.token,
    onlyUnseen: message.event,
    now,
    until: now + LEASE_MS,
  });
  switch (taken.kind) {
    case 'stale':
      return { kind: 'stale' };
    case 'early':
      await queue.send(message, EARLY_REDELIVERY_MS);
      return { kind: 'early' };
    case 'held':
      return { kind: taken.by.startsWith(`${messageId}@`) ? 'redeliver' : 'held' };
    case 'taken':
      try {
        return await reconcileUnderLease(holder, message, service, taken.row, observer, {
          ...dependencies,
          ...access,
        });
      } catch (error) {
        if (error instanceof LeaseLostError) return { kind: 'redeliver' };
        throw error;
      }
  }
}

async function reconcileUnderLease(
  holder: string,
  { fresh: isFresh = false, correlation }: ReconcileMessage,
  service: ServiceIdentity,
  first: ServiceRow,
  observing: ReconcilingObserver,
  dependencies: ServiceParts,
): Promise<ReconcileResult> {
  const { store, queue } = dependencies;
  let row = first;
  for (let attempt = 0; attempt < MAX_DIRTY_RETRIES; attempt++) {
    const observer = attempt === 0 ? observing : dependencies.observer.forOneReconciliation({ isFresh });
    const state = await converge(service, row, {
      ...dependencies,
      observer,
      heldBy: row.heldBy,
      mayEndEarly: !isFresh && attempt === 0,
      writeAhead: (ledger) => store.writeAhead(service.arn, { message: holder, now: observer.now() }, ledger),
      needValidation: (needed, isOwn) => needValidation(dependencies.claims, service.arn, needed, isOwn),
      claimNames: (names) => nameClaims(dependencies.claims, store).claim(service.arn, names),
    });
    await leaveValidations(service, row, state, dependencies);
    const saved = await save(
      holder,
      service,
      row,
      await releaseNames(service, state, correlation, dependencies),
      correlation,
      dependencies,
    );
    if (saved === 'saved') {
      if (isForgettable(state, row)) return { kind: 'forgotten' };
      return { kind: 'reconciled', phase: state.phase, state };
    }
    if (saved === 'lost') return { kind: 'redeliver' };
    // An event arrived during the reconciliation: keep what was done and observe again.
    const current = await store.get(service.arn);
    if (current === undefined) return { kind: 'redeliver' };
    row = { ...current, ...state };
  }
  // Events arrive faster than reconciliations end: save with the generation that was seen, so that the next message, a
  // second from now, observes everything.
  const now = dependencies.observer.now();
  const next = dependencies.token();
  await queue.send({ serviceArn: service.arn, token: next, correlation }, SECOND);
  const lease = { message: holder, now, generation: row.seenGeneration, outrun: true };
  const saved = await store.save(service.arn, lease, row, { token: next, expiresAt: undefined, correlation });
  return saved === 'saved' ? { kind: 'reconciled', phase: row.phase, state: row } : { kind: 'redeliver' };
}

/** Releases the names that the service neither wants nor has records of, and wakes the services that wait for them. */
async function releaseNames(
  service: ServiceIdentity,
  state: ServiceState,
  correlation: string | undefined,
  { claims, store, queue }: ServiceParts,
): Promise<ServiceState> {
  const { names = [], ...ledger } = state.ledger;
  const kept = names.filter((name) => isHeld(name, state));
  if (kept.length === names.length) return state;
  const freed = names.filter((name) => !kept.includes(name));
  for (const serviceArn of await nameClaims(claims, store).release(service, freed)) {
    await store.markDirty(serviceArn);
    await queue.send({ serviceArn, correlation });
  }
  return { ...state, ledger: kept.length === 0 ? ledger : { ...ledger, names: kept } };
}

/** Leaves the claims of validation records that left the ledger, also of those that were gone already. */
async function leaveValidations(
  { arn }: ServiceIdentity,
  before: ServiceState,
  after: ServiceState,
  { claims }: ServiceParts,
): Promise<void> {
  const kept = validationOf(after.ledger);
  const gone = validationOf(before.ledger).filter((one) => !kept.some((other) => sameOwnedRecord(one, other)));
  for (const one of gone) await leaveValidation(claims, arn, one);
}

function isHeld(name: string, { desired, ledger }: ServiceState): boolean {
  switch (desired?.kind) {
    case 'released':
      return false;
    case 'private':
      return desired.domains.includes(name) || ledger.domains[name] !== undefined;
    case 'detached':
    case 'unmanaged':
      return ledger.domains[name] !== undefined;
    default:
      return true;
  }
}

/** Sends the next message before it saves: if it dies between the two, that message's token matches no row. */
async function save(
  holder: string,
  service: ServiceIdentity,
  row: ServiceRow,
  state: ServiceState,
  correlation: string | undefined,
  { store, queue, observer, token, random }: ServiceParts,
): Promise<'saved' | 'dirty' | 'lost'> {
  const { generation } = row;
  if (isForgettable(state, row)) return store.remove(service.arn, { message: holder, generation });
  const now = observer.now();
  const delay = nextDelay(state.waits, now, random());
  const next = delay === undefined ? undefined : token();
  if (next !== undefined) {
    const waiting = waitingOf(state.waits, state.tagsSeen, now);
    await queue.send({ serviceArn: service.arn, token: next, waiting, correlation }, delay);
  }
  const expiresAt = state.phase === 'detached' ? Math.ceil((now + DETACHED_RETENTION_MS) / SECOND) : undefined;
  return store.save(service.arn, { message: holder, now, generation }, state, { token: next, expiresAt, correlation });
}

/** The stack never did anything for it and has nothing to report: the timeline has one entry, `detached`. */
function isForgettable({ desired, phase, findings, timeline }: ServiceState, { requests }: ServiceRow): boolean {
  if (requests.length > 0) return false;
  if (desired?.kind === 'unmanaged') return findings.length === 0;
  return desired?.kind === 'detached' && phase === 'detached' && findings.length === 0 && timeline.length <= 1;
}

/** How old the tags may be while nothing else than a wait is checked, in milliseconds: an event usually reports a change. */
const MAX_TAGS_AGE_MS = 5 * MINUTE;

/**
 * Names the next message, runs the status checks that are due, reads the tags once they are five minutes old, and sends that
 * message if nothing changed. A message that is out of date ends before it asks anything.
 * @returns `changed`: something changed, ended or happened, so observe everything.
 */
async function checkWaits(
  { token, waiting, correlation }: ReconcileMessage,
  service: ServiceIdentity,
  observer: ReconcilingObserver,
  { store, queue, ...chance }: ReconcileDependencies,
): Promise<Extract<ReconcileResult, { kind: 'waiting' | 'stale' }> | 'changed'> {
  if (token === undefined || waiting === undefined) return 'changed';
  const now = observer.now();
  const { waits, tagsSeen, tagsReadAt = 0, lookedAt } = waiting;
  const due = dueWaits(waits, lookedAt, now);
  // Overdue waits and waits that end by time need a full observation too.
  const isOver = (wait: Waiting['waits'][number]) =>
    needsObservation(wait) || isOverdue(wait, now) || (wait.endsAt !== undefined && now >= wait.endsAt);
  if (due.some(isOver)) return 'changed';
  const next = chance.token();
  const renewed = await store.renewToken(service.arn, { token, next, now });
  if (renewed !== 'renewed') return renewed === 'stale' ? { kind: 'stale' } : 'changed';
  // Waits with equal conditions share one check. A check that fails counts as a change.
  const conditions = new Map(
    due.map(({ condition, expected }) => [JSON.stringify(condition), { condition, expected }]),
  );
  conditions.delete(JSON.stringify({ check: 'nothing' }));
  const asksTags = now - tagsReadAt >= MAX_TAGS_AGE_MS;
  const asked = [
    ...(asksTags ? [observer.tagsFingerprint(service.arn).then((tags) => tags === tagsSeen)] : []),
    ...[...conditions.values()].map(
      async ({ condition, expected }) => (await observer.check(condition, service)) === expected,
    ),
  ];
  const unchanged = await Promise.all(asked.map((answer) => answer.catch(() => false)));
  if (!unchanged.every(Boolean)) return 'changed';
  const delay = nextDelay(waits, now, chance.random());
  const looked = { ...waiting, lookedAt: now, tagsReadAt: asksTags ? now : tagsReadAt };
  const again = { serviceArn: service.arn, token: next, waiting: looked, correlation };
  await queue.send(again, delay);
  return { kind: 'waiting', waits };
}
