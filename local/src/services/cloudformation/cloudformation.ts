import * as sdk from '@aws-sdk/client-cloudformation';
import type { DeploymentCloud } from '../../deploy/resource.ts';
import type { DeployedStack } from '../../deploy/stack.ts';
import { errorSchemas, operationSchemas } from '../../wire/sdk-schemas.ts';
import type { ServiceDefinition } from '../../wire/service.ts';
import { changeSetOperations } from './change-set-operations.ts';
import { stackOperations } from './stack-operations.ts';
import { Stacks } from './stacks.ts';
import type { ReadObject } from './template-input.ts';
import { templateOperations } from './template-operations.ts';

export interface CloudFormation {
  readonly definition: ServiceDefinition;
  /** Notes a stack that was deployed from inside the embedded cloud. */
  record(deployed: DeployedStack): void;
  /** Settles when no stack is under way any more. */
  idle(): Promise<void>;
}

/**
 * CloudFormation: stacks, whether deployed from inside or by change sets, and what their templates say. Whatever a
 * stack makes is made as root of its account, not as the caller.
 */
export function createCloudFormation(cloud: DeploymentCloud, readObject: ReadObject): CloudFormation {
  const stacks = new Stacks(cloud);
  const operations = [
    ...stackOperations(stacks),
    ...changeSetOperations({ world: cloud.world, stacks, readObject }),
    ...templateOperations(stacks, readObject),
  ];
  return {
    definition: {
      signingName: 'cloudformation',
      eventSource: 'cloudformation.amazonaws.com',
      protocol: 'aws-query',
      xmlNamespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
      version: '2010-05-15',
      errors: errorSchemas(sdk),
      operations,
      api: operationSchemas(sdk),
    },
    record: (deployed) => stacks.record(deployed),
    idle: () => stacks.idle(),
  };
}
