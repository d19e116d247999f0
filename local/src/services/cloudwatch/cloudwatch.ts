import * as sdk from '@aws-sdk/client-cloudwatch';
import { errorSchemas, operationSchemas } from '../../wire/sdk-schemas.ts';
import type { ServiceDefinition } from '../../wire/service.ts';
import type { World } from '../../world.ts';
import type { Sns } from '../sns/sns.ts';
import type { Sqs } from '../sqs/sqs.ts';
import { Alarms } from './alarms.ts';
import { Dashboards } from './dashboards.ts';
import { Metrics } from './metrics.ts';
import { alarmOperations, dashboardOperations, metricOperations } from './operations.ts';
import { queueSampler } from './queue-metrics.ts';

export interface CloudWatch {
  readonly definition: ServiceDefinition;
  readonly metrics: Metrics;
  readonly alarms: Alarms;
  readonly dashboards: Dashboards;
}

/** CloudWatch: metrics (of functions, queues, APIs and log lines), alarms that act on topics, dashboards. */
export function createCloudWatch(world: World, { sns, sqs }: { readonly sns: Sns; readonly sqs: Sqs }): CloudWatch {
  const metrics = new Metrics(world);
  const alarms: Alarms = new Alarms(world, metrics, {
    publish: (topicArn, notification, sender) => sns.publishForService(topicArn, notification, sender),
    sample: queueSampler(sqs, metrics),
  });
  sqs.onChange(() => alarms.wake());
  const dashboards = new Dashboards(world.clock);
  return {
    metrics,
    alarms,
    dashboards,
    definition: {
      signingName: 'monitoring',
      eventSource: 'monitoring.amazonaws.com',
      protocol: 'aws-json-1.0',
      // Old clients speak the one, new clients of other languages the other.
      otherProtocols: ['aws-query', 'rpc-v2-cbor'],
      targetPrefix: 'GraniteServiceVersion20100801',
      xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
      version: '2010-08-01',
      errors: errorSchemas(sdk),
      operations: [...alarmOperations(alarms), ...metricOperations(metrics, world), ...dashboardOperations(dashboards)],
      api: operationSchemas(sdk),
    },
  };
}
