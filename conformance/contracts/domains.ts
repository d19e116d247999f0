import { AssociateCustomDomainCommand, DisassociateCustomDomainCommand } from '@aws-sdk/client-apprunner';
import { ChangeResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { type Contract, outcomeOf, refusalOf } from '../contract.ts';
import type { World } from '../world.ts';

const needs = ['public-zone'] as const;
const CNAMES = 'CNAMEs whose name and value end in a dot, PENDING_VALIDATION';

async function messageOf(world: World, request: Promise<unknown>): Promise<string> {
  try {
    await request;
    return 'accepted';
  } catch (error) {
    const text = error instanceof Error ? error.message : '';
    const known = [/is already associated with/, /No custom domain .* found for the provided service/];
    const said = known.map((pattern) => pattern.exec(text)?.[0]).find((found) => found !== undefined);
    return `${refusalOf(error)}: ${(said ?? 'another text').replaceAll(new RegExp(`\\S*${world.run}\\S*`, 'g'), '…')}`;
  }
}

export const domainContracts: readonly Contract[] = [
  {
    id: 'domain-of-public-service',
    fact: 'domains-may-precede-the-connection',
    asks: 'Can a domain be associated before the service is private and connected?',
    expected: 'yes, without validation records in the reply',
    needs,
    answer: async (world) => {
      const { without } = await world.domains();
      const listed = (without.CertificateValidationRecords ?? []).length > 0;
      return `yes, ${listed ? 'with' : 'without'} validation records in the reply`;
    },
  },
  {
    id: 'domain-www-default',
    fact: 'www-is-on-by-default',
    asks: 'Which value has EnableWWWSubdomain when it is left out?',
    expected: 'true',
    needs,
    answer: async (world) => String((await world.domains()).withWww.EnableWWWSubdomain),
  },
  {
    id: 'domain-status-case',
    fact: 'domain-status-case',
    asks: 'How is the status of a domain written?',
    expected: 'in lower case',
    needs,
    answer: async (world) => {
      const status = String((await world.describeDomain(world.domain))?.Status);
      return status === status.toLowerCase() ? 'in lower case' : 'with capitals';
    },
  },
  {
    id: 'domain-validation-records',
    fact: 'validation-records-with-www',
    asks: 'How many validation records has a domain?',
    expected: '3 with www, 2 without',
    needs,
    answer: async (world) => {
      const count = async (name: string) => (await world.domainWithRecords(name)).CertificateValidationRecords?.length;
      return `${await count(world.domain)} with www, ${await count(`one.${world.domain}`)} without`;
    },
  },
  {
    id: 'domain-validation-record-form',
    fact: 'validation-records',
    asks: 'What do validation records look like?',
    expected: CNAMES,
    needs,
    answer: async (world) => {
      const { CertificateValidationRecords: records = [] } = await world.domainWithRecords(world.domain);
      const asExpected = records.every(
        ({ Name, Type, Value, Status }) =>
          Type === 'CNAME' && Name?.endsWith('.') && Value?.endsWith('.') && Status === 'PENDING_VALIDATION',
      );
      return asExpected ? CNAMES : 'different';
    },
  },
  {
    id: 'domain-twice',
    fact: 'associate-twice',
    asks: 'What does AssociateCustomDomain answer the second time?',
    expected: 'refused with InvalidRequestException: is already associated with',
    needs,
    answer: async (world) => {
      await world.domains();
      const request = { ServiceArn: await world.service(), DomainName: world.domain };
      return messageOf(world, world.clients.appRunner.send(new AssociateCustomDomainCommand(request)));
    },
  },
  {
    id: 'domain-missing',
    fact: 'associate-twice',
    asks: 'What does DisassociateCustomDomain answer for a domain that is not associated?',
    expected: 'refused with InvalidRequestException: No custom domain … found for the provided service',
    needs,
    answer: async (world) => {
      const request = { ServiceArn: await world.service(), DomainName: `none.${world.domain}` };
      return messageOf(world, world.clients.appRunner.send(new DisassociateCustomDomainCommand(request)));
    },
  },
  {
    id: 'domain-wildcard-with-www',
    fact: 'five-domains-per-service',
    asks: 'Can a wildcard have its www name?',
    expected: 'refused with InvalidRequestException',
    needs,
    answer: async (world) => {
      const request = { ServiceArn: await world.service(), DomainName: `*.${world.domain}`, EnableWWWSubdomain: true };
      return outcomeOf(world.clients.appRunner.send(new AssociateCustomDomainCommand(request)));
    },
  },
  {
    id: 'domain-validates',
    fact: 'validation-records-are-public-and-stay',
    asks: 'Does a domain become active once its validation records stand in the public zone?',
    expected: 'yes',
    needs,
    answer: async (world) => {
      const name = `one.${world.domain}`;
      const { CertificateValidationRecords: records = [] } = await world.domainWithRecords(name);
      const Changes = records.map(({ Name, Value }) => ({
        Action: 'CREATE' as const,
        ResourceRecordSet: { Name, Type: 'CNAME' as const, TTL: 60, ResourceRecords: [{ Value }] },
      }));
      world.about('records');
      const request = { HostedZoneId: world.zone.id, ChangeBatch: { Changes } };
      await world.clients.route53.send(new ChangeResourceRecordSetsCommand(request));
      await world.until('active domain', VALIDATION_READS, async () => {
        const status = (await world.describeDomain(name))?.Status?.toLowerCase();
        if (status === 'create_failed') throw new Error('App Runner could not validate the domain');
        return status === 'active' ? true : undefined;
      });
      return 'yes';
    },
  },
];

/** 30 minutes on AWS. */
const VALIDATION_READS = 180;
