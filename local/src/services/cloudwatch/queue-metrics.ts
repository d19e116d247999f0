import type { Sqs } from '../sqs/sqs.ts';
import type { Metrics } from './metrics.ts';

/**
 * What measures every queue that has something to measure (documented: "Available CloudWatch metrics for Amazon SQS"). A queue
 * that is idle is measured once more, and then no more: so nothing has to run for it. Delayed messages have no age here, as none
 * of them can be received (inferred).
 * @returns whether any of them has messages to receive or in flight, so that its age goes on.
 */
export function queueSampler(sqs: Sqs, metrics: Metrics): () => boolean {
  const busy = new Set<string>();
  return () => {
    for (const { arn, visible, inFlight, delayed, oldestAgeSeconds } of sqs.measure()) {
      const isBusy = visible + inFlight > 0;
      if (!isBusy && !busy.delete(arn)) continue;
      if (isBusy) busy.add(arn);
      const [, , , region = '', account = '', name = ''] = arn.split(':');
      const put = (metric: string, value: number, unit = 'Count') => {
        const dimensions = { QueueName: name };
        metrics.put({ account, region, namespace: 'AWS/SQS', name: metric, dimensions }, [value], unit);
      };
      put('ApproximateNumberOfMessagesVisible', visible);
      put('ApproximateNumberOfMessagesNotVisible', inFlight);
      put('ApproximateNumberOfMessagesDelayed', delayed);
      put('ApproximateAgeOfOldestMessage', oldestAgeSeconds, 'Seconds');
    }
    return busy.size > 0;
  };
}
