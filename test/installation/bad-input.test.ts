import { GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { functionArn } from './installation.ts';
import { ADDRESSES, DOMAIN, start, TAGS } from './worlds.ts';

describe('bad input is a finding or a message, nothing is lost and nothing half-written', () => {
  test('an event that cannot be read is kept in the dead-letter queue with the reason', async () => {
    const world = await start();
    const event = {
      source: 'aws.apprunner',
      'detail-type': 'AppRunner Service Status Change',
      detail: { nonsense: true },
    };
    const outcome = await world.cloud.lambda.invoke(world.cloud.lambda.get(functionArn('on-service-event')), event);
    expect(outcome.ok).toBe(true);
    const { Messages = [] } = await world.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: world.stack.outputs.DeadLetterQueueUrl }),
    );
    expect(JSON.parse(Messages[0]?.Body ?? '')).toMatchObject({
      event,
      reason: expect.stringContaining('names no service'),
    });
  });

  test('a message of the queue that is not one of ours ends in the dead-letter queue', async () => {
    const world = await start();
    await world.sendToQueue('{"serviceArn": "arn:aws:s3:::bucket"}');
    await world.clock.advance(60 * 60_000);
    const { Attributes } = await world.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: world.stack.outputs.DeadLetterQueueUrl,
        AttributeNames: ['ApproximateNumberOfMessages'],
      }),
    );
    expect(Attributes?.ApproximateNumberOfMessages).toBe('1');
  });

  test.each([
    ['an impossible domain', 'hello..example.com', 'domain-invalid'],
    ['a name outside AllowedNames', 'hello.example.org', 'domain-not-allowed'],
  ])('%s: a finding, and the other domain is unaffected', async (_, bad, code) => {
    const world = await start();
    const arn = await world.createService('hello', { ...TAGS, 'private-ingress:domains': `${bad} ${DOMAIN}` });
    const row = await world.until(arn, 'blocked');
    expect(row.findings.map((finding) => finding.code)).toEqual([code]);
    expect([...world.dig(DOMAIN)].sort()).toEqual(ADDRESSES);
    await world.tag(arn, TAGS);
    const mended = await world.until(arn, 'settled');
    expect(mended.findings).toEqual([]);
  });

  test('a VPC that does not exist: a finding, and nothing is touched', async () => {
    const world = await start();
    const arn = await world.createService('hello', { ...TAGS, 'private-ingress:vpc': 'vpc-00000000000000000' });
    await world.quiet();
    const row = await world.row(arn);
    expect(row?.findings.map(({ code }) => code)).toContain('vpc-not-found');
    expect((await world.service(arn))?.NetworkConfiguration?.IngressConfiguration?.IsPubliclyAccessible).toBe(true);
    await world.untag(arn, 'private-ingress:vpc');
    await world.until(arn, 'settled');
  });

  test('an unknown value of the tag: a finding, and nothing is touched', async () => {
    const world = await start();
    const arn = await world.createService('hello', { ...TAGS, 'private-ingress': 'yes' });
    const row = await world.until(arn, 'blocked');
    expect(row.findings.map(({ code }) => code)).toEqual(['tag-value-unknown']);
    expect((await world.service(arn))?.NetworkConfiguration?.IngressConfiguration?.IsPubliclyAccessible).toBe(true);
  });

  test("somebody else's record at the name: a finding, and the record stays", async () => {
    const world = await start();
    await world.change(world.network.privateZoneId, {
      Action: 'CREATE',
      ResourceRecordSet: { Name: DOMAIN, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] },
    });
    const arn = await world.createService('hello', TAGS);
    const row = await world.until(arn, 'blocked');
    expect(row.findings.map(({ code }) => code)).toContain('record-foreign');
    expect(world.dig(DOMAIN)).toEqual(['192.0.2.1']);
  });

  test('a permission that is missing: a finding, never "already gone", and it goes on once it is there', async () => {
    const world = await start();
    const { AwsError } = await import('../../local/wire/errors.ts');
    const stop = world.cloud.gateway.intercept(({ operation }) =>
      operation === 'DescribeService' ? new AwsError('AccessDeniedException', 'no', { status: 400 }) : undefined,
    );
    const arn = await world.createService('hello', TAGS);
    const row = await world.until(arn, 'blocked');
    expect(row.findings.map(({ code }) => code)).toEqual(['access-denied']);
    stop();
    await world.until(arn, 'settled', 60 * 60_000);
    expect((await world.row(arn))?.findings).toEqual([]);
  });
});
