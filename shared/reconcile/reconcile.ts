import { MINUTE, SECOND } from '../duration.ts';
import { LeaseLostError, MalformedInputError } from '../errors.ts';
import type { Act } from '../execute/executor.ts';
import type { Observer } from '../observe/observe.ts';
import type { Phase } from '../plan/plan.ts';
import { carryOn, type OpenWait, overdue, soonestLook } from '../plan/wait.ts';
import type { Govern } from '../policy/effective-policy.ts';
import { parseServiceArn, type ServiceIdentity } from '../service-arn.ts';
import type { Row, ServiceState } from '../state/row.ts';
import type { Store } from '../state/store.ts';
import { lookAndAct } from './converge.ts';
import type { KillSwitch } from './kill-switch.ts';
import type { LookMessage, LookQueue } from './message.ts';

/**
 * How long one pass may hold a row, in milliseconds: longer than the function's time-out (60 s), shorter than the
 * queue's visibility timeout (120 s), so that a redelivered message finds it expired
 * (docs/architecture.md#the-queue-is-the-clock).
 */
export const LEASE = 90 * SECOND;

/** Passes again within one invocation, when events come while it runs; then the queue takes over. */
const AGAIN = 3;

/** Milliseconds until a next look comes back that was delivered while a pass was under way. */
const EARLY = 5 * SECOND;

/** A detached service's row is kept this long, for those who ask what happened. */
const KEEP_DETACHED = 30 * 24 * 60 * MINUTE;

export interface PassParts {
  readonly store: Store;
  readonly queue: LookQueue;
  /** The two halves as they reach the service's account and region. */
  halvesOf(service: ServiceIdentity): Halves;
  readonly govern: Govern;
  readonly killSwitch: KillSwitch;
  /** A new token, never given before. */
  token(): string;
}

/** What reads and what writes, in one account and region. */
export interface Halves {
  readonly observer: Observer;
  readonly act: Act;
}

/** A pass over one service. */
type ServiceParts = PassParts & Halves;

export type PassResult =
  /** `quiet`: nothing had changed, so nothing but the questions of the waits was asked. */
  | {
      readonly kind: 'looked';
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
export async function pass(messageId: string, message: LookMessage, parts: PassParts): Promise<PassResult> {
  const { store, queue } = parts;
  const service = parseServiceArn(message.serviceArn);
  if (service === undefined)
    throw new MalformedInputError(`${message.serviceArn} is not the ARN of an App Runner service.`);
  const halves = parts.halvesOf(service);
  const now = halves.observer.now();
  // A message may be delivered again while a pass over it still runs, so it alone does not tell who holds the lease.
  const holder = `${messageId}@${now}`;
  const taken = await store.take(service.arn, { message: holder, token: message.token, now, until: now + LEASE });
  switch (taken.kind) {
    case 'stale':
      return { kind: 'stale' };
    case 'early':
      await queue.send(message, EARLY);
      return { kind: 'early' };
    case 'held':
      return { kind: taken.by.startsWith(`${messageId}@`) ? 'redeliver' : 'held' };
    case 'taken':
      try {
        return await passOver(holder, message, service, taken.row, { ...parts, ...halves });
      } catch (error) {
        if (error instanceof LeaseLostError) return { kind: 'redeliver' };
        throw error;
      }
  }
}

async function passOver(
  holder: string,
  message: LookMessage,
  service: ServiceIdentity,
  first: Row,
  parts: ServiceParts,
): Promise<PassResult> {
  const { store, queue, observer } = parts;
  let row = first;
  let mayWait = message.token !== undefined;
  for (let attempt = 0; attempt < AGAIN; attempt++) {
    const quiet = mayWait && row.generation === row.seenGeneration ? await waitOn(service, row, observer) : undefined;
    const state =
      quiet ??
      (await lookAndAct(service, row, {
        ...parts,
        intend: (written) => store.intend(service.arn, { message: holder, now: observer.now() }, written),
      }));
    const saved = await save(holder, service, row, state, parts);
    if (saved === 'saved') {
      if (isForgettable(state, row)) return { kind: 'forgotten' };
      return { kind: 'looked', quiet: quiet !== undefined, phase: state.phase, state };
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
  const next = parts.token();
  await queue.send({ serviceArn: service.arn, token: next }, SECOND);
  const lease = { message: holder, now, generation: row.seenGeneration, outrun: true };
  const saved = await store.save(service.arn, lease, row, { token: next, expiresAt: undefined });
  return saved === 'saved' ? { kind: 'looked', quiet: false, phase: row.phase, state: row } : { kind: 'redeliver' };
}

/** Sends the next look before it saves: if it dies between the two, the token of that message is nobody's. */
async function save(
  holder: string,
  service: ServiceIdentity,
  row: Row,
  state: ServiceState,
  { store, queue, observer, token }: ServiceParts,
): Promise<'saved' | 'dirty' | 'lost'> {
  const { generation } = row;
  if (isForgettable(state, row)) return store.remove(service.arn, { message: holder, generation });
  const now = observer.now();
  const delay = soonestLook(state.waits, now);
  const next = delay === undefined ? undefined : token();
  if (next !== undefined) await queue.send({ serviceArn: service.arn, token: next }, delay);
  const expiresAt = state.phase === 'detached' ? Math.ceil((now + KEEP_DETACHED) / SECOND) : undefined;
  return store.save(service.arn, { message: holder, now, generation }, state, { token: next, expiresAt });
}

/** Nothing was ever done or asked for it, and nothing is to be told: one entry of the timeline says `detached`. */
function isForgettable({ desired, phase, findings, timeline }: ServiceState, { requests }: Row): boolean {
  if (requests.length > 0) return false;
  if (desired?.kind === 'unmanaged') return findings.length === 0;
  return desired?.kind === 'gone' && phase === 'detached' && findings.length === 0 && timeline.length <= 1;
}

/** Asks only what is waited for, and the tags. Returns the state to wait on with, or `undefined` when it is time to look. */
async function waitOn(service: ServiceIdentity, row: Row, observer: Observer): Promise<ServiceState | undefined> {
  const now = observer.now();
  const { waits } = row;
  // What only time ends, what was tried in vain and what takes too long needs a look of its own.
  const due = (wait: OpenWait) =>
    wait.kind === 'retry' || overdue(wait, now) || (wait.endsAt !== undefined && now >= wait.endsAt);
  if (waits.length === 0 || waits.some(due)) return undefined;
  // Several waits may ask the same: it is asked once. What cannot be answered is not as it was.
  const questions = new Map(waits.map(({ question, seen }) => [JSON.stringify(question), { question, seen }]));
  questions.delete(JSON.stringify({ ask: 'nothing' }));
  const asked = [
    observer.tagsFingerprint(service.arn).then((tags) => tags === row.tagsSeen),
    ...[...questions.values()].map(async ({ question, seen }) => (await observer.ask(question, service)) === seen),
  ];
  const unchanged = await Promise.all(asked.map((answer) => answer.catch(() => false)));
  return unchanged.every(Boolean) ? { ...row, waits: carryOn(waits, waits, now) } : undefined;
}
