import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { routes } from '../../shared/api/routes.ts';
import type { Installation } from '../installation/installation.ts';
import { start, TAGS } from '../installation/worlds.ts';
import { EventWeatherControl } from '../scenarios/events.ts';
import { answerOf } from './caller.ts';

async function bury({ sqs, stack }: Installation, body: unknown): Promise<string> {
  const { MessageId = '' } = await sqs.send(
    new SendMessageCommand({
      QueueUrl: stack.outputs.DeadLetterQueueUrl,
      MessageBody: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  );
  return MessageId;
}

const redrive = (world: Installation, body: unknown = {}) =>
  answerOf(routes.redrive, world, { target: '/redrive', body });

const event = (serviceArn: string) => ({
  source: 'aws.apprunner',
  'detail-type': 'AppRunner Service Status Change',
  resources: [serviceArn],
  detail: {},
});

test('looks and events go back into work, what is about something else goes, what cannot be understood stays', async () => {
  const world = await start();
  // Its events are lost: nobody knows of it.
  const arn = await world.createService('hello');
  await world.quiet();
  new EventWeatherControl(world.cloud).become('lost', 0);
  await world.tag(arn, TAGS);
  const look = await bury(world, { serviceArn: arn, token: 'of long ago' });
  const raw = await bury(world, event(arn));
  const kept = await bury(world, { reason: 'an older version did not understand it', event: event(arn) });
  const other = await bury(world, { ...event(arn), source: 'aws.ec2' });
  const sweep = await bury(world, {
    run: 'r',
    target: { kind: 'region', account: '123456789012', region: 'us-east-1', known: [] },
  });
  const nonsense = await bury(world, 'not even JSON');
  const strange = await bury(world, { serviceArn: 'arn:aws:s3:::bucket' });
  const done = await redrive(world);
  expect(done.redriven.toSorted(byId)).toEqual(
    [look, raw, kept].map((messageId) => ({ messageId, serviceArn: arn })).toSorted(byId),
  );
  expect(done.dropped.toSorted(byId)).toEqual(
    [
      { messageId: other, reason: 'its source is aws.ec2' },
      { messageId: sweep, reason: 'it is of the sweep r; the next one compares again' },
    ].toSorted(byId),
  );
  expect(done.kept.toSorted(byId)).toEqual(
    [
      { messageId: nonsense, reason: 'it is not JSON' },
      { messageId: strange, reason: expect.stringContaining('not the ARN of an App Runner service') },
    ].toSorted(byId),
  );
  expect(done.left).toBe(2);
  await world.until(arn, 'ready');
  expect((await world.row(arn))?.requests.map(({ what }) => what)).toEqual(['a dead letter of it put back into work']);
  // They can be seen again at once, and nothing is left to do.
  expect((await redrive(world)).kept.map(({ messageId }) => messageId).toSorted()).toEqual(
    [nonsense, strange].toSorted(),
  );
});

const byId = (a: { readonly messageId: string }, b: { readonly messageId: string }) =>
  a.messageId.localeCompare(b.messageId);

test('no more than asked for, and how many are left', async () => {
  const world = await start();
  const arn = await world.createService('hello');
  for (let count = 0; count < 13; count++) await bury(world, { serviceArn: arn });
  const first = await redrive(world, { limit: 11 });
  expect({ redriven: first.redriven.length, left: first.left }).toEqual({ redriven: 11, left: 2 });
  const second = await redrive(world, { limit: 11 });
  expect({ redriven: second.redriven.length, left: second.left }).toEqual({ redriven: 2, left: 0 });
  expect(await redrive(world)).toEqual({ redriven: [], dropped: [], kept: [], left: 0 });
});
