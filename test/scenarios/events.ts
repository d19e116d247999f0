import type { EmbeddedCloud, ServiceEvent } from 'apprunner-embedded-cloud';
import type { EventWeather } from './scenario.ts';

/**
 * Best effort, made visible: what App Runner and CloudTrail tell can be lost, doubled, late, or held back and delivered
 * in another order (docs/facts.md#events-are-best-effort). It sits in front of the bus, because rules and targets
 * know nothing of it.
 */
export class EventWeatherControl {
  readonly #cloud: EmbeddedCloud;
  readonly #deliver: (event: ServiceEvent) => void;
  #held: ServiceEvent[] = [];

  constructor(cloud: EmbeddedCloud) {
    this.#cloud = cloud;
    this.#deliver = cloud.events.emit.bind(cloud.events);
  }

  /** @param delay milliseconds, for `late`. */
  become(weather: EventWeather, delay: number): void {
    this.#cloud.events.emit = this.#emit(weather, delay);
  }

  deliverReversed(): void {
    for (const event of this.#held.reverse()) this.#deliver(event);
    this.#held = [];
  }

  #emit(weather: EventWeather, delay: number): (event: ServiceEvent) => void {
    switch (weather) {
      case 'normal':
        return this.#deliver;
      case 'lost':
        return () => {};
      case 'twice':
        return (event) => {
          this.#deliver(event);
          this.#deliver(event);
        };
      case 'late':
        return (event) => {
          this.#cloud.world.clock.schedule(delay, () => this.#deliver(event));
        };
      case 'held':
        return (event) => {
          this.#held.push(event);
        };
    }
  }
}
