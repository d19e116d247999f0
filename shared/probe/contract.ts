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
  /** The addresses of the endpoint's interfaces: no request goes to any other host, wherever a name leads. */
  endpointAddresses: z
    .array(z.union([z.ipv4(), z.ipv6()]))
    .max(64)
    .readonly(),
});
export type ProbeRequest = z.infer<typeof probeRequest>;
