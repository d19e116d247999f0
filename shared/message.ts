import * as z from 'zod';
import { MalformedInputError } from './errors.ts';

/**
 * The body of a message of one of the stack's own queues.
 * @param form the expected form, for people.
 * @throws MalformedInputError
 */
export function parseMessage<Schema extends z.ZodType>(schema: Schema, body: string, form: string): z.output<Schema> {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new MalformedInputError(`The message is not JSON; it should be ${form}.`);
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  throw new MalformedInputError(`The message is not one of ours: ${z.prettifyError(result.error)}`);
}

/** A text in a message that may not be one of ours: for the log only. */
export function textIn(body: string, member: string): string | undefined {
  return new RegExp(`"${member}":"([^"]*)"`).exec(body)?.[1];
}
