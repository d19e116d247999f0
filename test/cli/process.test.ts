import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { exitCodes } from '../../cli/exit-code.ts';
import { Program, run } from '../demo/program.ts';
import { serve } from './api-server.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'ap-northeast-1' };

describe('the program as a process', () => {
  test('ends with the exit codes of docs/cli.md', async () => {
    const { url } = await serve(() => ({ status: 200, body: { services: [] } }));
    const codes = await Promise.all(
      [['list', '--api', url], ['list', '--api', 'http://127.0.0.1:2'], ['lsit']].map(async (words) => {
        const { code } = await run('cli/main.ts', words, KEYS);
        return code;
      }),
    );
    expect(codes).toEqual([exitCodes.fine.code, exitCodes.failed.code, exitCodes.usage.code]);
  });

  test('Ctrl-C: 130, at once', async () => {
    let asked = () => {};
    const isAsked = new Promise<void>((done) => {
      asked = done;
    });
    const { url } = await serve(() => {
      asked();
      return new Promise(() => {});
    });
    const program = Program.start('cli/main.ts', ['list', '--api', url], KEYS);
    await isAsked;
    expect(await program.end('SIGINT')).toMatchObject({ code: exitCodes.interrupted.code, signal: null, stdout: '' });
  });

  test('a reader that has seen enough is no error', async () => {
    const child = spawn(process.execPath, ['cli/main.ts', '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    const code = await new Promise((done) => child.on('close', done));
    expect(code).toBe(0);
  });

  test('runs where npm installs packages, in a folder node_modules', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'private-ingress-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const installed = join(folder, 'node_modules', 'apprunner-private-ingress');
    mkdirSync(installed, { recursive: true });
    for (const part of ['cli', 'shared', 'package.json']) cpSync(part, join(installed, part), { recursive: true });
    symlinkSync(resolve('node_modules'), join(installed, 'node_modules'));
    const { code, stdout, stderr } = await run(join(installed, 'cli/bin.mjs'), [
      'policy',
      'check',
      resolve('policy.example.yml'),
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('no problems');
  });
});
