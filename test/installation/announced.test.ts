import { gunzipSync } from 'node:zlib';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { DAY, MINUTE } from '../../shared/duration.ts';
import { detailTypes, EVENT_SOURCE, eventDetails, type LifecycleEvent } from '../../shared/lifecycle/event.ts';
import { deskAt } from '../cli/embedded-desk.ts';
import type { Installation } from './installation.ts';
import { Mailbox } from './mailbox.ts';
import { start, TAGS } from './worlds.ts';

/** A consumer of the bus, as anybody may have one: a rule and a queue. @returns what reads the new events. */
async function consumer(world: Installation): Promise<() => Promise<readonly LifecycleEvent[]>> {
  const mailbox = await Mailbox.create(world.config, 'seen', 'events.amazonaws.com');
  const events = new EventBridgeClient(world.config);
  const EventPattern = JSON.stringify({ source: [EVENT_SOURCE] });
  await events.send(new PutRuleCommand({ Name: 'seen', EventPattern }));
  await events.send(new PutTargetsCommand({ Rule: 'seen', Targets: [{ Id: 'queue', Arn: mailbox.arn }] }));
  return async () => {
    const seen = (await mailbox.read()).map(({ detail, resources, 'detail-type': type }): LifecycleEvent => {
      const schema = Object.entries(eventDetails).find(([name]) => name === type)?.[1];
      const event = schema?.parse(detail);
      expect(event).toEqual(detail);
      if (event === undefined) throw new Error(`an event of the type ${String(type)}`);
      expect(type).toBe(detailTypes[event.kind]);
      expect(resources).toEqual([event.service.arn]);
      return event;
    });
    return seen.toSorted((a, b) => (a.at < b.at ? -1 : 1));
  };
}

/** The alarms that are raised, by their names in the runbook. */
async function raised(world: Installation): Promise<readonly string[]> {
  const client = new CloudWatchClient(world.config);
  const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ StateValue: 'ALARM' }));
  return MetricAlarms.map(
    ({ AlarmDescription = '' }) => /docs\.example\.com\/runbook\.md#(.+)$/.exec(AlarmDescription)?.[1] ?? '',
  );
}

/** The codes of the findings that the report of the last sweep has of a service. */
async function reported(world: Installation, arn: string): Promise<readonly string[]> {
  const s3 = new S3Client({ ...world.config, forcePathStyle: true });
  const Bucket = world.stack.outputs.ReportBucketName;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  const last = Contents.map(({ Key = '' }) => Key)
    .filter((key) => key.endsWith('.json'))
    .toSorted()
    .at(-1);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: last }));
  const report = JSON.parse(gunzipSync((await Body?.transformToByteArray()) ?? '').toString());
  const services: readonly { arn: string; findings: readonly { code: string }[] }[] = report.services;
  return services.filter((one) => one.arn === arn).flatMap(({ findings }) => findings.map(({ code }) => code));
}

/** The story of one finding, by every way that leads to it. */
it('a finding is on the command line, the bus, the topic, in the report and the runbook; it closes, and everything is sent once', async () => {
  let mailbox: Mailbox | undefined;
  const world = await start({
    prepare: async (cloud) => {
      const made = await Mailbox.subscribed(cloud.clientConfig(), 'people');
      mailbox = made.mailbox;
      return { NotificationTopicArn: made.topicArn, DocsUrl: 'https://docs.example.com' };
    },
  });
  const type = await deskAt(world);
  const listed = async () => {
    const { stdout } = await type(['findings', '--source', 'service', '--json']);
    return stdout.split('\n').flatMap((line) => (line === '' ? [] : JSON.parse(line).code));
  };
  const subjects = async () => ((await mailbox?.read()) ?? []).map(({ Subject }) => Subject);
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
  const [message] = (await mailbox?.read()) ?? [];
  expect(message).toMatchObject({
    Subject: 'error: vpc-not-found on hello (123456789012 ap-northeast-1) [apprunner-private-ingress-main]',
    Message: expect.stringContaining('Page   https://docs.example.com/findings.md#vpc-not-found'),
  });
  expect(await listed()).toEqual(['vpc-not-found']);

  // The same cause, closed again before its quiet time is over: no message is sent.
  const other = await world.createService('other', { ...TAGS, 'private-ingress:vpc': 'vpc-0123456789abcdef0' });
  await world.until(other, 'blocked');
  await world.tag(other, { 'private-ingress': 'released' });
  await world.until(other, 'released');
  await world.quiet();
  expect((await seen()).map(({ kind }) => kind)).toContain('closed');
  await world.clock.advance(15 * MINUTE);
  expect(await subjects()).toEqual([]);

  // Only a sweep reconciles a ready service.
  await world.clock.advance(DAY);
  await world.sweep();
  expect(await seen()).toMatchObject([
    { kind: 'aged', days: 1, finding: { code: 'vpc-not-found' }, correlation: expect.stringMatching(/^sweep\//) },
  ]);
  expect(await subjects()).toEqual([expect.stringMatching(/^still error: vpc-not-found on hello/)]);
  expect(await reported(world, arn)).toEqual(['vpc-not-found']);
  expect(await raised(world)).toContain('error-findings');

  await world.untag(arn, 'private-ingress:vpc');
  await world.until(arn, 'ready');
  await world.quiet();
  const last = await seen();
  const closed = last.filter(({ kind }) => kind === 'closed');
  expect(closed).toMatchObject([{ finding: { code: 'vpc-not-found' }, closedBy: { kind: 'outside' } }]);
  expect(last.flatMap((event) => (event.kind === 'phase' ? event.phase : []))).toContain('ready');
  expect(await subjects()).toEqual([expect.stringMatching(/^closed: vpc-not-found on hello/)]);
  expect(await listed()).toEqual([]);
  await world.sweep();
  await world.clock.advance(2 * MINUTE);
  expect(await reported(world, arn)).toEqual([]);
  expect(await raised(world)).not.toContain('error-findings');
  expect([await seen(), await subjects()]).toEqual([[], []]);
  expect(world.log).toEqual([]);
});
