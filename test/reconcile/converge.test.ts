import { describe, expect, it, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../shared/duration.ts';
import { InconclusiveError } from '../../shared/errors.ts';
import { type ExecutionOutcome, outcomeOf } from '../../shared/execute/outcome.ts';
import { finding } from '../../shared/findings.ts';
import { type ObservationScope, tagsFingerprint } from '../../shared/observe/observe.ts';
import { type Action, actionKey } from '../../shared/plan/action.ts';
import type { Observed, ObservedService as SeenService } from '../../shared/plan/observed.ts';
import { nextDelay } from '../../shared/plan/wait.ts';
import { converge } from '../../shared/reconcile/converge.ts';
import type { KillSwitch } from '../../shared/reconcile/kill-switch.ts';
import { observeAndPlan } from '../../shared/reconcile/observe-and-plan.ts';
import { initialState, type RequestNote, type ServiceState } from '../../shared/state/row.ts';
import {
  association,
  CONNECTION_NAME,
  cname,
  connection,
  DOMAIN,
  domainState,
  ENDPOINT_NAME,
  effectivePolicy,
  endpointAlias,
  ledger,
  network,
  observed,
  ownTxt,
  present,
  publicZone,
  rules,
  SERVICE_ARN,
  START,
  service,
  VPC,
  validationCname,
  wantsDetached,
  wantsPrivate,
  writtenDomain,
} from '../fixtures.ts';
import {
  AwsError,
  Bench,
  denied,
  publicAndUnpublished,
  ready,
  throttled,
  unpublished,
  waiting,
} from './converge-bench.ts';

/** What is written is gone again at the next observation, after the listing is believed. */
class UndoneBench extends Bench {
  override async world(seen: SeenService, scope: ObservationScope): Promise<Observed> {
    if (scope.connectionOnly !== true) this.time += 3 * MINUTE;
    return super.world(seen, scope);
  }
}

describe('a reconciliation that executes', () => {
  it('does not write again what is not listed yet', async () => {
    const bench = new Bench([unpublished]);
    const state = await bench.run();
    expect(bench.executed).toHaveLength(1);
    expect(state).toMatchObject({ phase: 'ready', waits: [{ kind: 'consistency' }], findings: [] });
    expect(state.ledger.writes).toHaveLength(2);
  });

  it('repeats until no action is left, and records each step in the timeline', async () => {
    const bench = new Bench([unpublished, ready]);
    const state = await bench.run();
    expect(state).toMatchObject({
      phase: 'ready',
      desired: wantsPrivate(),
      wasReady: true,
      waits: [],
      findings: [],
    });
    expect(state.timeline.map(({ text }) => text)).toEqual([
      'waiting-for-certificate',
      expect.stringContaining(`create A ${DOMAIN}`),
      'ready',
    ]);
    expect(state.history).toMatchObject([{ at: START, repair: false }]);
    expect(state.tagsSeen).toBe(tagsFingerprint(present().tags));
  });

  it('records what it is about to write before it writes', async () => {
    const noted: number[] = [];
    const bench: Bench = new Bench([unpublished, ready], () => {
      noted.push(bench.noted.at(-1)?.domains[DOMAIN]?.records.length ?? 0);
      return { kind: 'done' };
    });
    const state = await bench.run();
    expect(noted).toEqual([2]);
    expect(state.ledger.domains[DOMAIN]?.records.map(({ record }) => record)).toEqual([endpointAlias(), ownTxt()]);
  });

  it('counts an action after the phase ready as a repair', async () => {
    const state = await new Bench([ready]).run();
    const repaired = await new Bench([unpublished, ready]).run(state);
    expect(repaired.history).toMatchObject([{ repair: true }]);
  });

  it('forgets repairs after a day', async () => {
    const repaired = await new Bench([unpublished, ready]).run(await new Bench([ready]).run());
    const later = new Bench([ready]);
    later.time = START + DAY;
    expect((await later.run(repaired)).history).toEqual([]);
  });

  it('keeps repairs whatever the tags do meanwhile, but not attempts', async () => {
    const repaired = await new Bench([unpublished, ready]).run(await new Bench([ready]).run());
    const retagged = (value: string) =>
      observed({ ...unpublished, service: present({ tags: { ...present().tags, 'private-ingress:alias': value } }) });
    const inPlace = (value: string) => observed({ service: retagged(value).service });
    const second = await new Bench([retagged('endpoint'), inPlace('endpoint')]).run(repaired);
    expect(second.history).toMatchObject([{ repair: true }, { repair: true }]);
    const third = new Bench([retagged('auto'), inPlace('auto')]);
    const contested = await third.run(second);
    expect(third.executed).toEqual([]);
    expect(contested.findings).toMatchObject([{ code: 'contested' }]);
    expect(contested.findings[0]?.remedy).toContain('`reconcile`');

    const attempted = await new UndoneBench([unpublished]).run();
    expect(attempted.history).toMatchObject([{ repair: false }, {}, {}, {}, {}]);
    const again = new Bench([retagged('endpoint'), inPlace('endpoint')]);
    expect((await again.run(attempted)).phase).toBe('ready');
  });

  it('repairs again what is contested once a person asks, and counts from there', async () => {
    let state = await new Bench([ready]).run();
    for (let time = 0; time < 2; time++) state = await new Bench([unpublished, ready]).run(state);
    const request = { at: START + 1, by: 'arn:aws:iam::123456789012:user/ann', what: 'requested a reconciliation' };
    const asked = new Bench([unpublished, ready]);
    asked.time = START + 2;
    state = await asked.run({ ...state, requests: [request] });
    expect(asked.executed).toHaveLength(1);
    expect(state).toMatchObject({ phase: 'ready', findings: [] });
  });

  it('does not count the first publication of another domain as a repair', async () => {
    const state = await new Bench([ready]).run();
    const other = 'other.example.com';
    const service = present({ tags: { ...present().tags, 'private-ingress:domains': `${DOMAIN} ${other}` } });
    const fresh = domainState({ association: undefined, records: { ZPRIVATE: { at: [], txt: undefined } } });
    const both = observed({ service, domains: { [DOMAIN]: domainState(), [other]: fresh } });
    const added = await new Bench([both]).run(state);
    expect(added.history.map(({ key, repair }) => `${key} ${repair}`)[0]).toBe(`associate-domain:${other} false`);
  });

  it('detaches however often it is requested', async () => {
    let state = await new Bench([ready]).run({ ...initialState, ledger: ledger() });
    const disabled = observed({ service: present({ tags: { 'private-ingress': 'disabled' } }) });
    const released = observed({
      ...disabled,
      domains: { [DOMAIN]: domainState({ association: undefined, records: {}, validation: {} }) },
      connections: [],
    });
    for (let time = 0; time < 4; time++) {
      const bench = new Bench([disabled, released]);
      state = await bench.run({ ...state, ledger: ledger() });
      expect(bench.executed.length).toBeGreaterThan(0);
      state = await new Bench([ready]).run({ ...state, ledger: ledger() });
    }
  });

  it('knows the same desire again when the table gives its keys back in another order', async () => {
    const repaired = await new Bench([unpublished, ready]).run(await new Bench([ready]).run());
    const { desired } = repaired;
    expect(Object.keys(desired ?? {}).length).toBeGreaterThan(3);
    const reversed = JSON.parse(JSON.stringify(repaired), (_, value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
    );
    expect(Object.keys(reversed.desired)).not.toEqual(Object.keys(desired ?? {}));
    const state = await new Bench([ready]).run(reversed);
    expect(state).toMatchObject({ wasReady: true });
    expect(state.history).toHaveLength(1);
  });

  it('stops after some rounds in one reconciliation though more is left, and comes back', async () => {
    const bench = new UndoneBench([unpublished]);
    const state = await bench.run();
    expect(bench.executed.length).toBeLessThanOrEqual(6);
    expect(bench.executed.length).toBeGreaterThan(1);
    expect([...state.waits.map(({ kind }) => kind), ...state.findings.map(({ code }) => code)]).not.toEqual([]);
  });
});

describe('an action that is refused', () => {
  const refused: ExecutionOutcome = { kind: 'refused', code: 'refused', message: 'InvalidInput: no such target' };

  it('is a finding and is tried again later, at a growing distance', async () => {
    const bench = new Bench([unpublished], () => refused);
    const state = await bench.run(initialState);
    expect(bench.executed).toHaveLength(1);
    const why = expect.stringMatching(/^retrying: Could not .*no such target$/);
    expect(state).toMatchObject({ phase: 'blocked', waits: [{ kind: 'retry', since: START, why }] });
    expect(state.findings).toMatchObject([{ code: 'refused', domain: DOMAIN, since: START }]);
    expect(state.findings[0]?.message).toContain('no such target');
    expect(state.ledger.domains).toEqual({});
    const again = new Bench([unpublished], () => refused);
    again.time = START + MINUTE;
    const retried = await again.run(state);
    expect(retried).toMatchObject({
      waits: [{ kind: 'retry', since: START }],
      findings: [{ since: START }],
    });
    expect(retried.timeline.filter(({ text }) => text.includes('finding'))).toHaveLength(1);
  });

  it('leaves the finding behind once it is done', async () => {
    const state = await new Bench([unpublished], () => refused).run();
    const later = await new Bench([unpublished, ready]).run(state);
    expect(later).toMatchObject({ phase: 'ready', findings: [], waits: [] });
    expect(later.timeline.map(({ text }) => text)).toContain(`finding refused closed (${DOMAIN})`);
  });

  it('leaves no finding behind when it is not to be done any more', async () => {
    // One is refused and the other done; the next observation leaves nothing to do.
    const bench = new Bench(
      [{ ...publicAndUnpublished, domains: { [DOMAIN]: domainState({ association: undefined }) } }, ready],
      (action) => (action.kind === 'associate-domain' ? { ...refused, code: 'domain-taken' } : { kind: 'done' }),
    );
    expect(await bench.run()).toMatchObject({ phase: 'ready', findings: [] });
  });

  it('leaves neither finding nor wait behind when the next reconciliation has nothing to do', async () => {
    const state = await new Bench([unpublished], () => refused).run();
    expect(await new Bench([ready]).run(state)).toMatchObject({ phase: 'ready', findings: [], waits: [] });
  });

  it('leaves no finding behind when it is only not possible now', async () => {
    const state = await new Bench([unpublished], () => refused).run();
    const later = await new Bench([unpublished], () => ({ kind: 'retry', reason: 'busy' })).run(state);
    expect(later).toMatchObject({ findings: [], waits: [{ kind: 'retry', why: 'retrying: it was not possible yet' }] });
  });

  it('does not block the service while something else is waited for', async () => {
    const pending = domainState({ association: association({ status: 'pending' }) });
    const see = observed({ connections: [], answer: undefined, domains: { [DOMAIN]: pending } });
    const state = await new Bench([see], () => refused).run();
    expect(state.waits.map(({ kind }) => kind)).toEqual(['certificate', 'retry']);
    expect(state.phase).toBe('attaching');
  });

  it('does not delay the other actions of the plan', async () => {
    const see = { ...publicAndUnpublished, domains: { [DOMAIN]: domainState({ association: undefined }) } };
    const bench = new Bench([see], (action) =>
      action.kind === 'make-private' ? refused : { kind: 'retry', reason: 'busy' },
    );
    await bench.run();
    expect(bench.executed.map(({ kind }) => kind)).toEqual(['associate-domain', 'make-private']);
  });
});

describe('an alias that Route 53 refuses', () => {
  const publicOnly = (change: Partial<Observed> = {}): Observed =>
    observed({
      domains: {
        [DOMAIN]: domainState({ trafficZone: publicZone, records: { ZPUBLIC: { at: [], txt: undefined } } }),
      },
      ...change,
    });
  const aliasRefused = `InvalidChangeBatch: Tried to create an alias that targets ${CONNECTION_NAME}., type A in zone Z08491812XW6IPYLR6CCA, but that target was not found`;
  const refusing = (message: string) => (action: Action) =>
    JSON.stringify(action).includes(`"target":"${CONNECTION_NAME}"`)
      ? ({ kind: 'refused', code: 'refused', message } as const)
      : ({ kind: 'done' } as const);
  const targetsOf = ({ executed }: Bench) =>
    executed.map((action) => /"target":"([^"]*)"/.exec(JSON.stringify(action))?.[1]);

  it.each([
    'InvalidChangeBatch: The hosted zone has reached the limit of 10000 resource record sets.',
    'InvalidChangeBatch: Number of records limit of 10000 exceeded in the zone alias.example.com.',
    'InvalidInput: Invalid request for the alias record www.alias.example.com',
  ])('for another reason keeps its target: %s', async (message) => {
    const bench = new Bench([publicOnly()], refusing(message));
    const state = await bench.run();
    expect(targetsOf(bench)).toEqual([CONNECTION_NAME]);
    expect(state.findings).toMatchObject([{ code: 'refused' }]);
    expect(state.refusedAliases).toEqual([]);
  });

  it('falls back to the endpoint, and tries again when the world changed, a person asks, or a day has passed', async () => {
    const first = new Bench([publicOnly()], refusing(aliasRefused));
    const state = await first.run();
    expect(targetsOf(first)).toEqual([CONNECTION_NAME, ENDPOINT_NAME]);
    expect(state.findings).toMatchObject([{ code: 'alias-fallback' }]);

    const again = new Bench([publicOnly()], refusing(aliasRefused));
    again.time = START + 3 * MINUTE;
    await again.run(state);
    expect(targetsOf(again)).toEqual([ENDPOINT_NAME]);

    const tries = async (
      seen: Observed,
      before: typeof state & { requests?: readonly RequestNote[] },
      minutes: number,
    ) => {
      const bench = new Bench([seen], refusing(aliasRefused));
      bench.time = START + minutes * MINUTE;
      await bench.run(before);
      return targetsOf(bench)[0];
    };
    const moved = publicOnly({ connections: [connection({ arn: `${connection().arn}2` })] });
    expect(await tries(moved, state, 3)).toBe(CONNECTION_NAME);
    const request = {
      at: START + MINUTE,
      by: 'arn:aws:iam::123456789012:user/ann',
      what: 'requested a reconciliation',
    };
    expect(await tries(publicOnly(), { ...state, requests: [request] }, 3)).toBe(CONNECTION_NAME);
    expect(await tries(publicOnly(), state, 24 * 60)).toBe(CONNECTION_NAME);
  });
});

describe('an action that could not be done now', () => {
  it('is not recorded as written, and tried again', async () => {
    const bench = new Bench([unpublished], () => ({ kind: 'retry', reason: 'already exists' }));
    const state = await bench.run(initialState);
    expect(state.ledger.domains).toEqual({});
    expect(state).toMatchObject({ phase: 'waiting-for-certificate', findings: [], waits: [{ kind: 'retry' }] });
    expect(state.timeline.at(-1)?.text).toContain('already exists');
  });

  it.each([
    { kind: 'retry', reason: 'timeout', maybeApplied: true },
    { kind: 'refused', code: 'refused', message: 'exists', maybeApplied: true },
  ] as const)('stays recorded when it may have been done all the same: $kind', async (outcome) => {
    const before = { ...initialState, ledger: ledger({ domains: { [DOMAIN]: writtenDomain({ records: [] }) } }) };
    const records = async (outcome: ExecutionOutcome) =>
      (await new Bench([unpublished], () => outcome).run(before)).ledger.domains[DOMAIN]?.records;
    expect(await records(outcome)).toHaveLength(2);
    const { maybeApplied: _, ...surely } = outcome;
    expect(await records(surely)).toHaveLength(0);
  });
});

describe('when AWS cannot be read', () => {
  it('AccessDenied is a finding; nothing is concluded, what was known stays', async () => {
    const before = await new Bench([observed({ httpsChecks: { [DOMAIN]: { ok: false, reason: 'refused' } } })]).run();
    expect(before.findings).toHaveLength(1);
    const bench = new Bench([denied]);
    const state = await bench.run({ ...before, ledger: ledger() });
    expect(state).toMatchObject({ phase: 'blocked', desired: before.desired, ledger: ledger(), wasReady: true });
    expect(state.findings).toMatchObject([
      { code: 'name-unreachable' },
      { code: 'access-denied', resource: SERVICE_ARN },
    ]);
    expect(state.findings[1]?.message).toContain('apprunner:DescribeService');
    expect(state.waits).toMatchObject([{ kind: 'https' }, { kind: 'retry' }]);
    expect(bench.executed).toEqual([]);
    const again = new Bench([denied]);
    again.time = START + HOUR - 1;
    expect((await again.run(state)).findings).toMatchObject([{}, { since: START }]);
    expect(await new Bench([ready]).run(state)).toMatchObject({ phase: 'ready', findings: [] });
  });

  it('a transient failure changes neither phase nor findings', async () => {
    const before = await new Bench([waiting]).run();
    const state = await new Bench([throttled]).run(before);
    expect(state).toMatchObject({ phase: before.phase, findings: before.findings, ledger: before.ledger });
    // What was waited for keeps its clock.
    const retry = { kind: 'retry', why: expect.stringContaining('Rate exceeded') };
    expect(state.waits).toMatchObject([...before.waits.map(({ kind, since }) => ({ kind, since })), retry]);
    expect(state.timeline.at(-1)?.text).toBe('could not read AWS: Rate exceeded');
  });

  it.each([
    ['denied', denied],
    ['throttled', throttled],
    ['inconclusive', new InconclusiveError('listed but cannot be described')],
  ])('%s for an hour makes the phase unknown, and nothing verified', async (_, error) => {
    const before = await new Bench([ready]).run();
    expect(before).toMatchObject({ phase: 'ready', proof: { kind: 'verified' } });
    let state = before;
    for (const minute of [0, 30, 59]) {
      const bench = new Bench([error]);
      bench.time = START + minute * MINUTE;
      state = await bench.run(state);
      expect(state.phase).not.toBe('unknown');
    }
    // The next reconciliation is due when the hour is over.
    expect(nextDelay(state.waits, START + 59 * MINUTE, 0.5)).toBeLessThanOrEqual(MINUTE);
    const late = new Bench([error]);
    late.time = START + HOUR;
    state = await late.run(state);
    expect(state).toMatchObject({ phase: 'unknown', proof: { kind: 'unverified', verifiedAt: START } });
    expect(state.findings.find(({ code }) => code === 'unobserved')).toMatchObject({ severity: 'error' });
    expect(state.timeline.map(({ text }) => text)).toEqual(expect.arrayContaining(['unknown']));
    const again = await new Bench([ready]).run(state);
    expect(again).toMatchObject({ phase: 'ready', findings: [], unreadSince: undefined });
    expect(again.timeline.at(-1)?.text).toBe('ready');
  });

  it('leaves the phase of a released service alone', async () => {
    const released = observed({ service: present({ tags: { 'private-ingress': 'released' } }) });
    let state = await new Bench([released]).run();
    for (const hours of [0, 2]) {
      const bench = new Bench([throttled]);
      bench.time = START + hours * HOUR;
      state = await bench.run(state);
    }
    expect(state.phase).toBe('released');
  });

  it('keeps what has been done in the same reconciliation', async () => {
    const state = await new Bench([unpublished, throttled]).run();
    expect(state.ledger.domains[DOMAIN]?.records).toHaveLength(2);
    expect(state.history).toHaveLength(1);
  });

  it('a fault of the program is thrown, and so is a lost lease or a write-ahead entry that failed', async () => {
    await expect(new Bench([new TypeError('x is not a function')]).run()).rejects.toThrow('x is not a function');
    const dependencies = {
      observer: new Bench([unpublished]),
      evaluatePolicy: async () => effectivePolicy(),
      killSwitch: async () => undefined,
      execute: async () => ({ kind: 'done' }) as const,
      needValidation: async () => false,
      claimNames: async (names: readonly string[]) => names.map(() => SERVICE_ARN),
    };
    const notNoted = () => Promise.reject(throttled);
    // As a failed observation it would save a state that knows less than the row.
    await expect(converge(service, initialState, { ...dependencies, writeAhead: notNoted })).rejects.toThrow(
      'Rate exceeded',
    );
  });
});

describe('a validation record that another service needs too', () => {
  const own = { zoneId: 'ZPUBLIC', record: validationCname };
  const unwritten = { ...initialState, ledger: ledger({ domains: { [DOMAIN]: writtenDomain({ validation: [] }) } }) };
  const earlier = cname(`_earlier.${DOMAIN}`, '_target0.acm-validations.aws.');

  it.each([
    ['enters the ledger when the stack wrote it', true, [own]],
    ['stays out of the ledger when another owner wrote it', false, []],
  ])('%s', async (_, sharesValidation, expected) => {
    // What is not of its certificate stays another's.
    const validation = { ZPUBLIC: [validationCname, earlier], ZPRIVATE: [] };
    const bench = new Bench([observed({ domains: { [DOMAIN]: domainState({ validation }) } })]);
    bench.sharesValidation = sharesValidation;
    const { ledger: after } = await bench.run(unwritten);
    expect(after.domains[DOMAIN]?.validation).toEqual(expected);
    expect(bench.noted.flatMap(({ domains }) => domains[DOMAIN]?.validation ?? [])).toEqual(expected);
  });

  it('enters the ledger once for all domains of the service', async () => {
    const other = `*.${DOMAIN}`;
    const domains = { [DOMAIN]: writtenDomain(), [other]: writtenDomain({ records: [], validation: [] }) };
    const tags = { 'private-ingress': 'enabled', 'private-ingress:domains': `${DOMAIN} _wildcard.${DOMAIN}` };
    const both = { [DOMAIN]: domainState(), [other]: domainState() };
    const bench = new Bench([observed({ service: present({ tags }), domains: both })], () => ({
      kind: 'retry',
      reason: 'x',
    }));
    bench.sharesValidation = true;
    const { ledger: after } = await bench.run({ ...initialState, ledger: ledger({ domains }) });
    expect(after.domains[DOMAIN]?.validation).toEqual([own]);
    expect(after.domains[other]?.validation).toEqual([]);
  });

  it('leaves the ledger without a deletion', async () => {
    const both = [own, { zoneId: 'ZPUBLIC', record: earlier }];
    const known = ledger({ domains: { [DOMAIN]: writtenDomain({ validation: both }) } });
    const validation = { ZPUBLIC: [validationCname, earlier], ZPRIVATE: [] };
    const bench = new Bench([observed({ domains: { [DOMAIN]: domainState({ validation }) } })], () => ({
      kind: 'done',
      kept: [earlier],
    }));
    const state = await bench.run({ ...initialState, ledger: known });
    expect(bench.executed).toMatchObject([
      { kind: 'change-records', changes: [{ action: 'DELETE', record: earlier }] },
    ]);
    expect(state).toMatchObject({ phase: 'ready', waits: [], findings: [] });
    expect(state.ledger.writes).toBeUndefined();
    expect(state.ledger.domains[DOMAIN]?.validation).toEqual([own]);
    expect(state.timeline.map(({ text }) => text)).toContain(
      `keep CNAME _earlier.${DOMAIN} (the certificate of another service needs it) in zone ZPUBLIC: it belongs to an earlier certificate`,
    );
  });
});

describe('the names that a service wants', () => {
  const other = 'arn:aws:apprunner:ap-northeast-1:123456789012:service/other/ffffffffffffffffffffffffffffffff';
  const claim = (holder?: string) => ({ released: [], waiting: [], ...(holder === undefined ? {} : { holder }) });
  const heldBy = (holder?: string) => observed({ claims: { [DOMAIN]: claim(holder) } });
  const noting = (...names: readonly string[]) => ({ ...initialState, ledger: ledger({ names }) });

  it.each<[string, Observed, ServiceState, number, number]>([
    ['for the first time: they are noted, then claimed', heldBy(), noting(), 1, 1],
    ['where no table says who holds them', ready, noting(), 1, 1],
    ['noted, but not claimed: the reconciliation before died', heldBy(), noting(DOMAIN), 0, 1],
    ['claimed, but not noted: the row was lost', heldBy(SERVICE_ARN), noting(), 1, 1],
    ['claimed and noted: there is nothing to do', heldBy(SERVICE_ARN), noting(DOMAIN), 0, 0],
  ])('%s', async (_, seen, before, notes, claims) => {
    const bench = new Bench([seen]);
    const state = await bench.run(before);
    expect(bench.noted.map(({ names }) => names)).toEqual(Array.from({ length: notes }, () => [DOMAIN]));
    expect(bench.claimed).toEqual(Array.from({ length: claims }, () => [DOMAIN]));
    expect(state.ledger.names).toEqual([DOMAIN]);
    // Who holds a name is read again once it was claimed.
    expect(bench.forgotten.filter((one) => one === 'claims')).toHaveLength(claims + 1);
    expect(bench.worlds).toBe(1);
  });

  it('are noted beside those that it has records of', async () => {
    const bench = new Bench([heldBy()]);
    const state = await bench.run(noting('old.example.com'));
    expect(state.ledger.names).toEqual(['old.example.com', DOMAIN]);
    expect(bench.claimed).toEqual([[DOMAIN]]);
  });

  it('are claimed for no service that is detached, left alone or in audit mode', async () => {
    for (const value of ['disabled', 'released']) {
      const bench = new Bench([observed({ service: present({ tags: { 'private-ingress': value } }) })], () => ({
        kind: 'retry',
        reason: 'later',
      }));
      await bench.run({ ...noting(), desired: wantsPrivate() });
      expect(bench.claimed).toEqual([]);
    }
    const audited = new Bench([heldBy()]);
    await audited.run(noting(), { mode: 'audit' });
    expect([audited.claimed, audited.noted]).toEqual([[], []]);
  });

  it('are observed again when another service was faster, before anything is written', async () => {
    const faster = { ...unpublished, claims: { [DOMAIN]: claim(other) } };
    const bench = new Bench([{ ...unpublished, claims: { [DOMAIN]: claim() } }, faster]);
    bench.holders = { [DOMAIN]: other };
    const state = await bench.run(noting());
    expect(bench.worlds).toBe(2);
    expect(bench.forgotten).toContain(undefined);
    expect(bench.executed).toEqual([]);
    expect(state.findings).toMatchObject([{ code: 'domain-held', domain: DOMAIN }]);
  });

  it('are given up for this time when they change hands again and again', async () => {
    const bench = new Bench([heldBy()]);
    bench.holders = { [DOMAIN]: other };
    await bench.run(noting());
    expect(bench.worlds).toBe(6);
  });
});

describe('what the observer remembers', () => {
  it('is read again where an action may have changed it, and all of it where that is not known', async () => {
    const bench = new Bench([unpublished, ready]);
    await bench.run();
    expect(bench.forgotten.filter((one) => one !== 'claims')).toEqual(bench.executed);
    for (const outcome of [
      { kind: 'retry', reason: 'busy' },
      { kind: 'refused', code: 'refused', message: 'no' },
    ] as const) {
      const failing = new Bench([unpublished], () => outcome);
      await failing.run();
      expect(failing.forgotten.filter((one) => one !== 'claims')).toEqual([undefined]);
    }
  });

  it('is not what a plan relies on that matters', async () => {
    const bench = new Bench([ready]);
    bench.unreliable = 2;
    await bench.run();
    expect(bench.worlds).toBe(3);
  });

  it('of claims is read again until all validation records are entered', async () => {
    const own = [{ zoneId: 'ZPUBLIC', record: validationCname }];
    const claims = { [DOMAIN]: { holder: SERVICE_ARN, released: [], waiting: [] } };
    const forgotten = async (shares: Observed['shares']) => {
      const bench = new Bench([observed({ claims, ...(shares && { shares }) })]);
      bench.sharesValidation = true;
      await bench.run({ ...initialState, ledger: ledger({ names: [DOMAIN] }) });
      expect(bench.noted).toEqual([]);
      return bench.forgotten;
    };
    expect(await forgotten({ own, others: [] })).toEqual([]);
    expect(await forgotten({ own: [], others: [] })).toEqual(['claims']);
    expect(await forgotten(undefined)).toEqual(['claims']);
  });
});

describe('what is waited for', () => {
  it('continues from reconciliation to reconciliation', async () => {
    const first = await new Bench([waiting]).run();
    expect(first).toMatchObject({ phase: 'waiting-for-dns', waits: [{ kind: 'dns', since: START }] });
    const bench = new Bench([waiting]);
    bench.time = START + MINUTE;
    expect(await bench.run(first)).toMatchObject({ waits: [{ kind: 'dns', since: START }], findings: [] });
  });

  it('too long is a finding, until it is over', async () => {
    const first = await new Bench([waiting]).run();
    const late = new Bench([waiting]);
    late.time = START + 31 * MINUTE;
    const state = await late.run(first);
    expect(state).toMatchObject({ phase: 'waiting-for-dns', findings: [{ code: 'overdue', severity: 'warning' }] });
    expect(state.findings[0]?.message).toContain('2026-01-01T00:00:00.000Z');
    expect((await new Bench([ready]).run(state)).findings).toEqual([]);
  });
});

describe('observing and planning alone', () => {
  it('of a service that is not managed asks for nothing but the service', async () => {
    for (const tags of [{}, { 'private-ingress': 'released' }, { 'private-ingress': 'maybe' }]) {
      const bench = new Bench([observed({ service: present({ tags, isPublic: true }) })]);
      const look = await observeAndPlan(service, initialState, bench, async () => effectivePolicy());
      expect(bench.worlds).toBe(0);
      expect(look.plan.actions).toEqual([]);
    }
  });

  it('writes nothing, and says all that would be done', async () => {
    const bench = new Bench([
      { ...publicAndUnpublished, domains: { [DOMAIN]: domainState({ association: undefined }) } },
    ]);
    const look = await observeAndPlan(service, initialState, bench, async () => effectivePolicy());
    expect(look.plan.actions.map(actionKey)).toEqual([`associate-domain:${DOMAIN}`, 'make-private']);
    expect(bench.executed).toEqual([]);
  });

  it.each([
    [false, 'detached'],
    [true, 'private'],
  ])('after a refused deletion, of a service that was made public since (%s), wants it %s', async (isPublic, kind) => {
    const seen = observed({ service: present({ isPublic }) });
    const known = { ...initialState, desired: wantsPrivate(), ledger: ledger(), deletionRefusedAt: START };
    const effective = effectivePolicy({ enforcement: 'required', rules: rules({ onDeleteAttempt: 'detach' }) });
    const state = { ...known, ledger: { ...known.ledger, endpoint: { id: 'vpce-0e1', vpcId: VPC } } };
    const look = await observeAndPlan(service, state, new Bench([seen]), async () => effective);
    expect(look.desire.desired.kind).toBe(kind);
  });

  it('forgets a domain of which nothing is left', async () => {
    const gone = observed({
      service: present({ tags: { 'private-ingress': 'enabled' } }),
      domains: { [DOMAIN]: domainState({ association: undefined, records: {}, validation: {} }) },
    });
    const state = await new Bench([gone]).run({ ...initialState, desired: wantsPrivate(), ledger: ledger() });
    expect(state.ledger.domains).toEqual({});
  });

  it('of a deleted service removes what was written', async () => {
    const gone = observed({
      service: { kind: 'deleted' },
      network: network(),
      connections: [],
      answer: undefined,
      domains: { [DOMAIN]: domainState({ association: undefined }) },
    });
    const bench = new Bench([gone], () => ({ kind: 'retry', reason: 'later' }));
    const state = await bench.run({ ...initialState, desired: wantsPrivate(), ledger: ledger() });
    expect(state.desired).toMatchObject({ kind: 'detached', reason: 'service-deleted' });
    expect(bench.executed).toMatchObject([{ kind: 'change-records', purpose: 'traffic' }]);
  });
});

describe('an account out of scope', () => {
  const unreadable = [new Error('no role is assumed here')];

  it('is not read for a service that the ledger does not know', async () => {
    const state = await new Bench(unreadable).run(initialState, { isInScope: false });
    expect(state).toEqual({ ...initialState, desired: { kind: 'unmanaged' } });
  });

  it.each([
    { madePrivate: true, domains: {} },
    { madePrivate: false, domains: {}, endpoint: { id: 'vpce-0e1', vpcId: VPC } },
    { madePrivate: false, domains: { [DOMAIN]: writtenDomain() } },
  ])('is read while the ledger knows something of it: %j', async (owned) => {
    const known = { ...initialState, ledger: owned };
    await expect(new Bench(unreadable).run(known, { isInScope: false })).rejects.toThrow('no role is assumed here');
  });

  it('releases what it cannot read any more, and reports the records that are left', async () => {
    const before = await new Bench([waiting]).run();
    const bench = new Bench([denied]);
    const state = await bench.run({ ...before, ledger: ledger() }, { isInScope: false });
    expect(state).toMatchObject({ phase: 'released', desired: { kind: 'released', byPolicy: true }, waits: [] });
    expect(state.ledger).toEqual(ledger());
    expect(state.findings).toMatchObject([
      { code: 'records-out-of-scope', message: expect.stringContaining('apprunner:DescribeService') },
    ]);
    expect(state.timeline.at(-1)?.text).toMatch(/^released without a last observation: /);
    expect(await bench.run(state, { isInScope: false })).toEqual(state);
  });

  it('releases nothing that a held sweep holds', async () => {
    const before = await new Bench([ready]).run();
    const state = await new Bench([denied]).run({ ...before, ledger: ledger() }, { isInScope: false, heldBy: 'run-1' });
    expect(state).toMatchObject({ desired: before.desired, phase: 'blocked', findings: [{ code: 'access-denied' }] });
  });

  it('is left without a look once the ledger has nothing of the service', async () => {
    const owned = { ...initialState, desired: wantsPrivate(), phase: 'ready' } as const;
    const state = await new Bench(unreadable).run(owned, { isInScope: false });
    expect(state).toMatchObject({ phase: 'released', desired: { kind: 'released' }, findings: [] });
    const detached = { ...initialState, desired: { ...wantsDetached() }, phase: 'detaching' } as const;
    expect(await new Bench(unreadable).run(detached, { isInScope: false })).toMatchObject({
      phase: 'detached',
      waits: [],
    });
  });
});

it('a finding of audit mode stays the same one while it goes on, and closes once it is enforced', async () => {
  const bench = new Bench([unpublished]);
  const first = await bench.run(undefined, { mode: 'audit' });
  bench.time += MINUTE;
  const second = await bench.run(first, { mode: 'audit' });
  const audits = (state: ServiceState) => state.findings.filter(({ code }) => code === 'audit');
  expect(audits(second)).toEqual(audits(first));
  expect(second.timeline).toEqual(first.timeline);
  expect(bench.executed).toEqual([]);
  const enforced = await bench.run(second);
  expect(audits(enforced)).toEqual([]);
  expect(enforced.timeline.map(({ text }) => text)).toContainEqual(expect.stringContaining('finding audit closed'));
});

describe('a service that a held sweep holds', () => {
  it('keeps its state where its desire would change, and is not written where it is the same', async () => {
    const bench = new Bench([unpublished]);
    const unknown = await bench.run(initialState, { heldBy: 'run-1' });
    expect(unknown).toMatchObject({ phase: 'blocked', desired: undefined });
    expect(unknown.findings).toMatchObject([
      { code: 'audit', message: expect.stringContaining('the sweep run-1 is held') },
    ]);
    const desired = wantsPrivate({ domainTags: { 'private-ingress:domains': [DOMAIN] } });
    const same = await bench.run({ ...initialState, desired, ledger: ledger() }, { heldBy: 'run-1' });
    // It is planned as ever.
    expect(same).toMatchObject({ phase: 'blocked', desired, tagsSeen: tagsFingerprint(present().tags), waits: [] });
    expect(same.findings).toMatchObject([
      { code: 'audit', message: expect.stringContaining('the sweep run-1 is held') },
    ]);
    expect(bench.executed).toEqual([]);
  });

  const heldBy = 'run-1';
  const tagged = (tags: Record<string, string>) => observed({ service: present({ tags }) });

  it('stays as it was, with one finding that says what waits for the sweep', async () => {
    const open = finding('name-unreachable', { resource: SERVICE_ARN, message: 'it answers 500' });
    const before = { ...(await new Bench([ready]).run()), findings: [{ ...open, since: START }] };
    const bench = new Bench([tagged({ 'private-ingress': 'released' })]);
    bench.time = START + MINUTE;
    const first = await bench.run(before, { heldBy });
    const message = expect.stringContaining('confirm it with "sweep confirm run-1": released is desired now.');
    expect(first).toEqual({
      ...before,
      findings: [before.findings[0], expect.objectContaining({ code: 'audit', since: bench.time, message })],
      timeline: [...before.timeline, { at: bench.time, text: expect.stringContaining('finding audit: Not done') }],
    });
    bench.time += HOUR;
    expect(await bench.run(first, { heldBy })).toEqual(first);
    const disabled = new Bench([tagged({ 'private-ingress': 'disabled' })]);
    disabled.time = bench.time + MINUTE;
    const other = await disabled.run(first, { heldBy });
    expect(other.findings).toHaveLength(2);
    expect(other.findings[1]?.message).toContain('run-1": delete');
    expect(disabled.executed).toEqual([]);
  });

  it('does not begin the grace time of a lost tag, which would end without another sweep; one that has begun goes on', async () => {
    const before = await new Bench([ready]).run();
    const untagged = tagged({});
    const codes = ({ findings }: ServiceState) => findings.map(({ code }) => code);
    expect(codes(await new Bench([untagged]).run(before, { heldBy }))).toEqual(['audit']);
    const begun = await new Bench([untagged]).run(before);
    expect(codes(begun)).toEqual(['tag-missing']);
    expect(codes(await new Bench([untagged]).run(begun, { heldBy }))).toEqual(['tag-missing']);
  });

  it('is not held while nothing is known of it and nothing is wanted', async () => {
    const bench = new Bench([observed({ service: present({ tags: {}, isPublic: true }) })]);
    expect(await bench.run(initialState, { heldBy })).toMatchObject({ desired: { kind: 'unmanaged' }, findings: [] });
  });
});

test.each([true, false])(
  'what may not be written now is tried again only if that ends by itself (%s)',
  async (isTransient) => {
    const state = await new Bench([unpublished]).run(undefined, {
      killSwitch: async () => ({ reason: 'x', isTransient }),
    });
    expect(state.waits).toMatchObject(isTransient ? [{ kind: 'retry', why: 'x' }] : []);
  },
);

test('the kill switch is read only where there is something to write', async () => {
  const killSwitch = () => Promise.reject(new TypeError('it was read'));
  expect(await new Bench([ready]).run(undefined, { killSwitch })).toMatchObject({ phase: 'ready' });
});

test('what is not done stands beside what else is found', async () => {
  const misspelt = present({ tags: { ...present().tags, 'private-ingress:domian': '' } });
  const bench = new Bench([{ ...unpublished, service: misspelt }]);
  const state = await bench.run(undefined, { mode: 'audit' });
  expect(state.findings.map(({ code }) => code)).toEqual(['tag-unknown', 'audit']);
  expect(state.findings[1]?.message).toMatch(/^Not done, because .*, and its mode is audit: /);
  expect(state.waits).toEqual([]);
});

test('the row remembers the last 200 actions', async () => {
  const history = Array.from({ length: 200 }, (_, index) => ({ key: `other-${index}`, at: START, repair: true }));
  const state = await new Bench([unpublished, ready]).run({ ...initialState, ledger: ledger(), history });
  expect(state.history).toHaveLength(200);
  expect(state.history[0]?.key).toBe('other-1');
  expect(state.history.at(-1)?.key).toContain('change-records');
});

test('what the kill switch keeps is one finding, open since the first reconciliation that kept it', async () => {
  const bench = new Bench([unpublished]);
  const killSwitch: KillSwitch = async () => ({ reason: 'the kill switch is on', isTransient: false });
  const first = await bench.run(undefined, { killSwitch });
  bench.time += HOUR;
  const later = await bench.run(first, { killSwitch });
  expect(later.findings).toEqual(first.findings);
  expect(later.findings).toMatchObject([{ code: 'audit', since: START }]);
  expect(later.timeline).toEqual(first.timeline);
  const done = await bench.run(later);
  expect(done.timeline.filter(({ text }) => text.startsWith('finding audit')).map(({ at }) => at)).toEqual([
    START,
    bench.time,
  ]);
});

describe('an explicit deny', () => {
  const message =
    'User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: a:B with an explicit deny in a service control policy';
  const remedy = expect.stringMatching(
    /^A grant does not help: change the Deny statement in the service control policy/,
  );

  it('of a write and of a read has a remedy that is not a grant', async () => {
    const written = await new Bench([unpublished], () => ({ kind: 'refused', code: 'access-denied', message })).run();
    expect(written.findings).toContainEqual(expect.objectContaining({ code: 'access-denied', remedy }));
    const error = Object.assign(new Error(message), { name: 'AccessDeniedException', $metadata: {} });
    expect((await new Bench([error]).run()).findings).toMatchObject([{ code: 'access-denied', remedy }]);
  });
});

describe('what is retried for a long time', () => {
  const denied = () => ({ kind: 'refused', code: 'access-denied', message: 'not authorized' }) as const;

  it('opens `overdue` once, with one `since`, and closes it when the retry has worked', async () => {
    const bench = new Bench([unpublished], denied);
    let state = await bench.run();
    bench.time += DAY + MINUTE;
    state = await bench.run(state);
    const opened = state.findings.find(({ code }) => code === 'overdue');
    expect(opened?.since).toBe(bench.time);
    const { timeline } = state;
    for (let retry = 1; retry <= 3; retry++) {
      bench.time += HOUR;
      state = await bench.run(state);
      expect(state.findings.filter(({ code }) => code === 'overdue')).toEqual([opened]);
    }
    expect(state.timeline).toEqual(timeline);
    const working = new Bench([unpublished, ready]);
    working.time = bench.time + HOUR;
    state = await working.run(state);
    expect(state.findings).toEqual([]);
    expect(state.phase).toBe('ready');
  });

  it('does not repeat a refusal whose text differs in an encoded blob only', async () => {
    let tries = 0;
    const bench = new Bench([unpublished], () => {
      const blob = Buffer.from(`try ${tries++} `.repeat(200)).toString('base64');
      return outcomeOf(
        new AwsError('UnauthorizedOperation', `Not allowed. Encoded authorization failure message: ${blob}`),
      );
    });
    let state = await bench.run();
    const { timeline } = state;
    for (let retry = 1; retry <= 20; retry++) {
      bench.time += MINUTE;
      state = await bench.run(state);
    }
    expect(state.timeline).toEqual(timeline);
    expect(JSON.stringify(state).length).toBeLessThan(10_000);
  });

  it('keeps the row bounded, whatever AWS answers', async () => {
    let tries = 0;
    const bench = new Bench([unpublished], () =>
      outcomeOf(new AwsError('InternalFailure', `${tries++} ${'something long '.repeat(5000)}`)),
    );
    let state = await bench.run();
    for (let retry = 1; retry <= 200; retry++) {
      bench.time += MINUTE;
      state = await bench.run(state);
    }
    expect(JSON.stringify(state).length).toBeLessThan(20_000);
  });
});

it('two refusals of one domain are two findings', () => {
  const [one, other] = ['associate-domain', 'change-records'].map((action) =>
    finding('refused', { resource: `${SERVICE_ARN}#${action}:${DOMAIN}`, domain: DOMAIN, message: 'no' }),
  );
  expect(one?.id).not.toBe(other?.id);
});
