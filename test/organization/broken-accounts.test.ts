import { CloseAccountCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { ACCOUNT, REGION } from 'apprunner-embedded-cloud';
import { AwsError } from 'apprunner-embedded-cloud/aws-error';
import { type FaultRule, playFaults } from 'apprunner-embedded-cloud/faults';
import { afterEach, describe, expect, it } from 'vitest';
import { STACK_NAME } from '../../demo/product-stack.ts';
import type { FailureCode } from '../../shared/sweep/failure.ts';
import { EventWeatherControl } from '../scenarios/events.ts';
import { TestOrganization } from './organization.ts';

let organization: TestOrganization;
afterEach(() => organization.world.stop());

const ready = ['ready', 'ready-unverified'] as const;

/**
 * The account `shop-prod` has a ready service with a name; in `bank-prod`, which nothing is wrong with, is one that has to
 * be private and is not, because no event has reported it.
 */
async function given(dependencies: { readonly 'shop-prod'?: 'full' } = { 'shop-prod': 'full' }) {
  organization = await TestOrganization.start({ ...dependencies, 'bank-prod': 'full' });
  const { world } = organization;
  const bank = organization.account('bank-prod');
  organization.production(({ rules }) => ({
    rules: rules.flatMap((rule) =>
      // Without a name, so that a hosted zone that is out of reach does not concern it.
      [{ ...rule, name: `${rule.name}, the bank`, match: { accounts: [bank] }, domains: [] }, rule].slice(
        rule.enforcement === 'required' ? 0 : 1,
      ),
    ),
  }));
  const orders = await organization.createService(organization.account('shop-prod'), 'orders');
  if ('shop-prod' in dependencies) await world.until(orders, 'ready');
  await world.quiet();
  const weather = new EventWeatherControl(world.cloud);
  weather.become('lost', 0);
  const payments = await organization.createService(bank, 'payments');
  await world.quiet();
  weather.become('normal', 0);
  return { orders, payments };
}

/** Something that is wrong; answers what mends it. */
type Breakage = () => Mend | Promise<Mend>;
type Mend = () => unknown;

const fault =
  (rule: Omit<FaultRule, 'account'>, name = 'shop-prod'): Breakage =>
  () =>
    playFaults(organization.world.cloud.gateway, [{ account: organization.account(name), ...rule }]);
const lacks = (calls: string, name?: string): Breakage => fault({ calls, answer: 'denied' }, name);

/** The read role trusts something else than it should. */
const trusting =
  (instead: (trust: string) => string): Breakage =>
  () => {
    const { iam } = organization.world.cloud;
    const account = organization.account('shop-prod');
    const properties = iam.roleNamed(account, `${STACK_NAME}-read`)?.properties;
    if (properties === undefined) throw new Error('there is no role that reads');
    const trust: unknown = JSON.parse(instead(JSON.stringify(properties.AssumeRolePolicyDocument)));
    iam.updateRole(account, { ...properties, AssumeRolePolicyDocument: trust });
    return () => iam.updateRole(account, properties);
  };

/** What is wrong, what a sweep calls it, and what the failure names beside the account. */
const broken: readonly (readonly [string, Breakage, FailureCode, string])[] = [
  [
    'whose role asks for another external id',
    trusting((trust) => trust.replace('embedded-', 'other-')),
    'role-refused',
    'sts:AssumeRole',
  ],
  [
    'whose role trusts another organisation',
    trusting((trust) => trust.replace(/o-[a-z0-9]+/, 'o-zzzzzzzzzz')),
    'role-refused',
    'sts:AssumeRole',
  ],
  [
    'in which the region is disabled',
    () => {
      // Not the hub's: there the role itself could not be assumed.
      const accountRegion = { account: organization.account('shop-prod'), region: 'us-east-1' };
      organization.world.cloud.regions.disable(accountRegion);
      return () => organization.world.cloud.regions.enable(accountRegion);
    },
    'region-disabled',
    'us-east-1',
  ],
  ['that is throttled', fault({ calls: 'apprunner:*', answer: 'throttled' }), 'throttled', 'Rate exceeded'],
  [
    'in which AWS does not answer',
    fault({ calls: 'apprunner:*', answer: 'unavailable' }),
    'unavailable',
    'ServiceUnavailable',
  ],
  ['whose role may not list services', lacks('apprunner:ListServices'), 'permission-missing', 'apprunner:ListServices'],
  [
    'whose role may not describe services',
    lacks('apprunner:DescribeService'),
    'permission-missing',
    'apprunner:DescribeService',
  ],
  [
    'whose role may not read tags',
    lacks('apprunner:ListTagsForResource'),
    'permission-missing',
    'apprunner:ListTagsForResource',
  ],
  [
    'whose role may not read domains',
    lacks('apprunner:DescribeCustomDomains'),
    'permission-missing',
    'apprunner:DescribeCustomDomains',
  ],
  [
    'whose role may not read endpoints',
    lacks('ec2:DescribeVpcEndpoints'),
    'permission-missing',
    'ec2:DescribeVpcEndpoints',
  ],
  ['whose role may not ask the probe', lacks('lambda:InvokeFunction'), 'permission-missing', 'lambda:InvokeFunction'],
];

describe('a sweep over an organisation with an account', () => {
  it.each(broken)(
    '%s is reported, the others are repaired, and it recovers afterwards',
    async (_, breakIt, code, named) => {
      const { orders, payments } = await given();
      const mend = await breakIt();
      await compareBroken(code, organization.account('shop-prod'), named);
      await organization.world.until(payments, ready);
      await mend();
      await compareWhole(orders);
    },
  );

  it('without the role is reported, the others are repaired, and it recovers with the role', async () => {
    const { orders, payments } = await given({});
    const account = organization.account('shop-prod');
    await compareBroken('role-refused', account, `${STACK_NAME}-read`);
    await organization.world.until(payments, ready);
    await organization.members.member(account, 'full');
    await compareWhole(orders);
  });

  it('that holds the hosted zones, whose role may not read records, mends what has no name there', async () => {
    const { orders, payments } = await given();
    const mend = await lacks('route53:ListResourceRecordSets', 'network')();
    await compareBroken('permission-missing', organization.account('network'), 'route53:ListResourceRecordSets');
    await organization.world.until(payments, ready);
    await mend();
    await compareWhole(orders);
  });

  it('that is closed while it is being compared is reported, and not retried', async () => {
    const { payments } = await given();
    const AccountId = organization.account('shop-prod');
    const id = await organization.begin();
    await new OrganizationsClient(organization.world.config).send(new CloseAccountCommand({ AccountId }));
    const { summary } = await organization.ended(id);
    expect(summary?.failures.map(({ resource }) => resource)).toEqual([
      `${AccountId}/${REGION}`,
      `${AccountId}/us-east-1`,
    ]);
    await organization.world.until(payments, ready);
    const next = await organization.sweep();
    expect(next.targets.filter((target) => target.startsWith(AccountId))).toEqual([]);
    expect(next.summary?.failures).toEqual([]);
  });
});

/** Sweeps, and finds failures of one code that name the account. */
async function compareBroken(code: FailureCode, account: string, named: string): Promise<void> {
  const { summary } = await organization.sweep();
  const failures = summary?.failures ?? [];
  expect(failures.map((failure) => failure.code)).toEqual(failures.map(() => code));
  expect(failures.length).toBeGreaterThan(0);
  for (const { resource, message } of failures) {
    expect(`${resource} ${message}`).toContain(account);
    expect(`${resource} ${message}`).toContain(named);
  }
  // Whether records are orphaned is unknown while something is unseen.
  expect(summary?.orphans.filter(({ kind }) => kind === 'record-orphaned')).toEqual([]);
  expect(organization.world.measured.at(-1)).toMatchObject({ SweepFailures: failures.length });
}

/** Sweeps until it finds nothing to tell, the service being as it should. */
async function compareWhole(serviceArn: string): Promise<void> {
  expect((await organization.sweep()).summary?.failures).toEqual([]);
  await organization.world.until(serviceArn, 'ready');
  await organization.world.quiet();
  expect((await organization.sweep()).summary).toMatchObject({ managed: 2, differing: 0, failures: [] });
  expect(organization.world.measured.at(-1)).toMatchObject({ SweepFailures: 0 });
}

describe('a sweep that Organizations does not answer', () => {
  const denied = (role: string, calls: string) =>
    playFaults(organization.world.cloud.gateway, [{ account: ACCOUNT, role, calls, answer: 'denied' }]);

  it('compares and mends the accounts that are known without it', async () => {
    const { orders, payments } = await given();
    const mend = denied('*-sweep', 'organizations:ListAccount*');
    const { summary } = await organization.sweep();
    expect(summary?.failures).toEqual([
      { code: 'permission-missing', resource: 'organisation', message: expect.stringContaining('organizations:') },
    ]);
    await organization.world.until(payments, ready);
    mend();
    await compareWhole(orders);
  });

  it('judges no service whose rules ask for units, and writes nothing for it', async () => {
    const { orders, payments } = await given();
    const mend = denied('*', 'organizations:ListParents');
    await organization.world.clock.advance(20 * 60_000);
    const written = organization.countWrites();
    const { summary } = await organization.sweep();
    expect(new Set(summary?.failures.map(({ resource }) => resource))).toEqual(new Set([orders, payments]));
    await organization.world.quiet();
    expect(written()).toEqual([]);
    mend();
    await compareWhole(orders);
  });
});

describe('a comparison that never comes back', () => {
  it('is reported by the next sweep, which reconciles what the others found', async () => {
    const { payments } = await given();
    const { world } = organization;
    const silent = `${organization.account('shop-prod')}/us-east-1`;
    const mend = world.cloud.gateway.intercept(({ service, operation, input }) =>
      `${service}:${operation}` === 'dynamodb:PutItem' && JSON.stringify(input).includes(`"item":{"S":"${silent}"}`)
        ? new AwsError('InternalServerError', 'the function is out of memory', { status: 500 })
        : undefined,
    );
    const id = await organization.begin('schedule');
    // Longer than the message is tried, and as long as from one sweep to the next.
    await world.clock.advance(15 * 60_000);
    expect(await organization.run(id)).toMatchObject({ status: 'comparing' });
    expect((await world.row(payments))?.phase).toBeUndefined();
    mend();
    const next = await organization.begin('schedule');
    const failures = [{ code: 'not-answered', resource: silent, message: expect.any(String) }];
    expect(await organization.run(id)).toMatchObject({ status: 'done', summary: { failures, changes: 1 } });
    expect(world.measured.at(-1)).toMatchObject({ SweepFailures: 1 });
    await world.until(payments, ready);
    expect((await organization.ended(next)).summary?.failures).toEqual([]);
  });
});
