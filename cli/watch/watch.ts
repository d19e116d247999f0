import { formatDuration } from '../../shared/duration.ts';
import { type ApiClient, dataOf, type Schemas } from '../api/client.ts';
import type { ServicePath } from '../api/service-path.ts';
import type { Session } from '../command.ts';
import type { CommandOutcome } from '../exit-code.ts';
import { needsPerson } from '../terminal/severity.ts';
import { changes, rests } from './changes.ts';
import { follow } from './follow.ts';
import { changeText, progressText } from './text.ts';

export interface WatchOptions {
  readonly client: ApiClient;
  readonly service: ServicePath;
  /** Milliseconds between two looks. */
  readonly pace: number;
  /** Milliseconds after which it is given up; the service goes its way all the same. */
  readonly timeout: number | undefined;
}

/** Tells everything that happens to a service until nothing more will: it is ready, given back, let go or blocked. */
export async function watch(session: Session, { client, service, ...times }: WatchOptions): Promise<CommandOutcome> {
  const { seen, took } = await follow(session, {
    look: () => dataOf(client.GET(PATH, { params: { path: service } })),
    changes,
    changeText,
    progressText,
    rests,
    ...times,
  });
  return ended(seen, took, session.output);
}

const PATH = '/services/{account}/{region}/{name}/{id}';

function ended(service: Schemas['Service'], took: number, { say }: Session['output']): CommandOutcome {
  const { arn, phase, proof, findings } = service;
  const grave = findings.filter(needsPerson);
  say({ event: 'ended', arn, phase, proof: proof?.kind, findings: grave.length, seconds: took / 1000 }, ({ style }) => {
    const colour = phase === 'blocked' || grave.length > 0 ? 'yellow' : 'green';
    const told =
      grave.length === 0
        ? ''
        : `, with ${grave.length === 1 ? 'a finding' : `${grave.length} findings`} that ${grave.length === 1 ? 'needs' : 'need'} a person`;
    return `${style(colour, phase)} after ${formatDuration(took)}${told}`;
  });
  return grave.length > 0 || phase === 'blocked' ? 'findings' : 'fine';
}
