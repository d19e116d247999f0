import { isAccessDenied, isFromAws, isTransient } from '../aws/errors.ts';
import { DAY } from '../duration.ts';
import { errorMessage } from '../errors.ts';
import type { Execute } from '../execute/executor.ts';
import { type Finding, finding, keepSince } from '../findings.ts';
import { type Observer, tagsFingerprint } from '../observe/observe.ts';
import { type Action, actionKey, confirmWritten, describeAction, writeAhead } from '../plan/action.ts';
import { type OwnedResources, recordExisting, withoutDomain } from '../plan/ledger.ts';
import type { Observed } from '../plan/observed.ts';
import { type Plan, phases, plan } from '../plan/plan.ts';
import { isOverdue, mergeWaits, type OpenWait, type Wait } from '../plan/wait.ts';
import { type Desire, desire, type PastState, sameDesired } from '../policy/desire.ts';
import type { EffectivePolicy, PolicyEvaluator } from '../policy/effective-policy.ts';
import { networkOf } from '../policy/rules.ts';
import type { ServiceIdentity } from '../service-arn.ts';
import { appendOnce, appendTimeline, type ProofSeen, type ServiceState } from '../state/row.ts';
import { auditReason, auditState, type WriteBlock } from './audit.ts';
import type { KillSwitch } from './kill-switch.ts';

/** What one look at a service saw and would do. */
export interface ObservedPlan {
  readonly effectivePolicy: EffectivePolicy;
  readonly desire: Desire;
  readonly observed: Observed;
  readonly plan: Plan;
  readonly tagsSeen: string;
}

/** Desired, observed, plan: the one path to a plan, for the pass, the command line and everybody else. Writes nothing. */
export async function observeAndPlan(
  service: ServiceIdentity,
  state: ServiceState,
  observer: Observer,
  evaluatePolicy: PolicyEvaluator,
): Promise<ObservedPlan> {
  const present = await observer.service(service.arn);
  const tags = present.kind === 'present' ? present.tags : undefined;
  const effectivePolicy = await evaluatePolicy(service, tags ?? state.tags);
  const { rules } = effectivePolicy;
  const wanted = desire(service.arn, tags, pastStateOf(state), effectivePolicy, observer.now());
  const { desired } = wanted;
  const vpcId = desired.kind === 'private' ? desired.vpcId : state.ledger.endpoint?.vpcId;
  const idle = desired.kind === 'unmanaged' || desired.kind === 'released' || desired.kind === 'unclear';
  const observed: Observed = idle
    ? {
        at: observer.now(),
        service: present,
        network: undefined,
        connections: [],
        domains: {},
        answer: undefined,
        httpsChecks: {},
      }
    : await observer.world(present, {
        service,
        installation: rules.installation,
        // What was written in a VPC that is no longer allowed is looked at all the same.
        network:
          vpcId === undefined
            ? undefined
            : (networkOf(rules, vpcId) ?? { vpcId, subnetIds: [], securityGroupIds: [], allowFrom: [] }),
        keeps: desired.kind === 'private',
        allowedZones: rules.allowedZones.map(({ id }) => id),
        domains: desired.kind === 'private' ? desired.domains : [],
        zones: desired.kind === 'private' ? (desired.zones ?? []) : [],
        ledger: state.ledger,
      });
  const sameDesire = sameDesired(desired, state.desired);
  const made = plan({
    service,
    desire: wanted,
    observed,
    ledger: state.ledger,
    rules,
    history: sameDesire ? state.history : [],
    findings: state.findings,
    refusedTargets: state.refusedTargets,
    wasVerified: sameDesire && state.proof?.verifiedAt !== undefined,
  });
  return { effectivePolicy, desire: wanted, observed, plan: made, tagsSeen: tagsFingerprint(tags ?? {}) };
}

/** What desire has to know of a service from before. */
export function pastStateOf({ desired, ledger, findings }: ServiceState): PastState {
  return { desired, ownsAnything: ledger.madePrivate || Object.keys(ledger.domains).length > 0, findings };
}

/** Looks and acts in turn until nothing can be done now. More rounds than this in one pass: something is odd, come back later. */
const MAX_ROUNDS = 6;

export interface ConvergeDependencies {
  readonly observer: Observer;
  readonly execute: Execute;
  readonly evaluatePolicy: PolicyEvaluator;
  /** Read just before the first write. */
  readonly killSwitch: KillSwitch;
  /**
   * Notes what is about to be written, before it is written.
   * @throws LeaseLostError when the lease ran out: then nothing may be written.
   */
  writeAhead(ledger: OwnedResources): Promise<void>;
}

/** One look at everything, with all that can be done now done. Returns the state to save. */
export async function converge(
  service: ServiceIdentity,
  before: ServiceState,
  dependencies: ConvergeDependencies,
): Promise<ServiceState> {
  let state = before;
  // What was refused before is refused until it has been tried again, so that the finding stays the same one.
  const refusals = new Map<string, Finding>(
    before.findings.map((found) => [found.resource.replace(`${service.arn}#`, ''), found]),
  );
  for (let round = 1; ; round++) {
    let look: ObservedPlan;
    let block: WriteBlock | undefined;
    try {
      look = await observeAndPlan(service, state, dependencies.observer, dependencies.evaluatePolicy);
      if (look.plan.actions.length > 0) block = await writeBlock(look.effectivePolicy, dependencies);
    } catch (error) {
      // Only of looking: if noting an intent fails, the row knows more than this state does, and must not be saved over.
      if (!isFromAws(error) && !isTransient(error)) throw error;
      const now = dependencies.observer.now();
      // Its account may have taken our role away, for good: what is nobody's concern is not asked for again and again.
      const outOfScope = await outOfScopePolicyOf(service, dependencies.evaluatePolicy);
      if (outOfScope !== undefined) return releaseOutOfScope(service, state, outOfScope, now);
      return stateAfterReadFailure(service, before, state, error, now);
    }
    const { actions, waits } = look.plan;
    // What is not to be done any more is no longer refused.
    for (const key of refusals.keys()) if (!actions.some((action) => actionKey(action) === key)) refusals.delete(key);
    const stateWith = (open: readonly Wait[]) =>
      nextState(service, state, look, [...refusals.values()], mergeWaits(open, before.waits, look.observed.at));
    state = stateWith(waits);
    if (actions.length === 0) return state;
    if (block !== undefined) {
      const retries = block.isTransient ? [retryWait(service, block.reason)] : [];
      return auditState(service, stateWith(retries), actions, block.reason, look.observed.at);
    }
    const { state: executed, progressed } = await executeAll(service, state, actions, dependencies, refusals);
    state = executed;
    if (progressed && round < MAX_ROUNDS) continue;
    // Nothing moved: what was refused or busy is tried again later, at a growing distance.
    const reason = [...refusals.values()].map(({ message }) => message).join('; ') || 'it was not possible yet';
    const retry = retryWait(service, `to be tried again: ${reason}`);
    const retrying = stateWith([...waits, retry]);
    return refusals.size > 0 && waits.length === 0 ? { ...retrying, phase: 'blocked' } : retrying;
  }
}

/** What is said of a service that nobody looks after; `undefined` for others, and where that cannot be told. */
async function outOfScopePolicyOf(
  service: ServiceIdentity,
  evaluatePolicy: PolicyEvaluator,
): Promise<EffectivePolicy | undefined> {
  try {
    const effectivePolicy = await evaluatePolicy(service, {});
    return effectivePolicy.isInScope ? undefined : effectivePolicy;
  } catch {
    return undefined;
  }
}

/** A service that nobody looks after any more, and that cannot be seen: what was written stays noted, and nothing is waited for. */
function releaseOutOfScope(
  service: ServiceIdentity,
  state: ServiceState,
  effectivePolicy: EffectivePolicy,
  now: number,
): ServiceState {
  const past = pastStateOf(state);
  const { desired } = desire(service.arn, {}, past, effectivePolicy, now);
  const isReleased = desired.kind === 'released' || past.ownsAnything;
  return {
    ...state,
    desired: isReleased ? { kind: 'released' } : desired,
    phase: isReleased ? 'released' : 'detached',
    waits: [],
    findings: [],
    timeline: appendOnce(state.timeline, now, `let go, unseen: ${effectivePolicy.because}`),
  };
}

/** The rule's audit mode, or the kill switch, which is read only when there is something to write. */
async function writeBlock(
  effectivePolicy: EffectivePolicy,
  dependencies: ConvergeDependencies,
): Promise<WriteBlock | undefined> {
  return effectivePolicy.mode === 'audit'
    ? { reason: auditReason(effectivePolicy), isTransient: false }
    : dependencies.killSwitch();
}

async function executeAll(
  service: ServiceIdentity,
  state: ServiceState,
  actions: readonly Action[],
  dependencies: ConvergeDependencies,
  refusals: Map<string, Finding>,
): Promise<{ readonly state: ServiceState; readonly progressed: boolean }> {
  let { ledger, history, timeline, refusedTargets } = state;
  let progressed = false;
  for (const action of actions) {
    const ahead = writeAhead(ledger, action);
    await dependencies.writeAhead(ahead);
    const outcome = await dependencies.execute(action, service);
    const at = dependencies.observer.now();
    const key = actionKey(action);
    switch (outcome.kind) {
      case 'done':
        progressed = true;
        ledger = confirmWritten(ahead, action);
        history = [...history, { key, at, repair: state.wasReady }];
        timeline = appendTimeline(timeline, at, `${describeAction(action)}: ${action.why}`);
        refusals.delete(key);
        break;
      case 'retry':
        refusals.delete(key);
        if (outcome.maybeApplied) ledger = ahead;
        timeline = appendOnce(timeline, at, `tried to ${describeAction(action)}: ${outcome.reason}`);
        break;
      case 'refused': {
        const { code, message } = outcome;
        if (outcome.maybeApplied) ledger = ahead;
        const domain = 'domain' in action ? { domain: action.domain } : {};
        const text = `Could not ${describeAction(action)}: ${message}`;
        const refusedOnes = code === 'access-denied' ? [] : aliasTargets(action);
        const fresh = refusedOnes.filter((target) => !refusedTargets.includes(target));
        refusedTargets = [...refusedTargets, ...fresh];
        // The next plan can be another one: there may be a second target.
        progressed ||= fresh.length > 0;
        refusals.set(key, finding(code, { resource: `${service.arn}#${key}`, ...domain, message: text }));
        timeline = appendOnce(timeline, at, text);
      }
    }
  }
  return { state: { ...state, ledger, history, timeline, refusedTargets }, progressed };
}

/** The aliases an action wanted, as `domain target`: when they are refused, another target may do. */
function aliasTargets(action: Action): readonly string[] {
  if (action.kind !== 'change-records') return [];
  return action.changes.flatMap(({ action: verb, record }) =>
    verb === 'CREATE' && record.content.kind === 'alias' ? [`${action.domain} ${record.content.target}`] : [],
  );
}

/** State and look → state: what has changed is told in the timeline. */
function nextState(
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
    ledger: made.forget.reduce(withoutDomain, made.existing.reduce(recordExisting, state.ledger)),
    waits,
    findings,
    history: sameDesire ? state.history.filter((done) => at - done.at < DAY) : [],
    wasReady: ready || (sameDesire && state.wasReady),
    refusedTargets: sameDesire ? state.refusedTargets : [],
    proof: proofAt(made.proof, sameDesire ? state.proof : undefined, at),
    tagsSeen,
    tags: observed.service.kind === 'deleted' ? state.tags : effectivePolicy.decision.tags,
    timeline: appendTimeline(
      state.timeline,
      at,
      ...opened.map(({ code, message }) => `finding ${code}: ${message}`),
      ...closed.map(({ code, domain, resource }) => `finding ${code} closed (${domain ?? resource})`),
      ...(made.phase === lastPhase(state) ? [] : [made.phase]),
    ),
  };
}

/** What the timeline says last of the phase: one that only flickers while something refused is tried again is not news. */
function lastPhase({ timeline, phase }: ServiceState): string | undefined {
  return timeline.findLast(({ text }) => phases.some((known) => known === text))?.text ?? phase;
}

/** What is known of whether it works, after a look. */
export function proofAt(kind: Plan['proof'], before: ProofSeen | undefined, at: number): ProofSeen | undefined {
  const verifiedAt = kind === 'verified' ? at : before?.verifiedAt;
  if (kind === undefined) return before;
  return { kind, at, ...(verifiedAt === undefined ? {} : { verifiedAt }) };
}

/** What has been waited for too long. */
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

/** AWS could not be read: nothing is concluded, what is known stays, and it is tried again. */
function stateAfterReadFailure(
  service: ServiceIdentity,
  before: ServiceState,
  state: ServiceState,
  error: unknown,
  now: number,
): ServiceState {
  const message = errorMessage(error);
  const denied = isAccessDenied(error) ? [finding('access-denied', { resource: service.arn, message })] : [];
  const kept = state.findings.filter(({ code }) => code !== 'access-denied');
  return {
    ...state,
    phase: denied.length > 0 ? 'blocked' : state.phase,
    // What was waited for is waited for on: a look that failed starts no clock anew.
    waits: mergeWaits(
      [...state.waits.filter(({ kind }) => kind !== 'retry'), retryWait(service, `AWS could not be read: ${message}`)],
      before.waits,
      now,
    ),
    findings: keepSince([...kept, ...denied], state.findings, now),
    timeline: appendOnce(state.timeline, now, `could not look: ${message}`),
  };
}

function retryWait({ arn }: ServiceIdentity, why: string): Wait {
  return { kind: 'retry', subject: arn, condition: { check: 'nothing' }, expected: '', why };
}
