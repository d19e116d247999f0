import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createCloud } from 'apprunner-embedded-cloud';
import { VirtualClock } from 'apprunner-embedded-cloud/clock';
import { expect, onTestFinished, test } from 'vitest';
import { sqsQueue } from '../../shared/reconcile/sqs-queue.ts';
import { SERVICE_ARN } from '../fixtures.ts';

test('a message says whose service it is about, so that SQS lets no account wait for another', async () => {
  const cloud = createCloud({ clock: new VirtualClock() });
  onTestFinished(() => cloud.stop());
  const sqs = new SQSClient(cloud.clientConfig());
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'reconcile' }));
  await sqsQueue(sqs, QueueUrl).send({ serviceArn: SERVICE_ARN });
  const receive = new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['MessageGroupId'] });
  const { Messages: [message] = [] } = await sqs.send(receive);
  expect(message?.Attributes).toEqual({ MessageGroupId: SERVICE_ARN.split(':')[4] });
});
