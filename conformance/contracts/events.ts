import { TagResourceCommand } from '@aws-sdk/client-apprunner';
import { PutEventsCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { type Contract, outcomeOf } from '../contract.ts';
import { within } from '../waiter.ts';
import type { ReceivedEvent, World } from '../world.ts';

/** Reads until an event is taken for one that is not sent: 3 minutes on AWS. */
const EVENT_READS = 18;

const received = (world: World, is: (event: ReceivedEvent) => boolean) =>
  within(world.site.waiter, EVENT_READS, async () => (await world.events()).find(is));

const statusChange = (event: ReceivedEvent) => event['detail-type'] === 'AppRunner Service Status Change';

export const eventContracts: readonly Contract[] = [
  {
    id: 'event-detail',
    fact: 'event-detail-case',
    asks: 'How are the members of the detail written?',
    expected: 'serviceName, serviceId',
    answer: async (world) => {
      await world.service();
      const event = await received(world, statusChange);
      if (event === undefined) return 'no event arrived';
      const names = Object.keys(event.detail).filter((name) => /^service(name|id)$/i.test(name));
      return names.sort().reverse().join(', ');
    },
  },
  {
    id: 'domain-validation-event',
    fact: 'domain-validation-event',
    asks: 'Which members has the detail of AppRunner Custom Domain Validation Status Update?',
    expected: 'domainName, domainStatus, message, serviceId, serviceName, severity',
    needs: ['public-zone'],
    answer: async (world) => {
      await world.domains();
      const is = (event: ReceivedEvent) => event['detail-type'].startsWith('AppRunner Custom Domain');
      const event = await received(world, is);
      if (event === undefined) return 'no event arrived';
      return Object.keys(event.detail)
        .map((name) => `${name.charAt(0).toLowerCase()}${name.slice(1)}`)
        .sort()
        .join(', ');
    },
  },
  {
    id: 'tag-event',
    fact: 'tag-events',
    asks: 'Does a changed tag of a service send an aws.tag event?',
    expected: 'no',
    answer: async (world) => {
      const ResourceArn = await world.service();
      await world.queue();
      const Tags = [{ Key: 'conformance', Value: 'tag-event' }];
      await world.clients.appRunner.send(new TagResourceCommand({ ResourceArn, Tags }));
      return (await received(world, ({ source }) => source === 'aws.tag')) === undefined ? 'no' : 'yes';
    },
  },
  {
    id: 'bus-target-retry-policy',
    fact: 'bus-target-takes-no-retry-policy',
    asks: 'Can a target that is an event bus have a RetryPolicy?',
    expected: 'refused with ValidationException',
    answer: async (world) => {
      const { region, account } = world.site;
      await world.queue();
      const target = {
        Id: 'bus',
        Arn: `arn:aws:events:${region}:${account}:event-bus/${world.run}`,
        RetryPolicy: { MaximumRetryAttempts: 1 },
      };
      return outcomeOf(world.clients.events.send(new PutTargetsCommand({ Rule: world.run, Targets: [target] })));
    },
  },
  {
    id: 'reserved-source',
    fact: 'aws-sources-are-reserved',
    asks: 'What does PutEvents answer for a source that begins with aws.?',
    expected: 'NotAuthorizedForSourceException',
    answer: async ({ clients: { events } }) => {
      const entry = { Source: 'aws.conformance', DetailType: 'Conformance', Detail: '{}' };
      const { Entries = [] } = await events.send(new PutEventsCommand({ Entries: [entry] }));
      return Entries[0]?.ErrorCode ?? 'accepted';
    },
  },
  {
    id: 'json-client-errors',
    fact: 'json-client-errors-are-400',
    asks: 'Which HTTP status has a client error of a JSON service?',
    expected: '400',
    answer: async ({ clients: { ssm }, run }) => {
      try {
        await ssm.send(new GetParameterCommand({ Name: `/${run}/none` }));
        return 'accepted';
      } catch (error) {
        return error instanceof Error && '$metadata' in error ? statusOf(error.$metadata) : Promise.reject(error);
      }
    },
  },
];

const statusOf = (metadata: unknown): string =>
  typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
    ? String(metadata.httpStatusCode)
    : 'none';
