import * as sdk from '@aws-sdk/client-sns';
import { errorSchemas, operationSchemas } from '../../wire/sdk-schemas.ts';
import type { ServiceDefinition } from '../../wire/service.ts';
import type { World } from '../../world.ts';
import type { Sender, Targets } from '../eventbridge/targets.ts';
import { subscriptionOperations, topicOperations } from './operations.ts';
import { type Notification, Topics } from './topics.ts';

export interface Sns {
  readonly definition: ServiceDefinition;
  /** Sets where queues and functions are. */
  connect(targets: Targets): void;
  /** On behalf of a service. @throws AwsError NotFound, AuthorizationError */
  publishForService(topicArn: string, notification: Omit<Notification, 'id'>, sender: Sender): string;
}

/** SNS: topics, and subscriptions of queues, functions and mailboxes (which stay pending, as no mailbox is here). */
export function createSns(world: World, { log = () => {} }: { readonly log?: (line: string) => void } = {}): Sns {
  const topics = new Topics(world, log);
  return {
    definition: {
      signingName: 'sns',
      eventSource: 'sns.amazonaws.com',
      protocol: 'aws-query',
      xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
      version: '2010-03-31',
      errors: errorSchemas(sdk),
      operations: [...topicOperations(topics), ...subscriptionOperations(topics, world)],
      resourcePolicy: (arn) => topics.policyOf(arn),
      api: operationSchemas(sdk),
    },
    connect: (targets) => {
      topics.targets = targets;
    },
    publishForService: (...message) => topics.publishForService(...message),
  };
}
