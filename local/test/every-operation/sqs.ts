import * as sdk from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { ACCOUNT, given, type OperationSetting, REGION, type Rows } from './setting.ts';

/** A queue there never was, beside the ones there are. */
const noQueue = async (setting: OperationSetting): Promise<string> => (await queue(setting)).replace(/[^/]*$/, 'none');

const createQueue = ({ sqs }: OperationSetting, QueueName = 'jobs', Attributes: Record<string, string> = {}) =>
  sqs.send(new sdk.CreateQueueCommand({ QueueName, Attributes, tags: { team: 'blue' } }));

async function queue(setting: OperationSetting, name?: string, attributes?: Record<string, string>): Promise<string> {
  return given((await createQueue(setting, name, attributes)).QueueUrl);
}

const send = ({ sqs }: OperationSetting, QueueUrl: string, MessageBody = 'job') =>
  sqs.send(new sdk.SendMessageCommand({ QueueUrl, MessageBody }));

/** A message in flight. */
async function received(
  setting: OperationSetting,
): Promise<{ readonly QueueUrl: string; readonly ReceiptHandle: string }> {
  const QueueUrl = await queue(setting);
  await send(setting, QueueUrl);
  const { Messages } = await setting.sqs.send(new sdk.ReceiveMessageCommand({ QueueUrl }));
  return { QueueUrl, ReceiptHandle: given(Messages?.[0]?.ReceiptHandle) };
}

const refusedForNoQueue = (call: (setting: OperationSetting, QueueUrl: string) => Promise<object>) => ({
  call: async (setting: OperationSetting) => call(setting, await noQueue(setting)),
  by: sdk.QueueDoesNotExist,
});

export const sqsRows: Rows = {
  CreateQueue: {
    call: (s) => createQueue(s),
    answer: { QueueUrl: expect.stringMatching(/\/jobs$/) },
    refused: {
      call: async (s) => {
        await createQueue(s, 'jobs', { VisibilityTimeout: '10' });
        return createQueue(s, 'jobs', { VisibilityTimeout: '20' });
      },
      by: sdk.QueueNameExists,
    },
  },
  DeleteQueue: {
    call: async (s) => s.sqs.send(new sdk.DeleteQueueCommand({ QueueUrl: await queue(s) })),
    refused: refusedForNoQueue(({ sqs }, QueueUrl) => sqs.send(new sdk.DeleteQueueCommand({ QueueUrl }))),
  },
  GetQueueUrl: {
    call: async (s) => {
      await queue(s);
      return s.sqs.send(new sdk.GetQueueUrlCommand({ QueueName: 'jobs' }));
    },
    answer: { QueueUrl: expect.stringMatching(/\/jobs$/) },
    refused: {
      call: ({ sqs }) => sqs.send(new sdk.GetQueueUrlCommand({ QueueName: 'none' })),
      by: sdk.QueueDoesNotExist,
    },
  },
  ListQueues: {
    call: async (s) => {
      await queue(s);
      return s.sqs.send(new sdk.ListQueuesCommand({}));
    },
    answer: { QueueUrls: [expect.stringMatching(/\/jobs$/)] },
  },
  ListDeadLetterSourceQueues: {
    call: async (s) => {
      const QueueUrl = await queue(s, 'dead-letters');
      const deadLetterTargetArn = `arn:aws:sqs:${REGION}:${ACCOUNT}:dead-letters`;
      await queue(s, 'jobs', { RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 5 }) });
      return s.sqs.send(new sdk.ListDeadLetterSourceQueuesCommand({ QueueUrl }));
    },
    answer: { queueUrls: [expect.stringMatching(/\/jobs$/)] },
    refused: refusedForNoQueue(({ sqs }, QueueUrl) =>
      sqs.send(new sdk.ListDeadLetterSourceQueuesCommand({ QueueUrl })),
    ),
  },
  GetQueueAttributes: {
    call: async (s) =>
      s.sqs.send(new sdk.GetQueueAttributesCommand({ QueueUrl: await queue(s), AttributeNames: ['All'] })),
    answer: { Attributes: { QueueArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:jobs`, VisibilityTimeout: '30' } },
    refused: refusedForNoQueue(({ sqs }, QueueUrl) => sqs.send(new sdk.GetQueueAttributesCommand({ QueueUrl }))),
  },
  SetQueueAttributes: {
    call: async (s) =>
      s.sqs.send(
        new sdk.SetQueueAttributesCommand({ QueueUrl: await queue(s), Attributes: { VisibilityTimeout: '60' } }),
      ),
    refused: {
      call: async (s) =>
        s.sqs.send(
          new sdk.SetQueueAttributesCommand({
            QueueUrl: await queue(s),
            Attributes: { VisibilityTimeout: 'nonsense' },
          }),
        ),
      by: sdk.InvalidAttributeValue,
    },
  },
  PurgeQueue: {
    call: async (s) => s.sqs.send(new sdk.PurgeQueueCommand({ QueueUrl: await queue(s) })),
    refused: {
      call: async (s) => {
        const QueueUrl = await queue(s);
        await s.sqs.send(new sdk.PurgeQueueCommand({ QueueUrl }));
        return s.sqs.send(new sdk.PurgeQueueCommand({ QueueUrl }));
      },
      by: sdk.PurgeQueueInProgress,
    },
  },
  TagQueue: {
    call: async (s) => s.sqs.send(new sdk.TagQueueCommand({ QueueUrl: await queue(s), Tags: { a: 'b' } })),
    refused: refusedForNoQueue(({ sqs }, QueueUrl) =>
      sqs.send(new sdk.TagQueueCommand({ QueueUrl, Tags: { a: 'b' } })),
    ),
  },
  UntagQueue: {
    call: async (s) => s.sqs.send(new sdk.UntagQueueCommand({ QueueUrl: await queue(s), TagKeys: ['team'] })),
    refused: refusedForNoQueue(({ sqs }, QueueUrl) =>
      sqs.send(new sdk.UntagQueueCommand({ QueueUrl, TagKeys: ['team'] })),
    ),
  },
  ListQueueTags: {
    call: async (s) => s.sqs.send(new sdk.ListQueueTagsCommand({ QueueUrl: await queue(s) })),
    answer: { Tags: { team: 'blue' } },
    refused: refusedForNoQueue(({ sqs }, QueueUrl) => sqs.send(new sdk.ListQueueTagsCommand({ QueueUrl }))),
  },
  SendMessage: {
    call: async (s) => send(s, await queue(s)),
    answer: { MessageId: expect.any(String) },
    refused: { call: async (s) => send(s, await queue(s), '\u0000'), by: sdk.InvalidMessageContents },
  },
  SendMessageBatch: {
    call: async (s) =>
      s.sqs.send(
        new sdk.SendMessageBatchCommand({ QueueUrl: await queue(s), Entries: [{ Id: 'a', MessageBody: 'job' }] }),
      ),
    answer: { Successful: [{ Id: 'a' }] },
    refused: {
      call: async (s) => s.sqs.send(new sdk.SendMessageBatchCommand({ QueueUrl: await queue(s), Entries: [] })),
      by: sdk.EmptyBatchRequest,
    },
  },
  ReceiveMessage: {
    call: async (s) => {
      const QueueUrl = await queue(s);
      await send(s, QueueUrl);
      return s.sqs.send(new sdk.ReceiveMessageCommand({ QueueUrl }));
    },
    answer: { Messages: [{ Body: 'job' }] },
    refused: refusedForNoQueue(({ sqs }, QueueUrl) => sqs.send(new sdk.ReceiveMessageCommand({ QueueUrl }))),
  },
  DeleteMessage: {
    call: async (s) => s.sqs.send(new sdk.DeleteMessageCommand(await received(s))),
    refused: {
      call: async (s) =>
        s.sqs.send(new sdk.DeleteMessageCommand({ QueueUrl: await queue(s), ReceiptHandle: 'nonsense' })),
      by: sdk.ReceiptHandleIsInvalid,
    },
  },
  DeleteMessageBatch: {
    call: async (s) => {
      const { QueueUrl, ReceiptHandle } = await received(s);
      return s.sqs.send(new sdk.DeleteMessageBatchCommand({ QueueUrl, Entries: [{ Id: 'a', ReceiptHandle }] }));
    },
    answer: { Successful: [{ Id: 'a' }] },
    refused: {
      call: async (s) => {
        const { QueueUrl, ReceiptHandle } = await received(s);
        const entry = { Id: 'a', ReceiptHandle };
        return s.sqs.send(new sdk.DeleteMessageBatchCommand({ QueueUrl, Entries: [entry, entry] }));
      },
      by: sdk.BatchEntryIdsNotDistinct,
    },
  },
  ChangeMessageVisibility: {
    call: async (s) =>
      s.sqs.send(new sdk.ChangeMessageVisibilityCommand({ ...(await received(s)), VisibilityTimeout: 5 })),
    refused: {
      call: async (s) =>
        s.sqs.send(
          new sdk.ChangeMessageVisibilityCommand({
            QueueUrl: await queue(s),
            ReceiptHandle: 'nonsense',
            VisibilityTimeout: 5,
          }),
        ),
      by: sdk.ReceiptHandleIsInvalid,
    },
  },
  ChangeMessageVisibilityBatch: {
    call: async (s) => {
      const { QueueUrl, ReceiptHandle } = await received(s);
      const Entries = [{ Id: 'a', ReceiptHandle, VisibilityTimeout: 5 }];
      return s.sqs.send(new sdk.ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
    },
    answer: { Successful: [{ Id: 'a' }] },
    refused: {
      call: async (s) =>
        s.sqs.send(new sdk.ChangeMessageVisibilityBatchCommand({ QueueUrl: await queue(s), Entries: [] })),
      by: sdk.EmptyBatchRequest,
    },
  },
};
