import { Logger } from '@aws-lambda-powertools/logger';
import { SQSClient } from '@aws-sdk/client-sqs';
import { keepUnreadable } from '../shared/events/dead-letters.ts';
import { enqueueEvent } from '../shared/events/enqueue-event.ts';
import { parseEventSettings } from '../shared/settings.ts';
import { createState, type StateDependencies } from '../shared/state/tables.ts';

export interface EventFunctionDependencies extends StateDependencies {
  readonly logger: Logger;
  /** Keeps an event that cannot be read, with the reason. */
  keep(event: unknown, reason: string): Promise<void>;
}

/** EventBridge event → the service's row is dirty, and a look is in the queue. */
export function onServiceEvent({ store, queue, logger, keep }: EventFunctionDependencies) {
  return async (event: unknown): Promise<void> => {
    const subject = await enqueueEvent(event, { store, queue });
    switch (subject.kind) {
      case 'service':
        logger.info('event', { serviceArn: subject.serviceArn });
        return;
      case 'other':
        logger.debug('event about something else', { reason: subject.reason });
        return;
      case 'malformed':
        logger.error('event that cannot be read, kept in the dead-letter queue', { reason: subject.reason });
        await keep(event, subject.reason);
    }
  };
}

function compose(): EventFunctionDependencies {
  const settings = parseEventSettings(process.env);
  return {
    ...createState(settings),
    logger: new Logger(),
    keep: keepUnreadable(new SQSClient({}), settings.deadLetterQueueUrl),
  };
}

let made: ReturnType<typeof onServiceEvent> | undefined;
export const handler = (event: unknown): Promise<void> => {
  made ??= onServiceEvent(compose());
  return made(event);
};
