import { beforeEach, describe, expect, it } from 'vitest';
import { MINUTE } from '../../shared/duration.ts';
import { finding } from '../../shared/findings.ts';
import { policyOfParameters } from '../../shared/policy/parameters.ts';
import type { Policy, PolicyAccounts } from '../../shared/policy/policy.ts';
import type { ReconcileMessage } from '../../shared/reconcile/message.ts';
import { parseRuleSettings } from '../../shared/settings.ts';
import { initialState, type ServiceRow } from '../../shared/state/row.ts';
import type { SweepMessage } from '../../shared/sweep/message.ts';
import {
  type Difference,
  MAX_LISTED,
  runId,
  type SweepRun,
  type TargetResult,
  unread,
} from '../../shared/sweep/run.ts';
import type { SweepRuns } from '../../shared/sweep/runs.ts';
import { answerSweep, beginSweep, confirmSweep, type SweepDependencies } from '../../shared/sweep/sweep.ts';
import { ledger, SERVICE_ARN, SERVICE_ID, START, wantsDetached, wantsPrivate } from '../fixtures.ts';
import { answer } from './answer.ts';
import { embeddedRuns } from './table.ts';

const [HUB, MEMBER] = ['123456789012', '210987654321'];
const HERE = `${HUB}/ap-northeast-1`;
const THERE = `${MEMBER}/ap-northeast-1`;
const SILENT = SERVICE_ARN.replace(HUB, MEMBER);

const settings = parseRuleSettings({ INSTALLATION: 'default', ALLOWED_ZONES: 'Z1', ALLOWED_NAMES: 'example.com' });
const policyWith = (change: Partial<Policy> = {}): Policy => ({
  ...policyOfParameters(settings, { account: HUB, region: 'ap-northeast-1' }),
  ...change,
});

const differing = (would: Difference['would'], serviceArn = SERVICE_ARN): Difference => ({
  serviceArn,
  would,
  phase: 'attaching',
  what: ['make the service private'],
});

/** What a sweep works with, in memory but for the runs. */
class Desk {
  readonly runs: SweepRuns;
  readonly sent: SweepMessage[] = [];
  readonly looks: string[] = [];
  readonly delays: number[] = [];
  /** As `looks`, as they were sent. */
  readonly messages: ReconcileMessage[] = [];
  /** The sweep that holds each service, as it was written last; absent: it was not written. */
  readonly held: Record<string, string | undefined> = {};
  readonly marked: string[] = [];
  rows: readonly ServiceRow[] = [];
  at = START;
  accounts: readonly string[] | Error = [HUB, MEMBER];

  /** Sweeps whose report was requested. */
  readonly reported: string[] = [];

  constructor(runs: SweepRuns) {
    this.runs = runs;
  }

  dependencies(policy: Policy = policyWith()): SweepDependencies {
    const { runs, sent, looks, delays, messages, held, marked, rows, accounts } = this;
    let made = 0;
    return {
      runs,
      policy,
      store: {
        markDirty: async (arn) => void marked.push(arn),
        hold: async (arn, run) => {
          held[arn] = run;
        },
        async *list() {
          yield* rows;
        },
      },
      queue: {
        send: async (message, delay = 0) => {
          messages.push(message);
          looks.push(message.serviceArn);
          delays.push(delay);
        },
      },
      targets: { send: async (messages) => void sent.push(...messages) },
      reports: { send: async ({ run }) => void this.reported.push(run) },
      accounts: async () => {
        if (accounts instanceof Error) throw accounts;
        return accounts;
      },
      now: () => this.at,
      runId: (startedAt) => runId(startedAt, `${made++}`.padStart(8, '0')),
    };
  }
}

/** The run that was begun. */
async function begin(by: string, dependencies: SweepDependencies): Promise<SweepRun> {
  return (await beginSweep(by, dependencies)).run;
}

/** The run, if it ended with the answer. */
async function answered(
  id: string,
  result: TargetResult,
  dependencies: SweepDependencies,
): Promise<SweepRun | undefined> {
  const run = await answerSweep(id, result, dependencies);
  return run?.id === id ? run : undefined;
}

let desk: Desk;
beforeEach(async () => {
  desk = new Desk(await embeddedRuns());
});

const row = (serviceArn: string, change: Partial<ServiceRow> = {}): ServiceRow => ({
  ...initialState,
  serviceArn,
  generation: 1,
  seenGeneration: 1,
  token: undefined,
  updatedAt: 0,
  requests: [],
  ...change,
});

const open = { ...finding('overdue', { resource: SERVICE_ARN, message: 'it takes long' }), since: START };

it('asks for a report when it has ended, and again when it is confirmed', async () => {
  const dependencies = desk.dependencies(policyWith({ limits: { changes: { count: 0 }, detaches: {} } }));
  const { id } = await begin('arn:me', dependencies);
  await answerSweep(id, answer(HERE, { managed: 1, differences: [differing('change')] }), dependencies);
  expect(desk.reported).toEqual([]);
  await answerSweep(id, answer(THERE), dependencies);
  await answerSweep(id, answer('Z1'), dependencies);
  expect(desk.reported).toEqual([id]);
  await confirmSweep(id, 'arn:me', dependencies);
  expect(desk.reported).toEqual([id, id]);
});

describe('a sweep begins', () => {
  it('with one message for each account and region, what is known there, and the zones', async () => {
    desk.rows = [row(SERVICE_ARN, { phase: 'ready' }), row(SERVICE_ARN.replace('web', 'gone'), { phase: 'detached' })];
    const run = await begin('arn:me', desk.dependencies());
    expect(run).toMatchObject({ status: 'comparing', by: 'arn:me', targets: [HERE, THERE, 'Z1'], zonesReadBy: run.id });
    expect(desk.sent).toEqual([
      {
        run: run.id,
        target: { kind: 'region', account: HUB, region: 'ap-northeast-1', known: [SERVICE_ARN], services: {} },
      },
      { run: run.id, target: { kind: 'region', account: MEMBER, region: 'ap-northeast-1', known: [], services: {} } },
      { run: run.id, target: { kind: 'zone', zoneId: 'Z1', elsewhere: [] } },
    ]);
  });

  it('and says how many services in scope have records in each zone', async () => {
    const record = { name: 'app.example.com', type: 'A', content: { kind: 'values', ttl: 60, values: [] } } as const;
    const inZones = (...zoneIds: readonly string[]): Pick<ServiceRow, 'ledger'> => {
      const records = zoneIds.map((zoneId) => ({ zoneId, record }));
      const domains = { 'app.example.com': { associated: true, records, validation: records } };
      return { ledger: { madePrivate: true, domains } };
    };
    const elsewhere = SERVICE_ARN.replace('ap-northeast-1', 'eu-west-1');
    desk.rows = [
      row(SERVICE_ARN, inZones('Z1', 'Z2')),
      row(SILENT, inZones('Z2')),
      row(elsewhere, inZones('Z1', 'Z3')),
    ];
    await begin('arn:me', desk.dependencies());
    const [here, there] = desk.sent.map(({ target }) => (target.kind === 'region' ? target.services : undefined));
    expect(here).toEqual({ Z1: 1, Z2: 2 });
    expect(there).toEqual(here);
  });

  it('by schedule with the zones once a day, and keeps which run read them', async () => {
    const first = await begin('schedule', desk.dependencies());
    desk.at += 15 * MINUTE;
    const second = await begin('schedule', desk.dependencies());
    expect(first.targets).toContain('Z1');
    expect(second.targets).not.toContain('Z1');
    expect(second.zonesReadBy).toBe(first.id);
    desk.at += 24 * 60 * MINUTE;
    expect((await begin('schedule', desk.dependencies())).targets).toContain('Z1');
  });

  it('though the accounts cannot be enumerated: that is a failure, and never success', async () => {
    desk.accounts = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    const dependencies = desk.dependencies(policyWith({ zones: [] }));
    const run = await begin('arn:me', dependencies);
    const failures = [{ code: 'permission-missing', resource: 'organisation' }];
    // What is known without the organisation is compared all the same.
    expect(run).toMatchObject({ status: 'comparing', targets: [HERE], failures });
    expect(await answered(run.id, answer(HERE), dependencies)).toMatchObject({ status: 'done', summary: { failures } });
  });

  it('with nothing to compare: it has ended', async () => {
    desk.accounts = [];
    expect(await begin('arn:me', desk.dependencies(policyWith({ zones: [] })))).toMatchObject({
      status: 'done',
      summary: { services: 0, failures: [] },
    });
  });

  it('though an earlier one can never be concluded, which is a failure', async () => {
    const dependencies = desk.dependencies();
    const { id } = await begin('schedule', dependencies);
    desk.at += 15 * MINUTE;
    const results = async () => {
      throw Object.assign(new Error('Item size has exceeded the maximum'), {
        name: 'ValidationException',
        $metadata: {},
      });
    };
    const next = await begin('schedule', { ...dependencies, runs: { ...desk.runs, results } });
    expect(next).toMatchObject({ status: 'comparing', failures: [{ code: 'failed', resource: id }] });
  });

  it('and concludes one that never ended: what is silent is not answered, and no orphan is reported', async () => {
    const dependencies = desk.dependencies();
    const { id } = await begin('arn:me', dependencies);
    const claims = [{ zoneId: 'Z1', name: '_private-ingress.a.example.com', serviceId: SERVICE_ID }];
    await answered(id, answer('Z1', { claims }), dependencies);
    await answered(id, answer(HERE, { differences: [differing('change')] }), dependencies);
    desk.at += 10 * MINUTE;
    await begin('schedule', dependencies);
    expect((await desk.runs.get(id))?.status).toBe('comparing');
    desk.rows = [row(SILENT, { phase: 'ready' }), row(`${SILENT}x`, { phase: 'released' })];
    desk.at += 10 * MINUTE;
    await begin('schedule', desk.dependencies());
    expect(await desk.runs.get(id)).toMatchObject({
      status: 'done',
      summary: { orphans: [], failures: [{ code: 'not-answered', resource: THERE }] },
    });
    // Reconciling the services of the silent target counts how long they are not read.
    expect(desk.looks).toEqual([SERVICE_ARN, SILENT]);
    // One that comes after that changes nothing any more.
    expect(await answered(id, answer(THERE, { differences: [differing('change')] }), dependencies)).toBeUndefined();
    expect(desk.looks).toEqual([SERVICE_ARN, SILENT]);
  });
});

describe('while a sweep is under way', () => {
  it('the schedule begins no other, as long as any target answers', async () => {
    const dependencies = desk.dependencies();
    const { id } = await begin('schedule', dependencies);
    desk.at += 14 * MINUTE - 1;
    expect(await beginSweep('schedule', dependencies)).toMatchObject({ run: { id }, begun: false, ended: [] });
    expect((await beginSweep('schedule', dependencies)).fleet).toBeUndefined();
    await answered(id, answer(HERE), dependencies);
    desk.at += 14 * MINUTE - 1;
    expect(await beginSweep('schedule', dependencies)).toMatchObject({ run: { id }, begun: false });
    desk.at += 1;
    const next = await beginSweep('schedule', dependencies);
    expect(next).toMatchObject({ begun: true, ended: [{ id, status: 'done' }], run: { failures: [] } });
    expect(next.run.id).not.toBe(id);
  });

  it('a person begins another, and it ends none', async () => {
    const dependencies = desk.dependencies();
    const { id } = await begin('schedule', dependencies);
    const other = await beginSweep('arn:me', dependencies);
    expect(other).toMatchObject({ begun: true, ended: [] });
    expect(other.run.id).not.toBe(id);
  });
});

describe('rows of services', () => {
  it('are summed up, and what is none of ours is passed over', async () => {
    desk.rows = [
      row(SERVICE_ARN, { phase: 'attaching', timeline: [{ at: START - MINUTE, text: 'attaching' }] }),
      row('arn:aws:s3:::bucket', { phase: 'ready' }),
    ];
    const { fleet } = await beginSweep('arn:me', desk.dependencies());
    expect(fleet).toEqual({ errorFindings: 0, longestNotReady: 60 });
    expect(desk.sent.flatMap(({ target }) => (target.kind === 'region' ? target.known : []))).toEqual([SERVICE_ARN]);
  });

  it.each<[string, Partial<ServiceRow>, boolean]>([
    ['new', {}, true],
    ['ready', { phase: 'ready' }, true],
    ['detached', { phase: 'detached' }, false],
    ['released', { phase: 'released' }, false],
    ['detached, with a finding', { phase: 'detached', findings: [open] }, true],
    ['released, with a finding', { phase: 'released', findings: [open] }, true],
  ])(
    'are compared though App Runner does not list the service, unless it is done with: %s',
    async (_, change, isKnown) => {
      desk.rows = [row(SERVICE_ARN, change)];
      await begin('arn:me', desk.dependencies());
      expect(desk.sent[0]?.target).toMatchObject({ known: isKnown ? [SERVICE_ARN] : [] });
    },
  );

  it.each<[string, Partial<ServiceRow>, Difference['would'] | undefined]>([
    ['managed', { phase: 'ready', desired: wantsPrivate() }, 'release'],
    ['being detached', { phase: 'detaching', desired: wantsDetached() }, 'release'],
    ['not managed', { phase: 'blocked' }, 'refresh'],
    ['not managed, and its message is on the way', { phase: 'blocked', token: 'next' }, undefined],
    ['detached, with records', { phase: 'detached', ledger: ledger() }, 'refresh'],
    [
      'detached, with records, and its message is on the way',
      { phase: 'detached', ledger: ledger(), token: 'next' },
      'refresh',
    ],
    ['detached', { phase: 'detached', desired: wantsDetached() }, undefined],
  ])('out of scope are released, refreshed or left alone: %s', async (_, change, would) => {
    desk.accounts = [HUB];
    desk.rows = [row(SILENT, change)];
    const dependencies = desk.dependencies(policyWith({ zones: [] }));
    const run = await begin('arn:me', dependencies);
    const ended = await answered(run.id, answer(HERE), dependencies);
    expect(run.outOfScope?.map((one) => one.would)).toEqual(would === undefined ? [] : [would]);
    expect(desk.looks).toEqual(would === undefined ? [] : [SILENT]);
    const leaving = would === 'release' ? 1 : 0;
    expect(ended?.summary).toMatchObject({ managed: leaving, detaches: leaving, changes: 0 });
  });

  it('in another region are out of scope too, and the messages of the zones say which of them may exist', async () => {
    const elsewhere = SERVICE_ARN.replace('ap-northeast-1', 'eu-west-1');
    const gone = elsewhere.replace(SERVICE_ID, 'a'.repeat(32));
    desk.rows = [
      row(elsewhere, { phase: 'ready', desired: wantsPrivate() }),
      row(gone, { phase: 'detached' }),
      row(SERVICE_ARN, { phase: 'ready' }),
    ];
    const run = await begin('arn:me', desk.dependencies());
    expect(run.outOfScope).toEqual([
      { serviceArn: elsewhere, would: 'release', phase: 'ready', what: ['its account or region is not in scope'] },
    ]);
    expect(desk.sent.at(-1)?.target).toEqual({ kind: 'zone', zoneId: 'Z1', elsewhere: [SERVICE_ID] });
  });

  it('say which accounts there are when the organisation cannot be read', async () => {
    desk.accounts = new Error('no');
    desk.rows = [row(SILENT), row(SILENT.replace(MEMBER, '333333333333'))];
    const organization: PolicyAccounts = { kind: 'organization', units: [], except: ['333333333333'] };
    const endpoint = { kind: 'given', id: 'vpce-0e1' } as const;
    const networks = [{ account: HUB, region: 'ap-northeast-1', vpcId: 'vpc-1', endpoint }];
    const policy = policyWith({ zones: [], accounts: organization, networks });
    expect((await begin('arn:me', desk.dependencies(policy))).targets).toEqual([HERE, THERE]);
  });
});

describe('what a held sweep would change', () => {
  const strict = policyWith({ zones: [], limits: { changes: { count: 0 }, detaches: {} } });
  const other = SERVICE_ARN.replace(SERVICE_ID, 'a'.repeat(32));
  async function heldSweep(policy = strict): Promise<string> {
    const dependencies = desk.dependencies(policy);
    const { id } = await begin('schedule', dependencies);
    const differences = [differing('change'), differing('refresh', other)];
    await answered(id, answer(HERE, { managed: 1, differences }), dependencies);
    await answered(id, answer(THERE), dependencies);
    return id;
  }

  it('stays held until the sweep is confirmed; what it would only refresh is not', async () => {
    const id = await heldSweep();
    expect(desk.held).toEqual({ [SERVICE_ARN]: id });
    expect(desk.messages).toEqual([]);
    await confirmSweep(id, 'arn:me', desk.dependencies(strict));
    expect(desk.held).toEqual({ [SERVICE_ARN]: undefined, [other]: undefined });
    const correlation = `sweep/${id}`;
    expect(desk.messages).toEqual([
      { serviceArn: SERVICE_ARN, fresh: true, repeated: false, correlation },
      { serviceArn: other, fresh: true, repeated: true, correlation },
    ]);
    expect(desk.marked).toEqual([SERVICE_ARN, other]);
  });

  it('goes on when a later sweep ends within the limits, and is held by a later one that does not', async () => {
    desk.rows = [row(SERVICE_ARN, { phase: 'ready', heldBy: 'earlier' }), row(other, { heldBy: 'earlier' })];
    const id = await heldSweep();
    expect(desk.held).toEqual({ [SERVICE_ARN]: id, [other]: undefined });
    desk.at += 15 * MINUTE;
    await heldSweep(policyWith({ zones: [] }));
    expect(desk.held).toEqual({ [SERVICE_ARN]: undefined, [other]: undefined });
  });

  it('is held before the sweep counts as held: a death between the two loses nothing', async () => {
    const dependencies = desk.dependencies(strict);
    const hold = async () => {
      throw new Error('the table does not answer');
    };
    const store = { ...dependencies.store, hold };
    const { id } = await begin('schedule', dependencies);
    await answered(id, answer(HERE, { managed: 1, differences: [differing('change')] }), dependencies);
    await expect(answerSweep(id, answer(THERE), { ...dependencies, store })).rejects.toThrow('does not answer');
    expect(await desk.runs.get(id)).toMatchObject({ status: 'comparing' });
    expect(desk.reported).toEqual([]);
  });
});

it('an answer to a sweep that is not known changes nothing', async () => {
  expect(await answerSweep('20260101T000000Z-ffffffff', answer(HERE), desk.dependencies())).toBeUndefined();
  expect(desk.reported).toEqual([]);
});

describe('the last answer concludes', () => {
  const withoutZones = policyWith({ zones: [] });

  it('and what is out of sync is enqueued', async () => {
    const dependencies = desk.dependencies(withoutZones);
    const { id } = await begin('schedule', dependencies);
    const first = answer(HERE, { serviceIds: [SERVICE_ID], managed: 1, differences: [differing('change')] });
    expect(await answered(id, first, dependencies)).toBeUndefined();
    expect(desk.looks).toEqual([]);
    // The queue delivers at least once.
    expect(await answered(id, first, dependencies)).toBeUndefined();
    const ended = await answered(id, answer(THERE, { differences: [differing('refresh', 'arn:other')] }), dependencies);
    expect(ended).toMatchObject({
      status: 'done',
      summary: { services: 1, managed: 1, differing: 2, changes: 1, detaches: 0, failures: [], reasons: [] },
    });
    expect(desk.looks).toEqual([SERVICE_ARN, 'arn:other']);
  });

  it('and services that AWS throttled come one after the other until the next sweep, and wake nothing', async () => {
    const dependencies = desk.dependencies(withoutZones);
    const { id } = await begin('schedule', dependencies);
    const failure = { code: 'throttled' as const, resource: THERE, message: 'Rate exceeded' };
    const throttled = ['arn:1', 'arn:2', 'arn:3'].map((arn) => unread(arn, failure));
    await answered(id, answer(HERE, { differences: [differing('change')] }), dependencies);
    await answered(id, answer(THERE, { failures: [failure], differences: throttled }), dependencies);
    expect(desk.looks).toEqual([SERVICE_ARN, 'arn:1', 'arn:2', 'arn:3']);
    expect(desk.delays).toEqual([0, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE]);
    for (const message of desk.messages.slice(1)) expect(message).toMatchObject({ fresh: true, repeated: true });
    expect(desk.marked).toEqual([SERVICE_ARN]);
  });

  it('and with one that failed the others are enqueued all the same, and it is reported', async () => {
    const dependencies = desk.dependencies(withoutZones);
    const { id } = await begin('schedule', dependencies);
    const failure = { code: 'role-refused', resource: THERE, message: 'no' } as const;
    await answered(id, answer(THERE, { failures: [failure] }), dependencies);
    const ended = await answered(id, answer(HERE, { differences: [differing('change')] }), dependencies);
    expect(ended).toMatchObject({ status: 'done', summary: { failures: [failure] } });
    expect(desk.looks).toEqual([SERVICE_ARN]);
  });

  it('and of very many failures the first are listed, and all are counted', async () => {
    const dependencies = desk.dependencies(withoutZones);
    const { id } = await begin('schedule', dependencies);
    const failures = Array.from({ length: MAX_LISTED }, (_, index) => ({
      code: 'throttled' as const,
      resource: `arn:${index}`,
      message: 'no',
    }));
    await answered(id, answer(HERE, { failures }), dependencies);
    const { summary } = (await answered(id, answer(THERE, { failures }), dependencies)) ?? {};
    expect(summary).toMatchObject({ failureCount: 2 * MAX_LISTED, failures: { length: MAX_LISTED } });
  });

  it('and with too much to do it is held, until it is confirmed, once', async () => {
    const dependencies = desk.dependencies(policyWith({ zones: [], limits: { changes: {}, detaches: { count: 0 } } }));
    const { id } = await begin('schedule', dependencies);
    await answered(id, answer(THERE), dependencies);
    const held = await answered(id, answer(HERE, { managed: 1, differences: [differing('detach')] }), dependencies);
    expect(held).toMatchObject({ status: 'held', summary: { detaches: 1, reasons: [expect.any(String)] } });
    expect(desk.looks).toEqual([]);
    // The last answer again.
    expect(await answered(id, answer(HERE), dependencies)).toBeUndefined();
    expect((await desk.runs.get(id))?.status).toBe('held');
  });

  it('and a held one continues when it is confirmed, once', async () => {
    const dependencies = desk.dependencies(policyWith({ zones: [], limits: { changes: { count: 0 }, detaches: {} } }));
    const { id } = await begin('schedule', dependencies);
    expect(await confirmSweep(id, 'arn:me', dependencies)).toBeUndefined();
    await answered(id, answer(THERE), dependencies);
    await answered(id, answer(HERE, { managed: 1, differences: [differing('change')] }), dependencies);
    expect(await confirmSweep(id, 'arn:me', dependencies)).toMatchObject({ status: 'done', confirmedBy: 'arn:me' });
    expect(desk.looks).toEqual([SERVICE_ARN]);
    expect(await confirmSweep(id, 'arn:me', dependencies)).toBeUndefined();
    expect(await confirmSweep('20260101T000000Z-ffffffff', 'arn:me', dependencies)).toBeUndefined();
    expect(desk.looks).toEqual([SERVICE_ARN]);
  });

  it('and an ownership record of a service that is nowhere is an orphan, unless something was not seen', async () => {
    const claim = (serviceId: string) => ({ zoneId: 'Z1', name: `_private-ingress.${serviceId}`, serviceId });
    const claims = [claim(SERVICE_ID), claim('ffff')];
    const orphansWith = async (failures: TargetResult['failures']) => {
      const dependencies = desk.dependencies();
      const { id } = await begin('arn:me', dependencies);
      desk.at += MINUTE;
      await answered(id, answer('Z1', { claims }), dependencies);
      await answered(id, answer(HERE, { serviceIds: [SERVICE_ID] }), dependencies);
      return (await answered(id, answer(THERE, { failures }), dependencies))?.summary?.orphans;
    };
    expect(await orphansWith([])).toMatchObject([{ kind: 'record-orphaned', resource: 'Z1/_private-ingress.ffff' }]);
    expect(await orphansWith([{ code: 'throttled', resource: THERE, message: 'no' }])).toEqual([]);
  });
});
