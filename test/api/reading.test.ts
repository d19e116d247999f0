import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { AwsError } from 'apprunner-embedded-cloud/aws-error';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { routes } from '../../shared/api/routes.ts';
import type { Installation } from '../installation/installation.ts';
import { ADDRESSES, DOMAIN, readyService, start, TAGS } from '../installation/worlds.ts';
import { FaultControl } from '../scenarios/faults.ts';
import { answerOf, ask, pathOf, problemIn } from './caller.ts';

const services = (world: Installation, query = '') =>
  answerOf(routes.listServices, world, { target: `/services${query}` });
const findings = (world: Installation, query = '') =>
  answerOf(routes.listFindings, world, { target: `/findings${query}` });

const named = (found: z.output<typeof routes.listFindings.answer.schema>['findings'][number]) =>
  `${found.source === 'service' ? found.service.name : found.source} ${found.code}`;

/** One ready, two with a finding each, and one that is released. */
async function four() {
  const { world, arn } = await readyService();
  const strange = { ...TAGS, 'private-ingress:domains': 'hello.example.org' };
  const arns = {
    ready: arn,
    foreign: await world.createService('foreign', strange),
    strange: await world.createService('strange', { ...strange, 'private-ingress:vpc': 'vpc-00000000' }),
    released: await world.createService('released', { 'private-ingress': 'released' }),
  };
  await world.quiet(120_000);
  return { world, arns };
}

describe('GET /services', () => {
  test('returns what is known of each, and filters', async () => {
    const { world, arns } = await four();
    const all = await services(world);
    expect(all.services.map(({ arn }) => arn).toSorted()).toEqual(Object.values(arns).toSorted());
    expect(all.next).toBeUndefined();
    expect(all.services.find(({ arn }) => arn === arns.ready)).toEqual({
      account: '123456789012',
      region: 'ap-northeast-1',
      name: 'hello',
      id: arns.ready.split('/').at(-1),
      arn: arns.ready,
      phase: 'ready',
      domains: [DOMAIN],
      findings: [],
      updatedAt: expect.stringMatching(/^2026-01-01T/),
    });
    const named = async (query: string) => (await services(world, query)).services.map(({ name }) => name).toSorted();
    expect(await named('?phase=ready')).toEqual(['hello']);
    expect(await named('?name=foreign')).toEqual(['foreign']);
    expect(await named('?severity=error')).toEqual(['foreign', 'strange']);
    expect(await named('?finding=vpc-not-found')).toEqual(['strange']);
    expect(await named('?finding=domain-not-allowed&severity=info')).toEqual([]);
    expect(await named('?domain=HELLO.example.com')).toEqual(['hello']);
    expect(await named('?account=123456789012&region=ap-northeast-1')).toHaveLength(4);
    expect(await named('?account=210987654321')).toEqual([]);
  });

  test('pages without loss and without doubles, whatever the size', async () => {
    const { world, arns } = await four();
    for (const limit of [1, 2, 3, 4]) {
      const found: string[] = [];
      let cursor = '';
      for (let page = 0; page < 10; page++) {
        const { services: some, next } = await services(world, `?limit=${limit}${cursor}`);
        expect(some.length).toBeLessThanOrEqual(limit);
        found.push(...some.map(({ arn }) => arn));
        if (next === undefined) break;
        cursor = `&cursor=${next}`;
      }
      expect(found.toSorted()).toEqual(Object.values(arns).toSorted());
    }
  });
});

describe('GET /findings', () => {
  test('returns each with its service, filters, and pages within a service too', async () => {
    const { world } = await four();
    const all = (await findings(world)).findings.map(named).toSorted();
    expect(all).toEqual(expect.arrayContaining(['foreign domain-not-allowed', 'strange vpc-not-found']));
    expect(all.length).toBeGreaterThanOrEqual(3);
    const found: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const page: Awaited<ReturnType<typeof findings>> = await findings(world, `?limit=1${cursor}`);
      expect(page.findings.length).toBeLessThanOrEqual(1);
      found.push(...page.findings.map(named));
      cursor = page.next === undefined ? undefined : `&cursor=${page.next}`;
    }
    expect(found.toSorted()).toEqual(all);
    const ofCode = await findings(world, '?finding=vpc-not-found');
    expect(ofCode.findings).toMatchObject([
      { severity: 'error', service: { name: 'strange' }, remedy: expect.any(String) },
    ]);
    expect((await findings(world, '?domain=hello.example.org&name=foreign')).findings).toHaveLength(1);
    expect((await findings(world, '?domain=hello.example.com')).findings).toEqual([]);
  });
});

describe('GET of a service', () => {
  test('live state, desire, plan, endpoint with cost, timeline, last proof', async () => {
    const { world, arn } = await readyService();
    const explanation = await answerOf(routes.explainService, world, { target: pathOf(arn) });
    expect(explanation).toMatchObject({
      arn,
      name: 'hello',
      service: { status: 'RUNNING', visibility: 'private' },
      desired: { kind: 'private', domains: [DOMAIN] },
      phase: 'ready',
      proof: { kind: 'verified', verifiedAt: expect.stringMatching(/^2026/) },
      actions: [],
      waits: [],
      findings: [],
      endpoint: { state: 'available', interfaces: 2, usdPerMonth: 20.44 },
      updatedAt: expect.stringMatching(/^2026/),
    });
    expect(explanation.endpoint?.addresses.toSorted()).toEqual(ADDRESSES);
    expect(explanation.timeline.map(({ text }) => text)).toContain('ready');
  });

  test('HEAD answers the same without a body, OPTIONS the methods', async () => {
    const { world, arn } = await readyService();
    const head = await ask(world, { method: 'HEAD', target: pathOf(arn) });
    expect(head).toMatchObject({ status: 200, text: '', headers: { 'content-type': 'application/json' } });
    const options = await ask(world, { method: 'OPTIONS', target: `${pathOf(arn)}/attach` });
    expect(options).toMatchObject({ status: 204, text: '', headers: { allow: 'POST, OPTIONS' } });
  });
});

describe('what AWS says no to', () => {
  test.each([
    ['AccessDeniedException', 502, 'aws-access-denied'],
    ['ThrottlingException', 503, 'aws-throttled'],
    ['InternalServiceErrorException', 503, 'aws-unavailable'],
  ])('%s is never "not found": %d', async (name, status, problem) => {
    const { world, arn } = await readyService();
    const error = new AwsError(name, 'no, says AWS', { status: name.startsWith('Internal') ? 500 : 400 });
    new FaultControl(world.cloud).break('apprunner:DescribeService', error);
    for (const question of [{ target: pathOf(arn) }, { target: `${pathOf(arn)}/attach`, body: {} }]) {
      const said = await ask(world, question);
      expect(said.status).toBe(status);
      expect(problemIn(said)).toMatchObject({
        type: `urn:apprunner-private-ingress:problem:${problem}`,
        detail: expect.stringContaining('no, says AWS'),
      });
      expect(said.headers['retry-after']).toBe(status === 503 ? '5' : undefined);
    }
  });

  test('names the service, what was known of it last, and what to do', async () => {
    const { world, arn } = await readyService();
    const denied =
      'User: arn:aws:sts::123456789012:assumed-role/api/api is not authorized to perform: apprunner:DescribeService with an explicit deny in a service control policy: arn:aws:organizations::1:policy/p-1';
    new FaultControl(world.cloud).break('apprunner:DescribeService', new AwsError('AccessDeniedException', denied));
    for (const question of [{ target: pathOf(arn) }, { target: '/plan', body: { serviceArn: arn } }]) {
      const { detail, remedy } = problemIn(await ask(world, question));
      expect(detail).toContain(`AWS could not be read for ${arn}: AccessDeniedException: User:`);
      expect(detail).toMatch(/The last reconciliation \(2026-.*\) left it ready, with no finding\.$/);
      expect(remedy).toContain('A grant does not help: change the Deny statement in the service control policy');
    }
    const other = arn.replace(/[0-9a-f]{32}$/, '0'.repeat(32));
    expect(problemIn(await ask(world, { target: pathOf(other) })).detail).toContain(
      'has not reconciled the service yet',
    );
  });

  test('what should not happen says nothing of its inside; the log has it', async () => {
    const { world } = await readyService();
    const Item = { partition: { S: 'runs' }, item: { S: '20260101T000000Z-1a2b3c4d' }, status: { S: 'a secret' } };
    await new DynamoDBClient(world.config).send(
      new PutItemCommand({ TableName: world.stack.outputs.SweepTableName, Item }),
    );
    const said = await ask(world, { target: '/sweeps' });
    expect(problemIn(said)).toMatchObject({ status: 500, detail: 'The request could not be answered.' });
    expect(said.text).not.toContain('secret');
    expect(world.log.join('\n')).toContain('ZodError');
  });

  test('a row that cannot be read is set aside, with a finding, and the list continues', async () => {
    const { world, arn } = await readyService();
    const Item = { serviceArn: { S: arn }, phase: { S: 'not a phase' } };
    await new DynamoDBClient(world.config).send(new PutItemCommand({ TableName: world.stack.outputs.TableName, Item }));
    const { services } = await answerOf(routes.listServices, world, { target: '/services' });
    expect(services).toMatchObject([{ arn, phase: 'blocked', findings: [{ code: 'row-unreadable' }] }]);
    const one = await answerOf(routes.explainService, world, { target: pathOf(arn) });
    expect(one).toMatchObject({ phase: 'blocked', actions: [], findings: [{ code: 'row-unreadable' }] });
  });
});

describe('POST /plan', () => {
  const plan = (world: Installation, body: unknown) => answerOf(routes.plan, world, { target: '/plan', body });

  test('of a service: what would follow', async () => {
    const world = await start();
    const arn = await world.createService('hello', TAGS);
    const { follows, service, serviceArn } = await plan(world, { serviceArn: arn });
    expect(serviceArn).toBe(arn);
    expect(follows).toMatch(/^To be done now: create the App Runner interface endpoint/);
    expect(service.actions.map(({ action }) => action.kind)).toEqual(['create-endpoint']);
  });
});
