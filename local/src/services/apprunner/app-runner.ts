import * as sdk from '@aws-sdk/client-apprunner';
import { errorSchemas, operationSchemas } from '../../wire/sdk-schemas.ts';
import type { ServiceDefinition } from '../../wire/service.ts';
import type { Endpoints, EventSink, IngressRouter, NameSource, PublicRecords, World } from '../../world.ts';
import { cloneService } from './clone.ts';
import { connectionOperations } from './connections.ts';
import { customDomainOperations } from './custom-domains.ts';
import { Events } from './events.ts';
import { type AppRunnerFault, Faults } from './faults.ts';
import { Names } from './names.ts';
import { AppRunnerResources } from './resources.ts';
import { serviceLifecycleOperations } from './service-operations.ts';
import { serviceOperations } from './services.ts';
import { type AppRunnerOptions, type AppRunnerSetting, defaultOptions } from './setting.ts';
import { tagOperations } from './tags.ts';

/** The embedded App Runner: services, VPC ingress connections, custom domains and tags (docs/fidelity.md). */
export interface AppRunner extends NameSource, IngressRouter {
  readonly definition: ServiceDefinition;
  /** Makes the next operation of that kind, which would have succeeded, fail in AWS's way. */
  failNext(fault: AppRunnerFault): void;
  /**
   * The HTTP status that the service's application answers with from now on; 200 until then.
   * @throws Error when no such service exists.
   */
  setApplicationStatus(serviceArn: string, status: number): void;
  /**
   * Puts a copy of a service and its connection there, in the state they are in, under other names (see `cloneService`).
   * @throws Error when the service does not exist, or the copy's ARN does.
   */
  clone(serviceArn: string, rename: (text: string) => string): void;
}

/** @param options behaviour that is unknown and of no wider concern; the defaults are in `defaultOptions` */
export function createAppRunner(
  world: World,
  deps: { readonly endpoints: Endpoints; readonly publicRecords: PublicRecords; readonly events: EventSink },
  options: Partial<AppRunnerOptions> = {},
): AppRunner {
  const all = { ...defaultOptions, ...options };
  const setting: AppRunnerSetting = {
    world,
    options: all,
    resources: new AppRunnerResources(world, all.describedAfterDeletion),
    faults: new Faults(),
    events: new Events(world, deps.events),
    endpoints: deps.endpoints,
    publicRecords: deps.publicRecords,
  };
  const names = new Names(setting);
  return {
    definition: {
      signingName: 'apprunner',
      eventSource: 'apprunner.amazonaws.com',
      protocol: 'aws-json-1.0',
      targetPrefix: 'AppRunner',
      errors: errorSchemas(sdk),
      operations: [
        ...serviceOperations(setting),
        ...serviceLifecycleOperations(setting),
        ...connectionOperations(setting),
        ...customDomainOperations(setting),
        ...tagOperations(setting),
      ],
      api: operationSchemas(sdk),
    },
    failNext: (fault) => setting.faults.failNext(fault),
    setApplicationStatus: (serviceArn, status) => {
      const service = setting.resources.services.get(serviceArn);
      if (service === undefined) throw new Error(`no service ${serviceArn}`);
      service.applicationStatus = status;
    },
    clone: (serviceArn, rename) => cloneService(setting.resources, serviceArn, rename),
    covers: (name) => names.covers(name),
    addressesOf: (name, view) => names.addressesOf(name, view),
    route: (endpointId, host) => names.route(endpointId, host),
    certificateNames: (endpointId) => names.certificateNames(endpointId),
  };
}
