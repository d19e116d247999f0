import { GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { functionArn } from './installation.ts';
import { start } from './worlds.ts';

describe('a message that cannot be read is kept for people, with the reason', () => {
  test('an event that cannot be read is kept in the dead-letter queue with the reason', async () => {
    const world = await start();
    const event = {
      source: 'aws.apprunner',
      'detail-type': 'AWS API Call via CloudTrail',
      detail: { nonsense: true },
    };
    const outcome = await world.cloud.lambda.invoke(world.cloud.lambda.get(functionArn('on-service-event')), event);
    expect(outcome.ok).toBe(true);
    const { Messages = [] } = await world.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: world.stack.outputs.DeadLetterQueueUrl }),
    );
    expect(JSON.parse(Messages[0]?.Body ?? '')).toMatchObject({
      event,
      reason: expect.stringContaining('not a CloudTrail record'),
    });
  });

  test('a message of the queue that is not one of ours ends in the dead-letter queue', async () => {
    const world = await start();
    await world.sendToQueue('{"serviceArn": "arn:aws:s3:::bucket"}');
    await world.clock.advance(60 * 60_000);
    const { Attributes } = await world.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: world.stack.outputs.DeadLetterQueueUrl,
        AttributeNames: ['ApproximateNumberOfMessages'],
      }),
    );
    expect(Attributes?.ApproximateNumberOfMessages).toBe('1');
  });
});
