import type { EventSourceMappingConfiguration } from '@aws-sdk/client-lambda';
import type { Message } from '@aws-sdk/client-sqs';
import { AwsError } from '../../wire/errors.ts';
import type { World } from '../../world.ts';
import { matches } from '../eventbridge/pattern.ts';
import { parseArn } from '../eventbridge/targets.ts';
import type { LambdaFunction } from './function.ts';
import type { InvocationOutcome } from './runtime.ts';

/** What a mapping needs of SQS. */
export interface SourceQueues {
  /** Calls `listener` whenever a message of the queue has become visible. @returns what ends the calls. */
  onVisible(queueArn: string, listener: () => void): () => void;
  /** Up to `maximum` visible messages, all attributes included; they are in flight from now on. */
  receive(queueArn: string, maximum: number): readonly Message[] | Promise<readonly Message[]>;
  delete(queueArn: string, receiptHandle: string): void | Promise<void>;
}

/** Of a mapping of a stream. */
export interface StreamSettings {
  readonly startingPosition: 'LATEST' | 'TRIM_HORIZON';
  /** -1: until the records are older than the stream keeps them. */
  readonly maximumRetryAttempts: number;
  /** A queue that receives the numbers of the records that were given up, not their content. */
  readonly onFailureArn?: string | undefined;
}

export interface EventSourceMapping {
  readonly uuid: string;
  /** Of a queue, or of the stream of a table. */
  readonly sourceArn: string;
  readonly functionArn: string;
  readonly enabled: boolean;
  /** 1 to 10, without a batching window. */
  readonly batchSize: number;
  /** Seconds to wait for more messages. */
  readonly batchingWindow: number;
  /** Batches at the same time; `undefined`: as many as the function takes. */
  readonly maximumConcurrency?: number | undefined;
  readonly reportsBatchItemFailures: boolean;
  /** Event patterns; a message that fits none is deleted unseen. None at all: every message fits. */
  readonly filters: readonly unknown[];
  /** Of a stream. */
  readonly stream?: StreamSettings | undefined;
  readonly lastModified: number;
}

export interface MappingParts {
  readonly world: World;
  readonly queues: SourceQueues;
  function(arn: string): LambdaFunction | undefined;
  /** @throws AwsError TooManyRequestsException */
  invoke(fn: LambdaFunction, payload: unknown): Promise<InvocationOutcome>;
  log(line: string): void;
}

/**
 * Polls a queue for a function. It deletes what the function has processed; the rest becomes visible again once its
 * visibility timeout is over, and ends in the queue's dead-letter queue (documented: "Using Lambda with Amazon SQS").
 */
export class MappingPoller {
  readonly #parts: MappingParts;
  mapping: EventSourceMapping;
  readonly #unsubscribe: () => void;
  #running = 0;
  #polling = false;
  #again = false;
  #stopped = false;

  constructor(mapping: EventSourceMapping, parts: MappingParts) {
    this.mapping = mapping;
    this.#parts = parts;
    this.#unsubscribe = parts.queues.onVisible(mapping.sourceArn, () => this.#wake());
    this.#wake();
  }

  /** Goes on with other settings. */
  update(mapping: EventSourceMapping): void {
    this.mapping = mapping;
    this.#wake();
  }

  stop(): void {
    this.#stopped = true;
    this.#unsubscribe();
  }

  #wake(): void {
    const { clock, profile } = this.#parts.world;
    clock.schedule(this.mapping.batchingWindow * profile.scheduleSecond, () => this.#poll());
  }

  /** One at a time; who wakes it meanwhile makes it look once more. */
  async #poll(): Promise<void> {
    this.#again = true;
    if (this.#polling) return;
    this.#polling = true;
    try {
      while (this.#again) {
        this.#again = false;
        await this.#takeAll();
      }
    } finally {
      this.#polling = false;
    }
  }

  async #takeAll(): Promise<void> {
    const { sourceArn: queueArn, batchSize, maximumConcurrency = Number.POSITIVE_INFINITY, enabled } = this.mapping;
    while (enabled && !this.#stopped && this.#running < maximumConcurrency) {
      const messages = await this.#parts.queues.receive(queueArn, batchSize);
      if (messages.length === 0) return;
      const batch = await this.#filtered(messages);
      if (batch.length === 0) continue;
      this.#running++;
      this.#parts.world.clock.schedule(0, async () => {
        try {
          await this.#handle(batch);
        } finally {
          this.#running--;
          this.#wake();
        }
      });
    }
  }

  async #filtered(messages: readonly Message[]): Promise<readonly Message[]> {
    const { filters } = this.mapping;
    if (filters.length === 0) return messages;
    const fitting: Message[] = [];
    for (const message of messages) {
      const seen = { ...eventRecord(message, this.mapping.sourceArn), body: parsed(message.Body) };
      if (filters.some((filter) => matches(filter, seen))) fitting.push(message);
      else await this.#parts.queues.delete(this.mapping.sourceArn, message.ReceiptHandle ?? '');
    }
    return fitting;
  }

  async #handle(batch: readonly Message[]): Promise<void> {
    const { functionArn, sourceArn: queueArn } = this.mapping;
    const fn = this.#parts.function(functionArn);
    if (fn === undefined)
      return this.#parts.log(`Lambda: ${functionArn}, the function of a mapping of ${queueArn}, is gone`);
    let outcome: InvocationOutcome;
    try {
      outcome = await this.#parts.invoke(fn, { Records: batch.map((message) => eventRecord(message, queueArn)) });
    } catch (error) {
      // Throttled: the messages come back after their visibility timeout.
      if (!(error instanceof AwsError)) throw error;
      return this.#parts.log(`Lambda: a batch of ${queueArn} waits, ${fn.name} is throttled: ${error.message}`);
    }
    if (!outcome.ok) {
      return this.#parts.log(
        `Lambda: ${fn.name} failed on a batch of ${queueArn}: ${outcome.errorType}: ${outcome.errorMessage}`,
      );
    }
    const failed = this.mapping.reportsBatchItemFailures
      ? failedItems(
          outcome.payload,
          batch.map(({ MessageId }) => MessageId),
        )
      : new Set();
    if (failed === undefined)
      return this.#parts.log(`Lambda: ${fn.name} answered a malformed batch response, the whole batch has failed`);
    for (const message of batch) {
      if (!failed.has(message.MessageId)) await this.#parts.queues.delete(queueArn, message.ReceiptHandle ?? '');
    }
  }
}

/**
 * The items that a partial batch response reports as failed; `undefined` when it is malformed, which fails all (documented).
 * Nothing, null and an empty list are complete success; an empty, null or unknown `itemIdentifier` is malformed.
 */
export function failedItems(
  response: unknown,
  identifiers: readonly (string | undefined)[],
): ReadonlySet<unknown> | undefined {
  const failures: unknown = Object(response ?? {}).batchItemFailures ?? [];
  if (typeof response === 'string' || !Array.isArray(failures)) return undefined;
  const known = new Set(identifiers);
  const failed = failures.map((failure: unknown): unknown => Object(failure).itemIdentifier);
  return failed.every((identifier) => typeof identifier === 'string' && known.has(identifier))
    ? new Set(failed)
    : undefined;
}

/** Documented: "Example Amazon SQS message event". */
function eventRecord(message: Message, queueArn: string): object {
  const attributes = Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [
    name,
    {
      ...(value.StringValue === undefined ? {} : { stringValue: value.StringValue }),
      ...(value.BinaryValue === undefined ? {} : { binaryValue: Buffer.from(value.BinaryValue).toString('base64') }),
      stringListValues: [],
      binaryListValues: [],
      dataType: value.DataType,
    },
  ]);
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(attributes),
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: parseArn(queueArn).region,
  };
}

function parsed(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    return body;
  }
}

export function describedMapping(mapping: EventSourceMapping): EventSourceMappingConfiguration {
  return {
    UUID: mapping.uuid,
    EventSourceArn: mapping.sourceArn,
    FunctionArn: mapping.functionArn,
    BatchSize: mapping.batchSize,
    MaximumBatchingWindowInSeconds: mapping.batchingWindow,
    State: mapping.enabled ? 'Enabled' : 'Disabled',
    StateTransitionReason: 'USER_INITIATED',
    LastModified: new Date(mapping.lastModified),
    FunctionResponseTypes: mapping.reportsBatchItemFailures ? ['ReportBatchItemFailures'] : [],
    ...(mapping.stream === undefined
      ? {}
      : {
          StartingPosition: mapping.stream.startingPosition,
          MaximumRetryAttempts: mapping.stream.maximumRetryAttempts,
          ParallelizationFactor: 1,
          BisectBatchOnFunctionError: false,
          ...(mapping.stream.onFailureArn === undefined
            ? {}
            : { DestinationConfig: { OnFailure: { Destination: mapping.stream.onFailureArn } } }),
        }),
    ...(mapping.maximumConcurrency === undefined
      ? {}
      : { ScalingConfig: { MaximumConcurrency: mapping.maximumConcurrency } }),
    ...(mapping.filters.length === 0
      ? {}
      : { FilterCriteria: { Filters: mapping.filters.map((filter) => ({ Pattern: JSON.stringify(filter) })) } }),
  };
}
