import { expect, test } from 'vitest';
import { terminalPicture, themes } from '../../scripts/terminal-picture.ts';

/** The lines of the picture, without marks. */
const drawn = (output: string) =>
  [...terminalPicture(output, 'a run', themes.light).matchAll(/<text .*?>(.*)<\/text>/g)].map(([, line = '']) =>
    line.replaceAll(/<[^>]+>/g, '').replaceAll('\u00a0', ' '),
  );

const long = `https://${'x'.repeat(90)} from inside the VPC`;

test.each([
  ['a step', '\u001b[2m   0.1 s\u001b[22m  reconcile  ', ' '.repeat(21)],
  ['a check', '\u001b[32m✓\u001b[39m ', '  '],
  ['an indented line', '    ', '    '],
])('a line of %s that is too long goes on below its text', (_, head, indent) => {
  const [, ...more] = drawn(`${head}${long}`);
  expect(more.length).toBeGreaterThan(0);
  for (const line of more) expect(line).toMatch(new RegExp(`^${indent}\\S`));
});
