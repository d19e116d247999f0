import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Chromium, chromiumProgram } from './chromium.ts';
import { terminalPicture, themes } from './terminal-picture.ts';

/*
 * Makes the pictures of the docs from real runs: docs/images/run-*.svg of `npm start -- --once`, and report-*.webp of the
 * report of the organisation's story. "npm run pictures"; some minutes, and a Chromium for the report.
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const images = join(root, 'docs/images');
const ANY_PORTS = ['--aws-port', '0', '--dns-port', '0', '--api-port', '0'];

function start(program: string, ...words: readonly string[]): ChildProcess {
  const env = { ...process.env, NO_COLOR: undefined, FORCE_COLOR: '1' };
  return spawn(process.execPath, [join(root, program), ...words], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** @returns what it printed. @throws Error unless it ends with one of the codes. */
async function output(child: ChildProcess, ...codes: readonly number[]): Promise<string> {
  const exit = once(child, 'exit');
  const printed = child.stdout === null ? '' : await text(child.stdout);
  const [code]: unknown[] = await exit;
  if (typeof code !== 'number' || !codes.includes(code))
    throw new Error(`${child.spawnargs.join(' ')} ended with ${code}\n${printed}`);
  return printed;
}

async function picturesOfRun(): Promise<void> {
  const printed = await output(start('demo/start.ts', '--once', ...ANY_PORTS), 0);
  // Ports differ each time, and say nothing.
  const story = printed
    .split('\n')
    .slice(printed.split('\n').findIndex((line) => line.includes('embedded cloud is up')));
  const shown = [
    '$ npm start -- --once',
    '',
    ...story.filter((line) => !/^ {2}(AWS|DNS|HTTPS|API|Page) {2}/.test(line)),
  ];
  for (const [name, theme] of Object.entries(themes))
    await writeFile(
      join(images, `run-${name}.svg`),
      terminalPicture(shown.join('\n'), 'The output of npm start -- --once', theme),
    );
}

const SCREENS = {
  report: { width: 1280, height: 860 },
  'report-phone': { width: 390, height: 844, mobile: true },
};

async function picturesOfReport(program: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pictures-'));
  const running = start('demo/start.ts', '--org', '--json', ...ANY_PORTS);
  const chromium = await Chromium.start(program);
  try {
    let aws = '';
    for await (const line of createInterface({ input: running.stdout ?? process.stdin })) {
      const event: Record<string, unknown> = JSON.parse(line);
      if (event.event === 'ready') aws = String(event.aws);
      if (event.event === 'story') break;
    }
    const file = join(folder, 'report.html');
    await output(start('cli/main.ts', 'sweep', `--local=${aws}`), 0, 1, 3);
    // The report is written some seconds after the sweep.
    await new Promise((resolve) => setTimeout(resolve, 5000));
    await output(start('cli/main.ts', 'report', '--output', file, `--local=${aws}`), 0, 1, 3);
    for (const [name, size] of Object.entries(SCREENS)) {
      for (const dark of [false, true]) {
        await chromium.show({ ...size, dark });
        await chromium.open('about:blank');
        await chromium.open(pathToFileURL(file).href);
        await writeFile(join(images, `${name}-${dark ? 'dark' : 'light'}.webp`), await chromium.screenshot());
      }
    }
  } finally {
    running.kill('SIGINT');
    await chromium.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

await mkdir(images, { recursive: true });
await picturesOfRun();
if (chromiumProgram === undefined)
  process.stderr.write('There is no Chromium: docs/images/report-*.webp stay as they are.\n');
else await picturesOfReport(chromiumProgram);
