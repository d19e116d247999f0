import type { Target } from '@aws-sdk/client-eventbridge';
import { policyAllows } from '../../iam/resource-policy.ts';
import { AwsError } from '../../wire/errors.ts';
import type { World } from '../../world.ts';
import { type Bus, type Buses, busPolicy, type Rule } from './bus.ts';
import { type EventEnvelope, eventTime, targetInput } from './input.ts';
import { parseArn, type Sender, type Targets } from './targets.ts';

/** Documented: 24 hours and 185 attempts, unless the target has a retry policy of its own. */
const DEFAULT_RETRIES = 185;
const DEFAULT_MAXIMUM_AGE_SECONDS = 86_400;
const LONGEST_BACKOFF_SECONDS = 900;

/** How an event goes from bus to bus: within a region, or between regions. */
type Hop = 'in-region' | 'between-regions';
export type Hops = ReadonlySet<Hop>;

/** What the delivery of one event to one target needs to know. */
interface Delivery {
  readonly event: EventEnvelope;
  readonly bus: Bus;
  readonly rule: Rule;
  readonly target: Target;
  /** The kinds of hops that the event has taken from bus to bus. */
  readonly hops: Hops;
  readonly since: number;
  readonly attempt: number;
}

/** Delivers matched events to targets: retries transient failures, and no permanent ones (documented: retry policies). */
export class Deliveries {
  readonly #world: World;
  readonly #buses: Buses;
  readonly #accept: (bus: Bus, event: EventEnvelope, hops: Hops) => void;
  readonly #log: (line: string) => void;
  targets: Targets | undefined;

  constructor(
    world: World,
    buses: Buses,
    accept: (bus: Bus, event: EventEnvelope, hops: Hops) => void,
    log: (line: string) => void,
  ) {
    this.#world = world;
    this.#buses = buses;
    this.#accept = accept;
    this.#log = log;
  }

  start(bus: Bus, rule: Rule, target: Target, event: EventEnvelope, hops: Hops): void {
    const since = this.#world.clock.now();
    const delivery: Delivery = { event, bus, rule, target, hops, since, attempt: 0 };
    this.#world.clock.schedule(0, () => this.#attempt(delivery));
  }

  async #attempt(delivery: Delivery): Promise<void> {
    const { rule, target, event, attempt, since } = delivery;
    try {
      await this.#deliver(delivery);
    } catch (error) {
      const { code, message } = error instanceof AwsError ? error : new AwsError('SDK_CLIENT_ERROR', String(error));
      this.#log(
        `EventBridge: rule ${rule.name} could not deliver ${event['detail-type']} to ${target.Arn}: ${code}: ${message}`,
      );
      const {
        MaximumRetryAttempts: retries = DEFAULT_RETRIES,
        MaximumEventAgeInSeconds: age = DEFAULT_MAXIMUM_AGE_SECONDS,
      } = target.RetryPolicy ?? {};
      const backoff = Math.min(2 ** attempt, LONGEST_BACKOFF_SECONDS) * this.#world.profile.scheduleSecond;
      const tooOld = this.#world.clock.now() + backoff - since > age * this.#world.profile.scheduleSecond;
      if (isFinal(code) || attempt >= retries || tooOld) {
        const condition = tooOld ? 'MaximumEventAgeInSeconds' : 'MaximumRetryAttempts';
        await this.#giveUp(delivery, code, message, isFinal(code) ? undefined : condition);
      } else {
        this.#world.clock.schedule(backoff, () => this.#attempt({ ...delivery, attempt: attempt + 1 }));
      }
    }
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const { target, rule, event, bus } = delivery;
    const arn = target.Arn ?? '';
    const input = targetInput(target, event, rule);
    switch (parseArn(arn).service) {
      case 'lambda':
        return this.connected().invokeFunction(arn, input, sender(bus, rule));
      case 'sqs': {
        const message = { body: input, groupId: target.SqsParameters?.MessageGroupId };
        return this.connected().sendMessage(arn, message, { ...sender(bus, rule), roleArn: target.RoleArn });
      }
      case 'events':
        return this.#forward(delivery, arn);
      default:
        throw new AwsError('ResourceNotFoundException', `the embedded cloud has no targets such as ${arn}`);
    }
  }

  /** Another account's bus has to let the sender in; a role has to be allowed to send, in any account. */
  async #forward({ event, bus, target, rule, hops }: Delivery, arn: string): Promise<void> {
    const hop: Hop = parseArn(arn).region === bus.region ? 'in-region' : 'between-regions';
    // docs/facts.md#no-second-forwarding
    if (hops.has(hop))
      return this.#log(
        `EventBridge: rule ${rule.name} does not forward ${event.id} to ${arn}: it was forwarded already`,
      );
    const receiver = this.#buses.find(bus.account, bus.region, arn);
    if (receiver === undefined) throw new AwsError('ResourceNotFoundException', `Event bus ${arn} does not exist.`);
    const { RoleArn: role } = target;
    if (role !== undefined && !this.connected().roleAllows(role, 'events:PutEvents', arn, sender(bus, rule))) {
      throw new AwsError(
        'AccessDeniedException',
        `${role} is not authorized to perform: events:PutEvents on resource: ${arn}`,
      );
    }
    const admitted = policyAllows(busPolicy(receiver), {
      principal: { arn: role ?? `arn:aws:iam::${bus.account}:root`, account: bus.account },
      action: 'events:PutEvents',
      resource: arn,
      // The organisation is known of a role only (docs/facts.md#organization-bus-needs-role).
      conditions: {
        ...(role === undefined ? {} : this.connected().conditionsOf(role)),
        'aws:SourceArn': rule.arn,
        'aws:SourceAccount': bus.account,
        'events:source': event.source,
        'events:detail-type': event['detail-type'],
      },
    });
    if (receiver.account !== bus.account && !admitted) {
      throw new AwsError(
        'AccessDeniedException',
        `the policy of ${arn} does not let account ${bus.account} put events`,
      );
    }
    // docs/facts.md#cross-region-hop
    this.#accept(receiver, hop === 'in-region' ? event : this.#renewed(event), new Set([...hops, hop]));
  }

  #renewed(event: EventEnvelope): EventEnvelope {
    const { chance, clock } = this.#world;
    return { ...event, id: chance.uuid(), time: eventTime(clock.now()) };
  }

  async #giveUp(delivery: Delivery, code: string, message: string, exhausted: string | undefined): Promise<void> {
    const { event, bus, rule, target, attempt } = delivery;
    const queueArn = target.DeadLetterConfig?.Arn;
    if (queueArn === undefined)
      return this.#log(`EventBridge: event ${event.id} for ${target.Arn} is dropped (no dead-letter queue)`);
    const attributes = {
      RULE_ARN: rule.arn,
      TARGET_ARN: target.Arn ?? '',
      ERROR_CODE: errorCode(code),
      ERROR_MESSAGE: message,
      RETRY_ATTEMPTS: String(attempt),
      ...(exhausted === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: exhausted }),
    };
    try {
      await this.connected().sendMessage(queueArn, { body: JSON.stringify(event), attributes }, sender(bus, rule));
    } catch (error) {
      this.#log(
        `EventBridge: event ${event.id} is lost, its dead-letter queue ${queueArn} refuses it: ${String(error)}`,
      );
    }
  }

  /** @throws Error before `targets` is set. */
  connected(): Targets {
    if (this.targets === undefined) throw new Error('EventBridge has no targets yet: call connect() first');
    return this.targets;
  }
}

const sender = (bus: Bus, rule: Rule): Sender => ({
  service: 'events.amazonaws.com',
  sourceArn: rule.arn,
  sourceAccount: bus.account,
});

const isDenied = (code: string): boolean => /AccessDenied|NotAuthorized|Forbidden/.test(code);
const isMissing = (code: string): boolean => /NotFound|NonExistent|DoesNotExist/.test(code);
/** Documented: no permission and no such target go to the dead-letter queue at once. */
const isFinal = (code: string): boolean => isDenied(code) || isMissing(code);
const errorCode = (code: string): string =>
  isDenied(code) ? 'NO_PERMISSIONS' : isMissing(code) ? 'NO_RESOURCE' : code;
