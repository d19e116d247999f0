import * as z from 'zod';
import { MalformedInputError } from '../errors.ts';
import { parseMessage } from '../message.ts';

const target = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('region'),
    account: z.string().regex(/^\d{12}$/),
    region: z.string().min(1),
    /** Services that have a row. */
    known: z.array(z.string()).readonly(),
    /** How many services of the whole sweep have records in a zone, as far as their rows say, by its id. */
    services: z.record(z.string(), z.number()).readonly().default({}),
  }),
  /** A hosted zone, which may contain orphaned ownership records. */
  z.strictObject({
    kind: z.literal('zone'),
    zoneId: z.string().min(1),
    /** Ids of known services in accounts and regions out of scope: the sweep does not see whether they exist. */
    elsewhere: z.array(z.string()).readonly(),
  }),
]);

/** What one message of the sweep queue asks to compare. */
export type SweepTarget = z.output<typeof target>;

const message = z.strictObject({ run: z.string().min(1), target });
export type SweepMessage = z.output<typeof message>;

/** @throws MalformedInputError */
export function parseSweepMessage(body: string): SweepMessage {
  return parseMessage(message, body, '{"run": "…", "target": {…}}');
}

const request = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('begin'), by: z.string().min(1) }),
  z.strictObject({ kind: z.literal('confirm'), run: z.string().min(1), by: z.string().min(1) }),
]);

/** Requests to the sweep function: the schedule and the API begin a sweep, the API confirms one. */
export type SweepRequest = z.output<typeof request>;

/** The schedule's own event, or a test invocation with an empty one. */
const scheduled = z
  .union([z.looseObject({ source: z.literal('aws.events') }), z.strictObject({}), z.null()])
  .optional();

/** @throws MalformedInputError: what was meant to confirm a sweep must not begin another one. */
export function parseSweepRequest(event: unknown): SweepRequest {
  if (scheduled.safeParse(event).success) return { kind: 'begin', by: 'schedule' };
  const read = request.safeParse(event);
  if (read.success) return read.data;
  throw new MalformedInputError(
    `Not a request to the sweep function; send {}, {"kind": "begin", "by": "…"} or {"kind": "confirm", "run": "…", "by": "…"}: ${z.prettifyError(read.error)}`,
  );
}
