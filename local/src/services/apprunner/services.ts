import {
  CreateService$,
  type CreateServiceCommandInput,
  type CreateServiceCommandOutput,
  DeleteService$,
  type DeleteServiceCommandInput,
  type DeleteServiceCommandOutput,
  DescribeService$,
  type DescribeServiceCommandInput,
  type DescribeServiceCommandOutput,
  ListServices$,
  type ListServicesCommandInput,
  type ListServicesCommandOutput,
  type Service,
  UpdateService$,
  type UpdateServiceCommandInput,
  type UpdateServiceCommandOutput,
} from '@aws-sdk/client-apprunner';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import { beginConnectionDeletion } from './connection-states.ts';
import { beginOperation } from './long-operations.ts';
import { page } from './pages.ts';
import { anywhere, condition, passRoles, permission, requestTags } from './permissions.ts';
import { constraint, invalidRequest, invalidState, quotaExceeded } from './refusals.ts';
import { arnOf, given, NAME, type ServiceRecord } from './resources.ts';
import { describedNetwork, newConfiguration, passedRoles, updatedConfiguration } from './service-configuration.ts';
import { demand } from './service-states.ts';
import type { AppRunnerSetting } from './setting.ts';
import { tagged } from './tags.ts';

const MOST_ON_A_PAGE = 20;

/**
 * A service as Describe returns it. There is no `ServiceUrl` while it is private
 * (docs/facts.md#private-service-has-no-url).
 */
export function described(service: ServiceRecord): Service {
  const { configuration } = service;
  return {
    ServiceName: service.name,
    ServiceId: service.id,
    ServiceArn: service.arn,
    ...urlOf(service),
    CreatedAt: new Date(service.createdAt),
    UpdatedAt: new Date(service.updatedAt),
    ...(service.deletedAt === undefined ? {} : { DeletedAt: new Date(service.deletedAt) }),
    Status: service.status,
    SourceConfiguration: configuration.source,
    InstanceConfiguration: configuration.instance,
    ...(service.encryption === undefined ? {} : { EncryptionConfiguration: service.encryption }),
    HealthCheckConfiguration: configuration.healthCheck,
    AutoScalingConfigurationSummary: configuration.autoScaling,
    NetworkConfiguration: describedNetwork(configuration.network),
    ObservabilityConfiguration: configuration.observability,
  };
}

const urlOf = ({ configuration, hostname }: ServiceRecord) =>
  configuration.network.isPubliclyAccessible ? { ServiceUrl: hostname } : {};

export function serviceOperations(setting: AppRunnerSetting): readonly OperationDefinition[] {
  const { world, resources, options } = setting;

  return [
    operation<CreateServiceCommandInput, CreateServiceCommandOutput>(CreateService$, {
      writes: true,
      permissions: (input, context) => [
        permission(resources, context, 'CreateService', arnOf(context, `service/${input.ServiceName}/*`), {
          ...requestTags(input.Tags),
          ...configurationConditions(input),
        }),
        ...(input.Tags?.length
          ? [
              permission(
                resources,
                context,
                'TagResource',
                arnOf(context, `service/${input.ServiceName}/*`),
                requestTags(input.Tags),
              ),
            ]
          : []),
        ...passRoles(passedRoles(input)),
      ],
      run: (input, context) => {
        const name = given(input.ServiceName, 'ServiceName');
        if (!NAME.test(name))
          throw constraint(name, 'serviceName', `satisfy regular expression pattern: ${NAME.source}`);
        const others = resources.servicesIn(context);
        if (others.some((other) => other.name === name)) {
          throw invalidRequest(`Service with the provided name already exists: ${name}.`); // C
        }
        if (others.length >= options.servicesPerRegion) {
          throw quotaExceeded(`You have reached the limit of ${options.servicesPerRegion} services in this region.`);
        }
        const { chance, clock } = world;
        const id = chance.hex(32);
        const host = (Number.parseInt(chance.hex(4), 16) % 253) + 1;
        const service: ServiceRecord = {
          kind: 'service',
          order: resources.nextOrder(),
          account: context.account,
          region: context.region,
          arn: arnOf(context, `service/${name}/${id}`),
          name,
          id,
          hostname: resources.newHostname(context.region),
          // RFC 5737 and RFC 3849: addresses for documentation, which no host has.
          publicAddresses: {
            ipv4: [`203.0.113.${host}`, `203.0.113.${host + 1}`],
            ipv6: [`2001:db8::${host.toString(16)}`],
          },
          ...(input.EncryptionConfiguration && { encryption: input.EncryptionConfiguration }),
          createdAt: clock.now(),
          updatedAt: clock.now(),
          status: 'OPERATION_IN_PROGRESS',
          paused: false,
          applicationStatus: 200,
          configuration: newConfiguration(context, input),
          operations: [],
          tags: tagged(new Map(), input.Tags),
          domains: new Map(),
        };
        resources.services.set(service.arn, service);
        const operationId = beginOperation(setting, service, 'CREATE_SERVICE', {
          fault: 'service-creation',
          succeed: () => {
            service.deployed = service.configuration;
            return 'RUNNING';
          },
          fail: () => 'CREATE_FAILED',
        });
        return { Service: described(service), OperationId: operationId };
      },
    }),

    operation<DescribeServiceCommandInput, DescribeServiceCommandOutput>(DescribeService$, {
      permissions: ({ ServiceArn }, context) => permission(resources, context, 'DescribeService', ServiceArn),
      run: ({ ServiceArn }, context) => ({ Service: described(resources.service(context, ServiceArn)) }),
    }),

    operation<ListServicesCommandInput, ListServicesCommandOutput>(ListServices$, {
      permissions: () => anywhere('ListServices'),
      run: (input, context) => {
        const returned = page(resources.servicesIn(context), ({ order }) => order, input, {
          scope: 'ListServices',
          limit: MOST_ON_A_PAGE,
        });
        return {
          ServiceSummaryList: returned.items.map((service) => ({
            ServiceName: service.name,
            ServiceId: service.id,
            ServiceArn: service.arn,
            ...urlOf(service),
            CreatedAt: new Date(service.createdAt),
            UpdatedAt: new Date(service.updatedAt),
            Status: service.status,
          })),
          ...returned.next,
        };
      },
    }),

    operation<UpdateServiceCommandInput, UpdateServiceCommandOutput>(UpdateService$, {
      writes: true,
      permissions: (input, context) => [
        permission(resources, context, 'UpdateService', input.ServiceArn, configurationConditions(input)),
        ...passRoles(passedRoles(input)),
      ],
      run: (input, context) => {
        const service = resources.service(context, input.ServiceArn);
        demand(service, 'updated');
        const before = service.status;
        const configuration = updatedConfiguration(context, service.configuration, input);
        if (
          options.publicWithConnection === 'refused' &&
          configuration.network.isPubliclyAccessible &&
          resources.connectionsOf(service).length > 0
        ) {
          throw invalidState('Service cannot be made public while it has a VPC ingress connection.');
        }
        service.configuration = configuration;
        const operationId = beginOperation(setting, service, 'UPDATE_SERVICE', {
          fault: 'service-update',
          succeed: () => {
            service.deployed = service.configuration;
            return before === 'PAUSED' ? 'PAUSED' : 'RUNNING';
          },
          fail: () => {
            service.configuration = service.deployed ?? service.configuration;
            return before;
          },
          failed: before === 'CREATE_FAILED' ? 'FAILED' : 'ROLLBACK_SUCCEEDED',
        });
        return { Service: described(service), OperationId: operationId };
      },
    }),

    operation<DeleteServiceCommandInput, DeleteServiceCommandOutput>(DeleteService$, {
      writes: true,
      permissions: ({ ServiceArn }, context) => [
        permission(resources, context, 'DeleteService', ServiceArn),
        ...(resources.findService(context, ServiceArn)?.domains.size
          ? [permission(resources, context, 'DisassociateCustomDomain', ServiceArn)]
          : []),
      ],
      run: ({ ServiceArn }, context) => {
        const service = resources.service(context, ServiceArn);
        demand(service, 'deleted');
        const connections = resources.connectionsOf(service);
        if (world.switches.deleteServiceWithConnection === 'refused' && connections.length > 0) {
          // C (docs/facts.md#delete-service-with-connection); that other states than AVAILABLE are refused too is I.
          const statuses = [...new Set(connections.map(({ status }) => status))].join(', ');
          const arns = connections.map(({ arn }) => arn).join(', ');
          throw invalidState(
            `You cannot delete a Service while it has VpcIngressConnections with a status of ${statuses}. Service Arn: ${service.arn} VpcIngressConnection Arn: ${arns}`,
          );
        }
        if (world.switches.deleteServiceWithConnection === 'cascades') {
          for (const connection of connections) beginConnectionDeletion(setting, connection);
        }
        const operationId = beginOperation(setting, service, 'DELETE_SERVICE', {
          fault: 'service-deletion',
          succeed: () => {
            service.deletedAt = world.clock.now();
            service.domains.clear();
            delete service.deployed;
            return 'DELETED';
          },
          fail: () => 'DELETE_FAILED',
        });
        return { Service: described(service), OperationId: operationId };
      },
    }),
  ];
}

/** The associated resources that Create and Update can be narrowed by (documented: service authorization reference). */
const configurationConditions = (input: Omit<UpdateServiceCommandInput, 'ServiceArn'>) => ({
  ...condition('apprunner:AutoScalingConfigurationArn', input.AutoScalingConfigurationArn),
  ...condition('apprunner:ConnectionArn', input.SourceConfiguration?.AuthenticationConfiguration?.ConnectionArn),
  ...condition(
    'apprunner:ObservabilityConfigurationArn',
    input.ObservabilityConfiguration?.ObservabilityConfigurationArn,
  ),
  ...condition('apprunner:VpcConnectorArn', input.NetworkConfiguration?.EgressConfiguration?.VpcConnectorArn),
});
