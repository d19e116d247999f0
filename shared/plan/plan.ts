import { unusedEndpoint } from '../endpoint-cost.ts';
import { type Finding, finding } from '../findings.ts';
import { DELETION_TIME_MS, type Desired } from '../policy/desire.ts';
import { ADOPT_TAG, REASSOCIATE_TAG } from '../tags.ts';
import { type Action, actionKey } from './action.ts';
import { isOwnConnection } from './connection-owner.ts';
import { limitRepairs } from './contested.ts';
import { planCutover, rememberReady } from './cutover.ts';
import { isGoing, planDomain } from './domain.ts';
import type { CutoverHistory, ExistingRecords, ForeignConnection, RecentWrite } from './ledger.ts';
import { planMove } from './move.ts';
import { type Network, planNetwork, waitForConnection } from './network.ts';
import { recordsOutOfScope } from './out-of-scope.ts';
import { type FailedChecks, PlanBuilder, type PlanInput, type Proof } from './plan-builder.ts';
import { type ProofResult, planProof } from './proof.ts';
import { relearnedFinding } from './relearn.ts';
import { planDomainRemoval } from './removal.ts';
import type { Wait, WaitKind } from './wait.ts';
import { reportUnusedPins } from './zone-choice.ts';

export const phases = [
  'waiting-for-service',
  'attaching',
  'waiting-for-dns',
  'waiting-for-certificate',
  'ready',
  'ready-unverified',
  'degraded',
  'unknown',
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
  /** Everything that must happen elsewhere before the plan continues. */
  readonly waits: readonly Wait[];
  readonly findings: readonly Finding[];
  /** Domains of which nothing that was written is left. */
  readonly forget: readonly string[];
  /** Records that exist as desired: ours, whether or not the ledger has them. */
  readonly existing: readonly ExistingRecords[];
  /** What the ledger is to keep of the cutover; `undefined`: nothing. */
  readonly cutover: CutoverHistory | undefined;
  readonly foreignConnection?: ForeignConnection | undefined;
  /** What is known of whether it works; `undefined` as long as the way into the service is not there. */
  readonly proof?: Proof | undefined;
  /** Published names that do not answer, to be remembered. */
  readonly failing?: Readonly<Record<string, FailedChecks>>;
  /** Milliseconds since the epoch since when something that matters could not be observed. */
  readonly unreadSince?: number | undefined;
  /** Our own writes that are to be remembered, because AWS may not list them yet. */
  readonly writes?: readonly RecentWrite[];
}

/**
 * Desired and observed → what to do now, what to wait for, what to report. Pure, and the only place that "knows" the
 * order of steps: it follows from which action is possible given what is observed. One service with one domain:
 *
 *     desired   service   endpoint   connection   name      domain       record    →  now                          phase
 *     private   RUNNING   –          –            –         –            –            create endpoint, associate   attaching
 *     private   RUNNING   pending    –            –         creating     –            create validation CNAMEs     attaching
 *     private   busy      available  –            –         pending      –            – (wait: service)            waiting-for-service
 *     private   public    available  –            –         pending      –            make private                 attaching
 *     live      public    available  –            –         pending      leads here   – (wait: certificate)        waiting-for-certificate
 *     live      public    available  –            –         active       leads here   make private                 attaching
 *     live      public    available  –            –         active       stranger's   – (still-public)             blocked
 *     private   private   available  –            –         pending      –            create connection            attaching
 *     private   private   available  AVAILABLE    nothing   pending      –            – (wait: name, certificate)  waiting-for-dns
 *     private   private   available  AVAILABLE    endpoint  pending      –            – (wait: certificate)        waiting-for-certificate
 *     private   private   available  AVAILABLE    endpoint  active       –            create alias + TXT           waiting-for-certificate
 *     live      private   available  AVAILABLE    endpoint  active       leads here   replace it by alias + TXT    waiting-for-certificate
 *     private   private   available  AVAILABLE    endpoint  active       ours         –                            ready
 *     private   private   available  AVAILABLE    unseen    active       ours         –                            ready-unverified
 *     private   private   available  AVAILABLE    endpoint  active       ours, silent – (wait: HTTPS)              degraded
 *     private   private   available  AVAILABLE    unread    active       ours         – (wait: name)               unknown
 *     private   private   available  AVAILABLE    endpoint  active       stranger's   – (finding)                  blocked
 *     private   public    available  AVAILABLE    endpoint  active       ours         make private                 attaching
 *     gone      private   available  AVAILABLE    endpoint  active       ours         delete alias + TXT           detaching
 *     gone      private   available  AVAILABLE    endpoint  active       –            disassociate                 detaching
 *     gone      private   available  AVAILABLE    endpoint  –            –            delete validation CNAMEs     detaching
 *     gone      private   available  AVAILABLE    endpoint  –            –            delete connection            detaching
 *     gone      private   available  –            –         –            –            –                            detached
 *     released  any       any        any          any       any          any          –                            released
 *
 * Each part has its own table: `planNetwork`, `planMove`, `planDomain`, `planDomainRemoval`, `planRecords`, `gate`, `planProof`.
 */
export function plan(input: PlanInput): Plan {
  const builder = new PlanBuilder(input);
  const phase = planDesired(builder, input.desire.desired);
  // What was just done is not done again because AWS does not list it yet.
  const possible = builder.actions.filter(
    (action) =>
      action.kind === 'change-records' || (input.isOutOfScope !== true && !builder.awaitListing(actionKey(action))),
  );
  const { kind } = input.desire.desired;
  const isActing = kind === 'private' || kind === 'detached';
  for (const { key, change } of isActing ? builder.pending : [])
    if (change?.action === 'CREATE') builder.awaitListing(key);
  const { actions, contested } = limitRepairs(inOrder(possible), input);
  const findings = [...builder.findings, ...relearnedFinding(input.service.arn, input.ledger), ...contested];
  const waitsOn = builder.waits.some(({ kind }) => !RESTING_WAITS.includes(kind));
  const stuck = actions.length === 0 && !waitsOn && contested.length > 0;
  return {
    phase: stuck ? 'blocked' : phase,
    actions,
    waits: builder.waits,
    findings,
    forget: builder.forget,
    existing: builder.existing,
    cutover: builder.cutover,
    foreignConnection: builder.foreignConnection,
    proof: builder.proof,
    failing: builder.failing,
    unreadSince: builder.unreadSince,
    writes: builder.pending,
  };
}

/** Waits of a service that has come to rest. */
const RESTING_WAITS: readonly WaitKind[] = ['grace', 'https', 'consistency'];

function planDesired(builder: PlanBuilder, desired: Desired): Phase {
  switch (desired.kind) {
    case 'unmanaged':
      return 'detached';
    case 'released':
      if (builder.input.isOutOfScope === true) {
        const kept = 'Its owner released the service, so the stack does not remove them.';
        const { service, ledger } = builder.input;
        builder.findings.push(...recordsOutOfScope(service, ledger, desired.byPolicy === true ? undefined : kept));
      }
      return 'released';
    case 'unclear':
      builder.cutover = builder.input.ledger.cutover;
      builder.foreignConnection = builder.input.ledger.foreignConnection;
      return 'blocked';
    case 'detached':
      planDetached(builder, desired);
      if (builder.actions.length + builder.waits.length > 0) return 'detaching';
      return builder.findings.some(({ severity }) => severity === 'error') ? 'blocked' : 'detached';
    case 'private':
      return planPrivate(builder, desired);
  }
}

function planPrivate(builder: PlanBuilder, desired: Desired & { kind: 'private' }): Phase {
  const { observed, service, ledger } = builder.input;
  builder.cutover = ledger.cutover;
  builder.foreignConnection = ledger.foreignConnection;
  if (observed.service.kind === 'present') {
    const { status } = observed.service;
    if (status === 'CREATE_FAILED' || status === 'DELETE_FAILED') {
      const code = status === 'CREATE_FAILED' ? 'service-create-failed' : 'service-delete-failed';
      builder.findings.push(finding(code, { resource: service.arn, message: `The service is ${status}.` }));
      return 'blocked';
    }
  }
  const network: Network =
    observed.network === undefined ? { stage: 'impossible' } : planNetwork(builder, observed.network);
  reportUnusedPins(builder, desired);
  const progress = new Map(desired.domains.map((domain) => [domain, planDomain(builder, desired, domain, network)]));
  const published = desired.domains.filter((domain) => progress.get(domain) === 'published');
  planCutover(builder, desired, network, progress);
  planMove(builder, network);
  if (desired.adopt?.every((domain) => published.includes(domain))) {
    builder.actions.push({ kind: 'remove-tag', key: ADOPT_TAG, why: 'the request is done' });
  }
  if (desired.reassociate?.every((domain) => isGoing(observed.domains[domain]?.association))) {
    builder.actions.push({ kind: 'remove-tag', key: REASSOCIATE_TAG, why: 'the request has started' });
  }
  for (const domain of Object.keys(ledger.domains)) {
    if (!desired.domains.includes(domain)) planDomainRemoval(builder, domain);
  }
  reportRefusedDeletion(builder);
  const phase = phaseOf(builder, network, planProof(builder, network));
  if (phase === 'ready' || phase === 'ready-unverified') rememberReady(builder);
  return phase;
}

/** App Runner deletes no service that is attached (docs/facts.md#delete-service-with-connection). */
function reportRefusedDeletion({ input, findings }: PlanBuilder): void {
  const { deletionRefusedAt: refusedAt, observed, service } = input;
  if (refusedAt === undefined || observed.at >= refusedAt + DELETION_TIME_MS) return;
  const connection = observed.connections.find((one) => isOwnConnection(input, one));
  if (connection === undefined) return;
  const message = `App Runner refused to delete the service ${new Date(refusedAt).toISOString()}, because the stack attached it with the VPC ingress connection ${connection.name}.`;
  findings.push(finding('deletion-refused', { resource: service.arn, message }));
}

function phaseOf(builder: PlanBuilder, network: Network, proof: ProofResult): Phase {
  const { actions, waits, findings, input } = builder;
  const { service } = input.observed;
  if (proof.isUnknown) return 'unknown';
  const waitsFor = waits.map(({ kind }) => kind).filter((kind) => !RESTING_WAITS.includes(kind));
  if (proof.isDegraded && actions.length === 0 && waitsFor.every((kind) => kind === 'dns')) return 'degraded';
  if (actions.length === 0 && waitsFor.length === 0) {
    if (network.stage !== 'open' || findings.some(({ severity }) => severity === 'error')) return 'blocked';
    return network.verified && !proof.isUnproven ? 'ready' : 'ready-unverified';
  }
  const certificate: readonly string[] = ['certificate', 'validation-records'];
  if (network.stage === 'public' && actions.length === 0 && waitsFor.every((kind) => certificate.includes(kind))) {
    return 'waiting-for-certificate';
  }
  if (network.stage !== 'connected' && network.stage !== 'open') {
    const untouched = service.kind === 'present' && service.isPublic && service.status === 'OPERATION_IN_PROGRESS';
    return untouched ? 'waiting-for-service' : 'attaching';
  }
  return network.stage === 'connected' ? 'waiting-for-dns' : 'waiting-for-certificate';
}

function planDetached(builder: PlanBuilder, desired: Desired & { kind: 'detached' }): void {
  const { observed, ledger } = builder.input;
  const clean = Object.keys(ledger.domains).map((domain) => planDomainRemoval(builder, domain));
  if (clean.includes(false) || builder.input.isOutOfScope === true) return;
  const connection = observed.connections.find((one) => isOwnConnection(builder.input, one));
  if (connection !== undefined) {
    if (connection.status.startsWith('PENDING_')) waitForConnection(builder, connection);
    else builder.whenIdle({ kind: 'delete-connection', arn: connection.arn, why: 'the service is no longer managed' });
    return;
  }
  if (builder.awaitListing('create-connection')) return;
  const { service: state } = observed;
  // An update of a CREATE_FAILED service would build it again (docs/facts.md#update-is-a-deployment).
  const isPrivate = state.kind === 'present' && !state.isPublic && !state.status.endsWith('_FAILED');
  if (desired.restorePublic && isPrivate && ledger.madePrivate) {
    builder.whenIdle({ kind: 'make-public', why: 'the stack says onDetach: restore-public' });
  }
  const { endpointInUse, network } = observed;
  const endpoint = network?.endpoints.find(({ id, ours }) => ours && id === ledger.endpoint?.id);
  if (endpoint !== undefined && endpointInUse === false) {
    const { endpointHourlyPrice } = builder.input.rules;
    const message = unusedEndpoint(endpoint, `${network?.vpcId}`, endpointHourlyPrice);
    builder.findings.push(finding('endpoint-unused', { resource: endpoint.id, message }));
  }
}

/** Actions are independent, but those that keep the service busy for minutes come last, so that the others do not wait. */
function inOrder(actions: readonly Action[]): readonly Action[] {
  const isLong = ({ kind }: Action) => kind === 'make-private' || kind === 'make-public';
  return [...actions.filter((action) => !isLong(action)), ...actions.filter(isLong)];
}
