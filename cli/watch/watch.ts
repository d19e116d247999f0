import { formatDuration } from '../../shared/duration.ts';
import { type ApiClient, dataOf, type Schemas } from '../api/client.ts';
import { ApiError } from '../api/problem.ts';
import type { ServicePath } from '../api/service-reference.ts';
import type { Session } from '../command.ts';
import { ConnectError } from '../errors.ts';
import type { Outcome } from '../exit-code.ts';
import { LiveRegion } from '../terminal/live-region.ts';
import { needsPerson } from '../terminal/severity.ts';
import { changes, rests } from './changes.ts';
import { changeText, progressText } from './text.ts';

export interface WatchOptions {
  readonly client: ApiClient;
  readonly service: ServicePath;
  /** Milliseconds between two looks. */
  readonly pace: number;
  /** Milliseconds after which it is given up; the service goes its way all the same. */
  readonly timeout: number | undefined;
}

/** Milliseconds between two drawings. */
const TICK = 200;
/** So many looks may fail one after another before watching does. */
const PATIENCE = 10;

/** Tells everything that happens to a service until nothing more will: it is settled, given back, let go or blocked. */
export async function watch({ output, surroundings }: Session, options: WatchOptions): Promise<Outcome> {
  const { client, service: path, pace, timeout } = options;
  const { now, pause } = surroundings;
  const since = now();
  const region = output.live ? new LiveRegion(surroundings) : undefined;
  let service: Schemas['Service'] | undefined;
  let trouble: string | undefined;

  const draw = (above = '') => {
    if (service === undefined) return;
    region?.draw(progressText({ service, since, now: now(), trouble }, output.layout), above);
  };
  /** Draws on until it is over. */
  const meanwhile = async <Result>(pending: Promise<Result>): Promise<Result> => {
    if (region === undefined) return pending;
    const over = pending.then(() => true);
    while (!(await Promise.race([over, pause(TICK).then(() => false)]))) draw();
    return pending;
  };

  try {
    for (let failures = 0; ; ) {
      try {
        const seen = await meanwhile(dataOf(client.GET(PATH, { params: { path } })));
        const news = changes(service, seen);
        service = seen;
        [failures, trouble] = [0, undefined];
        const lines = (layout: typeof output.layout) =>
          news.map((change) => `${changeText(change, layout, now())}\n`).join('');
        if (region === undefined)
          output.sayAll(
            news.map((change) => ({ ...change, seen: new Date(now()).toISOString() })),
            lines,
          );
        else draw(lines(output.layout));
        if (rests(seen)) break;
      } catch (error) {
        const isPassing = error instanceof ConnectError || (error instanceof ApiError && error.isPassing);
        if (!isPassing || service === undefined || ++failures > PATIENCE) throw error;
        trouble = `not seen since: ${error.message.split('\n')[0]}`;
        if (region === undefined) output.note(trouble);
      }
      if (timeout !== undefined && now() - since >= timeout) {
        throw new ConnectError(
          `Not at rest after ${formatDuration(now() - since)}, so watching is given up; what is under way goes on.`,
        );
      }
      await meanwhile(pause(pace));
    }
  } finally {
    region?.end();
  }
  return ended(service, now() - since, output);
}

const PATH = '/services/{account}/{region}/{name}/{id}';

function ended(service: Schemas['Service'], took: number, { say }: Session['output']): Outcome {
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
