import { type Document, isMap, isNode, isScalar, type Node } from 'yaml';
import type { PolicyProblem } from './problems.ts';

/** Keys and indices from the root of a document, as zod gives them. */
export type Path = readonly PropertyKey[];
export type Position = Pick<PolicyProblem, 'line' | 'column'>;

/** Where things are in a file. */
export interface Positions {
  /** Where the value at a path begins; of one that is missing, what it would be in. */
  value(path: Path): Position;
  /** Where the key is that a path ends with. */
  key(path: Path): Position;
  /** A value of one word as it is written, before it became a number, a truth value or nothing. */
  written(path: Path): string | undefined;
}

/** @param at offset in the text → where that is. */
export function positionsIn(document: Document.Parsed, at: (offset: number) => Position): Positions {
  const nodeAt = (path: Path): Node | undefined => {
    const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
    return isNode(node) ? node : undefined;
  };
  const offsetOf = (path: Path): number =>
    nodeAt(path)?.range?.[0] ?? (path.length === 0 ? 0 : offsetOf(path.slice(0, -1)));
  return {
    value: (path) => at(offsetOf(path)),
    key: (path) => {
      const parent = nodeAt(path.slice(0, -1));
      const pair = isMap(parent)
        ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === path.at(-1))
        : undefined;
      return at((isNode(pair?.key) ? pair.key.range?.[0] : undefined) ?? offsetOf(path));
    },
    written: (path) => {
      const node = nodeAt(path);
      return isScalar(node) ? node.source : undefined;
    },
  };
}
