import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, PurgeQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { DAY } from '../../shared/duration.ts';
import { detailTypes, EVENT_SOURCE, eventDetails, type LifecycleEvent } from '../../shared/lifecycle/event.ts';
import type { Installation } from './installation.ts';
import { start, TAGS } from './worlds.ts';

/** A consumer of the bus, as anybody may have one: a rule and a queue. @returns what reads the new events. */
async function consumer(world: Installation): Promise<() => Promise<readonly LifecycleEvent[]>> {
  const arn = 'arn:aws:sqs:ap-northeast-1:123456789012:seen';
  const statement = { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage' };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: { ...statement, Resource: arn } });
  const { QueueUrl } = await world.sqs.send(new CreateQueueCommand({ QueueName: 'seen', Attributes: { Policy } }));
  const events = new EventBridgeClient(world.config);
  const EventPattern = JSON.stringify({ source: [EVENT_SOURCE] });
  await events.send(new PutRuleCommand({ Name: 'seen', EventPattern }));
  await events.send(new PutTargetsCommand({ Rule: 'seen', Targets: [{ Id: 'queue', Arn: arn }] }));
  return async () => {
    const seen: LifecycleEvent[] = [];
    for (;;) {
      const { Messages = [] } = await world.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      if (Messages.length === 0) {
        await world.sqs.send(new PurgeQueueCommand({ QueueUrl }));
        return seen.toSorted((a, b) => (a.at < b.at ? -1 : 1));
      }
      for (const { Body = '' } of Messages) {
        const { detail, 'detail-type': type, resources } = JSON.parse(Body);
        const event: LifecycleEvent = detail;
        expect(type).toBe(detailTypes[event.kind]);
        expect(resources).toEqual([event.service.arn]);
        expect(eventDetails[detailTypes[event.kind]].parse(detail)).toEqual(detail);
        seen.push(event);
      }
    }
  };
}

it('tells on the bus what happens to a service: each phase, and a finding that opens, ages and closes', async () => {
  const world = await start();
  const seen = await consumer(world);
  const arn = await world.createService('hello', { ...TAGS, 'private-ingress:vpc': 'vpc-0123456789abcdef0' });
  await world.until(arn, 'blocked');
  await world.quiet();
  const opened = await seen();
  expect(opened.map(({ kind }) => kind).toSorted()).toEqual(['opened', 'phase']);
  expect(opened.find(({ kind }) => kind === 'opened')).toMatchObject({
    stack: 'apprunner-private-ingress-main',
    service: { arn, name: 'hello' },
    finding: { code: 'vpc-not-found', severity: 'error' },
    correlation: expect.stringMatching(/^event\/[0-9a-f-]{36}$/),
  });

  // Nothing but a sweep looks at a service at rest.
  await world.clock.advance(DAY);
  await world.sweep();
  expect(await seen()).toMatchObject([
    { kind: 'aged', days: 1, finding: { code: 'vpc-not-found' }, correlation: expect.stringMatching(/^sweep\//) },
  ]);

  await world.untag(arn, 'private-ingress:vpc');
  await world.until(arn, 'ready');
  await world.quiet();
  const last = await seen();
  const closed = last.filter(({ kind }) => kind === 'closed');
  expect(closed).toMatchObject([{ finding: { code: 'vpc-not-found' }, closedBy: { kind: 'stack' } }]);
  expect(last.flatMap((event) => (event.kind === 'phase' ? event.phase : []))).toContain('ready');
  expect(world.log).toEqual([]);
});
