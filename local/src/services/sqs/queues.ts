import { AwsError } from '../../wire/errors.ts';
import type { World } from '../../world.ts';
import { Queue } from './queue.ts';
import { QueueAttributes } from './queue-attributes.ts';
import { noSuchQueue } from './refusals.ts';

interface Place {
  readonly account: string;
  readonly region: string;
}

/** Documented: a name is free again this long after its queue was deleted. */
const NAME_REST = 60_000;

/** Every queue of every account and region, by ARN. */
export class Queues {
  readonly #world: World;
  readonly #queues = new Map<string, Queue>();
  readonly #deletedAt = new Map<string, number>();
  readonly #watchers: (() => void)[] = [];
  readonly #listeners = new Map<string, Set<() => void>>();
  #endpoint: string | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  /** From now on queue URLs begin with `url`; before that with the real ones, `https://sqs.<region>.amazonaws.com`. */
  setEndpoint(url: string): void {
    this.#endpoint = url.replace(/\/+$/, '');
  }

  urlOf(queue: Queue): string {
    const [, , , region, account] = queue.arn.split(':');
    return `${this.#endpoint ?? `https://sqs.${region}.amazonaws.com`}/${account}/${queue.name}`;
  }

  static arn({ account, region }: Place, name: string): string {
    return `arn:aws:sqs:${region}:${account}:${name}`;
  }

  /** What a queue URL names; its host does not matter, because clients reach the same gateway by several. */
  static named(queueUrl: string | undefined): { readonly account: string; readonly name: string } | undefined {
    const { account, name } =
      /^https?:\/\/[^/]+\/(?:.*\/)?(?<account>\d{12})\/(?<name>[^/]+)$/.exec(queueUrl ?? '')?.groups ?? {};
    return account === undefined || name === undefined ? undefined : { account, name };
  }

  find(arn: string): Queue | undefined {
    return this.#queues.get(arn);
  }

  /** @throws AwsError `QueueDoesNotExist` */
  get(arn: string): Queue {
    const queue = this.#queues.get(arn);
    if (queue === undefined) throw noSuchQueue();
    return queue;
  }

  /**
   * The queue of a URL.
   * @throws AwsError `InvalidAddress` for what is no queue URL, `AccessDenied` for another account's queue
   * (queue policies are not evaluated here), `QueueDoesNotExist`.
   */
  at(queueUrl: string | undefined, place: Place): Queue {
    const named = Queues.named(queueUrl);
    if (named === undefined) {
      throw new AwsError('InvalidAddress', `The address ${queueUrl} is not valid for this endpoint.`, { status: 404 });
    }
    if (named.account !== place.account) {
      throw new AwsError('AccessDenied', `Access to the resource ${queueUrl} is denied.`, { status: 403 });
    }
    return this.get(Queues.arn(place, named.name));
  }

  /** The queues of an account in a region, by name. */
  of(place: Place): readonly Queue[] {
    const prefix = Queues.arn(place, '');
    return [...this.#queues.values()]
      .filter((queue) => queue.arn.startsWith(prefix))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** The queues whose dead letters go to `arn`. */
  sourcesOf(arn: string): readonly Queue[] {
    return [...this.#queues.values()].filter((queue) => queue.attributes.settings.redrive?.deadLetterTargetArn === arn);
  }

  /** @throws AwsError `QueueDeletedRecently`, or what is wrong with the attributes. */
  create(arn: string, attributes: Readonly<Record<string, string | undefined>>): Queue {
    const { clock, chance } = this.#world;
    if (clock.now() - (this.#deletedAt.get(arn) ?? Number.NEGATIVE_INFINITY) < NAME_REST) {
      throw new AwsError(
        'QueueDeletedRecently',
        'You must wait 60 seconds after deleting a queue before you can create another with the same name.',
      );
    }
    const settable = new QueueAttributes(arn, {
      redriveAllowPolicy: (target) => {
        const queue = this.#queues.get(target);
        return queue === undefined ? undefined : (queue.attributes.values.RedriveAllowPolicy ?? '');
      },
    });
    settable.set(attributes);
    const queue = new Queue(arn, settable, {
      clock,
      nonce: () => chance.hex(32),
      queue: (other) => this.#queues.get(other),
      visible: () => {
        for (const listener of [...(this.#listeners.get(arn) ?? []), ...this.#watchers]) listener();
      },
    });
    this.#queues.set(arn, queue);
    return queue;
  }

  delete(queue: Queue): void {
    this.#queues.delete(queue.arn);
    this.#deletedAt.set(queue.arn, this.#world.clock.now());
    queue.close();
  }

  /** Every queue of every account. */
  all(): readonly Queue[] {
    return [...this.#queues.values()];
  }

  /** Calls `listener` when messages of any queue have become visible. */
  watch(listener: () => void): void {
    this.#watchers.push(listener);
  }

  /** See `Sqs.onVisible`. */
  onVisible(queueArn: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(queueArn) ?? new Set();
    this.#listeners.set(queueArn, listeners.add(listener));
    this.#queues.get(queueArn)?.announce();
    return () => listeners.delete(listener);
  }
}
