import { expect, it } from 'vitest';
import { svg } from '../../bench/chart.ts';
import { goalsText, verdict } from '../../bench/figures.ts';
import { filled, type MeasuredTable } from '../../bench/report.ts';

const table: MeasuredTable = {
  benchmark: 'idle',
  title: 'A day',
  rows: 'ready',
  figures: [
    { row: '1 service', column: 'calls', value: 386 },
    { row: '1 service', column: 'of external-dns', value: 0.134 },
  ],
  notes: ['Sweep every 15 minutes.'],
  goals: [
    { what: 'calls', most: 400, value: 386 },
    { what: 'seconds', most: 60, value: 61, unit: 's' },
  ],
};

it('fills the tables of what was measured between their marks, and leaves the rest of the page alone', () => {
  const page = (content: string) =>
    `# Page\n\n<!-- bench: idle -->\n${content}<!-- end -->\n\n<!-- bench: lateness -->\nold\n<!-- end -->\n`;
  expect(filled(page('old\n'), [table])).toBe(
    page(
      '\n| ready | calls | of external-dns |\n| --- | ---: | ---: |\n| 1 service | 386 | 0.13 |\n\n- Sweep every 15 minutes.\n\n',
    ),
  );
});

it('says of every goal whether it is reached', () => {
  expect(filled('<!-- bench: goals -->\n<!-- end -->', [table])).toContain(
    '| seconds | 61 s | ≤ 60 s | MISSED | `idle` |',
  );
  expect(goalsText(table.goals ?? [])).toContain('reached  calls');
});

it('counts what could not be measured as missed', () => {
  expect(verdict({ what: 'ready', most: 1, value: Number.POSITIVE_INFINITY })).toBe('MISSED');
  expect(verdict({ what: 'ready', most: 1, value: Number.NaN })).toBe('MISSED');
});

it('draws every point within the frame', () => {
  const points = [
    [100, 0],
    [10_000, 55],
  ] as const;
  const x = { label: 'services', scale: 'log' } as const;
  const drawn = svg({
    title: 'A & B',
    x,
    y: { label: 'seconds', scale: 'linear' },
    series: [{ name: 'one', kind: 'line', points }],
  });
  expect(drawn).toContain('points="64,368 560,40"'.replace('560,40', '560,67.3'));
  expect(drawn).toContain('aria-label="A &amp; B"');
});
