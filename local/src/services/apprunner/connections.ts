import {
  CreateVpcIngressConnection$,
  type CreateVpcIngressConnectionCommandInput,
  type CreateVpcIngressConnectionCommandOutput,
  DeleteVpcIngressConnection$,
  type DeleteVpcIngressConnectionCommandInput,
  type DeleteVpcIngressConnectionCommandOutput,
  DescribeVpcIngressConnection$,
  type DescribeVpcIngressConnectionCommandInput,
  type DescribeVpcIngressConnectionCommandOutput,
  type IngressVpcConfiguration,
  ListVpcIngressConnections$,
  type ListVpcIngressConnectionsCommandInput,
  type ListVpcIngressConnectionsCommandOutput,
  UpdateVpcIngressConnection$,
  type UpdateVpcIngressConnectionCommandInput,
  type UpdateVpcIngressConnectionCommandOutput,
  type VpcIngressConnection,
} from '@aws-sdk/client-apprunner';
import { AwsError } from '../../wire/errors.ts';
import { type OperationDefinition, operation, type RequiredPermission } from '../../wire/service.ts';
import {
  beginConnectionDeletion,
  beginSettling,
  deletable,
  problemOfEndpoint,
  problemOfService,
  type Target,
  updatable,
} from './connection-states.ts';
import { page } from './pages.ts';
import { anywhere, condition, permission, requestTags } from './permissions.ts';
import { constraint, invalidRequest, invalidState, notFound, quotaExceeded } from './refusals.ts';
import { arnOf, type ConnectionRecord, given, NAME, type ServiceRecord } from './resources.ts';
import type { AppRunnerSetting } from './setting.ts';
import { tagged } from './tags.ts';

const MOST_ON_A_PAGE = 100;

function described(connection: ConnectionRecord): VpcIngressConnection {
  return {
    VpcIngressConnectionArn: connection.arn,
    VpcIngressConnectionName: connection.name,
    ServiceArn: connection.serviceArn,
    Status: connection.status,
    AccountId: connection.account,
    DomainName: connection.target.domainName,
    IngressVpcConfiguration: { VpcId: connection.target.vpcId, VpcEndpointId: connection.target.vpcEndpointId },
    CreatedAt: new Date(connection.createdAt),
    ...(connection.deletedAt === undefined ? {} : { DeletedAt: new Date(connection.deletedAt) }),
  };
}

function target(sent: IngressVpcConfiguration | undefined): Target {
  return {
    vpcId: given(sent?.VpcId, 'IngressVpcConfiguration.VpcId'),
    vpcEndpointId: given(sent?.VpcEndpointId, 'IngressVpcConfiguration.VpcEndpointId'),
  };
}

export function connectionOperations(setting: AppRunnerSetting): readonly OperationDefinition[] {
  const { world, resources } = setting;
  const { clock, switches } = world;

  /** No work on connections while an operation runs on their service (docs/facts.md#busy-service). */
  const demandIdle = (service: ServiceRecord | undefined): void => {
    if (service?.status === 'OPERATION_IN_PROGRESS') {
      throw invalidState(`Service has an operation in progress: ${service.arn}.`);
    }
  };

  const demandNone = (problem: string | undefined): void => {
    if (problem !== undefined) throw new AwsError(switches.notReadyError, problem);
  };

  return [
    operation<CreateVpcIngressConnectionCommandInput, CreateVpcIngressConnectionCommandOutput>(
      CreateVpcIngressConnection$,
      {
        writes: true,
        permissions: (input, context) => {
          const arn = arnOf(context, `vpcingressconnection/${input.VpcIngressConnectionName}/*`);
          return [
            permission(resources, context, 'CreateVpcIngressConnection', arn, {
              ...condition('apprunner:ServiceArn', input.ServiceArn),
              ...ingressConditions(input.IngressVpcConfiguration),
              ...requestTags(input.Tags),
            }),
            ...(input.Tags?.length
              ? [permission(resources, context, 'TagResource', arn, requestTags(input.Tags))]
              : []),
            ...describeNetwork,
          ];
        },
        run: (input, context) => {
          const name = given(input.VpcIngressConnectionName, 'VpcIngressConnectionName');
          if (!NAME.test(name)) {
            throw constraint(name, 'vpcIngressConnectionName', `satisfy regular expression pattern: ${NAME.source}`);
          }
          const sent = target(input.IngressVpcConfiguration);
          const service = resources.findService(context, input.ServiceArn);
          // CreateVpcIngressConnection has no ResourceNotFoundException in the model.
          if (service === undefined)
            throw invalidRequest(`Service not found for the provided ARN: ${input.ServiceArn}.`);
          if (resources.connectionsIn(context).some((other) => other.name === name)) {
            throw invalidRequest(`VpcIngressConnection with the provided name already exists: ${name}.`);
          }
          // One per service is in the quota tables (documented); that the answer is this error is I.
          if (resources.connectionsOf(service).length > 0) {
            throw quotaExceeded(`You have reached the limit of 1 VPC ingress connection for service ${service.arn}.`);
          }
          demandIdle(service);
          demandNone(problemOfService(service) ?? problemOfEndpoint(setting, context, sent));
          const connection: ConnectionRecord = {
            kind: 'connection',
            order: resources.nextOrder(),
            account: context.account,
            region: context.region,
            arn: arnOf(context, `vpcingressconnection/${name}/${world.chance.hex(32)}`),
            name,
            serviceArn: service.arn,
            createdAt: clock.now(),
            status: 'PENDING_CREATION',
            target: { ...sent, domainName: resources.newHostname(context.region) },
            tags: tagged(new Map(), input.Tags),
          };
          resources.beforeConnectionChange(context);
          resources.connections.set(connection.arn, connection);
          beginSettling(setting, connection, world.profile.connectionCreation, {
            fault: 'connection-creation',
            failed: 'FAILED_CREATION',
          });
          return { VpcIngressConnection: described(connection) };
        },
      },
    ),

    operation<DescribeVpcIngressConnectionCommandInput, DescribeVpcIngressConnectionCommandOutput>(
      DescribeVpcIngressConnection$,
      {
        permissions: ({ VpcIngressConnectionArn }, context) =>
          permission(resources, context, 'DescribeVpcIngressConnection', VpcIngressConnectionArn),
        run: ({ VpcIngressConnectionArn }, context) => {
          const connection = resources.connection(context, VpcIngressConnectionArn);
          if (connection.status === 'DELETED' && switches.deletedConnection === 'not-found') {
            throw notFound(VpcIngressConnectionArn);
          }
          return { VpcIngressConnection: described(connection) };
        },
      },
    ),

    operation<ListVpcIngressConnectionsCommandInput, ListVpcIngressConnectionsCommandOutput>(
      ListVpcIngressConnections$,
      {
        permissions: () => anywhere('ListVpcIngressConnections'),
        run: (input, context) => {
          const { ServiceArn, VpcEndpointId } = input.Filter ?? {};
          const matching = resources
            .listedConnections(context)
            .filter(({ serviceArn }) => ServiceArn === undefined || serviceArn === ServiceArn)
            .filter((connection) => VpcEndpointId === undefined || connection.target.vpcEndpointId === VpcEndpointId);
          const returned = page(matching, ({ order }) => order, input, {
            scope: `ListVpcIngressConnections ${ServiceArn ?? ''} ${VpcEndpointId ?? ''}`,
            limit: MOST_ON_A_PAGE,
          });
          return {
            VpcIngressConnectionSummaryList: returned.items.map(({ arn, serviceArn }) => ({
              VpcIngressConnectionArn: arn,
              ServiceArn: serviceArn,
            })),
            ...returned.next,
          };
        },
      },
    ),

    operation<UpdateVpcIngressConnectionCommandInput, UpdateVpcIngressConnectionCommandOutput>(
      UpdateVpcIngressConnection$,
      {
        writes: true,
        permissions: (input, context) => [
          permission(
            resources,
            context,
            'UpdateVpcIngressConnection',
            input.VpcIngressConnectionArn,
            ingressConditions(input.IngressVpcConfiguration),
          ),
          ...describeNetwork,
        ],
        run: (input, context) => {
          const connection = resources.connection(context, input.VpcIngressConnectionArn);
          if (!updatable.includes(connection.status)) {
            throw invalidState(`VpcIngressConnection cannot be updated in the current state: ${connection.status}.`);
          }
          const sent = target(input.IngressVpcConfiguration);
          demandIdle(resources.findService(context, connection.serviceArn));
          demandNone(problemOfEndpoint(setting, context, sent));
          const domainName = switches.updateChangesDomainName
            ? resources.newHostname(context.region)
            : connection.target.domainName;
          resources.beforeConnectionChange(context);
          connection.target = { ...sent, domainName };
          connection.status = 'PENDING_UPDATE';
          beginSettling(setting, connection, world.profile.connectionUpdate, {
            fault: 'connection-update',
            failed: 'FAILED_UPDATE',
          });
          return { VpcIngressConnection: described(connection) };
        },
      },
    ),

    operation<DeleteVpcIngressConnectionCommandInput, DeleteVpcIngressConnectionCommandOutput>(
      DeleteVpcIngressConnection$,
      {
        writes: true,
        permissions: ({ VpcIngressConnectionArn }, context) =>
          permission(resources, context, 'DeleteVpcIngressConnection', VpcIngressConnectionArn),
        run: ({ VpcIngressConnectionArn }, context) => {
          const connection = resources.connection(context, VpcIngressConnectionArn);
          if (connection.status === 'DELETED' && switches.deletedConnection === 'not-found') {
            throw notFound(VpcIngressConnectionArn);
          }
          if (!deletable.includes(connection.status)) {
            throw invalidState(`VpcIngressConnection cannot be deleted in the current state: ${connection.status}.`);
          }
          demandIdle(resources.findService(context, connection.serviceArn));
          beginConnectionDeletion(setting, connection);
          return { VpcIngressConnection: described(connection) };
        },
      },
    ),
  ];
}

const ingressConditions = (sent: IngressVpcConfiguration | undefined) => ({
  ...condition('apprunner:VpcId', sent?.VpcId),
  ...condition('apprunner:VpcEndpointId', sent?.VpcEndpointId),
});

/** App Runner looks at the network with its caller's rights (docs/facts.md#creating-a-connection-reads-the-network). */
const describeNetwork: readonly RequiredPermission[] = [
  'ec2:DescribeVpcs',
  'ec2:DescribeVpcEndpoints',
  'ec2:DescribeSubnets',
].map((action) => ({ action, resources: ['*'] }));
