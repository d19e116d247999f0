import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { licensesOf, packageFolders } from '../../build/licenses.ts';
import { ensurePackaged, type Package } from '../../build/package.ts';
import { unzip } from '../../local/src/services/s3/unzip.ts';

let made: Package;
beforeAll(async () => {
  made = await ensurePackaged();
}, 120_000);

describe('the licences of the packages in a bundle', () => {
  it('are those of every package, also of scoped and nested ones', () => {
    const files = [
      'shared/a.ts',
      'node_modules/hono/dist/a.js',
      'node_modules/@a/b/c.js',
      'node_modules/x/node_modules/@a/b/d.js',
    ];
    const inputs = Object.fromEntries(files.map((file) => [file, { bytes: 1, imports: [] }]));
    expect(packageFolders({ inputs })).toEqual([
      'node_modules/@a/b',
      'node_modules/hono',
      'node_modules/x/node_modules/@a/b',
    ]);
  });

  it('are nothing without packages', async () => {
    expect(await licensesOf({ inputs: { 'shared/a.ts': { bytes: 1, imports: [] } } }, '.')).toBeUndefined();
  });

  it('stand in every zip, with the text of each package that the bundle has', async () => {
    for (const [name, path] of Object.entries(made.zips)) {
      const text =
        unzip(await readFile(path))
          .get(`dist/${name}/licenses.txt`)
          ?.toString() ?? '';
      const { inputs } = JSON.parse(await readFile(join(made.codeFolder, 'dist', name, 'meta.json'), 'utf8'));
      for (const folder of packageFolders({ inputs })) {
        const { name: title, version } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
        expect(text, name).toContain(`${title}@${version} (`);
      }
      expect(text, name).not.toMatch(/\(unknown\)/);
      expect(text, name).toMatch(/Apache License|Permission is hereby granted/);
    }
  });
});
