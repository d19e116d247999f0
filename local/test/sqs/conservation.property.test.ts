import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arnOf, cloud, queue } from './cloud.ts';

const RETENTION = 120;

/** What can happen to a queue; `pick` chooses among the receipt handles given out so far. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('send' as const), delay: fc.constantFrom(0, 0, 5, 20) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('receive' as const),
      most: fc.integer({ min: 1, max: 10 }),
      timeout: fc.constantFrom(0, 5, 30),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), pick: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('hide' as const), pick: fc.nat(), seconds: fc.constantFrom(0, 5, 30) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('advance' as const), seconds: fc.constantFrom(1, 5, 30) }) },
);

const numbers = (attributes: Readonly<Record<string, string | undefined>>) =>
  ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible', 'ApproximateNumberOfMessagesDelayed']
    .map((name) => Number(attributes[name]))
    .reduce((sum, number) => sum + number, 0);

test('no message is lost and none is doubled: each is deleted, expired, or in exactly one of the two queues', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 60, size: 'max' }),
      fc.integer({ min: 1, max: 3 }),
      async (steps, maxReceiveCount) => {
        const world = cloud();
        const [jobs, dead] = [arnOf('jobs'), arnOf('dead')];
        const MessageRetentionPeriod = String(RETENTION);
        await queue(world, 'dead', { MessageRetentionPeriod });
        const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead, maxReceiveCount });
        await queue(world, 'jobs', { MessageRetentionPeriod, RedrivePolicy });
        const sent = new Map<string, number>();
        const latest = new Map<string, string>();
        const deleted = new Set<string>();
        const handles: { readonly id: string; readonly handle: string }[] = [];
        const alive = () =>
          [...sent]
            .filter(([id, at]) => !deleted.has(id) && at + RETENTION * 1000 > world.clock.now())
            .map(([id]) => id);

        for (const one of steps) {
          const picked = 'pick' in one && handles.length > 0 ? handles[one.pick % handles.length] : undefined;
          if (one.kind === 'send') sent.set(world.sqs.send(jobs, 'x', { delaySeconds: one.delay }), world.clock.now());
          if (one.kind === 'advance') await world.clock.advance(one.seconds * 1000);
          if (one.kind === 'receive') {
            const deliveries = world.sqs.receive(jobs, one.most, one.timeout);
            expect(new Set(deliveries.map((message) => message.MessageId)).size).toBe(deliveries.length);
            for (const { MessageId: id, ReceiptHandle: handle, Attributes } of deliveries) {
              expect(alive()).toContain(id);
              expect(Number(Attributes.ApproximateReceiveCount)).toBeLessThanOrEqual(maxReceiveCount);
              handles.push({ id, handle });
              latest.set(id, handle);
            }
          }
          if (one.kind === 'delete' && picked !== undefined) {
            const before = numbers(world.sqs.attributes(jobs));
            world.sqs.delete(jobs, picked.handle);
            const gone = before - numbers(world.sqs.attributes(jobs));
            // Only the latest handle deletes, and only while the message is still in this queue.
            if (latest.get(picked.id) !== picked.handle) expect(gone).toBe(0);
            if (gone > 0) deleted.add(picked.id);
          }
          if (one.kind === 'hide' && picked !== undefined) {
            try {
              world.sqs.changeVisibility(jobs, picked.handle, one.seconds);
            } catch {
              // Not in flight any more: nothing may have changed, which the count below sees.
            }
          }
          expect(numbers(world.sqs.attributes(jobs)) + numbers(world.sqs.attributes(dead))).toBe(alive().length);
        }

        // In the end everything that lives can be had from one of the queues.
        await world.clock.advance(31_000);
        const found = [jobs, dead].flatMap((arn) => {
          const all: string[] = [];
          for (let batch = world.sqs.receive(arn, 10); batch.length > 0; batch = world.sqs.receive(arn, 10)) {
            all.push(...batch.map((message) => message.MessageId));
          }
          return all;
        });
        expect(found.sort()).toEqual(alive().sort());
      },
    ),
    { numRuns: 150 },
  );
});
