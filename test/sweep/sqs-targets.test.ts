import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { sqsTargets } from '../../shared/sweep/dependencies.ts';
import { start } from '../installation/worlds.ts';

test('messages that are long together go in several calls, and all of them arrive', async () => {
  const { sqs } = await start();
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'targets' }));
  const elsewhere = Array.from({ length: 3000 }, (_, index) => index.toString(16).padStart(32, '0'));
  const zones = Array.from({ length: 25 }, (_, index) => ({ kind: 'zone', zoneId: `Z${index}`, elsewhere }) as const);
  const small = { kind: 'zone', zoneId: 'Z', elsewhere: [] } as const;
  const targets = [...zones, ...Array.from({ length: 25 }, () => small)];
  await sqsTargets(sqs, QueueUrl).send(targets.map((target) => ({ run: '20260101T000000Z-00000000', target })));
  const name = 'ApproximateNumberOfMessages';
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [name] }));
  expect(Attributes?.[name]).toBe('50');
});
