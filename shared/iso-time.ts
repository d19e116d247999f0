/** @param at milliseconds since the epoch. @returns `2026-01-31T23:59:59.000Z` */
export function isoTime(at: number): string {
  return new Date(at).toISOString();
}
