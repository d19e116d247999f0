import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from '../../build/lock.ts';

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lock-'));
  file = join(directory, 'below', 'the.lock');
});

afterEach(() => rm(directory, { recursive: true, force: true }));

describe('withLock', () => {
  it('runs one task after the other', async () => {
    const steps: string[] = [];
    let second: Promise<string> | undefined;
    const first = await withLock(file, async () => {
      second = withLock(file, async () => {
        steps.push('second begins');
        return 'second';
      });
      // Time enough for the second to begin, if it could.
      for (let turn = 0; turn < 50; turn++) await readdir(directory);
      steps.push('first ends');
      return 'first';
    });
    expect([first, await second]).toEqual(['first', 'second']);
    expect(steps).toEqual(['first ends', 'second begins']);
    expect(await readdir(join(directory, 'below'))).toEqual([]);
  });

  it('is free again after a task that failed', async () => {
    await expect(withLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(file, async () => 'yes')).toBe('yes');
  });

  it('takes over from a process that died', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    await withLock(file, () => writeFile(join(directory, 'made'), ''));
    await writeFile(file, String(pid));
    expect(await withLock(file, async () => 'mine')).toBe('mine');
  });
});
