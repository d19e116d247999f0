import { readFile } from 'node:fs/promises';
import { AppRunnerClient } from '@aws-sdk/client-apprunner';
import { CreateVpcEndpointCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CreateAccountCommand, CreateOrganizationCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import {
  AssociateVPCWithHostedZoneCommand,
  CreateVPCAssociationAuthorizationCommand,
  Route53Client,
  type VPCRegion,
} from '@aws-sdk/client-route-53';
import { ACCOUNT, type EmbeddedCloud, REGION } from 'apprunner-embedded-cloud';
import { deployStack } from 'apprunner-embedded-cloud/deploy';
import { createHelloService } from 'apprunner-embedded-cloud/hello-service';
import { profiles } from 'apprunner-embedded-cloud/profile';
import { limitRates, type RateLimit } from 'apprunner-embedded-cloud/rate-limits';
import { makeVpc } from 'apprunner-embedded-cloud/vpc';
import { ensurePackaged } from '../build/package.ts';
import { readPolicy } from '../shared/policy/file/read.ts';
import { Installation } from '../test/installation/installation.ts';
import { takesTime } from './aws-load.ts';
import { tagsFor } from './installation.ts';

/** An account and a region with a VPC, whose services are published in the zones of a team. */
export interface Place {
  readonly account: string;
  readonly region: VPCRegion;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  readonly team: Team;
}

/** Zones of one name: a public one, and a private one that answers in the VPCs of the team. */
interface Team {
  readonly name: string;
  readonly publicZoneId: string;
  readonly privateZoneId: string;
}

export interface FleetPlan {
  readonly accounts: number;
  readonly regions: readonly VPCRegion[];
  /** Whether each region of an account has the member stack, which forwards events; otherwise only the roles are there. */
  readonly forwardsEvents: boolean;
}

/** Few enough that a private zone answers in at most 80 VPCs, and holds at most 10,000 records. */
const ACCOUNTS_OF_A_TEAM = 20;
const EXTERNAL_ID = 'fleet';

/** Accounts and regions that a sweep compares at a time: what an organization of many accounts may allow it. */
export const SWEEP_CONCURRENCY = 50;

/** Of the endpoint service in each region (docs/facts.md#one-subnet-per-zone). */
const ZONES: Readonly<Record<string, readonly [string, string]>> = { [REGION]: ['a', 'c'] };

/** At most 40 characters, like every name of a service. */
export const serviceName = (index: number): string => `service-${String(index).padStart(6, '0')}`;

/** A hub, and member accounts with a VPC in each region. Their zones belong to the hub. */
export class Fleet {
  readonly world: Installation;
  readonly places: readonly Place[];
  /** A document of the policy file's form. */
  readonly policy: object;

  private constructor(world: Installation, places: readonly Place[], policy: object) {
    this.world = world;
    this.places = places;
    this.policy = policy;
  }

  static async start({ accounts, regions, forwardsEvents }: FleetPlan): Promise<Fleet> {
    const ids = Array.from({ length: accounts }, (_, index) => String(200_000_000_000 + index));
    const teams = Array.from(
      { length: Math.ceil(accounts / ACCOUNTS_OF_A_TEAM) },
      (_, index) => `team-${index}.example.com`,
    );
    let organizationId = '';
    const world = await Installation.start({
      probe: false,
      timed: takesTime,
      parameters: {
        SweepRate: 'rate(30 days)',
        SweepConcurrency: String(SWEEP_CONCURRENCY),
        // The default, in place of the seconds of the harness.
        UnobservableGrace: '5m',
      },
      zones: teams.flatMap((name) => [true, false].map((inVpc) => ({ name, inVpc }))),
      prepare: async (cloud) => {
        organizationId = await makeAccounts(cloud, ids);
        return { OrganizationId: organizationId, MemberExternalId: EXTERNAL_ID };
      },
    });
    const teamOf = (index: number): Team => {
      const team = Math.floor(index / ACCOUNTS_OF_A_TEAM);
      const [privateZoneId = '', publicZoneId = ''] = world.zoneIds.slice(2 * team);
      return { name: teams[team] ?? '', privateZoneId, publicZoneId };
    };
    const places: Place[] = [];
    for (const [index, account] of ids.entries()) {
      for (const region of regions) places.push(await makePlace(world.cloud, account, region, teamOf(index)));
      await deployMember(world.cloud, account, organizationId, forwardsEvents ? regions : []);
    }
    const policy = {
      version: 1,
      accounts: ids,
      regions,
      networks: places.map(({ account, region, vpcId, securityGroupId }) => ({
        account,
        region,
        vpc: vpcId,
        securityGroups: [securityGroupId],
      })),
      zones: teams.flatMap((name, index) =>
        ['private', 'public'].map((visibility, which) => ({
          id: world.zoneIds[2 * index + which] ?? '',
          name,
          visibility,
          allowedNames: [`*.${name}`],
        })),
      ),
      rules: [{ name: 'tagged services', private: 'by-tag' }],
    };
    world.deployPolicy(readPolicy(policy));
    Object.assign(world.cloud.world, { profile: profiles.realistic });
    return new Fleet(world, places, policy);
  }

  stop(): Promise<void> {
    return this.world.stop();
  }

  /** From now on AWS takes no more calls than these, whoever calls. @returns what ends that. */
  limit(limits: readonly RateLimit[]): () => void {
    return limitRates(this.world.cloud.gateway, this.world.clock, limits);
  }

  /** Creates a service as its owner does: tagged from the beginning. @returns its ARN. */
  async createService({ account, region, team }: Place, name: string): Promise<string> {
    const client = new AppRunnerClient(this.world.cloud.clientConfig({ account, region }));
    return (await createHelloService(client, name, tagsFor([`${name}.${team.name}`]))).arn;
  }

  /** An interface endpoint in each VPC, as if services had been attached there before. */
  async makeEndpoints(): Promise<void> {
    const { cloud, clock } = this.world;
    for (const { account, region, vpcId, subnetIds, securityGroupId } of this.places) {
      await new EC2Client(cloud.clientConfig({ account, region })).send(
        new CreateVpcEndpointCommand({
          VpcEndpointType: 'Interface',
          ServiceName: `com.amazonaws.${region}.apprunner.requests`,
          VpcId: vpcId,
          SubnetIds: [...subnetIds],
          SecurityGroupIds: [securityGroupId],
          PrivateDnsEnabled: false,
        }),
      );
    }
    await clock.advance(profiles.realistic.endpointCreation);
  }
}

async function makeAccounts(cloud: EmbeddedCloud, ids: readonly string[]): Promise<string> {
  const client = new OrganizationsClient(cloud.clientConfig());
  const { Organization } = await client.send(new CreateOrganizationCommand({}));
  cloud.organizations.reserveAccountIds(ids);
  for (const id of ids) {
    await client.send(new CreateAccountCommand({ AccountName: id, Email: `${id}@example.com` }));
  }
  return Organization?.Id ?? '';
}

async function makePlace(cloud: EmbeddedCloud, account: string, region: VPCRegion, team: Team): Promise<Place> {
  const [first, second] = ZONES[region] ?? ['a', 'b'];
  const vpc = await makeVpc(new EC2Client(cloud.clientConfig({ account, region })), {
    name: 'main',
    cidr: '10.0.0.0/16',
    subnets: [
      { cidr: '10.0.1.0/24', zone: `${region}${first}` },
      { cidr: '10.0.2.0/24', zone: `${region}${second}` },
    ],
  });
  const association = { HostedZoneId: team.privateZoneId, VPC: { VPCId: vpc.vpcId, VPCRegion: region } };
  await new Route53Client(cloud.clientConfig()).send(new CreateVPCAssociationAuthorizationCommand(association));
  await new Route53Client(cloud.clientConfig({ account })).send(new AssociateVPCWithHostedZoneCommand(association));
  return { account, region, ...vpc, team };
}

/** The roles of an account, and what forwards events from its regions. */
async function deployMember(
  cloud: EmbeddedCloud,
  account: string,
  OrganizationId: string,
  forwarding: readonly VPCRegion[],
): Promise<void> {
  const { memberTemplate } = await ensurePackaged();
  const template: unknown = JSON.parse(await readFile(memberTemplate, 'utf8'));
  for (const region of new Set<string>([REGION, ...forwarding])) {
    const stack = {
      template,
      account,
      region,
      stackName: 'apprunner-private-ingress-member',
      functionCode: () => '.',
      parameters: {
        HubAccount: ACCOUNT,
        HubRegion: REGION,
        HomeRegion: REGION,
        OrganizationId,
        ExternalId: EXTERNAL_ID,
        Access: 'full',
      },
    };
    await deployStack(stack, cloud.deployment);
  }
}
