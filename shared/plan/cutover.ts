import { HOUR } from '../duration.ts';
import { type Finding, finding, findingDefinitions } from '../findings.ts';
import type { Desired } from '../policy/desire.ts';
import { type Action, actionKey } from './action.ts';
import type { DomainProgress } from './domain.ts';
import type { CutoverHistory, Rollback } from './ledger.ts';
import { candidateEndpoint, type Network } from './network.ts';
import type { EndpointState } from './observed.ts';
import type { PlanBuilder } from './plan-builder.ts';
import { leadsHere } from './public-view.ts';

/** A service that was older than this (milliseconds) when it was first managed is taken for a live one. */
const LIVE_AGE = HOUR;

/** App Runner deploys the update in minutes, and the connection and DNS follow. */
const GAP = 'about 5 to 10 minutes';

type Private = Desired & { kind: 'private' };
type Progress = ReadonlyMap<string, DomainProgress>;

/**
 * When a public service is made private. Only what can be replaced is cut:
 *
 *     cutover         service              what must follow       →
 *     (any)           was ready once       –                      make private: it was made public since (drift)
 *     immediately     –                    –                      make private
 *     auto            new                  –                      make private
 *     auto            live                 as `when-possible`
 *     when-possible   –                    possible               make private
 *     when-possible   –                    App Runner works on it wait
 *     when-possible   –                    an error finding       still-public (warning)
 *     when-possible   rolled back          cause not changed      rolled-back
 *     when-possible   required             see `planRequired`
 *
 * A service is live when a wanted name leads to it, or when it was older than an hour when it was first managed.
 */
export function planCutover(builder: PlanBuilder, desired: Private, network: Network, progress: Progress): void {
  const { ledger, observed, askedAt = 0 } = builder.input;
  const { service, at } = observed;
  const before = ledger.cutover ?? { managedSince: at, wasReady: false };
  const { rollback, ...rest } = before;
  const history = rollback !== undefined && askedAt > rollback.at ? rest : before;
  builder.cutover = history;
  if (service.kind !== 'present') return;
  const leading = desired.domains.filter((domain) => {
    const state = observed.domains[domain];
    return state !== undefined && leadsHere(builder, state);
  });
  const because = whyCareful(builder, history, leading);
  if (!service.isPublic) {
    const { heldSince: _, ...cut } = history;
    builder.cutover = history.wasReady ? cut : history;
    if (because !== undefined) planRollback(builder, network);
    reportCutAfterDeadline(builder, leading, progress);
    return;
  }
  if (network.stage === 'missing') {
    if (because !== undefined)
      announce(builder, desired, leading, `once every later step is known to be possible (${because})`);
    return;
  }
  if (network.stage !== 'public') return;
  if (because === undefined) {
    makePrivate(
      builder,
      desired,
      leading,
      history.wasReady ? 'it was ready before, and was made public since' : undefined,
    );
  } else if (builder.input.required === true) planRequired(builder, desired, leading, progress);
  else planWhenPossible(builder, desired, network.endpoint, leading, progress, because);
}

/** What was ready once is made private again at once, should it become public. */
export function rememberReady(builder: PlanBuilder): void {
  if (builder.cutover === undefined) return;
  const { managedSince } = builder.cutover;
  builder.cutover = { managedSince, wasReady: true };
}

/** Why the service is cut only when everything that follows is possible; `undefined`: it is cut at once. */
function whyCareful(
  { input }: PlanBuilder,
  { managedSince, wasReady, rollback }: CutoverHistory,
  leading: readonly string[],
): string | undefined {
  const { rules, observed } = input;
  if (wasReady || rules.cutover === 'immediately') return undefined;
  // A listing that lags may not show what leads to it.
  if (rollback !== undefined && leading.length === 0) return 'it was made public again before';
  if (leading.length > 0) return `${listed(leading)} ${leading.length === 1 ? 'leads' : 'lead'} to it today`;
  if (rules.cutover === 'when-possible') return 'the cutover is when-possible';
  const age = observed.service.kind === 'present' ? managedSince - observed.service.createdAt : 0;
  return age > LIVE_AGE ? 'it was older than an hour when it was first managed' : undefined;
}

function planWhenPossible(
  builder: PlanBuilder,
  desired: Private,
  endpoint: EndpointState,
  leading: readonly string[],
  progress: Progress,
  because: string,
): void {
  const { rollback } = builder.cutover ?? {};
  // A connection that is available needs none of ours: the cause no longer holds.
  const isAttached = builder.input.observed.connections.some(({ status }) => status === 'AVAILABLE');
  if (rollback !== undefined && rollback.endpointId === endpoint.id && !isAttached) {
    reportRollback(builder, rollback);
    return;
  }
  const hindrances = hindrancesOf(builder);
  if (hindrances.length > 0) {
    reportStillPublic(builder, desired, leading, hindrances, because);
    return;
  }
  const isPossible = [...progress].every(([domain, reached]) =>
    leading.includes(domain) ? isCertified(reached) : reached === 'associated' || isCertified(reached),
  );
  if (isPossible) makePrivate(builder, desired, leading, `every later step is possible (${because})`);
  else announce(builder, desired, leading, `once App Runner has accepted its domains (${because})`);
}

/**
 * A rule requires the service to be private: only names that lead to it today hold the cut, and only until the rule's
 * deadline. A name that leads elsewhere, or nowhere, is no way out.
 */
function planRequired(builder: PlanBuilder, desired: Private, leading: readonly string[], progress: Progress): void {
  const { observed, rules, service } = builder.input;
  const open = leading.filter((domain) => !isCertified(progress.get(domain)));
  if (builder.cutover === undefined || open.length === 0) {
    makePrivate(builder, desired, leading, 'the policy requires it to be private');
    return;
  }
  const { heldSince = observed.at } = builder.cutover;
  builder.cutover = { ...builder.cutover, heldSince };
  const deadline = heldSince + rules.cutoverDeadline;
  if (observed.at >= deadline) {
    makePrivate(builder, desired, leading, `the policy requires it to be private, and its deadline is over`);
    reportCutAfterDeadline(builder, leading, progress);
    return;
  }
  const until = new Date(deadline).toISOString();
  builder.waits.push({
    kind: 'grace',
    subject: `${service.arn}#cutover`,
    condition: { check: 'nothing' },
    expected: '',
    why: `${listed(open)} ${open.length === 1 ? 'leads' : 'lead'} to the service and cannot be replaced yet; it is made private by then in any case`,
    endsAt: deadline,
  });
  const hindrances = hindrancesOf(builder).filter(({ domain }) => domain !== undefined && open.includes(domain));
  if (hindrances.length === 0) return;
  reportStillPublic(builder, desired, leading, hindrances, `the policy requires it to be private by ${until}`, 'error');
}

function isCertified(progress: DomainProgress | undefined): boolean {
  return progress === 'certified' || progress === 'published';
}

/** Findings that keep a later step from being possible, those of actions that were refused among them. */
export function hindrancesOf({ findings, actions, input }: PlanBuilder): readonly Finding[] {
  const wanted = actions.map((action) => `${input.service.arn}#${actionKey(action)}`);
  return [
    ...findings.filter(({ severity, code }) => severity === 'error' || code === 'endpoint-closed'),
    ...input.findings.filter(({ resource }) => wanted.includes(resource)),
  ];
}

/** Names that answer publicly today and will not: those wanted, those associated without being wanted, and its own. */
function stopping({ input }: PlanBuilder, { domains }: Private, leading: readonly string[]): readonly string[] {
  const { service, associated = [] } = input.observed;
  const unwanted = associated.filter((name) => !domains.includes(name));
  const own = service.kind === 'present' && service.publicName !== undefined ? [service.publicName] : [];
  return [...leading, ...unwanted, ...own];
}

function consequence(builder: PlanBuilder, desired: Private, leading: readonly string[]): string {
  const names = stopping(builder, desired, leading);
  const vpc = desired.vpcId ?? 'the VPC';
  const inside =
    leading.length === 0 ? 'the service answers' : `${listed(leading)} ${leading.length === 1 ? 'answers' : 'answer'}`;
  const outside =
    names.length === 0
      ? 'the service stops answering publicly'
      : `${listed(names)} ${names.length === 1 ? 'stops' : 'stop'} answering publicly`;
  return `${outside}; from ${vpc} ${inside} again once the ingress connection is available, after ${GAP}`;
}

function makePrivate(
  builder: PlanBuilder,
  desired: Private,
  leading: readonly string[],
  because: string | undefined,
): void {
  const reason = because === undefined ? 'it is public now' : `it is public now, and ${because}`;
  builder.whenIdle({ kind: 'make-private', why: `${reason}; ${consequence(builder, desired, leading)}` });
}

function announce(builder: PlanBuilder, desired: Private, leading: readonly string[], when: string): void {
  const message = `The service is public now, and is made private ${when}. Then ${consequence(builder, desired, leading)}.`;
  builder.findings.push(finding('cutover-ahead', { resource: builder.input.service.arn, message }));
}

function reportStillPublic(
  builder: PlanBuilder,
  desired: Private,
  leading: readonly string[],
  hindrances: readonly Finding[],
  because: string,
  severity?: 'error',
): void {
  const what = hindrances.map(({ code, message }) => `${message} (${code})`).join(' ');
  const message = `The service stays public for now (${because}). What hinders: ${what} Once it is private, ${consequence(builder, desired, leading)}.`;
  const found = finding('still-public', { resource: builder.input.service.arn, message });
  builder.findings.push(severity === undefined ? found : { ...found, severity });
}

/** A rule's deadline cut names that could not be replaced: open until they are. */
function reportCutAfterDeadline(builder: PlanBuilder, leading: readonly string[], progress: Progress): void {
  const { input, cutover } = builder;
  if (cutover?.heldSince === undefined || input.observed.at < cutover.heldSince + input.rules.cutoverDeadline) return;
  const dead = leading.filter((domain) => progress.get(domain) !== 'published');
  if (dead.length === 0) return;
  const message = `The policy required the service to be private by ${new Date(cutover.heldSince + input.rules.cutoverDeadline).toISOString()}. ${listed(dead)} led to the public service and ${dead.length === 1 ? 'does' : 'do'} not answer.`;
  builder.findings.push(finding('cut-after-deadline', { resource: input.service.arn, message }));
}

/** What makes a way in, and is of no use to a service that is made public again. */
const MAKES_A_WAY = ['create-security-group', 'create-endpoint', 'create-connection'] as const;
const makesAWay = (kind: Action['kind']): boolean => MAKES_A_WAY.some((one) => one === kind);

/**
 * The service was made private by the stack and the connection cannot be made: make it public again, once for each endpoint.
 * The cut is blocked until another endpoint is used or a person requests it again.
 */
function planRollback(builder: PlanBuilder, network: Network): void {
  const { ledger, required, observed } = builder.input;
  const { cutover } = builder;
  if (cutover === undefined || cutover.wasReady || required === true || !ledger.madePrivate) return;
  if (network.stage !== 'missing' && network.stage !== 'impossible') return;
  if (observed.connections.some(({ status }) => status === 'AVAILABLE')) return;
  const candidate = candidateEndpoint(builder.input)?.id;
  const before = cutover.rollback;
  // For another endpoint it is not taken before that one was tried. A listing that lags may show none.
  const begun = candidate === undefined || candidate === before?.endpointId ? before : undefined;
  const rollback = begun ?? newRollback(builder, cutover, candidate);
  if (rollback === undefined) {
    const tried = builder.actions.find((action) => action.kind === 'create-connection');
    if (tried !== undefined) builder.cutover = { ...cutover, triedEndpointId: tried.endpointId };
    return;
  }
  builder.cutover = { ...cutover, rollback };
  const others = builder.actions.filter(({ kind }) => !makesAWay(kind));
  builder.actions.splice(0, builder.actions.length, ...others);
  builder.whenIdle({
    kind: 'make-public',
    why: `the connection could not be made (${rollback.cause}), and nothing else leads to it`,
  });
  reportRollback(builder, rollback);
}

/** @param candidate the endpoint that would be used now. */
function newRollback(
  { input, findings }: PlanBuilder,
  { triedEndpointId: tried }: CutoverHistory,
  candidate: string | undefined,
): Rollback | undefined {
  const { service, observed } = input;
  const refusal = input.findings.find(
    ({ code, resource }) =>
      (code === 'access-denied' || code === 'refused') &&
      MAKES_A_WAY.some((kind) => resource === `${service.arn}#${kind}`),
  );
  const isOfCandidate = candidate === undefined || tried === undefined || tried === candidate;
  if (refusal !== undefined && isOfCandidate && observed.connections.length === 0)
    return rollbackFor(refusal, tried ?? candidate ?? '', observed.at);
  const givenUp = findings.find(({ code }) => code === 'connection-given-up');
  return givenUp && rollbackFor(givenUp, candidate ?? tried ?? '', observed.at);
}

function rollbackFor({ code, message, remedy }: Finding, endpointId: string, at: number): Rollback {
  // A remedy of its own says what a grant does not fix.
  const own = remedy === findingDefinitions[code].remedy ? {} : { remedy };
  return { at, cause: message, endpointId, ...own };
}

function reportRollback(builder: PlanBuilder, { cause, remedy }: Rollback): void {
  const message = `The service was made private and public again, because its ingress connection could not be made. ${cause}`;
  const about = { resource: builder.input.service.arn, message };
  const after = 'Then attach the service again, or tag it `disabled` and `enabled`.';
  builder.findings.push(finding('rolled-back', { ...about, ...(remedy && { remedy: `${remedy} ${after}` }) }));
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
