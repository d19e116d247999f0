import { policyAllows } from '../../iam/resource-policy.ts';
import { AwsError } from '../../wire/errors.ts';
import type { World } from '../../world.ts';
import { parseArn, type Sender, type Targets } from '../eventbridge/targets.ts';

/** SNS's own codes on the wire are those of its query protocol. */
export const invalid = (what: string): AwsError => new AwsError('InvalidParameter', `Invalid parameter: ${what}`);
export const notFound = (what: string): AwsError => new AwsError('NotFound', `${what} does not exist`, { status: 404 });

export interface Topic {
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  /** As they were set: DisplayName, Policy … */
  readonly attributes: Map<string, string>;
  readonly tags: Map<string, string>;
  /** By ARN, those that wait for confirmation under `pending:` and a number. */
  readonly subscriptions: Map<string, Subscription>;
}

/** The protocols that the embedded cloud knows; it delivers to the queues and functions that it has. */
export const protocols = ['email', 'email-json', 'sqs', 'lambda'] as const;
export type Protocol = (typeof protocols)[number];

export interface Subscription {
  /** `PendingConfirmation` until whoever reads the endpoint confirms it; there are no mailboxes here, so that never happens. */
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: Protocol;
  readonly endpoint: string;
  readonly owner: string;
  readonly attributes: Map<string, string>;
}

export const PENDING = 'PendingConfirmation';

/** A message as subscribers get it. */
export interface Notification {
  readonly id: string;
  readonly subject?: string | undefined;
  readonly message: string;
  readonly attributes: Readonly<Record<string, { readonly Type: string; readonly Value: string }>>;
}

/** Topics and who listens to them. Messages are delivered in tasks of the clock. */
export class Topics {
  readonly #world: World;
  readonly #log: (line: string) => void;
  /** By ARN. */
  readonly #topics = new Map<string, Topic>();
  targets: Targets | undefined;

  constructor(world: World, log: (line: string) => void) {
    this.#world = world;
    this.#log = log;
  }

  /** The topic of that name, made if there is none (documented: idempotent). */
  create(account: string, region: string, name: string): Topic {
    const arn = `arn:aws:sns:${region}:${account}:${name}`;
    const topic = this.#topics.get(arn) ?? {
      arn,
      account,
      region,
      attributes: new Map(),
      tags: new Map(),
      subscriptions: new Map(),
    };
    this.#topics.set(arn, topic);
    return topic;
  }

  find(arn: string): Topic | undefined {
    return this.#topics.get(arn);
  }

  /** @throws AwsError NotFound */
  get(arn: string): Topic {
    const topic = this.find(arn);
    if (topic === undefined) throw notFound('Topic');
    return topic;
  }

  delete(arn: string): void {
    this.#topics.delete(arn);
  }

  in(account: string, region: string): readonly Topic[] {
    return [...this.#topics.values()].filter((topic) => topic.account === account && topic.region === region);
  }

  /** The policy of a topic: without one of its own, that of a new one, which lets its own account in (documented). */
  policyOf(arn: string): unknown {
    const topic = this.find(arn);
    return topic?.attributes.get('Policy');
  }

  /** Sends to every subscriber that has confirmed. @returns the message id. */
  publish(topic: Topic, notification: Omit<Notification, 'id'>): string {
    const id = this.#world.chance.uuid();
    for (const subscription of topic.subscriptions.values()) {
      if (subscription.arn === PENDING) continue;
      this.#world.clock.schedule(0, () => this.#deliver(topic, subscription, { id, ...notification }));
    }
    return id;
  }

  /**
   * On behalf of a service, if the topic's policy lets that in. A topic without a policy of its own takes what its own account
   * sends (documented: the default policy, `AWS:SourceOwner`).
   * @throws AwsError NotFound, AuthorizationError
   */
  publishForService(arn: string, notification: Omit<Notification, 'id'>, sender: Sender): string {
    const topic = this.get(arn);
    const policy = this.policyOf(arn);
    const { service, sourceArn, sourceAccount } = sender;
    const conditions = {
      'aws:SourceArn': sourceArn,
      'aws:SourceAccount': sourceAccount,
      'AWS:SourceOwner': sourceAccount,
    };
    const allowed =
      policy === undefined
        ? sourceAccount === topic.account
        : policyAllows(policy, { principal: { service }, action: 'sns:Publish', resource: arn, conditions });
    if (!allowed) {
      throw new AwsError('AuthorizationError', `${service} is not authorized to perform: SNS:Publish on ${arn}`, {
        status: 403,
      });
    }
    return this.publish(topic, notification);
  }

  async #deliver(topic: Topic, subscription: Subscription, notification: Notification): Promise<void> {
    const { protocol, endpoint } = subscription;
    const sender: Sender = { service: 'sns.amazonaws.com', sourceArn: topic.arn, sourceAccount: topic.account };
    try {
      if (this.targets === undefined) throw new Error('SNS has no targets yet: call connect() first');
      const body = this.#document(topic, subscription, notification);
      if (protocol === 'lambda') {
        const record = {
          EventSource: 'aws:sns',
          EventVersion: '1.0',
          EventSubscriptionArn: subscription.arn,
          Sns: { ...body, SigningCertUrl: '', UnsubscribeUrl: '' },
        };
        await this.targets.invokeFunction(endpoint, JSON.stringify({ Records: [record] }), sender);
      } else if (protocol === 'sqs') {
        const isRaw = subscription.attributes.get('RawMessageDelivery') === 'true';
        await this.targets.sendMessage(endpoint, { body: isRaw ? notification.message : JSON.stringify(body) }, sender);
      }
    } catch (error) {
      this.#log(`SNS: ${topic.arn} could not deliver to ${endpoint}: ${String(error)}`);
    }
  }

  /** Documented: "HTTP/HTTPS notification JSON format", which queues get too. */
  #document(topic: Topic, { arn }: Subscription, { id, subject, message, attributes }: Notification): object {
    return {
      Type: 'Notification',
      MessageId: id,
      TopicArn: topic.arn,
      ...(subject === undefined ? {} : { Subject: subject }),
      Message: message,
      Timestamp: new Date(this.#world.clock.now()).toISOString(),
      SignatureVersion: '1',
      // Nothing here signs.
      Signature: 'EXAMPLE',
      SigningCertURL: `https://sns.${topic.region}.amazonaws.com/SimpleNotificationService.pem`,
      UnsubscribeURL: `https://sns.${topic.region}.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${arn}`,
      ...(Object.keys(attributes).length === 0 ? {} : { MessageAttributes: attributes }),
    };
  }
}

/** Whether what is to be subscribed fits its protocol. @throws AwsError InvalidParameter */
export function checkEndpoint(protocol: string, endpoint: string): asserts protocol is Protocol {
  if (!protocols.some((known) => known === protocol))
    throw invalid(
      `Does not support this protocol string: ${protocol} (the embedded cloud has ${protocols.join(', ')})`,
    );
  const { service, resource } = parseArn(endpoint);
  if (protocol.startsWith('email') && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(endpoint)) throw invalid('Email address');
  if (protocol === 'sqs' && service !== 'sqs') throw invalid('SQS endpoint ARN');
  if (protocol === 'lambda' && (service !== 'lambda' || !resource.startsWith('function:')))
    throw invalid('Lambda endpoint ARN');
}
