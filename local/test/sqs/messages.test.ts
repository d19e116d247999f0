import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
} from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { ACCOUNT, arnOf, cloud, queue, type SqsTestCloud, settle } from './cloud.ts';

const START = Date.UTC(2026, 0, 1);

async function jobs(attributes: Record<string, string> = {}) {
  const world = cloud();
  const QueueUrl = await queue(world, 'jobs', attributes);
  const receive = async (input: Partial<ReceiveMessageCommandInput> = {}) =>
    (await world.client.send(new ReceiveMessageCommand({ QueueUrl, ...input }))).Messages ?? [];
  return {
    ...world,
    QueueUrl,
    receive,
    bodies: async (input: Partial<ReceiveMessageCommandInput> = {}) =>
      (await receive({ MaxNumberOfMessages: 10, ...input })).map((message) => message.Body),
    send: (MessageBody: string, input: Partial<SendMessageCommandInput> = {}) =>
      world.client.send(new SendMessageCommand({ QueueUrl, MessageBody, ...input })),
    remove: (ReceiptHandle: string | undefined) =>
      world.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })),
    hide: (ReceiptHandle: string | undefined, VisibilityTimeout: number) =>
      world.client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout })),
  };
}

const counts = ({ sqs }: Pick<SqsTestCloud, 'sqs'>) => {
  const all = sqs.attributes(arnOf('jobs'));
  return [
    all.ApproximateNumberOfMessages,
    all.ApproximateNumberOfMessagesNotVisible,
    all.ApproximateNumberOfMessagesDelayed,
  ].join(' ');
};

describe('sending and receiving', () => {
  test('a message arrives with its digests, attributes and times', async () => {
    const { clock, send, receive } = await jobs();
    const sent = await send('héllo', {
      MessageAttributes: {
        kind: { DataType: 'String', StringValue: 'greeting' },
        'trace.id': { DataType: 'Number', StringValue: '42' },
        'trace.raw': { DataType: 'Binary.png', BinaryValue: Uint8Array.of(1, 2, 255) },
      },
      MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-5759e988' } },
      MessageGroupId: 'fair',
    });
    await clock.advance(1500);
    const [message] = await receive({ MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'] });
    expect(message).toMatchObject({
      MessageId: sent.MessageId,
      Body: 'héllo',
      MD5OfBody: sent.MD5OfMessageBody,
      MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
      MessageAttributes: {
        kind: { DataType: 'String', StringValue: 'greeting' },
        'trace.raw': { DataType: 'Binary.png', BinaryValue: Uint8Array.of(1, 2, 255) },
      },
      Attributes: {
        SenderId: ACCOUNT,
        AWSTraceHeader: 'Root=1-5759e988',
        MessageGroupId: 'fair',
        SentTimestamp: String(START),
        ApproximateFirstReceiveTimestamp: String(START + 1500),
        ApproximateReceiveCount: '1',
      },
    });
    expect(sent.MD5OfMessageSystemAttributes).toMatch(/^[0-9a-f]{32}$/);
    await clock.advance(30_000);
    const [again] = await receive({
      MessageAttributeNames: ['trace.*'],
      MessageSystemAttributeNames: ['ApproximateReceiveCount', 'ApproximateFirstReceiveTimestamp'],
    });
    expect(again?.Attributes).toEqual({
      ApproximateReceiveCount: '2',
      ApproximateFirstReceiveTimestamp: String(START + 1500),
    });
    expect(Object.keys(again?.MessageAttributes ?? {})).toEqual(['trace.id', 'trace.raw']);
    await clock.advance(30_000);
    const [bare] = await receive();
    expect(Object.keys(bare ?? {}).sort()).toEqual(['Body', 'MD5OfBody', 'MessageId', 'ReceiptHandle']);
  });

  test.each<[string, Partial<SendMessageCommandInput>, string]>([
    ['an empty body', { MessageBody: '' }, 'MissingParameter'],
    ['a delay too long', { DelaySeconds: 901 }, 'InvalidParameterValue'],
    ['a negative delay', { DelaySeconds: -1 }, 'InvalidParameterValue'],
    ['a control character', { MessageBody: 'a\u0000b' }, 'InvalidMessageContents'],
    ['a non-character', { MessageBody: 'a\uffff' }, 'InvalidMessageContents'],
    ['too many bytes', { MessageBody: 'é'.repeat(513) }, 'InvalidParameterValue'],
    [
      'too many bytes with attributes',
      { MessageBody: 'x'.repeat(1020), MessageAttributes: { a: { DataType: 'String', StringValue: 'b' } } },
      'InvalidParameterValue',
    ],
    ['a deduplication id', { MessageDeduplicationId: 'x' }, 'InvalidParameterValue'],
    [
      'an attribute without type',
      { MessageAttributes: { a: { DataType: 'Text', StringValue: 'b' } } },
      'InvalidParameterValue',
    ],
    [
      'an empty attribute',
      { MessageAttributes: { a: { DataType: 'String', StringValue: '' } } },
      'InvalidParameterValue',
    ],
    [
      'a number that is none',
      { MessageAttributes: { a: { DataType: 'Number', StringValue: 'b' } } },
      'InvalidParameterValue',
    ],
    [
      'a reserved attribute name',
      { MessageAttributes: { 'AWS.a': { DataType: 'String', StringValue: 'b' } } },
      'InvalidParameterValue',
    ],
    [
      'an attribute name with dots side by side',
      { MessageAttributes: { 'a..b': { DataType: 'String', StringValue: 'b' } } },
      'InvalidParameterValue',
    ],
    [
      'eleven attributes',
      {
        MessageAttributes: Object.fromEntries(
          Array.from({ length: 11 }, (_, index) => [`a${index}`, { DataType: 'String', StringValue: 'b' }]),
        ),
      },
      'InvalidParameterValue',
    ],
  ])('%s is refused', async (_, input, name) => {
    const world = await jobs({ MaximumMessageSize: '1024' });
    await expect(world.send('x', input)).rejects.toMatchObject({ name });
    expect(counts(world)).toBe('0 0 0');
  });

  test.each<[Partial<ReceiveMessageCommandInput>, string]>([
    [{ MaxNumberOfMessages: 0 }, 'InvalidParameterValue'],
    [{ MaxNumberOfMessages: 11 }, 'InvalidParameterValue'],
    [{ WaitTimeSeconds: 21 }, 'InvalidParameterValue'],
    [{ VisibilityTimeout: 43_201 }, 'InvalidParameterValue'],
  ])('receiving with %j is refused', async (input, name) => {
    const { receive } = await jobs();
    await expect(receive(input)).rejects.toMatchObject({ name });
  });

  test('receives no more than requested, oldest first', async () => {
    const world = await jobs();
    for (const body of ['1', '2', '3', '4']) await world.send(body);
    expect(await world.bodies({ MaxNumberOfMessages: 1 })).toEqual(['1']);
    expect(await world.bodies({ MaxNumberOfMessages: 2 })).toEqual(['2', '3']);
    expect(counts(world)).toBe('1 3 0');
  });
});

describe('time', () => {
  test('a delay, of the message before that of the queue', async () => {
    const world = await jobs({ DelaySeconds: '10' });
    await world.send('by the queue');
    await world.send('later', { DelaySeconds: 900 });
    await world.send('now', { DelaySeconds: 0 });
    expect(counts(world)).toBe('1 0 2');
    expect(await world.bodies()).toEqual(['now']);
    await world.clock.advance(9_999);
    expect(await world.bodies()).toEqual([]);
    await world.clock.advance(1);
    expect(await world.bodies()).toEqual(['by the queue']);
    await world.clock.advance(890_000);
    expect(counts(world)).toBe('3 0 0');
  });

  test('a visibility timeout, of the call before that of the queue', async () => {
    const world = await jobs({ VisibilityTimeout: '20' });
    await world.send('x');
    expect(await world.bodies()).toEqual(['x']);
    await world.clock.advance(19_999);
    expect(await world.bodies()).toEqual([]);
    await world.clock.advance(1);
    expect(await world.bodies({ VisibilityTimeout: 5 })).toEqual(['x']);
    await world.clock.advance(5000);
    expect(await world.bodies({ VisibilityTimeout: 0 })).toEqual(['x']);
    expect(await world.bodies()).toEqual(['x']);
  });

  test('the timeout can be made longer, shorter and nothing while the message is in flight', async () => {
    const world = await jobs({ VisibilityTimeout: '10' });
    await world.send('x');
    const [first] = await world.receive();
    await world.clock.advance(9000);
    await world.hide(first?.ReceiptHandle, 60);
    await world.clock.advance(59_999);
    expect(counts(world)).toBe('0 1 0');
    await world.hide(first?.ReceiptHandle, 0);
    expect(counts(world)).toBe('1 0 0');
    const late = {
      name: 'InvalidParameterValue',
      message: expect.stringContaining('not available for visibility timeout change'),
    };
    await expect(world.hide(first?.ReceiptHandle, 5)).rejects.toMatchObject(late);
    const [second] = await world.receive();
    await expect(world.hide(first?.ReceiptHandle, 5)).rejects.toMatchObject(late);
    await expect(world.hide(second?.ReceiptHandle, 43_201)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await world.hide(second?.ReceiptHandle, 43_200);
    await world.clock.advance(1000);
    await expect(world.hide(second?.ReceiptHandle, 43_200)).rejects.toMatchObject({
      message: expect.stringContaining('beyond the limit'),
    });
  });

  test('a message lives as long as the retention', async () => {
    const world = await jobs({ MessageRetentionPeriod: '60' });
    await world.send('x');
    await world.clock.advance(59_999);
    expect(counts(world)).toBe('1 0 0');
    await world.clock.advance(1);
    expect(counts(world)).toBe('0 0 0');
    expect(await world.bodies()).toEqual([]);
  });
});

describe('deleting', () => {
  test('by the latest handle only; others do no harm', async () => {
    const world = await jobs({ VisibilityTimeout: '1' });
    await world.send('x');
    const [first] = await world.receive();
    await world.clock.advance(1000);
    const [second] = await world.receive();
    await world.remove(first?.ReceiptHandle);
    expect(counts(world)).toBe('0 1 0');
    await world.clock.advance(1000);
    await world.remove(second?.ReceiptHandle);
    expect(counts(world)).toBe('0 0 0');
    await expect(world.remove(second?.ReceiptHandle)).resolves.toBeDefined();
  });

  test('what is no handle, or another queue’s, is refused', async () => {
    const world = await jobs();
    await queue(world, 'other');
    world.sqs.send(arnOf('other'), 'x');
    const [elsewhere] = world.sqs.receive(arnOf('other'), 1);
    for (const handle of ['nonsense', elsewhere?.ReceiptHandle]) {
      await expect(world.remove(handle)).rejects.toMatchObject({ name: 'ReceiptHandleIsInvalid' });
    }
  });
});

describe('long polling', () => {
  test('waits for a message to be sent, and no longer', async () => {
    const world = await jobs();
    const call = world.bodies({ WaitTimeSeconds: 20 });
    await settle();
    await world.clock.advance(7000);
    await world.send('x');
    await world.clock.advance(0);
    expect(await call).toEqual(['x']);
    expect(world.clock.now()).toBe(START + 7000);
  });

  test('waits for a delay or a visibility timeout to end', async () => {
    const world = await jobs({ VisibilityTimeout: '8', ReceiveMessageWaitTimeSeconds: '20' });
    await world.send('delayed', { DelaySeconds: 5 });
    const first = world.bodies();
    await settle();
    await world.clock.advance(5000);
    expect(await first).toEqual(['delayed']);
    const second = world.bodies();
    await settle();
    await world.clock.advance(8000);
    expect(await second).toEqual(['delayed']);
  });

  test('ends with nothing when the time is over', async () => {
    const world = await jobs();
    let over = false;
    const call = world.bodies({ WaitTimeSeconds: 20 }).then((bodies) => {
      over = true;
      return bodies;
    });
    await settle();
    await world.clock.advance(19_999);
    await settle();
    expect(over).toBe(false);
    await world.clock.advance(1);
    expect(await call).toEqual([]);
  });

  test('serves who waits longest, each with messages of their own', async () => {
    const world = await jobs();
    const calls = [
      world.bodies({ WaitTimeSeconds: 20, MaxNumberOfMessages: 1 }),
      world.bodies({ WaitTimeSeconds: 20 }),
    ];
    await settle();
    for (const body of ['1', '2', '3']) await world.send(body);
    await world.clock.advance(0);
    expect(await Promise.all(calls)).toEqual([['1'], ['2', '3']]);
  });

  test('ends when the queue is deleted', async () => {
    const world = await jobs();
    const call = world.bodies({ WaitTimeSeconds: 20 });
    await settle();
    await world.client.send(new DeleteQueueCommand({ QueueUrl: world.QueueUrl }));
    await expect(call).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });
});

describe('dead letters', () => {
  test('go to the dead-letter queue instead of one receive too many, as old as they are', async () => {
    const world = await jobs({ VisibilityTimeout: '1' });
    const deadUrl = await queue(world, 'dead', { MessageRetentionPeriod: '60' });
    const redrive = { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf('dead'), maxReceiveCount: 2 }) };
    await queue(world, 'source', { VisibilityTimeout: '1', ...redrive });
    const id = world.sqs.send(arnOf('source'), 'poison');
    for (let count = 1; count <= 2; count++) {
      expect(world.sqs.receive(arnOf('source'), 1)).toMatchObject([
        { Attributes: { ApproximateReceiveCount: String(count) } },
      ]);
      await world.clock.advance(1000);
    }
    expect(world.sqs.receive(arnOf('source'), 1)).toEqual([]);
    expect(world.sqs.attributes(arnOf('source')).ApproximateNumberOfMessages).toBe('0');
    const { Messages } = await world.client.send(
      new ReceiveMessageCommand({ QueueUrl: deadUrl, MessageSystemAttributeNames: ['All'], VisibilityTimeout: 0 }),
    );
    expect(Messages).toMatchObject([
      {
        MessageId: id,
        Body: 'poison',
        Attributes: { DeadLetterQueueSourceArn: arnOf('source'), SentTimestamp: String(START) },
      },
    ]);
    await world.clock.advance(58_000);
    expect(world.sqs.receive(arnOf('dead'), 1)).toEqual([]);
  });

  test('stay receivable when their queue is gone', async () => {
    const world = await jobs();
    const deadUrl = await queue(world, 'dead');
    const redrive = { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf('dead'), maxReceiveCount: 1 }) };
    await queue(world, 'source', { VisibilityTimeout: '0', ...redrive });
    await world.client.send(new DeleteQueueCommand({ QueueUrl: deadUrl }));
    world.sqs.send(arnOf('source'), 'x');
    for (let count = 0; count < 3; count++) expect(world.sqs.receive(arnOf('source'), 1)).toHaveLength(1);
  });
});

describe('batches', () => {
  test('entries fail one by one', async () => {
    const world = await jobs();
    const { QueueUrl, client } = world;
    const sent = await client.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'a', MessageBody: '1' },
          { Id: 'b', MessageBody: '2', DelaySeconds: 901 },
          { Id: 'c', MessageBody: '3' },
        ],
      }),
    );
    expect(sent.Successful?.map((entry) => entry.Id)).toEqual(['a', 'c']);
    expect(sent.Failed).toMatchObject([{ Id: 'b', SenderFault: true, Code: 'InvalidParameterValue' }]);
    const received = await world.receive({ MaxNumberOfMessages: 10 });
    const handles = received.map((message) => message.ReceiptHandle);
    const changed = await client.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'a', ReceiptHandle: handles[0], VisibilityTimeout: 0 },
          { Id: 'b', ReceiptHandle: 'nonsense', VisibilityTimeout: 0 },
        ],
      }),
    );
    expect(changed).toMatchObject({ Successful: [{ Id: 'a' }], Failed: [{ Id: 'b', Code: 'ReceiptHandleIsInvalid' }] });
    expect(counts(world)).toBe('1 1 0');
    const deleted = await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl,
        Entries: handles.map((ReceiptHandle, index) => ({ Id: `${index}`, ReceiptHandle })),
      }),
    );
    expect(deleted.Successful).toEqual([{ Id: '0' }, { Id: '1' }]);
    expect(deleted.Failed).toBeUndefined();
    expect(counts(world)).toBe('0 0 0');
  });

  const entries = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ Id: `${index}`, MessageBody: 'x' }));
  test.each([
    ['nothing', [], 'EmptyBatchRequest'],
    ['eleven', entries(11), 'TooManyEntriesInBatchRequest'],
    ['an id twice', [...entries(2), ...entries(1)], 'BatchEntryIdsNotDistinct'],
    ['an id with a dot', [{ Id: 'a.b', MessageBody: 'x' }], 'InvalidBatchEntryId'],
    [
      'more than 1 MiB',
      entries(2).map((entry) => ({ ...entry, MessageBody: 'x'.repeat(600_000) })),
      'BatchRequestTooLong',
    ],
  ])('%s is no batch', async (_, Entries, name) => {
    const world = await jobs();
    const call = world.client.send(new SendMessageBatchCommand({ QueueUrl: world.QueueUrl, Entries }));
    await expect(call).rejects.toMatchObject({ name });
    expect(counts(world)).toBe('0 0 0');
  });
});

describe('listeners for visible messages', () => {
  test('are called on the clock, once for each time something becomes visible', async () => {
    const world = await jobs({ VisibilityTimeout: '30' });
    const reported: number[] = [];
    const stop = world.sqs.onVisible(arnOf('jobs'), () => {
      reported.push(world.clock.now() - START);
      world.sqs.receive(arnOf('jobs'), 10);
    });
    await world.clock.advance(1000);
    world.sqs.send(arnOf('jobs'), '1');
    world.sqs.send(arnOf('jobs'), '2');
    world.sqs.send(arnOf('jobs'), 'later', { delaySeconds: 4 });
    expect(reported).toEqual([]);
    await world.clock.advance(10_000);
    expect(reported).toEqual([1000, 5000]);
    await world.clock.advance(30_000);
    expect(reported).toEqual([1000, 5000, 31_000, 35_000]);
    stop();
    await world.clock.advance(60_000);
    expect(reported).toHaveLength(4);
  });

  test('are called for messages from before, and for no deleted ones', async () => {
    const world = await jobs();
    let reported = 0;
    world.sqs.onVisible(arnOf('jobs'), () => reported++);
    await world.clock.advance(1000);
    expect(reported).toBe(0);
    world.sqs.send(arnOf('jobs'), 'x');
    await world.clock.advance(1000);
    world.sqs.onVisible(arnOf('jobs'), () => reported++);
    await world.clock.advance(0);
    expect(reported).toBe(3);
  });

  test('may come before the queue', async () => {
    const world = cloud();
    let reported = 0;
    world.sqs.onVisible(arnOf('jobs'), () => reported++);
    await queue(world, 'jobs');
    world.sqs.send(arnOf('jobs'), 'x');
    await world.clock.advance(0);
    expect(reported).toBe(1);
  });

  test('deletes, hides and sends with attributes without the wire', async () => {
    const world = await jobs();
    world.sqs.send(arnOf('jobs'), 'x', { attributes: { RULE_ARN: 'arn:aws:events:r:a:rule/x' }, senderId: 'events' });
    const [message] = world.sqs.receive(arnOf('jobs'), 10, 60);
    expect(message).toMatchObject({
      Body: 'x',
      Attributes: { SenderId: 'events' },
      MessageAttributes: { RULE_ARN: { DataType: 'String', StringValue: 'arn:aws:events:r:a:rule/x' } },
    });
    world.sqs.changeVisibility(arnOf('jobs'), message?.ReceiptHandle ?? '', 0);
    expect(counts(world)).toBe('1 0 0');
    const [again] = world.sqs.receive(arnOf('jobs'), 10);
    world.sqs.delete(arnOf('jobs'), again?.ReceiptHandle ?? '');
    expect(counts(world)).toBe('0 0 0');
  });
});
