import { EC2Client } from '@aws-sdk/client-ec2';
import {
  CloseAccountCommand,
  CreateAccountCommand,
  CreateOrganizationalUnitCommand,
  CreateOrganizationCommand,
  DescribeCreateAccountStatusCommand,
  EnablePolicyTypeCommand,
  MoveAccountCommand,
  OrganizationsClient,
  paginateListRoots,
} from '@aws-sdk/client-organizations';
import {
  AssociateVPCWithHostedZoneCommand,
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  CreateVPCAssociationAuthorizationCommand,
  DeleteVPCAssociationAuthorizationCommand,
  Route53Client,
  type VPCRegion,
} from '@aws-sdk/client-route-53';
import { ACCOUNT, type EmbeddedCloud, REGION } from './cloud.ts';
import type { SeededNetwork } from './seed.ts';
import { given, type MadeVpc, makeVpc, type VpcPlan } from './vpc.ts';

/** Where the members' names are published. */
export const ORGANIZATION_ZONE = 'corp.example.com';

/** The regions that the members have VPCs in. The first is the hub's. */
export const ORGANIZATION_REGIONS = [REGION, 'us-east-1'] as const satisfies readonly VPCRegion[];

const UNITS = ['Infrastructure', 'Workloads', 'Workloads/Prod', 'Workloads/Test', 'Sandbox', 'Suspended'] as const;
export type UnitPath = (typeof UNITS)[number];

interface MemberPlan {
  readonly id: string;
  readonly unit: UnitPath;
  /** The second number of its addresses: `10.<n>.0.0/16` in the first region, one more in the next; none: no VPC. */
  readonly block?: number;
}

/**
 * The members. The sandboxes have the same addresses, as VPCs that were never meant to meet do; the retired account is closed.
 */
const MEMBERS = {
  network: { id: '111122223333', unit: 'Infrastructure', block: 8 },
  'shop-prod': { id: '222233334444', unit: 'Workloads/Prod', block: 16 },
  'bank-prod': { id: '333344445555', unit: 'Workloads/Prod', block: 18 },
  'shop-test': { id: '444455556666', unit: 'Workloads/Test', block: 20 },
  'bank-test': { id: '555566667777', unit: 'Workloads/Test', block: 22 },
  'sandbox-a': { id: '666677778888', unit: 'Sandbox', block: 64 },
  'sandbox-b': { id: '777788889999', unit: 'Sandbox', block: 64 },
  retired: { id: '888899990000', unit: 'Suspended' },
} as const satisfies Readonly<Record<string, MemberPlan>>;
export type MemberName = keyof typeof MEMBERS;

export interface OrganizationVpc extends MadeVpc {
  readonly accountName: MemberName;
  readonly account: string;
  readonly region: VPCRegion;
}

export interface SeededOrganization {
  readonly organizationId: string;
  readonly rootId: string;
  /** Ids by path: `Workloads/Prod`. */
  readonly units: Readonly<Record<UnitPath, string>>;
  /** Ids by name. The management account, which is the hub, is not among them. */
  readonly accounts: Readonly<Record<MemberName, string>>;
  /** The zones `corp.example.com`, of the account `network`. The private one answers in every VPC below and in the hub's. */
  readonly zones: { readonly account: string; readonly privateZoneId: string; readonly publicZoneId: string };
  readonly vpcs: readonly OrganizationVpc[];
}

/**
 * Makes an organisation around the seeded account, by API calls: units, accounts, a VPC in each
 * region of each account, and zones of a network account that answer in all of them. No service, and no product.
 *
 * In the `realistic` profile accounts take time to make, which the clock has to pass.
 */
export async function seedOrganization(cloud: EmbeddedCloud, hub: SeededNetwork): Promise<SeededOrganization> {
  const client = new OrganizationsClient(cloud.clientConfig());
  const { Organization } = await client.send(new CreateOrganizationCommand({ FeatureSet: 'ALL' }));
  const rootId = await rootOf(client);
  if (cloud.world.switches.controlPoliciesOfNewOrganization === 'disabled') {
    await client.send(new EnablePolicyTypeCommand({ RootId: rootId, PolicyType: 'SERVICE_CONTROL_POLICY' }));
  }
  const units = await makeUnits(client, rootId);
  const accounts = await makeAccounts(cloud, client, rootId, units);
  const vpcs = await makeVpcs(cloud, accounts);
  const zones = await makeZones(cloud, accounts.network, vpcs, hub);
  await client.send(new CloseAccountCommand({ AccountId: accounts.retired }));
  return { organizationId: given(Organization?.Id, 'Organization.Id'), rootId, units, accounts, zones, vpcs };
}

async function rootOf(client: OrganizationsClient): Promise<string> {
  for await (const { Roots = [] } of paginateListRoots({ client }, {})) {
    for (const { Id } of Roots) if (Id !== undefined) return Id;
  }
  throw new Error('the organisation has no root');
}

async function makeUnits(client: OrganizationsClient, rootId: string): Promise<Readonly<Record<UnitPath, string>>> {
  const units = new Map<string, string>([['', rootId]]);
  for (const path of UNITS) {
    const [, above = '', Name = path] = /^(?:(.*)\/)?([^/]+)$/.exec(path) ?? [];
    const create = new CreateOrganizationalUnitCommand({ ParentId: units.get(above), Name });
    units.set(path, given((await client.send(create)).OrganizationalUnit?.Id, 'OrganizationalUnit.Id'));
  }
  return byName(UNITS, (path) => given(units.get(path), path));
}

async function makeAccounts(
  cloud: EmbeddedCloud,
  client: OrganizationsClient,
  rootId: string,
  units: Readonly<Record<UnitPath, string>>,
): Promise<Readonly<Record<MemberName, string>>> {
  const names = memberNames();
  cloud.organizations.reserveAccountIds(names.map((name) => MEMBERS[name].id));
  for (const name of names) {
    const { id, unit } = MEMBERS[name];
    const create = new CreateAccountCommand({ AccountName: name, Email: `${name}@example.com` });
    const { CreateAccountStatus } = await client.send(create);
    await accountMade(cloud, client, CreateAccountStatus?.Id);
    await client.send(
      new MoveAccountCommand({ AccountId: id, SourceParentId: rootId, DestinationParentId: units[unit] }),
    );
  }
  return byName(names, (name) => MEMBERS[name].id);
}

/** Milliseconds between looks at whether an account has been made. */
const LOOK_AGAIN = 1000;

async function accountMade(cloud: EmbeddedCloud, client: OrganizationsClient, id: string | undefined): Promise<void> {
  const describe = new DescribeCreateAccountStatusCommand({ CreateAccountRequestId: id });
  for (;;) {
    const { CreateAccountStatus } = await client.send(describe);
    if (CreateAccountStatus?.State === 'SUCCEEDED') return;
    if (CreateAccountStatus?.State === 'FAILED') throw new Error(`no account: ${CreateAccountStatus.FailureReason}`);
    await new Promise<void>((resolve) => {
      cloud.world.clock.schedule(LOOK_AGAIN, resolve);
    });
  }
}

async function makeVpcs(
  cloud: EmbeddedCloud,
  accounts: Readonly<Record<MemberName, string>>,
): Promise<readonly OrganizationVpc[]> {
  const made: OrganizationVpc[] = [];
  for (const accountName of memberNames()) {
    const { block }: MemberPlan = MEMBERS[accountName];
    if (block === undefined) continue;
    const account = accounts[accountName];
    for (const [index, region] of ORGANIZATION_REGIONS.entries()) {
      const ec2 = new EC2Client(cloud.clientConfig({ account, region }));
      made.push({ accountName, account, region, ...(await makeVpc(ec2, vpcPlan(region, block + index))) });
    }
  }
  return made;
}

const vpcPlan = (region: string, block: number): VpcPlan => ({
  name: 'main',
  cidr: `10.${block}.0.0/16`,
  subnets: [
    { cidr: `10.${block}.1.0/24`, zone: `${region}a` },
    // The letters that App Runner's endpoint service is offered in, in both regions of the organisation.
    { cidr: `10.${block}.2.0/24`, zone: `${region}${region === REGION ? 'c' : 'b'}` },
  ],
});

/** The zone above is the hub's: without its NS records the public zone is not reached. */
async function delegate(cloud: EmbeddedCloud, hub: SeededNetwork, nameServers: readonly string[]): Promise<void> {
  const ResourceRecords = nameServers.map((Value) => ({ Value }));
  const ResourceRecordSet = { Name: ORGANIZATION_ZONE, Type: 'NS', TTL: 300, ResourceRecords } as const;
  await new Route53Client(cloud.clientConfig()).send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: hub.publicZoneId,
      ChangeBatch: { Changes: [{ Action: 'CREATE', ResourceRecordSet }] },
    }),
  );
}

/** The zones of the network account, the private one associated with every VPC by the owners of both. */
async function makeZones(
  cloud: EmbeddedCloud,
  account: string,
  vpcs: readonly OrganizationVpc[],
  hub: SeededNetwork,
): Promise<SeededOrganization['zones']> {
  const route53 = new Route53Client(cloud.clientConfig({ account }));
  const own = vpcs.filter((vpc) => vpc.account === account);
  const [hubRegion] = ORGANIZATION_REGIONS;
  const others = [...vpcs.filter((vpc) => vpc.account !== account), { account: ACCOUNT, region: hubRegion, ...hub }];
  const [first, ...rest] = own.map(({ vpcId, region }) => ({ VPCId: vpcId, VPCRegion: region }));
  const make = async (CallerReference: string, VPC?: typeof first) => {
    const create = new CreateHostedZoneCommand({ Name: ORGANIZATION_ZONE, CallerReference, ...(VPC && { VPC }) });
    const { HostedZone, DelegationSet } = await route53.send(create);
    const id = given(HostedZone?.Id, 'HostedZone.Id').replace('/hostedzone/', '');
    return { id, nameServers: DelegationSet?.NameServers ?? [] };
  };
  const { id: publicZoneId, nameServers } = await make('public');
  const { id: privateZoneId } = await make('private', given(first, 'VpcId'));
  await delegate(cloud, hub, nameServers);
  for (const VPC of rest) {
    await route53.send(new AssociateVPCWithHostedZoneCommand({ HostedZoneId: privateZoneId, VPC }));
  }
  for (const { account: owner, vpcId, region } of others) {
    const association = { HostedZoneId: privateZoneId, VPC: { VPCId: vpcId, VPCRegion: region } };
    await route53.send(new CreateVPCAssociationAuthorizationCommand(association));
    const member = new Route53Client(cloud.clientConfig({ account: owner }));
    await member.send(new AssociateVPCWithHostedZoneCommand(association));
    await route53.send(new DeleteVPCAssociationAuthorizationCommand(association));
  }
  return { account, privateZoneId, publicZoneId };
}

const isMemberName = (name: string): name is MemberName => Object.hasOwn(MEMBERS, name);
const memberNames = (): readonly MemberName[] => Object.keys(MEMBERS).filter(isMemberName);

/** A record with a value for each name. */
function byName<Name extends string>(names: readonly Name[], value: (name: Name) => string): Record<Name, string> {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<Name, string>;
}
