import { describe, expect, test } from 'vitest';
import { plainLayout } from '../../../cli/terminal/output.ts';
import { plainStyle, styleFor } from '../../../cli/terminal/style.ts';
import { table } from '../../../cli/terminal/table.ts';
import { cut, displayWidth, wrapped } from '../../../cli/terminal/width.ts';

const colours = styleFor({ stdout: { write: () => {}, isTTY: true, columns: 80, rows: 24 }, environment: {} });
const COLUMNS = ['NAME', 'DOMAINS', 'PHASE'];
const ROWS = [
  ['hello', 'hello.example.com www.hello.example.com', 'blocked'],
  ['a-service-with-a-long-name', '', 'blocked'],
];

describe('a table', () => {
  test('is aligned, and whole in a pipe', () => {
    expect(table(COLUMNS, ROWS, plainLayout)).toBe(
      [
        'NAME                        DOMAINS                                  PHASE',
        'hello                       hello.example.com www.hello.example.com  blocked',
        'a-service-with-a-long-name                                           blocked',
      ].join('\n'),
    );
  });

  test('fits a terminal: the widest columns are cut', () => {
    const text = table(COLUMNS, ROWS, { ...plainLayout, width: 50 });
    expect(text.split('\n').map(displayWidth)).toEqual([48, 50, 50]);
    expect(text.split('\n')).toEqual([
      'NAME                 DOMAINS               PHASE',
      'hello                hello.example.com w…  blocked',
      'a-service-with-a-l…                        blocked',
    ]);
  });

  test('leaves out the last columns before any is cut, but for those needed', () => {
    const atWidth = (width: number) => table(COLUMNS, ROWS, { ...plainLayout, width }, 1).split('\n')[0];
    expect([80, 76, 30].map(atWidth)).toEqual([
      'NAME                        DOMAINS                                  PHASE',
      'NAME                        DOMAINS                                  PHASE',
      'NAME',
    ]);
    expect(atWidth(75)).toBe('NAME                        DOMAINS');
    expect(table(COLUMNS, ROWS, { ...plainLayout, width: 20 }, 1).split('\n')[2]).toBe('a-service-with-a-lo…');
  });

  test('is never cut to nothing', () => {
    expect(table(COLUMNS, ROWS, { ...plainLayout, width: 5 })).toContain('hello   hello…  block…');
  });

  test('is as wide with colours as without', () => {
    const marked = ROWS.map(([name = '', domains = '', phase = '']) => [
      name,
      domains,
      { text: phase, mark: 'red' } as const,
    ]);
    const layout = { ...plainLayout, width: 50 };
    const text = table(COLUMNS, marked, { ...layout, style: colours });
    expect(text).toContain('\u001b[31mblocked');
    expect(text.split('\n').map(displayWidth)).toEqual([48, 50, 50]);
    expect(table(COLUMNS, marked, { ...layout, style: plainStyle })).not.toContain('\u001b');
  });
});

describe('a text that is cut', () => {
  test.each([
    ['short', 5, 'short'],
    ['longer', 5, 'long…'],
    ['äöüßé', 4, 'äöü…'],
    ['', 3, ''],
  ])('%s to %d', (text, width, expected) => expect(cut(text, width)).toBe(expected));

  test('ends its colours', () => {
    const text = cut(`a ${colours('red', 'red text')} b`, 6);
    expect(text).toBe('a \u001b[31mred…\u001b[0m');
    expect(displayWidth(text)).toBe(6);
  });
});

describe('colours', () => {
  const at = (isTTY: boolean, environment: Record<string, string>) =>
    styleFor({ stdout: { write: () => {}, isTTY, columns: 80, rows: 24 }, environment })('red', 'x') !== 'x';
  test.each<[boolean, Record<string, string>, boolean]>([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
    [false, { FORCE_COLOR: '1' }, true],
    [false, { FORCE_COLOR: '' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [true, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  ])('terminal %s with %j: %s', (isTTY, environment, coloured) => expect(at(isTTY, environment)).toBe(coloured));
});

test('text is wrapped line by line, each under its own beginning', () => {
  expect(wrapped('What is asked for is not allowed here\n  the name does not match', 24)).toBe(
    'What is asked for is not\nallowed here\n  the name does not\n  match',
  );
  expect(wrapped('', 24)).toBe('');
});
