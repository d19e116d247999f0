import { counted } from '../../shared/counted.ts';
import { formatDuration } from '../../shared/duration.ts';
import type { Schemas } from '../api/client.ts';
import type { Layout } from '../terminal/output.ts';
import { severityMark } from '../terminal/severity.ts';
import type { Mark, Style } from '../terminal/style.ts';
import { hanging } from '../terminal/width.ts';
import { type Moment, spinner } from '../watch/follow.ts';
import { hasAnswered, type SweepChange } from './changes.ts';

type Sweep = Schemas['Sweep'];
type Counts = Sweep['counts'];

const MARKS: Readonly<Record<Sweep['status'], Mark>> = { comparing: 'cyan', done: 'green', held: 'yellow' };

export function statusText(status: Sweep['status'], style: Style): string {
  return style(MARKS[status], status);
}

/** A change as a line of a log. @param now milliseconds since the epoch. */
export function changeText(change: SweepChange, { style, time, width }: Layout, now: number): string {
  const line = (text: string) => hanging(`${style('dim', time(now))}  `, text, width);
  switch (change.event) {
    case 'begun':
      return line(
        `sweep ${style('bold', change.id)} of ${counted(change.targets, 'target')}, requested by ${change.by}`,
      );
    case 'compared':
      return [
        line(`${change.target}: ${isZone(change.target) ? 'read' : countsText(change.counts, style)}`),
        ...change.failures.map(({ code, message }) => line(`${style('red', code)}: ${message}`)),
      ].join('\n');
  }
}

/** Of a zone only records are read; orphans are reported at the end. */
const isZone = (target: string): boolean => !target.includes('/');

/** A line for each target that has not answered. */
export function progressText(
  { targets, counts, status }: Sweep,
  { since, now, trouble }: Moment,
  { style }: Layout,
): readonly string[] {
  const outstanding = targets.filter((target) => !hasAnswered(target));
  const answered = `${targets.length - outstanding.length} of ${counted(targets.length, 'target')}`;
  return [
    `${style('cyan', spinner(now))} ${style('bold', status)}  ${answered}  ${style('dim', formatDuration(now - since))}`,
    `  ${countsText(counts, style)}`,
    ...outstanding.map(({ target }) => `  ${style('yellow', 'waiting')}  ${target}`),
    ...(trouble === undefined ? [] : [`  ${style('red', trouble)}`]),
  ];
}

export function sweepText(sweep: Sweep, layout: Layout): string {
  const { id, status, by, confirmedBy, startedAt, endedAt, targets, counts, differences, reasons } = sweep;
  const { style, time, width, typed } = layout;
  const fact = (name: string, text: string) => hanging(`  ${style('dim', name.padEnd(14))}`, text, width);
  const outstanding = targets.filter((target) => !hasAnswered(target)).map(({ target }) => target);
  const reported = [...sweep.failures, ...sweep.orphans.map(({ kind, ...rest }) => ({ code: kind, ...rest }))];
  const parts = [
    [
      style('bold', id),
      fact('status', statusText(status, style)),
      fact('requested by', by),
      ...(confirmedBy === undefined ? [] : [fact('confirmed by', confirmedBy)]),
      fact('began', time(startedAt)),
      ...(endedAt === undefined ? [] : [fact('ended', time(endedAt))]),
      fact('targets', `${targets.length - outstanding.length} of ${targets.length} answered`),
      ...(outstanding.length === 0 ? [] : [fact('outstanding', outstanding.join(', '))]),
      fact('found', countsText(counts, style)),
    ],
    section(
      'Out of sync',
      differences.flatMap((one) => differenceText(one, layout)),
      style,
    ),
    section(
      'Failures and orphans',
      reported.flatMap(({ code, severity, resource, message, remedy }) => [
        hanging(`  ${severityMark(severity, style)} `, `${code} ${resource}: ${message}`, width),
        hanging('     ', style('dim', remedy), width),
      ]),
      style,
    ),
    section(
      status === 'held' ? 'Held because' : 'Was held because',
      reasons.map((reason) => hanging('  ', reason, width)),
      style,
    ),
    status === 'held' ? [`The sweep changes nothing until you confirm it: ${typed(`sweep confirm ${id}`)}`] : [],
  ];
  return parts
    .filter((part) => part.length > 0)
    .map((part) => `${part.join('\n')}\n`)
    .join('\n');
}

function section(title: string, lines: readonly string[], style: Style): readonly string[] {
  return lines.length === 0 ? [] : [style('bold', title), ...lines];
}

function differenceText({ service, would, phase, what }: Sweep['differences'][number], { style, width }: Layout) {
  const mark: Readonly<Record<typeof would, Mark>> = {
    refresh: 'dim',
    change: 'yellow',
    detach: 'red',
    release: 'red',
  };
  const where = `${service.name} (${service.account} ${service.region})`;
  return [
    `  ${style(mark[would], would)} ${where}, ${phase}`,
    ...what.map((text) => hanging('     ', style('dim', text), width)),
  ];
}

export function countsText(
  { services, managed, differing, changes, detaches, orphans, failures }: Counts,
  style: Style,
) {
  const some = (number: number, text: string, mark: Mark) => (number === 0 ? [] : [style(mark, text)]);
  return [
    `${counted(services, 'service')} (${managed} managed)`,
    ...(differing === 0 ? [] : [`${differing} out of sync`]),
    ...some(changes, `${changes} to change`, 'yellow'),
    ...some(detaches, `${detaches} to detach`, 'red'),
    ...some(orphans, counted(orphans, 'orphan'), 'yellow'),
    ...some(failures, counted(failures, 'failure'), 'red'),
  ].join(', ');
}
