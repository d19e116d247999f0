import * as z from 'zod';
import { parseMessage } from '../message.ts';
import { parseServiceArn } from '../service-arn.ts';

/** A message of the queue: reconcile this service. With a token it is the next reconciliation that an earlier one scheduled. */
export interface ReconcileMessage {
  readonly serviceArn: string;
  readonly token?: string;
}

const lookMessage = z.strictObject({
  serviceArn: z.string().refine((arn) => parseServiceArn(arn) !== undefined, 'not the ARN of an App Runner service'),
  token: z.string().optional(),
});

/** @throws MalformedInputError */
export function parseReconcileMessage(body: string): ReconcileMessage {
  const { serviceArn, token } = parseMessage(lookMessage, body, '{"serviceArn": "arn:aws:apprunner:…"}');
  return token === undefined ? { serviceArn } : { serviceArn, token };
}

/** The queue of reconciliations. */
export interface ReconcileQueue {
  /** @param delay milliseconds, at most 15 minutes; rounded up to whole seconds. */
  send(message: ReconcileMessage, delay?: number): Promise<void>;
}
