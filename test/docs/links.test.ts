import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => /\.(ts|mts|mjs|cjs|yml|md|json)$/.test(file) && file !== 'package-lock.json')
  .filter((file) => existsSync(join(root, file)));

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const anchorsOf = (page: string): readonly string[] =>
  [...page.matchAll(/<a id="([^"]+)">/g)].map(([, anchor]) => anchor ?? '');

it('every link to a fact names one', () => {
  const anchors = new Set(anchorsOf(read('docs/facts.md')));
  const links = files.flatMap((file) =>
    [...read(file).matchAll(/\bfacts\.md#([a-z][\w-]*)/g)].map(([, anchor]) => ({ file, anchor: anchor ?? '' })),
  );
  expect(links.length).toBeGreaterThan(50);
  expect(links.filter(({ anchor }) => !anchors.has(anchor))).toEqual([]);
});
