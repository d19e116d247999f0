import { PortInUseError } from 'apprunner-embedded-cloud/http-server';
import { interrupted } from 'apprunner-embedded-cloud/listen';
import { BuildError } from '../build/bundle.ts';
import { ensurePackaged } from '../build/package.ts';
import { PackageError } from '../build/package-templates.ts';
import { listen, type Running } from './listen.ts';
import { HELP, parseOptions, type StartOptions, StartUsageError } from './options.ts';
import { playOrganizationStory } from './organization-story.ts';
import { jsonOutput, type StoryOutput, textOutput } from './output.ts';
import { playStory } from './story.ts';

// A reader that closes early (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

async function main(options: StartOptions): Promise<number | undefined> {
  const output = options.json ? jsonOutput((text) => process.stdout.write(text)) : textOutput(process.stdout);
  const running = await start(options, output);
  try {
    return await playAndStay(running, options, output);
  } finally {
    await running.stop();
  }
}

async function playAndStay(running: Running, options: StartOptions, output: StoryOutput): Promise<number> {
  const { ready, network } = running;
  // A script may end the program as soon as the first line is there.
  const ended = options.idle ? interrupted() : undefined;
  output.ready(ready, network);
  if (!options.idle) {
    const story = await play(running, output);
    if (options.once) return story.ok ? 0 : 1;
  }
  output.staysUp(ready, network, running.organization);
  await (ended ?? interrupted());
  return 0;
}

/** The story that was asked for. */
async function play(running: Running, output: StoryOutput): Promise<{ readonly ok: boolean }> {
  const { organization } = running;
  if (organization === undefined) {
    const story = await playStory(running, output);
    output.ended(story);
    return story;
  }
  const story = await playOrganizationStory({ ...running, organization }, output);
  output.organizationEnded(story);
  return story;
}

async function start(options: StartOptions, output: StoryOutput): Promise<Running> {
  output.progress('Packaging the stack …');
  // A policy file is about accounts that the embedded cloud does not have.
  const packaged = await ensurePackaged({ policyFile: '' });
  const complain = (line: string) => process.stderr.write(`${line}\n`);
  return listen({
    ...options,
    template: packaged.template,
    ...(options.org ? { organization: packaged } : {}),
    codeFolder: packaged.codeFolder,
    log: complain,
    // Print only errors of the functions; the rest is in the row's timeline.
    functionLog: ({ functionName, line, stream }) => {
      if (stream === 'stderr' || line.includes('"level":"ERROR"')) complain(`${functionName}: ${line}`);
    },
    portGaveWay: (name, port, instead) => output.note(`Port ${port} is in use; ${name} is on ${instead}.`),
  });
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) process.stdout.write(HELP);
  else process.exitCode = await main(options);
} catch (error) {
  const expected = [StartUsageError, PortInUseError, BuildError, PackageError].some((kind) => error instanceof kind);
  process.stderr.write(
    `${expected && error instanceof Error ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  if (error instanceof StartUsageError) process.stderr.write('See npm start -- --help.\n');
  process.exitCode = error instanceof StartUsageError ? 2 : 1;
}
