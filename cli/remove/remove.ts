import { counted } from '../../shared/counted.ts';
import { formatDuration } from '../../shared/duration.ts';
import { errorMessage } from '../../shared/errors.ts';
import { type ApiClient, dataOf, type Schemas } from '../api/client.ts';
import { services } from '../api/listing.ts';
import { ApiError } from '../api/problem.ts';
import type { StackFacts } from '../doctor/checks/stack.ts';
import { ConnectError } from '../errors.ts';
import type { CommandOutcome } from '../exit-code.ts';
import type { Layout, Output } from '../terminal/output.ts';
import { table } from '../terminal/table.ts';

/** How services leave the stack: `detach` removes what the stack wrote for them, `release` leaves it. */
export type Leaving = 'detach' | 'release';

export interface RemoveOptions {
  readonly leaving: Leaving | undefined;
  readonly yes: boolean;
  /** Milliseconds after which to stop waiting for services. */
  readonly timeout: number;
}

/** All effects of a removal. */
export interface RemoveDependencies {
  readonly output: Output;
  stack(): Promise<StackFacts>;
  /** The API of the stack. @throws when it cannot be reached */
  client(): Promise<ApiClient>;
  /** Milliseconds between two listings while services leave. */
  readonly pace: number;
  now(): number;
  pause(milliseconds: number): Promise<void>;
  /** A person's answer; `undefined` without a terminal. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** Deletes the stack. @returns the exit code of serverless. */
  run(): Promise<number>;
}

type Service = Schemas['ServiceSummary'];

const BY_HAND = 'docs/deploy.md#remove-the-stack-by-hand';

/**
 * Removes the stack once it manages no service, because nothing else cleans up afterwards:
 *
 *     services cannot be listed                    → nothing is removed
 *     services are managed, --detach or --release  → they leave first; one that cannot stops the removal
 *     all of them are being detached already       → waited for
 *     services are managed, otherwise              → asked which; without a terminal nothing is removed
 *     none is managed                              → asked (or --yes), and removed
 */
export async function remove(
  stackName: string,
  options: RemoveOptions,
  dependencies: RemoveDependencies,
): Promise<CommandOutcome> {
  const { output } = dependencies;
  const stack = await dependencies.stack();
  if (stack.kind === 'none') throw new ConnectError(`There is no stack ${stackName} here. Pass its stage and region.`);
  const client = await reachable(stackName, dependencies);
  const managed = await managedServices(client);
  if (managed.length > 0) {
    output.note(listText(managed, output));
    const isLeaving = managed.every(({ phase }) => phase === 'detaching');
    const leaving = options.leaving ?? (isLeaving ? 'wait' : leavingOf(await dependencies.ask?.(QUESTION)));
    if (leaving === undefined) {
      output.say({ event: 'refused', managed }, () => refusal(stackName, managed.length));
      return 'findings';
    }
    const staying = await leave(managed, leaving, client, options.timeout, dependencies);
    if (staying.length > 0) {
      output.say({ event: 'refused', staying }, (layout) => stayingText(staying, layout));
      return 'findings';
    }
  }
  if (!options.yes && !isYes(await dependencies.ask?.(`Remove ${stackName}? [y/N] `))) {
    output.say({ event: 'declined' }, () => 'Nothing was removed.');
    return 'fine';
  }
  // A tag may have brought another service under management meanwhile.
  const again = await managedServices(client);
  if (again.length > 0) {
    output.say({ event: 'refused', managed: again }, () => refusal(stackName, again.length));
    return 'findings';
  }
  if ((await dependencies.run()) !== 0) {
    output.say({ event: 'failed' }, () => `The removal of ${stackName} failed; see the output of serverless above.`);
    return 'failed';
  }
  output.say({ event: 'removed', stackName }, () => removedText(stackName));
  return 'fine';
}

async function reachable(stackName: string, { client }: RemoveDependencies): Promise<ApiClient> {
  try {
    return await client();
  } catch (error) {
    throw new ConnectError(
      `Whether ${stackName} manages services is not known, so nothing was removed: ${errorMessage(error)}\n${BY_HAND} describes how to remove it without the API.`,
    );
  }
}

/** A row that no reconciliation has seen yet may become managed. */
async function managedServices(client: ApiClient): Promise<readonly Service[]> {
  return (await services(client, {})).filter(({ phase }) => phase !== 'detached' && phase !== 'released');
}

interface Staying {
  readonly service: Service;
  readonly why: string;
}

/** Requests that the services leave, unless they do already, and waits until they have. @returns those that stay. */
async function leave(
  managed: readonly Service[],
  leaving: Leaving | 'wait',
  client: ApiClient,
  timeout: number,
  { output, now, pause, pace }: RemoveDependencies,
): Promise<readonly Staying[]> {
  const refused: Staying[] = [];
  for (const service of leaving === 'wait' ? [] : managed) {
    const { account, region, name, id } = service;
    const input = { params: { path: { account, region, name, id } }, body: {} };
    try {
      await dataOf(
        leaving === 'detach'
          ? client.POST('/services/{account}/{region}/{name}/{id}/detach', input)
          : client.POST('/services/{account}/{region}/{name}/{id}/release', input),
      );
      output.note(`${leaving} ${name}: requested`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      refused.push({ service, why: error.problem?.detail ?? error.message });
    }
  }
  const since = now();
  const asked = managed.filter((service) => !refused.some((one) => one.service.arn === service.arn));
  for (let waiting = asked; ; ) {
    const left = await managedServices(client);
    waiting = asked.filter(({ arn }) => left.some((one) => one.arn === arn));
    if (waiting.length === 0) return refused;
    if (now() - since >= timeout) {
      const phases = new Map(left.map(({ arn, phase }) => [arn, phase ?? 'not reconciled yet']));
      const why = (arn: string) => `still ${phases.get(arn)} after ${formatDuration(now() - since)}`;
      return [...refused, ...waiting.map((service) => ({ service, why: why(service.arn) }))];
    }
    await pause(pace);
  }
}

const isYes = (answer: string | undefined): boolean => /^y(es)?$/i.test(answer?.trim() ?? '');

const QUESTION = 'Detach them first, release them first, or stop? [detach/release/N] ';

function leavingOf(answer: string | undefined): Leaving | undefined {
  const text = answer?.trim().toLowerCase();
  return text === 'detach' || text === 'release' ? text : undefined;
}

const listText = (managed: readonly Service[], { layout }: Output): string =>
  table(
    ['NAME', 'PHASE', 'ACCOUNT', 'REGION'],
    managed.map(({ name, phase, account, region }) => [name, phase ?? '', account, region]),
    layout,
  );

const refusal = (stackName: string, managed: number): string =>
  [
    `Nothing was removed: ${stackName} manages ${counted(managed, 'service')}. Only the stack removes what it wrote for them.`,
    'Pass --detach to remove their records, domains and connections first, or --release to leave everything as it is and',
    'stop managing it.',
  ].join('\n');

const stayingText = (staying: readonly Staying[], { typed }: Layout): string =>
  [
    `Nothing was removed: ${counted(staying.length, 'service')} could not leave.`,
    ...staying.map(({ service, why }) => `  ${service.name} (${service.account}, ${service.region}): ${why}`),
    `See "${typed('status SERVICE')}" of each, then run the command again.`,
  ].join('\n');

const removedText = (stackName: string): string =>
  [
    `${stackName} is removed. What stays:`,
    '  interface endpoints and security groups with the tag private-ingress:owner, which cost money while they exist;',
    '  the bucket with the reports of the sweeps, which expire within thirty days; delete it once it is empty;',
    '  tags private-ingress* of services, and what released services had;',
    '  stacks of member accounts and of hosted zones (docs/organization.md).',
    `${BY_HAND} lists the commands that find them.`,
  ].join('\n');
