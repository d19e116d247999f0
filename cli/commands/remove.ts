import { Option } from '@commander-js/extra-typings';
import { MINUTE } from '../../shared/duration.ts';
import { type CommandDefinition, command, localOption } from '../command.ts';
import { UsageError } from '../errors.ts';
import { duration } from './watch.ts';

export const removeCommand: CommandDefinition = (run) =>
  command('remove', [
    { line: 'remove', does: 'refuse while services are managed, else ask and remove the stack' },
    { line: 'remove --detach', does: 'detach every service first, and wait until they are' },
    { line: 'remove --release --yes', does: 'stop managing every service, delete nothing of theirs, do not ask' },
  ])
    .summary('remove the stack once it manages no service')
    .description(
      'Removes the stack. Refuses while it manages services, because nothing else removes what it wrote for them: --detach removes that first, --release leaves it as it is. Removes nothing when the services cannot be listed. Interface endpoints, security groups and tags stay. Ends with 3 when a service keeps the stack.',
    )
    .option('--detach', 'first detach every service: remove its records, domains and connection')
    .option('--release', 'first release every service: leave everything as it is, and stop managing it')
    .addOption(
      new Option('--timeout <duration>', 'how long to wait for the services: 90s, 30m, 2h')
        .argParser(duration)
        .default(30 * MINUTE, '30m'),
    )
    .option('--yes', 'remove without asking')
    .option('--stage <name>', 'of the stack apprunner-private-ingress-<stage>', 'main')
    .option('--region <name>', "of the stack; else AWS_REGION, the profile's, or ap-northeast-1")
    .addOption(localOption())
    .action((options) =>
      run(options, async ({ output, environment }) => {
        const { detach = false, release = false, yes = false, timeout } = options;
        if (detach && release) throw new UsageError('Pass --detach or --release, not both.');
        if (!yes && (output.json || environment.ask === undefined)) {
          throw new UsageError('No terminal to ask for confirmation. Pass --yes to remove the stack.');
        }
        // Loaded late: help needs no AWS clients.
        const { composeRemoval } = await import('../remove/compose.ts');
        const { remove } = await import('../remove/remove.ts');
        const { stackName, dependencies } = await composeRemoval(options, output, environment);
        return remove(
          stackName,
          { leaving: detach ? 'detach' : release ? 'release' : undefined, yes, timeout },
          dependencies,
        );
      }),
    );
