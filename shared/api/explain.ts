import { endpointUsdPerMonth } from '../endpoint-cost.ts';
import { type Finding, keepSince, type OpenFinding } from '../findings.ts';
import { isoTime } from '../iso-time.ts';
import type { Observer } from '../observe/observe.ts';
import { actionKey, describeAction } from '../plan/action.ts';
import type { Plan } from '../plan/plan.ts';
import { latestEnd, mergeWaits, type OpenWait } from '../plan/wait.ts';
import type { PolicyEvaluator } from '../policy/effective-policy.ts';
import { overdueFindings, proofAt } from '../reconcile/next-state.ts';
import { type ObservedPlan, observeAndPlan } from '../reconcile/observe-and-plan.ts';
import type { ServiceIdentity } from '../service-arn.ts';
import { initialState, type ProofSeen, type ServiceRow } from '../state/row.ts';
import type { ServiceExplanation } from './service-schemas.ts';

/** What reads and plans a service without changing anything. */
export interface Reading {
  readonly observer: Observer;
  readonly evaluatePolicy: PolicyEvaluator;
}

/**
 * Observes and plans as a reconciliation does, and executes nothing. The API and the command line show the same.
 * @param row what is known from before, if anything is.
 */
export async function explain(
  service: ServiceIdentity,
  row: ServiceRow | undefined,
  { observer, evaluatePolicy }: Reading,
): Promise<ServiceExplanation> {
  const { effectivePolicy, desire, observed, plan }: ObservedPlan = await observeAndPlan(
    service,
    row ?? initialState,
    observer,
    evaluatePolicy,
  );
  const { rules } = effectivePolicy;
  const seen = observed.service;
  const [endpoint] = observed.network?.endpoints ?? [];
  const proof = proofAt(plan.proof, row?.proof, observed.at);
  const waits = mergeWaits(plan.waits, row?.waits ?? [], observed.at);
  const refused = refusedFindings(service, plan, row);
  const isUnread = refused.some(({ code }) => code === 'unobserved');
  const setAside = row?.unreadable === undefined ? [] : row.findings;
  const findings = [...setAside, ...plan.findings, ...refused, ...overdueFindings(service, waits, observed.at)];
  const { account, region, name, id, arn } = service;
  return {
    ...{ account, region, name, id, arn },
    service:
      seen.kind === 'deleted'
        ? { status: 'deleted' }
        : { status: seen.status, visibility: seen.isPublic ? 'public' : 'private' },
    desired: desire.desired,
    policy: explainPolicy(effectivePolicy),
    // As the reconciliation itself concludes: a refusal with nothing to wait for needs a person.
    phase: isUnread
      ? 'unknown'
      : setAside.length > 0 || (refused.length > 0 && waits.length === 0)
        ? 'blocked'
        : plan.phase,
    ...(proof === undefined ? {} : { proof: explainProof(proof) }),
    actions: (setAside.length > 0 ? [] : plan.actions).map((action) => ({
      description: describeAction(action),
      why: action.why,
      action: { ...action },
    })),
    waits: waits.map(explainWait),
    findings: keepSince(findings, row?.findings ?? [], observed.at).map(explainFinding),
    ...(endpoint === undefined
      ? {}
      : {
          endpoint: {
            id: endpoint.id,
            state: endpoint.state,
            addresses: endpoint.addresses,
            interfaces: endpoint.interfaceCount,
            usdPerInterfaceHour: rules.endpointHourlyPrice,
            usdPerMonth: endpointUsdPerMonth(endpoint.interfaceCount, rules.endpointHourlyPrice),
          },
        }),
    timeline: timelineOf(row),
    ...(row === undefined || row.updatedAt === 0 ? {} : { updatedAt: isoTime(row.updatedAt) }),
  };
}

/** What the loop has met and a plan made here has not: it cannot read the service, or something still wanted was refused. */
function refusedFindings({ arn }: ServiceIdentity, plan: Plan, row: ServiceRow | undefined): readonly Finding[] {
  const wanted = new Set(plan.actions.map((action) => `${arn}#${actionKey(action)}`));
  return (row?.findings ?? [])
    .filter(({ code, resource }) => wanted.has(resource) || (isReadFailure(code) && resource === arn))
    .filter(({ id }) => !plan.findings.some((other) => other.id === id));
}

function isReadFailure(code: Finding['code']): boolean {
  return code === 'access-denied' || code === 'unobserved';
}

function explainPolicy({
  enforcement,
  mode,
  because,
  decision,
}: ObservedPlan['effectivePolicy']): ServiceExplanation['policy'] {
  const { rule, exception, matchTrace, tags, units } = decision;
  return {
    ...{ enforcement, mode, because, matchTrace, tags },
    ...(rule === undefined ? {} : { rule }),
    ...(exception === undefined ? {} : { exception }),
    ...(units === undefined ? {} : { units }),
  };
}

export function explainFinding({ since, ...finding }: OpenFinding): ServiceExplanation['findings'][number] {
  return { ...finding, since: isoTime(since) };
}

/** What happened, and who requested what, in the order of time. */
function timelineOf(row: ServiceRow | undefined): ServiceExplanation['timeline'] {
  if (row === undefined) return [];
  const asked = row.requests.map(({ at, by, what }) => ({ at, text: what, by }));
  return [...row.timeline, ...asked]
    .toSorted((a, b) => a.at - b.at)
    .map((entry) => ({ ...entry, at: isoTime(entry.at) }));
}

function explainProof({ kind, at, verifiedAt }: ProofSeen): ServiceExplanation['proof'] {
  return { kind, at: isoTime(at), ...(verifiedAt === undefined ? {} : { verifiedAt: isoTime(verifiedAt) }) };
}

function explainWait(wait: OpenWait): ServiceExplanation['waits'][number] {
  const { kind, subject, why, since } = wait;
  return { what: kind, subject, why, since: isoTime(since), atMost: isoTime(latestEnd(wait)) };
}
