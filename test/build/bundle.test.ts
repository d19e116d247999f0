import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuildError, build } from '../../build/bundle.ts';
import { parsePolicy } from '../../shared/policy/file/parse.ts';
import { readPolicy } from '../../shared/policy/file/read.ts';
import { completed } from '../policy/file/valid.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'build-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

async function buildFiles(files: Readonly<Record<string, string>>) {
  const functionsDir = join(directory, 'functions');
  await mkdir(functionsDir);
  for (const [name, content] of Object.entries(files)) await writeFile(join(functionsDir, name), content);
  return build({ functionsDir, outDir: join(directory, 'dist') });
}

async function failure(files: Readonly<Record<string, string>>): Promise<string> {
  const error = await buildFiles(files).catch((reason: unknown) => reason);
  if (!(error instanceof BuildError)) throw new Error('the build did not fail as a build', { cause: error });
  return error.message;
}

describe('build', () => {
  it('makes a folder for each function, with its bundle and what that is made of', async () => {
    const bundles = await buildFiles({
      'one.ts': 'export const handler = async (): Promise<number> => 1;',
      'two.ts': 'export class NamedError extends Error {}\nexport const handler = async () => NamedError.name;',
    });
    expect(bundles.map(({ name }) => name)).toEqual(['one', 'two']);
    expect(await readdir(join(directory, 'dist', 'one'))).toEqual(['index.mjs', 'meta.json']);
    const { handler } = await import(join(directory, 'dist', 'two', 'index.mjs'));
    expect(await handler()).toBe('NamedError');
  });

  it('of several at once ends for each', async () => {
    const large = build({ functionsDir: join(import.meta.dirname, 'functions'), outDir: join(directory, 'large') });
    const small = buildFiles({ 'one.ts': 'export const handler = 1;' });
    expect((await Promise.all([large, small])).map((bundles) => bundles.length)).toEqual([1, 1]);
  });

  it('removes what is left of an earlier build', async () => {
    await mkdir(join(directory, 'dist', 'gone'), { recursive: true });
    await buildFiles({ 'one.ts': 'export const handler = 1;' });
    expect(await readdir(join(directory, 'dist'))).toEqual(['one']);
  });

  it('says file, line and column of every mistake, in every function', async () => {
    const message = await failure({
      'one.ts': "export const handler = 1;\nimport './missing.ts';",
      'two.ts': 'export const handler: = 1;',
      'whole.ts': 'export const handler = 1;',
    });
    expect(message).toMatch(/Could not resolve ".\/missing.ts"[\s\S]*one\.ts:2:7:/);
    expect(message).toMatch(/Unexpected "="[\s\S]*two\.ts:1:22:/);
    expect(await readFile(join(directory, 'dist', 'whole', 'index.mjs'), 'utf8')).toContain('handler');
  });

  it('takes no warning for an answer', async () => {
    expect(await failure({ 'one.ts': 'export const handler = (x: object) => !x instanceof Date;' })).toContain(
      'one.ts:1:38:',
    );
  });

  it('refuses a require that would fail in Lambda', async () => {
    const message = await failure({
      'one.ts': "declare const require: any; export const handler = () => require('node:fs');",
    });
    expect(message).toContain('one.ts: ERROR: [one] requires "node:fs"');
  });

  it('skips nothing in the folder of functions', async () => {
    expect(await failure({ 'one.ts': 'export const handler = 1;', 'two.js': '' })).toContain('two.js: not a function');
  });

  it('wants a function', async () => {
    expect(await failure({})).toContain('there is no function in it');
    await expect(build({ functionsDir: join(directory, 'nowhere') })).rejects.toThrow(
      'no folder of functions (ENOENT)',
    );
  });

  describe('with a policy file', () => {
    const file = () => join(directory, 'policy.yml');
    const buildWith = async (text: string) => {
      await writeFile(file(), text);
      const functionsDir = join(directory, 'functions');
      await mkdir(functionsDir);
      for (const name of ['reconcile', 'probe'])
        await writeFile(join(functionsDir, `${name}.ts`), 'export const a = 1;');
      return build({ functionsDir, outDir: join(directory, 'dist'), policyFile: file() });
    };

    it('lays it beside the functions that decide, as JSON', async () => {
      await buildWith(completed(''));
      const compiled: unknown = JSON.parse(await readFile(join(directory, 'dist', 'reconcile', 'policy.json'), 'utf8'));
      expect(readPolicy(compiled)).toEqual(parsePolicy(completed(''), 'policy.yml', Date.now()).policy);
      expect(await readdir(join(directory, 'dist', 'probe'))).toEqual(['index.mjs', 'meta.json']);
    });

    it('fails with all that is wrong with it, and leaves what was built before', async () => {
      await mkdir(join(directory, 'dist', 'before'), { recursive: true });
      const failed = buildWith(completed('owner: A\nregions: [b]\n'));
      await expect(failed).rejects.toThrow(BuildError);
      await expect(failed).rejects.toThrow(/policy\.yml:1:8: "A" is invalid.*\n.*policy\.yml:2:11: "b" is invalid/);
      expect(await readdir(join(directory, 'dist'))).toEqual(['before']);
    });

    it('fails where there is none although one is named', async () => {
      const named = build({ outDir: join(directory, 'dist'), policyFile: join(directory, 'nowhere.yml') });
      await expect(named).rejects.toThrow(/nowhere\.yml:1:1: the file cannot be read \(ENOENT/);
    });
  });
});
