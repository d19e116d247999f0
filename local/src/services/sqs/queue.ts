import type { Message } from '@aws-sdk/client-sqs';
import type { Cancel, Clock } from '../../clock.ts';
import { AwsError } from '../../wire/errors.ts';
import { fairly } from './fairness.ts';
import { type MessageAttributes, md5, md5OfAttributes } from './message-attributes.ts';
import type { QueueAttributes } from './queue-attributes.ts';
import { invalidParameter, noSuchQueue } from './refusals.ts';

const SECOND = 1000;
/** Documented: a standard queue holds this many messages in flight. */
const MOST_IN_FLIGHT = 120_000;
/** Documented: 12 hours from when a message was received, however often its timeout is changed. */
const LONGEST_INVISIBLE = 43_200 * SECOND;

export interface NewMessage {
  readonly id: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  /** System attributes that stay as they are sent: SenderId, AWSTraceHeader, MessageGroupId. */
  readonly system: Readonly<Record<string, string>>;
  /** Seconds; the queue's own delay when it is not given. */
  readonly delay: number | undefined;
}

/**
 * A message, whose state follows from the time:
 *
 *     sent ──delay──→ visible ──receive──→ in flight ──delete──→ gone
 *                        ↑                     │
 *                        └─ visibility timeout ┘        … received too often → dead-letter queue
 *                                                       … older than the retention → gone
 */
interface HeldMessage extends Omit<NewMessage, 'delay'> {
  readonly sentAt: number;
  /** From when on it can be received. */
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt: number | undefined;
  /** The latest delivery. A message that has none is waiting for its first. */
  delivery: { readonly handle: string; readonly at: number } | undefined;
  readonly deadLetterSourceArn: string | undefined;
}

/** A message as it is delivered, with all its attributes; `Attributes` are the system's. */
export interface Delivery extends Message {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly Attributes: Readonly<Record<string, string>>;
  readonly MessageAttributes: Record<string, MessageAttributes[string]>;
}

interface Waiter {
  take(): readonly Delivery[];
  resolve(deliveries: readonly Delivery[]): void;
  reject(error: unknown): void;
  readonly cancel: Cancel;
}

/** What a queue needs from outside. */
export interface QueueSurroundings {
  readonly clock: Clock;
  /** A new secret for each receipt handle. */
  nonce(): string;
  queue(arn: string): Queue | undefined;
  /** Called, never in the same call as what made it so, when at least one message is visible and no receiver waits for it. */
  visible(): void;
}

/** A standard queue. Times in milliseconds inside, in seconds where AWS says seconds. */
export class Queue {
  readonly arn: string;
  readonly name: string;
  readonly createdAt: number;
  readonly attributes: QueueAttributes;
  readonly tags = new Map<string, string>();
  modifiedAt: number;
  purgedAt = Number.NEGATIVE_INFINITY;
  readonly #surroundings: QueueSurroundings;
  #messages = new Map<string, HeldMessage>();
  #waiters: readonly Waiter[] = [];
  #wake: { readonly at: number; readonly cancel: Cancel } | undefined;

  constructor(arn: string, attributes: QueueAttributes, surroundings: QueueSurroundings) {
    this.arn = arn;
    this.name = arn.slice(arn.lastIndexOf(':') + 1);
    this.attributes = attributes;
    this.createdAt = surroundings.clock.now();
    this.modifiedAt = this.createdAt;
    this.#surroundings = surroundings;
  }

  send(message: NewMessage): void {
    const { delay, ...rest } = message;
    const now = this.#now();
    this.#hold({
      ...rest,
      sentAt: now,
      visibleAt: now + (delay ?? this.attributes.settings.delay) * SECOND,
      receiveCount: 0,
      firstReceivedAt: undefined,
      delivery: undefined,
      deadLetterSourceArn: undefined,
    });
  }

  /**
   * Delivers up to `most` visible messages, oldest first, but those of noisy neighbors last. Those that were received too often go to the dead-letter queue
   * instead; when that queue is gone, they are delivered all the same (inferred).
   * @param visibilityTimeout seconds; the queue's own when it is not given.
   * @throws AwsError `OverLimit` when too many messages are in flight.
   */
  receive(most: number, visibilityTimeout?: number): readonly Delivery[] {
    const { redrive, visibilityTimeout: usual } = this.attributes.settings;
    const deadLetters = redrive === undefined ? undefined : this.#surroundings.queue(redrive.deadLetterTargetArn);
    const deliveries: Delivery[] = [];
    const now = this.#now();
    let inFlight = 0;
    for (const message of fairly(this.#current(), now)) {
      if (message.visibleAt > now) inFlight += message.delivery === undefined ? 0 : 1;
      else if (redrive !== undefined && deadLetters !== undefined && message.receiveCount >= redrive.maxReceiveCount) {
        this.#messages.delete(message.id);
        // Age and count go on as they are (D for the age, I for the count).
        deadLetters.#hold({ ...message, visibleAt: now, delivery: undefined, deadLetterSourceArn: this.arn });
      } else {
        if (inFlight >= MOST_IN_FLIGHT) {
          throw new AwsError('OverLimit', 'Too many messages are in flight: delete some of those received.', {
            status: 403,
          });
        }
        deliveries.push(this.#deliver(message, (visibilityTimeout ?? usual) * SECOND));
      }
      if (deliveries.length === most) break;
    }
    return deliveries;
  }

  /** Like `receive`, but waits up to `wait` seconds for the first message. Who waits longest is served first. */
  receiveWithin(wait: number, most: number, visibilityTimeout?: number): Promise<readonly Delivery[]> {
    const take = () => this.receive(most, visibilityTimeout);
    const deliveries = take();
    if (deliveries.length > 0 || wait === 0) return Promise.resolve(deliveries);
    return new Promise((resolve, reject) => {
      const cancel = this.#surroundings.clock.schedule(wait * SECOND, () => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        resolve([]);
      });
      const waiter: Waiter = { take, resolve, reject, cancel };
      this.#waiters = [...this.#waiters, waiter];
    });
  }

  /** Deletes the message of the handle. A handle older than the latest delivery deletes nothing, and that is no error (documented). */
  delete(receiptHandle: string): void {
    const message = this.#messageOf(receiptHandle);
    if (message?.delivery?.handle === receiptHandle) this.#messages.delete(message.id);
  }

  /** @throws AwsError `InvalidParameterValue` when the message is not in flight by this handle (captured). */
  changeVisibility(receiptHandle: string, seconds: number): void {
    const message = this.#messageOf(receiptHandle);
    const now = this.#now();
    if (message?.delivery?.handle !== receiptHandle || message.visibleAt <= now) {
      throw invalidParameter(
        'ReceiptHandle',
        receiptHandle,
        'Message does not exist or is not available for visibility timeout change.',
      );
    }
    if (now + seconds * SECOND > message.delivery.at + LONGEST_INVISIBLE) {
      throw invalidParameter(
        'VisibilityTimeout',
        seconds,
        'Total VisibilityTimeout for the message is beyond the limit [43200 seconds].',
      );
    }
    message.visibleAt = now + seconds * SECOND;
    this.#wakeAt(message.visibleAt);
  }

  purge(): void {
    this.#messages.clear();
    this.purgedAt = this.#now();
  }

  /** Deletes the queue: waiting receivers get an error that it does not exist. */
  close(): void {
    this.#wake?.cancel();
    this.#messages.clear();
    for (const waiter of this.#waiters) {
      waiter.cancel();
      waiter.reject(noSuchQueue());
    }
    this.#waiters = [];
  }

  /** How many messages there are of each sort, exactly. */
  counts(): { readonly visible: number; readonly inFlight: number; readonly delayed: number } {
    const now = this.#now();
    const messages = this.#current();
    const hidden = messages.filter((message) => message.visibleAt > now);
    const delayed = hidden.filter((message) => message.delivery === undefined).length;
    return { visible: messages.length - hidden.length, inFlight: hidden.length - delayed, delayed };
  }

  /** Seconds since the oldest message that is visible or in flight was sent; 0 without one. */
  oldestAgeSeconds(): number {
    const now = this.#now();
    const received = this.#current().filter(({ visibleAt, delivery }) => visibleAt <= now || delivery !== undefined);
    return received.length === 0 ? 0 : Math.floor((now - Math.min(...received.map(({ sentAt }) => sentAt))) / SECOND);
  }

  /** Notifies the listeners if messages are visible already. */
  announce(): void {
    this.#wakeAt(this.#now());
  }

  #now(): number {
    return this.#surroundings.clock.now();
  }

  #hold(message: HeldMessage): void {
    this.#messages.set(message.id, message);
    this.#wakeAt(message.visibleAt);
  }

  /** The messages, once those that have outlived the retention have gone for good. */
  #current(): readonly HeldMessage[] {
    const oldest = this.#now() - this.attributes.settings.retention * SECOND;
    for (const message of this.#messages.values()) {
      if (message.sentAt <= oldest) this.#messages.delete(message.id);
    }
    return [...this.#messages.values()];
  }

  #deliver(message: HeldMessage, timeout: number): Delivery {
    const now = this.#now();
    const handle = Buffer.from(`${this.arn} ${message.id} ${this.#surroundings.nonce()}`).toString('base64');
    message.receiveCount++;
    message.firstReceivedAt ??= now;
    message.delivery = { handle, at: now };
    message.visibleAt = now + timeout;
    this.#wakeAt(message.visibleAt);
    const digest = md5OfAttributes(message.attributes);
    return {
      MessageId: message.id,
      ReceiptHandle: handle,
      Body: message.body,
      MD5OfBody: md5(message.body),
      ...(digest === undefined ? {} : { MD5OfMessageAttributes: digest }),
      Attributes: {
        ...message.system,
        SentTimestamp: String(message.sentAt),
        ApproximateReceiveCount: String(message.receiveCount),
        ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
        ...(message.deadLetterSourceArn === undefined ? {} : { DeadLetterQueueSourceArn: message.deadLetterSourceArn }),
      },
      MessageAttributes: { ...message.attributes },
    };
  }

  /** @throws AwsError `ReceiptHandleIsInvalid` for what is no handle of this queue. */
  #messageOf(receiptHandle: string): HeldMessage | undefined {
    const [arn, id, nonce] = Buffer.from(receiptHandle, 'base64').toString().split(' ');
    if (arn !== this.arn || id === undefined || nonce === undefined) {
      throw new AwsError(
        'ReceiptHandleIsInvalid',
        `The input receipt handle "${receiptHandle}" is not a valid receipt handle.`,
        { status: 404 },
      );
    }
    this.#current();
    return this.#messages.get(id);
  }

  /** One task of the clock stands for the earliest moment at which something may become visible. */
  #wakeAt(at: number): void {
    if (this.#wake !== undefined && this.#wake.at <= at) return;
    this.#wake?.cancel();
    const cancel = this.#surroundings.clock.schedule(at - this.#now(), () => {
      this.#wake = undefined;
      this.#serve();
    });
    this.#wake = { at, cancel };
  }

  #serve(): void {
    for (const waiter of this.#waiters) {
      try {
        const deliveries = waiter.take();
        if (deliveries.length === 0) break;
        waiter.resolve(deliveries);
      } catch (error) {
        waiter.reject(error);
      }
      waiter.cancel();
      this.#waiters = this.#waiters.filter((other) => other !== waiter);
    }
    const now = this.#now();
    const times = this.#current().map((message) => message.visibleAt);
    if (times.some((time) => time <= now)) this.#surroundings.visible();
    const next = Math.min(...times.filter((time) => time > now));
    if (Number.isFinite(next)) this.#wakeAt(next);
  }
}
