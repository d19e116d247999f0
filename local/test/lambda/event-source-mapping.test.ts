import { describe, expect, it } from 'vitest';
import { seededChance } from '../../src/chance.ts';
import { VirtualClock } from '../../src/clock.ts';
import { defaultSwitches, profiles } from '../../src/profile.ts';
import { type InProcessHandler, inProcessRuntime } from '../../src/services/lambda/in-process-runtime.ts';
import { Lambda, type NewMapping } from '../../src/services/lambda/lambda.ts';
import { createSqs } from '../../src/services/sqs/sqs.ts';
import { FakeTargets } from '../eventbridge/fake-targets.ts';
import { sampleFunction } from './sample-function.ts';

const REGION = 'ap-northeast-1';
const ACCOUNT = '123456789012';
const QUEUE = `arn:aws:sqs:${REGION}:${ACCOUNT}:work`;
const DEAD_LETTERS = `arn:aws:sqs:${REGION}:${ACCOUNT}:dead-letters`;
const VISIBILITY = 60;
const MAXIMUM_RECEIVES = 3;
const SECOND = 1000;

interface Record {
  readonly messageId: string;
  readonly body: string;
}
const recordsOf = (event: unknown): readonly Record[] => Object(event).Records;
const bodiesOf = (event: unknown): readonly string[] => recordsOf(event).map(({ body }) => body);

async function cloud(handler: InProcessHandler, changes: Partial<NewMapping> = {}) {
  const clock = new VirtualClock();
  const world = { clock, chance: seededChance('mapping'), profile: profiles.realistic, switches: defaultSwitches };
  const sqs = createSqs(world);
  const context = {
    account: ACCOUNT,
    region: REGION,
    requestId: 'r',
    principal: { kind: 'root', account: ACCOUNT, arn: 'root' } as const,
    accessKeyId: ACCOUNT,
    userAgent: '',
    sourceAddress: '',
  };
  const createQueue = sqs.definition.operations.find(({ schema }) => schema[2] === 'CreateQueue');
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: DEAD_LETTERS, maxReceiveCount: MAXIMUM_RECEIVES });
  await createQueue?.run({ QueueName: 'dead-letters' }, context);
  await createQueue?.run(
    { QueueName: 'work', Attributes: { VisibilityTimeout: String(VISIBILITY), RedrivePolicy } },
    context,
  );
  const log: string[] = [];
  const lambda = new Lambda(world, {
    runtime: inProcessRuntime(clock, { sample: handler }),
    log: (line) => log.push(line),
  });
  const targets = new FakeTargets();
  lambda.connect({ targets, queues: sqs });
  const fn = lambda.createFunction(sampleFunction());
  const mapping: NewMapping = {
    sourceArn: QUEUE,
    functionArn: fn.arn,
    enabled: true,
    batchSize: 10,
    batchingWindow: 0,
    reportsBatchItemFailures: true,
    filters: [],
    ...changes,
  };
  const numbers = (arn: string) => {
    const { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: inFlight } =
      sqs.attributes(arn);
    return [Number(visible), Number(inFlight)];
  };
  return {
    clock,
    sqs,
    lambda,
    fn,
    mapping,
    targets,
    log,
    numbers,
    map: () => lambda.createEventSourceMapping(mapping),
  };
}

describe('an event source mapping', () => {
  it('brings messages as SQS events and deletes what was handled', async () => {
    const events: unknown[] = [];
    const { sqs, clock, map, numbers } = await cloud((event) => events.push(event));
    map();
    sqs.send(QUEUE, '{"a":1}', { attributes: { kind: 'job' } });
    await clock.advance(0);
    expect(events).toEqual([
      {
        Records: [
          {
            messageId: expect.any(String),
            receiptHandle: expect.any(String),
            body: '{"a":1}',
            attributes: expect.objectContaining({ ApproximateReceiveCount: '1', SentTimestamp: expect.any(String) }),
            messageAttributes: {
              kind: { stringValue: 'job', stringListValues: [], binaryListValues: [], dataType: 'String' },
            },
            md5OfBody: expect.any(String),
            eventSource: 'aws:sqs',
            eventSourceARN: QUEUE,
            awsRegion: REGION,
          },
        ],
      },
    ]);
    await clock.advance(10 * VISIBILITY * SECOND);
    expect(events).toHaveLength(1);
    expect(numbers(QUEUE)).toEqual([0, 0]);
  });

  it('makes batches no larger than it says', async () => {
    const sizes: number[] = [];
    const { sqs, clock, map } = await cloud((event) => void sizes.push(recordsOf(event).length), { batchSize: 2 });
    for (let n = 0; n < 5; n++) sqs.send(QUEUE, String(n));
    map();
    await clock.advance(0);
    expect(sizes).toEqual([2, 2, 1]);
  });

  it('waits for the batching window', async () => {
    const events: (readonly string[])[] = [];
    const { sqs, clock, map } = await cloud((event) => void events.push(bodiesOf(event)), { batchingWindow: 5 });
    map();
    await clock.advance(10 * SECOND);
    sqs.send(QUEUE, 'one');
    await clock.advance(4 * SECOND);
    sqs.send(QUEUE, 'two');
    await clock.advance(SECOND);
    expect(events).toEqual([['one', 'two']]);
  });

  it.each([
    [3, 3],
    [2, 2],
    [undefined, 4],
  ])('handles at most so many batches at once: %s', async (maximumConcurrency, most) => {
    let running = 0;
    let seen = 0;
    let started = 0;
    const finish: (() => void)[] = [];
    const { sqs, clock, map } = await cloud(
      () =>
        new Promise<void>((resolve) => {
          started++;
          seen = Math.max(seen, ++running);
          finish.push(() => {
            running--;
            resolve();
          });
        }),
      { batchSize: 1, maximumConcurrency },
    );
    for (let n = 0; n < 4; n++) sqs.send(QUEUE, String(n));
    map();
    // Handlers hang, so the clock must not wait for the tasks that run them.
    const unawaited = clock.schedule.bind(clock);
    clock.schedule = (delay, task) => unawaited(delay, () => void task());
    for (let handled = 0; handled < 4; handled++) {
      await settled(clock);
      finish.shift()?.();
    }
    await settled(clock);
    expect(started).toBe(4);
    expect(seen).toBe(most);
  });

  it('leaves a failed batch to the visibility timeout, and in the end to the dead-letter queue', async () => {
    const times: number[] = [];
    const { sqs, clock, map, numbers, log } = await cloud(() => {
      times.push(clock.now());
      throw new Error('no');
    });
    const start = clock.now();
    map();
    sqs.send(QUEUE, 'poison');
    await clock.advance(0);
    expect(numbers(QUEUE)).toEqual([0, 1]);
    await clock.advance(10 * VISIBILITY * SECOND);
    expect(times.map((time) => (time - start) / SECOND)).toEqual([0, VISIBILITY, 2 * VISIBILITY]);
    expect([numbers(QUEUE), numbers(DEAD_LETTERS)]).toEqual([
      [0, 0],
      [1, 0],
    ]);
    expect(log).toHaveLength(MAXIMUM_RECEIVES);
  });

  const reporting =
    (identifiers: (records: readonly Record[]) => unknown): InProcessHandler =>
    (event) =>
      identifiers(recordsOf(event));

  it.each<[string, InProcessHandler, string[]]>([
    ['nothing', reporting(() => undefined), []],
    ['null', reporting(() => null), []],
    ['an empty response', reporting(() => ({})), []],
    ['an empty list', reporting(() => ({ batchItemFailures: [] })), []],
    ['a null list', reporting(() => ({ batchItemFailures: null })), []],
    [
      'one failure',
      reporting((all) => ({
        batchItemFailures: all
          .filter(({ body }) => body === 'b')
          .map(({ messageId }) => ({ itemIdentifier: messageId })),
      })),
      ['b'],
    ],
    ['an empty identifier', reporting(() => ({ batchItemFailures: [{ itemIdentifier: '' }] })), ['a', 'b', 'c']],
    ['a null identifier', reporting(() => ({ batchItemFailures: [{ itemIdentifier: null }] })), ['a', 'b', 'c']],
    ['a misspelt identifier', reporting(() => ({ batchItemFailures: [{ identifier: 'x' }] })), ['a', 'b', 'c']],
    ['an unknown message', reporting(() => ({ batchItemFailures: [{ itemIdentifier: 'x' }] })), ['a', 'b', 'c']],
    ['no list', reporting(() => ({ batchItemFailures: 'x' })), ['a', 'b', 'c']],
    ['a text', reporting(() => 'done'), ['a', 'b', 'c']],
  ])('with ReportBatchItemFailures takes %s for what it means', async (_what, handler, again) => {
    const seen: (readonly string[])[] = [];
    const { sqs, clock, map } = await cloud((event, ...rest) => {
      seen.push(bodiesOf(event));
      return seen.length === 1 ? handler(event, ...rest) : undefined;
    });
    for (const body of ['a', 'b', 'c']) sqs.send(QUEUE, body);
    map();
    await clock.advance(2 * VISIBILITY * SECOND);
    expect(seen).toEqual(again.length === 0 ? [['a', 'b', 'c']] : [['a', 'b', 'c'], again]);
  });

  it('without ReportBatchItemFailures does not read the answer', async () => {
    const { sqs, clock, map, numbers } = await cloud(() => ({ batchItemFailures: [{ itemIdentifier: 'x' }] }), {
      reportsBatchItemFailures: false,
    });
    sqs.send(QUEUE, 'a');
    map();
    await clock.advance(0);
    expect(numbers(QUEUE)).toEqual([0, 0]);
  });

  it('deletes messages that fit no filter, unseen', async () => {
    const seen: (readonly string[])[] = [];
    const { sqs, clock, map, numbers } = await cloud((event) => void seen.push(bodiesOf(event)), {
      filters: [{ body: { kind: ['job'] } }],
    });
    sqs.send(QUEUE, '{"kind":"job"}');
    sqs.send(QUEUE, '{"kind":"other"}');
    map();
    await clock.advance(0);
    expect(seen).toEqual([['{"kind":"job"}']]);
    expect(numbers(QUEUE)).toEqual([0, 0]);
  });

  it('stops when it is deleted', async () => {
    const { sqs, clock, map, lambda, numbers } = await cloud(() => undefined);
    const { uuid } = map();
    lambda.deleteEventSourceMapping(uuid);
    sqs.send(QUEUE, 'a');
    await clock.advance(10 * VISIBILITY * SECOND);
    expect(numbers(QUEUE)).toEqual([1, 0]);
  });

  it('leaves messages in the queue while it is disabled, and goes on once it is enabled', async () => {
    const seen: string[] = [];
    const { sqs, clock, map, lambda, numbers } = await cloud((event) => void seen.push(...bodiesOf(event)));
    const { uuid } = map();
    lambda.updateEventSourceMapping(uuid, { enabled: false });
    sqs.send(QUEUE, 'a');
    await clock.advance(10 * VISIBILITY * SECOND);
    expect([seen, numbers(QUEUE)]).toEqual([[], [1, 0]]);
    lambda.updateEventSourceMapping(uuid, { enabled: true });
    await clock.advance(SECOND);
    expect([seen, numbers(QUEUE)]).toEqual([['a'], [0, 0]]);
  });

  it('is refused when the role may not read the queue', async () => {
    const { map, targets, fn } = await cloud(() => undefined);
    targets.forbidden.add(fn.roleArn);
    expect(map).toThrow('The provided execution role does not have permissions to call ReceiveMessage on SQS');
  });
});

/** Runs what is due now, and what that makes due, without waiting for handlers that hang. */
async function settled(clock: VirtualClock): Promise<void> {
  for (let round = 0; round < 10; round++) {
    await clock.advance(0);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
