import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createCloud, type EmbeddedCloud } from 'apprunner-embedded-cloud';
import { VirtualClock } from 'apprunner-embedded-cloud/clock';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { policyOfParameters } from '../../shared/policy/parameters.ts';
import { parseRuleSettings } from '../../shared/settings.ts';
import { createCompareDependencies } from '../../shared/sweep/compare-dependencies.ts';
import { createSweepDependencies, sqsTargets } from '../../shared/sweep/dependencies.ts';
import { SERVICE_ARN, START, service } from '../fixtures.ts';
import { embeddedTable } from '../state/embedded-table.ts';
import { answer } from './answer.ts';

let cloud: EmbeddedCloud;
let sqs: SQSClient;
beforeAll(async () => {
  cloud = createCloud({ clock: new VirtualClock(START) });
  sqs = new SQSClient(cloud.clientConfig());
  await embeddedTable(cloud, 'sweeps', 'partition', 'item');
  await embeddedTable(cloud, 'rows', 'serviceArn');
});
afterAll(() => cloud.stop());

const queue = async (QueueName: string) => (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? '';
async function bodiesIn(QueueUrl: string): Promise<readonly unknown[]> {
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  return Messages.map(({ Body = '' }) => JSON.parse(Body));
}

test('messages that are long together go in several calls, and all of them arrive', async () => {
  const QueueUrl = await queue('targets');
  const elsewhere = Array.from({ length: 3000 }, (_, index) => index.toString(16).padStart(32, '0'));
  const zones = Array.from({ length: 25 }, (_, index) => ({ kind: 'zone', zoneId: `Z${index}`, elsewhere }) as const);
  const small = { kind: 'zone', zoneId: 'Z', elsewhere: [] } as const;
  const targets = [...zones, ...Array.from({ length: 25 }, () => small)];
  await sqsTargets(sqs, QueueUrl).send(targets.map((target) => ({ run: '20260101T000000Z-00000000', target })));
  const name = 'ApproximateNumberOfMessages';
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [name] }));
  expect(Attributes?.[name]).toBe('50');
});

test('the function that begins sweeps and those that compare share rows, runs and queues', async () => {
  const [queueUrl, sweepQueueUrl, reportQueueUrl] = [
    await queue('reconcile'),
    await queue('sweep'),
    await queue('report'),
  ];
  const settings = { tableName: 'rows', sweepTableName: 'sweeps', queueUrl, sweepQueueUrl, reportQueueUrl };
  const place = { account: service.account, region: service.region };
  const rules = parseRuleSettings({ INSTALLATION: 'default', ALLOWED_ZONES: 'Z1', ALLOWED_NAMES: '*.example.com' });
  const policy = policyOfParameters(rules, place);
  const config = cloud.clientConfig();
  const now = () => START;
  const unused = () => Promise.reject(new Error('no DNS in this test'));
  const begins = createSweepDependencies(settings, policy, () => '1a2b3c4d', config, now);
  const compares = createCompareDependencies(
    settings,
    rules,
    policy,
    { own: config, observed: config },
    { now, resolve: unused, issuers: unused, nameServers: unused, cname: unused },
  );

  expect(await begins.accounts()).toEqual([service.account]);
  const id = begins.runId(START);
  expect(id).toBe('20260101T000000Z-1a2b3c4d');
  await begins.runs.begin({ id, startedAt: START, by: 'schedule', targets: ['here'], failures: [] });
  await begins.targets.send([{ run: id, target: { kind: 'zone', zoneId: 'Z1', elsewhere: [] } }]);
  expect(await bodiesIn(sweepQueueUrl)).toEqual([{ run: id, target: { kind: 'zone', zoneId: 'Z1', elsewhere: [] } }]);

  expect(await compares.runs.answer(id, answer('here'), compares.now())).toMatchObject({
    answers: 1,
    answeredAt: START,
  });
  expect(await compares.observerOf(place).services()).toEqual([]);
  expect(await compares.evaluatePolicy(service, {})).toMatchObject({ enforcement: 'by-tag', isInScope: true });
  await compares.store.markDirty(SERVICE_ARN);
  for await (const row of begins.store.list()) expect(row).toMatchObject({ serviceArn: SERVICE_ARN, generation: 1 });
  expect(await compares.store.get(SERVICE_ARN)).toBeDefined();
  await compares.queue.send({ serviceArn: SERVICE_ARN });
  expect(await bodiesIn(queueUrl)).toEqual([{ serviceArn: SERVICE_ARN }]);
  await compares.reports.send({ run: id });
  await begins.reports.send({ run: id });
  expect(await bodiesIn(reportQueueUrl)).toEqual([{ run: id }, { run: id }]);
});
