import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The parts of `npm run check`. All run, also after a failure. */
const parts: Readonly<Record<string, readonly [program: string, ...args: string[]]>> = {
  types: ['tsc', '--project', '.'],
  'lint and formatting': ['biome', 'check', '--error-on-warnings', '.'],
  'unused code': ['knip'],
  'generated docs': ['node', 'scripts/generate-docs.ts', '--check'],
};

interface Outcome {
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
  readonly output: string;
}

function run(name: string, [program, ...args]: readonly [string, ...string[]]): Promise<Outcome> {
  const start = performance.now();
  return new Promise((resolve) => {
    const child = spawn(join(root, 'node_modules', '.bin', program), args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    const end = (passed: boolean) => resolve({ name, passed, seconds: (performance.now() - start) / 1000, output });
    child.on('error', (error) => {
      output += `${program} cannot be started: ${error.message}\n`;
      end(false);
    });
    child.on('close', (code) => end(code === 0));
  });
}

const outcomes = await Promise.all(Object.entries(parts).map(([name, command]) => run(name, command)));
for (const { name, passed, output } of outcomes) {
  if (!passed) console.log(`━━ ${name} ━━\n${output.trim()}\n`);
}
for (const { name, passed, seconds } of outcomes) {
  console.log(`${passed ? 'ok    ' : 'FAILED'}  ${name} (${seconds.toFixed(1)} s)`);
}
if (outcomes.some(({ passed }) => !passed)) process.exitCode = 1;
