import { phases } from '../../shared/plan/plan.ts';
import type { Schemas } from '../api/client.ts';

type Service = Schemas['Service'];

/** A change of a watched service; `--json` prints each as one line. */
export type ServiceChange =
  | { readonly event: 'phase'; readonly phase: Service['phase'] }
  | ({ readonly event: 'step' } & Service['timeline'][number])
  | ({ readonly event: 'waiting' } & Service['waits'][number])
  | ({ readonly event: 'finding' } & Service['findings'][number])
  | { readonly event: 'finding-closed'; readonly id: string };

/** What changed between two requests; at the first request, everything in progress. Pure. */
export function changes(before: Service | undefined, now: Service): readonly ServiceChange[] {
  const steps = before === undefined ? underWay(now) : now.timeline.filter(isNew(before.timeline, stepKey));
  const waits = recordedWaits(now).filter(isNew(recordedWaits(before), waitKey));
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

/**
 * The waits that the last reconciliation saved, with its steps. A request that comes in the middle of one sees the wait
 * first, and the step that it follows later.
 */
function recordedWaits(service: Service | undefined): Service['waits'] {
  const { waits = [], updatedAt = '' } = service ?? {};
  return waits.filter(({ since }) => since <= updatedAt);
}

/** The timeline repeats each phase, later than it is seen here. */
const PHASES: ReadonlySet<string> = new Set(phases);

function isNew<Item>(known: readonly Item[], key: (item: Item) => string): (item: Item) => boolean {
  const keys = new Set(known.map(key));
  return (item) => !keys.has(key(item));
}

const stepKey = ({ at, text }: Service['timeline'][number]): string => `${at} ${text}`;
const waitKey = ({ what, subject }: Service['waits'][number]): string => `${what} ${subject}`;

/** The phases in which a service stays until its tags, its policy or its world change. */
const RESTING: ReadonlySet<string> = new Set([
  'ready',
  'ready-unverified',
  'degraded',
  'unknown',
  'detached',
  'released',
  'blocked',
]);

/** The steps since the service was last in such a phase. */
function underWay({ timeline }: Service): Service['timeline'] {
  return timeline.slice(timeline.findLastIndex(({ text }) => RESTING.has(text)) + 1);
}

/** Whether the actions of the service are kept: nothing happens before a person acts. */
export function isKept({ actions, waitsFor }: Service): boolean {
  return actions.length > 0 && waitsFor !== undefined;
}

/** Whether the service waits for nothing, or only for a person. Pure. */
export function rests(service: Service): boolean {
  const { phase, actions } = service;
  if (isKept(service)) return true;
  // A blocked service keeps the refused actions in its plan and retries them.
  return phase === 'blocked' || (RESTING.has(phase) && actions.length === 0);
}
