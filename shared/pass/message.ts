import * as z from 'zod';
import { MalformedInputError } from '../errors.ts';
import { parseServiceArn } from '../service-arn.ts';

/** What the queue carries: look at this service. With a token it is the next look that an earlier pass has set. */
export interface LookMessage {
  readonly serviceArn: string;
  readonly token?: string;
}

const lookMessage = z.strictObject({
  serviceArn: z.string().refine((arn) => parseServiceArn(arn) !== undefined, 'not the ARN of an App Runner service'),
  token: z.string().optional(),
});

/** @throws MalformedInputError */
export function parseLookMessage(body: string): LookMessage {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new MalformedInputError('The message is not JSON; it should be {"serviceArn": "arn:aws:apprunner:…"}.');
  }
  const result = lookMessage.safeParse(json);
  if (!result.success)
    throw new MalformedInputError(`The message is not one of ours: ${z.prettifyError(result.error)}`);
  const { serviceArn, token } = result.data;
  return token === undefined ? { serviceArn } : { serviceArn, token };
}

/** The queue of looks. */
export interface LookQueue {
  /** @param delay milliseconds, at most 15 minutes; rounded up to whole seconds. */
  send(message: LookMessage, delay?: number): Promise<void>;
}
