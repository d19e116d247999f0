#!/usr/bin/env node
import { CommanderError } from '@commander-js/extra-typings';
import { errorText } from '../error-text.ts';
import { interrupted, listen } from '../listen.ts';
import { limitRates } from '../rate-limits.ts';
import { type SeededNetwork, seedNetwork } from '../seed.ts';
import { PortInUseError } from '../wire/http-server.ts';
import { type ProgramOptions, parseOptions } from './options.ts';
import { upText } from './text.ts';

const complain = (line: string) => process.stderr.write(`${line}\n`);

async function run({ profile, switches, rateLimits, ports, seeded: isSeeded, json }: ProgramOptions): Promise<void> {
  // Whoever reads "ready" may end the program at once.
  const ended = interrupted();
  const { seeded, addresses, stop } = await listen({
    profile,
    switches,
    ports,
    seed: async (cloud): Promise<SeededNetwork | undefined> => (isSeeded ? await seedNetwork(cloud) : undefined),
    deploy: async ({ gateway, world }) => limitRates(gateway, world.clock, rateLimits),
    log: complain,
    functionLog: ({ functionName, line }) => complain(`${functionName}: ${line}`),
    portGaveWay: (name, port, instead) => complain(`Port ${port} is taken; ${name} is on ${instead}.`),
  });
  process.stdout.write(json ? `${JSON.stringify({ event: 'ready', ...addresses() })}\n` : upText(addresses(), seeded));
  await ended;
  await stop();
}

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

try {
  await parseOptions(process.argv.slice(2), run);
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    complain(error instanceof PortInUseError ? error.message : errorText(error));
    process.exitCode = 1;
  }
}
