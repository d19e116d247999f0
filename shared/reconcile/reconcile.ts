import { MINUTE, SECOND } from '../duration.ts';
import { LeaseLostError, MalformedInputError } from '../errors.ts';
import type { Execute } from '../execute/executor.ts';
import type { Observer } from '../observe/observe.ts';
import type { Phase } from '../plan/plan.ts';
import { isOverdue, mergeWaits, nextDelay, type OpenWait } from '../plan/wait.ts';
import type { PolicyEvaluator } from '../policy/effective-policy.ts';
import { parseServiceArn, type ServiceIdentity } from '../service-arn.ts';
import type { ServiceRow, ServiceState } from '../state/row.ts';
import type { Store } from '../state/store.ts';
import { converge } from './converge.ts';
import type { KillSwitch } from './kill-switch.ts';
import type { ReconcileMessage, ReconcileQueue } from './message.ts';

/**
 * How long one pass may hold a row, in milliseconds: longer than the function's time-out (60 s), shorter than the
 * queue's visibility timeout (120 s), so that a redelivered message finds it expired
 * (docs/architecture.md#the-queue-is-the-clock).
 */
export const LEASE_MS = 90 * SECOND;

/** Passes again within one invocation, when events come while it runs; then the queue takes over. */
const MAX_DIRTY_RETRIES = 3;

/** Milliseconds until a next look comes back that was delivered while a pass was under way. */
const EARLY_REDELIVERY_MS = 5 * SECOND;

/** A detached service's row is kept this long, for those who ask what happened. */
const KEEP_DETACHED = 30 * 24 * 60 * MINUTE;

export interface ReconcileDependencies {
  readonly store: Store;
  readonly queue: ReconcileQueue;
  /** The two halves as they reach the service's account and region. */
  accessTo(service: ServiceIdentity): ServiceAccess;
  readonly evaluatePolicy: PolicyEvaluator;
  readonly killSwitch: KillSwitch;
  /** A new token, never given before. */
  token(): string;
}

/** What reads and what writes, in one account and region. */
export interface ServiceAccess {
  readonly observer: Observer;
  readonly execute: Execute;
}

/** A pass over one service. */
type ServiceParts = ReconcileDependencies & ServiceAccess;

export type ReconcileResult =
  /** `quiet`: nothing had changed, so nothing but the questions of the waits was asked. */
  | {
      readonly kind: 'reconciled';
      readonly quiet: boolean;
      readonly phase: Phase | undefined;
      readonly state: ServiceState;
    }
  /** Nothing to manage: the row is gone. */
  | { readonly kind: 'forgotten' }
  /** Not the next look any more. */
  | { readonly kind: 'stale' }
  /** Another pass holds the row and will see the raised generation. */
  | { readonly kind: 'held' }
  /** Perhaps the next look, once the pass under way has saved or died: the same message is sent again. */
  | { readonly kind: 'early' }
  /**
   * The message must not be deleted from the queue. Either it holds the row itself, in another delivery, or the lease
   * ran out under the pass: then another pass goes on, or one was turned away while the lease still held.
   */
  | { readonly kind: 'redeliver' };

/**
 * One short pass over one service (docs/architecture.md#the-queue-is-the-clock): take the lease, look, act, set the
 * next look, save, give the lease back.
 *
 *     event ──► generation + 1 ──► message                   message with token
 *                                     │                             │
 *                              lease held? ─ yes ─► end      token the row's? ─ no ─► end
 *                                     │ no                          │ yes
 *                                     ▼                             ▼
 *                           look at everything            ask what is waited for ─ same ─┐
 *                           act until nothing to do  ◄─── different                      │
 *                                     │                                                  │
 *                                     ▼                                                  ▼
 *                           send the next look, delayed, with a new token ◄──────────────┘
 *                                     ▼
 *                           save and give back, if the generation is the one seen ─ no ─► look again
 *
 * A pass that dies leaves its message to redelivery, when its lease has run out. A message with a token that comes
 * while a pass is under way is sent again: it may be the next look of that very pass, which has not saved yet.
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
  const now = access.observer.now();
  // A message may be delivered again while a pass over it still runs, so it alone does not tell who holds the lease.
  const holder = `${messageId}@${now}`;
  const taken = await store.acquireLease(service.arn, {
    message: holder,
    token: message.token,
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
        return await reconcileUnderLease(holder, message, service, taken.row, { ...dependencies, ...access });
      } catch (error) {
        if (error instanceof LeaseLostError) return { kind: 'redeliver' };
        throw error;
      }
  }
}

async function reconcileUnderLease(
  holder: string,
  message: ReconcileMessage,
  service: ServiceIdentity,
  first: ServiceRow,
  dependencies: ServiceParts,
): Promise<ReconcileResult> {
  const { store, queue, observer } = dependencies;
  let row = first;
  let mayWait = message.token !== undefined;
  for (let attempt = 0; attempt < MAX_DIRTY_RETRIES; attempt++) {
    const quiet =
      mayWait && row.generation === row.seenGeneration ? await checkWaits(service, row, observer) : undefined;
    const state =
      quiet ??
      (await converge(service, row, {
        ...dependencies,
        writeAhead: (ledger) => store.writeAhead(service.arn, { message: holder, now: observer.now() }, ledger),
      }));
    const saved = await save(holder, service, row, state, dependencies);
    if (saved === 'saved') {
      if (isForgettable(state, row)) return { kind: 'forgotten' };
      return { kind: 'reconciled', quiet: quiet !== undefined, phase: state.phase, state };
    }
    if (saved === 'lost') return { kind: 'redeliver' };
    // An event came while we looked: what was done is kept, and everything is looked at again.
    const current = await store.get(service.arn);
    if (current === undefined) return { kind: 'redeliver' };
    row = { ...current, ...state };
    mayWait = false;
  }
  // Events come faster than passes: what was done and seen is saved all the same, with the generation that was seen, so
  // that the next look, a second from now, looks at everything.
  const now = observer.now();
  const next = dependencies.token();
  await queue.send({ serviceArn: service.arn, token: next }, SECOND);
  const lease = { message: holder, now, generation: row.seenGeneration, outrun: true };
  const saved = await store.save(service.arn, lease, row, { token: next, expiresAt: undefined });
  return saved === 'saved' ? { kind: 'reconciled', quiet: false, phase: row.phase, state: row } : { kind: 'redeliver' };
}

/** Sends the next look before it saves: if it dies between the two, the token of that message is nobody's. */
async function save(
  holder: string,
  service: ServiceIdentity,
  row: ServiceRow,
  state: ServiceState,
  { store, queue, observer, token }: ServiceParts,
): Promise<'saved' | 'dirty' | 'lost'> {
  const { generation } = row;
  if (isForgettable(state, row)) return store.remove(service.arn, { message: holder, generation });
  const now = observer.now();
  const delay = nextDelay(state.waits, now);
  const next = delay === undefined ? undefined : token();
  if (next !== undefined) await queue.send({ serviceArn: service.arn, token: next }, delay);
  const expiresAt = state.phase === 'detached' ? Math.ceil((now + KEEP_DETACHED) / SECOND) : undefined;
  return store.save(service.arn, { message: holder, now, generation }, state, { token: next, expiresAt });
}

/** Nothing was ever done or asked for it, and nothing is to be told: one entry of the timeline says `detached`. */
function isForgettable({ desired, phase, findings, timeline }: ServiceState, { requests }: ServiceRow): boolean {
  if (requests.length > 0) return false;
  if (desired?.kind === 'unmanaged') return findings.length === 0;
  return desired?.kind === 'detached' && phase === 'detached' && findings.length === 0 && timeline.length <= 1;
}

/** Asks only what is waited for, and the tags. Returns the state to wait on with, or `undefined` when it is time to look. */
async function checkWaits(
  service: ServiceIdentity,
  row: ServiceRow,
  observer: Observer,
): Promise<ServiceState | undefined> {
  const now = observer.now();
  const { waits } = row;
  // What only time ends, what was tried in vain and what takes too long needs a look of its own.
  const due = (wait: OpenWait) =>
    wait.kind === 'retry' || isOverdue(wait, now) || (wait.endsAt !== undefined && now >= wait.endsAt);
  if (waits.length === 0 || waits.some(due)) return undefined;
  // Several waits may ask the same: it is asked once. What cannot be answered is not as it was.
  const conditions = new Map(
    waits.map(({ condition, expected }) => [JSON.stringify(condition), { condition, expected }]),
  );
  conditions.delete(JSON.stringify({ check: 'nothing' }));
  const asked = [
    observer.tagsFingerprint(service.arn).then((tags) => tags === row.tagsSeen),
    ...[...conditions.values()].map(
      async ({ condition, expected }) => (await observer.check(condition, service)) === expected,
    ),
  ];
  const unchanged = await Promise.all(asked.map((answer) => answer.catch(() => false)));
  return unchanged.every(Boolean) ? { ...row, waits: mergeWaits(waits, waits, now) } : undefined;
}
