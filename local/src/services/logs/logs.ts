import * as sdk from '@aws-sdk/client-cloudwatch-logs';
import { errorSchemas, operationSchemas } from '../../wire/sdk-schemas.ts';
import type { ServiceDefinition } from '../../wire/service.ts';
import type { World } from '../../world.ts';
import { LogGroups } from './groups.ts';
import { eventOperations, groupOperations } from './operations.ts';

export interface Logs {
  readonly definition: ServiceDefinition;
  readonly groups: LogGroups;
}

/** CloudWatch Logs: groups, streams and events, with what `aws logs tail` asks for. */
export function createLogs(world: World): Logs {
  const groups = new LogGroups(world);
  return {
    groups,
    definition: {
      signingName: 'logs',
      eventSource: 'logs.amazonaws.com',
      protocol: 'aws-json-1.1',
      targetPrefix: 'Logs_20140328',
      errors: errorSchemas(sdk),
      operations: [...groupOperations(groups), ...eventOperations(groups)],
      api: operationSchemas(sdk),
    },
  };
}
