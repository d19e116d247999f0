import { formatDuration } from '../../shared/duration.ts';
import { ApiError } from '../api/problem.ts';
import type { CommandContext } from '../command.ts';
import { ConnectError } from '../errors.ts';
import { LiveRegion } from '../terminal/live-region.ts';
import type { Layout } from '../terminal/output.ts';

/** Something of the API that is polled until it is at its end. */
export interface Followed<Seen, Change extends object> {
  look(): Promise<Seen>;
  /** What changed since the last request. */
  changes(before: Seen | undefined, seen: Seen): readonly Change[];
  /**
   * A change as a line of a log.
   * @param now milliseconds since the epoch.
   * @param before the time of the previous request: what is only seen now is shown after what was seen then.
   */
  changeText(change: Change, layout: Layout, now: number, before: number): string;
  /** What is in progress, line by line. */
  progressText(seen: Seen, at: Moment, layout: Layout): readonly string[];
  /** Whether it waits for nothing any more. */
  rests(seen: Seen): boolean;
  /** A sentence about the state at the time-out; nothing was seen if every request failed. */
  unfinishedText(seen: Seen | undefined): string;
  /** Milliseconds between two requests. */
  readonly pace: number;
  /** Milliseconds after which to stop watching. */
  readonly timeout: number | undefined;
}

export interface Moment {
  /** The start of watching, and now: milliseconds since the epoch. */
  readonly since: number;
  readonly now: number;
  /** Why the last request failed. */
  readonly trouble: string | undefined;
}

/** Milliseconds between two drawings. */
const TICK = 200;
/** How many requests in a row may fail. */
const MAX_FAILURES = 10;

/** Prints every change until the end. @returns the last answer, and how long it took. */
export async function follow<Seen, Change extends object>(
  { output, environment }: CommandContext,
  followed: Followed<Seen, Change>,
): Promise<{ readonly seen: Seen; readonly took: number }> {
  const { pace, timeout } = followed;
  const { now, pause } = environment;
  const since = now();
  const region = output.live ? new LiveRegion(environment) : undefined;
  let seen: Seen | undefined;
  let trouble: string | undefined;
  let before = 0;

  const draw = (above = '') => {
    if (seen === undefined) return;
    region?.draw(followed.progressText(seen, { since, now: now(), trouble }, output.layout), above);
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
        const latest = await meanwhile(followed.look());
        const news = followed.changes(seen, latest);
        seen = latest;
        [failures, trouble] = [0, undefined];
        const lines = (layout: Layout) =>
          news.map((change) => `${followed.changeText(change, layout, now(), before)}\n`).join('');
        if (region === undefined)
          output.sayAll(
            news.map((change) => ({ ...change, seen: new Date(now()).toISOString() })),
            lines,
          );
        else draw(lines(output.layout));
        before = now();
        if (followed.rests(latest)) return { seen: latest, took: now() - since };
      } catch (error) {
        const isPassing = error instanceof ConnectError || (error instanceof ApiError && error.isPassing);
        if (!isPassing || seen === undefined || ++failures > MAX_FAILURES) throw error;
        trouble = `the last request failed: ${error.message.split('\n')[0]}`;
        if (region === undefined) output.note(trouble);
      }
      if (timeout !== undefined && now() - since >= timeout) {
        throw new ConnectError(`Timed out after ${formatDuration(now() - since)}. ${followed.unfinishedText(seen)}`);
      }
      await meanwhile(pause(pace));
    }
  } finally {
    region?.end();
  }
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** Milliseconds. */
const FRAME = 100;

/** A character that turns. */
export function spinner(now: number): string {
  return FRAMES[Math.floor(now / FRAME) % FRAMES.length] ?? '';
}
