import type { Cancel } from '../../clock.ts';
import type { World } from '../../world.ts';
import type { Bus, Rule } from './bus.ts';
import { parseSchedule } from './schedule.ts';

const SECOND = 1000;

/**
 * Fires the scheduled rules. The schedule's own time runs `1000 / profile.scheduleSecond` times as fast as the clock:
 * in the `fast` profile `rate(15 minutes)` fires every 72 seconds.
 */
export class Schedules {
  readonly #world: World;
  readonly #fire: (bus: Bus, rule: Rule) => void;
  /** By rule ARN. */
  readonly #next = new Map<string, Cancel>();

  constructor(world: World, fire: (bus: Bus, rule: Rule) => void) {
    this.#world = world;
    this.#fire = fire;
  }

  /** Begins, changes or ends the rule's schedule, as the rule now stands on its bus. */
  update(bus: Bus, name: string, arn: string): void {
    this.#next.get(arn)?.();
    this.#next.delete(arn);
    const rule = bus.rules.get(name);
    if (rule?.enabled === true && rule.scheduleExpression !== undefined) this.#plan(bus, rule, this.#world.clock.now());
  }

  stop(): void {
    for (const cancel of this.#next.values()) cancel();
    this.#next.clear();
  }

  #plan(bus: Bus, { name, arn, scheduleExpression = '' }: Rule, after: number): void {
    const next = parseSchedule(scheduleExpression)?.(after);
    if (next === undefined) return;
    const cancel = this.#world.clock.schedule(((next - after) / SECOND) * this.#world.profile.scheduleSecond, () => {
      const rule = bus.rules.get(name);
      if (rule === undefined) return;
      this.#plan(bus, rule, next);
      this.#fire(bus, rule);
    });
    this.#next.set(arn, cancel);
  }
}
