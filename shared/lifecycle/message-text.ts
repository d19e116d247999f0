import { commandFor, withCommands } from '../command-line.ts';
import { counted } from '../counted.ts';
import { formatDuration, SECOND } from '../duration.ts';
import { findingMeanings } from '../finding-meanings.ts';
import { severityRank } from '../findings.ts';
import type { FindingEvent } from './event.ts';

/** What SNS takes: a subject of at most 100 ASCII characters without line breaks, a message of at most 256 KiB. */
export interface PersonMessage {
  readonly subject: string;
  readonly text: string;
}

/** Services that a message lists; the report has them all. */
const MAX_LISTED = 20;
/** More kinds of news at once than that become one digest. */
const MAX_MESSAGES = 3;
const MAX_SUBJECT = 100;

export interface MessageContext {
  readonly stack: string;
  /** Where `docs/` is published, without a final slash; empty: the repository. */
  readonly docsUrl: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** News → messages: one for each code, the worst first; a single digest when many codes are affected at once. */
export function personMessages(news: readonly FindingEvent[], context: MessageContext): readonly PersonMessage[] {
  const groups = [
    ...Map.groupBy(news, ({ kind, finding }) => `${kind === 'closed' ? 'closed' : 'open'} ${finding.code}`).values(),
  ];
  const worst = (group: readonly FindingEvent[]) =>
    Math.max(...group.map(({ kind, finding }) => (kind === 'closed' ? -1 : severityRank[finding.severity])));
  groups.sort((a, b) => worst(b) - worst(a));
  if (groups.length <= MAX_MESSAGES) return groups.map((group) => messageOf(group, context));
  const closed = news.filter(({ kind }) => kind === 'closed');
  const open = news.filter(({ kind }) => kind !== 'closed');
  return [
    {
      subject: subjectOf(context, `${counted(open.length, 'finding')} open, ${closed.length} closed`),
      text: [
        ...groups.map((group) => {
          const [first] = group;
          return `${first?.kind === 'closed' ? 'closed' : first?.finding.severity}  ${first?.finding.code}  ${placesOf(group)}`;
        }),
        '',
        `Page   ${pageOf('findings.md', context)}`,
        typeLine('findings', context),
      ].join('\n'),
    },
  ];
}

function messageOf(group: readonly FindingEvent[], context: MessageContext): PersonMessage {
  const [event] = group;
  if (event === undefined) return { subject: '', text: '' };
  const { finding, service, kind } = event;
  const isClosed = kind === 'closed';
  const what = isClosed ? 'closed' : kind === 'aged' ? `still ${finding.severity}` : finding.severity;
  const where =
    group.length === 1 ? `${service.name} (${service.account} ${service.region})` : `${group.length} services`;
  const subject = subjectOf(context, `${what}: ${finding.code} on ${where}`);
  const lines = [
    `What   ${finding.code}: ${findingMeanings[finding.code]}`,
    ...group.slice(0, MAX_LISTED).flatMap((one) => listed(one, context.now)),
    ...(group.length > MAX_LISTED ? [`       … and ${group.length - MAX_LISTED} more`] : []),
    ...(isClosed ? [] : [`Do     ${finding.remedy}`]),
    `Page   ${pageOf(`findings.md#${finding.code}`, context)}`,
    typeLine(group.length === 1 ? `status ${service.arn}` : `findings --finding ${finding.code}`, context),
  ];
  return { subject, text: withCommands(lines.join('\n'), (line) => commandFor(context.stack, line)) };
}

function listed(event: FindingEvent, now: number): readonly string[] {
  const { finding, service } = event;
  const since = Date.parse(finding.since);
  const time =
    event.kind === 'closed'
      ? `Closed ${event.at}, after ${formatDuration(event.openSeconds * SECOND)}: ${closedBy(event)}`
      : `Since  ${finding.since} (${formatDuration(now - since)})`;
  const domain = finding.domain === undefined ? '' : `, ${finding.domain}`;
  return [`Where  ${service.arn}${domain}`, ...(event.kind === 'closed' ? [] : [`       ${finding.message}`]), time];
}

function closedBy({ closedBy: { kind, actions } }: Extract<FindingEvent, { kind: 'closed' }>): string {
  switch (kind) {
    case 'stack':
      return `the stack did: ${actions.join('; ')}`;
    case 'outside':
      return `it was changed outside of the stack${actions.length === 0 ? '' : `; after that the stack did: ${actions.join('; ')}`}`;
    case 'removal':
      return 'the row of the service was removed';
  }
}

function placesOf(group: readonly FindingEvent[]): string {
  const names = group.slice(0, 3).map(({ service }) => service.name);
  return group.length > names.length ? `${names.join(', ')} and ${group.length - names.length} more` : names.join(', ');
}

const typeLine = (line: string, { stack }: MessageContext): string =>
  `Type   private-ingress ${commandFor(stack, line)}`;

function pageOf(page: string, { docsUrl }: MessageContext): string {
  return docsUrl === '' ? `docs/${page}` : `${docsUrl}/${page}`;
}

function subjectOf({ stack }: MessageContext, text: string): string {
  const ascii = `${text} [${stack}]`.replaceAll(/[^ -~]/g, '?');
  return ascii.length > MAX_SUBJECT ? `${ascii.slice(0, MAX_SUBJECT - 3)}...` : ascii;
}
