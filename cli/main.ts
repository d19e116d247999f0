import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import type { CliEnvironment } from './environment.ts';
import { exitCodes } from './exit-code.ts';
import { runProgram } from './program.ts';
import { textStream } from './terminal/text-stream.ts';

const interrupted = new AbortController();

const environment: CliEnvironment = {
  stdout: textStream(process.stdout),
  stderr: textStream(process.stderr),
  readInput: () => text(process.stdin),
  // `undefined` for a pipe, whatever the types say.
  ask: process.stdin.isTTY === true && process.stdout.isTTY === true ? askAtTerminal : undefined,
  environment: process.env,
  now: () => Date.now(),
  pause: (milliseconds) => pause(milliseconds),
  interrupted: interrupted.signal,
};

async function askAtTerminal(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await terminal.question(question, { signal: interrupted.signal });
  } finally {
    terminal.close();
  }
}

// A reader that has seen enough (`| head`) is no error.
for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? exitCodes.fine.code : exitCodes.failed.code);
  });
}

process.on('SIGINT', () => {
  interrupted.abort();
  process.exit(exitCodes.interrupted.code);
});

/** As its user typed it, so that what help shows can be typed again. */
const { npm_lifecycle_event: script } = process.env;
const called = ['cli', 'plan', 'policy', 'deploy'].includes(script ?? '') ? 'npm run cli --' : 'private-ingress';

process.exitCode = await runProgram(called, process.argv.slice(2), environment);
