import { Option } from '@commander-js/extra-typings';
import { DEFAULT_STACK } from '../../shared/command-line.ts';
import { apiClient } from '../api/client.ts';
import type { ServicePath } from '../api/service-path.ts';
import { findService, type ServiceDirectory } from '../api/service-reference.ts';
import type { TargetOptions } from '../api/target.ts';
import { type CommandContext, command, type Example, localOption, type RunCommand } from '../command.ts';
import type { CommandOutcome } from '../exit-code.ts';

/** A command that calls the API of a stack. */
export function apiCommand<const Name extends string>(name: Name, examples: readonly Example[]) {
  return command(name, examples)
    .addOption(
      new Option('--stack <name>', `the stack whose API to call (default: ${DEFAULT_STACK})`).conflicts([
        'api',
        'local',
      ]),
    )
    .addOption(new Option('--api <url>', 'the URL of the API, if you may not describe the stack').conflicts('local'))
    .addOption(localOption());
}

/** A command about one service. */
export function serviceCommand<const Name extends string>(name: Name, examples: readonly Example[]) {
  return apiCommand(name, examples).argument('<service>', 'its ARN, its path in the API, or its name');
}

/** The API that the options name. */
export interface Api extends ServiceDirectory {
  /** Milliseconds between two requests for a service that is watched. */
  readonly pace: number;
}

/** `region`, where a command has it, is of services and not of the stack. */
type Options = Omit<TargetOptions, 'region'> & Parameters<RunCommand>[0];

export function withApi(
  run: RunCommand,
  options: Options,
  work: (api: Api, context: CommandContext) => Promise<CommandOutcome>,
): Promise<void> {
  return run(options, async (context) => {
    // Loaded late: help needs no AWS clients.
    const { findTarget } = await import('../api/target.ts');
    const { stack, api, local } = options;
    const target = await findTarget({ stack, api, local });
    const client = apiClient(target, context.environment.now);
    const { typed } = context.output.layout;
    return work({ client, pace: target.pace, listed: target.listed, typed }, context);
  });
}

export function withService(
  run: RunCommand,
  called: string,
  options: Options,
  work: (api: Api & { readonly path: ServicePath }, context: CommandContext) => Promise<CommandOutcome>,
): Promise<void> {
  return withApi(run, options, async (api, context) => work({ ...api, path: await findService(called, api) }, context));
}
