import {
  CreateVpcIngressConnectionCommand,
  DeleteServiceCommand,
  DeleteVpcIngressConnectionCommand,
  ListVpcIngressConnectionsCommand,
  PauseServiceCommand,
  StartDeploymentCommand,
  UpdateVpcIngressConnectionCommand,
} from '@aws-sdk/client-apprunner';
import { describe, expect, test } from 'vitest';
import type { EndpointView } from '../../src/world.ts';
import { account, cloud, endpointId, region, vpcId } from './cloud.ts';

type Aws = ReturnType<typeof cloud>;

const ingress = { VpcId: vpcId, VpcEndpointId: endpointId };
const update = (VpcIngressConnectionArn: string) =>
  new UpdateVpcIngressConnectionCommand({ VpcIngressConnectionArn, IngressVpcConfiguration: ingress });
const remove = (VpcIngressConnectionArn: string) => new DeleteVpcIngressConnectionCommand({ VpcIngressConnectionArn });

/** How a connection gets into a state. */
const ways = {
  PENDING_CREATION: async (aws: Aws) => {
    aws.endpoints.put();
    return aws.connect(await aws.service('orders', false));
  },
  AVAILABLE: async (aws: Aws) => (await aws.connected()).connectionArn,
  FAILED_CREATION: async (aws: Aws) => {
    aws.appRunner.failNext('connection-creation');
    return (await aws.connected()).connectionArn;
  },
  PENDING_UPDATE: async (aws: Aws) => {
    const { connectionArn } = await aws.connected();
    await aws.send(update(connectionArn));
    return connectionArn;
  },
  FAILED_UPDATE: async (aws: Aws) => {
    aws.appRunner.failNext('connection-update');
    const arn = await ways.PENDING_UPDATE(aws);
    await aws.clock.advance(aws.profile.connectionUpdate);
    return arn;
  },
  PENDING_DELETION: async (aws: Aws) => {
    const { connectionArn } = await aws.connected();
    await aws.send(remove(connectionArn));
    return connectionArn;
  },
  FAILED_DELETION: async (aws: Aws) => {
    aws.appRunner.failNext('connection-deletion');
    const arn = await ways.PENDING_DELETION(aws);
    await aws.clock.advance(aws.profile.connectionDeletion);
    return arn;
  },
  DELETED: async (aws: Aws) => {
    const arn = await ways.PENDING_DELETION(aws);
    await aws.clock.advance(aws.profile.connectionDeletion);
    return arn;
  },
};

test('the reply to its creation has the DomainName already', async () => {
  const aws = cloud();
  aws.endpoints.put();
  const serviceArn = await aws.service('orders', false);
  const { VpcIngressConnection } = await aws.send(
    new CreateVpcIngressConnectionCommand({
      ServiceArn: serviceArn,
      VpcIngressConnectionName: 'orders-ingress',
      IngressVpcConfiguration: ingress,
    }),
  );
  expect(VpcIngressConnection).toEqual({
    VpcIngressConnectionArn: expect.stringMatching(
      new RegExp(`^arn:aws:apprunner:${region}:${account}:vpcingressconnection/orders-ingress/[0-9a-f]{32}$`),
    ),
    VpcIngressConnectionName: 'orders-ingress',
    ServiceArn: serviceArn,
    Status: 'PENDING_CREATION',
    AccountId: account,
    DomainName: expect.stringMatching(/^[a-z2-7]{10}\.ap-northeast-1\.awsapprunner\.com$/),
    IngressVpcConfiguration: ingress,
    CreatedAt: new Date(aws.clock.now()),
  });
});

describe('a connection goes through its states', () => {
  test.each([
    { state: 'PENDING_CREATION', updates: false, deletes: false },
    { state: 'AVAILABLE', updates: true, deletes: true },
    { state: 'FAILED_CREATION', updates: true, deletes: true },
    { state: 'PENDING_UPDATE', updates: false, deletes: false },
    { state: 'FAILED_UPDATE', updates: true, deletes: true },
    { state: 'PENDING_DELETION', updates: false, deletes: false },
    { state: 'FAILED_DELETION', updates: false, deletes: true },
    { state: 'DELETED', updates: false, deletes: false },
  ] as const)('from $state', async ({ state, updates, deletes }) => {
    for (const { command, allowed, pending, duration, end } of [
      { command: update, allowed: updates, pending: 'PENDING_UPDATE', duration: 'connectionUpdate', end: 'AVAILABLE' },
      {
        command: remove,
        allowed: deletes,
        pending: 'PENDING_DELETION',
        duration: 'connectionDeletion',
        end: 'DELETED',
      },
    ] as const) {
      const aws = cloud();
      const arn = await ways[state](aws);
      expect((await aws.connection(arn)).Status).toBe(state);
      if (!allowed) {
        await expect(aws.send(command(arn))).rejects.toMatchObject({ code: 'InvalidStateException' });
        continue;
      }
      await aws.send(command(arn));
      await aws.clock.advance(aws.profile[duration] - 1);
      expect((await aws.connection(arn)).Status).toBe(pending);
      await aws.clock.advance(1);
      expect((await aws.connection(arn)).Status).toBe(end);
    }
  });

  test('creation fails when the endpoint goes meanwhile, and stays AVAILABLE when it goes later', async () => {
    const aws = cloud();
    const arn = await ways.PENDING_CREATION(aws);
    aws.endpoints.put({ state: 'deleting' });
    await aws.clock.advance(aws.profile.connectionCreation);
    expect((await aws.connection(arn)).Status).toBe('FAILED_CREATION');

    const other = cloud();
    const later = await ways.AVAILABLE(other);
    other.endpoints.put({ state: 'deleted' });
    await other.clock.advance(24 * 60 * 60 * 1000);
    expect((await other.connection(later)).Status).toBe('AVAILABLE');
  });

  test('one that is deleted with its service before it was AVAILABLE does not come to life', async () => {
    const aws = cloud({ switches: { deleteServiceWithConnection: 'cascades' } });
    const arn = await ways.PENDING_CREATION(aws);
    await aws.send(new DeleteServiceCommand({ ServiceArn: (await aws.connection(arn)).ServiceArn }));
    expect((await aws.connection(arn)).Status).toBe('PENDING_DELETION');
    await aws.clock.advance(aws.profile.connectionCreation);
    expect((await aws.connection(arn)).Status).toBe('DELETED');
  });

  test('a deleted one is described or not found, by the switch; its name is free and it is not listed', async () => {
    const aws = cloud({ switches: { deletedConnection: 'not-found' } });
    const arn = await ways.DELETED(aws);
    await expect(aws.connection(arn)).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    await expect(aws.send(remove(arn))).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    expect(await aws.send(new ListVpcIngressConnectionsCommand({}))).toEqual({ VpcIngressConnectionSummaryList: [] });

    const other = cloud();
    expect(await other.connection(await ways.DELETED(other))).toMatchObject({ DeletedAt: expect.any(Date) });
  });

  test('an update keeps the DomainName or not, by the switch', async () => {
    for (const updateChangesDomainName of [false, true]) {
      const aws = cloud({ switches: { updateChangesDomainName } });
      const { connectionArn, domainName } = await aws.connected();
      const { VpcIngressConnection } = await aws.send(update(connectionArn));
      expect(VpcIngressConnection?.DomainName === domainName).toBe(!updateChangesDomainName);
    }
  });
});

describe('refusals of a creation', () => {
  const create = (aws: Aws, ServiceArn: string, VpcIngressConnectionName = 'orders-ingress') =>
    aws.send(
      new CreateVpcIngressConnectionCommand({ ServiceArn, VpcIngressConnectionName, IngressVpcConfiguration: ingress }),
    );

  test.each<{ reason: string; endpoint?: Partial<EndpointView>; isPublic?: boolean; fails?: boolean }>([
    { reason: 'there is no endpoint' },
    { reason: 'the endpoint is pending', endpoint: { state: 'pending' } },
    { reason: 'the endpoint is for the control plane', endpoint: { serviceName: `com.amazonaws.${region}.apprunner` } },
    { reason: 'the endpoint is in another VPC', endpoint: { vpcId: 'vpc-other' } },
    { reason: 'the endpoint is another account’s', endpoint: { account: '210987654321' } },
    { reason: 'the service is public', endpoint: {}, isPublic: true },
    { reason: 'the service is CREATE_FAILED', endpoint: {}, fails: true },
  ])('$reason: with the error of the switch', async ({ endpoint, isPublic = false, fails = false }) => {
    for (const notReadyError of ['InvalidStateException', 'InvalidRequestException'] as const) {
      const aws = cloud({ switches: { notReadyError } });
      if (endpoint) aws.endpoints.put(endpoint);
      if (fails) aws.appRunner.failNext('service-creation');
      const serviceArn = await aws.service('orders', isPublic);
      await expect(create(aws, serviceArn)).rejects.toMatchObject({ code: notReadyError });
    }
  });

  test('an operation runs on the service: InvalidStateException whatever the switch, for update and deletion too', async () => {
    const aws = cloud({ switches: { notReadyError: 'InvalidRequestException' } });
    aws.endpoints.put();
    const serviceArn = await aws.service('orders', false);
    await aws.send(new StartDeploymentCommand({ ServiceArn: serviceArn }));
    await expect(create(aws, serviceArn)).rejects.toMatchObject({ code: 'InvalidStateException' });
    await aws.clock.advance(aws.profile.serviceOperation);
    const arn = await aws.connect(serviceArn);
    await aws.clock.advance(aws.profile.connectionCreation);
    await aws.send(new StartDeploymentCommand({ ServiceArn: serviceArn }));
    await expect(aws.send(update(arn))).rejects.toMatchObject({ code: 'InvalidStateException' });
    await expect(aws.send(remove(arn))).rejects.toMatchObject({ code: 'InvalidStateException' });
  });

  test('a second one for the service, a name that is taken, a name that is none, a service that is none', async () => {
    const aws = cloud();
    const { serviceArn } = await aws.connected();
    const other = await aws.service('others', false);
    await expect(create(aws, serviceArn, 'second')).rejects.toMatchObject({ code: 'ServiceQuotaExceededException' });
    await expect(create(aws, other)).rejects.toMatchObject({
      code: 'InvalidRequestException',
      message: 'VpcIngressConnection with the provided name already exists: orders-ingress.',
    });
    await expect(create(aws, other, 'x')).rejects.toMatchObject({ code: 'InvalidRequestException' });
    await expect(create(aws, `${other}0`, 'other')).rejects.toMatchObject({ code: 'InvalidRequestException' });
  });

  test('a paused service may have one', async () => {
    const aws = cloud();
    aws.endpoints.put();
    const serviceArn = await aws.service('orders', false);
    await aws.send(new PauseServiceCommand({ ServiceArn: serviceArn }));
    await aws.clock.advance(aws.profile.serviceOperation);
    await expect(create(aws, serviceArn)).resolves.toBeDefined();
  });
});

test('lists tell two ARNs each, filtered and in pages', async () => {
  const aws = cloud();
  const one = await aws.connected('orders');
  const other = await aws.connected('others');
  const summary = ({ serviceArn, connectionArn }: typeof one) => ({
    VpcIngressConnectionArn: connectionArn,
    ServiceArn: serviceArn,
  });
  const list = async (input: ListVpcIngressConnectionsCommand['input']) =>
    aws.send(new ListVpcIngressConnectionsCommand(input));

  expect((await list({})).VpcIngressConnectionSummaryList).toEqual([summary(one), summary(other)]);
  expect((await list({ Filter: { ServiceArn: other.serviceArn } })).VpcIngressConnectionSummaryList).toEqual([
    summary(other),
  ]);
  expect((await list({ Filter: { VpcEndpointId: endpointId } })).VpcIngressConnectionSummaryList).toHaveLength(2);
  expect((await list({ Filter: { VpcEndpointId: 'vpce-other' } })).VpcIngressConnectionSummaryList).toEqual([]);

  const first = await list({ MaxResults: 1 });
  expect((await list({ MaxResults: 1, NextToken: first.NextToken })).VpcIngressConnectionSummaryList).toEqual([
    summary(other),
  ]);
  await expect(list({ NextToken: first.NextToken, Filter: { VpcEndpointId: endpointId } })).rejects.toMatchObject({
    code: 'InvalidRequestException',
  });
  await expect(list({ MaxResults: 101 })).rejects.toMatchObject({ code: 'InvalidRequestException' });
});
