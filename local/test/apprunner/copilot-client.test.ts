import {
  AppRunnerClient,
  AssociateCustomDomainCommand,
  CreateServiceCommand,
  type CustomDomain,
  DescribeCustomDomainsCommand,
  DisassociateCustomDomainCommand,
} from '@aws-sdk/client-apprunner';
import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { seededChance } from '../../src/chance.ts';
import { VirtualClock } from '../../src/clock.ts';
import { createCloud, type EmbeddedCloud } from '../../src/cloud.ts';
import { HELLO_IMAGE } from '../../src/hello-service.ts';
import { profiles } from '../../src/profile.ts';
import { seedNetwork } from '../../src/seed.ts';
import { inProcessRuntime } from '../../src/services/lambda/in-process-runtime.ts';

/**
 * The calls that Copilot's custom resource for domains makes, and the texts it recognizes refusals by
 * (https://github.com/aws/copilot-cli/tree/mainline/cf-custom-resources): "is already associated with" when it creates,
 * "No custom domain … found for the provided service" when it deletes.
 */
const DOMAIN = 'hello.example.com';
const SECOND = 1000;

let clock: VirtualClock;
let cloud: EmbeddedCloud;
let appRunner: AppRunnerClient;
let route53: Route53Client;
let HostedZoneId: string;
let ServiceArn: string;

beforeEach(async () => {
  clock = new VirtualClock();
  const chance = seededChance('copilot');
  cloud = createCloud({ clock, chance, profile: profiles.realistic, runtime: () => inProcessRuntime(clock, {}) });
  HostedZoneId = (await seedNetwork(cloud)).publicZoneId;
  appRunner = new AppRunnerClient(cloud.clientConfig());
  route53 = new Route53Client(cloud.clientConfig());
  const create = new CreateServiceCommand({ ServiceName: 'hello', SourceConfiguration: HELLO_IMAGE });
  ServiceArn = (await appRunner.send(create)).Service?.ServiceArn ?? '';
  await clock.advance(profiles.realistic.serviceOperation);
});

afterEach(() => cloud.stop());

async function listed(): Promise<{ readonly target: string; readonly domain: CustomDomain | undefined }> {
  const { CustomDomains, DNSTarget = '' } = await appRunner.send(new DescribeCustomDomainsCommand({ ServiceArn }));
  return { target: DNSTarget, domain: CustomDomains?.find(({ DomainName }) => DomainName === DOMAIN) };
}

/** Looks every three seconds, a minute at most. */
async function until(done: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < 20; look++) {
    if (await done()) return;
    await clock.advance(3 * SECOND);
  }
  throw new Error('not within a minute');
}

async function changeCname(Action: 'UPSERT' | 'DELETE', Name: string, Value: string): Promise<void> {
  const ResourceRecordSet: ResourceRecordSet = { Name, Type: 'CNAME', TTL: 60, ResourceRecords: [{ Value }] };
  const ChangeBatch = { Changes: [{ Action, ResourceRecordSet }] };
  const { ChangeInfo } = await route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch }));
  await until(async () => {
    const change = await route53.send(new GetChangeCommand({ Id: ChangeInfo?.Id }));
    return change.ChangeInfo?.Status === 'INSYNC';
  });
}

const unless = (text: string) => (error: unknown) => {
  if (!(error instanceof Error) || !error.message.includes(text)) throw error;
};

/** Creates the domain as the custom resource does, and answers its validation records. */
async function create(): Promise<number> {
  await appRunner
    .send(new AssociateCustomDomainCommand({ ServiceArn, DomainName: DOMAIN }))
    .catch(unless(`${DOMAIN} is already associated with`));
  await changeCname('UPSERT', DOMAIN, (await listed()).target);
  await until(async () => (await listed()).domain?.Status?.toLowerCase() !== 'creating');
  const records = (await listed()).domain?.CertificateValidationRecords ?? [];
  for (const { Name = '', Value = '' } of records) await changeCname('UPSERT', Name, Value);
  return records.length;
}

async function remove(): Promise<void> {
  const answer = await appRunner
    .send(new DisassociateCustomDomainCommand({ ServiceArn, DomainName: DOMAIN }))
    .catch(unless(`No custom domain ${DOMAIN} found for the provided service`));
  if (answer === undefined) return;
  await changeCname('DELETE', DOMAIN, answer.DNSTarget ?? '');
  for (const { Name = '', Value = '' } of answer.CustomDomain?.CertificateValidationRecords ?? []) {
    await changeCname('DELETE', Name, Value);
  }
  await until(async () => (await listed()).domain === undefined);
}

test('Copilot creates a custom domain, creates it again, deletes it, and deletes it again', async () => {
  // Copilot leaves EnableWWWSubdomain out, so the domain has www and three records.
  expect(await create()).toBe(3);
  await clock.advance(2 * profiles.realistic.certificateIssuance + profiles.realistic.certificateBinding);
  expect((await listed()).domain?.Status).toBe('active');
  expect(await create()).toBe(3);
  expect((await listed()).domain?.Status).toBe('active');
  await remove();
  expect(cloud.route53.cnameAt(DOMAIN)).toBeUndefined();
  await remove();
  expect(await create()).toBe(3);
});
