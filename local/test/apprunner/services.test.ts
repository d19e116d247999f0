import {
  CreateServiceCommand,
  DeleteServiceCommand,
  ListOperationsCommand,
  ListServicesCommand,
  PauseServiceCommand,
  ResumeServiceCommand,
  StartDeploymentCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-apprunner';
import { describe, expect, test } from 'vitest';
import { account, cloud, region, source } from './cloud.ts';

const commands = {
  update: (ServiceArn: string) => new UpdateServiceCommand({ ServiceArn }),
  delete: (ServiceArn: string) => new DeleteServiceCommand({ ServiceArn }),
  pause: (ServiceArn: string) => new PauseServiceCommand({ ServiceArn }),
  resume: (ServiceArn: string) => new ResumeServiceCommand({ ServiceArn }),
  deploy: (ServiceArn: string) => new StartDeploymentCommand({ ServiceArn }),
};

/** How a service gets into a state. */
const ways = {
  OPERATION_IN_PROGRESS: (aws: ReturnType<typeof cloud>) => aws.createService(),
  RUNNING: (aws: ReturnType<typeof cloud>) => aws.service(),
  PAUSED: async (aws: ReturnType<typeof cloud>) => {
    const arn = await aws.service();
    await aws.send(commands.pause(arn));
    await aws.clock.advance(aws.profile.serviceOperation);
    return arn;
  },
  CREATE_FAILED: (aws: ReturnType<typeof cloud>) => {
    aws.appRunner.failNext('service-creation');
    return aws.service();
  },
  DELETE_FAILED: async (aws: ReturnType<typeof cloud>) => {
    const arn = await aws.service();
    aws.appRunner.failNext('service-deletion');
    await aws.send(commands.delete(arn));
    await aws.clock.advance(aws.profile.serviceOperation);
    return arn;
  },
  DELETED: async (aws: ReturnType<typeof cloud>) => {
    const arn = await aws.service();
    await aws.send(commands.delete(arn));
    await aws.clock.advance(aws.profile.serviceOperation);
    return arn;
  },
};

describe('a service goes through its states', () => {
  const busy = 'OPERATION_IN_PROGRESS';
  test.each([
    // state, then what each operation leads to; nothing: refused
    { state: 'OPERATION_IN_PROGRESS', ends: {} },
    { state: 'RUNNING', ends: { update: 'RUNNING', delete: 'DELETED', pause: 'PAUSED', deploy: 'RUNNING' } },
    { state: 'PAUSED', ends: { update: 'PAUSED', delete: 'DELETED', resume: 'RUNNING' } },
    { state: 'CREATE_FAILED', ends: { update: 'RUNNING', delete: 'DELETED' } },
    { state: 'DELETE_FAILED', ends: { delete: 'DELETED' } },
    { state: 'DELETED', ends: {} },
  ] as const)('from $state', async ({ state, ends }) => {
    for (const operation of ['update', 'delete', 'pause', 'resume', 'deploy'] as const) {
      const aws = cloud();
      const arn = await ways[state](aws);
      expect((await aws.describeService(arn)).Status).toBe(state);
      const end = Object.entries(ends).find(([name]) => name === operation)?.[1];
      if (end === undefined) {
        await expect(aws.send(commands[operation](arn)), `${operation} in ${state}`).rejects.toMatchObject({
          code: 'InvalidStateException',
          message: expect.stringContaining(`in the current state: ${state}.`),
        });
        continue;
      }
      await aws.send(commands[operation](arn));
      await aws.clock.advance(aws.profile.serviceOperation - 1);
      expect((await aws.describeService(arn)).Status).toBe(busy);
      await aws.clock.advance(1);
      expect((await aws.describeService(arn)).Status, `${operation} in ${state}`).toBe(end);
    }
  });

  test.each([
    {
      fault: 'service-creation',
      state: 'OPERATION_IN_PROGRESS',
      operation: undefined,
      end: 'CREATE_FAILED',
      reported: 'FAILED',
    },
    { fault: 'service-update', state: 'RUNNING', operation: 'update', end: 'RUNNING', reported: 'ROLLBACK_SUCCEEDED' },
    { fault: 'service-update', state: 'CREATE_FAILED', operation: 'update', end: 'CREATE_FAILED', reported: 'FAILED' },
    { fault: 'service-deletion', state: 'RUNNING', operation: 'delete', end: 'DELETE_FAILED', reported: 'FAILED' },
    { fault: 'service-pause', state: 'RUNNING', operation: 'pause', end: 'RUNNING', reported: 'FAILED' },
    { fault: 'service-resume', state: 'PAUSED', operation: 'resume', end: 'PAUSED', reported: 'FAILED' },
    { fault: 'deployment', state: 'RUNNING', operation: 'deploy', end: 'RUNNING', reported: 'FAILED' },
  ] as const)('$fault in $state ends in $end', async ({ fault, state, operation, end, reported }) => {
    const aws = cloud();
    const arn = await ways[state](aws);
    aws.appRunner.failNext(fault);
    if (operation) await aws.send(commands[operation](arn));
    await aws.clock.advance(aws.profile.serviceOperation);
    expect((await aws.describeService(arn)).Status).toBe(end);
    const { OperationSummaryList } = await aws.send(new ListOperationsCommand({ ServiceArn: arn, MaxResults: 1 }));
    expect(OperationSummaryList?.[0]?.Status).toBe(reported);
  });
});

describe('a described service', () => {
  test('defaults of AWS', async () => {
    const aws = cloud();
    const arn = await aws.service();
    expect(arn).toMatch(new RegExp(`^arn:aws:apprunner:${region}:${account}:service/orders/[0-9a-f]{32}$`));
    expect(await aws.describeService(arn)).toMatchObject({
      ServiceName: 'orders',
      ServiceId: arn.split('/')[2],
      ServiceUrl: expect.stringMatching(/^[a-z2-7]{10}\.ap-northeast-1\.awsapprunner\.com$/),
      Status: 'RUNNING',
      InstanceConfiguration: { Cpu: '1024', Memory: '2048' },
      HealthCheckConfiguration: {
        Protocol: 'TCP',
        Path: '/',
        Interval: 5,
        Timeout: 2,
        HealthyThreshold: 1,
        UnhealthyThreshold: 5,
      },
      SourceConfiguration: { ...source, AutoDeploymentsEnabled: false },
      ObservabilityConfiguration: { ObservabilityEnabled: false },
      AutoScalingConfigurationSummary: {
        AutoScalingConfigurationName: 'DefaultConfiguration',
        AutoScalingConfigurationRevision: 1,
      },
      NetworkConfiguration: {
        EgressConfiguration: { EgressType: 'DEFAULT' },
        IngressConfiguration: { IsPubliclyAccessible: true },
        IpAddressType: 'IPV4',
      },
    });
  });

  test('a private one has no ServiceUrl, neither described nor listed', async () => {
    const aws = cloud();
    const arn = await aws.service('orders', false);
    expect(await aws.describeService(arn)).not.toHaveProperty('ServiceUrl');
    const { ServiceSummaryList } = await aws.send(new ListServicesCommand({}));
    expect(ServiceSummaryList?.[0]).toMatchObject({ ServiceArn: arn, Status: 'RUNNING' });
    expect(ServiceSummaryList?.[0]).not.toHaveProperty('ServiceUrl');
  });

  test('an update replaces the whole network configuration, and only what was sent', async () => {
    const aws = cloud();
    const arn = await aws.createService('orders', {
      NetworkConfiguration: {
        EgressConfiguration: {
          EgressType: 'VPC',
          VpcConnectorArn: 'arn:aws:apprunner:ap-northeast-1:123456789012:vpcconnector/a/1/b',
        },
        IpAddressType: 'DUAL_STACK',
      },
    });
    await aws.clock.advance(aws.profile.serviceOperation);
    await aws.send(
      new UpdateServiceCommand({ ServiceArn: arn, InstanceConfiguration: { Cpu: '2 vCPU', Memory: '4 GB' } }),
    );
    await aws.clock.advance(aws.profile.serviceOperation);
    expect((await aws.describeService(arn)).NetworkConfiguration?.EgressConfiguration?.EgressType).toBe('VPC');
    const { Service } = await aws.send(
      new UpdateServiceCommand({
        ServiceArn: arn,
        NetworkConfiguration: { IngressConfiguration: { IsPubliclyAccessible: false } },
      }),
    );
    expect(Service?.NetworkConfiguration).toEqual({
      EgressConfiguration: { EgressType: 'DEFAULT' },
      IngressConfiguration: { IsPubliclyAccessible: false },
      IpAddressType: 'IPV4',
    });
    expect(Service?.InstanceConfiguration).toEqual({ Cpu: '2048', Memory: '4096' });
  });

  test('an update that fails is rolled back', async () => {
    const aws = cloud();
    const arn = await aws.service();
    aws.appRunner.failNext('service-update');
    await aws.send(
      new UpdateServiceCommand({
        ServiceArn: arn,
        NetworkConfiguration: { IngressConfiguration: { IsPubliclyAccessible: false } },
      }),
    );
    await aws.clock.advance(aws.profile.serviceOperation);
    expect((await aws.describeService(arn)).NetworkConfiguration?.IngressConfiguration?.IsPubliclyAccessible).toBe(
      true,
    );
  });

  test('a deleted one is described for an hour, and not listed', async () => {
    const aws = cloud();
    const arn = await ways.DELETED(aws);
    expect(await aws.describeService(arn)).toMatchObject({ Status: 'DELETED', DeletedAt: expect.any(Date) });
    expect((await aws.send(new ListServicesCommand({}))).ServiceSummaryList).toEqual([]);
    await aws.clock.advance(60 * 60 * 1000 - 1);
    expect((await aws.describeService(arn)).Status).toBe('DELETED');
    await aws.clock.advance(1);
    await expect(aws.describeService(arn)).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });

  test('no other account sees it', async () => {
    const aws = cloud();
    const arn = await aws.service();
    const elsewhere = { account: '210987654321' };
    expect((await aws.send(new ListServicesCommand({}), elsewhere)).ServiceSummaryList).toEqual([]);
    expect((await aws.send(new ListServicesCommand({}), { region: 'us-east-1' })).ServiceSummaryList).toEqual([]);
    await expect(aws.send(commands.update(arn), elsewhere)).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });
});

describe('refusals', () => {
  test.each([
    { of: 'a short name', input: { ServiceName: 'abc', SourceConfiguration: source } },
    { of: 'a name with a dot', input: { ServiceName: 'ab.cd', SourceConfiguration: source } },
    { of: 'no source', input: { ServiceName: 'orders', SourceConfiguration: {} } },
    {
      of: 'a VPC egress without connector',
      input: {
        ServiceName: 'orders',
        SourceConfiguration: source,
        NetworkConfiguration: { EgressConfiguration: { EgressType: 'VPC' } },
      },
    },
    {
      of: 'nonsense for Cpu',
      input: { ServiceName: 'orders', SourceConfiguration: source, InstanceConfiguration: { Cpu: 'fast' } },
    },
  ] as const)('$of', async ({ input }) => {
    await expect(cloud().send(new CreateServiceCommand(input))).rejects.toMatchObject({
      code: 'InvalidRequestException',
    });
  });

  test('a name that is taken, until its service is deleted', async () => {
    const aws = cloud();
    const arn = await aws.service();
    await expect(aws.createService()).rejects.toMatchObject({
      code: 'InvalidRequestException',
      message: 'Service with the provided name already exists: orders.',
    });
    await aws.send(commands.delete(arn));
    await aws.clock.advance(aws.profile.serviceOperation);
    await expect(aws.createService()).resolves.toMatch(/service\/orders\//);
  });

  test('the 31st service, failed ones counted', async () => {
    const aws = cloud();
    for (let index = 0; index < 30; index++) await aws.createService(`service-${index}`);
    await expect(aws.createService('one-more')).rejects.toMatchObject({ code: 'ServiceQuotaExceededException' });
  });

  test('deletion under a connection, by the switch', async () => {
    for (const { choice, connectionAfter } of [
      { choice: 'refused', connectionAfter: 'AVAILABLE' },
      { choice: 'cascades', connectionAfter: 'DELETED' },
      { choice: 'leaves-connection', connectionAfter: 'AVAILABLE' },
    ] as const) {
      const aws = cloud({ switches: { deleteServiceWithConnection: choice } });
      const { serviceArn, connectionArn } = await aws.connected();
      const deletion = aws.send(commands.delete(serviceArn));
      if (choice === 'refused') {
        await expect(deletion).rejects.toMatchObject({
          code: 'InvalidStateException',
          message: `You cannot delete a Service while it has VpcIngressConnections with a status of AVAILABLE. Service Arn: ${serviceArn} VpcIngressConnection Arn: ${connectionArn}`,
        });
      }
      if (choice !== 'refused') await deletion;
      await aws.clock.advance(aws.profile.serviceOperation);
      expect((await aws.connection(connectionArn)).Status, choice).toBe(connectionAfter);
    }
  });

  test('public under a connection, by the option', async () => {
    const aws = cloud({ options: { publicWithConnection: 'refused' } });
    const { serviceArn } = await aws.connected();
    const makePublic = new UpdateServiceCommand({ ServiceArn: serviceArn, NetworkConfiguration: {} });
    await expect(aws.send(makePublic)).rejects.toMatchObject({ code: 'InvalidStateException' });
    await expect(aws.send(commands.update(serviceArn))).resolves.toBeDefined();
  });
});

describe('pages', () => {
  test('of services: 20 at most, nothing twice, nothing left out', async () => {
    const aws = cloud();
    for (let index = 0; index < 25; index++) await aws.createService(`service-${index}`);
    const first = await aws.send(new ListServicesCommand({}));
    expect(first.ServiceSummaryList).toHaveLength(20);
    const second = await aws.send(new ListServicesCommand({ NextToken: first.NextToken }));
    expect(second.ServiceSummaryList?.map(({ ServiceName }) => ServiceName)).toEqual(
      [20, 21, 22, 23, 24].map((index) => `service-${index}`),
    );
    expect(second).not.toHaveProperty('NextToken');
  });

  test('go on where they were although a service of the page before is gone', async () => {
    const aws = cloud();
    const arns = [await aws.service('service-0'), await aws.service('service-1'), await aws.service('service-2')];
    const { NextToken } = await aws.send(new ListServicesCommand({ MaxResults: 1 }));
    await aws.send(commands.delete(arns[0] ?? ''));
    await aws.clock.advance(aws.profile.serviceOperation);
    const rest = await aws.send(new ListServicesCommand({ NextToken }));
    expect(rest.ServiceSummaryList?.map(({ ServiceArn }) => ServiceArn)).toEqual(arns.slice(1));
  });

  test('of operations: newest first', async () => {
    const aws = cloud();
    const arn = await aws.service();
    for (let index = 0; index < 20; index++) {
      await aws.send(commands.deploy(arn));
      await aws.clock.advance(aws.profile.serviceOperation);
    }
    const first = await aws.send(new ListOperationsCommand({ ServiceArn: arn }));
    expect(first.OperationSummaryList?.map(({ Type }) => Type)).toEqual(Array(20).fill('START_DEPLOYMENT'));
    const second = await aws.send(new ListOperationsCommand({ ServiceArn: arn, NextToken: first.NextToken }));
    expect(second.OperationSummaryList).toEqual([
      {
        Id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        Type: 'CREATE_SERVICE',
        Status: 'SUCCEEDED',
        TargetArn: arn,
        StartedAt: new Date('2026-01-01T00:00:00Z'),
        UpdatedAt: new Date('2026-01-01T00:03:00Z'),
        EndedAt: new Date('2026-01-01T00:03:00Z'),
      },
    ]);
  });

  test.each([
    { MaxResults: 21 },
    { MaxResults: 0 },
    { NextToken: 'nonsense' },
    { NextToken: Buffer.from('["ListOperations",1]').toString('base64url') },
  ])('refuse %o', async (input) => {
    await expect(cloud().send(new ListServicesCommand(input))).rejects.toMatchObject({
      code: 'InvalidRequestException',
    });
  });
});

describe('events', () => {
  test('of a service that is created and paused', async () => {
    const aws = cloud();
    const arn = await ways.PAUSED(aws);
    const common = {
      serviceName: 'orders',
      serviceId: arn.split('/')[2],
      severity: 'INFO',
      message: expect.any(String),
    };
    expect(aws.events.map(({ 'detail-type': type, detail }) => ({ type, detail }))).toEqual(
      [
        { operationStatus: 'CreateServiceStarted' },
        { operationStatus: 'CreateServiceCompletedSuccessfully' },
        { previousServiceStatus: 'OPERATION_IN_PROGRESS', currentServiceStatus: 'RUNNING' },
        { operationStatus: 'PauseServiceStarted' },
        { previousServiceStatus: 'RUNNING', currentServiceStatus: 'OPERATION_IN_PROGRESS' },
        { operationStatus: 'PauseServiceCompletedSuccessfully' },
        { previousServiceStatus: 'OPERATION_IN_PROGRESS', currentServiceStatus: 'PAUSED' },
      ].map((detail) => ({
        type:
          'operationStatus' in detail ? 'AppRunner Service Operation Status Change' : 'AppRunner Service Status Change',
        detail: { ...common, ...detail },
      })),
    );
    expect(aws.events.at(-1)).toMatchObject({ account, region, source: 'aws.apprunner', resources: [arn] });
  });

  test('with capitals in the detail, as a switch', async () => {
    const aws = cloud({ switches: { eventDetail: 'capitalised' } });
    const arn = await aws.service();
    const common = {
      ServiceName: 'orders',
      ServiceId: arn.split('/')[2],
      Severity: 'INFO',
      Message: expect.any(String),
    };
    expect(aws.events.map(({ detail }) => detail).slice(1)).toEqual([
      { ...common, operationStatus: 'CreateServiceCompletedSuccessfully' },
      { ...common, PreviousStatus: 'OPERATION_IN_PROGRESS', CurrentStatus: 'RUNNING' },
    ]);
  });

  test.each([
    { operation: 'update', name: 'UpdateService', fault: 'service-update' },
    { operation: 'delete', name: 'DeleteService', fault: 'service-deletion' },
    { operation: 'deploy', name: 'Deployment', fault: 'deployment' },
  ] as const)('of $operation, that succeeds and that fails', async ({ operation, name, fault }) => {
    for (const [fails, outcome, severity] of [
      [false, 'CompletedSuccessfully', 'INFO'],
      [true, 'Failed', 'ERROR'],
    ] as const) {
      const aws = cloud();
      const arn = await aws.service();
      if (fails) aws.appRunner.failNext(fault);
      await aws.send(commands[operation](arn));
      await aws.clock.advance(aws.profile.serviceOperation);
      const details = aws.events.map(({ detail }) => detail);
      expect(details).toContainEqual(expect.objectContaining({ operationStatus: `${name}Started` }));
      expect(details).toContainEqual(expect.objectContaining({ operationStatus: `${name}${outcome}`, severity }));
    }
  });
});
