import { Logger } from '@aws-lambda-powertools/logger';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { lambdaClientConfig } from '../shared/aws/timeouts.ts';
import { type EventBus, eventBridgeBus } from '../shared/lifecycle/event-bus.ts';
import { changesOf } from '../shared/lifecycle/stream.ts';
import { parseAnnounceSettings } from '../shared/settings.ts';

export interface AnnounceDependencies {
  readonly bus: EventBus;
  /** The name of the stack. */
  readonly stack: string;
  readonly logger: Logger;
}

/**
 * Changes of the rows → events on the bus. The stream hands a batch over again until it is sent, so an event may be sent
 * twice, with the same id, and none is lost (docs/decisions/findings-are-events.md).
 */
export function announce({ bus, stack, logger }: AnnounceDependencies) {
  return async (event: unknown): Promise<void> => {
    const events = changesOf(event, stack).flatMap((change) => change.events);
    await bus.send(events);
    for (const one of events) {
      const { id, kind, service, correlation } = one;
      const what = one.kind === 'phase' ? { phase: one.phase } : { finding: one.finding.id };
      logger.info('announced', { serviceArn: service.arn, correlation, event: id, kind, ...what });
    }
  };
}

function createDependencies(): AnnounceDependencies {
  const { busName, stack } = parseAnnounceSettings(process.env);
  return {
    bus: eventBridgeBus(new EventBridgeClient(lambdaClientConfig), busName),
    stack,
    logger: new Logger(),
  };
}

let made: ReturnType<typeof announce> | undefined;
export const handler = (event: unknown): Promise<void> => {
  made ??= announce(createDependencies());
  return made(event);
};
