import { spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/ensure-installed.mjs', import.meta.url));

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'checkout-'));
  await mkdir(join(root, 'scripts'));
  await mkdir(join(root, 'bin'));
  await mkdir(join(root, 'node_modules'));
  await copyFile(script, join(root, 'scripts', 'ensure-installed.mjs'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

const lockFile = (packages: object) =>
  JSON.stringify({ lockfileVersion: 3, packages: { '': { name: 'project' }, ...packages } });

/** Runs the script in a checkout whose `npm` only notes how it was called. */
async function run(wanted: object, installed: object | undefined, npmExitCode = 0) {
  await writeFile(join(root, 'package-lock.json'), lockFile(wanted));
  if (installed !== undefined) await writeFile(join(root, 'node_modules', '.package-lock.json'), lockFile(installed));
  const npm = join(root, 'bin', 'npm');
  await writeFile(npm, `#!/bin/sh\necho "$@" >> "${join(root, 'calls')}"\nexit ${npmExitCode}\n`);
  await chmod(npm, 0o755);
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts', 'ensure-installed.mjs')], {
    encoding: 'utf8',
    env: { PATH: `${join(root, 'bin')}:/usr/bin:/bin` },
  });
  const calls = await readFile(join(root, 'calls'), 'utf8').catch(() => '');
  return { status, stdout, stderr, calls };
}

const one = { 'node_modules/one': { version: '1.0.0', integrity: 'sha512-one' } };
const elsewhere = process.platform === 'darwin' ? 'linux' : 'darwin';

describe('ensure-installed', () => {
  it('does nothing when all is there', async () => {
    expect(await run(one, one)).toEqual({ status: 0, stdout: '', stderr: '', calls: '' });
  });

  it.each([
    ['nothing is installed', one, undefined],
    ['a package is missing', one, {}],
    ['another version is there', one, { 'node_modules/one': { version: '1.0.1', integrity: 'sha512-one' } }],
    ['another content is there', one, { 'node_modules/one': { version: '1.0.0', integrity: 'sha512-two' } }],
    [
      'an optional package for this machine is missing',
      { 'node_modules/native': { version: '1.0.0', optional: true, os: [process.platform], cpu: process.arch } },
      {},
    ],
  ])('installs when %s', async (_, wanted, installed) => {
    const { status, stdout, calls } = await run(wanted, installed);
    expect({ status, stdout, calls }).toEqual({
      status: 0,
      stdout: '',
      calls: 'ci --include=dev --include=optional --no-audit --no-fund --loglevel=error\n',
    });
  });

  it.each([
    ['for another system', { version: '1.0.0', optional: true, os: [elsewhere], cpu: [process.arch] }],
    ['that belongs to one for another system', { version: '1.0.0', optional: true }],
  ])('does not miss an optional package %s', async (_, entry) => {
    expect((await run({ 'node_modules/native': entry }, {})).calls).toBe('');
  });

  it('says what to do when npm fails', async () => {
    const { status, stderr } = await run(one, undefined, 7);
    expect(status).toBe(1);
    expect(stderr).toContain('npm ci failed');
    expect(stderr).toContain('run the same command again');
  });
});
