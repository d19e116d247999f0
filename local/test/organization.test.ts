import { setImmediate } from 'node:timers/promises';
import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { OrganizationsClient, paginateListAccounts } from '@aws-sdk/client-organizations';
import { ChangeResourceRecordSetsCommand, GetHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { seededChance } from '../src/chance.ts';
import { VirtualClock } from '../src/clock.ts';
import { ACCOUNT, createCloud, type EmbeddedCloud } from '../src/cloud.ts';
import {
  ORGANIZATION_REGIONS,
  ORGANIZATION_ZONE,
  type SeededOrganization,
  seedOrganization,
} from '../src/organization.ts';
import { profiles } from '../src/profile.ts';
import { type SeededNetwork, seedNetwork } from '../src/seed.ts';
import { inProcessRuntime } from '../src/services/lambda/in-process-runtime.ts';
import type { CallRecord } from '../src/wire/service.ts';

let cloud: EmbeddedCloud;
let clock: VirtualClock;
let hub: SeededNetwork;
const calls: CallRecord[] = [];

beforeEach(async () => {
  clock = new VirtualClock();
  calls.length = 0;
  cloud = createCloud({
    clock,
    chance: seededChance('organization'),
    profile: profiles.fast,
    runtime: () => inProcessRuntime(clock, { echo: (event) => event }),
  });
  hub = await seedNetwork(cloud);
  cloud.gateway.observe((call) => calls.push(call));
});
afterEach(() => cloud.stop());

const seed = (): Promise<SeededOrganization> => seedOrganization(cloud, hub);

it('has units with accounts in them, more than fit a page', async () => {
  const { organizationId, rootId, units } = await seed();
  await clock.advance(60_000);
  const client = new OrganizationsClient(cloud.clientConfig());
  const found: string[][] = [];
  let pages = 0;
  for await (const { Accounts = [] } of paginateListAccounts({ client }, {})) {
    pages++;
    found.push(...Accounts.map(({ Name = '', State = '', Paths: [path = ''] = [] }) => [Name, State, path]));
  }
  const at = (name: string, ...ids: string[]) => [
    name,
    'ACTIVE',
    expect.stringContaining([organizationId, rootId, ...ids].join('/')),
  ];
  const { Workloads } = units;
  expect(pages).toBe(3);
  expect(found).toEqual([
    at('management'),
    at('network', units.Infrastructure),
    at('shop-prod', Workloads, units['Workloads/Prod']),
    at('bank-prod', Workloads, units['Workloads/Prod']),
    at('shop-test', Workloads, units['Workloads/Test']),
    at('bank-test', Workloads, units['Workloads/Test']),
    at('sandbox-a', units.Sandbox),
    at('sandbox-b', units.Sandbox),
    ['retired', 'CLOSED', expect.stringContaining(units.Suspended)],
  ]);
});

it('has a VPC in each region of each account, some with the same addresses', async () => {
  const { accounts, vpcs } = await seed();
  expect(vpcs).toHaveLength(7 * ORGANIZATION_REGIONS.length);
  for (const { account, region, vpcId, subnetIds } of vpcs) {
    const { Vpcs } = await new EC2Client(cloud.clientConfig({ account, region })).send(new DescribeVpcsCommand({}));
    expect(Vpcs?.map(({ VpcId }) => VpcId)).toEqual([vpcId]);
    expect(subnetIds).toHaveLength(2);
  }
  const blockOf = (account: string) => cloud.ec2.vpcs().find((vpc) => vpc.account === account)?.cidrBlock;
  expect(blockOf(accounts['sandbox-a'])).toBe(blockOf(accounts['sandbox-b']));
});

it('has zones of the network account that answer in every VPC, the hub’s too', async () => {
  const { accounts, zones, vpcs } = await seed();
  expect(zones.account).toBe(accounts.network);
  const route53 = new Route53Client(cloud.clientConfig({ account: zones.account }));
  const Name = `a.${ORGANIZATION_ZONE}`;
  await route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: zones.privateZoneId,
      ChangeBatch: {
        Changes: [
          {
            Action: 'CREATE',
            ResourceRecordSet: { Name, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '10.9.9.9' }] },
          },
        ],
      },
    }),
  );
  const seen = (vpcId: string) =>
    cloud.resolver.answer({ kind: 'vpc', vpcId }, Name, 'A').answers.map(({ value }) => value);
  for (const vpcId of [...vpcs.map((vpc) => vpc.vpcId), hub.vpcId]) expect(seen(vpcId)).toEqual(['10.9.9.9']);
  expect(cloud.resolver.answer({ kind: 'public' }, Name, 'A').answers).toEqual([]);
  const { HostedZone } = await route53.send(new GetHostedZoneCommand({ Id: zones.publicZoneId }));
  expect(HostedZone?.Config?.PrivateZone).toBe(false);
});

it('is made by calls that succeed, each by the account whose affair it is', async () => {
  await seed();
  expect(calls.filter(({ outcome }) => !outcome.ok)).toEqual([]);
  const inOrganizations = calls.filter(({ service }) => service === 'organizations');
  expect(new Set(inOrganizations.map(({ context }) => context.account))).toEqual(new Set([ACCOUNT]));
});

it('takes the time that accounts take', async () => {
  await cloud.stop();
  cloud = createCloud({
    clock,
    chance: seededChance('organization'),
    profile: profiles.realistic,
    runtime: () => inProcessRuntime(clock, { echo: (event) => event }),
  });
  hub = await seedNetwork(cloud);
  const before = clock.now();
  let made: SeededOrganization | undefined;
  const seeding = seed().then((organization) => {
    made = organization;
  });
  while (made === undefined) {
    await clock.advance(1000);
    await setImmediate();
  }
  await seeding;
  const members = Object.keys(made.accounts).length;
  expect(clock.now() - before).toBeGreaterThanOrEqual(members * profiles.realistic.accountCreation);
});
