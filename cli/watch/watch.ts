import { counted } from '../../shared/counted.ts';
import { formatDuration } from '../../shared/duration.ts';
import { type ApiClient, dataOf, type Schemas } from '../api/client.ts';
import type { ServicePath } from '../api/service-path.ts';
import type { CommandContext } from '../command.ts';
import type { CommandOutcome } from '../exit-code.ts';
import { needsPerson } from '../terminal/severity.ts';
import { changes, isKept, rests } from './changes.ts';
import { follow } from './follow.ts';
import { changeText, progressText } from './text.ts';

export interface WatchOptions {
  readonly client: ApiClient;
  readonly service: ServicePath;
  /** Milliseconds between two requests. */
  readonly pace: number;
  /** Milliseconds after which to stop watching; reconciliation continues. */
  readonly timeout: number | undefined;
}

/** Prints every change of a service until it is ready, detached, released, blocked or kept. */
export async function watch(
  context: CommandContext,
  { client, service, ...times }: WatchOptions,
): Promise<CommandOutcome> {
  const { seen, took } = await follow(context, {
    look: () => dataOf(client.GET(PATH, { params: { path: service } })),
    changes,
    changeText,
    progressText,
    rests,
    unfinishedText: (seen) =>
      seen === undefined
        ? 'Reconciliation continues.'
        : `The service is still ${seen.phase}; reconciliation continues.`,
    ...times,
  });
  return ended(seen, took, context.output);
}

const PATH = '/services/{account}/{region}/{name}/{id}';

function ended(service: Schemas['Service'], took: number, { say }: CommandContext['output']): CommandOutcome {
  const { arn, phase, proof, findings } = service;
  const grave = findings.filter(needsPerson);
  const kept = isKept(service) ? service.waitsFor : undefined;
  say(
    { event: 'ended', arn, phase, proof: proof?.kind, findings: grave.length, waitsFor: kept, seconds: took / 1000 },
    ({ style }) => {
      const colour = phase === 'blocked' || grave.length > 0 || kept !== undefined ? 'yellow' : 'green';
      const open =
        grave.length === 0
          ? ''
          : `, with ${counted(grave.length, 'finding')} that ${grave.length === 1 ? 'needs' : 'need'} a person`;
      const why = kept === undefined ? '' : `\n${style('yellow', kept)}`;
      return `${style(colour, phase)} after ${formatDuration(took)}${open}${why}`;
    },
  );
  return grave.length > 0 || phase === 'blocked' || kept !== undefined ? 'findings' : 'fine';
}
