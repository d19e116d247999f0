import * as sdk from '@aws-sdk/client-sqs';
import { errorSchemas, operationSchemas } from '../../wire/sdk-schemas.ts';
import type { ServiceDefinition } from '../../wire/service.ts';
import type { World } from '../../world.ts';
import { messageOperations } from './message-operations.ts';
import type { Delivery } from './queue.ts';
import { describeQueue, queueOperations } from './queue-operations.ts';
import { Queues } from './queues.ts';
import { send } from './sending.ts';

export type { Delivery } from './queue.ts';

/**
 * Standard queues. Beside the API, what other services of the embedded cloud use without going over the wire;
 * all of it throws AwsError as the API would, `QueueDoesNotExist` first of all.
 */
export interface Sqs {
  readonly definition: ServiceDefinition;
  /** From now on queue URLs are `<url>/<account>/<name>`. Incoming ones may have any host. */
  setEndpoint(url: string): void;
  urlOf(queueArn: string): string;
  /**
   * Calls back, on the clock, each time messages have become visible that no waiting ReceiveMessage took, and soon after this call
   * if some are visible by then. It calls once per change: a listener without room for them now calls `receive` later.
   * The queue may come into being later. @returns what ends it.
   */
  onVisible(queueArn: string, listener: () => void): () => void;
  /** Up to `most` messages, with all their attributes. @param visibilityTimeout seconds; by default the queue's own. */
  receive(queueArn: string, most: number, visibilityTimeout?: number): readonly Delivery[];
  /** What there is to measure of every queue. */
  measure(): readonly QueueMeasure[];
  /** Calls `listener` when messages of any queue have become visible. */
  onChange(listener: () => void): void;
  delete(queueArn: string, receiptHandle: string): void;
  /** @param seconds 0 makes the message visible at once. */
  changeVisibility(queueArn: string, receiptHandle: string, seconds: number): void;
  /** @param options `attributes` are of type String; `senderId` is the queue's account by default. @returns the message id. */
  send(
    queueArn: string,
    body: string,
    options?: {
      readonly delaySeconds?: number;
      readonly attributes?: Readonly<Record<string, string>>;
      readonly groupId?: string;
      readonly senderId?: string;
    },
  ): string;
  /** All attributes, among them `Policy` and the numbers of messages. */
  attributes(queueArn: string): Readonly<Partial<Record<sdk.QueueAttributeName, string>>>;
}

export interface QueueMeasure {
  readonly arn: string;
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  readonly oldestAgeSeconds: number;
}

export function createSqs(world: World): Sqs {
  const queues = new Queues(world);
  return {
    definition: {
      signingName: 'sqs',
      eventSource: 'sqs.amazonaws.com',
      protocol: 'aws-json-1.0',
      targetPrefix: 'AmazonSQS',
      errors: errorSchemas(sdk),
      operations: [...queueOperations(queues, world.clock), ...messageOperations(queues, world.chance)],
      api: operationSchemas(sdk),
    },
    setEndpoint: (url) => queues.setEndpoint(url),
    urlOf: (queueArn) => queues.urlOf(queues.get(queueArn)),
    onVisible: (queueArn, listener) => queues.onVisible(queueArn, listener),
    receive: (queueArn, most, visibilityTimeout) => queues.get(queueArn).receive(most, visibilityTimeout),
    delete: (queueArn, receiptHandle) => queues.get(queueArn).delete(receiptHandle),
    changeVisibility: (queueArn, receiptHandle, seconds) =>
      queues.get(queueArn).changeVisibility(receiptHandle, seconds),
    send: (queueArn, body, { delaySeconds, attributes = {}, groupId, senderId } = {}) => {
      const message = {
        MessageBody: body,
        DelaySeconds: delaySeconds,
        MessageGroupId: groupId,
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
        ),
      };
      const account = queueArn.split(':')[4] ?? '';
      return send(queues.get(queueArn), message, senderId ?? account, world.chance).MessageId;
    },
    measure: () =>
      queues.all().map((queue) => ({ arn: queue.arn, ...queue.counts(), oldestAgeSeconds: queue.oldestAgeSeconds() })),
    onChange: (listener) => queues.watch(listener),
    attributes: (queueArn) => describeQueue(queues.get(queueArn)),
  };
}
