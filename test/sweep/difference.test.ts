import { describe, expect, test } from 'vitest';
import { MINUTE } from '../../shared/duration.ts';
import { finding, keepSince } from '../../shared/findings.ts';
import type { Action } from '../../shared/plan/action.ts';
import { emptyLedger } from '../../shared/plan/ledger.ts';
import type { Plan } from '../../shared/plan/plan.ts';
import type { Wait } from '../../shared/plan/wait.ts';
import type { Desired } from '../../shared/policy/desire.ts';
import { auditFinding, auditReason } from '../../shared/reconcile/audit.ts';
import type { ObservedPlan } from '../../shared/reconcile/observe-and-plan.ts';
import { initialState, type ServiceRow } from '../../shared/state/row.ts';
import { difference } from '../../shared/sweep/compare.ts';
import { effectivePolicy, observed, SERVICE_ARN, START, service, wantsDetached, wantsPrivate } from '../fixtures.ts';

const unmanaged: Desired = { kind: 'unmanaged' };
const action: Action = { kind: 'make-private', why: 'it answers publicly' };
const wait: Wait = {
  kind: 'service',
  subject: SERVICE_ARN,
  condition: { check: 'service' },
  expected: '',
  why: 'it is busy',
};
const missing = finding('tag-missing', { resource: SERVICE_ARN, message: 'the tag is missing' });
const overdue = finding('overdue', { resource: SERVICE_ARN, message: 'it takes long' });
const audit = effectivePolicy({ mode: 'audit' });
const reported = auditFinding(service, [action], auditReason(audit));
const open = (...findings: readonly (typeof missing)[]) => keepSince(findings, [], START);

/** A plan without actions, with the given change. */
function look({
  desired = wantsPrivate(),
  by = effectivePolicy(),
  ...plan
}: Partial<Plan> & { readonly desired?: Desired; readonly by?: ObservedPlan['effectivePolicy'] } = {}): ObservedPlan {
  const made: Plan = {
    ...{ phase: 'ready', actions: [], waits: [], findings: [], forget: [], existing: [], cutover: undefined },
    ...plan,
  };
  return {
    effectivePolicy: by,
    desire: { desired, findings: [] },
    observed: observed(),
    plan: made,
    tagsSeen: '',
    ledger: emptyLedger,
  };
}

/** A row of a service that was ready a minute ago, without a message. */
const row = (change: Partial<ServiceRow> = {}): ServiceRow => ({
  ...initialState,
  serviceArn: SERVICE_ARN,
  generation: 1,
  seenGeneration: 1,
  token: undefined,
  updatedAt: START - MINUTE,
  requests: [],
  phase: 'ready',
  desired: wantsPrivate(),
  ...change,
});
/** Its next message is in the queue. */
const seenTo = { token: 'next' };
const lost = { token: 'next', updatedAt: START - 20 * MINUTE };

/** `says` is a part of the difference's text. */
interface Case {
  readonly what: string;
  readonly seen: ObservedPlan;
  readonly noted: ServiceRow | undefined;
  readonly would: string | undefined;
  readonly says: string;
}

const rows: readonly (readonly [string, ObservedPlan, ServiceRow | undefined, string | undefined, string?])[] = [
  ['the tag is missing, not reported yet', look({ findings: [missing] }), row(), 'detach', 'the tag is missing'],
  ['no rule is for it any more', look({ desired: unmanaged }), row(), 'release', 'it is not managed any more'],
  [
    'it is released while it is detached',
    look({ desired: { kind: 'released' } }),
    row({ desired: wantsDetached(), phase: 'detaching' }),
    'release',
  ],
  [
    'it was released before',
    look({ desired: { kind: 'released' }, phase: 'released' }),
    row({ desired: { kind: 'released' }, phase: 'released' }),
    undefined,
  ],
  ['the tag is missing, and nothing is known', look({ findings: [missing] }), undefined, 'detach'],
  ['the tag is missing, reported', look({ findings: [missing] }), row({ findings: open(missing) }), undefined],
  ['actions in audit, reported', look({ actions: [action], by: audit }), row({ findings: open(reported) }), undefined],
  [
    'actions in audit, not reported',
    look({ actions: [action], by: audit }),
    row(),
    'refresh',
    'in audit: make the service',
  ],
  ['actions in audit, nothing known', look({ actions: [action], by: audit }), undefined, 'refresh'],
  ['actions under way', look({ actions: [action] }), row(seenTo), 'refresh', 'make the service private'],
  ['actions, the message lost', look({ actions: [action] }), row(lost), 'change'],
  ['actions without a message', look({ actions: [action] }), row(), 'change', 'make the service private'],
  ['actions, something else wanted', look({ actions: [action] }), row({ ...seenTo, desired: unmanaged }), 'change'],
  ['actions, nothing known', look({ actions: [action] }), undefined, 'change'],
  ['undoing', look({ actions: [action], desired: wantsDetached() }), row(), 'detach'],
  [
    'undoing, under way',
    look({ actions: [action], desired: wantsDetached() }),
    row({ ...seenTo, desired: wantsDetached() }),
    'refresh',
  ],
  ['waits, message scheduled', look({ waits: [wait] }), row(seenTo), undefined],
  ['waits, the message lost', look({ waits: [wait] }), row(lost), 'refresh', 'it is busy'],
  ['waits without a message', look({ waits: [wait] }), row(), 'refresh', 'it is busy'],
  ['waits, nothing known', look({ waits: [wait] }), undefined, 'refresh'],
  ['nothing to do, as in the row', look(), row(), undefined],
  [
    'nothing to do, another phase',
    look(),
    row({ phase: 'attaching' }),
    'refresh',
    'the phase is ready, and was attaching',
  ],
  ['nothing to do, another desire', look(), row({ desired: unmanaged }), 'refresh', 'the desired state changed'],
  ['a finding opens', look({ findings: [overdue] }), row(), 'refresh', `the finding ${overdue.id} opens`],
  ['a finding closes', look(), row({ findings: open(overdue) }), 'refresh', `the finding ${overdue.id} closes`],
  ['nothing to do, nothing known', look(), undefined, 'refresh', 'it has no row yet'],
  ['unmanaged, nothing known', look({ desired: unmanaged }), undefined, undefined],
  ['gone, nothing known', look({ desired: wantsDetached() }), undefined, undefined],
  ['unmanaged, with a finding', look({ desired: unmanaged, findings: [overdue] }), undefined, 'refresh'],
];

const cases = rows.map(([what, seen, noted, would, says = '']): Case => ({ what, seen, noted, would, says }));

describe('a service that is compared', () => {
  test.each(cases)('$what', ({ seen, noted, would, says }) => {
    const found = difference(service, noted, seen, START);
    expect(found?.would).toBe(would);
    if (found === undefined) return;
    expect(found).toMatchObject({ serviceArn: SERVICE_ARN, phase: seen.plan.phase });
    expect(found.what.join('; ')).toContain(says);
  });
});
