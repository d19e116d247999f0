import { parsePolicy } from '../../iam/policy.ts';
import { AwsError } from '../../wire/errors.ts';
import { fifoUnsupported, invalidParameter, unknownAttribute } from './refusals.ts';

/** `RedrivePolicy`, read. */
interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** What a queue is set to; times in seconds, sizes in bytes. */
export interface QueueSettings {
  readonly delay: number;
  readonly maximumMessageSize: number;
  readonly retention: number;
  readonly receiveWait: number;
  readonly visibilityTimeout: number;
  readonly redrive: RedrivePolicy | undefined;
}

/** Bounds and defaults of the numeric attributes (API model). */
const numbers: Readonly<Record<string, { readonly low: number; readonly high: number; readonly byDefault: number }>> = {
  DelaySeconds: { low: 0, high: 900, byDefault: 0 },
  MaximumMessageSize: { low: 1024, high: 1_048_576, byDefault: 1_048_576 },
  MessageRetentionPeriod: { low: 60, high: 1_209_600, byDefault: 345_600 },
  ReceiveMessageWaitTimeSeconds: { low: 0, high: 20, byDefault: 0 },
  VisibilityTimeout: { low: 0, high: 43_200, byDefault: 30 },
  KmsDataKeyReusePeriodSeconds: { low: 60, high: 86_400, byDefault: 300 },
};

const texts = ['Policy', 'RedrivePolicy', 'RedriveAllowPolicy', 'KmsMasterKeyId', 'SqsManagedSseEnabled'];
const fifo = ['FifoQueue', 'ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit'];

const defaults: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(numbers)
      .filter(([name]) => name !== 'KmsDataKeyReusePeriodSeconds')
      .map(([name, { byDefault }]) => [name, String(byDefault)]),
  ),
  SqsManagedSseEnabled: 'true',
};

/** What can be asked of one queue by another that wants it as its dead-letter queue. */
export interface DeadLetterTargets {
  /** The RedriveAllowPolicy of the queue ('' when it has none), or `undefined` when there is no such queue. */
  redriveAllowPolicy(arn: string): string | undefined;
}

function json(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidParameter(name, text, 'Policy is not valid JSON.');
  }
}

const objectOf = (name: string, text: string): Readonly<Record<string, unknown>> => {
  const value = json(name, text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw invalidParameter(name, text, 'Policy is not a JSON object.');
};

/** Whether a dead-letter queue with this RedriveAllowPolicy takes messages of `sourceArn`; it does without one (documented). */
function allowsRedrive(policy: string, sourceArn: string): boolean {
  if (policy === '') return true;
  const { redrivePermission = 'allowAll', sourceQueueArns } = objectOf('RedriveAllowPolicy', policy);
  if (redrivePermission === 'byQueue') return Array.isArray(sourceQueueArns) && sourceQueueArns.includes(sourceArn);
  return redrivePermission === 'allowAll';
}

function redriveOf(text: string, queueArn: string, targets: DeadLetterTargets): RedrivePolicy {
  const refuse = (reason: string) => invalidParameter('RedrivePolicy', text, reason);
  const { deadLetterTargetArn, maxReceiveCount } = objectOf('RedrivePolicy', text);
  if (typeof deadLetterTargetArn !== 'string' || maxReceiveCount === undefined) {
    throw refuse('Redrive policy must contain both deadLetterTargetArn and maxReceiveCount.');
  }
  const count = Number(maxReceiveCount);
  if (!Number.isInteger(count) || count < 1 || count > 1000) {
    throw refuse(
      `Invalid value for maxReceiveCount: ${maxReceiveCount}, valid values are from 1 to 1000 both inclusive.`,
    );
  }
  const allow = deadLetterTargetArn === queueArn ? undefined : targets.redriveAllowPolicy(deadLetterTargetArn);
  const place = (arn: string) => arn.split(':').slice(0, 5).join(':');
  if (allow === undefined || place(deadLetterTargetArn) !== place(queueArn)) {
    throw refuse('Dead letter target does not exist.');
  }
  if (!allowsRedrive(allow, queueArn))
    throw refuse('Dead letter target does not allow this queue in its redrive allow policy.');
  return { deadLetterTargetArn, maxReceiveCount: count };
}

/** The attributes of a queue that people set. An empty text takes a policy away. */
export class QueueAttributes {
  readonly #queueArn: string;
  readonly #targets: DeadLetterTargets;
  #values: Readonly<Record<string, string>> = defaults;

  constructor(queueArn: string, targets: DeadLetterTargets) {
    this.#queueArn = queueArn;
    this.#targets = targets;
  }

  get values(): Readonly<Record<string, string>> {
    return this.#values;
  }

  get settings(): QueueSettings {
    const number = (name: string) => Number(this.#values[name]);
    const redrive = this.#values.RedrivePolicy;
    return {
      delay: number('DelaySeconds'),
      maximumMessageSize: number('MaximumMessageSize'),
      retention: number('MessageRetentionPeriod'),
      receiveWait: number('ReceiveMessageWaitTimeSeconds'),
      visibilityTimeout: number('VisibilityTimeout'),
      redrive: redrive === undefined ? undefined : readRedrive(redrive),
    };
  }

  /**
   * Sets attributes, all or none.
   * @throws AwsError `InvalidAttributeName`, `InvalidAttributeValue`, `InvalidParameterValue`, `UnsupportedOperation` (FIFO).
   */
  set(changes: Readonly<Record<string, string | undefined>>): void {
    const next = new Map(Object.entries(this.#values));
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined) continue;
      this.#check(name, value);
      if (value === '') next.delete(name);
      else next.set(name, value);
    }
    this.#values = Object.fromEntries(next);
  }

  #check(name: string, value: string): void {
    if (fifo.includes(name)) throw fifoUnsupported();
    const bounds = Object.hasOwn(numbers, name) ? numbers[name] : undefined;
    if (bounds !== undefined) {
      if (!/^\d+$/.test(value) || Number(value) < bounds.low || Number(value) > bounds.high) {
        throw new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);
      }
      return;
    }
    if (!texts.includes(name)) throw unknownAttribute(name);
    if (value === '') return;
    if (name === 'RedrivePolicy') redriveOf(value, this.#queueArn, this.#targets);
    if (name === 'Policy' || name === 'RedriveAllowPolicy') objectOf(name, value);
    if (name === 'Policy') checkQueuePolicy(value);
    if (name === 'SqsManagedSseEnabled' && value !== 'true' && value !== 'false') {
      throw new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);
    }
  }
}

/** @throws AwsError InvalidAttributeValue for a policy that could not be evaluated later. */
function checkQueuePolicy(text: string): void {
  try {
    parsePolicy(text, 'resource');
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError('InvalidAttributeValue', `Invalid value for the parameter Policy. (${error.message})`);
  }
}

/** Reads a policy that was checked when it was set. */
function readRedrive(text: string): RedrivePolicy {
  const { deadLetterTargetArn, maxReceiveCount } = objectOf('RedrivePolicy', text);
  return { deadLetterTargetArn: String(deadLetterTargetArn), maxReceiveCount: Number(maxReceiveCount) };
}
