import { type Document, isMap, isNode, isScalar } from 'yaml';
import type { PolicyProblem } from './problems.ts';

/** Keys and indices from the root of a document, as zod gives them. */
export type Path = readonly PropertyKey[];
export type Position = Pick<PolicyProblem, 'line' | 'column'>;

/** Where the values and keys of a document are in its file. */
export interface Positions {
  /** Where the value at a path begins; if it is missing, where its parent begins. */
  value(path: Path): Position;
  /** Where the last key of a path is. */
  key(path: Path): Position;
  /** A scalar as it is written, before it became a number, a boolean or null. */
  written(path: Path): string | undefined;
}

/** @param at offset in the text → where that is. */
export function positionsIn(document: Document.Parsed, at: (offset: number) => Position): Positions {
  const nodeAt = (path: Path): unknown => (path.length === 0 ? document.contents : document.getIn(path, true));
  const offsetOf = (path: Path): number => {
    const node = nodeAt(path);
    return (isNode(node) ? node.range?.[0] : undefined) ?? (path.length === 0 ? 0 : offsetOf(path.slice(0, -1)));
  };
  return {
    value: (path) => at(offsetOf(path)),
    key: (path) => {
      const parent = nodeAt(path.slice(0, -1));
      const keys = isMap(parent) ? parent.items.map(({ key }) => key) : [];
      const key = keys.find((one) => isScalar(one) && String(one.value) === path.at(-1));
      return at((isNode(key) ? key.range?.[0] : undefined) ?? offsetOf(path));
    },
    written: (path) => {
      const node = nodeAt(path);
      return isScalar(node) ? node.source : undefined;
    },
  };
}
