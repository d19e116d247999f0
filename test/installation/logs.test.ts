import { AwsError } from 'apprunner-embedded-cloud/aws-error';
import { expect, it } from 'vitest';
import { STACK_NAME } from '../../demo/product-stack.ts';
import { logLines } from '../../scripts/docs/log-lines.ts';
import { ABOUT_NO_SERVICE, WITHOUT_CORRELATION } from '../../scripts/docs/logs.ts';
import { HOUR } from '../../shared/duration.ts';
import { waitingOf } from '../../shared/reconcile/message.ts';
import { ask } from '../api/caller.ts';
import type { Line } from './handlers.ts';
import { functionArn } from './installation.ts';
import { Mailbox } from './mailbox.ts';
import { start, TAGS } from './worlds.ts';

/** What Powertools adds to each line, and the test. */
const ALWAYS = ['function', 'level', 'message', 'service', 'timestamp', 'sampling_rate', 'xray_trace_id'];

const functionOf = (line: Line): string => line.function.replace(`${STACK_NAME}-`, '');
const nameOf = (line: Line): string => `${functionOf(line)}: ${line.message}`;

it('every line is documented, and says which service it is about and what started it', async () => {
  const lines: Line[] = [];
  const world = await start({
    onLine: (line) => lines.push(line),
    prepare: async (cloud) => ({
      NotificationTopicArn: (await Mailbox.subscribed(cloud.clientConfig(), 'people')).topicArn,
    }),
  });
  const invoke = (name: string, event: unknown) =>
    world.cloud.lambda.invoke(world.cloud.lambda.get(functionArn(name)), event);
  const message = (body: object) => ({ Records: [{ messageId: 'by-hand', body: JSON.stringify(body) }] });

  const arn = await world.createService('hello', TAGS);
  const { token, waits, correlation } = await world.until(arn, 'attaching');
  const now = world.clock.now();
  await invoke('reconcile', message({ serviceArn: arn, token, waiting: waitingOf(waits, '', now), correlation }));
  const { correlation: change } = await world.until(arn, 'ready');
  await world.tag(arn, { 'private-ingress:vpc': 'vpc-0123456789abcdef0' });
  await world.quiet();
  const target = `/services/123456789012/ap-northeast-1/${arn.split('/').slice(1).join('/')}`;
  await ask(world, { method: 'POST', target: `${target}/reconcile` });
  await ask(world, { target: '/services' });
  await world.quiet();

  // A sweep that is held, and confirmed, once.
  world.deployPolicy({ limits: { changes: { count: 0 }, detaches: { count: 0 } } });
  await world.untag(arn, 'private-ingress');
  await world.sweep();
  const held = String(lines.findLast(({ message }) => message === 'sweep begun')?.correlation);
  const confirm = { kind: 'confirm', run: held.replace('sweep/', ''), by: 'a person' };
  await invoke('sweep', confirm);
  await invoke('sweep', confirm);
  await world.quiet();
  // One that runs, and one whose last answer never comes.
  const silent = world.cloud.gateway.intercept(({ operation, input }) =>
    operation === 'PutItem' && JSON.stringify(input).includes('"item":{"S":"123456789012/ap-northeast-1"}')
      ? new AwsError('InternalServerError', 'on demand')
      : undefined,
  );
  await invoke('sweep', {});
  await invoke('sweep', {});
  await world.clock.advance(HOUR);
  silent();
  await invoke('sweep', {});
  await world.quiet();

  // What cannot be read, or fails.
  await invoke('on-service-event', { id: 'unreadable', source: 1 });
  await invoke('on-service-event', { id: 'elsewhere', source: 'aws.ecs', 'detail-type': 'x' });
  await invoke('notify', message({}));
  await invoke('sweep-region', message({ run: 'none' }));
  await invoke('report', message({ run: 'none' }));
  await invoke('report', message({ run: '20260101T000000Z-00000000' }));
  const end = world.cloud.gateway.intercept(({ operation }) =>
    operation === 'DescribeService' ? new AwsError('InternalServiceErrorException', 'on demand') : undefined,
  );
  await ask(world, { target });
  end();
  await invoke('reconcile', message({ serviceArn: arn, correlation: 'event/by-hand', unknown: true }));

  const documented = new Map((await logLines()).map((line) => [`${line.function}: ${line.message}`, line]));
  const isAboutNone = (line: Line) => Object.hasOwn(ABOUT_NO_SERVICE, nameOf(line)) || line.path === '/services';
  // What begins, and turns out to be about none.
  const startedByNone = new Set(
    lines
      .filter((line) => isAboutNone(line) && /^(event|request)/.test(`${line.correlation}`))
      .map((line) => line.correlation),
  );
  for (const line of lines) {
    const name = nameOf(line);
    const fields = Object.keys(line).filter((field) => !ALWAYS.includes(field));
    expect(documented.get(name)?.fields, name).toEqual(expect.arrayContaining(fields));
    expect(line.serviceArn, JSON.stringify(line)).toEqual(
      isAboutNone(line) || startedByNone.has(line.correlation)
        ? undefined
        : expect.stringMatching(/^arn:aws:apprunner:/),
    );
    expect(line.correlation, JSON.stringify(line)).toEqual(
      Object.hasOwn(WITHOUT_CORRELATION, name) ? undefined : expect.stringMatching(/^(event|sweep|request)\/./),
    );
    if (line.message === 'begins') expect(line.invocation).toEqual(expect.any(String));
  }
  expect([...documented.keys()].filter((name) => !lines.some((line) => nameOf(line) === name))).toEqual([]);

  // One change, from its event to its record.
  const functionsOf = (correlation: unknown) =>
    [...new Set(lines.filter((line) => line.correlation === correlation).map(functionOf))].toSorted();
  expect(functionsOf(change)).toEqual(['announce', 'on-service-event', 'probe', 'reconcile']);
  expect(functionsOf(held)).toEqual(expect.arrayContaining(['probe', 'reconcile', 'report', 'sweep', 'sweep-region']));
});
