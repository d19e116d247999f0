import { DeleteServiceCommand, ListVpcIngressConnectionsCommand } from '@aws-sdk/client-apprunner';
import { describe, expect, test } from 'vitest';
import { functionArn, type Installation } from './installation.ts';
import { ADDRESSES, DOMAIN, settledService, start, TAGS } from './worlds.ts';

async function nothingIsLeft(world: Installation, arn: string): Promise<void> {
  expect(await world.records(world.network.privateZoneId)).toEqual([]);
  expect(await world.records(world.network.publicZoneId)).toEqual([]);
  const { VpcIngressConnectionSummaryList = [] } = await world.appRunner.send(
    new ListVpcIngressConnectionsCommand({ Filter: { ServiceArn: arn } }),
  );
  expect(VpcIngressConnectionSummaryList).toEqual([]);
}

describe('going', () => {
  test('disabled: everything is taken back in order, and the service stays private', async () => {
    const { world, arn } = await settledService({ switches: { deletedConnection: 'not-found' } });
    await world.tag(arn, { 'private-ingress': 'disabled' });
    const row = await world.until(arn, 'detached');
    await nothingIsLeft(world, arn);
    expect((await world.service(arn))?.NetworkConfiguration?.IngressConfiguration?.IsPubliclyAccessible).toBe(false);
    const steps = row.timeline
      .map(({ text }) => text)
      .slice(row.timeline.findIndex(({ text }) => text === 'detaching'));
    const order = ['delete A', 'disassociate', 'delete CNAME', 'delete the VPC ingress connection'];
    expect(order.map((step) => steps.findIndex((text) => text.startsWith(step)))).toEqual([1, 2, 3, 4]);
  });

  test('disabled with onDetach restore-public: the service is public again, last of all', async () => {
    const { world, arn } = await settledService({ parameters: { OnDetach: 'restore-public' } });
    await world.tag(arn, { 'private-ingress': 'disabled' });
    await world.until(arn, 'detached');
    await world.quiet();
    await nothingIsLeft(world, arn);
    expect((await world.service(arn))?.NetworkConfiguration?.IngressConfiguration?.IsPubliclyAccessible).toBe(true);
  });

  test('the tag missing: kept for the grace time, with a finding, then undone', async () => {
    const { world, arn } = await settledService({ parameters: { DetachGrace: '1h' } });
    await world.untag(arn, 'private-ingress');
    await world.clock.advance(59 * 60_000);
    expect([...world.dig(DOMAIN)].sort()).toEqual(ADDRESSES);
    expect((await world.row(arn))?.findings.map(({ code }) => code)).toEqual(['tag-missing']);
    await world.clock.advance(20 * 60_000);
    expect((await world.row(arn))?.phase).toBe('detached');
    await nothingIsLeft(world, arn);
  });

  test('the tag back in time: nothing happened', async () => {
    const { world, arn } = await settledService({ parameters: { DetachGrace: '1h' } });
    await world.untag(arn, 'private-ingress');
    await world.clock.advance(50 * 60_000);
    const counter = world.countProductCalls();
    await world.tag(arn, { 'private-ingress': 'enabled' });
    await world.clock.advance(60 * 60_000);
    expect((await world.row(arn))?.phase).toBe('settled');
    expect((await world.row(arn))?.findings).toEqual([]);
    expect(
      counter.operations.filter(({ operation, writes }) => writes && !/^(dynamodb|sqs|lambda):/.test(operation)),
    ).toEqual([]);
  });

  test('released: nothing is deleted and nothing touched again', async () => {
    const { world, arn } = await settledService();
    const { privateZoneId } = world.network;
    const before = await world.records(privateZoneId);
    await world.tag(arn, { 'private-ingress': 'released' });
    await world.until(arn, 'released');
    const alias = before.find(({ Type }) => Type === 'A');
    await world.change(privateZoneId, { Action: 'DELETE', ResourceRecordSet: alias });
    await world.sweep();
    expect(world.dig(DOMAIN)).toEqual([]);
    expect((await world.row(arn))?.phase).toBe('released');
  });

  test('a domain taken out of the tag: its own records go, the other domain stays', async () => {
    const world = await start();
    const arn = await world.createService('hello', {
      ...TAGS,
      'private-ingress:domains': `${DOMAIN} more.example.com`,
    });
    await world.until(arn, 'settled');
    await world.tag(arn, TAGS);
    await world.quiet();
    expect((await world.row(arn))?.phase).toBe('settled');
    expect(world.dig('more.example.com')).toEqual([]);
    expect([...world.dig(DOMAIN)].sort()).toEqual(ADDRESSES);
    expect((await world.records(world.network.publicZoneId)).some(({ Name }) => Name?.includes('more'))).toBe(false);
  });

  // Nobody knows what DeleteService does while a connection stands (facts §2): all three.
  test.each(['refused', 'cascades', 'leaves-connection'] as const)(
    'the service deleted, where a standing connection is: %s',
    async (deleteServiceWithConnection) => {
      const { world, arn } = await settledService({ switches: { deleteServiceWithConnection } });
      const deleteService = () => world.appRunner.send(new DeleteServiceCommand({ ServiceArn: arn }));
      if (deleteServiceWithConnection === 'refused') {
        await expect(deleteService()).rejects.toThrow();
        await world.untag(arn, 'private-ingress');
        await world.until(arn, 'detached');
      }
      await deleteService();
      await world.quiet();
      // The event may have come before the service was gone: the sweep looks again.
      await world.sweep();
      await world.quiet();
      expect((await world.row(arn))?.phase).toBe('detached');
      await nothingIsLeft(world, arn);
      expect(world.dig(DOMAIN)).toEqual([]);
    },
  );

  test('the event comes only after the service is gone: what was written is known from the row', async () => {
    const { world, arn } = await settledService({ switches: { deleteServiceWithConnection: 'cascades' } });
    const { phase } = (await world.row(arn)) ?? {};
    expect(phase).toBe('settled');
    await world.appRunner.send(new DeleteServiceCommand({ ServiceArn: arn }));
    // An hour later App Runner has forgotten the service altogether.
    await world.clock.advance(2 * 60 * 60_000);
    await world.poke(arn);
    await world.quiet();
    expect((await world.row(arn))?.phase).toBe('detached');
    await nothingIsLeft(world, arn);
  });

  test('records of other people are left alone on the way out', async () => {
    const { world, arn } = await settledService();
    const { privateZoneId } = world.network;
    await world.change(privateZoneId, {
      Action: 'CREATE',
      ResourceRecordSet: { Name: `_other.${DOMAIN}`, Type: 'TXT', TTL: 60, ResourceRecords: [{ Value: '"mine"' }] },
    });
    await world.tag(arn, { 'private-ingress': 'disabled' });
    await world.until(arn, 'detached');
    expect((await world.records(privateZoneId)).map(({ Name }) => Name)).toEqual([`_other.${DOMAIN}.`]);
  });
});

test('the row lost: what stands under our own TXT is noted again, and given back', async () => {
  const { world, arn } = await settledService();
  const lost = { TableName: world.stack.outputs.TableName, Key: { serviceArn: { S: arn } } };
  await world.cloud.dynamoDb.call('DeleteItem', lost, { account: '123456789012', region: 'ap-northeast-1' });
  await world.poke(arn);
  await world.until(arn, 'settled');
  await world.tag(arn, { 'private-ingress': 'disabled' });
  await world.until(arn, 'detached');
  expect(world.dig(DOMAIN)).toEqual([]);
  expect(await world.records(world.network.privateZoneId)).toEqual([]);
});

test('a zone taken off AllowedZones: told of, and taken back once it is allowed again', async () => {
  const { world, arn } = await settledService();
  const { privateZoneId, publicZoneId } = world.network;
  const allow = (zones: string) => {
    const { environment } = world.cloud.lambda.get(functionArn('reconcile'));
    const changed = { ...environment, ALLOWED_ZONES: zones };
    world.cloud.lambda.updateFunction(functionArn('reconcile'), { environment: changed });
  };
  allow(publicZoneId);
  await world.tag(arn, { 'private-ingress': 'disabled' });
  const row = await world.until(arn, 'blocked');
  expect(row.findings.map(({ code }) => code)).toEqual(['zone-not-allowed']);
  allow(`${privateZoneId},${publicZoneId}`);
  await world.poke(arn);
  await world.until(arn, 'detached');
  await nothingIsLeft(world, arn);
});
