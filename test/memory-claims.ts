import type { Claims } from '../shared/claims.ts';

/** The claims' table, in memory. */
export function memoryClaims(): Claims {
  const items = new Map<string, { readonly value: unknown; readonly revision: number }>();
  return {
    get: async (claim) => items.get(claim) ?? { value: undefined, revision: 0 },
    values: async (claims) => claims.map((claim) => items.get(claim)?.value),
    async put(claim, value, revision) {
      if ((items.get(claim)?.revision ?? 0) !== revision) return false;
      items.set(claim, { value: structuredClone(value), revision: revision + 1 });
      return true;
    },
  };
}
