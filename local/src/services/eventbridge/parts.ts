import { AwsError } from '../../wire/errors.ts';
import type { CallContext, Principal } from '../../wire/service.ts';
import type { ServiceEvent, World } from '../../world.ts';
import type { Bus, Buses } from './bus.ts';
import type { EventEnvelope } from './input.ts';
import type { Schedules } from './schedules.ts';
import type { PrincipalConditions } from './targets.ts';

/** What the operations of EventBridge work on. */
export interface EventBridgeParts {
  readonly world: World;
  readonly buses: Buses;
  readonly schedules: Schedules;
  envelope(event: ServiceEvent): EventEnvelope;
  accept(bus: Bus, event: EventEnvelope): void;
  /** What condition keys say of a caller, such as `aws:PrincipalOrgID`. */
  conditionsOf(caller: Principal): PrincipalConditions;
  log(line: string): void;
}

export const validation = (message: string): AwsError => new AwsError('ValidationException', message);

/** The ARN of a bus that is named by its ARN or, in the caller's account and region, by its name. */
export const busArn = (name = 'default', { account, region }: Pick<CallContext, 'account' | 'region'>): string =>
  name.startsWith('arn:') ? name : `arn:aws:events:${region}:${account}:event-bus/${name}`;

export const ruleArn = (bus: Bus, name: string): string =>
  `arn:aws:events:${bus.region}:${bus.account}:rule/${bus.name === 'default' ? '' : `${bus.name}/`}${name}`;

/** One page of a listing; the token is the position to go on from. */
export function page<Item>(items: readonly Item[], limit = 100, token = '0'): { items: Item[]; NextToken?: string } {
  const [from, to] = [Number(token), Number(token) + limit];
  if (!Number.isInteger(from)) throw validation('The nextToken is not valid.');
  return { items: items.slice(from, to), ...(to < items.length ? { NextToken: String(to) } : {}) };
}
