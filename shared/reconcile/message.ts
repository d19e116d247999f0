import * as z from 'zod';
import type { Urgency } from '../aws/rate-budget.ts';
import { parseMessage } from '../message.ts';
import { type OpenWait, waitKinds } from '../plan/wait.ts';
import { parseServiceArn } from '../service-arn.ts';

const waitCondition = z.discriminatedUnion('check', [
  z.strictObject({ check: z.literal('service') }),
  z.strictObject({ check: z.literal('endpoint'), endpointId: z.string() }),
  z.strictObject({ check: z.literal('connection'), arn: z.string() }),
  z.strictObject({ check: z.literal('domains'), domains: z.array(z.string()).readonly() }),
  z.strictObject({ check: z.literal('name'), name: z.string(), probe: z.string().optional() }),
  z.strictObject({ check: z.literal('nothing') }),
]);

/** What a service waits for, so that a look at it needs no row. */
const waiting = z.strictObject({
  /** Milliseconds since the epoch. */
  lookedAt: z.number(),
  tagsSeen: z.string(),
  /** When they were read, in milliseconds since the epoch. */
  tagsReadAt: z.number().optional(),
  waits: z
    .array(
      z.strictObject({
        kind: z.enum(waitKinds),
        subject: z.string(),
        condition: waitCondition,
        expected: z.string(),
        since: z.number(),
        chainSince: z.number().optional(),
        endsAt: z.number().optional(),
      }),
    )
    .min(1),
});
export type Waiting = Readonly<z.infer<typeof waiting>>;

/** Characters: ids of EventBridge and of requests have 36. */
const MAX_CORRELATION = 200;

const reconcileMessage = z.strictObject({
  serviceArn: z.string().refine((arn) => parseServiceArn(arn) !== undefined, 'not the ARN of an App Runner service'),
  token: z.string().optional(),
  waiting: waiting.optional(),
  /** An event was noted in the row: once a reconciliation has seen it, nothing is left to do. */
  event: z.boolean().optional(),
  /** A person or a sweep saw something: nothing is taken from earlier reconciliations. */
  fresh: z.boolean().optional(),
  /** A sweep saw something that no service on its way has to wait for. */
  repeated: z.boolean().optional(),
  /** The service is out of reach until it is connected: the message has a queue of its own. */
  cutOff: z.boolean().optional(),
  /** What started it, on every line and in the row: `event/<id>`, `sweep/<run>`, `request/<id>` (docs/logs.md). */
  correlation: z.string().max(MAX_CORRELATION).optional(),
});

/**
 * A message of the queue: reconcile this service. With a token it is the next reconciliation that an earlier one
 * scheduled, and says what is waited for.
 */
export type ReconcileMessage = Readonly<z.infer<typeof reconcileMessage>>;

/**
 * How long what the message asks for may stand in line: a service that is ready, and only looked at again, is in no hurry, and
 * whoever waits for long among those that are cut off keeps another of them from being connected.
 */
export function urgencyOf({ repeated, cutOff, waiting }: ReconcileMessage): Urgency {
  const isOnlyChecked = waiting?.waits.every(({ kind }) => kind === 'https') === true;
  return repeated === true || cutOff === true || isOnlyChecked ? 'repeated' : 'new';
}

/** @throws MalformedInputError */
export function parseReconcileMessage(body: string): ReconcileMessage {
  return parseMessage(reconcileMessage, body, '{"serviceArn": "arn:aws:apprunner:…"}');
}

/** Bytes of what is waited for: far more than any service has, and far less than a message may have. */
const MAX_WAITING_BYTES = 100_000;

/**
 * What a message says of the waits after everything was observed; `undefined` when it would be too large: then the next look
 * observes everything.
 * @param lookedAt milliseconds since the epoch.
 */
export function waitingOf(waits: readonly OpenWait[], tagsSeen: string, lookedAt: number): Waiting | undefined {
  const noted = { lookedAt, tagsSeen, tagsReadAt: lookedAt, waits: waits.map(({ why, ...wait }) => wait) };
  return Buffer.byteLength(JSON.stringify(noted)) > MAX_WAITING_BYTES ? undefined : noted;
}

/** The queue of reconciliations. */
export interface ReconcileQueue {
  /** @param delay milliseconds, at most 15 minutes; rounded up to whole seconds. */
  send(message: ReconcileMessage, delay?: number): Promise<void>;
}
