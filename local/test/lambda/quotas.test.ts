import { describe, expect, test } from 'vitest';
import { seededChance } from '../../src/chance.ts';
import { VirtualClock } from '../../src/clock.ts';
import { defaultSwitches, profiles } from '../../src/profile.ts';
import { inProcessRuntime } from '../../src/services/lambda/in-process-runtime.ts';
import { Lambda, type NewMapping } from '../../src/services/lambda/lambda.ts';
import { createSqs } from '../../src/services/sqs/sqs.ts';
import { FakeTargets } from '../eventbridge/fake-targets.ts';
import { sampleFunction } from './sample-function.ts';

function cloud(): Lambda {
  const clock = new VirtualClock();
  const world = { clock, chance: seededChance('quotas'), profile: profiles.fast, switches: defaultSwitches };
  const lambda = new Lambda(world, { runtime: inProcessRuntime(clock, {}) });
  lambda.connect({ targets: new FakeTargets(), queues: createSqs(world) });
  return lambda;
}

/** `{"A":"x…"}` of so many bytes. */
const environment = (bytes: number) => ({ A: 'x'.repeat(bytes - '{"A":""}'.length) });

describe('a function', () => {
  test.each([
    ['a name of 65 characters', { name: 'x'.repeat(65) }, 'Member must have length less than or equal to 64'],
    ['a dot in its name', { name: 'a.b' }, 'Member must satisfy regular expression pattern: [a-zA-Z0-9-_]+'],
    ['a timeout of 901 seconds', { timeout: 901 }, 'Member must have value less than or equal to 900'],
    ['127 MiB', { memorySize: 127 }, 'Member must have value greater than or equal to 128'],
    [
      'an environment of more than 4 KB',
      { environment: environment(4097) },
      'exceeded the 4KB limit. String measured: {"A":',
    ],
    [
      'a variable that is the runtime’s',
      { environment: { AWS_REGION: 'x' } },
      'Reserved keys used in this request: AWS_REGION',
    ],
  ])('with %s is refused', (_, changes, message) => {
    const lambda = cloud();
    expect(() => lambda.createFunction(sampleFunction(changes))).toThrow(message);
    expect(lambda.functions('123456789012', 'ap-northeast-1')).toEqual([]);
    const present = lambda.createFunction(sampleFunction());
    expect(() => lambda.updateFunction(present.arn, changes)).toThrow(message);
    expect(lambda.get(present.arn)).toEqual(present);
  });

  test('with all of it used is made', () => {
    const changes = { name: 'x'.repeat(64), timeout: 900, memorySize: 10_240, environment: environment(4096) };
    expect(cloud().createFunction(sampleFunction(changes))).toMatchObject(changes);
  });

  test('leaves the account 100 executions', () => {
    const lambda = cloud();
    lambda.createFunction(sampleFunction({ reservedConcurrency: 900 }));
    expect(() => lambda.createFunction(sampleFunction({ name: 'other', reservedConcurrency: 1 }))).toThrow(
      "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    );
    expect(lambda.updateFunction(sampleFunction().arn, { reservedConcurrency: 899 }).reservedConcurrency).toBe(899);
  });
});

describe('an event source mapping', () => {
  const mapping = (changes: Partial<NewMapping>): NewMapping => ({
    sourceArn: 'arn:aws:sqs:ap-northeast-1:123456789012:work',
    functionArn: sampleFunction().arn,
    enabled: true,
    batchSize: 10,
    batchingWindow: 0,
    reportsBatchItemFailures: true,
    filters: [],
    ...changes,
  });

  test.each([
    ['11 messages without a window', { batchSize: 11 }, 'Maximum batch window in seconds must be greater than 0'],
    [
      'no message',
      { batchSize: 0 },
      "at 'batchSize' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    ['a window of 301 seconds', { batchingWindow: 301 }, 'Member must have value less than or equal to 300'],
    ['a concurrency of one', { maximumConcurrency: 1 }, 'Member must have value greater than or equal to 2'],
    [
      'six filters',
      { filters: Array.from({ length: 6 }, () => ({ body: ['a'] })) },
      'Member must have length less than or equal to 5',
    ],
    ['a filter that is no pattern', { filters: [{ body: 'a' }] }, 'Invalid filter pattern definition.'],
  ])('of %s is refused', (_, changes, message) => {
    const lambda = cloud();
    lambda.createFunction(sampleFunction());
    expect(() => lambda.createEventSourceMapping(mapping(changes))).toThrow(message);
    expect(lambda.mappings('123456789012', 'ap-northeast-1')).toEqual([]);
  });
});
