import { TagResourceCommand } from '@aws-sdk/client-apprunner';
import { ListServiceQuotasCommand, type ServiceQuota } from '@aws-sdk/client-service-quotas';
import { type Contract, outcomeOf } from '../contract.ts';
import { PREFIX } from '../resources.ts';

const ARN = new RegExp(`^arn:aws[a-z-]*:apprunner:[a-z0-9-]+:\\d{12}:service/${PREFIX}[0-9a-f]+/[0-9a-f]{32}$`);

export const serviceContracts: readonly Contract[] = [
  {
    id: 'service-arn',
    fact: 'service-arn',
    asks: 'How does the ARN of a service end?',
    expected: 'service/NAME/ and 32 hex digits',
    answer: async (world) => (ARN.test(await world.service()) ? 'service/NAME/ and 32 hex digits' : 'in another way'),
  },
  {
    id: 'tag-value-star',
    fact: 'tag-value-characters',
    asks: 'Can a tag value hold an asterisk?',
    expected: 'refused with InvalidRequestException',
    answer: async (world) => {
      const ResourceArn = await world.service();
      const Tags = [{ Key: 'private-ingress:domains', Value: '*.example.com' }];
      return outcomeOf(world.clients.appRunner.send(new TagResourceCommand({ ResourceArn, Tags })));
    },
  },
  {
    id: 'services-quota-name',
    fact: 'services-quota-name',
    asks: 'How does Service Quotas call the number of services?',
    expected: 'Services',
    answer: async ({ clients: { quotas } }) => {
      const found: ServiceQuota[] = [];
      let NextToken: string | undefined;
      do {
        const page = await quotas.send(new ListServiceQuotasCommand({ ServiceCode: 'apprunner', NextToken }));
        found.push(...(page.Quotas ?? []));
        NextToken = page.NextToken;
      } while (NextToken !== undefined);
      const names = found.flatMap(({ QuotaName = '' }) => (/^services?\b/i.test(QuotaName) ? [QuotaName] : []));
      return names.join(', ') || 'no quota begins with Service';
    },
  },
  {
    id: 'busy-service',
    fact: 'busy-service',
    asks: 'What does UpdateService answer while an operation runs?',
    expected: 'refused with InvalidStateException',
    answer: async (world) => {
      const arn = await world.service();
      await world.makePrivate(arn);
      return outcomeOf(world.makePrivate(arn));
    },
  },
  {
    id: 'service-becomes-private',
    fact: 'update-replaces-network-configuration',
    asks: 'Can a public service become private?',
    expected: 'yes',
    answer: async (world) => {
      const { NetworkConfiguration } = await world.describeService(await world.privateService());
      return NetworkConfiguration?.IngressConfiguration?.IsPubliclyAccessible === false ? 'yes' : 'no';
    },
  },
  {
    id: 'private-service-url',
    fact: 'private-service-has-no-url',
    asks: 'Has a private service a ServiceUrl?',
    expected: 'no',
    answer: async (world) => ((await world.describeService(await world.privateService())).ServiceUrl ? 'yes' : 'no'),
  },
];
