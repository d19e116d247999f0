import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import { seededChance } from '../../src/chance.ts';
import { VirtualClock } from '../../src/clock.ts';
import { Iam } from '../../src/iam/iam.ts';
import { defaultSwitches, profiles } from '../../src/profile.ts';
import { createSns } from '../../src/services/sns/sns.ts';
import { Gateway } from '../../src/wire/gateway.ts';
import { inProcessHandler } from '../../src/wire/in-process.ts';
import { FakeTargets } from '../eventbridge/fake-targets.ts';

const PLACE = 'ap-northeast-1:123456789012';
const QUEUE = `arn:aws:sqs:${PLACE}:seen`;
const RAW = `arn:aws:sqs:${PLACE}:raw`;
const FUNCTION = `arn:aws:lambda:${PLACE}:function:told`;

async function start() {
  const clock = new VirtualClock();
  const chance = seededChance('sns');
  const log: string[] = [];
  const world = { clock, chance, profile: profiles.fast, switches: defaultSwitches };
  const sns = createSns(world, { log: (line) => log.push(line) });
  const targets = new FakeTargets();
  sns.connect(targets);
  const iam = new Iam({ chance, now: () => clock.now() });
  const gateway = new Gateway({ clock, chance, iam, services: [sns.definition], defaultRegion: 'ap-northeast-1' });
  const client = new SNSClient({
    region: 'ap-northeast-1',
    credentials: { accessKeyId: '123456789012', secretAccessKey: 'root' },
    requestHandler: inProcessHandler(gateway),
    maxAttempts: 1,
  });
  const { TopicArn = '' } = await client.send(new CreateTopicCommand({ Name: 'news' }));
  const subscribe = (Protocol: string, Endpoint: string, Attributes?: Record<string, string>) =>
    client.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint, ...(Attributes ? { Attributes } : {}) }));
  const publish = (Message = 'It rains.') => client.send(new PublishCommand({ TopicArn, Subject: 'News', Message }));
  return { clock, targets, log, sns, client, TopicArn, subscribe, publish };
}

describe('a topic', () => {
  it('delivers to queues and functions, in the form of each, as SNS and for the topic', async () => {
    const { clock, targets, TopicArn, subscribe, publish } = await start();
    await subscribe('sqs', QUEUE);
    await subscribe('sqs', RAW, { RawMessageDelivery: 'true' });
    const { SubscriptionArn } = await subscribe('lambda', FUNCTION);
    const { MessageId } = await publish();
    expect(targets.sent).toEqual([]);
    await clock.advance(0);
    const sender = { service: 'sns.amazonaws.com', sourceArn: TopicArn, sourceAccount: '123456789012' };
    const notification = {
      MessageId,
      TopicArn,
      Subject: 'News',
      Message: 'It rains.',
      Timestamp: '2026-01-01T00:00:00.000Z',
    };
    expect(targets.sent.map(({ arn }) => arn)).toEqual([QUEUE, RAW]);
    expect(JSON.parse(targets.sent[0]?.message.body ?? '')).toMatchObject({ Type: 'Notification', ...notification });
    expect(targets.sent[1]?.message.body).toBe('It rains.');
    expect(targets.sent[0]?.sender).toEqual(sender);
    expect(targets.invoked).toMatchObject([
      {
        arn: FUNCTION,
        sender,
        payload: { Records: [{ EventSource: 'aws:sns', EventSubscriptionArn: SubscriptionArn, Sns: notification }] },
      },
    ]);
  });

  it('tells one subscriber when another one cannot be reached', async () => {
    const { clock, targets, log, subscribe, publish } = await start();
    targets.failures.set(QUEUE, ['AccessDenied']);
    await subscribe('sqs', QUEUE);
    await subscribe('lambda', FUNCTION);
    await publish();
    await clock.advance(0);
    expect(targets.invoked).toHaveLength(1);
    expect(log).toEqual([expect.stringContaining(`could not deliver to ${QUEUE}`)]);
  });

  it('has one subscription for each endpoint, and none for what it does not know', async () => {
    const { subscribe } = await start();
    const [first, second] = [await subscribe('sqs', QUEUE), await subscribe('sqs', QUEUE)];
    expect(first.SubscriptionArn).toBe(second.SubscriptionArn);
    await expect(subscribe('sqs', FUNCTION)).rejects.toThrow('Invalid parameter: SQS endpoint ARN');
    await expect(subscribe('pigeon', QUEUE)).rejects.toThrow('Does not support this protocol string: pigeon');
  });

  it.each([
    ['an empty message', { Message: '' }, 'Empty message'],
    ['a message of more than 256 KiB', { Message: 'x'.repeat(256 * 1024 + 1) }, 'Message too long'],
    ['a subject with a line break', { Message: 'x', Subject: 'a\nb' }, 'Subject'],
    ['a subject that is not ASCII', { Message: 'x', Subject: 'Ärger' }, 'Subject'],
    ['a subject of 101 characters', { Message: 'x', Subject: 'x'.repeat(101) }, 'Subject'],
  ])('refuses %s', async (_, input, reason) => {
    const { client, TopicArn } = await start();
    await expect(client.send(new PublishCommand({ TopicArn, ...input }))).rejects.toThrow(
      `Invalid parameter: ${reason}`,
    );
  });

  it('takes what a service of its own account sends, and of no other', async () => {
    const { sns, TopicArn } = await start();
    const notification = { message: 'x', attributes: {} };
    const sender = { service: 'cloudwatch.amazonaws.com', sourceArn: 'arn:aws:cloudwatch:r:a:alarm:x' };
    expect(sns.publishForService(TopicArn, notification, { ...sender, sourceAccount: '123456789012' })).toMatch(
      /^[0-9a-f-]{36}$/,
    );
    const foreign = () => sns.publishForService(TopicArn, notification, { ...sender, sourceAccount: '210987654321' });
    expect(foreign).toThrow('is not authorized to perform: SNS:Publish');
  });
});
