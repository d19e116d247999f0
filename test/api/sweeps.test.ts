import { AwsError } from 'apprunner-embedded-cloud/aws-error';
import { describe, expect, test } from 'vitest';
import { routes } from '../../shared/api/routes.ts';
import type { Policy } from '../../shared/policy/policy.ts';
import type { Installation } from '../installation/installation.ts';
import { start, TAGS } from '../installation/worlds.ts';
import { FaultControl } from '../scenarios/faults.ts';
import { INSTALLATION } from '../scenarios/vocabulary.ts';
import { answerOf, ask, problemIn } from './caller.ts';

const ROOT = 'arn:aws:iam::123456789012:root';
const HERE = '123456789012/ap-northeast-1';

/** Every service has to be private, and not one may be changed without being confirmed. */
const CAREFUL: Partial<Policy> = {
  rules: [{ name: 'every service', match: {}, enforcement: 'required', mode: 'enforce', domains: [] }],
  limits: { changes: { count: 0 }, detaches: {} },
};

const begin = (world: Installation) => answerOf(routes.beginSweep, world, { target: '/sweeps', body: {} });
const show = (world: Installation, watch: string) => answerOf(routes.showSweep, world, { target: watch });
const list = (world: Installation, query = '') => answerOf(routes.listSweeps, world, { target: `/sweeps${query}` });
const found = async (world: Installation, query = '') =>
  (await answerOf(routes.listFindings, world, { target: `/findings?source=sweep${query}` })).findings;

/** A sweep on request that is held, because of one untagged service. */
async function held() {
  const world = await start();
  const arn = await world.createService('hello');
  await world.quiet();
  // No event reports another policy.
  world.deployPolicy(CAREFUL);
  const { watch, sweep } = await begin(world);
  await world.quiet(120_000);
  return { world, arn, watch, sweep };
}

describe('a sweep by hand', () => {
  test('begins by the caller, links to the run, and shows which targets have answered', async () => {
    const world = await start();
    const arn = await world.createService('hello', TAGS);
    await world.createService('plain');
    await world.until(arn, 'ready');
    const said = await ask(world, { target: '/sweeps', body: {} });
    const { sweep, watch } = JSON.parse(said.text);
    expect(said).toMatchObject({ status: 202, headers: { location: `/sweeps/${sweep}` } });
    expect(watch).toBe(`/sweeps/${sweep}`);
    const zones = [world.network.privateZoneId, world.network.publicZoneId];
    expect(await show(world, watch)).toMatchObject({
      status: 'comparing',
      by: ROOT,
      targets: [HERE, ...zones].map((target) => ({ target })),
      counts: { services: 0, failures: 0 },
    });
    await world.quiet();
    const ended = await show(world, watch);
    expect(ended).toMatchObject({ id: sweep, status: 'done', by: ROOT, differences: [], failures: [], reasons: [] });
    expect(ended.counts).toMatchObject({
      services: 2,
      managed: 1,
      differing: 0,
      changes: 0,
      orphans: 0,
      failures: 0,
    });
    expect(ended.targets.find(({ target }) => target === HERE)?.counts).toMatchObject({ services: 2, managed: 1 });
    expect(ended.endedAt).toMatch(/^2026/);
    expect(await found(world)).toEqual([]);
  });

  test('that would do more than the limits allow is held until it is confirmed', async () => {
    const { world, arn, watch } = await held();
    const before = await show(world, watch);
    expect(before).toMatchObject({ status: 'held', counts: { changes: 1 }, differences: [{ service: { arn } }] });
    expect(before.reasons).toEqual(['1 service would be changed, and the limit is 0']);
    expect((await world.service(arn))?.NetworkConfiguration?.IngressConfiguration?.IsPubliclyAccessible).toBe(true);
    const message = 'The sweep is held and changes nothing: 1 service would be changed, and the limit is 0.';
    expect(await found(world)).toMatchObject([{ code: 'sweep-held', severity: 'warning', sweep: before.id, message }]);
    expect(await found(world, '&finding=sweep-held')).toHaveLength(1);

    const confirmed = await ask(world, { target: `${watch}/confirm`, body: {} });
    expect(confirmed).toMatchObject({ status: 202, headers: { location: watch } });
    expect(await show(world, watch)).toMatchObject({ status: 'done', confirmedBy: ROOT });
    expect(await found(world)).toEqual([]);
    await world.until(arn, 'ready');

    const again = await ask(world, { target: `${watch}/confirm`, body: {} });
    expect(problemIn(again)).toMatchObject({ status: 409, detail: expect.stringContaining('is "done"') });
  });

  test('are listed page by page, the latest first', async () => {
    const world = await start();
    const ids: string[] = [];
    for (let count = 0; count < 3; count++) {
      ids.unshift((await begin(world)).sweep);
      await world.quiet();
    }
    expect((await list(world)).sweeps).toMatchObject(
      ids.map((id) => ({ id, status: 'done', targets: 3, answered: 3, counts: { failures: 0 } })),
    );
    const first = await list(world, '?limit=2');
    const second = await list(world, `?limit=2&cursor=${first.next}`);
    expect([...first.sweeps, ...second.sweeps].map(({ id }) => id)).toEqual(ids);
    expect(second.next).toBeUndefined();
  });
});

describe('what a sweep could not read', () => {
  test('is a failure with what it means and what to do, and a finding beside those of services', async () => {
    const world = await start();
    const strange = { ...TAGS, 'private-ingress:domains': 'hello.example.org' };
    await world.until(await world.createService('hello', strange), 'blocked');
    new FaultControl(world.cloud).break(
      'apprunner:ListServices',
      new AwsError('AccessDeniedException', 'no, says AWS'),
    );
    const { sweep, watch } = await begin(world);
    await world.quiet();
    const { failures, counts } = await show(world, watch);
    expect(counts.failures).toBe(1);
    expect(failures).toMatchObject([
      {
        code: 'permission-missing',
        severity: 'error',
        resource: HERE,
        message: expect.stringContaining('no, says AWS'),
      },
    ]);
    expect(failures[0]?.remedy).toContain('docs/organization.md');
    const finding = { source: 'sweep', sweep, code: 'permission-missing', account: '123456789012' };
    expect(await found(world)).toMatchObject([finding]);
    expect(await found(world, '&account=210987654321')).toEqual([]);
    expect(await found(world, '&name=hello')).toEqual([]);

    const pages: unknown[] = [];
    for (let query = '?limit=1'; ; ) {
      const page = await answerOf(routes.listFindings, world, { target: `/findings${query}` });
      pages.push(...page.findings.map(({ source, code }) => `${source} ${code}`));
      if (page.next === undefined) break;
      query = `?limit=1&cursor=${page.next}`;
    }
    expect(pages).toEqual(['sweep permission-missing', 'service domain-not-allowed']);
  });

  test('in the zones stays in the findings of sweeps that do not read them', async () => {
    const world = await start();
    const Name = '_private-ingress.gone.example.com';
    const value = `"v=1 owner=${INSTALLATION} service=0123456789abcdef0123456789abcdef"`;
    await world.change(world.network.publicZoneId, {
      Action: 'CREATE',
      ResourceRecordSet: { Name, Type: 'TXT', TTL: 300, ResourceRecords: [{ Value: value }] },
    });
    const { sweep } = await begin(world);
    await world.quiet();
    const orphan = { sweep, code: 'record-orphaned', severity: 'warning', message: expect.stringContaining(Name) };
    expect(await found(world)).toMatchObject([orphan]);
    await world.sweep();
    expect((await list(world)).sweeps).toMatchObject([{ by: 'schedule', targets: 1 }, { id: sweep }]);
    expect(await found(world)).toMatchObject([orphan]);
  });
});

describe('a sweep function that does not do it', () => {
  test('fails: a problem with its error', async () => {
    const world = await start();
    new FaultControl(world.cloud).break('dynamodb:PutItem', new AwsError('ValidationException', 'no, says AWS'));
    const said = await ask(world, { target: '/sweeps', body: {} });
    expect(problemIn(said)).toMatchObject({
      status: 502,
      type: 'urn:apprunner-private-ingress:problem:sweep-failed',
      detail: expect.stringContaining('no, says AWS'),
    });
  });

  test('may not be invoked: the permission is named', async () => {
    const world = await start();
    new FaultControl(world.cloud).break(
      'lambda:Invoke',
      new AwsError('AccessDeniedException', 'not lambda:InvokeFunction'),
    );
    const said = await ask(world, { target: '/sweeps', body: {} });
    expect(problemIn(said)).toMatchObject({
      status: 502,
      type: 'urn:apprunner-private-ingress:problem:aws-access-denied',
      detail: expect.stringContaining('lambda:InvokeFunction'),
    });
  });

  test('what is confirmed is planned anew', async () => {
    const { world, arn, watch } = await held();
    world.deployPolicy({ ...CAREFUL, rules: [] });
    await ask(world, { target: `${watch}/confirm`, body: {} });
    await world.quiet(120_000);
    expect((await world.service(arn))?.NetworkConfiguration?.IngressConfiguration?.IsPubliclyAccessible).toBe(true);
  });
});
