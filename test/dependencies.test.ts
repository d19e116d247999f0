import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const EMBEDDED_CLOUD = 'apprunner-embedded-cloud';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Dependencies point one way (functions → reading and writing → the pure core). What a folder may import, by path. */
const MAY_IMPORT: Readonly<Record<string, readonly RegExp[]>> = {
  functions: [/^shared\//],
  shared: [/^shared\//],
  // What the command line, the stories and the scripts need to bundle and package the stack.
  build: [/^(build|shared)\//],
  cli: [/^(build|cli|shared)\//],
  conformance: [/^(conformance|facts)\//, /^shared\/records\/alias\.ts$/],
  local: [/^local\//],
  // `npm start` writes to a terminal as the command line does.
  demo: [/^(build|demo|shared)\//, /^cli\/terminal\//],
  'shared/records': [/^shared\/records\//, /^shared\/tags\.ts$/],
  'shared/policy': [
    /^shared\/(policy|records)\//,
    /^shared\/(domains-per-service|duration|errors|findings|patterns|service-arn|similar|tags)\.ts$/,
  ],
  'shared/plan': [
    /^shared\/(plan|policy|records)\//,
    /^shared\/(duration|endpoint-cost|findings|service-arn|tags)\.ts$/,
  ],
  'shared/observe': [/^shared\/(aws|observe|plan|policy|probe|records)\//, /^shared\/[a-z-]+\.ts$/],
  'shared/execute': [/^shared\/(aws|execute|observe|plan|policy|records)\//, /^shared\/[a-z-]+\.ts$/],
};

/** The core that can be read and tested without a world: no SDK, no clock, no chance, no environment. */
const PURE = ['shared/records', 'shared/policy', 'shared/plan'];
const PURE_PACKAGES = ['node:crypto', 'node:net', 'node:url', 'yaml', 'zod'];
/** They read the policy file from the disk. */
const READS_FILES = ['shared/policy/file/open.ts', 'shared/policy/file/packaged.ts'];
const WORLDLY = /\bDate\.now\(|\bnew Date\(\)|\bperformance\.|\bMath\.random\(|\bprocess\.|\bsetTimeout\(/;

describe.each(Object.entries(MAY_IMPORT))('%s', (folder, allowed) => {
  it('imports nothing of the project but what it may', () => {
    const found = sources(folder).flatMap((file) => own(file).map((imported) => ({ file, imported })));
    expect(found).not.toHaveLength(0);
    expect(found.filter(({ imported }) => !allowed.some((pattern) => pattern.test(imported)))).toEqual([]);
  });
});

describe.each(PURE)('%s', (folder) => {
  const files = sources(folder).filter((file) => !READS_FILES.includes(file));

  it('imports no package that reaches the world', () => {
    const found = files.flatMap((file) => packages(file).map((imported) => ({ file, imported })));
    expect(found.filter(({ imported }) => !PURE_PACKAGES.includes(imported))).toEqual([]);
  });

  it('asks neither a clock, nor chance, nor the environment', () => {
    expect(files.filter((file) => WORLDLY.test(read(file)))).toEqual([]);
  });
});

it.each(['functions', 'shared', 'cli'])(
  '%s, which is deployed or installed, does without the embedded cloud',
  (folder) => {
    const files = sources(folder);
    expect(files.filter((file) => packages(file).some((name) => name.startsWith(EMBEDDED_CLOUD)))).toEqual([]);
  },
);

it('no file imports itself by way of others, not even its types', () => {
  const files = [...Object.keys(MAY_IMPORT).filter((folder) => !folder.includes('/')), 'bench', 'scripts', 'test'];
  const found = cycle(new Map(files.flatMap(sources).map((file) => [file, own(file)])));
  expect(found.join(' → ')).toBe('');
});

describe('a cycle', () => {
  it('is found, and named by its files', () => {
    const files = { a: ['b'], b: ['c', 'd'], c: ['e'], d: ['b'], e: [] };
    expect(cycle(new Map(Object.entries(files)))).toEqual(['b', 'd', 'b']);
  });

  it('is not made of files that are imported twice', () => {
    const files = { a: ['b', 'c'], b: ['d'], c: ['b', 'd'], d: [] };
    expect(cycle(new Map(Object.entries(files)))).toEqual([]);
  });
});

/** The first way that leads from a file back to itself; empty when there is none. */
function cycle(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const clear = new Set<string>();
  const search = (file: string, path: readonly string[]): readonly string[] => {
    if (clear.has(file)) return [];
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    for (const imported of graph.get(file) ?? []) {
      const found = search(imported, [...path, file]);
      if (found.length > 0) return found;
    }
    clear.add(file);
    return [];
  };
  for (const file of graph.keys()) {
    const found = search(file, []);
    if (found.length > 0) return found;
  }
  return [];
}

function sources(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.split(sep).includes('node_modules'))
    .map((name) => join(folder, name));
}

/** Project files that a file imports, types included, as paths from the root. */
function own(file: string): readonly string[] {
  return imports(file)
    .filter((from) => from.startsWith('.'))
    .map((from) => relative(root, join(root, file, '..', from)));
}

function packages(file: string): readonly string[] {
  return imports(file).filter((from) => !from.startsWith('.'));
}

function imports(file: string): readonly string[] {
  const statements = /^(?:import|export|\}).*?\bfrom '([^']+)';|^import '([^']+)';|\bimport\('([^']+)'\)/gm;
  return [...read(file).matchAll(statements)].map(([, from, bare, lazily]) => from ?? bare ?? lazily ?? '');
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
