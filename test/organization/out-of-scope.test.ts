import {
  DeleteServiceCommand,
  DeleteVpcIngressConnectionCommand,
  ListVpcIngressConnectionsCommand,
} from '@aws-sdk/client-apprunner';
import { ListResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { STACK_NAME } from '../../demo/product-stack.ts';
import { routes } from '../../shared/api/routes.ts';
import { answerOf, ask, pathOf, problemIn } from '../api/caller.ts';
import { TestOrganization } from './organization.ts';

/** An account leaves the policy while the ledger has records of its service. */

const MINUTE = 60_000;
let organization: TestOrganization;
let arn: string;
let account: string;

beforeEach(async () => {
  organization = await TestOrganization.start({ 'shop-prod': 'full', 'bank-prod': 'full' });
  account = organization.account('shop-prod');
  organization.production();
  arn = await organization.createService(account, 'orders');
  await organization.world.until(arn, 'ready');
  await organization.world.quiet();
});
afterEach(() => organization.world.stop());

function leaveScope(): void {
  organization.policy('enforce', () => ({
    accounts: { kind: 'listed', ids: [organization.account('bank-prod')] },
    rules: [{ name: 'everything is private', match: {}, enforcement: 'required', mode: 'enforce', domains: [] }],
  }));
}

async function swept(): Promise<void> {
  await organization.sweep();
  await organization.world.quiet();
}

async function records(): Promise<readonly string[]> {
  const route53 = new Route53Client(
    organization.world.cloud.clientConfig({ account: organization.account('network') }),
  );
  const { privateZoneId, publicZoneId } = organization.seeded.zones;
  const found = await Promise.all(
    [privateZoneId, publicZoneId].map((HostedZoneId) =>
      route53.send(new ListResourceRecordSetsCommand({ HostedZoneId })),
    ),
  );
  return found
    .flatMap(({ ResourceRecordSets = [] }) => ResourceRecordSets)
    .flatMap(({ Type, Name = '' }) => (Type === 'NS' || Type === 'SOA' ? [] : [`${Type} ${Name}`]));
}

/** Its owner deletes the service, the connection first, as App Runner wants it. */
async function deleteService(): Promise<void> {
  const client = organization.appRunner(arn);
  const { VpcIngressConnectionSummaryList = [] } = await client.send(
    new ListVpcIngressConnectionsCommand({ Filter: { ServiceArn: arn } }),
  );
  for (const { VpcIngressConnectionArn } of VpcIngressConnectionSummaryList) {
    await client.send(new DeleteVpcIngressConnectionCommand({ VpcIngressConnectionArn }));
  }
  await organization.world.clock.advance(5 * MINUTE);
  await client.send(new DeleteServiceCommand({ ServiceArn: arn }));
  await organization.world.clock.advance(10 * MINUTE);
}

/** @returns what makes it again. */
function takeRoleAway(): () => void {
  const { iam } = organization.world.cloud;
  const properties = iam.roleNamed(account, `${STACK_NAME}-read`)?.properties;
  if (properties === undefined) throw new Error('the account has no role for the hub');
  iam.deleteRole(`arn:aws:iam::${account}:role/${STACK_NAME}-read`);
  return () => void iam.createRole(account, properties);
}

/** Roles of the account that were assumed, from now on. */
function assumed(): ReadonlySet<string> {
  const seen = new Set<string>();
  organization.world.cloud.gateway.observe(({ service, operation, input }) => {
    if (`${service}:${operation}` !== 'sts:AssumeRole') return;
    const { RoleArn }: { RoleArn?: unknown } = input;
    if (String(RoleArn).includes(account)) seen.add(String(RoleArn).replace(/^.*-/, ''));
  });
  return seen;
}

const findings = async () => (await organization.world.row(arn))?.findings ?? [];

describe('an account that leaves the scope with records', () => {
  it('is read and never written: names are reported, and removed once the service is gone', async () => {
    const before = await records();
    expect(before).toHaveLength(4);
    leaveScope();
    const roles = assumed();
    const written = organization.countWrites();
    await swept();
    expect(await organization.world.row(arn)).toMatchObject({ phase: 'released' });
    expect(await findings()).toMatchObject([
      { code: 'records-out-of-scope', message: expect.stringContaining(`orders.${account}.`) },
    ]);
    expect(written()).toEqual([]);
    expect([...roles]).toEqual(['read']);

    const name = `orders.${account}.`;
    const { world } = organization;
    const shown = await answerOf(routes.explainService, world, { target: pathOf(arn) });
    expect(shown).toMatchObject({ phase: 'released', findings: [{ code: 'records-out-of-scope' }], actions: [] });
    const listed = await answerOf(routes.listFindings, world, { target: '/findings' });
    expect(JSON.stringify(listed)).toContain(name);

    const removed = organization.countWrites();
    await deleteService();
    await swept();
    expect(await organization.world.row(arn)).toMatchObject({ phase: 'detached', findings: [] });
    expect(await records()).toEqual([]);
    expect(removed()).toEqual(['route53:ChangeResourceRecordSets 2']);
    expect([...roles]).toEqual(['read']);
    const last = assumed();
    await swept();
    expect([...last]).toEqual([]);
  });

  it('without its role stays reported, is tried by each sweep, and is cleaned up once the role is back', async () => {
    const giveBack = takeRoleAway();
    leaveScope();
    await swept();
    await deleteService();
    await swept();
    await swept();
    expect(await organization.world.row(arn)).toMatchObject({ phase: 'released', waits: [] });
    expect(await findings()).toMatchObject([
      { code: 'records-out-of-scope', message: expect.stringContaining('cannot see whether the service still exists') },
    ]);
    expect(await records()).toHaveLength(4);
    giveBack();
    await swept();
    expect(await records()).toEqual([]);
    expect(await findings()).toEqual([]);
  });

  it('takes no requests, and comes back as it was', async () => {
    leaveScope();
    await swept();
    const refused = await ask(organization.world, { target: `${pathOf(arn)}/detach`, body: {} });
    expect(problemIn(refused)).toMatchObject({ status: 422, type: expect.stringContaining('out-of-scope') });
    organization.production();
    await swept();
    await organization.world.until(arn, 'ready');
    expect(await findings()).toEqual([]);
    expect(await records()).toHaveLength(4);
  });

  it('reports and keeps what its owner released', async () => {
    organization.policy('enforce', () => ({
      accounts: { kind: 'listed', ids: [account] },
      rules: [{ name: 'by tag', match: {}, enforcement: 'by-tag', mode: 'enforce', domains: [] }],
    }));
    await organization.tag(arn, { 'private-ingress': 'released' });
    await organization.world.until(arn, 'released');
    expect(await findings()).toEqual([]);
    leaveScope();
    await swept();
    await deleteService();
    await swept();
    expect(await findings()).toMatchObject([
      { code: 'records-out-of-scope', message: expect.stringContaining('Its owner released the service') },
    ]);
    expect(await records()).toHaveLength(4);
  });
});
