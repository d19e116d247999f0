import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

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

const pages = files.filter((file) => file.endsWith('.md'));

/** Links in code are quotations, not links of the page. */
const withoutCode = (page: string): string => page.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');

interface Link {
  readonly target: string;
  readonly anchor: string | undefined;
}

/** The links of a page to other files of the repository, as paths from its root. */
const linksOf = (page: string): readonly Link[] =>
  [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', anchor] = target.split('#');
      return { target: path === '' ? page : normalize(join(dirname(page), path)), anchor };
    });

describe.each(pages)('%s', (page) => {
  it('links to files that exist, and to anchors that these have', () => {
    const links = linksOf(page);
    expect(links.filter(({ target }) => !existsSync(join(root, target)))).toEqual([]);
    const toAnchors = links.filter(({ target, anchor }) => anchor !== undefined && target.endsWith('.md'));
    expect(toAnchors.filter(({ target, anchor = '' }) => !anchorsOf(read(target)).has(anchor))).toEqual([]);
  });
});

it('docs/README.md links every page of docs, and what stands beside them', () => {
  const linked = new Set(linksOf('docs/README.md').map(({ target }) => target));
  const all = files.filter((file) => /^docs\/.*\.(md|json)$/.test(file) && file !== 'docs/README.md');
  expect(all.length).toBeGreaterThan(30);
  expect(all.filter((page) => !linked.has(page))).toEqual([]);
});

it('comments link to pages and anchors that exist', () => {
  const links = files
    .filter((file) => !file.endsWith('.md') && !file.startsWith('test/'))
    .flatMap((file) =>
      [...read(file).matchAll(/\b(docs\/[\w/-]+\.md)(?:#([a-z][\w-]*))?/g)].map(([, page = '', anchor]) => ({
        file,
        page,
        anchor,
      })),
    );
  expect(links.length).toBeGreaterThan(100);
  expect(links.filter(({ page }) => !existsSync(join(root, page)))).toEqual([]);
  expect(links.filter(({ page, anchor }) => anchor !== undefined && !anchorsOf(read(page)).has(anchor))).toEqual([]);
});

it('every file that the architecture and the guide for contributors name exists', () => {
  const named = ['docs/architecture.md', 'CONTRIBUTING.md'].flatMap((page) =>
    [...read(page).matchAll(/`((?:shared|functions|stack|test|local|scripts|facts|events|cli|demo)\/[\w/.-]*)`/g)].map(
      ([, path = '']) => path,
    ),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

it('every link to a fact names one', () => {
  const anchors = anchorsOf(read('docs/facts.md'));
  const links = files.flatMap((file) =>
    [...read(file).matchAll(/\bfacts\.md#([a-z][\w-]*)/g)].map(([, anchor = '']) => ({ file, anchor })),
  );
  expect(links.length).toBeGreaterThan(100);
  expect(links.filter(({ anchor }) => !anchors.has(anchor))).toEqual([]);
});
