import { expect, test } from 'vitest';
import { createOutput } from '../../../cli/terminal/output.ts';
import { table } from '../../../cli/terminal/table.ts';
import { textStream } from '../../../cli/terminal/text-stream.ts';

const WIDE = 'a-name-of-a-service-that-is-longer-than-a-narrow-terminal';

/** What a terminal of that many columns shows of a table. */
function shown(columns: number): string {
  let text = '';
  const stdout = textStream({
    isTTY: true,
    columns,
    rows: 24,
    write: (one: string | Uint8Array) => {
      text += String(one);
      return true;
    },
  });
  const environment = { stdout, stderr: stdout, environment: { TERM: 'dumb' }, now: () => 0 };
  const output = createOutput({ ...environment, ...unused }, false);
  output.say({}, (layout) => table(['NAME', 'DOMAINS'], [[WIDE, WIDE]], layout, 1));
  return text;
}

const unused = {
  readInput: async () => '',
  ask: undefined,
  pause: async () => {},
  interrupted: new AbortController().signal,
};

test('a width of 0 columns is no limit', () => {
  expect(shown(0)).toBe(`NAME${' '.repeat(WIDE.length - 4)}  DOMAINS\n${WIDE}  ${WIDE}\n`);
});

test('a narrow terminal cuts', () => {
  expect(shown(30)).toBe(`NAME\n${WIDE.slice(0, 29)}…\n`);
});

test('a pipe has a width for help, and is no terminal', () => {
  expect(textStream({ write: () => true })).toMatchObject({ isTTY: false, columns: 80, rows: 24 });
});
