import { expect, it } from 'vitest';
import { HOUR } from '../../shared/duration.ts';
import { finding } from '../../shared/findings.ts';
import type { Phase } from '../../shared/plan/plan.ts';
import { initialState, type ServiceRow } from '../../shared/state/row.ts';
import { emptyFleet, notReadySince, withService } from '../../shared/sweep/fleet.ts';

const AT = Date.UTC(2026, 0, 1);
type Entries = readonly (readonly [hour: number, text: string])[];

/** @param entries hours and texts of the timeline. */
function row(phase: Phase | undefined, entries: Entries = []): ServiceRow {
  const known = { serviceArn: 'arn', generation: 1, seenGeneration: 1, token: undefined, requests: [], updatedAt: AT };
  return {
    ...initialState,
    ...known,
    phase,
    timeline: entries.map(([hour, text]) => ({ at: AT + hour * HOUR, text })),
  };
}

const degraded: Entries = [
  [1, 'ready'],
  [2, 'finding x'],
  [3, 'blocked'],
  [5, 'degraded'],
];

it.each<[string, ServiceRow, number | undefined]>([
  ['new', row(undefined), undefined],
  ['ready', row('ready', [[2, 'ready']]), undefined],
  ['released', row('released', [[2, 'released']]), undefined],
  ['attaching for the first time', row('attaching', [[1, 'attaching']]), 1],
  ['out of order after it was ready', row('degraded', degraded), 3],
  ['of which the timeline has forgotten the phases', row('blocked', [[7, 'tried to do more']]), 7],
])('a service that is %s', (_, service, hour) => {
  expect(notReadySince(service)).toBe(hour === undefined ? undefined : AT + hour * HOUR);
});

it('all services together: the errors of all, and the longest time', () => {
  const error = { ...finding('vpc-not-found', { resource: 'arn', message: 'x' }), since: AT };
  const info = { ...finding('endpoint-unused', { resource: 'arn', message: 'x' }), since: AT };
  const services = [
    { ...row('blocked', [[1, 'blocked']]), findings: [error, info] },
    { ...row('ready', [[1, 'ready']]), findings: [error] },
    row('attaching', [[4, 'attaching']]),
  ];
  const fleet = services.reduce((sum, service) => withService(sum, service, AT + 5 * HOUR), emptyFleet);
  expect(fleet).toEqual({ errorFindings: 2, longestNotReady: 4 * 3600 });
});
