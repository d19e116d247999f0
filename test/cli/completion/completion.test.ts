import { execFile } from 'node:child_process';
import { accessSync, chmodSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { completionModel } from '../../../cli/completion/model.ts';
import { completionScript, type Shell, shells } from '../../../cli/completion/scripts.ts';
import { createProgram } from '../../../cli/program.ts';
import { type } from '../command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'completion-'));
const commands = completionModel(createProgram('private-ingress'));

beforeAll(() => {
  for (const shell of shells) writeFileSync(join(folder, shell), completionScript(shell, 'private-ingress', commands));
  // Stands for the program: notes how it was asked, and knows two services.
  const program = join(folder, 'private-ingress');
  const services = ['hello', 'orders'].map((name) =>
    JSON.stringify({ account: '123456789012', region: 'ap-northeast-1', name, findings: [{ name: 'no-name' }] }),
  );
  writeFileSync(
    program,
    `#!/bin/sh\necho "$@" >'${join(folder, 'asked')}'\n${services.map((one) => `echo '${one}'\n`).join('')}`,
  );
  chmodSync(program, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const isThere = (program: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((place) => {
    try {
      accessSync(join(place, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** How each shell is asked what completes the last of these words. */
const questions: Readonly<Record<Shell, (words: readonly string[]) => readonly string[]>> = {
  bash: (words) => [
    '--norc',
    '-c',
    `source ./bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _private_ingress; printf '%s\\n' "\${COMPREPLY[@]}"`,
    'bash',
    ...words,
  ],
  zsh: (words) => [
    '-f',
    '-c',
    // What the completion system of zsh would offer.
    `compdef() { }; compadd() { shift; print -l -- "$@" }; _files() { print -l -- *(N) }
    _describe() { print -l -- "\${(@)\${(@P)2}%%:*}" }
    source ./zsh; words=("$@"); CURRENT=$#; _private_ingress`,
    'zsh',
    ...words,
  ],
  fish: (words) => ['--no-config', '-c', `source ./fish; complete -C '${words.join(' ')}'`],
};

async function completed(shell: Shell, line: string): Promise<readonly string[]> {
  const words = ['private-ingress', ...line.split(' ')];
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH ?? ''}`, HOME: folder };
  const { stdout } = await promisify(execFile)(shell, questions[shell](words), { cwd: folder, env });
  // zsh leaves it to compadd to compare with what is typed.
  return stdout
    .split('\n')
    .map((offered) => offered.replace(/\t.*/, ''))
    .filter((offered) => offered !== '' && offered.startsWith(words.at(-1) ?? ''))
    .sort();
}

describe.each(shells)('%s', (shell) => {
  test.skipIf(!isThere(shell))(`completes what is typed (left out where there is no ${shell})`, async () => {
    expect(await completed(shell, 'ki')).toEqual(['kill-switch']);
    expect(await completed(shell, 'sweep ')).toEqual(
      expect.arrayContaining(['--no-wait', 'begin', 'confirm', 'list', 'show']),
    );
    expect(await completed(shell, 'sweep show --l')).toEqual(['--local']);
    expect(await completed(shell, 'list --phase ready')).toEqual(['ready', 'ready-unverified']);
    expect(await completed(shell, 'list --local --finding cont')).toEqual(['contested']);
    expect(await completed(shell, 'kill-switch o')).toEqual(['off', 'on']);
    expect(await completed(shell, 'kill-switch --stack other --lo')).toEqual(['--local']);
    expect(await completed(shell, 'help wat')).toEqual(['watch']);
    expect(await completed(shell, 'policy check fi')).toEqual(['fish']);
    expect(await completed(shell, 'watch hello --timeout ')).toEqual([]);
  });

  test.skipIf(!isThere(shell))(
    `completes names of services, asked where the line says (left out where there is no ${shell})`,
    async () => {
      expect(await completed(shell, 'attach --stack other or')).toEqual(['orders']);
      expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe('list --json --stack other\n');
      expect(await completed(shell, 'status --local ')).toEqual(['hello', 'orders']);
      expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe('list --json --local\n');
      // The place of a domain.
      expect(await completed(shell, 'attach hello or')).toEqual([]);
    },
  );
});

test('the command prints the script, and knows no other shell', async () => {
  const { code, stdout } = await type(['completion', 'zsh']);
  expect({ code, stdout }).toEqual({ code: 0, stdout: completionScript('zsh', 'private-ingress', commands) });
  expect(await type(['completion', 'tcsh'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Allowed choices are bash, zsh, fish.'),
  });
});
