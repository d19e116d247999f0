import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateServiceCommand, ListServicesCommand } from '@aws-sdk/client-apprunner';
import { DescribeSecurityGroupsCommand, DescribeVpcEndpointsCommand } from '@aws-sdk/client-ec2';
import { ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { ListHostedZonesCommand, ListResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { seededChance } from 'apprunner-embedded-cloud/chance';
import { HELLO_IMAGE } from 'apprunner-embedded-cloud/hello-service';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { contracts } from '../../conformance/contracts/all.ts';
import { embeddedSite } from '../../conformance/embedded.ts';
import { everyRun, openJournal, readJournals } from '../../conformance/journal.ts';
import { ask, type Progress, type Result, remove } from '../../conformance/runner.ts';
import type { Site } from '../../conformance/site.ts';
import { interruptible } from '../../conformance/waiter.ts';

const RUN = 'pi-conf-0a1b2c';
const silent: Progress = { asking: () => {}, result: () => {}, removing: () => {} };

let folder: string;
let site: Site;
let stop: () => Promise<void>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  ({ site, stop } = await embeddedSite({}, seededChance('removal')));
});
afterEach(async () => {
  await stop();
  await rm(folder, { recursive: true });
});

/** Everything in the account that a run may have created, by name; the seed's own resources are left out. */
async function created(): Promise<readonly string[]> {
  const { appRunner, ec2, events, route53, sqs } = site.clients;
  const HostedZoneId = site.publicZone?.id;
  const [services, endpoints, groups, rules, zones, queues, records] = await Promise.all([
    appRunner.send(new ListServicesCommand({})),
    ec2.send(new DescribeVpcEndpointsCommand({})),
    ec2.send(new DescribeSecurityGroupsCommand({})),
    events.send(new ListRulesCommand({})),
    route53.send(new ListHostedZonesCommand({})),
    sqs.send(new ListQueuesCommand({})),
    route53.send(new ListResourceRecordSetsCommand({ HostedZoneId })),
  ]);
  return [
    ...(services.ServiceSummaryList ?? []).map(({ ServiceName }) => ServiceName),
    ...(endpoints.VpcEndpoints ?? []).map(({ VpcEndpointId }) => VpcEndpointId),
    ...(groups.SecurityGroups ?? []).map(({ GroupName }) => GroupName).filter((name) => name?.startsWith('pi-')),
    ...(rules.Rules ?? []).map(({ Name }) => Name),
    ...(zones.HostedZones ?? []).map(({ Name }) => Name).filter((name) => name !== 'example.com.'),
    ...(queues.QueueUrls ?? []),
    ...(records.ResourceRecordSets ?? []).map(({ Name }) => Name).filter((name) => name !== 'example.com.'),
  ].map(String);
}

/** Asks until `stopAt` is asked, and interrupts there. */
async function interruptedRun(stopAt: string): Promise<readonly Result[]> {
  const interrupt = new AbortController();
  const journal = await openJournal(folder, { run: RUN, region: site.region, publicZoneId: site.publicZone?.id ?? '' });
  const asking: Progress['asking'] = ({ id }) => {
    if (id === stopAt) interrupt.abort();
  };
  const world = { ...site, waiter: interruptible(site.waiter, interrupt.signal) };
  return ask(contracts, world, journal, { ...silent, asking });
}

const cleaning = () => ({ ...site, publicZoneId: site.publicZone?.id });

it.each(['connection-reply', 'connection-deleted', 'tag-event'])(
  'a run that is killed at %s is removed by its journal, and nothing else is',
  async (stopAt) => {
    const request = { ServiceName: 'theirs', SourceConfiguration: HELLO_IMAGE };
    await site.clients.appRunner.send(new CreateServiceCommand(request));
    const results = await interruptedRun(stopAt);
    expect(results.find(({ contract }) => contract === stopAt)).toMatchObject({ outcome: 'not-asked' });
    expect(results.at(-1)).toMatchObject({ outcome: 'not-asked', reason: 'the run was interrupted' });
    expect((await created()).length).toBeGreaterThan(4);

    for (const journal of await readJournals(folder)) expect(await remove(cleaning(), journal, () => {})).toEqual([]);
    expect(await created()).toEqual(['theirs']);
    expect(await readdir(folder)).toEqual([]);
  },
);

it('a run without a journal is removed by its prefix', async () => {
  await interruptedRun('connection-second');
  const journal = { run: everyRun(site.region, site.publicZone?.id), close: async () => {} };
  expect(await remove(cleaning(), journal, () => {})).toEqual([]);
  expect(await created()).toEqual([]);
});

it('what cannot be removed is reported, and its journal stays', async () => {
  await interruptedRun('tag-event');
  const [journal] = await readJournals(folder);
  if (journal === undefined) throw new Error('there is no journal');
  const denied = { ...site.clients, sqs: { send: () => Promise.reject(new Error('denied')) } };
  const refused: object = { ...cleaning(), clients: denied };
  const problems = await remove(Object.assign(cleaning(), refused), journal, () => {});
  expect(problems).toEqual([`queue of ${RUN}: denied`]);
  expect(await readdir(folder)).toEqual([`${RUN}.jsonl`]);
});

it('a journal that was cut off is read up to there, and another file is left alone', async () => {
  const journal = await openJournal(folder, { run: RUN, region: 'eu-west-1' });
  journal.about('service');
  journal.about('service');
  await writeFile(join(folder, `${RUN}.jsonl`), '{"crea', { flag: 'a' });
  await writeFile(join(folder, 'theirs.jsonl'), '{"run":"production"}\n');
  const journals = await readJournals(folder);
  expect(journals.map(({ run }) => ({ ...run, kinds: [...run.kinds] }))).toEqual([
    { run: RUN, region: 'eu-west-1', kinds: ['service'] },
  ]);
});

it('an interrupt ends a wait at once', async () => {
  const interrupt = new AbortController();
  const waiter = interruptible({ interval: 1, now: () => 0, wait: () => new Promise(() => {}) }, interrupt.signal);
  const waiting = waiter.wait(1000);
  interrupt.abort();
  await expect(waiting).rejects.toThrow('interrupted');
  await expect(waiter.wait(0)).rejects.toThrow('interrupted');
});
