import { expect, it } from 'vitest';
import { printable } from '../../../cli/terminal/printable.ts';
import { styleFor } from '../../../cli/terminal/style.ts';
import { escapedJson } from '../../../shared/escaped-json.ts';

it.each([
  ['a title', 'a\u001b]0;owned\u0007b', 'a\ufffd]0;owned\ufffdb'],
  ['a cursor that moves', 'a\u001b[2Ab', 'a\ufffd[2Ab'],
  ['hidden text', '\u001b[8msecret', '\ufffd[8msecret'],
  ['a C1 sequence', 'a\u009b2Jb', 'a\ufffd2Jb'],
  ['a carriage return', 'all is well\rfailed', 'all is well\ufffdfailed'],
  ['a reordered line', 'a\u202eb', 'a\ufffdb'],
  ['NUL, tab and DEL', '\u0000\t\u007f', '\ufffd\ufffd\ufffd'],
  ['lines', 'a\nb', 'a\nb'],
  ['other scripts', 'ü — 東京', 'ü — 東京'],
])('%s', (_, text, expected) => {
  expect(printable(text)).toBe(expected);
});

it('keeps the marks of the command line itself', () => {
  const style = styleFor({
    stdout: { isTTY: true, columns: 80, rows: 24, write: () => true },
    environment: { FORCE_COLOR: '1' },
  });
  for (const mark of ['bold', 'dim', 'red', 'yellow', 'green', 'cyan'] as const) {
    const text = style(mark, 'x');
    expect(text).toContain('\u001b');
    expect(printable(text)).toBe(text);
  }
});

it('escapes in JSON what JSON leaves as it is', () => {
  const value = { a: '\u009b2J\u007f\u001b' };
  expect(escapedJson(value)).toBe('{"a":"\\u009b2J\\u007f\\u001b"}');
  expect(JSON.parse(escapedJson(value))).toEqual(value);
});
