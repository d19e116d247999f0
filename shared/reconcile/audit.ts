import { type Finding, finding, keepSince } from '../findings.ts';
import { type Action, describeAction } from '../plan/action.ts';
import { sameDesired } from '../policy/desire.ts';
import type { EffectivePolicy } from '../policy/effective-policy.ts';
import type { ServiceIdentity } from '../service-arn.ts';
import { appendOnce, type ServiceState } from '../state/row.ts';
import type { ObservedPlan } from './observe-and-plan.ts';

/** Why a reconciliation may not write now. */
export interface WriteBlock {
  readonly reason: string;
  /** Whether it can end without a person, so that the reconciliation is retried. */
  readonly isTransient: boolean;
}

/** Why a rule in audit mode prevents writes. */
export function auditReason({ because }: EffectivePolicy): string {
  return `${because}, and its mode is audit`;
}

/** Audit mode: record the planned actions as a finding; execute nothing. The next event or sweep plans again. */
export function auditState(
  service: ServiceIdentity,
  state: ServiceState,
  actions: readonly Action[],
  reason: string,
  now: number,
): ServiceState {
  const found = auditFinding(service, actions, reason);
  return {
    ...state,
    phase: 'blocked',
    findings: [...state.findings.filter(({ code }) => code !== 'audit'), ...keepSince([found], state.findings, now)],
    timeline: appendOnce(state.timeline, now, `finding audit: ${found.message}`),
  };
}

export function heldReason(run: string): string {
  return `the sweep ${run} is held (docs/sweep.md#limits); confirm it with "sweep confirm ${run}"`;
}

/**
 * The state of a service that would change hands while a held sweep holds it: as it was, with a finding. `undefined`: its
 * desire is the same as before.
 */
export function heldState(
  service: ServiceIdentity,
  before: ServiceState,
  { desire, plan, observed: { at } }: ObservedPlan,
  heldBy: string | undefined,
): ServiceState | undefined {
  if (heldBy === undefined) return undefined;
  // A missing tag ends with detaching the service.
  const isTagLost = (findings: readonly Finding[]) => findings.some(({ code }) => code === 'tag-missing');
  const staysSame =
    before.desired === undefined ? desire.desired.kind === 'unmanaged' : sameDesired(desire.desired, before.desired);
  if (staysSame && (isTagLost(before.findings) || !isTagLost(plan.findings))) return undefined;
  const todo = plan.actions.length === 0 ? [`${desire.desired.kind} is desired now`] : plan.actions.map(describeAction);
  const message = `Not done, because ${heldReason(heldBy)}: ${todo.join('; ')}.`;
  const found = finding('audit', { resource: service.arn, message });
  return {
    ...before,
    phase: before.phase ?? 'blocked',
    findings: [...before.findings.filter(({ code }) => code !== 'audit'), ...keepSince([found], before.findings, at)],
    timeline: appendOnce(before.timeline, at, `finding audit: ${message}`),
  };
}

/** The planned actions that `reason` prevents. */
export function auditFinding({ arn }: ServiceIdentity, actions: readonly Action[], reason: string): Finding {
  const message = `Not done, because ${reason}: ${actions.map(describeAction).join('; ')}.`;
  return finding('audit', { resource: arn, message });
}
