import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { detailTypes, EVENT_SOURCE, type LifecycleEvent } from './event.ts';

/** Entries of one call (docs/facts.md#put-events-limits). Each is at most some 10 kB, far below the limit of a call. */
const MAX_ENTRIES = 10;

export interface EventBus {
  /** Sends them in their order. @throws Error when any was refused: the whole batch is sent again. */
  send(events: readonly LifecycleEvent[]): Promise<void>;
}

/** @param busName or `default`. */
export function eventBridgeBus(client: EventBridgeClient, busName: string): EventBus {
  return {
    async send(events) {
      for (let from = 0; from < events.length; from += MAX_ENTRIES) {
        const Entries = events.slice(from, from + MAX_ENTRIES).map((event) => ({
          EventBusName: busName,
          Source: EVENT_SOURCE,
          DetailType: detailTypes[event.kind],
          Detail: JSON.stringify(event),
          Resources: [event.service.arn],
          Time: new Date(event.at),
        }));
        const { Entries: results = [] } = await client.send(new PutEventsCommand({ Entries }));
        const refused = results.find(({ ErrorCode }) => ErrorCode !== undefined);
        if (refused !== undefined)
          throw new Error(`The bus ${busName} refused an event: ${refused.ErrorCode}: ${refused.ErrorMessage}`);
      }
    },
  };
}
