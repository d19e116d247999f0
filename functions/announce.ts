import { Logger } from '@aws-lambda-powertools/logger';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { lambdaClientConfig } from '../shared/aws/timeouts.ts';
import type { Invocation } from '../shared/invocation.ts';
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
  return async (event: unknown, context?: Invocation): Promise<void> => {
    const events = changesOf(event, stack).flatMap((change) => change.events);
    const services = [...new Set(events.map(({ service }) => service.arn))];
    logger.info('begins', { services, invocation: context?.awsRequestId });
    await bus.send(events);
    for (const one of events) {
      const { id, kind, service, correlation } = one;
      const phase = one.kind === 'phase' ? one.phase : undefined;
      const finding = one.kind === 'phase' ? undefined : one.finding.id;
      logger.info('announced', { serviceArn: service.arn, correlation, event: id, kind, phase, finding });
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
export const handler = (event: unknown, context: Invocation): Promise<void> => {
  made ??= announce(createDependencies());
  return made(event, context);
};
