import { denialRemedy } from '../aws/denial.ts';
import { isFromAws, isTransient } from '../aws/errors.ts';
import { InconclusiveError } from '../errors.ts';
import type { Execute } from '../execute/executor.ts';
import { type Finding, finding } from '../findings.ts';
import type { ReconcilingObserver } from '../observe/reconciling-observer.ts';
import { type Action, actionKey, confirmWritten, describeAction, writeAhead } from '../plan/action.ts';
import {
  type OwnedRecord,
  type OwnedResources,
  ownedDomain,
  ownsNothing,
  sameOwnedRecord,
  validationOf,
  withDomain,
} from '../plan/ledger.ts';
import type { ConnectionState } from '../plan/observed.ts';
import { noteWrite } from '../plan/recent-writes.ts';
import { withRefusedAliases } from '../plan/refused-alias.ts';
import { mergeWaits, type Wait } from '../plan/wait.ts';
import type { EffectivePolicy, PolicyEvaluator } from '../policy/effective-policy.ts';
import type { RecordSet } from '../records/record-set.ts';
import type { ServiceIdentity } from '../service-arn.ts';
import { appendOnce, appendTimeline, type ServiceState } from '../state/row.ts';
import { auditFinding, auditReason, auditState, heldReason, heldState, type WriteBlock } from './audit.ts';
import type { KillSwitch } from './kill-switch.ts';
import { nextState, releaseOutOfScope, retryWait, stateAfterReadFailure } from './next-state.ts';
import { isForConnection, type KnownState, type ObservedPlan, observeAndPlan, type Part } from './observe-and-plan.ts';

/** Rounds of observe, plan and execute in one reconciliation. More would mean that something undoes them: retry later. */
const MAX_ROUNDS = 6;

/** How many executed actions the row remembers; `contested` counts a handful of them. */
const MAX_HISTORY = 200;

export interface ConvergeDependencies {
  readonly observer: ReconcilingObserver;
  readonly execute: Execute;
  readonly evaluatePolicy: PolicyEvaluator;
  /** The held sweep that holds the service: nothing is written until a person confirms it, or the next one holds nothing. */
  readonly heldBy?: string | undefined;
  /** Whether what was waited for may go on being waited for, where nothing else has happened. */
  readonly mayEndEarly?: boolean | undefined;
  /** Read just before the first write. */
  readonly killSwitch: KillSwitch;
  /**
   * Saves the ledger with what is about to be written.
   * @throws LeaseLostError when the lease expired: then nothing may be written.
   */
  writeAhead(ledger: OwnedResources): Promise<void>;
  /**
   * Enters the claim of a validation record that exists and that the service needs.
   * @param isOwn whether it is in the service's ledger.
   * @returns whether the stack wrote it: then the service has a share in it.
   */
  needValidation(needed: OwnedRecord, isOwn: boolean): Promise<boolean>;
  /** @returns ARNs of the services that hold the names then, in their order. */
  claimNames(names: readonly string[]): Promise<readonly string[]>;
}

/**
 * Observes, plans and executes in rounds until there is nothing to do now.
 * @returns the state to save.
 */
export async function converge(
  service: ServiceIdentity,
  before: KnownState,
  dependencies: ConvergeDependencies,
): Promise<ServiceState> {
  // A refusal stays until the action was tried again, so that its finding keeps its id and its `since`.
  const refusals = new Map<string, Finding>(
    before.findings.map((found) => [found.resource.replace(`${service.arn}#`, ''), found]),
  );
  // What could not be done in the reconciliation before is waited for until it has worked or is not planned any more.
  let retry: Wait | undefined = before.waits.find(({ kind }) => kind === 'retry');
  const connected = await connect(service, before, dependencies, refusals);
  if (connected.isEnough) return connected.state;
  let { state } = connected;
  for (let round = 1; ; round++) {
    let observed: ObservedPlan;
    let block: WriteBlock | undefined;
    try {
      // No role is assumed in an account out of scope of which the ledger has nothing.
      const outOfScope = ownsNothing(state.ledger)
        ? await outOfScopePolicyOf(service, dependencies.evaluatePolicy, state.tags)
        : undefined;
      if (outOfScope !== undefined)
        return state.desired === undefined
          ? { ...state, desired: { kind: 'unmanaged' } }
          : releaseOutOfScope(service, state, outOfScope, dependencies.observer.now());
      observed = await observeReliably(service, before, state, dependencies, 'everything');
      const held = heldState(service, before, observed, dependencies.heldBy);
      if (held !== undefined) return held;
      if (observed.plan.actions.length > 0) block = await writeBlock(observed.effectivePolicy, dependencies);
    } catch (error) {
      // Only failures to read end here. If `writeAhead` fails, the row knows more than this state and must not be overwritten.
      if (!isReadFailure(error)) throw error;
      const now = dependencies.observer.now();
      // Stop retrying when the account left the policy and revoked our role.
      const outOfScope = await outOfScopePolicyOf(service, dependencies.evaluatePolicy).catch(() => undefined);
      if (outOfScope !== undefined && dependencies.heldBy === undefined)
        return releaseOutOfScope(service, state, outOfScope, now, error);
      return stateAfterReadFailure(service, before, state, error, now);
    }
    state = { ...state, ledger: observed.ledger };
    if (observed.effectivePolicy.mode !== 'audit') {
      const claimed = await claimNames(service, state, observed, dependencies);
      state = { ...state, ledger: claimed.ledger };
      // Another service was faster, or has released the name since.
      if (claimed.changed && round < MAX_ROUNDS) {
        dependencies.observer.forget();
        continue;
      }
      state = { ...state, ledger: await shareValidation(state.ledger, observed, dependencies) };
    }
    const { actions, waits } = observed.plan;
    // An action that is no longer planned is no longer refused.
    for (const key of refusals.keys()) if (!actions.some((action) => actionKey(action) === key)) refusals.delete(key);
    const audited = block === undefined ? [] : [auditFinding(service, actions, block.reason)];
    const stateWith = (open: readonly Wait[]) => {
      const all = mergeWaits(open, before.waits, observed.observed.at);
      return nextState(service, state, observed, [...refusals.values(), ...audited], all);
    };
    state = stateWith(actions.length > 0 && retry !== undefined ? [...waits, retry] : waits);
    if (actions.length === 0) return state;
    if (block !== undefined) {
      const retries = block.isTransient ? [retryWait(service, block.reason)] : [];
      return auditState(service, stateWith(retries), actions, block.reason, observed.observed.at);
    }
    const { state: executed, progressed } = await executeAll(service, state, observed, dependencies, refusals);
    state = executed;
    if (progressed) retry = undefined;
    if (progressed && round < MAX_ROUNDS) continue;
    // Nothing progressed: retry what was refused or busy, after growing delays.
    const reason = [...refusals.values()].map(({ message }) => message).join('; ') || 'it was not possible yet';
    retry = retryWait(service, `retrying: ${reason}`);
    const retrying = stateWith([...waits, retry]);
    return refusals.size > 0 && waits.length === 0 ? { ...retrying, phase: 'blocked' } : retrying;
  }
}

const isReadFailure = (error: unknown): boolean =>
  isFromAws(error) || isTransient(error) || error instanceof InconclusiveError;

/** Observes again what the plan may not take from earlier reconciliations. */
async function observeReliably(
  service: ServiceIdentity,
  { requests = [], deletionRefusedAt }: KnownState,
  state: ServiceState,
  { observer, evaluatePolicy }: ConvergeDependencies,
  part: Part,
): Promise<ObservedPlan> {
  const again = () =>
    observeAndPlan(service, { ...state, requests, deletionRefusedAt }, observer, evaluatePolicy, part);
  let observed = await again();
  while (observer.forgetUnreliable(observed.plan, state.phase)) observed = await again();
  return observed;
}

/**
 * Connects a service that the stack has made private and that nothing leads to: before anything else, because all else may have
 * to wait, and it is out of reach until then. What cannot be read or done here is left to the reconciliation that follows.
 * @returns `isEnough`: nothing but the connection has changed, so all else goes on waiting for what it waited for.
 */
async function connect(
  service: ServiceIdentity,
  before: KnownState,
  dependencies: ConvergeDependencies,
  refusals: Map<string, Finding>,
): Promise<{ readonly state: ServiceState; readonly isEnough: boolean }> {
  const { desired, ledger } = before;
  const isCut = ledger.madePrivate && desired?.kind === 'private' && ledger.cutover?.rollback === undefined;
  const observe = (state: ServiceState) =>
    ifReadable(() => observeReliably(service, before, state, dependencies, 'connection'));
  const observed = isCut && !refusals.has('create-connection') ? await observe(before) : undefined;
  if (observed === undefined || observed.plan.actions.length === 0) return { state: before, isEnough: false };
  const mayWrite = await ifReadable(
    async () => (await writeBlock(observed.effectivePolicy, dependencies)) === undefined,
  );
  if (mayWrite !== true) return { state: before, isEnough: false };
  const { state, progressed, connection } = await executeAll(service, before, observed, dependencies, refusals);
  const isOnItsWay = before.waits.some(({ kind }) => kind === 'service');
  const isAsBefore = dependencies.mayEndEarly === true && isOnItsWay && observed.tagsSeen === before.tagsSeen;
  if (!progressed || !isAsBefore) return { state, isEnough: false };
  if (connection !== undefined) dependencies.observer.rememberConnection(service.arn, connection);
  const seen = await observe(state);
  if (seen === undefined || seen.plan.waits.length === 0) {
    // The whole look lists it.
    for (const action of observed.plan.actions) dependencies.observer.forget(action);
    return { state, isEnough: false };
  }
  const open = before.waits.filter((wait) => wait.kind !== 'service' && !isForConnection(wait));
  const waits = mergeWaits([...open, ...seen.plan.waits], before.waits, seen.observed.at);
  return { state: { ...state, waits }, isEnough: true };
}

/** @returns `undefined` when what is read cannot be read now. */
async function ifReadable<Result>(read: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!isReadFailure(error)) throw error;
    return undefined;
  }
}

/** Claims the desired names, noted in the row before: a name without a note has no holder. */
async function claimNames(
  { arn }: ServiceIdentity,
  { ledger }: ServiceState,
  { desire: { desired }, observed }: ObservedPlan,
  dependencies: ConvergeDependencies,
): Promise<{ readonly ledger: OwnedResources; readonly changed: boolean }> {
  const { names: noted = [] } = ledger;
  const domains = desired.kind === 'private' ? desired.domains : [];
  const holderOf = (name: string) => observed.claims?.[name]?.holder;
  const open = domains.filter((name) => holderOf(name) !== arn || !noted.includes(name));
  if (open.length === 0) return { ledger, changed: false };
  const ahead = { ...ledger, names: [...new Set([...noted, ...open])] };
  if (ahead.names.length > noted.length) await dependencies.writeAhead(ahead);
  const holders = await dependencies.claimNames(open);
  dependencies.observer.forget('claims');
  return { ledger: ahead, changed: open.some((name, index) => holders[index] !== (holderOf(name) ?? arn)) };
}

/** Validation records that another service wrote and that this one needs too enter the ledger: the last one deletes them. */
async function shareValidation(
  ledger: OwnedResources,
  { desire: { desired }, observed }: ObservedPlan,
  dependencies: ConvergeDependencies,
): Promise<OwnedResources> {
  const domains = desired.kind === 'private' ? desired.domains : [];
  const existing = domains.flatMap((domain) => {
    const { association, validation = {} } = observed.domains[domain] ?? {};
    const names = association?.validation.map(({ name }) => name) ?? [];
    return Object.entries(validation).flatMap(([zoneId, records]) =>
      records.filter(({ name }) => names.includes(name)).map((record) => ({ domain, needed: { zoneId, record } })),
    );
  });
  const isIn = (known: OwnedResources, needed: OwnedRecord) =>
    validationOf(known).some((one) => sameOwnedRecord(one, needed));
  const entered = observed.shares?.own ?? [];
  const isEntered = (needed: OwnedRecord) => entered.some((one) => sameOwnedRecord(one, needed));
  const shared = await Promise.all(
    existing.map(({ needed }) => isEntered(needed) || dependencies.needValidation(needed, isIn(ledger, needed))),
  );
  if (!existing.every(({ needed }) => isEntered(needed))) dependencies.observer.forget('claims');
  const after = existing.reduce(
    (known, { domain, needed }, index) =>
      shared[index] !== true || isIn(known, needed)
        ? known
        : withDomain(known, domain, { validation: [...ownedDomain(known, domain).validation, needed] }),
    ledger,
  );
  if (after !== ledger) await dependencies.writeAhead(after);
  return after;
}

/** The policy of a service that is out of scope; `undefined` when it is in scope. */
async function outOfScopePolicyOf(
  service: ServiceIdentity,
  evaluatePolicy: PolicyEvaluator,
  tags: ServiceState['tags'] = {},
): Promise<EffectivePolicy | undefined> {
  const effectivePolicy = await evaluatePolicy(service, tags);
  return effectivePolicy.isInScope ? undefined : effectivePolicy;
}

/** The rule's audit mode, or the kill switch, which is read only when there is something to write. */
async function writeBlock(
  effectivePolicy: EffectivePolicy,
  dependencies: ConvergeDependencies,
): Promise<WriteBlock | undefined> {
  if (dependencies.heldBy !== undefined) return { reason: heldReason(dependencies.heldBy), isTransient: false };
  return effectivePolicy.mode === 'audit'
    ? { reason: auditReason(effectivePolicy), isTransient: false }
    : dependencies.killSwitch();
}

async function executeAll(
  service: ServiceIdentity,
  state: ServiceState,
  { observed, plan: { actions } }: ObservedPlan,
  dependencies: ConvergeDependencies,
  refusals: Map<string, Finding>,
): Promise<{
  readonly state: ServiceState;
  readonly progressed: boolean;
  /** The one that was created. */
  readonly connection?: ConnectionState | undefined;
}> {
  let { ledger, history, timeline, refusedAliases } = state;
  let progressed = false;
  let connection: ConnectionState | undefined;
  for (const action of actions) {
    const ahead = writeAhead(ledger, action);
    await dependencies.writeAhead(ahead);
    const outcome = await dependencies.execute(action, service);
    // What is not done is not as it was observed.
    dependencies.observer.forget(outcome.kind === 'done' ? withoutKept(action, outcome.kept) : undefined);
    const at = dependencies.observer.now();
    const key = actionKey(action);
    switch (outcome.kind) {
      case 'done':
        progressed = true;
        connection ??= outcome.connection;
        ledger = noteWrite(confirmWritten(ahead, action, at), withoutKept(action, outcome.kept), at);
        history = [...history, { key, at, repair: isRepair(action, state) }].slice(-MAX_HISTORY);
        timeline = appendTimeline(timeline, at, describeDone(action, outcome.kept));
        refusals.delete(key);
        break;
      case 'retry':
        refusals.delete(key);
        if (outcome.maybeApplied) ledger = ahead;
        timeline = appendOnce(timeline, at, `tried to ${describeAction(action)}: ${outcome.reason}`, `${key} retry`);
        break;
      case 'refused': {
        const { code, message } = outcome;
        if (outcome.maybeApplied) ledger = ahead;
        const domain = 'domain' in action ? { domain: action.domain } : {};
        const text = `Could not ${describeAction(action)}: ${message}`;
        const refused = withRefusedAliases(refusedAliases, action, message, observed, at);
        // The next plan uses another target.
        progressed ||= refused !== refusedAliases;
        refusedAliases = refused;
        const remedy = code === 'access-denied' ? denialRemedy(message) : undefined;
        refusals.set(key, finding(code, { resource: `${service.arn}#${key}`, ...domain, message: text, remedy }));
        timeline = appendOnce(timeline, at, text, `${key} ${code}`);
      }
    }
  }
  return { state: { ...state, ledger, history, timeline, refusedAliases }, progressed, connection };
}

/** What was carried out. */
function withoutKept(action: Action, kept: readonly RecordSet[] = []): Action {
  if (action.kind !== 'change-records') return action;
  return { ...action, changes: action.changes.filter(({ record }) => !kept.includes(record)) };
}

function describeDone(action: Action, kept: readonly RecordSet[] = []): string {
  const done = action.kind === 'change-records' ? { ...action, kept: kept.map(({ name }) => name) } : action;
  return `${describeAction(done)}: ${action.why}`;
}

/** Whether the thing had been in place before, under any desire. */
function isRepair(action: Action, { wasReady, publishedOnce }: ServiceState): boolean {
  return 'domain' in action ? publishedOnce.includes(action.domain) : wasReady;
}
