import * as sdk from '@aws-sdk/client-ssm';
import { errorSchemas, operationSchemas } from '../../wire/sdk-schemas.ts';
import type { ServiceDefinition } from '../../wire/service.ts';
import type { EventSink, World } from '../../world.ts';
import { Parameters } from './parameters.ts';
import { readOperations } from './read-operations.ts';
import { tagOperations } from './tag-operations.ts';
import { writeOperations } from './write-operations.ts';

export interface Ssm {
  readonly definition: ServiceDefinition;
}

/** Systems Manager, of which Parameter Store is there. */
export function createSsm(world: World, events: EventSink): Ssm {
  const parameters = new Parameters(world, events);
  const operations = [...readOperations(parameters), ...writeOperations(parameters), ...tagOperations(parameters)];
  return {
    definition: {
      signingName: 'ssm',
      eventSource: 'ssm.amazonaws.com',
      protocol: 'aws-json-1.1',
      targetPrefix: 'AmazonSSM',
      errors: errorSchemas(sdk),
      operations,
      api: operationSchemas(sdk),
    },
  };
}
