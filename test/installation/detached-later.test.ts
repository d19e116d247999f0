import { ListVpcIngressConnectionsCommand } from '@aws-sdk/client-apprunner';
import { expect, test } from 'vitest';
import { functionArn, type Installation } from './installation.ts';
import { DOMAIN, readyService } from './worlds.ts';

async function nothingIsLeft(world: Installation, arn: string): Promise<void> {
  expect(await world.records(world.network.privateZoneId)).toEqual([]);
  expect(await world.records(world.network.publicZoneId)).toEqual([]);
  const { VpcIngressConnectionSummaryList = [] } = await world.appRunner.send(
    new ListVpcIngressConnectionsCommand({ Filter: { ServiceArn: arn } }),
  );
  expect(VpcIngressConnectionSummaryList).toEqual([]);
}

test('the row lost: records under our own TXT enter the ledger again, and are removed', async () => {
  const { world, arn } = await readyService();
  const lost = { TableName: world.stack.outputs.TableName, Key: { serviceArn: { S: arn } } };
  await world.cloud.dynamoDb.call('DeleteItem', lost, { account: '123456789012', region: 'ap-northeast-1' });
  await world.enqueue(arn);
  await world.until(arn, 'ready');
  await world.tag(arn, { 'private-ingress': 'disabled' });
  await world.until(arn, 'detached');
  expect(world.dig(DOMAIN)).toEqual([]);
  expect(await world.records(world.network.privateZoneId)).toEqual([]);
});

test('a zone taken off AllowedZones: reported, and its records removed once it is allowed again', async () => {
  const { world, arn } = await readyService();
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
  await world.enqueue(arn);
  await world.until(arn, 'detached');
  await nothingIsLeft(world, arn);
});
