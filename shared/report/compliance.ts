import type { Severity } from '../findings.ts';
import type { Enforcement } from '../policy/policy.ts';
import type { ServiceRow } from '../state/row.ts';

/** Whether a service is as policy and tags want it. */
export const compliances = ['compliant', 'in-progress', 'non-compliant', 'not-managed'] as const;
export type Compliance = (typeof compliances)[number];

/** Phases in which the loop is at work. */
const ON_ITS_WAY: ReadonlySet<string | undefined> = new Set([
  'waiting-for-service',
  'attaching',
  'waiting-for-dns',
  'waiting-for-certificate',
  'detaching',
]);

/**
 * What is known of a service → whether it is compliant. Pure.
 *
 *     desired                phase                 error finding   →
 *     private                ready, -unverified    no              compliant
 *     private                on its way            no              in-progress
 *     private                any other             no              non-compliant
 *     (any)                  any                   yes             non-compliant
 *     detached               detaching             no              in-progress
 *     unclear, not known     any                   no              non-compliant
 *     the others             any                   no              non-compliant if it must be private, else not-managed
 *     not known              none yet              no              in-progress
 *
 * What is not known is never compliant.
 */
export function complianceOf(
  {
    phase,
    desired,
    findings,
    unreadable,
  }: Pick<ServiceRow, 'phase' | 'desired' | 'unreadable'> & {
    readonly findings: readonly { readonly severity: Severity }[];
  },
  enforcement: Enforcement,
): Compliance {
  if (unreadable !== undefined || findings.some(({ severity }) => severity === 'error')) return 'non-compliant';
  if (phase === undefined && desired?.kind !== 'unmanaged') return 'in-progress';
  switch (desired?.kind) {
    case 'private':
      if (phase === 'ready' || phase === 'ready-unverified') return 'compliant';
      return ON_ITS_WAY.has(phase) ? 'in-progress' : 'non-compliant';
    case undefined:
    case 'unclear':
      return 'non-compliant';
    default:
      if (enforcement === 'required') return 'non-compliant';
      return ON_ITS_WAY.has(phase) ? 'in-progress' : 'not-managed';
  }
}
