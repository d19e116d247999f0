import { AwsError } from '../../wire/errors.ts';
import type { World } from '../../world.ts';

export interface LogEvent {
  readonly id: string;
  readonly stream: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly ingestedAt: number;
  readonly message: string;
}

export interface LogStream {
  readonly name: string;
  readonly createdAt: number;
  firstAt: number | undefined;
  lastAt: number | undefined;
}

export interface LogGroup {
  readonly name: string;
  /** Ends in `:*`, as CloudFormation's attribute does. */
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly createdAt: number;
  retentionInDays: number | undefined;
  readonly streams: Map<string, LogStream>;
  /** Oldest first. */
  events: LogEvent[];
}

/** Events that a group keeps: everything is in memory. */
const MOST_EVENTS = 10_000;
const DAY_MS = 86_400_000;

/** The log groups of all accounts and regions. */
export class LogGroups {
  readonly #world: World;
  readonly #groups = new Map<string, LogGroup>();
  readonly #listeners = new Set<(group: LogGroup, message: string) => void>();
  #sequence = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** @throws AwsError ResourceAlreadyExistsException */
  create(account: string, region: string, name: string): LogGroup {
    if (this.find(account, region, name) !== undefined)
      throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists');
    const group: LogGroup = {
      name,
      arn: `arn:aws:logs:${region}:${account}:log-group:${name}:*`,
      account,
      region,
      createdAt: this.#world.clock.now(),
      retentionInDays: undefined,
      streams: new Map(),
      events: [],
    };
    this.#groups.set(`${account}/${region}/${name}`, group);
    return group;
  }

  find(account: string, region: string, name: string): LogGroup | undefined {
    return this.#groups.get(`${account}/${region}/${name}`);
  }

  /** @throws AwsError ResourceNotFoundException */
  get(account: string, region: string, name: string): LogGroup {
    const group = this.find(account, region, name);
    if (group === undefined) throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
    return group;
  }

  delete({ account, region, name }: LogGroup): void {
    this.#groups.delete(`${account}/${region}/${name}`);
  }

  in(account: string, region: string): readonly LogGroup[] {
    return [...this.#groups.values()]
      .filter((group) => group.account === account && group.region === region)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  stream(group: LogGroup, name: string): LogStream {
    const now = this.#world.clock.now();
    const stream = group.streams.get(name) ?? { name, createdAt: now, firstAt: undefined, lastAt: undefined };
    group.streams.set(name, stream);
    return stream;
  }

  write(group: LogGroup, streamName: string, message: string, at = this.#world.clock.now()): void {
    const stream = this.stream(group, streamName);
    stream.firstAt ??= at;
    stream.lastAt = Math.max(stream.lastAt ?? at, at);
    const id = String(++this.#sequence).padStart(56, '0');
    group.events.push({ id, stream: streamName, at, ingestedAt: this.#world.clock.now(), message });
    if (group.events.length > MOST_EVENTS) group.events = group.events.slice(-MOST_EVENTS / 2);
    for (const listener of this.#listeners) listener(group, message);
  }

  /** The events that are kept, in the order of their time. */
  events(group: LogGroup): readonly LogEvent[] {
    const { retentionInDays } = group;
    const oldest = retentionInDays === undefined ? 0 : this.#world.clock.now() - retentionInDays * DAY_MS;
    return group.events.filter(({ at }) => at >= oldest).toSorted((a, b) => a.at - b.at);
  }

  /** Calls `listener` with each line of each group. */
  onLine(listener: (group: LogGroup, message: string) => void): void {
    this.#listeners.add(listener);
  }
}
