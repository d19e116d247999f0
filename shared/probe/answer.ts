import * as z from 'zod';
import { normalizeAwsText } from '../errors.ts';
import type { ProbeRequest } from './contract.ts';

/** A reason, without control characters and cut: it goes into rows, logs and terminals. */
const reason = z.string().transform(normalizeAwsText);
/** DNS answers with as many addresses as fit into one UDP packet. */
const addresses = z
  .array(z.union([z.ipv4(), z.ipv6()]))
  .max(64)
  .readonly();

const answer = z.discriminatedUnion('outcome', [
  z.object({ vantage: z.literal('vpc'), outcome: z.literal('addresses'), addresses }),
  z.object({ vantage: z.literal('vpc'), outcome: z.literal('nxdomain') }),
  z.object({ vantage: z.literal('vpc'), outcome: z.literal('no-data') }),
  z.object({ vantage: z.literal('vpc'), outcome: z.literal('failed'), reason }),
]);

const httpsChecks = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    status: z.int().min(100).max(999),
    milliseconds: z.number().min(0).max(900_000),
  }),
  z.object({ ok: z.literal(false), reason }),
]);

/** The results by name. `httpsChecks` is present for names requested with `https`. */
export const probeResult = z.object({
  names: z.record(z.string(), z.object({ answer, httpsChecks: httpsChecks.optional() })),
});
export type ProbeResult = z.infer<typeof probeResult>;

/** Runs the probe inside the VPC. */
export type Probe = (request: ProbeRequest) => Promise<ProbeResult>;

/** Characters of the probe's largest answer: six names, each with addresses and two reasons. */
const MAX_PAYLOAD_LENGTH = 64 * 1024;

/**
 * The answer of a probe function. A member account runs the function, so nothing it says is trusted: the answer is bounded,
 * checked, and only about the names of the request.
 *
 * @param functionError `Unhandled` if the function failed; the payload then describes the error.
 * @throws Error that names the function, with a bounded reason.
 */
export function readProbeAnswer(
  functionName: string,
  { names }: ProbeRequest,
  payload: string,
  functionError?: string,
): ProbeResult {
  if (functionError !== undefined) throw new Error(`${functionName} failed: ${normalizeAwsText(payload)}`);
  if (payload.length > MAX_PAYLOAD_LENGTH) {
    throw new Error(`${functionName} answered ${payload.length} characters; ${MAX_PAYLOAD_LENGTH} are the most`);
  }
  const result = probeResult.safeParse(parsed(payload));
  if (!result.success) {
    throw new Error(`${functionName} answered out of form: ${normalizeAwsText(z.prettifyError(result.error))}`);
  }
  const asked = new Set(names.map(({ name }) => name));
  return { names: Object.fromEntries(Object.entries(result.data.names).filter(([name]) => asked.has(name))) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
