import { gunzipSync } from 'node:zlib';
import { AwsError } from 'apprunner-embedded-cloud/aws-error';
import { expect, test } from 'vitest';
import { routes } from '../../shared/api/routes.ts';
import { MINUTE, SECOND } from '../../shared/duration.ts';
import type { Installation } from '../installation/installation.ts';
import { DOMAIN, readyService, start } from '../installation/worlds.ts';
import { answerOf, ask, problemIn } from './caller.ts';

/** Opens an address as a browser does: without credentials of its own. */
async function open({ cloud }: Installation, address: string) {
  const { host, pathname: path, searchParams } = new URL(address);
  const query = Object.fromEntries(searchParams);
  const answer = await cloud.gateway.handle({ method: 'GET', path, query, headers: { host }, body: new Uint8Array() });
  const { status, headers } = answer;
  const body = headers['content-encoding'] === 'gzip' ? gunzipSync(answer.body) : Buffer.from(answer.body);
  return { status, type: headers['content-type'], text: body.toString('utf8') };
}

test('a report lists a service that no reconciliation has seen and the sweep could not read, with the remedy', async () => {
  const world = await start();
  const arn = await world.createService('hidden');
  await world.quiet();
  world.cloud.gateway.intercept(({ operation, input }) =>
    operation === 'ListTagsForResource' && JSON.stringify(input).includes(arn)
      ? new AwsError('AccessDeniedException', 'not authorized to perform: apprunner:ListTagsForResource')
      : undefined,
  );
  await answerOf(routes.beginSweep, world, { target: '/sweeps', body: {} });
  await world.quiet();
  const { url } = JSON.parse((await ask(world, { target: '/report?format=json' })).text);
  expect(JSON.parse((await open(world, url)).text)).toMatchObject({
    totals: { 'non-compliant': 1, 'not-managed': 0 },
    services: [
      {
        ...{ arn, compliance: 'non-compliant' },
        findings: [{ code: 'permission-missing', severity: 'error', remedy: expect.stringContaining('member stack') }],
      },
    ],
  });
});

test('a sweep writes its report, and GET /report redirects to an address that holds for five minutes', async () => {
  const { world, arn } = await readyService();
  const plain = await world.createService('plain');
  await world.quiet();
  const { sweep } = await answerOf(routes.beginSweep, world, { target: '/sweeps', body: {} });
  await world.quiet();

  const answer = await ask(world, { target: '/report?format=json' });
  const address = answer.headers.location ?? '';
  expect(answer).toMatchObject({ status: 302, headers: { 'cache-control': 'no-store' } });
  expect(JSON.parse(answer.text)).toEqual({ sweep, url: address });
  const { status, type, text } = await open(world, address);
  expect({ status, type }).toEqual({ status: 200, type: 'application/json; charset=utf-8' });
  const endpoint = { services: 1, interfaces: 2, usdPerMonth: 20.44 };
  expect(JSON.parse(text)).toMatchObject({
    totals: { compliant: 1, 'in-progress': 0, 'non-compliant': 0, 'not-managed': 1 },
    services: [
      { arn, compliance: 'compliant', phase: 'ready', domains: [DOMAIN], enforcement: 'by-tag' },
      { arn: plain, name: 'plain', compliance: 'not-managed', domains: [], findings: [] },
    ],
    endpoints: [endpoint],
    sweep: { id: sweep, status: 'done', services: 2 },
  });
  const page = await open(world, (await ask(world, { target: `/report?sweep=${sweep}` })).headers.location ?? '');
  expect(page).toMatchObject({ status: 200, type: 'text/html; charset=utf-8', text: expect.stringContaining(arn) });
  const csv = await open(world, (await ask(world, { target: '/report?format=csv' })).headers.location ?? '');
  expect(csv).toMatchObject({
    status: 200,
    type: 'text/csv; charset=utf-8',
    text: expect.stringContaining(`"${arn}"`),
  });

  await world.clock.advance(5 * MINUTE + SECOND);
  expect(await open(world, address)).toMatchObject({
    status: 403,
    text: expect.stringContaining('Request has expired'),
  });

  world.cloud.gateway.intercept(({ operation }) =>
    operation === 'PutObject' ? new AwsError('SlowDown', 'on demand', { status: 503 }) : undefined,
  );
  const { sweep: without } = await answerOf(routes.beginSweep, world, { target: '/sweeps', body: {} });
  await world.quiet();
  const missing = await ask(world, { target: `/report?sweep=${without}` });
  expect(problemIn(missing)).toMatchObject({ status: 404, type: expect.stringContaining('report-not-found') });
  expect(JSON.parse((await ask(world, { target: '/report' })).text)).toMatchObject({ sweep });

  const unknown = await ask(world, { target: '/report?sweep=20260101T000000Z-00000000' });
  expect(problemIn(unknown)).toMatchObject({
    type: expect.stringContaining('sweep-not-found'),
    detail: `There is no sweep 20260101T000000Z-00000000, or not any more. The latest are ${without}, ${sweep}.`,
  });
});
