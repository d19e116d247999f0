import { phases } from '../../shared/plan/plan.ts';
import type { Schemas } from '../api/client.ts';

type Service = Schemas['Service'];

/** What is news about a service that is watched; `--json` prints each as one line. */
export type ServiceChange =
  | { readonly event: 'phase'; readonly phase: Service['phase'] }
  | ({ readonly event: 'step' } & Service['timeline'][number])
  | ({ readonly event: 'waiting' } & Service['waits'][number])
  | ({ readonly event: 'finding' } & Service['findings'][number])
  | { readonly event: 'finding-closed'; readonly id: string };

/** What has changed between two looks; without an earlier one, all that is under way. Pure. */
export function changes(before: Service | undefined, now: Service): readonly ServiceChange[] {
  const steps = before === undefined ? underWay(now) : now.timeline.filter(isNew(before.timeline, stepKey));
  const waits = now.waits.filter(isNew(before?.waits ?? [], waitKey));
  const opened = now.findings.filter(isNew(before?.findings ?? [], ({ id }) => id));
  const closed = (before?.findings ?? []).filter(isNew(now.findings, ({ id }) => id));
  return [
    ...steps.filter(({ text }) => !PHASES.has(text)).map((step) => ({ event: 'step', ...step }) as const),
    ...(before?.phase === now.phase ? [] : [{ event: 'phase', phase: now.phase } as const]),
    ...waits.map((wait) => ({ event: 'waiting', ...wait }) as const),
    ...opened.map((finding) => ({ event: 'finding', ...finding }) as const),
    ...closed.map(({ id }) => ({ event: 'finding-closed', id }) as const),
  ];
}

/** The timeline names each phase as it comes, a look later than it is seen here. */
const PHASES: ReadonlySet<string> = new Set(phases);

function isNew<Item>(known: readonly Item[], key: (item: Item) => string): (item: Item) => boolean {
  const keys = new Set(known.map(key));
  return (item) => !keys.has(key(item));
}

const stepKey = ({ at, text }: Service['timeline'][number]): string => `${at} ${text}`;
const waitKey = ({ what, subject }: Service['waits'][number]): string => `${what} ${subject}`;

/** The phases at which a service stays until somebody wants something else. */
const RESTING: ReadonlySet<string> = new Set(['ready', 'ready-unverified', 'detached', 'released', 'blocked']);

/** The steps since the service last rested. */
function underWay({ timeline }: Service): Service['timeline'] {
  return timeline.slice(timeline.findLastIndex(({ text }) => RESTING.has(text)) + 1);
}

/** Whether there is nothing more to see: nothing will happen unless somebody does something. Pure. */
export function rests({ phase, actions }: Service): boolean {
  // What is refused to a blocked service is tried again and again, and stays in its plan.
  return phase === 'blocked' || (RESTING.has(phase) && actions.length === 0);
}
