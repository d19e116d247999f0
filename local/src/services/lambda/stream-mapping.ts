import { AwsError } from '../../wire/errors.ts';
import type { StreamRecord } from '../dynamodb-stream.ts';
import { matches } from '../eventbridge/pattern.ts';
import type { Sender, Targets } from '../eventbridge/targets.ts';
import {
  type EventSourceMapping,
  failedItems,
  type MappingParts,
  type StreamSettings,
} from './event-source-mapping.ts';
import type { LambdaFunction } from './function.ts';
import type { InvocationOutcome } from './runtime.ts';
import type { Telemetry } from './telemetry.ts';

/** What a mapping needs of the stream of a table. */
export interface SourceStream {
  /** The sequence number of the last record. */
  readonly latest: number;
  read(after: number, most: number): readonly { readonly sequence: number; readonly record: StreamRecord }[];
  onRecord(listener: () => void): () => void;
}

export interface StreamParts extends Omit<MappingParts, 'queues'> {
  readonly stream: SourceStream;
  readonly targets: Targets;
  readonly telemetry?: Telemetry | undefined;
}

/** Documented: retries back off exponentially. The figures are inferred. */
const LONGEST_BACKOFF_SECONDS = 60;

/**
 * Reads the stream of a table for a function: one batch after the other, in order. A batch that fails is tried again before
 * anything behind it (documented: "Using AWS Lambda with Amazon DynamoDB").
 */
export class StreamPoller {
  readonly #parts: StreamParts;
  mapping: EventSourceMapping;
  readonly #settings: StreamSettings;
  readonly #unsubscribe: () => void;
  #after: number;
  #attempts = 0;
  #busy = false;
  #stopped = false;

  constructor(mapping: EventSourceMapping, settings: StreamSettings, parts: StreamParts) {
    this.mapping = mapping;
    this.#settings = settings;
    this.#parts = parts;
    this.#after = settings.startingPosition === 'LATEST' ? parts.stream.latest : 0;
    this.#unsubscribe = parts.stream.onRecord(() => this.#wake());
    this.#wake();
  }

  /** Goes on from the same record with other settings. */
  update(mapping: EventSourceMapping): void {
    this.mapping = mapping;
    this.#wake();
  }

  stop(): void {
    this.#stopped = true;
    this.#unsubscribe();
  }

  #wake(seconds = this.mapping.batchingWindow): void {
    if (this.#busy || this.#stopped || !this.mapping.enabled) return;
    if (this.#parts.stream.read(this.#after, 1).length === 0) return;
    this.#busy = true;
    const { clock, profile } = this.#parts.world;
    clock.schedule(seconds * profile.scheduleSecond, async () => {
      let backoff: number | undefined;
      try {
        backoff = await this.#handleBatch();
      } finally {
        this.#busy = false;
        this.#wake(backoff);
      }
    });
  }

  /** @returns seconds to wait before the next attempt; `undefined`: the batch is done. */
  async #handleBatch(): Promise<number | undefined> {
    if (this.#stopped || !this.mapping.enabled) return undefined;
    const { functionArn, sourceArn, batchSize, filters } = this.mapping;
    const read = this.#parts.stream.read(this.#after, batchSize);
    const last = read.at(-1)?.sequence ?? this.#after;
    const batch = read.filter(
      ({ record }) => filters.length === 0 || filters.some((filter) => matches(filter, record)),
    );
    const fn = this.#parts.function(functionArn);
    if (batch.length === 0 || fn === undefined) {
      this.#proceed(last);
      return undefined;
    }
    const Records = batch.map(({ record }) => ({ ...record, eventSourceARN: sourceArn }));
    const writtenAt = (batch.at(-1)?.record.dynamodb.ApproximateCreationDateTime ?? 0) * 1000;
    this.#parts.telemetry?.iteratorAge(fn, Math.max(0, this.#parts.world.clock.now() - writtenAt));
    let outcome: InvocationOutcome;
    try {
      outcome = await this.#parts.invoke(fn, { Records });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      outcome = { ok: false, errorType: error.code, errorMessage: error.message };
    }
    const first = outcome.ok ? this.#firstFailed(outcome.payload, batch) : batch[0];
    if (first === undefined) {
      this.#proceed(last);
      return undefined;
    }
    const why = outcome.ok ? 'it reports failed records' : `${outcome.errorType}: ${outcome.errorMessage}`;
    this.#parts.log(`Lambda: ${fn.name} failed on a batch of ${sourceArn}: ${why}`);
    // What is before the first failed record is done (documented: "checkpointing").
    if (first !== batch[0]) this.#proceed(first.sequence - 1);
    const { maximumRetryAttempts } = this.#settings;
    if (maximumRetryAttempts >= 0 && this.#attempts >= maximumRetryAttempts) {
      await this.#giveUp(fn, batch);
      this.#proceed(last);
      return undefined;
    }
    return Math.min(2 ** this.#attempts++, LONGEST_BACKOFF_SECONDS);
  }

  #proceed(after: number): void {
    this.#after = after;
    this.#attempts = 0;
  }

  #firstFailed<Item extends { readonly record: StreamRecord }>(
    payload: unknown,
    batch: readonly Item[],
  ): Item | undefined {
    if (!this.mapping.reportsBatchItemFailures) return undefined;
    const numberOf = ({ record }: Item) => record.dynamodb.SequenceNumber;
    const failed = failedItems(payload, batch.map(numberOf));
    return failed === undefined ? batch[0] : batch.find((item) => failed.has(numberOf(item)));
  }

  /** Documented: "Configuring destinations for failed invocations": where the records are, not what they hold. */
  async #giveUp(fn: LambdaFunction, batch: readonly { readonly record: StreamRecord }[]): Promise<void> {
    const { onFailureArn } = this.#settings;
    if (onFailureArn === undefined) return;
    const numbers = batch.map(({ record }) => record.dynamodb.SequenceNumber);
    const body = JSON.stringify({
      requestContext: {
        functionArn: fn.arn,
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: this.#attempts + 1,
      },
      version: '1.0',
      timestamp: new Date(this.#parts.world.clock.now()).toISOString(),
      DDBStreamBatchInfo: {
        startSequenceNumber: numbers[0],
        endSequenceNumber: numbers.at(-1),
        batchSize: batch.length,
        streamArn: this.mapping.sourceArn,
      },
    });
    const { arn: sourceArn, account: sourceAccount, roleArn } = fn;
    const sender: Sender = { service: 'lambda.amazonaws.com', sourceArn, sourceAccount, roleArn };
    await this.#parts.targets.sendMessage(onFailureArn, { body }, sender).catch((error: unknown) => {
      this.#parts.log(`Lambda: ${onFailureArn} does not take the failed batch of ${fn.name}: ${String(error)}`);
    });
  }
}
