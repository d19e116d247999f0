import { Logger } from '@aws-lambda-powertools/logger';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { ClientConfig } from '../shared/aws/client-config.ts';
import { lambdaClientConfig } from '../shared/aws/timeouts.ts';
import type { Invocation } from '../shared/invocation.ts';
import type { ReconcileQueue } from '../shared/reconcile/message.ts';
import { sqsQueue } from '../shared/reconcile/sqs-queue.ts';
import { correlationOf, eventSubject, unreadableEventMessage } from '../shared/service-event.ts';
import { type EventSettings, parseEventSettings } from '../shared/settings.ts';
import type { EventNotes } from '../shared/state/event-notes.ts';
import { createEventNotes } from '../shared/state/tables.ts';

/** A reconciliation starts a moment after the first event, in milliseconds: App Runner sends several for one change. */
const BURST_MS = 1_000;

export interface EventFunctionDependencies {
  readonly notes: EventNotes;
  readonly queue: ReconcileQueue;
  /** Of services that are private and not connected: no other message waits before theirs. */
  readonly cutOffQueue: ReconcileQueue;
  readonly logger: Logger;
  /** Whether a role reconciles: its calls come back as events. */
  isOwnRole(roleArn: string): boolean;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Keeps an unreadable event, with the reason. */
  keep(event: unknown, reason: string): Promise<void>;
}

/** EventBridge event → the row of its service is dirty, and a reconciliation is in the queue. */
export function onServiceEvent({ notes, queue, cutOffQueue, logger, keep, isOwnRole, now }: EventFunctionDependencies) {
  return async (event: unknown, context?: Invocation): Promise<void> => {
    const subject = eventSubject(event, isOwnRole);
    const correlation = correlationOf(event);
    const serviceArn = 'serviceArn' in subject ? subject.serviceArn : undefined;
    logger.info('begins', { serviceArn, correlation, invocation: context?.awsRequestId });
    switch (subject.kind) {
      case 'service': {
        const { serviceArn, deletionRefusedAt } = subject;
        // Without a message of its own it joins the reconciliation of the event before.
        const { sends, isCutOff } = await notes.note(serviceArn, { now: now(), deletionRefusedAt });
        const cutOff = isCutOff ? true : undefined;
        if (sends)
          await (isCutOff ? cutOffQueue : queue).send({ serviceArn, event: true, cutOff, correlation }, BURST_MS);
        logger.info('event', { serviceArn, correlation, joins: !sends });
        return;
      }
      case 'no-news':
        logger.info('nothing to do for an event', { serviceArn, correlation, reason: subject.reason });
        return;
      case 'other':
        logger.info('ignored an event that names no service', { correlation, reason: subject.reason });
        return;
      case 'malformed':
        logger.error('cannot read an event; it goes to the dead-letter queue', { correlation, reason: subject.reason });
        await keep(event, subject.reason);
    }
  };
}

/** The dead-letter queue is for people: it takes the reason beside the event. */
function keepInQueue(sqs: SQSClient, queueUrl: string): EventFunctionDependencies['keep'] {
  return async (event, reason) => {
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: unreadableEventMessage(event, reason) }));
  };
}

/** What events are noted in, and where they are sent. */
export function eventDependencies(
  { tableName, queueUrl, cutOffQueueUrl, deadLetterQueueUrl, isOwnRole }: EventSettings,
  config: ClientConfig,
): Omit<EventFunctionDependencies, 'logger' | 'now'> {
  const sqs = new SQSClient(config);
  return {
    notes: createEventNotes(tableName, config),
    queue: sqsQueue(sqs, queueUrl),
    cutOffQueue: sqsQueue(sqs, cutOffQueueUrl),
    keep: keepInQueue(sqs, deadLetterQueueUrl),
    isOwnRole,
  };
}

function createDependencies(): EventFunctionDependencies {
  const settings = parseEventSettings(process.env);
  return { ...eventDependencies(settings, lambdaClientConfig), logger: new Logger(), now: Date.now };
}

let made: ReturnType<typeof onServiceEvent> | undefined;
export const handler = (event: unknown, context: Invocation): Promise<void> => {
  made ??= onServiceEvent(createDependencies());
  return made(event, context);
};
