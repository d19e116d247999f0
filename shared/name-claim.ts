import * as z from 'zod';
import type { NameClaim } from './plan/observed.ts';

export const nameClaim = z.object({
  /** ARN of the service that holds the name. */
  holder: z.string().optional(),
  /** Ids of services that held it and released it: records that they left may be adopted. */
  released: z.array(z.string()).default([]),
  /** ARNs of services that want it. */
  waiting: z.array(z.string()).default([]),
});

export const nameClaimKey = (name: string) => `name/${name}`;

/** Who holds each name, as the values of their claims say. @throws ZodError for a damaged claim. */
export function nameClaimsOf(
  names: readonly string[],
  values: readonly unknown[],
): Readonly<Record<string, NameClaim>> {
  return Object.fromEntries(names.map((name, index) => [name, nameClaim.parse(values[index] ?? {})]));
}
