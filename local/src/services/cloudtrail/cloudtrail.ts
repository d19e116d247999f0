import * as sdk from '@aws-sdk/client-cloudtrail';
import { errorSchemas, operationSchemas } from '../../wire/sdk-schemas.ts';
import type { CallRecord, ServiceDefinition } from '../../wire/service.ts';
import type { EventSink, World } from '../../world.ts';
import { managementEvents } from './events.ts';
import { type TrailBuckets, trailOperations } from './trail-operations.ts';
import { Trails } from './trails.ts';

export interface CloudTrail {
  readonly definition: ServiceDefinition;
  /** Receives every call of the gateway. */
  observe(call: CallRecord): void;
}

/** CloudTrail: trails, and the events of management calls that EventBridge gets where a trail records them. */
export function createCloudTrail(world: World, events: EventSink, buckets: TrailBuckets): CloudTrail {
  const trails = new Trails();
  const operations = trailOperations(world, trails, buckets);
  return {
    definition: {
      signingName: 'cloudtrail',
      eventSource: 'cloudtrail.amazonaws.com',
      protocol: 'aws-json-1.1',
      targetPrefix: 'CloudTrail_20131101',
      errors: errorSchemas(sdk),
      operations,
      api: operationSchemas(sdk),
    },
    observe: managementEvents(world, events, trails),
  };
}
