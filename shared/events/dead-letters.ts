import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

export interface DeadLetter {
  readonly messageId: string;
  readonly body: string;
  /** By which this delivery is taken away or given back. */
  readonly receipt: string;
}

/** The queue of what could not be worked on. Throws what AWS throws. */
export interface DeadLetters {
  /** Some of them, none when there are none; nobody else sees these for a minute. @param limit at most ten. */
  receive(limit: number): Promise<readonly DeadLetter[]>;
  remove(letter: DeadLetter): Promise<void>;
  /** To be seen again at once. */
  giveBack(letter: DeadLetter): Promise<void>;
  /** How many there are, as SQS counts them: approximately. */
  count(): Promise<number>;
}

/** Seconds; longer than a call of the API may take. */
const VISIBILITY = 60;

export function sqsDeadLetters(sqs: SQSClient, queueUrl: string): DeadLetters {
  const at = ({ receipt }: DeadLetter) => ({ QueueUrl: queueUrl, ReceiptHandle: receipt });
  return {
    async receive(limit) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: Math.min(10, limit),
          VisibilityTimeout: VISIBILITY,
          // Long enough that every server of SQS is asked, and not only some (D: short polling).
          WaitTimeSeconds: 1,
        }),
      );
      return Messages.map(({ MessageId: messageId = '', Body: body = '', ReceiptHandle: receipt = '' }) => ({
        messageId,
        body,
        receipt,
      }));
    },
    async remove(letter) {
      await sqs.send(new DeleteMessageCommand(at(letter)));
    },
    async giveBack(letter) {
      await sqs.send(new ChangeMessageVisibilityCommand({ ...at(letter), VisibilityTimeout: 0 }));
    },
    async count() {
      const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...names] }),
      );
      return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
    },
  };
}

/** Keeps an event that cannot be read in the queue, with the reason: `redrive` reads it again. */
export function keepUnreadable(sqs: SQSClient, queueUrl: string) {
  return async (event: unknown, reason: string): Promise<void> => {
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify({ reason, event }) }));
  };
}
