import * as z from 'zod';
import type { Claims } from './claims.ts';
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

/** Who holds each name. */
export async function readNameClaims(
  claims: Pick<Claims, 'get'>,
  names: readonly string[],
): Promise<Readonly<Record<string, NameClaim>>> {
  const read = names.map(async (name) => {
    const { value } = await claims.get(nameClaimKey(name));
    return [name, nameClaim.parse(value ?? {})] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}
