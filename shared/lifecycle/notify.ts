import { LONGEST_DELAY } from '../plan/wait.ts';
import type { PolicyNotifications } from '../policy/policy.ts';
import type { Store } from '../state/store.ts';
import type { FindingEvent } from './event.ts';
import { type MessageContext, type PersonMessage, personMessages } from './message-text.ts';
import type { NoticeMemory } from './notice-memory.ts';
import { causeOf, decide, isForPeople, type Quiet, quietAfter } from './notices.ts';

export interface NotifyParts extends Omit<MessageContext, 'now'> {
  readonly memory: NoticeMemory;
  readonly rows: Pick<Store, 'get'>;
  readonly notifications: PolicyNotifications;
  publish(message: PersonMessage): Promise<void>;
  /** Puts the event back into the queue. @param delay milliseconds. */
  wait(event: FindingEvent, delay: number): Promise<void>;
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface Notified {
  readonly messages: number;
  readonly said: readonly FindingEvent[];
  readonly waiting: number;
}

/**
 * One batch of events → messages for people. A message is sent before it is noted: if this process dies in between, people read
 * it twice, and never not at all.
 * @throws what AWS throws: then the whole batch comes again.
 */
export async function notifyPeople(batch: readonly FindingEvent[], parts: NotifyParts): Promise<Notified> {
  const now = parts.now();
  const quiets = new Map<string, Quiet | undefined>();
  const news: FindingEvent[] = [];
  let waiting = 0;
  for (const event of unrepeated(batch)) {
    if (!isForPeople(event, parts.notifications)) continue;
    const cause = causeOf(event);
    if (!quiets.has(cause)) quiets.set(cause, await parts.memory.quiet(cause));
    const quiet = quiets.get(cause);
    const decision = decide(event, await parts.memory.sent(event), quiet, now);
    if (decision === 'drop') continue;
    if (decision === 'wait') {
      await parts.wait(event, Math.min((quiet?.until ?? now) - now, LONGEST_DELAY));
      waiting++;
    } else if (event.kind === 'closed' || (await isOpen(event, parts))) news.push(event);
  }
  const messages = personMessages(news, { ...parts, now });
  for (const message of messages) await parts.publish(message);
  for (const event of news) {
    const { severity } = event.finding;
    if (event.kind === 'closed') await parts.memory.forget(event);
    else await parts.memory.markSent(event, { days: event.kind === 'aged' ? event.days : 0, severity }, now);
  }
  const opened = new Set(news.filter(({ kind }) => kind === 'opened').map(causeOf));
  for (const cause of opened) await parts.memory.beQuiet(cause, quietAfter(quiets.get(cause), now));
  return { messages: messages.length, said: news, waiting };
}

function unrepeated(batch: readonly FindingEvent[]): readonly FindingEvent[] {
  return [...new Map(batch.map((event) => [event.id, event])).values()];
}

/**
 * Whether the finding is still the one that is open: an event may come late, and after the one that says that it closed. A row
 * that cannot be read closes nothing.
 */
async function isOpen({ service, finding }: FindingEvent, { rows }: NotifyParts): Promise<boolean> {
  const row = await rows.get(service.arn);
  if (row?.unreadable !== undefined) return true;
  const since = Date.parse(finding.since);
  return row?.findings.some((open) => open.id === finding.id && open.since === since) ?? false;
}
