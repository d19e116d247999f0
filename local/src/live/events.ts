import type { EventBridge } from '../services/eventbridge/eventbridge.ts';

/** How many of the last events are kept. */
const MAX_EVENTS = 100;

/** Keeps the last events that buses took. */
export class LiveEvents {
  readonly #rows: (readonly string[])[] = [];

  constructor(events: Pick<EventBridge, 'observe'>) {
    events.observe(({ bus, event }) => {
      this.#rows.push([event.time, bus, event.source, event['detail-type'], event.resources.join(' ')]);
      if (this.#rows.length > MAX_EVENTS) this.#rows.shift();
    });
  }

  /** Time, bus, source, kind and resources; the latest first. */
  rows(): readonly (readonly string[])[] {
    return this.#rows.toReversed();
  }
}
