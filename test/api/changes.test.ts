import { DeleteServiceCommand, ListTagsForResourceCommand } from '@aws-sdk/client-apprunner';
import { AwsError } from 'apprunner-embedded-cloud/aws-error';
import { WireCounter } from 'apprunner-embedded-cloud/wire-counter';
import { describe, expect, test } from 'vitest';
import { routes } from '../../shared/api/routes.ts';
import type { Installation } from '../installation/installation.ts';
import { ADDRESSES, DOMAIN, readyService, start, TAGS } from '../installation/worlds.ts';
import { FaultControl } from '../scenarios/faults.ts';
import { answerOf, ask, pathOf, problemIn } from './caller.ts';

const ROOT = 'arn:aws:iam::123456789012:root';

async function tagsOf({ appRunner }: Installation, arn: string): Promise<Readonly<Record<string, string>>> {
  const { Tags = [] } = await appRunner.send(new ListTagsForResourceCommand({ ResourceArn: arn }));
  return Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

/** What the timeline says that people asked for. */
async function askedOf(world: Installation, arn: string) {
  const { timeline } = await answerOf(routes.explainService, world, { target: pathOf(arn) });
  return timeline.flatMap(({ by, text }) => (by === undefined ? [] : [{ by, text }]));
}

describe('attach', () => {
  test('writes the tags, links to the service, and the service becomes ready', async () => {
    const world = await start();
    const arn = await world.createService('hello', { team: 'green' });
    const said = await ask(world, { target: `${pathOf(arn)}/attach`, body: { domains: ['Hello.example.com.'] } });
    expect(said).toMatchObject({ status: 202, headers: { location: pathOf(arn), 'cache-control': 'no-store' } });
    const set = { 'private-ingress': 'enabled', 'private-ingress:domains': DOMAIN };
    expect(JSON.parse(said.text)).toEqual({
      service: arn,
      asked: 'attach',
      tags: { set, removed: [] },
      watch: pathOf(arn),
    });
    expect(await tagsOf(world, arn)).toEqual({ team: 'green', ...set });
    await world.until(arn, 'ready');
    expect(world.dig(DOMAIN).toSorted()).toEqual(ADDRESSES);
    expect(await askedOf(world, arn)).toEqual([
      { by: ROOT, text: `requested attach: private-ingress=enabled, private-ingress:domains=${DOMAIN}` },
    ]);
  });

  test('writes what is given, leaves what is not, takes away what is null or empty', async () => {
    const world = await start();
    const { vpcId, publicZoneId } = world.network;
    const arn = await world.createService('hello', { ...TAGS, 'private-ingress:alias': 'endpoint' });
    const attach = (body: unknown) => answerOf(routes.attachService, world, { target: `${pathOf(arn)}/attach`, body });
    expect((await attach({ vpc: vpcId, zones: [publicZoneId], strategy: null })).tags).toEqual({
      set: { 'private-ingress:vpc': vpcId, 'private-ingress:zone': publicZoneId },
      removed: ['private-ingress:alias'],
    });
    expect(await tagsOf(world, arn)).toEqual({
      ...TAGS,
      'private-ingress:vpc': vpcId,
      'private-ingress:zone': publicZoneId,
    });
    expect((await attach({ domains: ['*.example.com'] })).tags.set).toEqual({
      'private-ingress:domains': '_wildcard.example.com',
    });
    expect((await attach({ domains: [], zones: null })).tags).toEqual({
      set: { 'private-ingress:domains': '' },
      removed: ['private-ingress:zone'],
    });
    expect(await tagsOf(world, arn)).toEqual({
      'private-ingress': 'enabled',
      'private-ingress:domains': '',
      'private-ingress:vpc': vpcId,
    });
    expect((await attach({})).tags).toEqual({ set: {}, removed: [] });
    expect((await askedOf(world, arn)).at(-1)?.text).toBe('requested attach: its tags are so already');
  });

  test('long names are spread over several tags, and the tags left over get an empty value', async () => {
    const world = await start();
    const arn = await world.createService('hello');
    const long = (letter: string) => `${[letter, letter, letter].map((one) => one.repeat(60)).join('.')}.example.com`;
    const attach = (domains: readonly string[]) =>
      answerOf(routes.attachService, world, { target: `${pathOf(arn)}/attach`, body: { domains } });
    await attach([long('a'), long('b'), 'c.example.com']);
    expect(await tagsOf(world, arn)).toEqual({
      'private-ingress': 'enabled',
      'private-ingress:domains': long('a'),
      'private-ingress:domains-2': `${long('b')} c.example.com`,
    });
    expect((await attach([long('b')])).tags).toEqual({
      set: { 'private-ingress:domains': long('b'), 'private-ingress:domains-2': '' },
      removed: [],
    });
  });

  test('a busy service is tried again later, and the timeline says that it did not go', async () => {
    const { world, arn } = await readyService();
    const busy = new AwsError('InvalidStateException', 'An operation is in progress.');
    new FaultControl(world.cloud).break('apprunner:TagResource', busy, { times: 1 });
    const said = await ask(world, { target: `${pathOf(arn)}/attach`, body: { domains: ['b.example.com'] } });
    expect(said).toMatchObject({ status: 409, headers: { 'retry-after': '30' } });
    expect(problemIn(said).type).toBe('urn:apprunner-private-ingress:problem:service-busy');
    expect((await askedOf(world, arn)).map(({ text }) => text)).toEqual([
      'requested attach: private-ingress:domains=b.example.com',
      expect.stringContaining('could not attach: InvalidStateException'),
    ]);
  });
});

test('detach removes what was written, release leaves it', async () => {
  const { world, arn } = await readyService();
  const detached = await answerOf(routes.detachService, world, { target: `${pathOf(arn)}/detach` });
  expect(detached.tags.set).toEqual({ 'private-ingress': 'disabled' });
  await world.until(arn, 'detached');
  expect(world.dig(DOMAIN)).toEqual([]);
  await answerOf(routes.attachService, world, { target: `${pathOf(arn)}/attach` });
  await world.until(arn, 'ready');
  const released = await answerOf(routes.releaseService, world, { target: `${pathOf(arn)}/release`, body: {} });
  expect(released.tags.set).toEqual({ 'private-ingress': 'released' });
  await world.until(arn, 'released');
  expect(world.dig(DOMAIN).toSorted()).toEqual(ADDRESSES);
  expect((await askedOf(world, arn)).map(({ text }) => text.split(':')[0])).toEqual([
    'requested detach',
    'requested attach',
    'requested release',
  ]);
});

test('adopt takes over a foreign record', async () => {
  const world = await start();
  const { privateZoneId } = world.network;
  await world.change(privateZoneId, {
    Action: 'CREATE',
    ResourceRecordSet: { Name: DOMAIN, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '10.0.0.1' }] },
  });
  const arn = await world.createService('hello', TAGS);
  await world.until(arn, 'blocked');
  const target = `${pathOf(arn)}/adopt`;
  const { tags } = await answerOf(routes.adoptDomains, world, { target, body: { domains: [DOMAIN] } });
  expect(tags.set).toEqual({ 'private-ingress:adopt': DOMAIN });
  await world.until(arn, 'ready');
  expect(world.dig(DOMAIN).toSorted()).toEqual(ADDRESSES);

  const other = await ask(world, { target, body: { domains: ['other.example.com'] } });
  expect(problemIn(other)).toMatchObject({ status: 422, errors: [{ pointer: '#/domains/0' }] });
});

test('reconcile wakes the loop and writes no tag', async () => {
  const { world, arn } = await readyService();
  const alias = (await world.records(world.network.privateZoneId)).find(({ Type }) => Type === 'A');
  await world.change(world.network.privateZoneId, { Action: 'DELETE', ResourceRecordSet: alias });
  const calls = new WireCounter(world.cloud.gateway, () => true);
  const { tags } = await answerOf(routes.reconcileService, world, { target: `${pathOf(arn)}/reconcile` });
  expect(tags).toEqual({ set: {}, removed: [] });
  expect(calls.operations.map(({ operation }) => operation)).not.toContain('apprunner:TagResource');
  await world.quiet();
  expect(world.dig(DOMAIN).toSorted()).toEqual(ADDRESSES);
});

test('a deleted service can be read, and not be changed', async () => {
  const { world, arn } = await readyService({ switches: { deleteServiceWithConnection: 'cascades' } });
  await world.appRunner.send(new DeleteServiceCommand({ ServiceArn: arn }));
  await world.quiet();
  const gone = await ask(world, { target: `${pathOf(arn)}/attach`, body: {} });
  expect(problemIn(gone)).toMatchObject({ status: 404, detail: expect.stringContaining('is deleted; its row') });
  await answerOf(routes.reconcileService, world, { target: `${pathOf(arn)}/reconcile` });
  expect((await answerOf(routes.explainService, world, { target: pathOf(arn) })).service).toEqual({
    status: 'deleted',
  });
});

test('a service that was never managed keeps its requests', async () => {
  const world = await start();
  const arn = await world.createService('hello');
  await answerOf(routes.detachService, world, { target: `${pathOf(arn)}/detach` });
  await world.quiet();
  expect(await askedOf(world, arn)).toHaveLength(1);
});

test('the last fifty requests are kept', async () => {
  const world = await start();
  const arn = await world.createService('hello');
  for (let count = 0; count < 53; count++) {
    await answerOf(routes.reconcileService, world, { target: `${pathOf(arn)}/reconcile` });
    await world.clock.advance(1);
  }
  const requests = (await world.row(arn))?.requests ?? [];
  expect(requests).toHaveLength(50);
  expect(requests.map(({ at }) => at)).toEqual(requests.map(({ at }) => at).toSorted((a, b) => a - b));
  expect(requests.at(-1)?.at).toBe(world.clock.now() - 1);
});
