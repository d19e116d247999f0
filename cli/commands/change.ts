import { withCommands } from '../../shared/command-line.ts';
import { type ApiClient, dataOf, type Schemas } from '../api/client.ts';
import { pathText, type ServicePath } from '../api/service-path.ts';
import type { CommandContext, Example, RunCommand } from '../command.ts';
import type { Layout } from '../terminal/output.ts';
import { watch } from '../watch/watch.ts';
import { serviceCommand, withService } from './api-command.ts';
import { duration } from './watch.ts';

/** A command that writes a request as tags; the next reconciliation executes it. */
export function changeCommand<const Name extends string>(name: Name, examples: readonly Example[]) {
  return serviceCommand(name, examples)
    .option('--wait', 'watch the service as "watch" does, with the same exit code')
    .option('--timeout <duration>', 'with --wait: stop after this time, with exit code 1: 90s, 30m, 2h', duration);
}

type Options = Parameters<typeof withService>[2] & {
  readonly wait?: true | undefined;
  readonly timeout?: number | undefined;
};

/** Sends the request, prints the written tags, and watches with `--wait`. @param ask `undefined`: the person declined. */
export function change(
  run: RunCommand,
  called: string,
  options: Options,
  ask: (
    client: ApiClient,
    path: ServicePath,
    context: CommandContext,
  ) => Promise<{ readonly data?: Schemas['Accepted']; readonly response: Response } | undefined>,
): Promise<void> {
  return withService(run, called, options, async ({ client, pace, path }, context) => {
    const answer = await ask(client, path, context);
    if (answer === undefined) return 'fine';
    const accepted = await dataOf(Promise.resolve(answer));
    context.output.say(accepted, (layout) => acceptedText(accepted, path, options.wait === true, layout));
    return options.wait === true ? watch(context, { client, pace, service: path, timeout: options.timeout }) : 'fine';
  });
}

function acceptedText(
  { asked, tags, waitsFor }: Schemas['Accepted'],
  path: ServicePath,
  waits: boolean,
  { style, typed }: Layout,
): string {
  const set = Object.entries(tags.set).map(([key, value]) => `  ${style('green', '+')} ${key} = ${value}`);
  const removed = tags.removed.map((key) => `  ${style('red', '-')} ${key}`);
  const written = [...set, ...removed];
  return [
    `${style('bold', asked)} ${path.name}: requested; reconciliation queued`,
    ...(waitsFor === undefined ? [] : [`  ${style('yellow', withCommands(waitsFor, typed))}`]),
    ...(written.length === 0 ? [] : ['  tags written to the service:', ...written]),
    ...(waits ? [] : [style('dim', `  to follow it: ${typed(`watch ${pathText(path)}`)}`)]),
    '',
  ].join('\n');
}
