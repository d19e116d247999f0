import * as sdk from '@aws-sdk/client-apprunner';
import { expect } from 'vitest';
import { HELLO_IMAGE } from '../../src/hello-service.ts';
import { endpoint } from './ec2.ts';
import { ACCOUNT, given, type OperationSetting, REGION, type Rows } from './setting.ts';

const UNKNOWN_SERVICE = `arn:aws:apprunner:${REGION}:${ACCOUNT}:service/unknown/${'0'.repeat(32)}`;
const NO_CONNECTION = `arn:aws:apprunner:${REGION}:${ACCOUNT}:vpcingressconnection/none/${'0'.repeat(32)}`;
const DOMAIN = 'hello.example.com';
/** Milliseconds after which everything that was begun has ended, in the fast profile. */
const LONG = 10_000;

const SourceConfiguration = HELLO_IMAGE;

async function created({ appRunner }: OperationSetting): Promise<string> {
  const { Service } = await appRunner.send(
    new sdk.CreateServiceCommand({
      ServiceName: 'hello',
      SourceConfiguration,
      NetworkConfiguration: { IngressConfiguration: { IsPubliclyAccessible: false } },
      Tags: [{ Key: 'team', Value: 'blue' }],
    }),
  );
  return given(Service?.ServiceArn);
}

async function running(setting: OperationSetting): Promise<string> {
  const arn = await created(setting);
  await setting.clock.advance(LONG);
  return arn;
}

async function paused(setting: OperationSetting): Promise<string> {
  const ServiceArn = await running(setting);
  await setting.appRunner.send(new sdk.PauseServiceCommand({ ServiceArn }));
  await setting.clock.advance(LONG);
  return ServiceArn;
}

const connect = async (setting: OperationSetting, ServiceArn: string) => {
  const VpcEndpointId = await endpoint(setting);
  await setting.clock.advance(LONG);
  return setting.appRunner.send(
    new sdk.CreateVpcIngressConnectionCommand({
      ServiceArn,
      VpcIngressConnectionName: 'hello-ingress',
      IngressVpcConfiguration: { VpcId: setting.network.vpcId, VpcEndpointId },
    }),
  );
};

async function connected(setting: OperationSetting) {
  const serviceArn = await running(setting);
  const { VpcIngressConnection } = await connect(setting, serviceArn);
  await setting.clock.advance(LONG);
  return { serviceArn, connectionArn: given(VpcIngressConnection?.VpcIngressConnectionArn) };
}

const associate = ({ appRunner }: OperationSetting, ServiceArn: string) =>
  appRunner.send(new sdk.AssociateCustomDomainCommand({ ServiceArn, DomainName: DOMAIN, EnableWWWSubdomain: false }));

export const appRunnerRows: Rows = {
  CreateService: {
    call: ({ appRunner }) =>
      appRunner.send(new sdk.CreateServiceCommand({ ServiceName: 'hello', SourceConfiguration })),
    answer: { Service: { ServiceName: 'hello', Status: 'OPERATION_IN_PROGRESS' } },
    refused: {
      call: ({ appRunner }) => appRunner.send(new sdk.CreateServiceCommand({ ServiceName: 'x', SourceConfiguration })),
      by: sdk.InvalidRequestException,
    },
  },
  DescribeService: {
    call: async (s) => s.appRunner.send(new sdk.DescribeServiceCommand({ ServiceArn: await running(s) })),
    answer: { Service: { ServiceName: 'hello', Status: 'RUNNING' } },
    refused: {
      call: ({ appRunner }) => appRunner.send(new sdk.DescribeServiceCommand({ ServiceArn: UNKNOWN_SERVICE })),
      by: sdk.ResourceNotFoundException,
    },
  },
  ListServices: {
    call: async (s) => {
      await created(s);
      return s.appRunner.send(new sdk.ListServicesCommand({}));
    },
    answer: { ServiceSummaryList: [{ ServiceName: 'hello' }] },
    refused: {
      call: ({ appRunner }) => appRunner.send(new sdk.ListServicesCommand({ NextToken: 'nonsense' })),
      by: sdk.InvalidRequestException,
    },
  },
  UpdateService: {
    call: async (s) =>
      s.appRunner.send(
        new sdk.UpdateServiceCommand({ ServiceArn: await running(s), InstanceConfiguration: { Cpu: '2 vCPU' } }),
      ),
    answer: { Service: { Status: 'OPERATION_IN_PROGRESS' } },
    refused: {
      call: async (s) => s.appRunner.send(new sdk.UpdateServiceCommand({ ServiceArn: await created(s) })),
      by: sdk.InvalidStateException,
    },
  },
  DeleteService: {
    call: async (s) => s.appRunner.send(new sdk.DeleteServiceCommand({ ServiceArn: await running(s) })),
    answer: { OperationId: expect.any(String) },
    refused: {
      call: async (s) => s.appRunner.send(new sdk.DeleteServiceCommand({ ServiceArn: await created(s) })),
      by: sdk.InvalidStateException,
    },
  },
  PauseService: {
    call: async (s) => s.appRunner.send(new sdk.PauseServiceCommand({ ServiceArn: await running(s) })),
    answer: { OperationId: expect.any(String) },
    refused: {
      call: async (s) => s.appRunner.send(new sdk.PauseServiceCommand({ ServiceArn: await created(s) })),
      by: sdk.InvalidStateException,
    },
  },
  ResumeService: {
    call: async (s) => s.appRunner.send(new sdk.ResumeServiceCommand({ ServiceArn: await paused(s) })),
    answer: { OperationId: expect.any(String) },
    refused: {
      call: async (s) => s.appRunner.send(new sdk.ResumeServiceCommand({ ServiceArn: await running(s) })),
      by: sdk.InvalidStateException,
    },
  },
  StartDeployment: {
    call: async (s) => s.appRunner.send(new sdk.StartDeploymentCommand({ ServiceArn: await running(s) })),
    answer: { OperationId: expect.any(String) },
    refused: {
      call: ({ appRunner }) => appRunner.send(new sdk.StartDeploymentCommand({ ServiceArn: UNKNOWN_SERVICE })),
      by: sdk.ResourceNotFoundException,
    },
  },
  ListOperations: {
    call: async (s) => s.appRunner.send(new sdk.ListOperationsCommand({ ServiceArn: await running(s) })),
    answer: { OperationSummaryList: [{ Type: 'CREATE_SERVICE', Status: 'SUCCEEDED' }] },
    refused: {
      call: ({ appRunner }) => appRunner.send(new sdk.ListOperationsCommand({ ServiceArn: UNKNOWN_SERVICE })),
      by: sdk.ResourceNotFoundException,
    },
  },
  CreateVpcIngressConnection: {
    call: async (s) => connect(s, await running(s)),
    answer: { VpcIngressConnection: { Status: 'PENDING_CREATION', DomainName: expect.any(String) } },
    refused: { call: (s) => connect(s, UNKNOWN_SERVICE), by: sdk.InvalidRequestException },
  },
  DescribeVpcIngressConnection: {
    call: async (s) =>
      s.appRunner.send(
        new sdk.DescribeVpcIngressConnectionCommand({ VpcIngressConnectionArn: (await connected(s)).connectionArn }),
      ),
    answer: { VpcIngressConnection: { Status: 'AVAILABLE', VpcIngressConnectionName: 'hello-ingress' } },
    refused: {
      call: ({ appRunner }) =>
        appRunner.send(new sdk.DescribeVpcIngressConnectionCommand({ VpcIngressConnectionArn: NO_CONNECTION })),
      by: sdk.ResourceNotFoundException,
    },
  },
  ListVpcIngressConnections: {
    call: async (s) => {
      const { serviceArn: ServiceArn } = await connected(s);
      return s.appRunner.send(new sdk.ListVpcIngressConnectionsCommand({ Filter: { ServiceArn } }));
    },
    answer: { VpcIngressConnectionSummaryList: [{ VpcIngressConnectionArn: expect.any(String) }] },
    refused: {
      call: ({ appRunner }) => appRunner.send(new sdk.ListVpcIngressConnectionsCommand({ NextToken: 'nonsense' })),
      by: sdk.InvalidRequestException,
    },
  },
  UpdateVpcIngressConnection: {
    call: async (s) => {
      const { connectionArn: VpcIngressConnectionArn } = await connected(s);
      const { VpcIngressConnection } = await s.appRunner.send(
        new sdk.DescribeVpcIngressConnectionCommand({ VpcIngressConnectionArn }),
      );
      const { IngressVpcConfiguration } = given(VpcIngressConnection);
      return s.appRunner.send(
        new sdk.UpdateVpcIngressConnectionCommand({ VpcIngressConnectionArn, IngressVpcConfiguration }),
      );
    },
    answer: { VpcIngressConnection: { Status: 'PENDING_UPDATE' } },
    refused: {
      call: ({ appRunner, network }) =>
        appRunner.send(
          new sdk.UpdateVpcIngressConnectionCommand({
            VpcIngressConnectionArn: NO_CONNECTION,
            IngressVpcConfiguration: { VpcId: network.vpcId },
          }),
        ),
      by: sdk.ResourceNotFoundException,
    },
  },
  DeleteVpcIngressConnection: {
    call: async (s) =>
      s.appRunner.send(
        new sdk.DeleteVpcIngressConnectionCommand({ VpcIngressConnectionArn: (await connected(s)).connectionArn }),
      ),
    answer: { VpcIngressConnection: { Status: 'PENDING_DELETION' } },
    refused: {
      call: ({ appRunner }) =>
        appRunner.send(new sdk.DeleteVpcIngressConnectionCommand({ VpcIngressConnectionArn: NO_CONNECTION })),
      by: sdk.ResourceNotFoundException,
    },
  },
  AssociateCustomDomain: {
    call: async (s) => associate(s, await running(s)),
    answer: { CustomDomain: { DomainName: DOMAIN, EnableWWWSubdomain: false } },
    refused: { call: async (s) => associate(s, await created(s)), by: sdk.InvalidStateException },
  },
  DescribeCustomDomains: {
    call: async (s) => {
      const ServiceArn = await running(s);
      await associate(s, ServiceArn);
      await s.clock.advance(LONG);
      return s.appRunner.send(new sdk.DescribeCustomDomainsCommand({ ServiceArn }));
    },
    answer: {
      // Lower case on the wire, upper case in the model (docs/facts.md#domain-status-case).
      CustomDomains: [{ DomainName: DOMAIN, Status: 'pending_certificate_dns_validation' }],
    },
    refused: {
      call: ({ appRunner }) => appRunner.send(new sdk.DescribeCustomDomainsCommand({ ServiceArn: UNKNOWN_SERVICE })),
      by: sdk.ResourceNotFoundException,
    },
  },
  DisassociateCustomDomain: {
    call: async (s) => {
      const ServiceArn = await running(s);
      await associate(s, ServiceArn);
      return s.appRunner.send(new sdk.DisassociateCustomDomainCommand({ ServiceArn, DomainName: DOMAIN }));
    },
    answer: { CustomDomain: { DomainName: DOMAIN, Status: 'deleting' } },
    refused: {
      call: async (s) =>
        s.appRunner.send(new sdk.DisassociateCustomDomainCommand({ ServiceArn: await running(s), DomainName: DOMAIN })),
      by: sdk.InvalidRequestException,
    },
  },
  ListTagsForResource: {
    call: async (s) => s.appRunner.send(new sdk.ListTagsForResourceCommand({ ResourceArn: await created(s) })),
    answer: { Tags: [{ Key: 'team', Value: 'blue' }] },
    refused: {
      call: ({ appRunner }) => appRunner.send(new sdk.ListTagsForResourceCommand({ ResourceArn: UNKNOWN_SERVICE })),
      by: sdk.ResourceNotFoundException,
    },
  },
  TagResource: {
    call: async (s) =>
      s.appRunner.send(new sdk.TagResourceCommand({ ResourceArn: await created(s), Tags: [{ Key: 'a', Value: 'b' }] })),
    refused: {
      call: async (s) =>
        s.appRunner.send(
          new sdk.TagResourceCommand({ ResourceArn: await created(s), Tags: [{ Key: 'a', Value: '*' }] }),
        ),
      by: sdk.InvalidRequestException,
    },
  },
  UntagResource: {
    call: async (s) =>
      s.appRunner.send(new sdk.UntagResourceCommand({ ResourceArn: await created(s), TagKeys: ['team'] })),
    refused: {
      call: ({ appRunner }) =>
        appRunner.send(new sdk.UntagResourceCommand({ ResourceArn: UNKNOWN_SERVICE, TagKeys: ['team'] })),
      by: sdk.ResourceNotFoundException,
    },
  },
};
