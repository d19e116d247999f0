import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../shared/duration.ts';
import { finding, type OpenFinding } from '../../shared/findings.ts';
import type { CutoverHistory, OwnedResources, RecentWrite } from '../../shared/plan/ledger.ts';
import type { Observed } from '../../shared/plan/observed.ts';
import type { Plan } from '../../shared/plan/plan.ts';
import type { EffectivePolicy } from '../../shared/policy/effective-policy.ts';
import { nextState, proofAt, retryWait, stateAfterReadFailure } from '../../shared/reconcile/next-state.ts';
import { initialState, type ServiceState } from '../../shared/state/row.ts';
import {
  connection,
  DOMAIN,
  effectivePolicy,
  ledger,
  observed,
  present,
  SERVICE_ARN,
  START,
  service,
  VPC,
  wantsPrivate,
} from '../fixtures.ts';

const endpoint = { id: 'vpce-0e1', vpcId: VPC };
const owned = ledger({ endpoint });
const state = (change: Partial<ServiceState> = {}): ServiceState => ({
  ...initialState,
  ...{ phase: 'ready', desired: wantsPrivate(), ledger: owned },
  ...change,
});

/** After a plan without actions, of which this is said. */
function stateAfter(
  plan: Partial<Plan>,
  {
    before = state(),
    seen = observed(),
    policy = {},
    refusals = [],
  }: {
    before?: ServiceState;
    seen?: Observed;
    policy?: Partial<EffectivePolicy>;
    refusals?: Parameters<typeof nextState>[3];
  } = {},
): ServiceState {
  const made: Plan = {
    ...{ phase: 'ready', actions: [], waits: [], findings: [], forget: [], existing: [], cutover: undefined },
    ...plan,
  };
  const effective = effectivePolicy(policy);
  const desire = { desired: wantsPrivate(), findings: [] };
  const look = { effectivePolicy: effective, desire, observed: seen, plan: made, tagsSeen: 'seen', ledger: owned };
  return nextState(service, before, look, refusals, []);
}

const about = (code: 'tag-unknown' | 'overdue' | 'refused', message = 'as it is') =>
  finding(code, { resource: SERVICE_ARN, message });
const since = (found: ReturnType<typeof about>, at = START - HOUR): OpenFinding => ({ ...found, since: at });

describe('findings', () => {
  it('of the plan stand for the refusals of the same thing, and the timeline says what opened and closed', () => {
    const before = state({ findings: [since(about('overdue')), since(about('tag-unknown'))] });
    const refusals = [about('refused'), about('tag-unknown', 'of a refusal')];
    const next = stateAfter({ findings: [about('tag-unknown')] }, { before, refusals });
    expect(next.findings).toMatchObject([
      { code: 'tag-unknown', message: 'as it is', since: START - HOUR },
      { code: 'refused', since: START },
    ]);
    expect(next.timeline.map(({ text }) => text)).toEqual([
      'finding refused: as it is',
      expect.stringMatching(/^finding overdue closed/),
    ]);
  });
});

describe('what was undone leaves the ledger, though the reconciliation that undid it died', () => {
  const isPublic = observed({ service: present({ isPublic: true }), connections: [] });
  const rollback = { at: START, cause: 'refused', endpointId: 'vpce-0e1' };
  const rolledBack: CutoverHistory = { managedSince: START, wasReady: false, rollback };
  const write = (key: string): readonly RecentWrite[] => [
    { key: 'make-public', at: START },
    { key, at: START },
  ];
  const detached: Partial<Plan> = { phase: 'detached' };

  it.each<[string, boolean, Partial<Plan>, Observed]>([
    ['it is public again after a detachment', false, detached, isPublic],
    ['it is public again after a rollback', false, { cutover: rolledBack }, isPublic],
    ['it is public for another reason', true, { cutover: { managedSince: START, wasReady: true } }, isPublic],
    ['it is private', true, detached, observed()],
    [
      'it is being deployed',
      true,
      detached,
      observed({ service: present({ isPublic: true, status: 'OPERATION_IN_PROGRESS' }) }),
    ],
    ['it is deleted', true, detached, observed({ service: { kind: 'deleted' } })],
    ['it may be listed late as private', true, { ...detached, writes: write('make-private') }, isPublic],
    [
      'it was made private after it was observed',
      true,
      { cutover: rolledBack, actions: [{ kind: 'make-private', why: '' }] },
      isPublic,
    ],
    ['only something else may be listed late', false, { ...detached, writes: write('create-connection') }, isPublic],
  ])('the stack made it private: %s', (_, madePrivate, plan, seen) => {
    expect(stateAfter(plan, { seen }).ledger.madePrivate).toBe(madePrivate);
    expect(
      stateAfter(plan, { seen, before: state({ ledger: { ...owned, madePrivate: false } }) }).ledger.madePrivate,
    ).toBe(false);
  });

  it.each<[string, OwnedResources['endpoint'], Partial<Plan>, Observed]>([
    ['no connection came of it', undefined, { cutover: rolledBack }, isPublic],
    ['a connection is there', endpoint, { cutover: rolledBack }, { ...isPublic, connections: [connection()] }],
    [
      'a connection may be listed late',
      endpoint,
      { cutover: rolledBack, writes: write('create-connection') },
      isPublic,
    ],
    ['it was not rolled back', endpoint, detached, isPublic],
  ])('the stack attached it to an endpoint: %s', (_, expected, plan, seen) => {
    expect(stateAfter(plan, { seen }).ledger.endpoint).toEqual(expected);
    const { endpoint: __, ...without } = owned;
    expect(stateAfter(plan, { seen, before: state({ ledger: without }) }).ledger).not.toHaveProperty('endpoint');
  });
});

describe('the ledger', () => {
  const cutover: CutoverHistory = { managedSince: START, wasReady: true, heldSince: START };
  it('counts the deadline of a cutover from the first reconciliation that may write', () => {
    expect(stateAfter({ cutover }).ledger.cutover).toEqual(cutover);
    expect(stateAfter({ cutover }, { policy: { mode: 'audit' } }).ledger.cutover).toEqual({
      managedSince: START,
      wasReady: true,
    });
    for (const mode of ['audit', 'enforce'] as const)
      expect(stateAfter({}, { policy: { mode } }).ledger).not.toHaveProperty('cutover');
  });

  it('remembers the writes that may be listed late, and nothing where there are none', () => {
    const writes = [{ key: 'make-private', at: START }];
    expect(stateAfter({ writes }).ledger.writes).toEqual(writes);
    expect(stateAfter({}).ledger.writes ?? []).toEqual([]);
  });
});

describe('the state', () => {
  it.each<[Plan['phase'], boolean, boolean]>([
    ['ready', false, true],
    ['ready-unverified', false, true],
    ['attaching', false, false],
    ['attaching', true, true],
  ])('%s, was ready before %s: was ready %s', (phase, wasReady, expected) => {
    expect(stateAfter({ phase }, { before: state({ wasReady }) }).wasReady).toBe(expected);
  });

  it('remembers the last 25 names that were published, each once', () => {
    const names = Array.from({ length: 25 }, (_, index) => `n${index}.example.com`);
    const existing = [DOMAIN, 'n24.example.com'].map((domain) => ({ domain, zoneId: 'ZPRIVATE', records: [] }));
    const { publishedOnce } = stateAfter({ existing }, { before: state({ publishedOnce: names }) });
    expect(publishedOnce).toEqual([...names.slice(1), DOMAIN]);
  });

  it('remembers the failures of the plan only', () => {
    const failing = { [DOMAIN]: { since: START, last: START, count: 1 } };
    const before = state({ failing: { 'other.example.com': failing[DOMAIN] } });
    expect(stateAfter({ failing }, { before }).failing).toEqual(failing);
    expect(stateAfter({}, { before }).failing).toEqual({});
  });

  it('keeps the tags of a service that is deleted, so that the policy goes on to know it', () => {
    const before = state({ tags: { stage: 'prod' } });
    const policy = { decision: { ...effectivePolicy().decision, tags: { stage: 'test' } } };
    expect(stateAfter({}, { before, policy }).tags).toEqual({ stage: 'test' });
    const seen = observed({ service: { kind: 'deleted' } });
    expect(stateAfter({}, { before, policy, seen }).tags).toEqual({ stage: 'prod' });
  });

  it('forgets what was done a day ago, and refused aliases with another desire', () => {
    const done = (at: number) => ({ key: 'make-private', at, repair: true });
    const before = state({ history: [done(START - DAY), done(START - DAY + 1)] });
    expect(stateAfter({}, { before }).history).toEqual([done(START - DAY + 1)]);
  });
});

it.each([
  ['nothing was seen, and nothing known', undefined, undefined, undefined],
  [
    'nothing was seen',
    undefined,
    { kind: 'verified', at: 0, verifiedAt: 0 },
    { kind: 'unverified', at: START, verifiedAt: 0 },
  ],
  [
    'nothing was seen, and it never answered',
    undefined,
    { kind: 'resolves', at: 0 },
    { kind: 'unverified', at: START },
  ],
  ['it answers', 'verified', undefined, { kind: 'verified', at: START, verifiedAt: START }],
  [
    'it resolves',
    'resolves',
    { kind: 'verified', at: 0, verifiedAt: 0 },
    { kind: 'resolves', at: START, verifiedAt: 0 },
  ],
  ['it resolves for the first time', 'resolves', undefined, { kind: 'resolves', at: START }],
] as const)('the proof when %s', (_, kind, before, expected) => {
  expect(proofAt(kind, before, START)).toEqual(expected);
});

describe('when AWS cannot be read', () => {
  const error = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException', $metadata: {} });
  const failed = (before: ServiceState, minutes: number) =>
    stateAfterReadFailure(service, before, before, error, START + minutes * MINUTE);
  const reading = { ...retryWait(service, 'AWS could not be read: Rate exceeded'), since: START };

  it('is tried again at growing distances, and observed in full when the hour is over', () => {
    expect(reading).toMatchObject({
      kind: 'retry',
      subject: SERVICE_ARN,
      condition: { check: 'nothing' },
      expected: '',
    });
    const first = failed(state(), 0);
    expect(first.waits).toEqual([{ ...reading, endsAt: START + HOUR }]);
    expect(failed(first, 10).waits).toEqual(first.waits);
  });

  it('says once that the phase is unknown, and since when', () => {
    const before = state({ proof: { kind: 'verified', at: 0, verifiedAt: 0 } });
    const unknown = failed(failed(before, 0), 60);
    expect(unknown).toMatchObject({
      phase: 'unknown',
      unreadSince: START,
      proof: { kind: 'unverified', verifiedAt: 0 },
    });
    expect(unknown.waits).toEqual([reading]);
    expect(unknown.timeline.map(({ text }) => text)).toEqual([
      'could not read AWS: Rate exceeded',
      expect.stringMatching(/^finding unobserved: /),
      'unknown',
    ]);
    const later = failed(unknown, 90);
    expect(later.timeline).toEqual(unknown.timeline);
    expect(later.findings).toMatchObject([{ code: 'unobserved', since: START + HOUR }]);
  });

  it.each(['released', 'detached'] as const)('concludes nothing of a service that is %s', (phase) => {
    const later = failed(failed(state({ phase }), 0), 90);
    expect(later).toMatchObject({ phase, findings: [], waits: [reading] });
    expect(later.waits[0]).not.toHaveProperty('endsAt');
  });
});
