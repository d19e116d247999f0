import {
  DeleteServiceCommand,
  ListTagsForResourceCommand,
  type Tag,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-apprunner';
import { expect, test } from 'vitest';
import { cloud } from './cloud.ts';

type Aws = ReturnType<typeof cloud>;

const tagsOf = async (aws: Aws, ResourceArn: string) =>
  (await aws.send(new ListTagsForResourceCommand({ ResourceArn }))).Tags;
const tag = (aws: Aws, ResourceArn: string, Tags: Tag[]) => aws.send(new TagResourceCommand({ ResourceArn, Tags }));

test('tags of services and connections are set, changed and taken away', async () => {
  const aws = cloud();
  const { serviceArn, connectionArn } = await aws.connected();
  for (const arn of [serviceArn, connectionArn]) {
    await tag(aws, arn, [
      { Key: 'private-ingress', Value: 'enabled' },
      { Key: 'team', Value: 'blue' },
    ]);
    await tag(aws, arn, [{ Key: 'private-ingress', Value: 'disabled' }]);
    await aws.send(new UntagResourceCommand({ ResourceArn: arn, TagKeys: ['team', 'never-there'] }));
    expect(await tagsOf(aws, arn)).toEqual([{ Key: 'private-ingress', Value: 'disabled' }]);
  }
});

test('tags can come with the service, and say nothing in Describe or in an event', async () => {
  const aws = cloud();
  const arn = await aws.createService('orders', { Tags: [{ Key: 'secret-of', Value: 'tags' }] });
  expect(await tagsOf(aws, arn)).toEqual([{ Key: 'secret-of', Value: 'tags' }]);
  expect(JSON.stringify([await aws.describeService(arn), aws.events])).not.toContain('secret-of');
});

test.each<{ of: string; Tags: Tag[] }>([
  { of: 'a star, as in a wildcard domain', Tags: [{ Key: 'private-ingress:domains', Value: '*.example.com' }] },
  { of: 'a key of AWS', Tags: [{ Key: 'aws:cloudformation:stack-name', Value: 'x' }] },
  { of: 'an empty key', Tags: [{ Key: '', Value: 'x' }] },
  { of: 'a long key', Tags: [{ Key: 'k'.repeat(129), Value: 'x' }] },
  { of: 'a long value', Tags: [{ Key: 'k', Value: 'v'.repeat(257) }] },
  {
    of: 'a key twice',
    Tags: [
      { Key: 'k', Value: '1' },
      { Key: 'k', Value: '2' },
    ],
  },
  { of: 'the 51st tag', Tags: Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' })) },
])('refuses $of, and then changes nothing', async ({ Tags }) => {
  const aws = cloud();
  const arn = await aws.createService();
  await expect(tag(aws, arn, [{ Key: 'before', Value: '' }, ...Tags])).rejects.toMatchObject({
    code: 'InvalidRequestException',
  });
  expect(await tagsOf(aws, arn)).toEqual([]);
});

test('takes every character that AWS takes', async () => {
  const aws = cloud();
  const arn = await aws.createService();
  const Tags = [{ Key: 'k'.repeat(128), Value: `_wildcard.example.com a+b-c=d.e_f:g/h@i é 日本 ${'v'.repeat(100)}` }];
  await tag(aws, arn, Tags);
  expect(await tagsOf(aws, arn)).toEqual(Tags);
});

test('a deleted service has no tags to ask for', async () => {
  const aws = cloud();
  const arn = await aws.service();
  await aws.send(new DeleteServiceCommand({ ServiceArn: arn }));
  await aws.clock.advance(aws.profile.serviceOperation);
  await expect(tagsOf(aws, arn)).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
});

test.each([false, true])('a changed tag of a service sends an aws.tag event, or not: %s', async (tagEvents) => {
  const aws = cloud({ switches: { tagEvents } });
  const { serviceArn, connectionArn } = await aws.connected();
  await tag(aws, serviceArn, [{ Key: 'team', Value: 'blue' }]);
  await tag(aws, connectionArn, [{ Key: 'team', Value: 'blue' }]);
  await aws.send(new UntagResourceCommand({ ResourceArn: serviceArn, TagKeys: ['team'] }));
  const sent = aws.events.filter(({ source }) => source === 'aws.tag');
  const detail = { 'changed-tag-keys': ['team'], service: 'apprunner', 'resource-type': 'service', version: 1 };
  expect(sent).toEqual(
    !tagEvents
      ? []
      : [{ team: 'blue' }, {}].map((tags) =>
          expect.objectContaining({ resources: [serviceArn], detail: { ...detail, tags } }),
        ),
  );
});
