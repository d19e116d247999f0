import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SweepMessage, SweepQueue } from './sweep.ts';

/** SQS takes ten messages a call, and tells of each that it did not take. */
const BATCH = 10;

export function sqsTargets(sqs: SQSClient, QueueUrl: string): SweepQueue {
  return {
    async send(messages) {
      for (let at = 0; at < messages.length; at += BATCH) {
        const Entries = messages
          .slice(at, at + BATCH)
          .map((message: SweepMessage, index) => ({ Id: String(index), MessageBody: JSON.stringify(message) }));
        const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
        const [first] = Failed;
        if (first !== undefined)
          throw new Error(
            `${Failed.length} of ${Entries.length} messages of a sweep were not taken: ${first.Code} ${first.Message ?? ''}`,
          );
      }
    },
  };
}
