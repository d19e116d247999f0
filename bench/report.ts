import { readFile, writeFile } from 'node:fs/promises';
import { type Chart, type Series, svg } from './chart.ts';
import { type FigureTable, number, verdict } from './figures.ts';

/** A table, and the benchmark that measured it. */
export interface MeasuredTable extends FigureTable {
  readonly benchmark: string;
}

const page = new URL('../docs/performance.md', import.meta.url);
const figuresFile = new URL('measured.json', import.meta.url);

/**
 * Writes docs/performance.md and its plots. Of benchmarks that were not measured now, the figures are those of the last time:
 * they are kept in bench/measured.json.
 */
export async function writeReport(measured: readonly MeasuredTable[]): Promise<void> {
  const names = new Set(measured.map(({ benchmark }) => benchmark));
  const before: readonly MeasuredTable[] = JSON.parse(await readFile(figuresFile, 'utf8').catch(() => '[]'));
  const tables = [...before.filter(({ benchmark }) => !names.has(benchmark)), ...measured].toSorted((a, b) =>
    a.benchmark < b.benchmark ? -1 : a.benchmark > b.benchmark ? 1 : 0,
  );
  await writeFile(figuresFile, `${JSON.stringify(tables, null, 1)}\n`);
  const text = await readFile(page, 'utf8');
  await writeFile(page, filled(text, tables));
  for (const [name, chart] of Object.entries(charts)) {
    const drawn = chart(tables);
    if (drawn.series.length > 0)
      await writeFile(new URL(`../docs/performance/${name}.svg`, import.meta.url), svg(drawn));
  }
}

/** The page with the tables of each benchmark between its marks: `<!-- bench: idle -->` and `<!-- end -->`. */
export function filled(text: string, tables: readonly MeasuredTable[]): string {
  return text.replaceAll(/(<!-- bench: ([a-z-]+) -->\n)[\s\S]*?(<!-- end -->)/g, (all, begin, name, end) => {
    const own = tables.filter(({ benchmark }) => benchmark === name);
    if (name === 'goals') return `${begin}\n${goalsTable(tables)}\n\n${end}`;
    return own.length === 0 ? all : `${begin}\n${own.map(tableMarkdown).join('\n\n')}\n\n${end}`;
  });
}

function goalsTable(tables: readonly MeasuredTable[]): string {
  const rows = tables.flatMap(({ benchmark, goals = [] }) =>
    goals.map((goal) => {
      const { what, value, most, unit = '' } = goal;
      return [what, `${number(value)} ${unit}`, `≤ ${number(most)} ${unit}`, verdict(goal), `\`${benchmark}\``];
    }),
  );
  return markdown(['what', 'measured', 'goal', 'verdict', 'benchmark'], rows);
}

function tableMarkdown({ rows: head, figures, notes = [] }: MeasuredTable): string {
  const rows = [...new Set(figures.map(({ row }) => row))];
  const columns = [...new Set(figures.map(({ column }) => column))];
  const values = new Map(figures.map(({ row, column, value }) => [`${row}\n${column}`, number(value)]));
  const cells = rows.map((row) => [row.trim(), ...columns.map((column) => values.get(`${row}\n${column}`) ?? '')]);
  const lines = notes.map((note) => `- ${note}`).join('\n');
  return [markdown([head, ...columns], cells), ...(lines === '' ? [] : [lines])].join('\n\n');
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => text.trim().replaceAll('|', '\\|').replace(/^\* /, '\\* ');
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

const charts: Readonly<Record<string, (tables: readonly MeasuredTable[]) => Chart>> = {
  lateness: (tables) => ({
    title: 'Lateness of 95 % of the services, against looks until ready',
    x: { label: 'looks', scale: 'linear' },
    y: { label: 'lateness, as a share of AWS’s own chain', scale: 'linear' },
    series: rowsOf(tables, 'lateness').map(
      ({ row, value }): Series => ({ name: row, kind: 'dots', points: [[value('looks'), value('p95')]] }),
    ),
  }),
  'fleet-sweep': (tables) => {
    const rows = rowsOf(tables, 'fleet-sweep');
    const perService: Readonly<Record<string, string>> = {
      'other reads a service': 'other reads',
      'own calls a service': 'own calls',
    };
    const series = (name: string, of: (row: Row) => number): Series => ({
      name,
      kind: 'line',
      points: rows.map((row) => [servicesOf(row), of(row)]),
    });
    return {
      title: 'One sweep: calls and seconds, by the size of the fleet',
      x: { label: 'services', scale: 'log' },
      y: { label: 'calls, seconds', scale: 'log' },
      series:
        rows.length === 0
          ? []
          : [
              series('Route 53 calls', ({ value }) => value('Route 53')),
              ...Object.entries(perService).map(([column, name]) =>
                series(name, (row) => row.value(column) * servicesOf(row)),
              ),
              series('seconds', ({ value }) => value('seconds')),
            ],
    };
  },
  'roll-out': (tables) => ({
    title: 'Services ready, over the time since the first was created',
    x: { label: 'seconds', scale: 'linear' },
    y: { label: '% ready', scale: 'linear' },
    series: rowsOf(tables, 'roll-out', 'Services ready over time').map(
      ({ row, columns, value }): Series => ({
        name: row,
        kind: 'line',
        points: columns.map((column) => [value(column), Number.parseInt(column, 10)]),
      }),
    ),
  }),
};

interface Row {
  readonly row: string;
  readonly columns: readonly string[];
  value(column: string): number;
}

/** @param title of one of the benchmark's tables; by default the first. */
function rowsOf(tables: readonly MeasuredTable[], benchmark: string, title?: string): readonly Row[] {
  const own = tables.filter((table) => table.benchmark === benchmark);
  const { figures = [] } = (title === undefined ? own[0] : own.find((table) => table.title === title)) ?? {};
  return [...new Set(figures.map(({ row }) => row))].map((row) => {
    const cells = new Map(figures.filter((one) => one.row === row).map(({ column, value }) => [column, value]));
    return { row, columns: [...cells.keys()], value: (column) => cells.get(column) ?? Number.NaN };
  });
}

const servicesOf = ({ row }: Row): number => Number.parseInt(row.replaceAll(',', ''), 10);
