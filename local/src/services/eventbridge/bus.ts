import type { Target } from '@aws-sdk/client-eventbridge';
import { AwsError } from '../../wire/errors.ts';
import { parseArn } from './targets.ts';

export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly description?: string | undefined;
  readonly roleArn?: string | undefined;
  readonly enabled: boolean;
  /** JSON, as it was put. */
  readonly pattern?: string | undefined;
  readonly scheduleExpression?: string | undefined;
  readonly createdBy: string;
  /** By target id. */
  readonly targets: ReadonlyMap<string, Target>;
}

export interface Bus {
  readonly name: string;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly createdAt: number;
  readonly description?: string | undefined;
  /** By rule name. */
  readonly rules: Map<string, Rule>;
  /** The statements of the bus's policy, by their Sid. */
  readonly statements: Map<string, object>;
}

/** A bus without statements has no policy. */
export const busPolicy = ({ statements }: Bus): object | undefined =>
  statements.size === 0 ? undefined : { Version: '2012-10-17', Statement: [...statements.values()] };

/** Every bus of every account and region. A default bus is there without being made (documented). */
export class Buses {
  readonly #buses = new Map<string, Bus>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** `name` may be an ARN, which counts more than the caller's account and region. */
  find(account: string, region: string, name = 'default'): Bus | undefined {
    const [, ofRegion = region, ofAccount = account, ofName = name] =
      /^arn:[^:]+:events:([^:]+):([^:]+):event-bus\/(.+)$/.exec(name) ?? [];
    const key = `${ofAccount}/${ofRegion}/${ofName}`;
    return this.#buses.get(key) ?? (ofName === 'default' ? this.create(ofAccount, ofRegion, ofName) : undefined);
  }

  /** @throws AwsError ResourceNotFoundException */
  get(account: string, region: string, name?: string): Bus {
    const bus = this.find(account, region, name);
    if (bus === undefined) throw new AwsError('ResourceNotFoundException', `Event bus ${name} does not exist.`);
    return bus;
  }

  /** @throws AwsError ResourceNotFoundException */
  rule(bus: Bus, name: string | undefined): Rule {
    const rule = bus.rules.get(name ?? '');
    if (rule !== undefined) return rule;
    throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus ${bus.name}.`);
  }

  create(account: string, region: string, name: string, description?: string): Bus {
    const arn = `arn:aws:events:${region}:${account}:event-bus/${name}`;
    const createdAt = this.#now();
    const bus: Bus = { name, arn, account, region, createdAt, description, rules: new Map(), statements: new Map() };
    this.#buses.set(`${account}/${region}/${name}`, bus);
    return bus;
  }

  delete(bus: Bus): void {
    this.#buses.delete(`${bus.account}/${bus.region}/${bus.name}`);
  }

  /** The policy that guards a bus and its rules, by the ARN of either. */
  policyOf(arn: string): object | undefined {
    const { account, region, resource } = parseArn(arn);
    const [, name = 'default'] = /^rule\/(.+)\/[^/]+$/.exec(resource) ?? [];
    const bus = this.find(account, region, resource.startsWith('event-bus/') ? arn : name);
    return bus && busPolicy(bus);
  }

  list(account: string, region: string): readonly Bus[] {
    this.find(account, region);
    return [...this.#buses.values()].filter((bus) => bus.account === account && bus.region === region);
  }
}
