import { isAccessDenied, isFromAws, isTransient } from '../aws/errors.ts';
import { DAY } from '../duration.ts';
import { errorMessage } from '../errors.ts';
import type { Act } from '../execute/executor.ts';
import { type Finding, finding, keepSince } from '../findings.ts';
import { type Observer, tagsFingerprint } from '../observe/observe.ts';
import { type Action, actionKey, complete, describeAction, intend } from '../plan/action.ts';
import { noteStanding, type Written, withoutDomain } from '../plan/ledger.ts';
import type { Observed } from '../plan/observed.ts';
import { type Plan, phases, plan } from '../plan/plan.ts';
import { carryOn, type OpenWait, overdue, type Wait } from '../plan/wait.ts';
import { type Desire, desire, type Past, sameDesired } from '../policy/desire.ts';
import type { Govern, Governed } from '../policy/effective-policy.ts';
import { networkOf } from '../policy/rules.ts';
import type { ServiceIdentity } from '../service-arn.ts';
import { note, noteOnce, type ProofSeen, type ServiceState } from '../state/row.ts';
import { audited, auditReason, type WriteBlock } from './audit.ts';
import type { KillSwitch } from './kill-switch.ts';

/** What one look at a service saw and would do. */
export interface Look {
  readonly governed: Governed;
  readonly desire: Desire;
  readonly observed: Observed;
  readonly plan: Plan;
  readonly tagsSeen: string;
}

/** Desired, observed, plan: the one path to a plan, for the pass, the command line and everybody else. Writes nothing. */
export async function lookAt(
  service: ServiceIdentity,
  state: ServiceState,
  observer: Observer,
  govern: Govern,
): Promise<Look> {
  const present = await observer.service(service.arn);
  const tags = present.kind === 'present' ? present.tags : undefined;
  const governed = await govern(service, tags ?? state.tags);
  const { rules } = governed;
  const wanted = desire(service.arn, tags, pastOf(state), governed, observer.now());
  const { desired } = wanted;
  const vpcId = desired.kind === 'private' ? desired.vpcId : state.written.endpoint?.vpcId;
  const idle = desired.kind === 'unmanaged' || desired.kind === 'released' || desired.kind === 'unclear';
  const observed: Observed = idle
    ? {
        at: observer.now(),
        service: present,
        network: undefined,
        connections: [],
        domains: {},
        answer: undefined,
        reach: {},
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
        written: state.written,
      });
  const sameDesire = sameDesired(desired, state.desired);
  const made = plan({
    service,
    desire: wanted,
    observed,
    written: state.written,
    rules,
    history: sameDesire ? state.history : [],
    findings: state.findings,
    refusedTargets: state.refusedTargets,
    wasVerified: sameDesire && state.proof?.verifiedAt !== undefined,
  });
  return { governed, desire: wanted, observed, plan: made, tagsSeen: tagsFingerprint(tags ?? {}) };
}

/** What desire has to know of a service from before. */
export function pastOf({ desired, written, findings }: ServiceState): Past {
  return { desired, hasWritten: written.madePrivate || Object.keys(written.domains).length > 0, findings };
}

/** Looks and acts in turn until nothing can be done now. More rounds than this in one pass: something is odd, come back later. */
const ROUNDS = 6;

export interface Workshop {
  readonly observer: Observer;
  readonly act: Act;
  readonly govern: Govern;
  /** Read just before the first write. */
  readonly killSwitch: KillSwitch;
  /**
   * Notes what is about to be written, before it is written.
   * @throws LeaseLostError when the lease ran out: then nothing may be written.
   */
  intend(written: Written): Promise<void>;
}

/** One look at everything, with all that can be done now done. Returns the state to save. */
export async function lookAndAct(
  service: ServiceIdentity,
  before: ServiceState,
  shop: Workshop,
): Promise<ServiceState> {
  let state = before;
  // What was refused before is refused until it has been tried again, so that the finding stays the same one.
  const refusals = new Map<string, Finding>(
    before.findings.map((found) => [found.resource.replace(`${service.arn}#`, ''), found]),
  );
  for (let round = 1; ; round++) {
    let look: Look;
    let block: WriteBlock | undefined;
    try {
      look = await lookAt(service, state, shop.observer, shop.govern);
      if (look.plan.actions.length > 0) block = await writeBlock(look.governed, shop);
    } catch (error) {
      // Only of looking: if noting an intent fails, the row knows more than this state does, and must not be saved over.
      if (!isFromAws(error) && !isTransient(error)) throw error;
      const now = shop.observer.now();
      // Its account may have taken our role away, for good: what is nobody's concern is not asked for again and again.
      const nobodys = await unlessLookedAfter(service, shop.govern);
      if (nobodys !== undefined) return letGo(service, state, nobodys, now);
      return unseen(service, before, state, error, now);
    }
    const { actions, waits } = look.plan;
    // What is not to be done any more is no longer refused.
    for (const key of refusals.keys()) if (!actions.some((action) => actionKey(action) === key)) refusals.delete(key);
    const folded = (open: readonly Wait[]) =>
      fold(service, state, look, [...refusals.values()], carryOn(open, before.waits, look.observed.at));
    state = folded(waits);
    if (actions.length === 0) return state;
    if (block !== undefined) {
      const retries = block.transient ? [retryWait(service, block.reason)] : [];
      return audited(service, folded(retries), actions, block.reason, look.observed.at);
    }
    const { state: acted, progressed } = await actAll(service, state, actions, shop, refusals);
    state = acted;
    if (progressed && round < ROUNDS) continue;
    // Nothing moved: what was refused or busy is tried again later, at a growing distance.
    const reason = [...refusals.values()].map(({ message }) => message).join('; ') || 'it was not possible yet';
    const retry = retryWait(service, `to be tried again: ${reason}`);
    const retrying = folded([...waits, retry]);
    return refusals.size > 0 && waits.length === 0 ? { ...retrying, phase: 'blocked' } : retrying;
  }
}

/** What is said of a service that nobody looks after; `undefined` for others, and where that cannot be told. */
async function unlessLookedAfter(service: ServiceIdentity, govern: Govern): Promise<Governed | undefined> {
  try {
    const governed = await govern(service, {});
    return governed.isLookedAfter ? undefined : governed;
  } catch {
    return undefined;
  }
}

/** A service that nobody looks after any more, and that cannot be seen: what was written stays noted, and nothing is waited for. */
function letGo(service: ServiceIdentity, state: ServiceState, governed: Governed, now: number): ServiceState {
  const past = pastOf(state);
  const { desired } = desire(service.arn, {}, past, governed, now);
  const isReleased = desired.kind === 'released' || past.hasWritten;
  return {
    ...state,
    desired: isReleased ? { kind: 'released' } : desired,
    phase: isReleased ? 'released' : 'detached',
    waits: [],
    findings: [],
    timeline: noteOnce(state.timeline, now, `let go, unseen: ${governed.because}`),
  };
}

/** The rule's audit mode, or the kill switch, which is read only when there is something to write. */
async function writeBlock(governed: Governed, shop: Workshop): Promise<WriteBlock | undefined> {
  return governed.mode === 'audit' ? { reason: auditReason(governed), transient: false } : shop.killSwitch();
}

async function actAll(
  service: ServiceIdentity,
  state: ServiceState,
  actions: readonly Action[],
  shop: Workshop,
  refusals: Map<string, Finding>,
): Promise<{ readonly state: ServiceState; readonly progressed: boolean }> {
  let { written, history, timeline, refusedTargets } = state;
  let progressed = false;
  for (const action of actions) {
    const intended = intend(written, action);
    await shop.intend(intended);
    const outcome = await shop.act(action, service);
    const at = shop.observer.now();
    const key = actionKey(action);
    switch (outcome.kind) {
      case 'done':
        progressed = true;
        written = complete(intended, action);
        history = [...history, { key, at, repair: state.hasSettled }];
        timeline = note(timeline, at, `${describeAction(action)}: ${action.why}`);
        refusals.delete(key);
        break;
      case 'again':
        refusals.delete(key);
        if (outcome.uncertain) written = intended;
        timeline = noteOnce(timeline, at, `tried to ${describeAction(action)}: ${outcome.reason}`);
        break;
      case 'refused': {
        const { code, message } = outcome;
        if (outcome.uncertain) written = intended;
        const domain = 'domain' in action ? { domain: action.domain } : {};
        const text = `Could not ${describeAction(action)}: ${message}`;
        const refusedOnes = code === 'access-denied' ? [] : aliasTargets(action);
        const fresh = refusedOnes.filter((target) => !refusedTargets.includes(target));
        refusedTargets = [...refusedTargets, ...fresh];
        // The next plan can be another one: there may be a second target.
        progressed ||= fresh.length > 0;
        refusals.set(key, finding(code, { resource: `${service.arn}#${key}`, ...domain, message: text }));
        timeline = noteOnce(timeline, at, text);
      }
    }
  }
  return { state: { ...state, written, history, timeline, refusedTargets }, progressed };
}

/** The aliases an action wanted, as `domain target`: when they are refused, another target may do. */
function aliasTargets(action: Action): readonly string[] {
  if (action.kind !== 'change-records') return [];
  return action.changes.flatMap(({ action: verb, record }) =>
    verb === 'CREATE' && record.content.kind === 'alias' ? [`${action.domain} ${record.content.target}`] : [],
  );
}

/** State and look → state: what has changed is told in the timeline. */
function fold(
  service: ServiceIdentity,
  state: ServiceState,
  { governed, desire: wanted, observed, plan: made, tagsSeen }: Look,
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
  const settled = made.phase === 'settled' || made.phase === 'settled-unverified';
  const opened = findings.filter(({ id }) => !state.findings.some((other) => other.id === id));
  const closed = state.findings.filter(({ id }) => !findings.some((other) => other.id === id));
  return {
    phase: made.phase,
    desired: wanted.desired,
    written: made.forget.reduce(withoutDomain, made.standing.reduce(noteStanding, state.written)),
    waits,
    findings,
    history: sameDesire ? state.history.filter((done) => at - done.at < DAY) : [],
    hasSettled: settled || (sameDesire && state.hasSettled),
    refusedTargets: sameDesire ? state.refusedTargets : [],
    proof: proofAt(made.proof, sameDesire ? state.proof : undefined, at),
    tagsSeen,
    tags: observed.service.kind === 'gone' ? state.tags : governed.judgement.tags,
    timeline: note(
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
    .filter((wait) => overdue(wait, now))
    .map(({ kind, subject, since, why }) =>
      finding('overdue', {
        resource: `${service.arn}#${kind}:${subject}`,
        message: `Waited for since ${new Date(since).toISOString()}: ${why}.`,
      }),
    );
}

/** AWS could not be read: nothing is concluded, what is known stays, and it is tried again. */
function unseen(
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
    waits: carryOn(
      [...state.waits.filter(({ kind }) => kind !== 'retry'), retryWait(service, `AWS could not be read: ${message}`)],
      before.waits,
      now,
    ),
    findings: keepSince([...kept, ...denied], state.findings, now),
    timeline: noteOnce(state.timeline, now, `could not look: ${message}`),
  };
}

function retryWait({ arn }: ServiceIdentity, why: string): Wait {
  return { kind: 'retry', subject: arn, question: { ask: 'nothing' }, seen: '', why };
}
