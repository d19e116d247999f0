import { InvalidArgumentError } from '@commander-js/extra-typings';
import { parseDuration } from '../../shared/duration.ts';
import type { CommandDefinition } from '../command.ts';
import { watch } from '../watch/watch.ts';
import { serviceCommand, withService } from './api-command.ts';

export const watchCommand: CommandDefinition = (run) =>
  serviceCommand('watch', [
    { line: 'watch hello', does: 'until the service named hello is ready, detached, released or blocked' },
    { line: 'watch hello --timeout 30m', does: 'for at most half an hour' },
    { line: 'watch hello --json', does: 'each step as one JSON object' },
  ])
    .summary('watch one service until it is ready, detached, released or blocked')
    .description(
      'Prints each step as it happens and, in a terminal, what comes next and what the service waits for, why and since when. Ends when the service waits for nothing: with 0 when the service is ready, detached or released, with 3 when it is blocked, when the kill switch or a held sweep keeps its actions, or when a finding of severity error or warning is open. Ending it early changes nothing.',
    )
    .option('--timeout <duration>', 'stop watching after this time, with exit code 1: 90s, 30m, 2h', duration)
    .action((called, options) =>
      withService(run, called, options, ({ client, pace, path }, context) =>
        watch(context, { client, pace, service: path, timeout: options.timeout }),
      ),
    );

/** @returns milliseconds. */
export function duration(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) throw new InvalidArgumentError('It takes a number and s, m, h or d, such as 30m.');
  return milliseconds;
}
