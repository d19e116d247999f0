import { DAY, HOURS_A_MONTH } from '../duration.ts';
import { type Finding, finding } from '../findings.ts';
import type { Desired } from '../policy/desire.ts';
import { ADOPT_TAG, REASSOCIATE_TAG } from '../tags.ts';
import { type Action, actionKey, describeAction } from './action.ts';
import { isGoing, planDomain } from './domain.ts';
import type { StandingRecords } from './ledger.ts';
import { connectionName, type Network, planNetwork, waitForConnection } from './network.ts';
import type { Observed } from './observed.ts';
import { type DoneAction, Draft, type PlanInput, type Proof } from './plan-builder.ts';
import { planDomainRemoval } from './removal.ts';
import type { Wait } from './wait.ts';

export const phases = [
  'waiting-for-service',
  'attaching',
  'waiting-for-dns',
  'waiting-for-certificate',
  'settled',
  'settled-unverified',
  'detaching',
  'detached',
  'released',
  'blocked',
] as const;
export type Phase = (typeof phases)[number];

export interface Plan {
  readonly phase: Phase;
  /** All that can be done now. They do not depend on one another. */
  readonly actions: readonly Action[];
  /** All that has to happen by itself before anything else can be done. */
  readonly waits: readonly Wait[];
  readonly findings: readonly Finding[];
  /** Domains of which nothing that was written is left. */
  readonly forget: readonly string[];
  /** Records that stand as they should: ours, whether or not it was noted. */
  readonly standing: readonly StandingRecords[];
  /** What is known of whether it works; `undefined` as long as the way into the service is not there. */
  readonly proof?: Proof | undefined;
}

/**
 * Desired and observed → what to do now, what to wait for, what to tell. Pure, and the only place that "knows" the
 * order of steps: it follows from which action is possible given what is observed. One service with one domain:
 *
 *     desired   service   endpoint   connection   name      domain       record    →  now                          phase
 *     private   RUNNING   –          –            –         –            –            create endpoint, associate   attaching
 *     private   RUNNING   pending    –            –         creating     –            create validation CNAMEs     attaching
 *     private   busy      available  –            –         pending      –            – (wait: service)            waiting-for-service
 *     private   public    available  –            –         pending      –            make private                 attaching
 *     private   private   available  –            –         pending      –            create connection            attaching
 *     private   private   available  AVAILABLE    nothing   pending      –            – (wait: name, certificate)  waiting-for-dns
 *     private   private   available  AVAILABLE    endpoint  pending      –            – (wait: certificate)        waiting-for-certificate
 *     private   private   available  AVAILABLE    endpoint  active       –            create alias + TXT           waiting-for-certificate
 *     private   private   available  AVAILABLE    endpoint  active       ours         –                            settled
 *     private   private   available  AVAILABLE    unseen    active       ours         –                            settled-unverified
 *     private   private   available  AVAILABLE    endpoint  active       stranger's   – (finding)                  blocked
 *     private   public    available  AVAILABLE    endpoint  active       ours         make private                 attaching
 *     gone      private   available  AVAILABLE    endpoint  active       ours         delete alias + TXT           detaching
 *     gone      private   available  AVAILABLE    endpoint  active       –            disassociate                 detaching
 *     gone      private   available  AVAILABLE    endpoint  –            –            delete validation CNAMEs     detaching
 *     gone      private   available  AVAILABLE    endpoint  –            –            delete connection            detaching
 *     gone      private   available  –            –         –            –            –                            detached
 *     released  any       any        any          any       any          any          –                            released
 *
 * Each part has its own table: `planNetwork`, `planDomain`, `planDomainRemoval`, `planRecords`, `gate`.
 */
export function plan(input: PlanInput): Plan {
  const draft = new Draft(input);
  const phase = draftFor(draft, input.desire.desired);
  const { actions, contested } = refuseToFight(inOrder(draft.actions), input);
  const findings = [...draft.findings, ...contested];
  const waitsOn = draft.waits.some(({ kind }) => kind !== 'grace');
  const stuck = actions.length === 0 && !waitsOn && contested.length > 0;
  return {
    phase: stuck ? 'blocked' : phase,
    actions,
    waits: draft.waits,
    findings,
    forget: draft.forget,
    standing: draft.standing,
    proof: draft.proof,
  };
}

function draftFor(draft: Draft, desired: Desired): Phase {
  switch (desired.kind) {
    case 'unmanaged':
      return 'detached';
    case 'released':
      return 'released';
    case 'unclear':
      return 'blocked';
    case 'gone':
      draftGone(draft, desired);
      if (draft.actions.length + draft.waits.length > 0) return 'detaching';
      return draft.findings.some(({ severity }) => severity === 'error') ? 'blocked' : 'detached';
    case 'private':
      return draftPrivate(draft, desired);
  }
}

function draftPrivate(draft: Draft, desired: Desired & { kind: 'private' }): Phase {
  const { observed, service, written } = draft.input;
  if (observed.service.kind === 'present') {
    const { status } = observed.service;
    if (status === 'CREATE_FAILED' || status === 'DELETE_FAILED') {
      const code = status === 'CREATE_FAILED' ? 'service-create-failed' : 'service-delete-failed';
      draft.findings.push(finding(code, { resource: service.arn, message: `The service is ${status}.` }));
      return 'blocked';
    }
  }
  const network: Network =
    observed.network === undefined ? { stage: 'impossible' } : planNetwork(draft, observed.network);
  const published = desired.domains.filter((domain) => planDomain(draft, desired, domain, network));
  if (desired.adopt?.every((domain) => published.includes(domain))) {
    draft.actions.push({ kind: 'remove-tag', key: ADOPT_TAG, why: 'what it asked for is done' });
  }
  if (desired.reassociate?.every((domain) => isGoing(observed.domains[domain]?.association))) {
    draft.actions.push({ kind: 'remove-tag', key: REASSOCIATE_TAG, why: 'what it asked for has begun' });
  }
  for (const domain of Object.keys(written.domains)) {
    if (!desired.domains.includes(domain)) planDomainRemoval(draft, domain);
  }
  const unreached = unreachedNames(network, observed);
  for (const [domain, reason] of unreached) {
    const message = `From inside the VPC https://${domain} does not answer as it should: ${reason}.`;
    draft.findings.push(finding('name-unreachable', { resource: service.arn, domain, message }));
  }
  draft.proof = proofOf(network, observed, unreached.length > 0);
  if (draft.input.wasVerified === true && observed.answer?.vantage === 'vpc' && draft.proof === 'unverified') {
    const message = 'The service was seen to answer from inside the VPC before, and does not now.';
    draft.findings.push(finding('no-longer-verified', { resource: service.arn, message }));
  }
  return phaseOf(draft, network);
}

/** Published names that do not answer from inside the VPC, or not by the endpoint's interfaces, and why. */
function unreachedNames(network: Network, { reach }: Observed): readonly (readonly [string, string])[] {
  return Object.entries(reach).flatMap(([domain, seen]) => {
    if (!seen.ok) return [[domain, seen.reason] as const];
    if (network.stage !== 'open') return [];
    const strangers = (seen.addresses ?? []).filter((address) => !network.endpoint.addresses.includes(address));
    if (strangers.length === 0) return [];
    return [[domain, `it answers ${strangers.join(', ')}, which is not the endpoint's`] as const];
  });
}

function proofOf(network: Network, { answer }: Observed, unreached: boolean): Proof | undefined {
  if (network.stage !== 'open') return undefined;
  if (!network.verified || unreached) return 'unverified';
  return answer?.vantage === 'vpc' ? 'verified' : 'seen-publicly';
}

function phaseOf(draft: Draft, network: Network): Phase {
  const { actions, waits, findings, input } = draft;
  const { service } = input.observed;
  if (actions.length === 0 && waits.every(({ kind }) => kind === 'grace')) {
    if (network.stage !== 'open' || findings.some(({ severity }) => severity === 'error')) return 'blocked';
    return network.verified ? 'settled' : 'settled-unverified';
  }
  if (network.stage === 'missing' || network.stage === 'impossible') {
    const untouched = service.kind === 'present' && service.isPublic && service.status === 'OPERATION_IN_PROGRESS';
    return untouched ? 'waiting-for-service' : 'attaching';
  }
  return network.stage === 'connected' ? 'waiting-for-dns' : 'waiting-for-certificate';
}

function draftGone(draft: Draft, desired: Desired & { kind: 'gone' }): void {
  const { observed, service, written } = draft.input;
  const clean = Object.keys(written.domains).map((domain) => planDomainRemoval(draft, domain));
  if (clean.includes(false)) return;
  const connection = observed.connections.find(({ name }) => name === connectionName(service.arn));
  if (connection !== undefined) {
    if (connection.status.startsWith('PENDING_')) waitForConnection(draft, connection);
    else draft.whenIdle({ kind: 'delete-connection', arn: connection.arn, why: 'the service is no longer managed' });
    return;
  }
  const { service: state } = observed;
  // An update of a CREATE_FAILED service would build it again (docs/facts.md#update-is-a-deployment).
  const isPrivate = state.kind === 'present' && !state.isPublic && !state.status.endsWith('_FAILED');
  if (desired.restorePublic && isPrivate && written.madePrivate) {
    draft.whenIdle({ kind: 'make-public', why: 'the stack says onDetach: restore-public' });
  }
  const { endpointInUse, network } = observed;
  const endpoint = network?.endpoints.find(({ id, ours }) => ours && id === written.endpoint?.id);
  if (endpoint !== undefined && endpointInUse === false) {
    const { endpointHourlyPrice } = draft.input.rules;
    const cost = (endpoint.interfaceCount * endpointHourlyPrice * HOURS_A_MONTH).toFixed(2);
    const message = `${endpoint.id} in ${network?.vpcId} is used by no service any more: ${endpoint.interfaceCount} interfaces × ${endpointHourlyPrice} USD/h, ${cost} USD a month.`;
    draft.findings.push(finding('endpoint-unused', { resource: endpoint.id, message }));
  }
}

/** They do not depend on one another, but what keeps the service busy for minutes comes after what it would keep waiting. */
function inOrder(actions: readonly Action[]): readonly Action[] {
  const isLong = ({ kind }: Action) => kind === 'make-private' || kind === 'make-public';
  return [...actions.filter((action) => !isLong(action)), ...actions.filter(isLong)];
}

/** Repairs of the same thing within a day before it counts as contested: the third reversal is not repaired. */
const REPAIRS = 2;
/** The same action again and again before anything has settled: something undoes it at once. */
const ATTEMPTS = 5;

function refuseToFight(
  actions: readonly Action[],
  { history, observed, service }: PlanInput,
): { readonly actions: readonly Action[]; readonly contested: readonly Finding[] } {
  const recent = (key: string, filter: (done: DoneAction) => boolean) =>
    history.filter((done) => done.key === key && observed.at - done.at < DAY && filter(done)).length;
  const isContested = (action: Action) =>
    recent(actionKey(action), ({ repair }) => repair) >= REPAIRS || recent(actionKey(action), () => true) >= ATTEMPTS;
  return {
    actions: actions.filter((action) => !isContested(action)),
    contested: actions.filter(isContested).map((action) =>
      finding('contested', {
        resource: `${service.arn}#${actionKey(action)}`,
        message: `"${describeAction(action)}" was necessary again and again within 24 hours; it is done again when the last time is a day ago.`,
      }),
    ),
  };
}
