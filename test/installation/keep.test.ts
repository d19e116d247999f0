import {
  DeleteVpcIngressConnectionCommand,
  ListTagsForResourceCommand,
  ListVpcIngressConnectionsCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-apprunner';
import { describe, expect, test } from 'vitest';
import { ADDRESSES, DOMAIN, settledService, start, TAGS } from './worlds.ts';

describe('what is set back is repaired at the next event or sweep', () => {
  test('the alias deleted by hand', async () => {
    const { world, arn } = await settledService();
    const { privateZoneId } = world.network;
    const alias = (await world.records(privateZoneId)).find(({ Type }) => Type === 'A');
    await world.change(privateZoneId, { Action: 'DELETE', ResourceRecordSet: alias });
    expect(world.dig(DOMAIN)).toEqual([]);
    await world.sweep();
    expect([...world.dig(DOMAIN)].sort()).toEqual(ADDRESSES);
    expect((await world.row(arn))?.phase).toBe('settled');
  });

  test('the alias changed by hand', async () => {
    const { world, arn } = await settledService();
    const { privateZoneId } = world.network;
    await world.change(privateZoneId, {
      Action: 'UPSERT',
      ResourceRecordSet: { Name: DOMAIN, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] },
    });
    expect(world.dig(DOMAIN)).toEqual(['192.0.2.1']);
    await world.poke(arn);
    await world.quiet();
    expect([...world.dig(DOMAIN)].sort()).toEqual(ADDRESSES);
  });

  test('the validation record lost', async () => {
    const { world } = await settledService();
    const { publicZoneId } = world.network;
    const before = await world.records(publicZoneId);
    const lost = before.find(({ Type }) => Type === 'CNAME');
    await world.change(publicZoneId, { Action: 'DELETE', ResourceRecordSet: lost });
    await world.sweep();
    expect(await world.records(publicZoneId)).toEqual(before);
  });

  test('the connection deleted: a new one is made, gated again, and the name answers again', async () => {
    const { world, arn } = await settledService();
    const list = () => world.appRunner.send(new ListVpcIngressConnectionsCommand({ Filter: { ServiceArn: arn } }));
    const before = (await list()).VpcIngressConnectionSummaryList?.[0]?.VpcIngressConnectionArn;
    await world.appRunner.send(new DeleteVpcIngressConnectionCommand({ VpcIngressConnectionArn: before }));
    await world.clock.advance(2_000);
    await world.sweep();
    await world.until(arn, 'settled');
    const after = (await list()).VpcIngressConnectionSummaryList?.at(-1)?.VpcIngressConnectionArn;
    expect(after).not.toBe(before);
    expect(world.cloud.front.request({ interfaceAddress: '10.0.22.10', host: DOMAIN, path: '/' }).status).toBe(200);
  });

  test('the service made public, with its outbound connector carried over', async () => {
    const { world, arn } = await settledService();
    const EgressConfiguration = {
      EgressType: 'VPC',
      VpcConnectorArn:
        'arn:aws:apprunner:ap-northeast-1:123456789012:vpcconnector/out/1/00000000000000000000000000000001',
    } as const;
    await world.appRunner.send(
      new UpdateServiceCommand({
        ServiceArn: arn,
        NetworkConfiguration: { EgressConfiguration, IngressConfiguration: { IsPubliclyAccessible: true } },
      }),
    );
    await world.quiet();
    const network = (await world.service(arn))?.NetworkConfiguration;
    expect(network?.IngressConfiguration?.IsPubliclyAccessible).toBe(false);
    expect(network?.EgressConfiguration).toEqual(EgressConfiguration);
    expect((await world.row(arn))?.phase).toBe('settled');
  });

  test('but not for ever: the third reversal within a day is contested, and the next day it is repaired again', async () => {
    const { world, arn } = await settledService();
    const { privateZoneId } = world.network;
    const setBack = async () => {
      const alias = (await world.records(privateZoneId)).find(({ Type }) => Type === 'A');
      await world.change(privateZoneId, { Action: 'DELETE', ResourceRecordSet: alias });
      await world.poke(arn);
      await world.clock.advance(30_000);
    };
    await setBack();
    await setBack();
    expect([...world.dig(DOMAIN)].sort()).toEqual(ADDRESSES);
    await setBack();
    expect(world.dig(DOMAIN)).toEqual([]);
    const row = await world.row(arn);
    expect(row?.phase).toBe('blocked');
    expect(row?.findings.map(({ code }) => code)).toEqual(['contested']);
    await world.clock.advance(24 * 60 * 60_000);
    await world.sweep();
    expect([...world.dig(DOMAIN)].sort()).toEqual(ADDRESSES);
    expect((await world.row(arn))?.findings).toEqual([]);
  });
});

describe('a settled service', () => {
  test('looked at again: no write, and few reads', async () => {
    const { world, arn } = await settledService();
    const counter = world.countProductCalls();
    await world.poke(arn);
    await world.quiet();
    const aws = counter.operations.filter(({ operation }) => !/^(dynamodb|sqs|lambda):/.test(operation));
    const reads = aws.reduce((sum, { calls }) => sum + calls, 0);
    console.log(`A settled service looked at again, on the wire:\n${counter}`);
    expect(aws.filter(({ writes }) => writes)).toEqual([]);
    expect(reads).toBeLessThanOrEqual(12);
    expect((await world.row(arn))?.phase).toBe('settled');
  });

  test('told of the same event ten times: one line of passes', async () => {
    const { world, arn } = await settledService();
    const counter = world.countProductCalls();
    await world.poke(arn, 10);
    await world.quiet();
    const describes = counter.operations.find(({ operation }) => operation === 'apprunner:DescribeService')?.calls ?? 0;
    console.log(`Ten events at a settled service: ${describes} looks`);
    expect(describes).toBeLessThanOrEqual(10);
  });

  test('ten events while it settles: at no time more than one next look in the queue', async () => {
    const { world, arn } = await settledService();
    await world.tag(arn, { 'private-ingress:domains': `${DOMAIN} more.example.com` });
    await world.poke(arn, 10);
    await world.clock.advance(1_000);
    // Every pass but the last one has left a message whose token is out of date; those are dropped unread.
    const row = await world.row(arn);
    expect(row?.token).toBeDefined();
    const counter = world.countProductCalls();
    await world.until(arn, 'settled');
    const looks = counter.operations.find(({ operation }) => operation === 'apprunner:ListTagsForResource')?.calls ?? 0;
    console.log(`Ten events while settling: ${looks} looks until settled`);
    expect(looks).toBeLessThanOrEqual(12);
  });

  test('foreign records and untagged services are left alone', async () => {
    const { world } = await settledService();
    const { privateZoneId } = world.network;
    const foreign = {
      Name: 'other.example.com.',
      Type: 'A',
      TTL: 60,
      ResourceRecords: [{ Value: '192.0.2.9' }],
    } as const;
    await world.change(privateZoneId, {
      Action: 'CREATE',
      ResourceRecordSet: { ...foreign, ResourceRecords: [...foreign.ResourceRecords] },
    });
    const arn = await world.createService('untagged');
    const counter = world.countProductCalls();
    await world.quiet();
    await world.sweep();
    expect(await world.row(arn)).toBeUndefined();
    expect(
      counter.operations.filter(({ operation, writes }) => writes && !/^(dynamodb|sqs|lambda):/.test(operation)),
    ).toEqual([]);
    expect(world.dig('other.example.com')).toEqual(['192.0.2.9']);
  });
});

test('a new certificate is made only when asked for, and the asking is taken back', async () => {
  const { world, arn } = await settledService();
  await world.tag(arn, { 'private-ingress:reassociate': DOMAIN });
  await world.until(arn, 'waiting-for-certificate');
  const row = await world.until(arn, 'settled');
  const tags = await world.appRunner.send(new ListTagsForResourceCommand({ ResourceArn: arn }));
  expect(tags.Tags?.map(({ Key }) => Key)).not.toContain('private-ingress:reassociate');
  const texts = row.timeline.map(({ text }) => text);
  expect(texts.filter((text) => text.startsWith('disassociate'))).toHaveLength(1);
  expect(texts.filter((text) => text.startsWith('associate'))).toHaveLength(2);
  await world.quiet();
  expect(world.cloud.front.request({ interfaceAddress: '10.0.22.10', host: DOMAIN, path: '/' }).status).toBe(200);
});

test('a record of somebody else is taken over only when asked for, and the asking is taken back', async () => {
  const world = await start();
  const { privateZoneId } = world.network;
  const ResourceRecordSet = {
    Name: DOMAIN,
    Type: 'CNAME',
    TTL: 60,
    ResourceRecords: [{ Value: 'old.example.com' }],
  } as const;
  await world.change(privateZoneId, {
    Action: 'CREATE',
    ResourceRecordSet: { ...ResourceRecordSet, ResourceRecords: [...ResourceRecordSet.ResourceRecords] },
  });
  const arn = await world.createService('hello', TAGS);
  const blocked = await world.until(arn, 'blocked');
  expect(blocked.findings.map(({ code }) => code)).toEqual(['record-foreign']);
  await world.tag(arn, { 'private-ingress:adopt': DOMAIN });
  const row = await world.until(arn, 'settled');
  expect(row.findings).toEqual([]);
  expect([...world.dig(DOMAIN)].sort()).toEqual(ADDRESSES);
  const tags = await world.appRunner.send(new ListTagsForResourceCommand({ ResourceArn: arn }));
  expect(tags.Tags?.map(({ Key }) => Key)).not.toContain('private-ingress:adopt');
});
