import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PolicyLimits } from '../../shared/policy/policy.ts';
import type { SweepRun } from '../../shared/sweep/run.ts';
import { EventWeatherControl } from '../scenarios/events.ts';
import { TestOrganization } from './organization.ts';

let organization: TestOrganization;
beforeEach(async () => {
  organization = await TestOrganization.start({ 'shop-prod': 'full', 'bank-prod': 'full' });
});
afterEach(() => organization.world.stop());

const OPERATOR = 'arn:aws:sts::123456789012:assumed-role/operators/operator';
const OFF = { 'private-ingress': 'disabled' };
const ready = ['ready', 'ready-unverified'] as const;

/** Two services that have to be private and are not, because no event has reported them. */
async function twoPublicOnes(limits: Partial<PolicyLimits>): Promise<readonly string[]> {
  new EventWeatherControl(organization.world.cloud).become('lost', 0);
  const services = [
    await organization.createService(organization.account('shop-prod'), 'orders'),
    await organization.createService(organization.account('bank-prod'), 'payments', {}, 'us-east-1'),
  ];
  await organization.world.quiet();
  organization.production(() => ({ limits: { changes: {}, detaches: {}, ...limits } }));
  return services;
}

/** Two services that were made private by their tags and no longer want to be, which no event has reported. */
async function twoThatWantOut(limits: Partial<PolicyLimits>): Promise<readonly string[]> {
  const { world } = organization;
  organization.production((policy) => ({
    rules: policy.rules.map((rule) => ({ ...rule, enforcement: 'by-tag' as const, domains: [] })),
    limits: { changes: {}, detaches: {}, ...limits },
  }));
  const enabled = { 'private-ingress': 'enabled' };
  const services = [
    await organization.createService(organization.account('shop-prod'), 'orders', enabled),
    await organization.createService(organization.account('shop-prod'), 'carts', enabled),
  ];
  for (const arn of services) await world.until(arn, ready);
  await world.quiet();
  new EventWeatherControl(world.cloud).become('lost', 0);
  for (const arn of services) await organization.tag(arn, OFF);
  return services;
}

const confirm = (run: string, by = OPERATOR) => organization.ask({ kind: 'confirm', run, by });

describe('a sweep that wants more than the limits allow', () => {
  it.each([
    ['changes by number', twoPublicOnes, { changes: { count: 1 } }, /^2 services would be changed, .* limit is 1$/],
    [
      'changes by share',
      twoPublicOnes,
      { changes: { share: 0.9 } },
      /^2 of 2 services .* \(100 %\), .* limit is 90 %$/,
    ],
    [
      'detaches by number',
      twoThatWantOut,
      { detaches: { count: 1 } },
      /^2 services would be detached or leave management, .* is 1$/,
    ],
    ['detaches by share', twoThatWantOut, { detaches: { share: 0.5 } }, /^2 of 2 services would be detached or leave/],
  ] as const)('(%s) is held: nothing is enqueued, nothing written, and it says why', async (_, given, limits, why) => {
    const { world } = organization;
    const services = await given(limits);
    const before = await Promise.all(services.map((arn) => world.row(arn)));
    const written = organization.countWrites();
    const run = await organization.sweep();
    await world.quiet();
    expect(run).toMatchObject({ status: 'held', summary: { differing: 2, changes: 2 } });
    expect(run.confirmedBy).toBeUndefined();
    expect(run.summary?.reasons).toEqual([expect.stringMatching(why)]);
    expect(written()).toEqual([]);
    const after = await Promise.all(services.map((arn) => world.row(arn)));
    for (const [at, row] of after.entries()) expect(row).toMatchObject({ ...before[at], heldBy: run.id });
    expect(world.measured.at(-1)).toMatchObject({ HeldSweeps: 1, SweepDifferences: 2 });
  });

  it('continues once it is confirmed, and records by whom', async () => {
    const { world } = organization;
    const services = await twoPublicOnes({ changes: { count: 1 } });
    const { id } = await organization.sweep();
    expect(await confirm(id)).toMatchObject({ id, status: 'done', confirmedBy: OPERATOR });
    expect(await organization.run(id)).toMatchObject({
      status: 'done',
      confirmedBy: OPERATOR,
      summary: { changes: 2 },
    });
    for (const arn of services) await world.until(arn, ready);
  });

  it('is held again by the next one, until one of them is confirmed', async () => {
    const [orders = ''] = await twoPublicOnes({ changes: { count: 1 } });
    const [one, other] = [await organization.sweep(), await organization.sweep()];
    expect([one.status, other.status]).toEqual(['held', 'held']);
    await confirm(other.id);
    await organization.world.until(orders, ready);
    expect((await organization.run(one.id))?.status).toBe('held');
  });
});

describe('what a held sweep holds', () => {
  it.each([
    ['changes', twoPublicOnes, { changes: { count: 1 } }, ready],
    ['detaches', twoThatWantOut, { detaches: { count: 1 } }, ['detached']],
  ] as const)('(%s) stays held whatever wakes it, until it is confirmed', async (_, given, limits, then) => {
    const { world } = organization;
    const services = await given(limits);
    const { id } = await organization.sweep();
    const written = organization.countWrites();
    for (const arn of services) {
      await world.enqueue(arn);
      await world.quiet();
      expect((await world.row(arn))?.findings).toMatchObject([
        { code: 'audit', message: expect.stringContaining(`the sweep ${id} is held`) },
      ]);
    }
    expect(written()).toEqual([]);
    await confirm(id);
    for (const arn of services) {
      await world.until(arn, then);
      expect(await world.row(arn)).toMatchObject({ heldBy: undefined });
    }
  });

  it('is free again after a sweep that stays within the limits', async () => {
    const { world } = organization;
    const [orders = ''] = await twoThatWantOut({ detaches: { count: 1 } });
    await organization.sweep();
    await organization.tag(orders, { 'private-ingress': 'enabled' });
    expect(await organization.sweep()).toMatchObject({ status: 'done' });
    await world.quiet();
    expect(await world.row(orders)).toMatchObject({ heldBy: undefined, phase: expect.stringMatching(/^ready/) });
  });
});

describe('a confirmation', () => {
  /** What it says, and what it does: the looks that are asked for. */
  async function confirmed(run: string): Promise<{ said: unknown; looks: number }> {
    let looks = 0;
    const stop = organization.world.cloud.gateway.observe(({ service, operation }) => {
      if (service === 'sqs' && operation === 'SendMessage') looks++;
    });
    const said = await confirm(run, 'arn:aws:iam::123456789012:user/another');
    stop();
    return { said, looks };
  }
  const nothing = { said: null, looks: 0 };

  it('of a sweep that is confirmed already does nothing, and leaves the name of the first', async () => {
    await twoPublicOnes({ changes: { count: 1 } });
    const { id } = await organization.sweep();
    await confirm(id);
    expect(await confirmed(id)).toEqual(nothing);
    expect((await organization.run(id))?.confirmedBy).toBe(OPERATOR);
  });

  it('of a sweep that is not held, or not there, does nothing', async () => {
    await twoPublicOnes({ changes: { count: 2 } });
    const comparing = await organization.begin();
    expect(await confirmed(comparing)).toEqual(nothing);
    const { status, id }: SweepRun = await organization.ended(comparing);
    expect(status).toBe('done');
    expect(await confirmed(id)).toEqual(nothing);
    expect(await confirmed('20260101T000000Z-00000000')).toEqual(nothing);
  });
});

describe('services that fall out of management', () => {
  it.each<[string, () => void]>([
    [
      'by a rule that ignores them now',
      () =>
        organization.production((policy) => ({
          rules: policy.rules.map((rule) => ({ ...rule, enforcement: 'ignored' as const })),
          limits: { changes: {}, detaches: { share: 0.5 } },
        })),
    ],
    [
      'with their account',
      () =>
        organization.production(() => ({
          accounts: { kind: 'listed', ids: [organization.account('bank-prod')] },
          limits: { changes: {}, detaches: { share: 0.5 } },
        })),
    ],
  ])('%s count as detached and stay held, whatever wakes them, until it is confirmed', async (_, deploy) => {
    const { world } = organization;
    const services = await twoThatWantOut({});
    for (const arn of services) await organization.tag(arn, { 'private-ingress': 'enabled' });
    deploy();
    const run = await organization.sweep();
    expect(run.status).toBe('held');
    expect(run.summary?.reasons).toEqual([
      expect.stringMatching(/^2 of 2 services would be detached or leave management/),
    ]);
    for (const arn of services) await world.enqueue(arn);
    await world.quiet();
    for (const arn of services) expect((await world.row(arn))?.phase).toMatch(/^ready/);
    await confirm(run.id);
    for (const arn of services) await world.until(arn, 'released');
  });
});

describe('what counts against the limits', () => {
  it('is not what is being seen to already', async () => {
    const [orders = '', payments = ''] = await twoPublicOnes({ changes: { count: 2 } });
    expect((await organization.sweep()).summary?.changes).toBe(2);
    await organization.world.until(orders, 'attaching');
    organization.production(() => ({ limits: { changes: { count: 1 }, detaches: {} } }));
    const carts = await organization.createService(organization.account('shop-prod'), 'carts');
    await organization.world.clock.advance(1500);
    const meanwhile = await organization.sweep();
    expect(meanwhile).toMatchObject({ status: 'done', summary: { managed: 3, changes: 1, reasons: [] } });
    for (const arn of [orders, payments, carts]) await organization.world.until(arn, ready);
  });

  it('is a service that has just lost its tag: the grace time ends without another sweep', async () => {
    const { world } = organization;
    organization.production(() => ({ limits: { changes: {}, detaches: { count: 0 } } }));
    const orders = await organization.createService(organization.account('shop-prod'), 'orders');
    await world.until(orders, ready);
    organization.production((policy) => ({
      rules: policy.rules.map((rule) => ({ ...rule, enforcement: 'by-tag' as const })),
      limits: { changes: {}, detaches: { count: 0 } },
    }));
    const { id, status, summary } = await organization.sweep();
    expect({ status, reasons: summary?.reasons }).toEqual({
      status: 'held',
      reasons: ['1 service would be detached or leave management, and the limit is 0'],
    });
    await confirm(id);
    await world.until(orders, 'detached');
  });
});
