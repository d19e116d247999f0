import { AppRunnerClient } from '@aws-sdk/client-apprunner';
import {
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { DescribeOrganizationCommand, ListAccountsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { GetHostedZoneCommand, ListHostedZonesByNameCommand, Route53Client } from '@aws-sdk/client-route-53';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Need } from './need.ts';
import type { Waiter } from './waiter.ts';

export interface Clients {
  readonly appRunner: AppRunnerClient;
  readonly ec2: EC2Client;
  readonly route53: Route53Client;
  readonly events: EventBridgeClient;
  readonly sqs: SQSClient;
  readonly ssm: SSMClient;
  readonly organizations: OrganizationsClient;
  readonly quotas: ServiceQuotasClient;
  readonly sts: STSClient;
}

type ClientConfig = NonNullable<ConstructorParameters<typeof AppRunnerClient>[0]>;

/** The same configuration for the client of every service. */
export function clientsOf(
  config: Pick<ClientConfig, 'region' | 'credentials' | 'requestHandler' | 'maxAttempts' | 'endpoint'>,
): Clients {
  return {
    appRunner: new AppRunnerClient(config),
    ec2: new EC2Client(config),
    route53: new Route53Client(config),
    events: new EventBridgeClient(config),
    sqs: new SQSClient(config),
    ssm: new SSMClient(config),
    organizations: new OrganizationsClient(config),
    quotas: new ServiceQuotasClient(config),
    sts: new STSClient(config),
  };
}

/** The A records of a name, none when there is no such name. @throws when the server does not answer */
export type Resolve = (name: string) => Promise<readonly string[]>;

/** Where the contracts are asked. */
export interface Site {
  readonly target: 'embedded' | 'endpoint' | 'aws';
  readonly clients: Clients;
  readonly region: string;
  /** 12 digits. */
  readonly account: string;
  readonly vpcId: string;
  /** One subnet is enough, and an endpoint in it the cheapest. */
  readonly subnetId: string;
  readonly publicZone: { readonly id: string; readonly name: string } | undefined;
  readonly waiter: Waiter;
  readonly publicDns: Resolve | undefined;
  readonly vpcDns: Resolve | undefined;
  readonly organization: 'readable' | 'none' | 'unreadable';
}

/** A site that lacks what a person has to give. Its message says what to do. */
export class SiteError extends Error {
  override readonly name = 'SiteError';
}

export interface SiteRequest {
  readonly target: Site['target'];
  readonly clients: Clients;
  readonly region: string;
  readonly waiter: Waiter;
  /** On an embedded cloud the VPC tagged `Name=main` by default. */
  readonly vpcId: string | undefined;
  /** On an embedded cloud `example.com` by default. */
  readonly zoneId: string | undefined;
  readonly publicDns: Resolve | undefined;
  vpcDns(vpcId: string): Resolve | undefined;
}

/** Reads what is there, and writes nothing. @throws SiteError */
export async function openSite(request: SiteRequest): Promise<Site> {
  const { clients, target } = request;
  const identity = await clients.sts.send(new GetCallerIdentityCommand({}));
  const vpcId = request.vpcId ?? (await vpcNamedMain(clients, target));
  const { Subnets = [] } = await clients.ec2.send(
    new DescribeSubnetsCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }),
  );
  const [subnet] = Subnets;
  if (subnet?.SubnetId === undefined) throw new SiteError(`${vpcId} has no subnet. Pass a VPC that has one (--vpc).`);
  await demandNoEndpoint(clients, vpcId, request.region);
  return {
    ...request,
    account: identity.Account ?? '',
    vpcId,
    subnetId: subnet.SubnetId,
    publicZone: await publicZone(request),
    vpcDns: request.vpcDns(vpcId),
    organization: await organizationOf(clients),
  };
}

export const needsMet = (site: Site): Readonly<Record<Need, boolean>> => ({
  'public-zone': site.publicZone !== undefined,
  'public-dns': site.publicDns !== undefined,
  'vpc-dns': site.vpcDns !== undefined,
  organization: site.organization === 'readable' || (site.organization === 'none' && site.target !== 'aws'),
  'new-organization': site.organization === 'none' && site.target !== 'aws',
});

async function vpcNamedMain({ ec2 }: Clients, target: Site['target']): Promise<string> {
  if (target === 'aws') throw new SiteError('Pass the VPC to create an interface endpoint in: --vpc vpc-…');
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({ Filters: [{ Name: 'tag:Name', Values: ['main'] }] }));
  const [vpc] = Vpcs;
  if (vpc?.VpcId === undefined) throw new SiteError('There is no VPC tagged Name=main. Pass one: --vpc vpc-…');
  return vpc.VpcId;
}

/** App Runner refuses a second endpoint in a VPC (docs/facts.md#one-endpoint-per-vpc). */
async function demandNoEndpoint({ ec2 }: Clients, vpcId: string, region: string): Promise<void> {
  const { VpcEndpoints = [] } = await ec2.send(
    new DescribeVpcEndpointsCommand({
      Filters: [
        { Name: 'vpc-id', Values: [vpcId] },
        { Name: 'service-name', Values: [`com.amazonaws.${region}.apprunner.requests`] },
      ],
    }),
  );
  const [found] = VpcEndpoints.filter(({ State }) => State?.toLowerCase() !== 'deleted');
  if (found === undefined) return;
  throw new SiteError(
    `${vpcId} has an App Runner endpoint already (${found.VpcEndpointId}). Pass another VPC (--vpc). An endpoint of an earlier run is removed by --clean.`,
  );
}

async function publicZone({ clients, target, zoneId }: SiteRequest): Promise<Site['publicZone']> {
  const { route53 } = clients;
  if (zoneId !== undefined) {
    const { HostedZone } = await route53.send(new GetHostedZoneCommand({ Id: zoneId }));
    if (HostedZone?.Name === undefined || HostedZone.Config?.PrivateZone === true)
      throw new SiteError(`${zoneId} is not a public hosted zone.`);
    return { id: zoneId, name: HostedZone.Name.replace(/\.$/, '') };
  }
  if (target === 'aws') return undefined;
  const { HostedZones = [] } = await route53.send(new ListHostedZonesByNameCommand({ DNSName: 'example.com' }));
  const zone = HostedZones.find(({ Name, Config }) => Name === 'example.com.' && Config?.PrivateZone !== true);
  return zone?.Id === undefined ? undefined : { id: zone.Id.replace('/hostedzone/', ''), name: 'example.com' };
}

async function organizationOf({ organizations }: Clients): Promise<Site['organization']> {
  try {
    await organizations.send(new DescribeOrganizationCommand({}));
    await organizations.send(new ListAccountsCommand({}));
    return 'readable';
  } catch (error) {
    const none = error instanceof Error && error.name === 'AWSOrganizationsNotInUseException';
    return none ? 'none' : 'unreadable';
  }
}
