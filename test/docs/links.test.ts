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
/** The anchors of a page: those written out, and those that GitHub makes of headings. */
const anchorsOf = (page: string): ReadonlySet<string> =>
  new Set([
    ...[...page.matchAll(/<a id="([^"]+)">/g)].map(([, anchor = '']) => anchor),
    ...[...page.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => slug(heading)),
  ]);

const slug = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

it('every link to a fact names one', () => {
  const anchors = anchorsOf(read('docs/facts.md'));
  const links = files.flatMap((file) =>
    [...read(file).matchAll(/\bfacts\.md#([a-z][\w-]*)/g)].map(([, anchor = '']) => ({ file, anchor })),
  );
  expect(links.length).toBeGreaterThan(100);
  expect(links.filter(({ anchor }) => !anchors.has(anchor))).toEqual([]);
});
