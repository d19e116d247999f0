import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { SECOND } from '../duration.ts';
import { LONGEST_DELAY } from '../plan/wait.ts';
import type { ReconcileQueue } from './message.ts';

export function sqsQueue(sqs: SQSClient, queueUrl: string): ReconcileQueue {
  return {
    async send(message, delay = 0) {
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: JSON.stringify(message),
          // The account: one with many services keeps no other waiting (docs/facts.md#sqs-fair-queues).
          MessageGroupId: message.serviceArn.split(':')[4],
          // At once is 0; anything else at least 1 s (SQS).
          DelaySeconds: Math.ceil(Math.min(LONGEST_DELAY, delay) / SECOND),
        }),
      );
    },
  };
}
