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

/** Why a rule in audit lets nothing be written. */
export function auditReason({ because }: EffectivePolicy): string {
  return `${because}, and its mode is audit`;
}

/** What would be done is told, and not done. Nothing else is waited for: the next event or sweep looks again. */
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

/** What would be done, were it not for `reason`. */
export function auditFinding({ arn }: ServiceIdentity, actions: readonly Action[], reason: string): Finding {
  const message = `Not done, because ${reason}: ${actions.map(describeAction).join('; ')}.`;
  return finding('audit', { resource: arn, message });
}
