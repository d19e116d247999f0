import {
  CreateQueue$,
  type CreateQueueCommandInput,
  type CreateQueueCommandOutput,
  DeleteQueue$,
  type DeleteQueueCommandInput,
  type DeleteQueueCommandOutput,
  GetQueueAttributes$,
  type GetQueueAttributesCommandInput,
  type GetQueueAttributesCommandOutput,
  GetQueueUrl$,
  type GetQueueUrlCommandInput,
  type GetQueueUrlCommandOutput,
  ListDeadLetterSourceQueues$,
  type ListDeadLetterSourceQueuesCommandInput,
  type ListDeadLetterSourceQueuesCommandOutput,
  ListQueues$,
  type ListQueuesCommandInput,
  type ListQueuesCommandOutput,
  ListQueueTags$,
  type ListQueueTagsCommandInput,
  type ListQueueTagsCommandOutput,
  PurgeQueue$,
  type PurgeQueueCommandInput,
  type PurgeQueueCommandOutput,
  type QueueAttributeName,
  SetQueueAttributes$,
  type SetQueueAttributesCommandInput,
  type SetQueueAttributesCommandOutput,
  TagQueue$,
  type TagQueueCommandInput,
  type TagQueueCommandOutput,
  UntagQueue$,
  type UntagQueueCommandInput,
  type UntagQueueCommandOutput,
} from '@aws-sdk/client-sqs';
import type { Clock } from '../../clock.ts';
import { AwsError } from '../../wire/errors.ts';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import { onQueue, tagConditions } from './permissions.ts';
import type { Queue } from './queue.ts';
import { Queues } from './queues.ts';
import { fifoUnsupported, invalidValue, noSuchQueue, unknownAttribute, withinBounds } from './refusals.ts';

/** All attributes of a queue, those that people set and those that it has. */
export function describeQueue(queue: Queue): Partial<Record<QueueAttributeName, string>> {
  const { visible, inFlight, delayed } = queue.counts();
  const seconds = (time: number) => String(Math.floor(time / 1000));
  return {
    ...queue.attributes.values,
    QueueArn: queue.arn,
    CreatedTimestamp: seconds(queue.createdAt),
    LastModifiedTimestamp: seconds(queue.modifiedAt),
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
  };
}

/** Attributes that a queue may lack: asking for one is no error. */
const optional = ['Policy', 'RedrivePolicy', 'RedriveAllowPolicy', 'KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds'];

function selected(queue: Queue, names: readonly string[] = []) {
  const all = Object.entries(describeQueue(queue));
  const known = (name: string) => all.some(([other]) => other === name) || optional.includes(name);
  const unknown = names.find((name) => name !== 'All' && !known(name));
  if (unknown !== undefined) throw unknownAttribute(unknown);
  const wanted = names.includes('All') ? all : all.filter(([name]) => names.includes(name));
  return wanted.length === 0 ? undefined : Object.fromEntries(wanted);
}

function checkName(name: string): void {
  if (name.endsWith('.fifo')) throw fifoUnsupported();
  if (!/^[\w-]{1,80}$/.test(name)) {
    throw invalidValue('Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length');
  }
}

/** Documented: 50 tags, keys of 1 to 128 characters, values up to 256. */
function setTags(queue: Queue, tags: Readonly<Record<string, string>>): void {
  const merged = new Map([...queue.tags, ...Object.entries(tags)]);
  if (merged.size > 50) throw invalidValue('Too many tags added for queue. Maximum number of tags allowed is 50.');
  for (const [key, value] of Object.entries(tags)) {
    if (key === '' || key.length > 128 || value.length > 256 || /^aws:/i.test(key)) {
      throw invalidValue(
        `Tag ${key} is invalid: keys have 1 to 128 characters and do not begin with aws:, values up to 256.`,
      );
    }
  }
  for (const [key, value] of merged) queue.tags.set(key, value);
}

/** A page of queue URLs. Documented: up to 1,000; only a request for pages gets a token. */
function pageOf(urls: readonly string[], input: { NextToken?: string | undefined; MaxResults?: number | undefined }) {
  const size = withinBounds('MaxResults', input.MaxResults ?? 1000, 1, 1000, 'Must be between 1 and 1000.');
  const start = input.NextToken === undefined ? 0 : Number(Buffer.from(input.NextToken, 'base64').toString());
  if (!Number.isInteger(start) || start < 0) throw invalidValue('Invalid or expired next token.');
  const more = input.MaxResults !== undefined && start + size < urls.length;
  return {
    urls: urls.slice(start, start + size),
    NextToken: more ? Buffer.from(String(start + size)).toString('base64') : undefined,
  };
}

export function queueOperations(queues: Queues, clock: Clock): readonly OperationDefinition[] {
  return [
    operation<CreateQueueCommandInput, CreateQueueCommandOutput>(CreateQueue$, {
      writes: true,
      permissions: (input, context) => {
        const resources = [Queues.arn(context, input.QueueName ?? '')];
        const conditions = tagConditions(input.tags ?? {});
        const create = { action: 'sqs:CreateQueue', resources, conditions };
        return input.tags === undefined ? create : [create, { action: 'sqs:TagQueue', resources, conditions }];
      },
      run: (input, context) => {
        const name = input.QueueName ?? '';
        checkName(name);
        const arn = Queues.arn(context, name);
        const existing = queues.find(arn);
        if (existing !== undefined) {
          // The same attributes mean the same queue; those not given are not compared (documented).
          for (const [key, value] of Object.entries(input.Attributes ?? {})) {
            if ((existing.attributes.values[key] ?? '') === value) continue;
            throw new AwsError(
              'QueueNameExists',
              `A queue already exists with the same name and a different value for attribute ${key}`,
            );
          }
          return { QueueUrl: queues.urlOf(existing) };
        }
        const queue = queues.create(arn, input.Attributes ?? {});
        setTags(queue, input.tags ?? {});
        return { QueueUrl: queues.urlOf(queue) };
      },
    }),
    operation<DeleteQueueCommandInput, DeleteQueueCommandOutput>(DeleteQueue$, {
      writes: true,
      permissions: onQueue('DeleteQueue'),
      run: (input, context) => {
        queues.delete(queues.at(input.QueueUrl, context));
        return {};
      },
    }),
    operation<GetQueueUrlCommandInput, GetQueueUrlCommandOutput>(GetQueueUrl$, {
      dataPlane: true,
      permissions: (input, { account, region }) => ({
        action: 'sqs:GetQueueUrl',
        resources: [Queues.arn({ account: input.QueueOwnerAWSAccountId ?? account, region }, input.QueueName ?? '')],
      }),
      run: (input, context) => {
        if ((input.QueueOwnerAWSAccountId ?? context.account) !== context.account) throw noSuchQueue();
        return { QueueUrl: queues.urlOf(queues.get(Queues.arn(context, input.QueueName ?? ''))) };
      },
    }),
    operation<ListQueuesCommandInput, ListQueuesCommandOutput>(ListQueues$, {
      dataPlane: true,
      permissions: () => ({ action: 'sqs:ListQueues', resources: ['*'] }),
      run: (input, context) => {
        const found = queues.of(context).filter((queue) => queue.name.startsWith(input.QueueNamePrefix ?? ''));
        const { urls, NextToken } = pageOf(
          found.map((queue) => queues.urlOf(queue)),
          input,
        );
        return { QueueUrls: urls.length === 0 ? undefined : urls, NextToken };
      },
    }),
    operation<ListDeadLetterSourceQueuesCommandInput, ListDeadLetterSourceQueuesCommandOutput>(
      ListDeadLetterSourceQueues$,
      {
        dataPlane: true,
        permissions: onQueue('ListDeadLetterSourceQueues'),
        run: (input, context) => {
          const sources = queues.sourcesOf(queues.at(input.QueueUrl, context).arn);
          const { urls, NextToken } = pageOf(
            sources.map((queue) => queues.urlOf(queue)),
            input,
          );
          return { queueUrls: urls, NextToken };
        },
      },
    ),
    operation<GetQueueAttributesCommandInput, GetQueueAttributesCommandOutput>(GetQueueAttributes$, {
      dataPlane: true,
      permissions: onQueue('GetQueueAttributes'),
      run: (input, context) => ({ Attributes: selected(queues.at(input.QueueUrl, context), input.AttributeNames) }),
    }),
    operation<SetQueueAttributesCommandInput, SetQueueAttributesCommandOutput>(SetQueueAttributes$, {
      writes: true,
      permissions: onQueue('SetQueueAttributes'),
      run: (input, context) => {
        const queue = queues.at(input.QueueUrl, context);
        queue.attributes.set(input.Attributes ?? {});
        queue.modifiedAt = clock.now();
        return {};
      },
    }),
    operation<PurgeQueueCommandInput, PurgeQueueCommandOutput>(PurgeQueue$, {
      writes: true,
      permissions: onQueue('PurgeQueue'),
      run: (input, context) => {
        const queue = queues.at(input.QueueUrl, context);
        if (clock.now() - queue.purgedAt < 60_000) {
          throw new AwsError(
            'PurgeQueueInProgress',
            `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`,
            { status: 403 },
          );
        }
        queue.purge();
        return {};
      },
    }),
    operation<TagQueueCommandInput, TagQueueCommandOutput>(TagQueue$, {
      writes: true,
      permissions: (input, context) => ({
        ...onQueue('TagQueue')(input, context),
        conditions: tagConditions(input.Tags ?? {}),
      }),
      run: (input, context) => {
        setTags(queues.at(input.QueueUrl, context), input.Tags ?? {});
        return {};
      },
    }),
    operation<UntagQueueCommandInput, UntagQueueCommandOutput>(UntagQueue$, {
      writes: true,
      permissions: (input, context) => ({
        ...onQueue('UntagQueue')(input, context),
        conditions: { 'aws:TagKeys': input.TagKeys ?? [] },
      }),
      run: (input, context) => {
        const queue = queues.at(input.QueueUrl, context);
        for (const key of input.TagKeys ?? []) queue.tags.delete(key);
        return {};
      },
    }),
    operation<ListQueueTagsCommandInput, ListQueueTagsCommandOutput>(ListQueueTags$, {
      dataPlane: true,
      permissions: onQueue('ListQueueTags'),
      run: (input, context) => {
        const { tags } = queues.at(input.QueueUrl, context);
        return tags.size === 0 ? {} : { Tags: Object.fromEntries(tags) };
      },
    }),
  ];
}
