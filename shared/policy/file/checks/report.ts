import type { Path } from '../positions.ts';

/** Tells a problem of the value at a path, or, where `of` says so, of the key it ends with. */
export type Report = (path: Path, message: string, of?: 'value' | 'key') => void;

/** Calls `found` for each that has the same key as an earlier one. */
export function eachRepeated<Item>(items: readonly Item[], keyOf: (item: Item) => string, found: (item: Item) => void) {
  const seen = new Set<string>();
  for (const item of items) {
    const key = keyOf(item);
    if (seen.has(key)) found(item);
    seen.add(key);
  }
}
