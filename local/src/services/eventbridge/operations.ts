import * as sdk from '@aws-sdk/client-eventbridge';
import type { ServiceDefinition } from '../../wire/service.ts';
import { busOperations } from './bus-operations.ts';
import type { EventBridgeParts } from './parts.ts';
import { putEvents } from './put-events.ts';
import { ruleOperations } from './rule-operations.ts';
import { targetOperations } from './target-operations.ts';

export function defineEventBridge(parts: EventBridgeParts): ServiceDefinition {
  const operations = [...ruleOperations(parts), ...targetOperations(parts), ...busOperations(parts), putEvents(parts)];
  const present = new Set(operations.map(({ schema }) => schema[2]));
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
    missing: Object.keys(sdk)
      .filter((name) => name.endsWith('Command') && name !== '$Command')
      .map((name) => name.slice(0, -'Command'.length))
      .filter((name) => !present.has(name)),
  };
}
