import { InvalidArgumentError } from '@commander-js/extra-typings';
import { parseDuration } from '../../shared/duration.ts';
import type { CommandDefinition } from '../command.ts';
import { watch } from '../watch/watch.ts';
import { serviceCommand, withService } from './api-command.ts';

export const watchCommand: CommandDefinition = (run) =>
  serviceCommand('watch', [
    { line: 'watch hello', does: 'live, until the service named hello is ready, given back, let go or blocked' },
    { line: 'watch hello --timeout 30m', does: 'and not longer than half an hour' },
    { line: 'watch hello --json', does: 'each step as one JSON object' },
  ])
    .summary('one service, live until it is ready, given back, let go or blocked')
    .description(
      'Tells every step as it happens, and in a terminal what is under way: what comes next, what is waited for, why and since when. Ends when nothing more will happen by itself: with 0 when the service is ready, detached or released, with 3 when it is blocked or a finding of severity error or warning is open. Ending it early changes nothing.',
    )
    .option('--timeout <duration>', 'give up watching after so long, with 1: 90s, 30m, 2h', duration)
    .action((called, options) =>
      withService(run, called, options, ({ client, pace, path }, session) =>
        watch(session, { client, pace, service: path, timeout: options.timeout }),
      ),
    );

/** @returns milliseconds. */
export function duration(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) throw new InvalidArgumentError('It takes a number and s, m, h or d, such as 30m.');
  return milliseconds;
}
