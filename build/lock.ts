import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const BETWEEN_TRIES = 50; // milliseconds

/**
 * Runs `task` while no other process on this machine runs one under the same lock file.
 * The file holds the owner's process id: the lock of a process that died is taken over.
 */
export async function withLock<Result>(file: string, task: () => Promise<Result>): Promise<Result> {
  await mkdir(dirname(file), { recursive: true });
  while (!(await take(file))) await wait(BETWEEN_TRIES);
  try {
    return await task();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    await handle.writeFile(String(process.pid));
    await handle.close();
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const owner = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
  if (owner > 0 && !isAlive(owner)) await rm(file, { force: true });
  return false;
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // EPERM: somebody else's, but alive.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
