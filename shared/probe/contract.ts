import * as z from 'zod';

/** A DNS name and nothing else: the probe takes no URL, address, port or path. */
const name = z.string().regex(/^(?=.{1,253}$)(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{1,62}$/);

/** A request to the probe: names of one service, at most its connection's and five custom domains. */
export const probeRequest = z.strictObject({
  names: z
    .array(z.strictObject({ name, https: z.boolean() }))
    .min(1)
    .max(6),
  dualStack: z.boolean(),
});
export type ProbeRequest = z.infer<typeof probeRequest>;

const answer = z.discriminatedUnion('outcome', [
  z.object({ vantage: z.literal('vpc'), outcome: z.literal('addresses'), addresses: z.array(z.string()).readonly() }),
  z.object({ vantage: z.literal('vpc'), outcome: z.literal('nxdomain') }),
  z.object({ vantage: z.literal('vpc'), outcome: z.literal('no-data') }),
  z.object({ vantage: z.literal('vpc'), outcome: z.literal('failed'), reason: z.string() }),
]);

const httpsChecks = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), status: z.number(), milliseconds: z.number() }),
  z.object({ ok: z.literal(false), reason: z.string() }),
]);

/** The results by name. `reach` is present for names requested with `https`. */
export const probeResult = z.object({
  names: z.record(z.string(), z.object({ answer, httpsChecks: httpsChecks.optional() })),
});
export type ProbeResult = z.infer<typeof probeResult>;

/** Runs the probe inside the VPC. */
export type Probe = (request: ProbeRequest) => Promise<ProbeResult>;
