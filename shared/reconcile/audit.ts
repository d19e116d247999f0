import { type Finding, finding, keepSince } from '../findings.ts';
import { type Action, describeAction } from '../plan/action.ts';
import type { EffectivePolicy } from '../policy/effective-policy.ts';
import type { ServiceIdentity } from '../service-arn.ts';
import { appendOnce, type ServiceState } from '../state/row.ts';

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

/** The planned actions that `reason` prevents. */
export function auditFinding({ arn }: ServiceIdentity, actions: readonly Action[], reason: string): Finding {
  const message = `Not done, because ${reason}: ${actions.map(describeAction).join('; ')}.`;
  return finding('audit', { resource: arn, message });
}
