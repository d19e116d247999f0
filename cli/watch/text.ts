import { formatDuration } from '../../shared/duration.ts';
import type { Schemas } from '../api/client.ts';
import type { Layout } from '../terminal/output.ts';
import { severityMark } from '../terminal/severity.ts';
import { hanging } from '../terminal/width.ts';
import type { ServiceChange } from './changes.ts';
import { type Moment, spinner } from './follow.ts';

/** A change as a line of a log. @param before earliest time of the line: that of the lines above it. */
export function changeText(change: ServiceChange, { style, time, width }: Layout, now: number, before: number): string {
  const line = (at: string | number, text: string) => hanging(`${style('dim', time(at))}  `, text, width);
  switch (change.event) {
    case 'step':
      return line(
        Math.max(Date.parse(change.at), before),
        change.by === undefined ? change.text : `${change.text} (by ${change.by})`,
      );
    case 'phase':
      return line(now, style('bold', change.phase));
    case 'waiting':
      return line(now, `waiting, at most until ${time(change.atMost)}: ${change.why}`);
    case 'finding': {
      const { severity, code, message, remedy } = change;
      return `${line(now, `${severityMark(severity, style)} ${code}: ${message}`)}\n${hanging('  ', remedy, width)}`;
    }
    case 'finding-closed':
      return line(now, `finding closed: ${change.id}`);
  }
}

/** What is in progress, line by line: the phase, the next actions, and the waits with since when and why. */
export function progressText(
  { phase, actions, waits }: Schemas['Service'],
  { since, now, trouble }: Moment,
  { style, time }: Layout,
): readonly string[] {
  const next = actions.map(
    ({ description, why }) => `  ${style('cyan', 'next')}   ${description}: ${style('dim', why)}`,
  );
  const waiting = waits.map(({ why, since: begun, atMost }) => {
    const elapsed = formatDuration(now - Date.parse(begun));
    return `  ${style('yellow', 'waits')}  ${elapsed.padStart(8)}  ${why} ${style('dim', `(at most until ${time(atMost)})`)}`;
  });
  return [
    `${style('cyan', spinner(now))} ${style('bold', phase)}  ${style('dim', formatDuration(now - since))}`,
    ...next,
    ...waiting,
    ...(trouble === undefined ? [] : [`  ${style('red', trouble)}`]),
  ];
}
