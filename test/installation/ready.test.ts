import type { WireCounter } from 'apprunner-embedded-cloud/wire-counter';
import { expect, test } from 'vitest';
import { DOMAIN, readyService } from './worlds.ts';

/** Calls of App Runner, EC2 and Route 53: the rest is the loop's own table, queue and probe. */
function awsCalls(counter: WireCounter): { readonly reads: number; readonly writes: number } {
  const aws = counter.operations.filter(({ operation }) => /^(apprunner|ec2|route53):/.test(operation));
  const sum = (writes: boolean) =>
    aws.filter((one) => one.writes === writes).reduce((total, { calls }) => total + calls, 0);
  return { reads: sum(false), writes: sum(true) };
}

test('a ready service reconciled again: no write, and few reads', async () => {
  const { world, arn } = await readyService();
  const counter = world.countProductCalls();
  await world.enqueue(arn);
  await world.quiet();
  console.log(`A ready service reconciled again, on the wire:\n${counter}`);
  const { reads, writes } = awsCalls(counter);
  expect(writes).toBe(0);
  expect(reads).toBeGreaterThan(0);
  // What no event reports is kept from the reconciliations before.
  expect(reads).toBeLessThanOrEqual(5);
  expect((await world.row(arn))?.phase).toBe('ready');
});

test('the message of an event that a reconciliation has seen: one call, and no read', async () => {
  const { world, arn } = await readyService();
  const counter = world.countProductCalls();
  await world.sendToQueue(JSON.stringify({ serviceArn: arn, event: true }));
  await world.quiet();
  const calls = () => counter.operations.map(({ operation, calls }) => `${operation} ${calls}`);
  expect(calls()).toEqual(['dynamodb:UpdateItem 1']);
  // One that is new is reconciled.
  await world.enqueue(arn);
  await world.quiet();
  expect(calls()).toContain('apprunner:DescribeService 1');
});

test('ten equal events for a ready service: one line of reconciliations', async () => {
  const { world, arn } = await readyService();
  const counter = world.countProductCalls();
  await world.enqueue(arn, 10);
  await world.quiet();
  const reconciliations =
    counter.operations.find(({ operation }) => operation === 'apprunner:DescribeService')?.calls ?? 0;
  console.log(`Ten events at a ready service: ${reconciliations} reconciliations`);
  expect(reconciliations).toBeGreaterThan(0);
  // Two batches of at most five messages each run at a time; of a batch one message takes the lease.
  expect(reconciliations).toBeLessThanOrEqual(4);
  expect(awsCalls(counter).writes).toBe(0);
});

test('ten equal events for an attaching service: never more than one next message', async () => {
  const { world, arn } = await readyService();
  await world.tag(arn, { 'private-ingress:domains': `${DOMAIN} more.example.com` });
  await world.enqueue(arn, 10);
  await world.clock.advance(1_000);
  expect((await world.row(arn))?.token).toBeDefined();
  const counter = world.countProductCalls();
  await world.until(arn, 'ready');
  const reconciliations =
    counter.operations.find(({ operation }) => operation === 'apprunner:ListTagsForResource')?.calls ?? 0;
  console.log(`Ten events while attaching: ${reconciliations} reconciliations until ready`);
  expect(reconciliations).toBeGreaterThan(0);
  expect(reconciliations).toBeLessThanOrEqual(12);
});

test('events that come faster than reconciliations lose nothing of what was done and seen', async () => {
  const { world, arn } = await readyService();
  const { privateZoneId } = world.network;
  // One more event follows each of the first observations, so the first reconciliation never sees the generation it could save.
  let events = 0;
  world.cloud.gateway.observe(({ operation }) => {
    if (operation === 'DescribeService' && events++ < 4) void world.enqueue(arn);
  });
  const alias = (await world.records(privateZoneId)).find(({ Type }) => Type === 'A');
  await world.change(privateZoneId, { Action: 'DELETE', ResourceRecordSet: alias });
  await world.enqueue(arn);
  await world.clock.advance(20_000);
  const row = await world.row(arn);
  expect(row?.history.filter(({ repair }) => repair)).toHaveLength(1);
  expect(row?.timeline.some(({ text }) => text.startsWith('create A'))).toBe(true);
  await world.quiet();
  expect((await world.row(arn))?.phase).toBe('ready');
});
