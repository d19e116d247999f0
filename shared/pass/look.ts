import type { Act } from '../act/act.ts';
import { isFromAws, isTransient } from '../act/outcome.ts';
import { DAY } from '../duration.ts';
import { errorMessage, isAccessDenied } from '../errors.ts';
import { type Finding, finding, keepSince } from '../findings.ts';
import { type Observer, tagsFingerprint } from '../observe/observe.ts';
import { type Action, actionKey, complete, describeAction, intend } from '../plan/action.ts';
import type { Observed } from '../plan/observed.ts';
import { type Plan, plan } from '../plan/plan.ts';
import { carryOn, type OpenWait, overdue, type Wait } from '../plan/wait.ts';
import { type Written, withoutDomain } from '../plan/written.ts';
import { type Desire, desire, type Rules } from '../policy/desire.ts';
import type { ServiceIdentity } from '../service-arn.ts';
import { note, type ServiceState } from '../state/row.ts';

/** What one look at a service saw and would do. */
export interface Look {
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
  rules: Rules,
): Promise<Look> {
  const present = await observer.service(service.arn);
  const tags = present.kind === 'present' ? present.tags : undefined;
  const past = {
    desired: state.desired,
    hasWritten: state.written.madePrivate || Object.keys(state.written.domains).length > 0,
    findings: state.findings,
  };
  const wanted = desire(service.arn, tags, past, rules, observer.now());
  const { desired } = wanted;
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
        vpcId: desired.kind === 'private' ? desired.vpcId : undefined,
        domains: desired.kind === 'private' ? desired.domains : [],
        written: state.written,
      });
  const sameDesire = JSON.stringify(desired) === JSON.stringify(state.desired);
  const made = plan({
    service,
    desire: wanted,
    observed,
    written: state.written,
    rules,
    history: sameDesire ? state.history : [],
    findings: state.findings,
  });
  return { desire: wanted, observed, plan: made, tagsSeen: tagsFingerprint(tags ?? {}) };
}

/** Looks and acts in turn until nothing can be done now. More rounds than this in one pass: something is odd, come back later. */
const ROUNDS = 6;

export interface Workshop {
  readonly observer: Observer;
  readonly act: Act;
  readonly rules: Rules;
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
  const refusals = new Map<string, Finding>();
  try {
    for (let round = 1; ; round++) {
      const look = await lookAt(service, state, shop.observer, shop.rules);
      const folded = (waits: readonly Wait[]) =>
        fold(service, state, look, [...refusals.values()], carryOn(waits, before.waits, look.observed.at));
      state = folded(look.plan.waits);
      if (look.plan.actions.length === 0) return state;
      const { state: acted, progressed } = await actAll(service, state, look.plan.actions, shop, refusals);
      state = acted;
      if (progressed && round < ROUNDS) continue;
      // Nothing moved: what was refused or busy is tried again later, at a growing distance.
      const reason = [...refusals.values()].map(({ message }) => message).join('; ') || 'it was not possible yet';
      const retry = retryWait(service, `to be tried again: ${reason}`);
      const retrying = folded([...look.plan.waits, retry]);
      return refusals.size > 0 && look.plan.waits.length === 0 ? { ...retrying, phase: 'blocked' } : retrying;
    }
  } catch (error) {
    if (!isFromAws(error) && !isTransient(error)) throw error;
    return unseen(service, before, state, error, shop.observer.now());
  }
}

async function actAll(
  service: ServiceIdentity,
  state: ServiceState,
  actions: readonly Action[],
  shop: Workshop,
  refusals: Map<string, Finding>,
): Promise<{ readonly state: ServiceState; readonly progressed: boolean }> {
  let { written, history, timeline } = state;
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
        if (outcome.uncertain) written = intended;
        timeline = note(timeline, at, `tried to ${describeAction(action)}: ${outcome.reason}`);
        break;
      case 'refused': {
        const { code, message } = outcome;
        const domain = 'domain' in action ? { domain: action.domain } : {};
        const text = `Could not ${describeAction(action)}: ${message}`;
        refusals.set(key, finding(code, { resource: `${service.arn}#${key}`, ...domain, message: text }));
        timeline = note(timeline, at, text);
      }
    }
  }
  return { state: { ...state, written, history, timeline }, progressed };
}

/** State and look → state: what has changed is told in the timeline. */
function fold(
  service: ServiceIdentity,
  state: ServiceState,
  { desire: wanted, observed, plan: made, tagsSeen }: Look,
  refusals: readonly Finding[],
  waits: readonly OpenWait[],
): ServiceState {
  const { at } = observed;
  const sameDesire = JSON.stringify(wanted.desired) === JSON.stringify(state.desired);
  const findings = keepSince(
    [
      ...made.findings,
      ...refusals.filter(({ id }) => !made.findings.some((other) => other.id === id)),
      ...overdueOnes(service, waits, at),
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
    written: made.forget.reduce(withoutDomain, state.written),
    waits,
    findings,
    history: sameDesire ? state.history.filter((done) => at - done.at < DAY) : [],
    hasSettled: settled || (sameDesire && state.hasSettled),
    tagsSeen,
    timeline: note(
      state.timeline,
      at,
      ...opened.map(({ code, message }) => `finding ${code}: ${message}`),
      ...closed.map(({ code, domain, resource }) => `finding ${code} closed (${domain ?? resource})`),
      ...(made.phase === state.phase ? [] : [made.phase]),
    ),
  };
}

function overdueOnes(service: ServiceIdentity, waits: readonly OpenWait[], now: number): readonly Finding[] {
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
    waits: carryOn([retryWait(service, `AWS could not be read: ${message}`)], before.waits, now),
    findings: keepSince([...kept, ...denied], state.findings, now),
    timeline: note(state.timeline, now, `could not look: ${message}`),
  };
}

function retryWait({ arn }: ServiceIdentity, why: string): Wait {
  return { kind: 'retry', subject: arn, question: { ask: 'nothing' }, seen: '', why };
}
