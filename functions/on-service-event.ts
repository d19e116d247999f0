import { Logger } from '@aws-lambda-powertools/logger';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { lambdaClientConfig } from '../shared/aws/timeouts.ts';
import type { Invocation } from '../shared/invocation.ts';
import type { ReconcileQueue } from '../shared/reconcile/message.ts';
import { correlationOf, eventSubject, unreadableEventMessage } from '../shared/service-event.ts';
import { parseEventSettings } from '../shared/settings.ts';
import { createState } from '../shared/state/rows-and-queue.ts';
import type { Store } from '../shared/state/store.ts';

/** A reconciliation starts a moment after the first event, in milliseconds: App Runner sends several for one change. */
const BURST_MS = 1_000;

export interface EventFunctionDependencies {
  readonly store: Pick<Store, 'noteEvent'>;
  readonly queue: ReconcileQueue;
  readonly logger: Logger;
  /** Whether a role reconciles: its calls come back as events. */
  isOwnRole(roleArn: string): boolean;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Keeps an unreadable event, with the reason. */
  keep(event: unknown, reason: string): Promise<void>;
}

/** EventBridge event → the row of its service is dirty, and a reconciliation is in the queue. */
export function onServiceEvent({ store, queue, logger, keep, isOwnRole, now }: EventFunctionDependencies) {
  return async (event: unknown, context?: Invocation): Promise<void> => {
    const subject = eventSubject(event, isOwnRole);
    const correlation = correlationOf(event);
    const serviceArn = 'serviceArn' in subject ? subject.serviceArn : undefined;
    logger.info('begins', { serviceArn, correlation, invocation: context?.awsRequestId });
    switch (subject.kind) {
      case 'service': {
        const { serviceArn, deletionRefusedAt } = subject;
        // Without a message of its own it joins the reconciliation of the event before.
        const sends = await store.noteEvent(serviceArn, { now: now(), deletionRefusedAt });
        if (sends) await queue.send({ serviceArn, event: true, correlation }, BURST_MS);
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
export function keepInQueue(sqs: SQSClient, queueUrl: string): EventFunctionDependencies['keep'] {
  return async (event, reason) => {
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: unreadableEventMessage(event, reason) }));
  };
}

function createDependencies(): EventFunctionDependencies {
  const settings = parseEventSettings(process.env);
  return {
    ...createState(settings, lambdaClientConfig),
    logger: new Logger(),
    isOwnRole: settings.isOwnRole,
    now: Date.now,
    keep: keepInQueue(new SQSClient(lambdaClientConfig), settings.deadLetterQueueUrl),
  };
}

let made: ReturnType<typeof onServiceEvent> | undefined;
export const handler = (event: unknown, context: Invocation): Promise<void> => {
  made ??= onServiceEvent(createDependencies());
  return made(event, context);
};
