import {
  AppRunner,
  InvalidRequestException,
  InvalidStateException,
  paginateListServices,
  ResourceNotFoundException,
  ServiceQuotaExceededException,
} from '@aws-sdk/client-apprunner';
import { expect, test } from 'vitest';
import { Iam } from '../../src/iam/iam.ts';
import { Gateway } from '../../src/wire/gateway.ts';
import { inProcessHandler } from '../../src/wire/in-process.ts';
import { account, cloud, endpointId, region, source, vpcId } from './cloud.ts';

/** The real SDK client before App Runner. */
function connected() {
  const aws = cloud({ options: { servicesPerRegion: 3 } });
  const { clock, chance } = aws.world;
  const gateway = new Gateway({
    clock,
    chance,
    iam: new Iam({ chance }),
    services: [aws.appRunner.definition],
    defaultRegion: region,
  });
  const called = new Set<string>();
  gateway.observe(({ operation, outcome }) => outcome.ok && called.add(operation));
  const client = new AppRunner({
    region,
    credentials: { accessKeyId: account, secretAccessKey: 'any' },
    requestHandler: inProcessHandler(gateway),
    maxAttempts: 1,
  });
  return { aws, client, called };
}

test('every operation is understood by the real client', async () => {
  const { aws, client, called } = connected();
  const { clock, profile, endpoints } = aws;
  const settle = () => clock.advance(profile.serviceOperation);
  endpoints.put();

  const Tags = [{ Key: 'private-ingress', Value: 'enabled' }];
  const created = await client.createService({ ServiceName: 'orders', SourceConfiguration: source, Tags });
  expect(created.OperationId).toMatch(/^[0-9a-f-]{36}$/);
  const ServiceArn = created.Service?.ServiceArn;
  await settle();
  await client.updateService({
    ServiceArn,
    NetworkConfiguration: { IngressConfiguration: { IsPubliclyAccessible: false } },
  });
  await settle();
  await client.pauseService({ ServiceArn });
  await settle();
  await client.resumeService({ ServiceArn });
  await settle();
  await client.startDeployment({ ServiceArn });
  await settle();
  const { Service } = await client.describeService({ ServiceArn });
  expect(Service).toMatchObject({ Status: 'RUNNING', CreatedAt: new Date('2026-01-01T00:00:00Z') });
  expect(Service?.ServiceUrl).toBeUndefined();
  expect((await client.listServices({})).ServiceSummaryList).toMatchObject([{ ServiceArn, Status: 'RUNNING' }]);
  expect((await client.listOperations({ ServiceArn })).OperationSummaryList?.map(({ Type }) => Type)).toEqual([
    'START_DEPLOYMENT',
    'RESUME_SERVICE',
    'PAUSE_SERVICE',
    'UPDATE_SERVICE',
    'CREATE_SERVICE',
  ]);

  const ResourceArn = ServiceArn;
  await client.tagResource({ ResourceArn, Tags: [{ Key: 'team', Value: 'blue' }] });
  await client.untagResource({ ResourceArn, TagKeys: ['team'] });
  expect((await client.listTagsForResource({ ResourceArn })).Tags).toEqual(Tags);

  const IngressVpcConfiguration = { VpcId: vpcId, VpcEndpointId: endpointId };
  const { VpcIngressConnection } = await client.createVpcIngressConnection({
    ServiceArn,
    VpcIngressConnectionName: 'pi-orders',
    IngressVpcConfiguration,
  });
  const VpcIngressConnectionArn = VpcIngressConnection?.VpcIngressConnectionArn;
  await clock.advance(profile.connectionCreation);
  await client.updateVpcIngressConnection({ VpcIngressConnectionArn, IngressVpcConfiguration });
  await clock.advance(profile.connectionUpdate);
  const described = await client.describeVpcIngressConnection({ VpcIngressConnectionArn });
  expect(described.VpcIngressConnection?.Status).toBe('AVAILABLE');
  const { VpcIngressConnectionSummaryList } = await client.listVpcIngressConnections({ Filter: { ServiceArn } });
  expect(VpcIngressConnectionSummaryList).toEqual([{ VpcIngressConnectionArn, ServiceArn }]);

  const associated = await client.associateCustomDomain({ ServiceArn, DomainName: 'example.com' });
  expect(associated.CustomDomain).toMatchObject({ EnableWWWSubdomain: true, Status: 'creating' });
  await clock.advance(profile.validationRecords);
  const { CustomDomains, VpcDNSTargets } = await client.describeCustomDomains({ ServiceArn });
  expect(CustomDomains?.[0]?.CertificateValidationRecords?.[0]).toMatchObject({
    Type: 'CNAME',
    Status: 'PENDING_VALIDATION',
  });
  expect(VpcDNSTargets).toEqual([
    { VpcIngressConnectionArn, VpcId: vpcId, DomainName: VpcIngressConnection?.DomainName },
  ]);
  await client.disassociateCustomDomain({ ServiceArn, DomainName: 'example.com' });
  await client.deleteVpcIngressConnection({ VpcIngressConnectionArn });
  await clock.advance(profile.connectionDeletion);
  await client.deleteService({ ServiceArn });
  await settle();
  expect((await client.describeService({ ServiceArn })).Service?.Status).toBe('DELETED');

  expect([...called].toSorted()).toEqual(aws.appRunner.definition.operations.map(({ schema }) => schema[2]).toSorted());
});

test('refusals are the client’s own exceptions', async () => {
  const { aws, client } = connected();
  const create = (ServiceName: string) => client.createService({ ServiceName, SourceConfiguration: source });
  const ServiceArn = await aws.createService();
  await expect(client.pauseService({ ServiceArn })).rejects.toBeInstanceOf(InvalidStateException);
  await expect(client.describeService({ ServiceArn: `${ServiceArn}0` })).rejects.toBeInstanceOf(
    ResourceNotFoundException,
  );
  await expect(create('orders')).rejects.toBeInstanceOf(InvalidRequestException);
  await create('second');
  await create('third');
  await expect(create('fourth')).rejects.toBeInstanceOf(ServiceQuotaExceededException);
});

test('the client’s paginator finds every service', async () => {
  const { client } = connected();
  for (const ServiceName of ['first', 'second', 'third']) {
    await client.createService({ ServiceName, SourceConfiguration: source });
  }
  const found: (string | undefined)[] = [];
  for await (const { ServiceSummaryList } of paginateListServices({ client, pageSize: 1 }, {})) {
    for (const { ServiceName } of ServiceSummaryList ?? []) found.push(ServiceName);
  }
  expect(found).toEqual(['first', 'second', 'third']);
});
