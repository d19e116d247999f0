import {
  ChangeMessageVisibility$,
  ChangeMessageVisibilityBatch$,
  type ChangeMessageVisibilityBatchCommandInput,
  type ChangeMessageVisibilityBatchCommandOutput,
  type ChangeMessageVisibilityCommandInput,
  type ChangeMessageVisibilityCommandOutput,
  DeleteMessage$,
  DeleteMessageBatch$,
  type DeleteMessageBatchCommandInput,
  type DeleteMessageBatchCommandOutput,
  type DeleteMessageCommandInput,
  type DeleteMessageCommandOutput,
  type Message,
  ReceiveMessage$,
  type ReceiveMessageCommandInput,
  type ReceiveMessageCommandOutput,
  SendMessage$,
  SendMessageBatch$,
  type SendMessageBatchCommandInput,
  type SendMessageBatchCommandOutput,
  type SendMessageCommandInput,
  type SendMessageCommandOutput,
} from '@aws-sdk/client-sqs';
import type { Chance } from '../../chance.ts';
import { AwsError } from '../../wire/errors.ts';
import { type OperationDefinition, operation, type Principal } from '../../wire/service.ts';
import { eachEntry } from './batches.ts';
import { md5OfAttributes, selectAttributes } from './message-attributes.ts';
import { onQueue } from './permissions.ts';
import type { Delivery, Queue } from './queue.ts';
import type { Queues } from './queues.ts';
import { unknownAttribute, withinBounds } from './refusals.ts';
import { send, sizeOf } from './sending.ts';

/** Documented: a batch, like a message, has at most 1 MiB. */
const LARGEST_BATCH = 1_048_576;

const systemAttributes = [
  'All',
  'AWSTraceHeader',
  'ApproximateFirstReceiveTimestamp',
  'ApproximateReceiveCount',
  'DeadLetterQueueSourceArn',
  'MessageDeduplicationId',
  'MessageGroupId',
  'SenderId',
  'SentTimestamp',
  'SequenceNumber',
];

/** The account of root; the name and session of a role (on AWS its id and session). */
const senderOf = (principal: Principal): string =>
  principal.kind === 'root' ? principal.account : `${principal.roleName}:${principal.arn.split('/').at(-1)}`;

/** A delivery as the caller asked to see it. */
function shown(delivery: Delivery, input: ReceiveMessageCommandInput): Message {
  const names = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])].map(String);
  const system = Object.entries(delivery.Attributes).filter(([name]) => names.includes('All') || names.includes(name));
  const attributes = selectAttributes(delivery.MessageAttributes, input.MessageAttributeNames);
  const digest = md5OfAttributes(attributes);
  const { MessageId, ReceiptHandle, MD5OfBody, Body } = delivery;
  return {
    MessageId,
    ReceiptHandle,
    MD5OfBody,
    Body,
    ...(system.length === 0 ? {} : { Attributes: Object.fromEntries(system) }),
    ...(digest === undefined ? {} : { MD5OfMessageAttributes: digest, MessageAttributes: { ...attributes } }),
  };
}

async function receive(queue: Queue, input: ReceiveMessageCommandInput): Promise<Message[] | undefined> {
  const { MaxNumberOfMessages: most = 1, VisibilityTimeout: timeout, WaitTimeSeconds: wait } = input;
  withinBounds('MaxNumberOfMessages', most, 1, 10, 'Must be between 1 and 10, if provided.');
  if (wait !== undefined) withinBounds('WaitTimeSeconds', wait, 0, 20, 'Must be >= 0 and <= 20, if provided.');
  if (timeout !== undefined) {
    withinBounds('VisibilityTimeout', timeout, 0, 43_200, 'Must be >= 0 and <= 43200, if provided.');
  }
  const names = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])];
  const unknown = names.find((name) => !systemAttributes.includes(name));
  if (unknown !== undefined) throw unknownAttribute(unknown);
  const deliveries = await queue.receiveWithin(wait ?? queue.attributes.settings.receiveWait, most, timeout);
  return deliveries.length === 0 ? undefined : deliveries.map((delivery) => shown(delivery, input));
}

function changeVisibility(
  queue: Queue,
  entry: { ReceiptHandle: string | undefined; VisibilityTimeout?: number | undefined },
) {
  const seconds = withinBounds(
    'VisibilityTimeout',
    entry.VisibilityTimeout ?? 0,
    0,
    43_200,
    'VisibilityTimeout must be an integer between 0 and 43200',
  );
  queue.changeVisibility(entry.ReceiptHandle ?? '', seconds);
}

export function messageOperations(queues: Queues, chance: Chance): readonly OperationDefinition[] {
  return [
    operation<SendMessageCommandInput, SendMessageCommandOutput>(SendMessage$, {
      writes: true,
      dataPlane: true,
      permissions: onQueue('SendMessage'),
      run: (input, context) => send(queues.at(input.QueueUrl, context), input, senderOf(context.principal), chance),
    }),
    operation<SendMessageBatchCommandInput, SendMessageBatchCommandOutput>(SendMessageBatch$, {
      writes: true,
      dataPlane: true,
      permissions: onQueue('SendMessage'),
      run: (input, context) => {
        const queue = queues.at(input.QueueUrl, context);
        const size = (input.Entries ?? []).reduce((sum, entry) => sum + sizeOf(entry), 0);
        if (size > LARGEST_BATCH) {
          throw new AwsError(
            'BatchRequestTooLong',
            `Batch requests cannot be longer than ${LARGEST_BATCH} bytes. You have sent ${size} bytes.`,
          );
        }
        return eachEntry('SendMessageBatchRequestEntry', input.Entries, (entry) =>
          send(queue, entry, senderOf(context.principal), chance),
        );
      },
    }),
    operation<ReceiveMessageCommandInput, ReceiveMessageCommandOutput>(ReceiveMessage$, {
      dataPlane: true,
      permissions: onQueue('ReceiveMessage'),
      run: async (input, context) => ({ Messages: await receive(queues.at(input.QueueUrl, context), input) }),
    }),
    operation<DeleteMessageCommandInput, DeleteMessageCommandOutput>(DeleteMessage$, {
      writes: true,
      dataPlane: true,
      permissions: onQueue('DeleteMessage'),
      run: (input, context) => {
        queues.at(input.QueueUrl, context).delete(input.ReceiptHandle ?? '');
        return {};
      },
    }),
    operation<DeleteMessageBatchCommandInput, DeleteMessageBatchCommandOutput>(DeleteMessageBatch$, {
      writes: true,
      dataPlane: true,
      permissions: onQueue('DeleteMessage'),
      run: (input, context) => {
        const queue = queues.at(input.QueueUrl, context);
        return eachEntry('DeleteMessageBatchRequestEntry', input.Entries, (entry) => {
          queue.delete(entry.ReceiptHandle ?? '');
          return {};
        });
      },
    }),
    operation<ChangeMessageVisibilityCommandInput, ChangeMessageVisibilityCommandOutput>(ChangeMessageVisibility$, {
      writes: true,
      dataPlane: true,
      permissions: onQueue('ChangeMessageVisibility'),
      run: (input, context) => {
        changeVisibility(queues.at(input.QueueUrl, context), input);
        return {};
      },
    }),
    operation<ChangeMessageVisibilityBatchCommandInput, ChangeMessageVisibilityBatchCommandOutput>(
      ChangeMessageVisibilityBatch$,
      {
        writes: true,
        dataPlane: true,
        permissions: onQueue('ChangeMessageVisibility'),
        run: (input, context) => {
          const queue = queues.at(input.QueueUrl, context);
          return eachEntry('ChangeMessageVisibilityBatchRequestEntry', input.Entries, (entry) => {
            changeVisibility(queue, entry);
            return {};
          });
        },
      },
    ),
  ];
}
