import { counted } from '../counted.ts';
import type { FindingDefinition } from '../findings.ts';
import type { PolicyLimit, PolicyLimits } from '../policy/policy.ts';
import type { RunSummary } from './run.ts';

/** What is reported of a sweep as long as it is held; `docs/sweep.md` is generated from it. */
export const heldDefinitions = {
  'sweep-held': {
    severity: 'warning',
    meaning: 'The latest sweep would change more services than the limits of the policy allow. It changes none.',
    remedy:
      'Read what it would do ("sweep show latest"), then confirm it ("sweep confirm <id>"), or correct the tags or the policy: the next sweep within the limits takes its place.',
  },
} as const satisfies Record<string, FindingDefinition>;

/**
 * Why a sweep is held; empty if it is not. Pure.
 *
 *     limit          count of 10   managed of 100   →
 *     {}             10            100                continues
 *     count: 10      10            100                continues
 *     count: 9       10            100                held
 *     share: 0.1     10            100                continues
 *     share: 0.09    10            100                held
 */
export function overLimits(
  { changes, detaches, managed }: Pick<RunSummary, 'changes' | 'detaches' | 'managed'>,
  limits: PolicyLimits,
): readonly string[] {
  return [
    ...over(changes, managed, limits.changes, 'would be changed'),
    ...over(detaches, managed, limits.detaches, 'would be detached or leave management'),
  ];
}

function over(wanted: number, managed: number, { count, share }: PolicyLimit, verb: string): readonly string[] {
  const reasons: string[] = [];
  if (count !== undefined && wanted > count)
    reasons.push(`${counted(wanted, 'service')} ${verb}, and the limit is ${count}`);
  if (share !== undefined && managed > 0 && wanted / managed > share) {
    reasons.push(
      `${wanted} of ${counted(managed, 'service')} ${verb} (${percent(wanted / managed)}), and the limit is ${percent(share)}`,
    );
  }
  return reasons;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
