import type { Schemas } from '../api/client.ts';

type Sweep = Schemas['Sweep'];
type Target = Sweep['targets'][number];

/** A change of a watched sweep; `--json` prints each as one line. */
export type SweepChange =
  | { readonly event: 'begun'; readonly id: string; readonly by: string; readonly targets: number }
  | {
      readonly event: 'compared';
      readonly target: string;
      readonly counts: Counts;
      readonly failures: Sweep['failures'];
    };

type Counts = NonNullable<Target['counts']>;

/** What changed between two responses. Pure. */
export function changes(before: Sweep | undefined, now: Sweep): readonly SweepChange[] {
  const { id, by, targets, failures } = now;
  const known = new Set((before?.targets ?? []).filter(hasAnswered).map(({ target }) => target));
  return [
    ...(before === undefined ? [{ event: 'begun', id, by, targets: targets.length } as const] : []),
    ...targets.flatMap(({ target, counts }): readonly SweepChange[] => {
      if (counts === undefined || known.has(target)) return [];
      return [
        { event: 'compared', target, counts, failures: failures.filter(({ resource }) => isIn(target, resource)) },
      ];
    }),
  ];
}

export const hasAnswered = ({ counts }: Target): boolean => counts !== undefined;

/** Whether a resource, an ARN or the name of a target, is of the target. */
function isIn(target: string, resource: string): boolean {
  const [, , , region, account] = resource.split(':');
  return resource === target || `${account}/${region}` === target;
}

/** Whether it has ended, or waits for a person. Pure. */
export function rests({ status }: Sweep): boolean {
  return status !== 'comparing';
}
