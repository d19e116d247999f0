import * as sdk from '@aws-sdk/client-sns';
import { AwsError } from '../../wire/errors.ts';
import { type CallContext, type OperationDefinition, operation } from '../../wire/service.ts';
import type { World } from '../../world.ts';
import { checkEndpoint, invalid, notFound, PENDING, type Subscription, type Topic, type Topics } from './topics.ts';

/** Documented: "Message data: up to 256 KB". */
const MOST_BYTES = 256 * 1024;
const LONGEST_SUBJECT = 100;
const PAGE = 100;

const topicArn = ({ account, region }: CallContext, name: string): string => `arn:aws:sns:${region}:${account}:${name}`;
const onTopic =
  (action: string) =>
  ({ TopicArn = '' }: { readonly TopicArn?: string | undefined }) => ({
    action: `sns:${action}`,
    resources: [TopicArn],
  });
/** The topic of a subscription's ARN. */
const topicOf = (subscriptionArn: string): string => subscriptionArn.split(':').slice(0, 6).join(':');
const onSubscription =
  (action: string) =>
  ({ SubscriptionArn = '' }: { readonly SubscriptionArn?: string | undefined }) => ({
    action: `sns:${action}`,
    resources: [topicOf(SubscriptionArn)],
  });

/** Attributes that people may set of a topic here. */
const SETTABLE = ['DisplayName', 'Policy', 'KmsMasterKeyId', 'DeliveryPolicy', 'SignatureVersion'];

const tagged = (tags: sdk.Tag[] = []): [string, string][] => tags.map(({ Key = '', Value = '' }) => [Key, Value]);

function page<Item>(items: readonly Item[], token = '0'): { readonly items: Item[]; readonly NextToken?: string } {
  const from = Number(token);
  if (!Number.isInteger(from)) throw invalid('NextToken');
  const next = from + PAGE < items.length ? { NextToken: String(from + PAGE) } : {};
  return { items: items.slice(from, from + PAGE), ...next };
}

function setAttribute(topic: Topic, name: string, value: string): void {
  if (!SETTABLE.includes(name)) throw invalid(`AttributeName`);
  if (name === 'Policy' && !isJson(value)) throw invalid('Policy Error: null');
  if (value === '') topic.attributes.delete(name);
  else topic.attributes.set(name, value);
}

const isJson = (text: string): boolean => {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
};

export function topicOperations(topics: Topics): readonly OperationDefinition[] {
  return [
    operation<sdk.CreateTopicCommandInput, sdk.CreateTopicCommandOutput>(sdk.CreateTopic$, {
      writes: true,
      permissions: ({ Name = '' }, context) => ({ action: 'sns:CreateTopic', resources: [topicArn(context, Name)] }),
      run: ({ Name = '', Attributes = {}, Tags }, { account, region }) => {
        if (Name.endsWith('.fifo') || Attributes.FifoTopic === 'true') {
          throw new AwsError('NotImplemented', 'FIFO topics are not implemented by the embedded cloud', {
            status: 501,
          });
        }
        if (!/^[\w-]{1,256}$/.test(Name)) throw invalid('Topic Name');
        const topic = topics.create(account, region, Name);
        for (const [name, value] of Object.entries(Attributes)) setAttribute(topic, name, value);
        for (const [key, value] of tagged(Tags)) topic.tags.set(key, value);
        return { TopicArn: topic.arn };
      },
    }),
    operation<sdk.DeleteTopicCommandInput, sdk.DeleteTopicCommandOutput>(sdk.DeleteTopic$, {
      writes: true,
      permissions: onTopic('DeleteTopic'),
      // Deleting one that is not there is no error (documented).
      run: ({ TopicArn = '' }) => {
        topics.delete(TopicArn);
        return {};
      },
    }),
    operation<sdk.ListTopicsCommandInput, sdk.ListTopicsCommandOutput>(sdk.ListTopics$, {
      permissions: () => ({ action: 'sns:ListTopics', resources: ['*'] }),
      run: ({ NextToken }, { account, region }) => {
        const { items, ...rest } = page(topics.in(account, region), NextToken);
        return { Topics: items.map(({ arn }) => ({ TopicArn: arn })), ...rest };
      },
    }),
    operation<sdk.GetTopicAttributesCommandInput, sdk.GetTopicAttributesCommandOutput>(sdk.GetTopicAttributes$, {
      permissions: onTopic('GetTopicAttributes'),
      run: ({ TopicArn = '' }) => {
        const topic = topics.get(TopicArn);
        const all = [...topic.subscriptions.values()];
        const pending = all.filter(({ arn }) => arn === PENDING).length;
        return {
          Attributes: {
            ...Object.fromEntries(topic.attributes),
            TopicArn: topic.arn,
            Owner: topic.account,
            SubscriptionsConfirmed: String(all.length - pending),
            SubscriptionsPending: String(pending),
            SubscriptionsDeleted: '0',
          },
        };
      },
    }),
    operation<sdk.SetTopicAttributesCommandInput, sdk.SetTopicAttributesCommandOutput>(sdk.SetTopicAttributes$, {
      writes: true,
      permissions: onTopic('SetTopicAttributes'),
      run: ({ TopicArn = '', AttributeName = '', AttributeValue = '' }) => {
        setAttribute(topics.get(TopicArn), AttributeName, AttributeValue);
        return {};
      },
    }),
    operation<sdk.PublishCommandInput, sdk.PublishCommandOutput>(sdk.Publish$, {
      writes: true,
      dataPlane: true,
      permissions: onTopic('Publish'),
      run: ({ TopicArn, TargetArn, PhoneNumber, Message = '', Subject, MessageStructure, MessageAttributes = {} }) => {
        if (PhoneNumber !== undefined || TargetArn !== undefined || MessageStructure !== undefined) {
          const what = 'phone numbers, TargetArn and MessageStructure of sns:Publish';
          throw new AwsError('NotImplemented', `${what} are not implemented by the embedded cloud`, { status: 501 });
        }
        if (TopicArn === undefined) throw invalid('TopicArn or TargetArn Reason: no value for required parameter');
        const topic = topics.get(TopicArn);
        if (Message === '') throw invalid('Empty message');
        if (Buffer.byteLength(Message) > MOST_BYTES) throw invalid('Message too long');
        // Documented: ASCII text that begins with a letter, number or punctuation mark, without line breaks.
        if (Subject !== undefined && !(Subject.length <= LONGEST_SUBJECT && /^[!-~][ -~]*$/.test(Subject)))
          throw invalid('Subject');
        const attributes = Object.entries(MessageAttributes).map(([name, { DataType = '', StringValue = '' }]) => [
          name,
          { Type: DataType, Value: StringValue },
        ]);
        const notification = { subject: Subject, message: Message, attributes: Object.fromEntries(attributes) };
        return { MessageId: topics.publish(topic, notification) };
      },
    }),
  ];
}

export function subscriptionOperations(topics: Topics, { chance }: World): readonly OperationDefinition[] {
  const shown = ({ arn, topicArn: TopicArn, protocol, endpoint, owner }: Subscription): sdk.Subscription => ({
    SubscriptionArn: arn,
    TopicArn,
    Protocol: protocol,
    Endpoint: endpoint,
    Owner: owner,
  });
  /** @throws AwsError InvalidParameter, NotFound */
  const subscription = (arn: string): readonly [Topic, Subscription] => {
    if (!/^arn:[^:]+:sns:([^:]+:){3}[0-9a-f-]+$/.test(arn)) throw invalid('SubscriptionId');
    const topic = topics.find(topicOf(arn));
    const found = topic?.subscriptions.get(arn);
    if (topic === undefined || found === undefined) throw notFound('Subscription');
    return [topic, found];
  };
  return [
    operation<sdk.SubscribeCommandInput, sdk.SubscribeCommandOutput>(sdk.Subscribe$, {
      writes: true,
      permissions: onTopic('Subscribe'),
      run: (input, { account }) => {
        const { TopicArn = '', Protocol = '', Endpoint = '', Attributes = {}, ReturnSubscriptionArn = false } = input;
        const topic = topics.get(TopicArn);
        checkEndpoint(Protocol, Endpoint);
        const unknown = Object.keys(Attributes).find((name) => name !== 'RawMessageDelivery');
        if (unknown !== undefined) {
          const message = `${unknown} of a subscription is not implemented by the embedded cloud`;
          throw new AwsError('NotImplemented', message, { status: 501 });
        }
        const known = [...topic.subscriptions].find(
          ([, { protocol, endpoint }]) => protocol === Protocol && endpoint === Endpoint,
        );
        const own = known?.[0] ?? `${topic.arn}:${chance.uuid()}`;
        // People confirm what arrives in a mailbox; queues and functions of the account need not.
        const arn = Protocol.startsWith('email') ? PENDING : own;
        const attributes = new Map(Object.entries(Attributes));
        const made = { arn, topicArn: topic.arn, protocol: Protocol, endpoint: Endpoint, owner: account, attributes };
        topic.subscriptions.set(own, made);
        return { SubscriptionArn: arn !== PENDING || ReturnSubscriptionArn ? own : 'pending confirmation' };
      },
    }),
    operation<sdk.UnsubscribeCommandInput, sdk.UnsubscribeCommandOutput>(sdk.Unsubscribe$, {
      writes: true,
      permissions: onSubscription('Unsubscribe'),
      run: ({ SubscriptionArn = '' }) => {
        const [topic] = subscription(SubscriptionArn);
        topic.subscriptions.delete(SubscriptionArn);
        return {};
      },
    }),
    operation<sdk.GetSubscriptionAttributesCommandInput, sdk.GetSubscriptionAttributesCommandOutput>(
      sdk.GetSubscriptionAttributes$,
      {
        permissions: onSubscription('GetSubscriptionAttributes'),
        run: ({ SubscriptionArn = '' }) => {
          const [, found] = subscription(SubscriptionArn);
          return {
            Attributes: {
              RawMessageDelivery: 'false',
              ...Object.fromEntries(found.attributes),
              SubscriptionArn,
              TopicArn: found.topicArn,
              Protocol: found.protocol,
              Endpoint: found.endpoint,
              Owner: found.owner,
              PendingConfirmation: String(found.arn === PENDING),
            },
          };
        },
      },
    ),
    operation<sdk.ListSubscriptionsCommandInput, sdk.ListSubscriptionsCommandOutput>(sdk.ListSubscriptions$, {
      permissions: () => ({ action: 'sns:ListSubscriptions', resources: ['*'] }),
      run: ({ NextToken }, { account, region }) => {
        const all = topics.in(account, region).flatMap(({ subscriptions }) => [...subscriptions.values()]);
        const { items, ...rest } = page(all, NextToken);
        return { Subscriptions: items.map(shown), ...rest };
      },
    }),
    operation<sdk.ListSubscriptionsByTopicCommandInput, sdk.ListSubscriptionsByTopicCommandOutput>(
      sdk.ListSubscriptionsByTopic$,
      {
        permissions: onTopic('ListSubscriptionsByTopic'),
        run: ({ TopicArn = '', NextToken }) => {
          const { items, ...rest } = page([...topics.get(TopicArn).subscriptions.values()], NextToken);
          return { Subscriptions: items.map(shown), ...rest };
        },
      },
    ),
  ];
}
