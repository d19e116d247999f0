import type { OpenFinding } from '../findings.ts';

/**
 * When a grace time ends, in milliseconds since the epoch. It begins when the finding of the loss opens, and delays what
 * follows from the loss, so that a mistake can be corrected:
 *
 *     lost                      finding               grace time          afterwards
 *     the tag                   tag-missing           DetachGrace         the service is detached
 *     a domains tag             domains-tag-missing   DetachGrace         its names are removed
 *     the view of a DNS name    dns-unobservable      UnobservableGrace   domain names are published, unverified
 *     a foreign connection      connection-removed    DetachGrace         the stack creates its own (shared/plan/network.ts)
 *
 * @param findings open since the last reconciliation.
 * @param graceTime milliseconds.
 */
export function graceEnd(
  findings: readonly OpenFinding[],
  isLoss: (finding: OpenFinding) => boolean,
  graceTime: number,
  now: number,
): number {
  return (findings.find(isLoss)?.since ?? now) + graceTime;
}
