import * as sdk from '@aws-sdk/client-sns';
import { ACCOUNT, type OperationSetting, REGION, type Rows } from './setting.ts';

const TopicArn = `arn:aws:sns:${REGION}:${ACCOUNT}:alarms`;
const QUEUE = `arn:aws:sqs:${REGION}:${ACCOUNT}:seen`;

/** With the topic in place. */
const onTopic =
  (call: (sns: sdk.SNSClient) => Promise<object>) =>
  async ({ sns }: OperationSetting): Promise<object> => {
    await sns.send(new sdk.CreateTopicCommand({ Name: 'alarms' }));
    return call(sns);
  };
const subscribe = (sns: sdk.SNSClient, Protocol = 'sqs', Endpoint = QUEUE) =>
  sns.send(new sdk.SubscribeCommand({ TopicArn, Protocol, Endpoint }));
const onSubscription = (call: (sns: sdk.SNSClient, SubscriptionArn: string) => Promise<object>) =>
  onTopic(async (sns) => call(sns, (await subscribe(sns)).SubscriptionArn ?? ''));
const without = (call: (sns: sdk.SNSClient) => Promise<object>) => ({
  call: ({ sns }: OperationSetting) => call(sns),
  by: sdk.NotFoundException,
});

const attributes = (sns: sdk.SNSClient) => sns.send(new sdk.GetTopicAttributesCommand({ TopicArn }));
const name = (sns: sdk.SNSClient, AttributeName: string) =>
  sns.send(new sdk.SetTopicAttributesCommand({ TopicArn, AttributeName, AttributeValue: 'Alarms' }));
const publish = (sns: sdk.SNSClient, input: Partial<sdk.PublishCommandInput> = {}) =>
  sns.send(new sdk.PublishCommand({ TopicArn, Message: 'hello', Subject: 'Hello', ...input }));
const listed = (sns: sdk.SNSClient) => sns.send(new sdk.ListSubscriptionsByTopicCommand({ TopicArn }));
const attributesOf = (sns: sdk.SNSClient, SubscriptionArn: string) =>
  sns.send(new sdk.GetSubscriptionAttributesCommand({ SubscriptionArn }));
const unsubscribe = (sns: sdk.SNSClient, SubscriptionArn: string) =>
  sns.send(new sdk.UnsubscribeCommand({ SubscriptionArn }));
const MISSING = `${TopicArn}:00000000-0000-4000-8000-000000000000`;

export const snsRows: Rows = {
  CreateTopic: {
    call: ({ sns }) => sns.send(new sdk.CreateTopicCommand({ Name: 'alarms' })),
    answer: { TopicArn },
    refused: {
      call: ({ sns }) => sns.send(new sdk.CreateTopicCommand({ Name: 'no spaces' })),
      by: sdk.InvalidParameterException,
    },
  },
  DeleteTopic: { call: ({ sns }) => sns.send(new sdk.DeleteTopicCommand({ TopicArn })) },
  ListTopics: {
    call: onTopic((sns) => sns.send(new sdk.ListTopicsCommand({}))),
    answer: { Topics: [{ TopicArn }] },
  },
  GetTopicAttributes: {
    call: onTopic(attributes),
    answer: { Attributes: { TopicArn, Owner: ACCOUNT, SubscriptionsConfirmed: '0' } },
    refused: without(attributes),
  },
  SetTopicAttributes: {
    call: onTopic((sns) => name(sns, 'DisplayName')),
    refused: { call: onTopic((sns) => name(sns, 'Color')), by: sdk.InvalidParameterException },
  },
  Publish: {
    call: onTopic((sns) => publish(sns)),
    refused: { call: onTopic((sns) => publish(sns, { Subject: 'two\nlines' })), by: sdk.InvalidParameterException },
  },
  Subscribe: {
    call: onTopic((sns) => subscribe(sns, 'email', 'someone@example.com')),
    answer: { SubscriptionArn: 'pending confirmation' },
    refused: { call: onTopic((sns) => subscribe(sns, 'email', 'nobody')), by: sdk.InvalidParameterException },
  },
  Unsubscribe: {
    call: onSubscription(unsubscribe),
    refused: { call: onTopic((sns) => unsubscribe(sns, MISSING)), by: sdk.NotFoundException },
  },
  GetSubscriptionAttributes: {
    call: onSubscription(attributesOf),
    answer: { Attributes: { Protocol: 'sqs', Endpoint: QUEUE, PendingConfirmation: 'false' } },
    refused: { call: onTopic((sns) => attributesOf(sns, MISSING)), by: sdk.NotFoundException },
  },
  ListSubscriptions: {
    call: onSubscription((sns) => sns.send(new sdk.ListSubscriptionsCommand({}))),
    answer: { Subscriptions: [{ TopicArn, Protocol: 'sqs' }] },
  },
  ListSubscriptionsByTopic: {
    call: onTopic(async (sns) => {
      await subscribe(sns, 'email', 'someone@example.com');
      return listed(sns);
    }),
    answer: { Subscriptions: [{ SubscriptionArn: 'PendingConfirmation', Protocol: 'email' }] },
    refused: without(listed),
  },
};
