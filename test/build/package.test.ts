import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { ensurePackaged, replaceFolder } from '../../build/package.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

test('two processes that package at the same time both succeed, and the result is whole', async () => {
  const program = () => run(process.execPath, ['build/package.ts'], { cwd: root });
  const outputs = await Promise.all([program(), program()]);
  for (const { stdout } of outputs) expect(stdout).toContain('.serverless/probe.zip');
  const { zips, directory } = await ensurePackaged();
  const files = await readdir(join(root, '.serverless'));
  expect(files).toEqual(await readdir(directory));
  expect(files).toEqual(expect.arrayContaining(Object.keys(zips).map((name) => `${name}.zip`)));
  const left = (await readdir(root)).filter((name) => name.startsWith('.serverless-'));
  expect(left).toEqual([]);
}, 300_000);

test('a package that is there is not made again', async () => {
  await ensurePackaged();
  expect((await ensurePackaged()).made).toBe(false);
}, 120_000);

test('of folders that replace one another at the same time, one stays whole', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'replace-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const names = Array.from({ length: 20 }, (_, index) => `from-${index}`);
  for (const name of names) {
    await mkdir(join(folder, name));
    for (const file of ['one', 'two']) await writeFile(join(folder, name, file), name);
  }
  await Promise.all(names.map((name) => replaceFolder(join(folder, name), join(folder, 'to'))));
  expect(await readdir(folder)).toEqual(['to']);
  expect(await readFile(join(folder, 'to', 'one'), 'utf8')).toBe(await readFile(join(folder, 'to', 'two'), 'utf8'));
});
