import { matchesGlob } from './match.ts';
import type { PolicyMatch } from './policy.ts';

/**
 * Whether every service that `narrow` matches is matched by `wide` too. `false` where the two do not show it
 * alone, as with units that may be below each other.
 */
export function covers(wide: PolicyMatch, narrow: PolicyMatch): boolean {
  const within = (
    all: readonly string[] | undefined,
    some: readonly string[] | undefined,
    holds: (one: string, of: string) => boolean = (one, of) => one === of,
  ) => all === undefined || (some?.every((one) => all.some((of) => holds(one, of))) ?? false);
  return (
    within(wide.accounts, narrow.accounts) &&
    within(wide.units, narrow.units) &&
    within(wide.regions, narrow.regions) &&
    within(wide.services, narrow.services ?? ['*'], globWithin) &&
    Object.entries(wide.tags ?? {}).every(([key, glob]) => {
      const own = Object.hasOwn(narrow.tags ?? {}, key) ? narrow.tags?.[key] : undefined;
      return own !== undefined && globWithin(own, glob);
    })
  );
}

/**
 * Whether whatever matches `narrow` matches `wide`: it does if the shortest and a very long text do that match `narrow`, the
 * long one made of a character that no pattern has, so that only a star can have taken it.
 */
function globWithin(narrow: string, wide: string): boolean {
  const filling = '\u0000'.repeat(wide.length + 1);
  return ['', filling].every((text) => {
    const sample = narrow.replaceAll('?', '\u0000').replaceAll('*', text);
    return matchesGlob(sample, wide);
  });
}
