import { type ApiClient, dataOf, type Schemas } from '../api/client.ts';
import { pathText, type ServicePath } from '../api/service-path.ts';
import type { Example, RunCommand } from '../command.ts';
import type { Layout } from '../terminal/output.ts';
import { watch } from '../watch/watch.ts';
import { serviceCommand, withService } from './api-command.ts';
import { duration } from './watch.ts';

/** A command that asks for something, which the loop then does. */
export function changeCommand<const Name extends string>(name: Name, examples: readonly Example[]) {
  return serviceCommand(name, examples)
    .option('--wait', 'watch what comes of it, as "watch" does, and end as it ends')
    .option('--timeout <duration>', 'with --wait: give up after so long, with 1: 90s, 30m, 2h', duration);
}

type Options = Parameters<typeof withService>[2] & {
  readonly wait?: true | undefined;
  readonly timeout?: number | undefined;
};

/** Asks, tells what was written, and watches if that is wanted. */
export function change(
  run: RunCommand,
  called: string,
  options: Options,
  ask: (
    client: ApiClient,
    path: ServicePath,
  ) => Promise<{ readonly data?: Schemas['Accepted']; readonly response: Response }>,
): Promise<void> {
  return withService(run, called, options, async ({ client, pace, path }, session) => {
    const accepted = await dataOf(ask(client, path));
    session.output.say(accepted, (layout) => acceptedText(accepted, path, options.wait === true, layout));
    return options.wait === true ? watch(session, { client, pace, service: path, timeout: options.timeout }) : 'fine';
  });
}

function acceptedText(
  { asked, tags }: Schemas['Accepted'],
  path: ServicePath,
  waits: boolean,
  { style }: Layout,
): string {
  const set = Object.entries(tags.set).map(([key, value]) => `  ${style('green', '+')} ${key} = ${value}`);
  const removed = tags.removed.map((key) => `  ${style('red', '-')} ${key}`);
  const written = [...set, ...removed];
  return [
    `${style('bold', asked)} ${path.name}: asked for, and the loop is awake`,
    ...(written.length === 0 ? [] : ['  tags of the service:', ...written]),
    ...(waits ? [] : [style('dim', `  what comes of it: watch ${pathText(path)}`)]),
    '',
  ].join('\n');
}
