import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  QueueDoesNotExist,
  SendMessageCommand,
  SetQueueAttributesCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { ACCOUNT, arnOf, cloud, queue, REGION } from './cloud.ts';

const redrive = (name: string, maxReceiveCount: unknown = 3) =>
  JSON.stringify({ deadLetterTargetArn: arnOf(name), maxReceiveCount });

test('a queue has a URL, an ARN and the defaults of AWS', async () => {
  const world = cloud();
  world.sqs.setEndpoint('http://127.0.0.1:4566/');
  const QueueUrl = await queue(world, 'jobs', { VisibilityTimeout: '60' });
  expect(QueueUrl).toBe(`http://127.0.0.1:4566/${ACCOUNT}/jobs`);
  expect(await world.client.send(new GetQueueUrlCommand({ QueueName: 'jobs' }))).toMatchObject({ QueueUrl });
  const { Attributes } = await world.client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  expect(Attributes).toEqual({
    QueueArn: arnOf('jobs'),
    DelaySeconds: '0',
    VisibilityTimeout: '60',
    MaximumMessageSize: '1048576',
    MessageRetentionPeriod: '345600',
    ReceiveMessageWaitTimeSeconds: '0',
    SqsManagedSseEnabled: 'true',
    CreatedTimestamp: String(Date.UTC(2026, 0, 1) / 1000),
    LastModifiedTimestamp: String(Date.UTC(2026, 0, 1) / 1000),
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesNotVisible: '0',
    ApproximateNumberOfMessagesDelayed: '0',
  });
  expect(world.sqs.attributes(arnOf('jobs'))).toEqual(Attributes);
});

test('creating it again is the same queue, unless an attribute differs', async () => {
  const world = cloud();
  const url = await queue(world, 'jobs', { DelaySeconds: '5' });
  expect(await queue(world, 'jobs')).toBe(url);
  expect(await queue(world, 'jobs', { DelaySeconds: '5', VisibilityTimeout: '30' })).toBe(url);
  await expect(queue(world, 'jobs', { DelaySeconds: '6' })).rejects.toMatchObject({
    message: 'A queue already exists with the same name and a different value for attribute DelaySeconds',
  });
});

test.each<[string, Record<string, string>, string]>([
  ['no spaces', {}, 'InvalidParameterValue'],
  ['x'.repeat(81), {}, 'InvalidParameterValue'],
  ['jobs.fifo', { FifoQueue: 'true' }, 'AWS.SimpleQueueService.UnsupportedOperation'],
  ['jobs', { FifoQueue: 'true' }, 'AWS.SimpleQueueService.UnsupportedOperation'],
  ['jobs', { DelaySeconds: '901' }, 'InvalidAttributeValue'],
  ['jobs', { DelaySeconds: '1.5' }, 'InvalidAttributeValue'],
  ['jobs', { MaximumMessageSize: '1048577' }, 'InvalidAttributeValue'],
  ['jobs', { MaximumMessageSize: '1023' }, 'InvalidAttributeValue'],
  ['jobs', { MessageRetentionPeriod: '59' }, 'InvalidAttributeValue'],
  ['jobs', { VisibilityTimeout: '43201' }, 'InvalidAttributeValue'],
  ['jobs', { ReceiveMessageWaitTimeSeconds: '21' }, 'InvalidAttributeValue'],
  ['jobs', { SqsManagedSseEnabled: 'yes' }, 'InvalidAttributeValue'],
  ['jobs', { QueueArn: 'mine' }, 'InvalidAttributeName'],
  ['jobs', { toString: 'mine' }, 'InvalidAttributeName'],
  ['jobs', { Policy: '{' }, 'InvalidParameterValue'],
  ['jobs', { Policy: '{"Statement":[{"Effect":"Allow"}]}' }, 'InvalidAttributeValue'],
  ['jobs', { RedrivePolicy: redrive('missing') }, 'InvalidParameterValue'],
  ['jobs', { RedrivePolicy: redrive('jobs') }, 'InvalidParameterValue'],
  ['jobs', { RedrivePolicy: redrive('dead', 0) }, 'InvalidParameterValue'],
  ['jobs', { RedrivePolicy: redrive('dead', 1001) }, 'InvalidParameterValue'],
  ['jobs', { RedrivePolicy: '{"maxReceiveCount":3}' }, 'InvalidParameterValue'],
  ['jobs', { RedrivePolicy: redrive('closed') }, 'InvalidParameterValue'],
])('creating %j with %j is refused with %s', async (name, attributes, code) => {
  const world = cloud();
  await queue(world, 'dead');
  await queue(world, 'closed', { RedriveAllowPolicy: '{"redrivePermission":"denyAll"}' });
  await expect(queue(world, name, attributes)).rejects.toMatchObject({
    name: code.replace('AWS.SimpleQueueService.', ''),
  });
  expect((await world.client.send(new ListQueuesCommand({}))).QueueUrls).toHaveLength(2);
});

test('setting attributes is all or nothing, and an empty text takes a policy away', async () => {
  const world = cloud();
  const QueueUrl = await queue(world, 'jobs');
  await queue(world, 'dead');
  const set = (Attributes: Record<string, string>) =>
    world.client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  await expect(set({ DelaySeconds: '7', VisibilityTimeout: '-1' })).rejects.toMatchObject({
    name: 'InvalidAttributeValue',
  });
  expect(world.sqs.attributes(arnOf('jobs')).DelaySeconds).toBe('0');
  await world.clock.advance(5000);
  await set({ DelaySeconds: '7', RedrivePolicy: redrive('dead', '5') });
  expect(world.sqs.attributes(arnOf('jobs'))).toMatchObject({
    DelaySeconds: '7',
    LastModifiedTimestamp: String(Date.UTC(2026, 0, 1) / 1000 + 5),
  });
  const deadUrl = world.sqs.urlOf(arnOf('dead'));
  const sources = async () =>
    (await world.client.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: deadUrl }))).queueUrls;
  expect(await sources()).toEqual([QueueUrl]);
  await expect(set({ RedrivePolicy: redrive('jobs') })).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  await set({ RedrivePolicy: '' });
  expect(await sources()).toEqual([]);
});

test('some attributes, those that it may lack, and those that no queue has', async () => {
  const world = cloud();
  const QueueUrl = await queue(world, 'jobs');
  const get = (...names: string[]) =>
    // Names that the model does not know are what is tried here.
    world.client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: names as ['All'] }));
  expect((await get('DelaySeconds', 'RedrivePolicy')).Attributes).toEqual({ DelaySeconds: '0' });
  expect((await get('Policy')).Attributes).toBeUndefined();
  await expect(get('Colour')).rejects.toMatchObject({
    name: 'InvalidAttributeName',
    message: 'Unknown Attribute Colour.',
  });
});

test('a deleted queue is gone at once, and its name after a minute', async () => {
  const world = cloud();
  const QueueUrl = await queue(world, 'jobs');
  await world.client.send(new DeleteQueueCommand({ QueueUrl }));
  const send = () => world.client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
  await expect(send()).rejects.toBeInstanceOf(QueueDoesNotExist);
  await expect(send()).rejects.toMatchObject({ message: 'The specified queue does not exist.' });
  expect(() => world.sqs.send(arnOf('jobs'), 'x')).toThrow('The specified queue does not exist.');
  await world.clock.advance(59_999);
  await expect(queue(world, 'jobs')).rejects.toMatchObject({ name: 'QueueDeletedRecently' });
  await world.clock.advance(1);
  await expect(queue(world, 'jobs')).resolves.toBe(QueueUrl);
});

test.each<[string, string]>([
  [`https://anything.example/${ACCOUNT}/jobs`, ''],
  [`http://localhost:4566/some/path/${ACCOUNT}/jobs`, ''],
  [`http://localhost:4566/${ACCOUNT}/other`, 'QueueDoesNotExist'],
  ['http://localhost:4566/210987654321/jobs', 'AccessDenied'],
  [`http://localhost:4566/jobs`, 'InvalidAddress'],
])('the queue URL %s: %s', async (QueueUrl, error) => {
  const world = cloud();
  await queue(world, 'jobs');
  const call = world.client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
  if (error === '') await expect(call).resolves.toHaveProperty('MessageId');
  else await expect(call).rejects.toMatchObject({ name: error });
});

test('an ARN or a bare name is no queue URL', async () => {
  const world = cloud();
  await queue(world, 'jobs');
  for (const QueueUrl of [arnOf('jobs'), 'jobs']) {
    await expect(world.client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }))).rejects.toMatchObject({
      name: 'InvalidAddress',
    });
  }
});

test('queues are listed by prefix and page, per account and region', async () => {
  const world = cloud();
  for (const name of ['b-1', 'a-1', 'a-3', 'a-2']) await queue(world, name);
  const elsewhere = world.as({ region: 'us-east-1' });
  await elsewhere.send(new CreateQueueCommand({ QueueName: 'a-4' }));
  const url = (name: string) => `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`;
  const first = await world.client.send(new ListQueuesCommand({ QueueNamePrefix: 'a-', MaxResults: 2 }));
  expect(first.QueueUrls).toEqual([url('a-1'), url('a-2')]);
  const last = await world.client.send(
    new ListQueuesCommand({ QueueNamePrefix: 'a-', MaxResults: 2, NextToken: first.NextToken }),
  );
  expect(last).toMatchObject({ QueueUrls: [url('a-3')] });
  expect(last.NextToken).toBeUndefined();
  expect((await world.client.send(new ListQueuesCommand({ QueueNamePrefix: 'c' }))).QueueUrls).toBeUndefined();
});

test('tags', async () => {
  const world = cloud();
  const { QueueUrl } = await world.client.send(
    new CreateQueueCommand({ QueueName: 'jobs', tags: { team: 'x', env: 'dev' } }),
  );
  const list = async () => (await world.client.send(new ListQueueTagsCommand({ QueueUrl }))).Tags;
  await world.client.send(new TagQueueCommand({ QueueUrl, Tags: { team: 'y' } }));
  expect(await list()).toEqual({ team: 'y', env: 'dev' });
  await world.client.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['team', 'env'] }));
  expect(await list()).toBeUndefined();
  await expect(world.client.send(new TagQueueCommand({ QueueUrl, Tags: { 'aws:x': 'y' } }))).rejects.toMatchObject({
    name: 'InvalidParameterValue',
  });
});

test('purging drops every message, once a minute', async () => {
  const world = cloud();
  const QueueUrl = await queue(world, 'jobs');
  for (const delaySeconds of [0, 0, 60]) world.sqs.send(arnOf('jobs'), 'x', { delaySeconds });
  world.sqs.receive(arnOf('jobs'), 1);
  const purge = () => world.client.send(new PurgeQueueCommand({ QueueUrl }));
  await purge();
  expect(world.sqs.attributes(arnOf('jobs'))).toMatchObject({
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesNotVisible: '0',
    ApproximateNumberOfMessagesDelayed: '0',
  });
  await expect(purge()).rejects.toMatchObject({ name: 'PurgeQueueInProgress' });
  await world.clock.advance(60_000);
  await expect(purge()).resolves.toBeDefined();
});
