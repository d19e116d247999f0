import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const run = promisify(execFile);

describe.each([
  ['docs/replay.sh', 15],
  ['docs/replay-live.sh', 20],
])('%s', (script, atLeast) => {
  const record = () => readFile(script.replace(/\.sh$/, '.md'), 'utf8');

  /** The titles of the situations as `--list` prints them, behind their numbers. */
  async function titles(): Promise<string[]> {
    const { stdout } = await run('bash', [script, '--list']);
    return stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.trim().replace(/^(\d+) +/, '$1. '));
  }

  test('plays many situations, and the record shows each of them going as expected', async () => {
    const recorded = await record();
    const sections = recorded.split(/^(?=## )/m).filter((section) => /^## \d/.test(section));
    const listed = await titles();
    expect(listed.length).toBeGreaterThanOrEqual(atLeast);
    expect(sections.map((section) => section.split('\n')[0]?.slice('## '.length))).toEqual(listed);
    for (const section of sections) expect(section).toMatch(/^✓ /m);
    expect(recorded).not.toMatch(/^✗ /m);
  });

  test('shows every command in the record that it types', async () => {
    const recorded = await record();
    const source = await readFile(script, 'utf8');
    // Those without a variable part: typed as they stand in the script.
    const typed = [...source.matchAll(/^ +run '([^']+)'$/gm)].map(([, command]) => command ?? '');
    expect(typed.length).toBeGreaterThan(30);
    expect(typed.filter((command) => !recorded.includes(`$ ${command}\n`))).toEqual([]);
  });

  test.each([['0'], ['99'], ['--nonsense']])('refuses %s, with what it takes', async (argument) => {
    await expect(run('bash', [script, argument])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`"${argument}" is no situation: give numbers from 1 to`),
    });
  });

  test('explains itself', async () => {
    const { stdout } = await run('bash', [script, '--help']);
    expect(stdout).toContain('npm start -- --idle');
    expect(stdout).toContain(script);
  });
});
