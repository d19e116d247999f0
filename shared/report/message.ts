import * as z from 'zod';
import { MalformedInputError } from '../errors.ts';
import { parseMessage } from '../message.ts';
import { RUN_ID } from '../sweep/run.ts';
import type { ReportFormat } from './formats.ts';

const run = z.string().regex(RUN_ID);

/** One message of the report queue: the sweep that ended. */
const message = z.strictObject({ run });

/** @throws MalformedInputError */
export function parseReportMessage(body: string): z.output<typeof message> {
  return parseMessage(message, body, '{"run": "…"}');
}

/** A request of the API for an address; without `run`, of the latest report. */
const request = z.strictObject({
  kind: z.literal('address'),
  format: z.enum(['json', 'csv', 'html'] satisfies readonly ReportFormat[]),
  run: run.optional(),
});
export type AddressRequest = z.output<typeof request>;

/** @throws MalformedInputError */
export function parseAddressRequest(event: unknown): AddressRequest {
  const read = request.safeParse(event);
  if (read.success) return read.data;
  throw new MalformedInputError(
    `Not a request to the report function; send {"kind": "address", "format": "html"}: ${z.prettifyError(read.error)}`,
  );
}

/** Where a report can be read. */
export const reportAddress = z.object({
  /** Id of the sweep that it is of. */
  sweep: z.string(),
  url: z.string(),
});
export type ReportAddress = z.output<typeof reportAddress>;
