import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { ReconcileQueue } from './message.ts';

export function sqsQueue(sqs: SQSClient, queueUrl: string): ReconcileQueue {
  return {
    async send(message, delay = 0) {
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: JSON.stringify(message),
          // At once is 0; anything else at least 1 s, at most 15 min (SQS).
          DelaySeconds: Math.min(900, Math.ceil(delay / 1000)),
        }),
      );
    },
  };
}
