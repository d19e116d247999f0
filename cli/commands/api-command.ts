import { Option } from '@commander-js/extra-typings';
import { apiClient } from '../api/client.ts';
import type { ServicePath } from '../api/service-path.ts';
import { type Directory, findService } from '../api/service-reference.ts';
import type { TargetOptions } from '../api/target.ts';
import { command, DEFAULT_STACK, type Example, localOption, type RunCommand, type Session } from '../command.ts';
import type { CommandOutcome } from '../exit-code.ts';

/** A command that asks the API of a stack. */
export function apiCommand<const Name extends string>(name: Name, examples: readonly Example[]) {
  return command(name, examples)
    .addOption(
      new Option('--stack <name>', `the stack whose API is asked (default: ${DEFAULT_STACK})`).conflicts([
        'api',
        'local',
      ]),
    )
    .addOption(
      new Option('--api <url>', 'the URL of the API, where the stack cannot be asked for it').conflicts('local'),
    )
    .addOption(localOption());
}

/** A command about one service, by its API. */
export function serviceCommand<const Name extends string>(name: Name, examples: readonly Example[]) {
  return apiCommand(name, examples).argument('<service>', 'its ARN, its path in the API, or its name');
}

/** The API the options mean. */
export interface Api extends Directory {
  /** Milliseconds between two looks at a service that is watched. */
  readonly pace: number;
}

type Options = TargetOptions & Parameters<RunCommand>[0];

export function withApi(
  run: RunCommand,
  options: Options,
  work: (api: Api, session: Session) => Promise<CommandOutcome>,
): Promise<void> {
  return run(options, async (session) => {
    // Loaded only now: it takes AWS clients, and help does without.
    const { findTarget } = await import('../api/target.ts');
    const target = await findTarget(options);
    const client = apiClient(target, session.environment.now);
    return work({ client, pace: target.pace, listed: target.listed }, session);
  });
}

export function withService(
  run: RunCommand,
  called: string,
  options: Options,
  work: (api: Api & { readonly path: ServicePath }, session: Session) => Promise<CommandOutcome>,
): Promise<void> {
  return withApi(run, options, async (api, session) => work({ ...api, path: await findService(called, api) }, session));
}
