/** One measured number, with its place in its table. */
export interface Figure {
  readonly row: string;
  readonly column: string;
  readonly value: number;
}

/** What has to be reached. */
export interface Goal {
  readonly what: string;
  /** The measured value may be this at most. */
  readonly most: number;
  readonly value: number;
  readonly unit?: string;
}

/** Figures that belong together. */
export interface FigureTable {
  readonly title: string;
  /** What the rows are: the head of the first column. */
  readonly rows: string;
  readonly figures: readonly Figure[];
  /** What a reader has to know of how they came about. */
  readonly notes?: readonly string[];
  readonly goals?: readonly Goal[];
}

/** `large`: sizes that take many minutes too. */
export type Scale = 'usual' | 'large';

/** Something that is measured. `--json` writes what it answers, people get `tableText` of it. */
export interface Benchmark {
  /** Its name in `npm run bench -- <name>`. */
  readonly name: string;
  /** One line for `--help`. */
  readonly about: string;
  measure(scale: Scale): Promise<readonly FigureTable[]>;
}

/**
 * The middle value.
 * @throws RangeError when there is none.
 */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  const before = sorted[Math.ceil(sorted.length / 2) - 1];
  if (middle === undefined || before === undefined) throw new RangeError('there is no median of nothing');
  return (middle + before) / 2;
}

/** Rows and columns in the order in which they first appear; an empty cell is a figure there is not. */
export function tableText({ title, rows: head, figures, notes = [] }: FigureTable): string {
  const rows = [...new Set(figures.map(({ row }) => row))];
  const columns = [...new Set(figures.map(({ column }) => column))];
  const values = new Map(figures.map(({ row, column, value }) => [`${row}\n${column}`, number(value)]));
  const cells = [
    [head, ...columns],
    ...rows.map((row) => [row, ...columns.map((column) => values.get(`${row}\n${column}`) ?? '')]),
  ];
  return [columnsText(title, cells), ...notes.map((note) => `  ${note}`), ''].join('\n');
}

/** @param texts how many columns are texts, from the left; the others are numbers. */
function columnsText(title: string, cells: readonly (readonly string[])[], texts = 1): string {
  const widths = (cells[0] ?? []).map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  const line = (columns: readonly string[]) =>
    columns
      .map((text, index) => (index < texts ? text.padEnd(widths[index] ?? 0) : text.padStart(widths[index] ?? 0)))
      .join('  ')
      .trimEnd();
  return [title, '', ...cells.map((columns) => `  ${line(columns)}`)].join('\n');
}

/** Every goal, with what was measured and whether that is enough. */
export function goalsText(goals: readonly Goal[]): string {
  const lines = goals.map((goal) => {
    const { what, most, value, unit = '' } = goal;
    return [verdict(goal), what, `${number(value)} ${unit}`.trim(), `<= ${number(most)} ${unit}`.trim()];
  });
  return columnsText('Goals', [['verdict', 'what', 'measured', 'goal'], ...lines], 2);
}

/** Whether a goal is reached. What could not be measured is not. */
export function verdict({ value, most }: Goal): 'reached' | 'MISSED' {
  return value <= most ? 'reached' : 'MISSED';
}

/** Three digits for measurements; counts in full. */
export function number(value: number): string {
  const digits = Number.isInteger(value) || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}
