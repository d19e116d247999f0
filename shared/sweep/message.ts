import * as z from 'zod';
import { parseMessage } from '../message.ts';
import type { SweepMessage } from './sweep.ts';

const target = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('region'),
    account: z.string().regex(/^\d{12}$/),
    region: z.string().min(1),
    known: z.array(z.string()),
  }),
  z.strictObject({ kind: z.literal('zone'), zoneId: z.string().min(1), elsewhere: z.array(z.string()) }),
]);

const message = z.strictObject({ run: z.string().min(1), target });

/** @throws MalformedInputError */
export function parseSweepMessage(body: string): SweepMessage {
  return parseMessage(message, body, '{"run": "…", "target": {…}}');
}

/** Requests to the sweep function: the schedule and the API begin a sweep, the API confirms one. */
export type SweepRequest =
  | { readonly kind: 'begin'; readonly by: string }
  | { readonly kind: 'confirm'; readonly run: string; readonly by: string };

const request = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('begin'), by: z.string().min(1) }),
  z.strictObject({ kind: z.literal('confirm'), run: z.string().min(1), by: z.string().min(1) }),
]);

/** Anything that is no request is the schedule's own event, or somebody's test invocation: a sweep harms nobody. */
export function parseSweepRequest(event: unknown): SweepRequest {
  return request.safeParse(event).data ?? { kind: 'begin', by: 'schedule' };
}
