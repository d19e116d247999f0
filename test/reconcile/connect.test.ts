import { describe, expect, it } from 'vitest';
import { InconclusiveError } from '../../shared/errors.ts';
import type { ExecutionOutcome } from '../../shared/execute/outcome.ts';
import { tagsFingerprint } from '../../shared/observe/observe.ts';
import { actionKey } from '../../shared/plan/action.ts';
import type { Observed } from '../../shared/plan/observed.ts';
import { initialState, type ServiceState } from '../../shared/state/row.ts';
import { connection, DOMAIN, ledger, observed, present, START, validationCname, wantsPrivate } from '../fixtures.ts';
import { Bench, denied, throttled, unpublished } from './converge-bench.ts';

describe('a service that is cut off, and not connected', () => {
  const unconnected = observed({ ...unpublished, connections: [], answer: undefined });
  const desired = wantsPrivate({ domainTags: { 'private-ingress:domains': [DOMAIN] } });
  const cut: ServiceState = { ...initialState, phase: 'attaching', desired, ledger: ledger({ madePrivate: true }) };
  const connected = (bench: Bench) => bench.executed.filter(({ kind }) => kind === 'create-connection').length;

  it('is connected before anything is read of Route 53', async () => {
    const bench = new Bench([unconnected]);
    bench.unreadNames = throttled;
    const state = await bench.run(cut);
    expect(bench.executed.map(actionKey)).toEqual(['create-connection']);
    expect(bench.worlds).toBe(1);
    expect(state).toMatchObject({ phase: 'attaching', ledger: { endpoint: {} }, findings: [] });
    expect(state.waits).toMatchObject([{ kind: 'retry' }]);
    expect(state.timeline.map(({ text }) => text)).toEqual([
      expect.stringContaining('attach the VPC ingress connection'),
      'could not read AWS: Rate exceeded',
    ]);
  });

  it('is connected once, though the whole look does not list it yet', async () => {
    const bench = new Bench([unconnected]);
    const state = await bench.run(cut);
    expect(connected(bench)).toBe(1);
    expect(state.waits).toMatchObject([{ kind: 'consistency', subject: 'create-connection' }]);
  });

  const waits = (['service', 'certificate'] as const).map((kind) => ({
    ...{ kind, subject: kind, condition: { check: 'nothing' as const }, expected: '', why: kind, since: START - 1 },
  }));
  const waiting: ServiceState = { ...cut, waits, tagsSeen: tagsFingerprint(present().tags) };

  it('is connected, and all else goes on waiting, where nothing else has happened', async () => {
    const bench = new Bench([unconnected]);
    const state = await bench.run(waiting, { mayEndEarly: true });
    expect(bench.executed.map(actionKey)).toEqual(['create-connection']);
    expect(bench.worlds).toBe(0);
    expect(state).toMatchObject({ phase: 'attaching', desired, ledger: { endpoint: {} } });
    const [, certificate] = waits;
    expect(state.waits).toMatchObject([
      certificate,
      { kind: 'consistency', subject: 'create-connection', since: START },
    ]);
  });

  it('takes the connection that App Runner has returned, where nothing else is looked at', async () => {
    const pending = connection({ status: 'PENDING_CREATION' });
    const ended = new Bench([unconnected], () => ({ kind: 'done', connection: pending }));
    const { waits: open } = await ended.run(waiting, { mayEndEarly: true });
    expect(open.map(({ kind, subject }) => [kind, subject])).toEqual([
      ['certificate', 'certificate'],
      ['connection', pending.arn],
    ]);
    expect(ended.worlds).toBe(0);
    const whole = new Bench([unconnected], () => ({ kind: 'done', connection: pending }));
    await whole.run(waiting);
    expect([whole.remembered, whole.worlds]).toEqual([undefined, 1]);
  });

  it('lists the connection where there is more to be looked at', async () => {
    // It is not waited for: it is there at once.
    const bench = new Bench([unconnected], () => ({ kind: 'done', connection: connection() }));
    await bench.run(waiting, { mayEndEarly: true });
    const [create] = bench.executed;
    expect(bench.forgotten.filter((one) => one === create)).toHaveLength(2);
    expect(bench.worlds).toBe(1);
  });

  it('waits for nothing that was not looked at, such as a record of a moment ago', async () => {
    const change = { action: 'CREATE', record: validationCname } as const;
    const writes = [{ key: `change-records:validation:${DOMAIN}:ZPUBLIC`, at: START, zoneId: 'ZPUBLIC', change }];
    const owned = ledger({ madePrivate: true, writes });
    const { waits: open } = await new Bench([unconnected]).run({ ...waiting, ledger: owned }, { mayEndEarly: true });
    expect(open.map(({ kind, subject }) => [kind, subject])).toEqual([
      ['certificate', 'certificate'],
      ['consistency', 'create-connection'],
    ]);
  });

  it.each<[string, Partial<ServiceState>, Parameters<Bench['run']>[1], ExecutionOutcome]>([
    ['a person asked', {}, {}, { kind: 'done' }],
    ['it was ready before', { waits: [] }, { mayEndEarly: true }, { kind: 'done' }],
    ['its tags have changed', { tagsSeen: 'others' }, { mayEndEarly: true }, { kind: 'done' }],
    ['it could not be connected', {}, { mayEndEarly: true }, { kind: 'retry', reason: 'busy' }],
  ])('is looked at as a whole when %s', async (_, before, how, outcome) => {
    const bench = new Bench([unconnected], () => outcome);
    await bench.run({ ...waiting, ...before }, how);
    expect(bench.worlds).toBeGreaterThan(0);
  });

  it.each<[string, Partial<ServiceState>, Parameters<Bench['run']>[1], Observed]>([
    ['was made private by a person', { ledger: ledger({ madePrivate: false }) }, {}, unconnected],
    ['was first seen now', { desired: undefined }, {}, unconnected],
    ['is held by a sweep', {}, { heldBy: 'run-1' }, unconnected],
    ['is in audit mode', {}, { mode: 'audit' }, unconnected],
    [
      'is not written, by the kill switch',
      {},
      { killSwitch: async () => ({ reason: 'off', isTransient: false }) },
      unconnected,
    ],
    ['is out of scope', {}, { isInScope: false }, unconnected],
    [
      'is not wanted to be private any more',
      {},
      {},
      observed({ ...unconnected, service: present({ tags: { 'private-ingress': 'disabled' } }) }),
    ],
    [
      'works on something else',
      {},
      {},
      observed({ ...unconnected, service: present({ status: 'OPERATION_IN_PROGRESS' }) }),
    ],
    ['has a connection', {}, {}, observed()],
    [
      'was rolled back',
      {
        ledger: ledger({
          madePrivate: true,
          cutover: { managedSince: START, wasReady: false, rollback: { at: START, cause: 'no', endpointId: 'vpce-1' } },
        }),
      },
      {},
      unconnected,
    ],
  ])('is not connected ahead of the rest when it %s', async (_, before, how, sight) => {
    const bench = new Bench([sight]);
    bench.unreadNames = throttled;
    await bench.run({ ...cut, ...before }, how);
    expect(bench.executed).toEqual([]);
  });

  it('is left to the whole look when it cannot be read, or when App Runner has refused it before', async () => {
    for (const error of [throttled, denied, new InconclusiveError('listed but cannot be described')]) {
      const unread = new Bench([error]);
      expect((await unread.run(cut)).waits).toMatchObject([{ kind: 'retry' }]);
      expect(unread.executed).toEqual([]);
    }
    await expect(new Bench([new TypeError('x is not a function')]).run(cut)).rejects.toThrow('x is not a function');
    const no = () => ({ kind: 'refused', code: 'refused', message: 'no' }) as const;
    const refusing = new Bench([unconnected], no);
    const refused = await refusing.run(cut);
    expect(refused.findings).toMatchObject([{ code: 'refused' }]);
    const again = new Bench([unconnected], no);
    await again.run(refused);
    expect(connected(again)).toBe(1);
  });
});
