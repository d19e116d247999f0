import type { Principal, ServiceDefinition } from '../../wire/service.ts';
import type { EventSink, ServiceEvent, World } from '../../world.ts';
import { type Bus, Buses } from './bus.ts';
import { Deliveries, type Hops } from './delivery.ts';
import { type EventEnvelope, eventTime } from './input.ts';
import { defineEventBridge } from './operations.ts';
import { matches } from './pattern.ts';
import { Schedules } from './schedules.ts';
import type { Targets } from './targets.ts';

export interface EventBridge extends EventSink {
  readonly definition: ServiceDefinition;
  /** Sets where targets are; before that nothing can be delivered to functions and queues. */
  connect(targets: Targets): void;
  /** Calls `listener` with each event that a bus takes. @returns what ends it. */
  observe(listener: (taken: { readonly bus: string; readonly event: EventEnvelope }) => void): () => void;
  /** Stops every schedule, so that the process can end. */
  stop(): void;
}

export interface EventBridgeOptions {
  /** Deliveries that fail, forwarded events that stop, entries for buses that are not there. */
  readonly log?: (line: string) => void;
}

/**
 * EventBridge: buses, rules with real patterns and schedules, and targets (functions, queues, other buses).
 * Events are delivered in tasks of the clock, never within the call that put them.
 */
export function createEventBridge(world: World, options: EventBridgeOptions = {}): EventBridge {
  const { log = () => {} } = options;
  const buses = new Buses(() => world.clock.now());
  const deliveries = new Deliveries(world, buses, accept, log);

  const listeners = new Set<(taken: { readonly bus: string; readonly event: EventEnvelope }) => void>();

  function accept(bus: Bus, event: EventEnvelope, hops: Hops = new Set()): void {
    for (const listener of listeners) listener({ bus: bus.name, event });
    for (const rule of bus.rules.values()) {
      if (!rule.enabled || rule.pattern === undefined || !matches(JSON.parse(rule.pattern), event)) continue;
      for (const target of rule.targets.values()) deliveries.start(bus, rule, target, event, hops);
    }
  }

  const envelope = (event: ServiceEvent): EventEnvelope => ({
    version: '0',
    id: world.chance.uuid(),
    'detail-type': event['detail-type'],
    source: event.source,
    account: event.account,
    time: eventTime(world.clock.now()),
    region: event.region,
    resources: event.resources,
    // As it would arrive over the wire: no undefined members, dates as text.
    detail: JSON.parse(JSON.stringify(event.detail)),
  });

  const conditionsOf = (caller: Principal) => deliveries.connected().callerConditions(caller);

  const schedules = new Schedules(world, (bus, rule) => {
    const { account, region } = bus;
    const scheduled = {
      account,
      region,
      source: 'aws.events',
      'detail-type': 'Scheduled Event',
      resources: [rule.arn],
    };
    const event = envelope({ ...scheduled, detail: {} });
    for (const target of rule.targets.values()) deliveries.start(bus, rule, target, event, new Set());
  });

  return {
    definition: defineEventBridge({ world, buses, schedules, envelope, accept, conditionsOf, log }),
    connect: (targets) => {
      deliveries.targets = targets;
    },
    emit: (event) => accept(buses.get(event.account, event.region), envelope(event)),
    observe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: () => schedules.stop(),
  };
}
