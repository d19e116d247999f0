import type { Layout } from './output.ts';
import type { Mark } from './style.ts';
import { cut, displayWidth } from './width.ts';

export type Cell = string | { readonly text: string; readonly mark: Mark };

const GAP = '  ';
/** A column is never made narrower than this. */
const MIN_COLUMN_WIDTH = 6;

/**
 * Columns side by side. In a terminal the last ones are left out and then the widest ones cut until a row fits; in a pipe
 * nothing is.
 * @param needed how many of the first columns are never left out.
 */
export function table(
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  layout: Layout,
  needed = columns.length,
): string {
  const { style, width } = layout;
  const texts = rows.map((row) => row.map((cell) => (typeof cell === 'string' ? cell : cell.text)));
  const natural = columns.map((title, index) =>
    Math.max(displayWidth(title), ...texts.map((row) => displayWidth(row[index] ?? ''))),
  );
  if (sum(natural) + GAP.length * (columns.length - 1) > width && columns.length > needed) {
    return table(
      columns.slice(0, -1),
      rows.map((row) => row.slice(0, columns.length - 1)),
      layout,
      needed,
    );
  }
  const widths = narrowed(natural, width - GAP.length * (columns.length - 1));
  const line = (cells: readonly Cell[]) =>
    cells
      .map((cell, index) => {
        const { text, mark } = typeof cell === 'string' ? { text: cell, mark: undefined } : cell;
        const shown = cut(text, widths[index] ?? 0);
        const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - displayWidth(shown)));
        return `${mark === undefined ? shown : style(mark, shown)}${padding}`;
      })
      .join(GAP)
      .trimEnd();
  return [line(columns.map((text) => ({ text, mark: 'bold' }))), ...rows.map(line)].join('\n');
}

function narrowed(natural: readonly number[], width: number): readonly number[] {
  const widths = [...natural];
  for (let excess = sum(widths) - width; excess > 0; excess--) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= MIN_COLUMN_WIDTH) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
