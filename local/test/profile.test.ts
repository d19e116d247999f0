import * as apprunner from '@aws-sdk/client-apprunner';
import * as ec2 from '@aws-sdk/client-ec2';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import * as organizations from '@aws-sdk/client-organizations';
import * as route53 from '@aws-sdk/client-route-53';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { seededChance } from '../src/chance.ts';
import { VirtualClock } from '../src/clock.ts';
import { createCloud, type EmbeddedCloud, REGION } from '../src/cloud.ts';
import { HELLO_IMAGE } from '../src/hello-service.ts';
import { type Profile, profiles } from '../src/profile.ts';
import { type SeededNetwork, seedNetwork } from '../src/seed.ts';
import { inProcessRuntime } from '../src/services/lambda/in-process-runtime.ts';
import { FakeTargets } from './eventbridge/fake-targets.ts';

type Latency = Exclude<keyof Profile, 'name'>;

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const FUNCTION = `arn:aws:lambda:${REGION}:123456789012:function:on-schedule`;

/** Each latency differs from the others and from those of `fast`, which the cloud is created with. */
const slow: Profile = {
  name: 'realistic',
  serviceOperation: 61 * SECOND,
  endpointCreation: 67 * SECOND,
  endpointDeletion: 71 * SECOND,
  endpointDnsEntries: 73 * SECOND,
  readLag: 0,
  connectionCreation: 79 * SECOND,
  connectionUpdate: 83 * SECOND,
  connectionDeletion: 89 * SECOND,
  connectionDns: 97 * SECOND,
  validationRecords: 101 * SECOND,
  certificateIssuance: 103 * SECOND,
  certificateBinding: 107 * SECOND,
  domainDeletion: 109 * SECOND,
  recordPropagation: 113 * SECOND,
  accountCreation: 127 * SECOND,
  scheduleSecond: 131 * SECOND,
};

let clock: VirtualClock;
let cloud: EmbeddedCloud;
let network: SeededNetwork;
let appRunner: apprunner.AppRunnerClient;
let ec2Client: ec2.EC2Client;
let route53Client: route53.Route53Client;

const playing = (profile: Partial<Profile>) => Object.assign(cloud.world, { profile: { ...slow, ...profile } });

beforeEach(async () => {
  clock = new VirtualClock();
  cloud = createCloud({
    clock,
    chance: seededChance('profile'),
    profile: profiles.fast,
    switches: { validationRecords: 'one-fewer' },
    runtime: () => inProcessRuntime(clock, {}),
  });
  network = await seedNetwork(cloud);
  appRunner = new apprunner.AppRunnerClient(cloud.clientConfig());
  ec2Client = new ec2.EC2Client(cloud.clientConfig());
  route53Client = new route53.Route53Client(cloud.clientConfig());
  playing({});
});

afterEach(() => cloud.stop());

async function createService(): Promise<string> {
  const { Service } = await appRunner.send(
    new apprunner.CreateServiceCommand({
      ServiceName: 'hello',
      SourceConfiguration: HELLO_IMAGE,
      NetworkConfiguration: { IngressConfiguration: { IsPubliclyAccessible: false } },
    }),
  );
  return Service?.ServiceArn ?? '';
}

async function service(): Promise<string> {
  const arn = await createService();
  await clock.advance(HOUR);
  return arn;
}

async function createEndpoint(): Promise<string> {
  const { VpcEndpoint } = await ec2Client.send(
    new ec2.CreateVpcEndpointCommand({
      VpcEndpointType: 'Interface',
      ServiceName: `com.amazonaws.${REGION}.apprunner.requests`,
      VpcId: network.vpcId,
      SubnetIds: [...network.subnetIds],
      SecurityGroupIds: [network.securityGroupId],
    }),
  );
  return VpcEndpoint?.VpcEndpointId ?? '';
}

const endpoints = async () => (await ec2Client.send(new ec2.DescribeVpcEndpointsCommand({}))).VpcEndpoints ?? [];

async function createConnection(): Promise<apprunner.VpcIngressConnection> {
  const ServiceArn = await service();
  const VpcEndpointId = await createEndpoint();
  await clock.advance(HOUR);
  const { VpcIngressConnection } = await appRunner.send(
    new apprunner.CreateVpcIngressConnectionCommand({
      ServiceArn,
      VpcIngressConnectionName: 'hello-ingress',
      IngressVpcConfiguration: { VpcId: network.vpcId, VpcEndpointId },
    }),
  );
  return VpcIngressConnection ?? {};
}

const statusOf = async (VpcIngressConnectionArn: string | undefined) =>
  (await appRunner.send(new apprunner.DescribeVpcIngressConnectionCommand({ VpcIngressConnectionArn })))
    .VpcIngressConnection?.Status;

const associate = (ServiceArn: string) =>
  appRunner.send(
    new apprunner.AssociateCustomDomainCommand({
      ServiceArn,
      DomainName: 'hello.example.com',
      EnableWWWSubdomain: false,
    }),
  );

const disassociate = (ServiceArn: string) =>
  appRunner.send(new apprunner.DisassociateCustomDomainCommand({ ServiceArn, DomainName: 'hello.example.com' }));

const domainOf = async (ServiceArn: string) =>
  (await appRunner.send(new apprunner.DescribeCustomDomainsCommand({ ServiceArn }))).CustomDomains?.[0];

const createRecord = (Name: string, Value: string) =>
  route53Client.send(
    new route53.ChangeResourceRecordSetsCommand({
      HostedZoneId: network.publicZoneId,
      ChangeBatch: {
        Changes: [
          { Action: 'CREATE', ResourceRecordSet: { Name, Type: 'CNAME', TTL: 60, ResourceRecords: [{ Value }] } },
        ],
      },
    }),
  );

/** A service whose domain is about to have validation records that stand in public DNS already. */
async function validatedBefore(): Promise<string> {
  const arn = await service();
  await associate(arn);
  await clock.advance(HOUR);
  const [record] = (await domainOf(arn))?.CertificateValidationRecords ?? [];
  await createRecord(record?.Name ?? '', record?.Value ?? '');
  await disassociate(arn);
  await clock.advance(HOUR);
  await associate(arn);
  return arn;
}

/** Begins what takes so long, and answers how to see that it is over. */
const cases: Readonly<Record<Latency, () => Promise<() => Promise<boolean>>>> = {
  serviceOperation: async () => {
    const ServiceArn = await createService();
    const describe = new apprunner.DescribeServiceCommand({ ServiceArn });
    return async () => (await appRunner.send(describe)).Service?.Status === 'RUNNING';
  },
  endpointCreation: async () => {
    await createEndpoint();
    return async () => (await endpoints())[0]?.State?.toString() === 'available';
  },
  endpointDeletion: async () => {
    const id = await createEndpoint();
    await clock.advance(HOUR);
    await ec2Client.send(new ec2.DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    return async () => (await endpoints()).length === 0;
  },
  endpointDnsEntries: async () => {
    await createEndpoint();
    await clock.advance(slow.endpointCreation);
    return async () => ((await endpoints())[0]?.DnsEntries ?? []).length > 0;
  },
  readLag: async () => {
    playing({ readLag: 137 * SECOND });
    await createEndpoint();
    return async () => (await endpoints()).length > 0;
  },
  connectionCreation: async () => {
    const { VpcIngressConnectionArn: arn } = await createConnection();
    return async () => (await statusOf(arn)) === 'AVAILABLE';
  },
  connectionUpdate: async () => {
    const { VpcIngressConnectionArn: arn, IngressVpcConfiguration } = await createConnection();
    await clock.advance(HOUR);
    await appRunner.send(
      new apprunner.UpdateVpcIngressConnectionCommand({ VpcIngressConnectionArn: arn, IngressVpcConfiguration }),
    );
    return async () => (await statusOf(arn)) === 'AVAILABLE';
  },
  connectionDeletion: async () => {
    const { VpcIngressConnectionArn: arn } = await createConnection();
    await clock.advance(HOUR);
    await appRunner.send(new apprunner.DeleteVpcIngressConnectionCommand({ VpcIngressConnectionArn: arn }));
    return async () => (await statusOf(arn)) === 'DELETED';
  },
  connectionDns: async () => {
    const { DomainName = '' } = await createConnection();
    await clock.advance(slow.connectionCreation);
    const view = { kind: 'vpc', vpcId: network.vpcId } as const;
    return async () => cloud.resolver.answer(view, DomainName, 'A').answers.length > 0;
  },
  validationRecords: async () => {
    const arn = await service();
    await associate(arn);
    return async () => ((await domainOf(arn))?.CertificateValidationRecords ?? []).length > 0;
  },
  certificateIssuance: async () => {
    const arn = await validatedBefore();
    await clock.advance(slow.validationRecords);
    return async () => (await domainOf(arn))?.Status?.toLowerCase() === 'binding_certificate';
  },
  certificateBinding: async () => {
    const arn = await validatedBefore();
    await clock.advance(slow.validationRecords + slow.certificateIssuance);
    return async () => (await domainOf(arn))?.Status?.toLowerCase() === 'active';
  },
  domainDeletion: async () => {
    const arn = await service();
    await associate(arn);
    await disassociate(arn);
    return async () => (await domainOf(arn)) === undefined;
  },
  recordPropagation: async () => {
    const { ChangeInfo } = await createRecord('a.example.com', 'b.example.com');
    const get = new route53.GetChangeCommand({ Id: ChangeInfo?.Id });
    return async () => (await route53Client.send(get)).ChangeInfo?.Status === 'INSYNC';
  },
  accountCreation: async () => {
    const client = new organizations.OrganizationsClient(cloud.clientConfig());
    await client.send(new organizations.CreateOrganizationCommand({}));
    const input = { AccountName: 'shop', Email: 'shop@example.com' };
    const { CreateAccountStatus } = await client.send(new organizations.CreateAccountCommand(input));
    const describe = new organizations.DescribeCreateAccountStatusCommand({
      CreateAccountRequestId: CreateAccountStatus?.Id,
    });
    return async () => (await client.send(describe)).CreateAccountStatus?.State === 'SUCCEEDED';
  },
  scheduleSecond: async () => {
    const targets = new FakeTargets();
    cloud.events.connect(targets);
    const events = new EventBridgeClient(cloud.clientConfig());
    await events.send(new PutRuleCommand({ Name: 'tick', ScheduleExpression: 'rate(1 minute)' }));
    await events.send(new PutTargetsCommand({ Rule: 'tick', Targets: [{ Id: 'f', Arn: FUNCTION }] }));
    await clock.advance(59 * slow.scheduleSecond);
    return async () => targets.invoked.length > 0;
  },
};

test.each(Object.entries(cases))('%s is read when what it times begins', async (name, begin) => {
  const over = await begin();
  const takes = Object.entries(cloud.world.profile).find(([key]) => key === name)?.[1];
  await clock.advance(takes - 1);
  expect(await over()).toBe(false);
  await clock.advance(1);
  expect(await over()).toBe(true);
});
