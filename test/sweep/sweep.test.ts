import { beforeEach, describe, expect, it } from 'vitest';
import { MINUTE } from '../../shared/duration.ts';
import { policyOfParameters } from '../../shared/policy/parameters.ts';
import type { Policy } from '../../shared/policy/policy.ts';
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
import { SERVICE_ARN, SERVICE_ID, START } from '../fixtures.ts';
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
    const { runs, sent, looks, delays, marked, rows, accounts } = this;
    let made = 0;
    return {
      runs,
      policy,
      store: {
        markDirty: async (arn) => void marked.push(arn),
        hold: async () => {},
        async *list() {
          yield* rows;
        },
      },
      queue: {
        send: async ({ serviceArn }, delay = 0) => {
          looks.push(serviceArn);
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

  it('and says how many services have records in each zone', async () => {
    const record = { name: 'app.example.com', type: 'A', content: { kind: 'values', ttl: 60, values: [] } } as const;
    const inZones = (...zoneIds: readonly string[]): Pick<ServiceRow, 'ledger'> => {
      const records = zoneIds.map((zoneId) => ({ zoneId, record }));
      const domains = { 'app.example.com': { associated: true, records, validation: records } };
      return { ledger: { madePrivate: true, domains } };
    };
    desk.rows = [row(SERVICE_ARN, inZones('Z1', 'Z2')), row(SILENT, inZones('Z2')), row(`${SILENT}0`)];
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
