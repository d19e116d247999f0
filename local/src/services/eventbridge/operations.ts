import * as sdk from '@aws-sdk/client-eventbridge';
import { operationSchemas } from '../../wire/sdk-schemas.ts';
import type { ServiceDefinition } from '../../wire/service.ts';
import { busOperations } from './bus-operations.ts';
import type { EventBridgeParts } from './parts.ts';
import { putEvents } from './put-events.ts';
import { ruleOperations } from './rule-operations.ts';
import { targetOperations } from './target-operations.ts';

export function defineEventBridge(parts: EventBridgeParts): ServiceDefinition {
  const operations = [...ruleOperations(parts), ...targetOperations(parts), ...busOperations(parts), putEvents(parts)];
  return {
    signingName: 'events',
    eventSource: 'events.amazonaws.com',
    protocol: 'aws-json-1.1',
    targetPrefix: 'AWSEvents',
    errors: [
      sdk.AccessDeniedException$,
      sdk.InternalException$,
      sdk.InvalidEventPatternException$,
      sdk.LimitExceededException$,
      sdk.ResourceAlreadyExistsException$,
      sdk.ResourceNotFoundException$,
    ],
    operations,
    resourcePolicy: (arn) => parts.buses.policyOf(arn),
    api: operationSchemas(sdk),
  };
}
