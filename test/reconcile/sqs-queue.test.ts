import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createCloud } from 'apprunner-embedded-cloud';
import { VirtualClock } from 'apprunner-embedded-cloud/clock';
import { expect, onTestFinished, test } from 'vitest';
import { HOUR } from '../../shared/duration.ts';
import { sqsQueue } from '../../shared/reconcile/sqs-queue.ts';
import { SERVICE_ARN } from '../fixtures.ts';

async function embeddedQueue() {
  const clock = new VirtualClock();
  const cloud = createCloud({ clock });
  onTestFinished(() => cloud.stop());
  const sqs = new SQSClient(cloud.clientConfig());
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'reconcile' }));
  const receive = async () => {
    const asked = new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['MessageGroupId'] });
    return (await sqs.send(asked)).Messages?.[0];
  };
  return { clock, queue: sqsQueue(sqs, QueueUrl), receive };
}

test('a message says whose service it is about, so that SQS lets no account wait for another', async () => {
  const { queue, receive } = await embeddedQueue();
  await queue.send({ serviceArn: SERVICE_ARN });
  const message = await receive();
  expect(message?.Attributes).toEqual({ MessageGroupId: SERVICE_ARN.split(':')[4] });
  expect(JSON.parse(message?.Body ?? '')).toEqual({ serviceArn: SERVICE_ARN });
});

test.each([
  [1, 1],
  [1000, 1],
  [1001, 2],
  [HOUR, 900],
])('a delay of %i ms is one of %i s: rounded up, and at most what SQS takes', async (delay, seconds) => {
  const { clock, queue, receive } = await embeddedQueue();
  await queue.send({ serviceArn: SERVICE_ARN }, delay);
  await clock.advance(seconds * 1000 - 1);
  expect(await receive()).toBeUndefined();
  await clock.advance(1);
  expect(await receive()).toBeDefined();
});
