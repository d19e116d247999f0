import { type Observer, tagsFingerprint } from '../observe/observe.ts';
import type { OwnedResources } from '../plan/ledger.ts';
import type { Observed } from '../plan/observed.ts';
import { type Plan, plan } from '../plan/plan.ts';
import type { DoneAction } from '../plan/plan-builder.ts';
import { relearn } from '../plan/relearn.ts';
import type { Wait } from '../plan/wait.ts';
import { type Desire, desire, type PastState, sameDesired } from '../policy/desire.ts';
import type { EffectivePolicy, PolicyEvaluator } from '../policy/effective-policy.ts';
import { networkOf, type Rules } from '../policy/rules.ts';
import type { ServiceIdentity } from '../service-arn.ts';
import type { ServiceRow, ServiceState } from '../state/row.ts';

/** What is known of a service, with what was written beside its state. */
export type KnownState = ServiceState & Partial<Pick<ServiceRow, 'requests' | 'deletionRefusedAt' | 'unreadable'>>;

/** One service as it is wanted, as it is, and what follows. */
export interface ObservedPlan {
  readonly effectivePolicy: EffectivePolicy;
  readonly desire: Desire;
  readonly observed: Observed;
  readonly plan: Plan;
  readonly tagsSeen: string;
  /** The ledger the plan was made with: what was known, and what a lost row no longer says. */
  readonly ledger: OwnedResources;
}

/**
 * What is looked at: everything, or what a service needs to be connected. That is nothing of Route 53, which takes few calls
 * and may be long in coming, and of the plan the connection alone and what it waits for: nothing is concluded from a part.
 */
export type Part = 'everything' | 'connection';

/**
 * Desired, observed, plan: the only path to a plan. The reconciliation, the sweep, the API and the command line all use it.
 * It writes nothing.
 */
export async function observeAndPlan(
  service: ServiceIdentity,
  state: KnownState,
  observer: Observer,
  evaluatePolicy: PolicyEvaluator,
  part: Part = 'everything',
): Promise<ObservedPlan> {
  const present = await observer.service(service.arn);
  const tags = present.kind === 'present' ? present.tags : undefined;
  const effectivePolicy = await evaluatePolicy(service, tags ?? state.tags);
  const { rules } = effectivePolicy;
  // Nothing keeps a public service from being deleted, so a refusal is no way to have it detached.
  const isPublic = present.kind === 'present' && present.isPublic;
  const refusedAt = isPublic ? undefined : deletionRefusedAt(state);
  const desireOf = (past: PastState) =>
    desire(service.arn, tags, { ...past, deletionRefusedAt: refusedAt }, effectivePolicy, observer.now());
  // A row that cannot be read is not lost: nothing is learned again in its place.
  // Nor is one whose names were noted: the first reconciliation died before it could save more.
  const isFirst = state.desired === undefined && state.unreadable === undefined && state.ledger.names === undefined;
  let wanted = desireOf(pastStateOf(state));
  let known = state.ledger;
  // A public service has no connection, so the stack owns nothing of it.
  if (isFirst && wanted.desired.kind === 'unmanaged' && present.kind === 'present' && !present.isPublic) {
    known = await recall(service, present, state.ledger, rules, observer);
    if (known !== state.ledger) wanted = desireOf({ ...pastStateOf(state), ownsAnything: true });
  }
  const sameDesire = sameDesired(wanted.desired, state.desired);
  if (part === 'connection') {
    const { desired } = wanted;
    wanted = { ...wanted, desired: desired.kind === 'private' ? { ...desired, domains: [] } : desired };
    known = { ...known, domains: {} };
  }
  const { desired } = wanted;
  const vpcId = desired.kind === 'private' ? desired.vpcId : known.endpoint?.vpcId;
  const idle =
    (part === 'connection' && desired.kind !== 'private') ||
    desired.kind === 'unmanaged' ||
    desired.kind === 'released' ||
    desired.kind === 'unclear';
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
        ownerTag: rules.ownerTag,
        // Observe a VPC that is no longer allowed too: what the stack wrote there has to be removed.
        network:
          vpcId === undefined
            ? undefined
            : (networkOf(rules, vpcId) ?? { vpcId, subnetIds: [], securityGroupIds: [], allowFrom: [] }),
        keeps: desired.kind === 'private',
        allowedZones: rules.allowedZones.map(({ id }) => id),
        domains: desired.kind === 'private' ? desired.domains : [],
        zones: desired.kind === 'private' ? (desired.zones ?? []) : [],
        ledger: known,
        ...(part === 'connection' && { connectionOnly: true }),
      });
  const owner = { installation: rules.installation, serviceId: service.id };
  const ledger = isFirst ? relearn(known, observed, service.arn, owner, rules.ownerTag) : known;
  const requestedAt = state.requests?.at(-1)?.at ?? 0;
  const made = plan({
    service,
    desire: wanted,
    observed,
    ledger,
    rules,
    history: relevantHistory(state.history, sameDesire).filter((done) => done.at > requestedAt),
    findings: state.findings,
    refusedAliases: state.refusedAliases,
    wasVerified: sameDesire && state.proof?.verifiedAt !== undefined,
    failing: state.failing,
    unreadSince: state.unreadSince,
    required: effectivePolicy.enforcement === 'required',
    isOutOfScope: !effectivePolicy.isInScope,
    deletionRefusedAt: refusedAt,
    askedAt: sameDesire ? requestedAt : observer.now(),
  });
  const tagsSeen = tagsFingerprint(tags ?? {});
  return {
    effectivePolicy,
    desire: wanted,
    observed,
    plan: part === 'connection' ? connectionOf(made) : made,
    tagsSeen,
    ledger,
  };
}

/** Whether what is waited for is the connection: that it is ready, or listed. */
export function isForConnection({ kind, subject }: Pick<Wait, 'kind' | 'subject'>): boolean {
  return kind === 'connection' || subject === 'create-connection';
}

function connectionOf(made: Plan): Plan {
  return {
    ...made,
    phase: 'attaching',
    actions: made.actions.filter(({ kind }) => kind === 'create-connection'),
    waits: made.waits.filter(isForConnection),
    findings: [],
    forget: [],
  };
}

/** What the stack owns of a service that has no row and that nothing wants to be private, if it created its connection. */
async function recall(
  service: ServiceIdentity,
  present: Observed['service'],
  ledger: OwnedResources,
  rules: Rules,
  observer: Observer,
): Promise<OwnedResources> {
  const { installation, ownerTag } = rules;
  const scope = {
    ...{ service, installation, ownerTag, ledger, network: undefined, domains: [], zones: [], keeps: false },
    allowedZones: rules.allowedZones.map(({ id }) => id),
  };
  const { connections } = await observer.world(present, scope);
  const own = connections.find(({ owner }) => owner === ownerTag);
  if (own === undefined) return ledger;
  const network = { vpcId: own.vpcId, subnetIds: [], securityGroupIds: [], allowFrom: [] };
  const domains = await observer.associatedNames(service.arn);
  const seen = await observer.world(present, { ...scope, network, domains });
  return relearn(ledger, seen, service.arn, { installation, serviceId: service.id }, ownerTag);
}

/** A new desire begins its attempts anew; repairs count whatever the desire was. */
export function relevantHistory(history: readonly DoneAction[], sameDesire: boolean): readonly DoneAction[] {
  return sameDesire ? history : history.filter(({ repair }) => repair);
}

/** What `desire` needs to know of the service's past. */
export function pastStateOf(state: KnownState): PastState {
  const { desired, ledger, findings } = state;
  return {
    desired,
    ownsAnything: ledger.madePrivate || Object.keys(ledger.domains).length > 0,
    ownsConnection: ledger.endpoint !== undefined && ledger.foreignConnection === undefined,
    findings,
    deletionRefusedAt: deletionRefusedAt(state),
  };
}

/** `undefined` once a person has asked for something after it. */
function deletionRefusedAt({ requests = [], deletionRefusedAt: at = 0 }: KnownState): number | undefined {
  return at > (requests.at(-1)?.at ?? 0) ? at : undefined;
}
