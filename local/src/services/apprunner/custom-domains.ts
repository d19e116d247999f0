import {
  AssociateCustomDomain$,
  type AssociateCustomDomainCommandInput,
  type AssociateCustomDomainCommandOutput,
  type CustomDomain,
  type CustomDomainAssociationStatus,
  DescribeCustomDomains$,
  type DescribeCustomDomainsCommandInput,
  type DescribeCustomDomainsCommandOutput,
  DisassociateCustomDomain$,
  type DisassociateCustomDomainCommandInput,
  type DisassociateCustomDomainCommandOutput,
  type VpcDNSTarget,
} from '@aws-sdk/client-apprunner';
import { getDomain } from 'tldts';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import { CertificateValidation, certifiedNames } from './certificate-validation.ts';
import { page } from './pages.ts';
import { permission } from './permissions.ts';
import { constraint, invalidRequest, invalidState, notFound } from './refusals.ts';
import { type DomainRecord, given, type ServiceRecord } from './resources.ts';
import type { AppRunnerSetting } from './setting.ts';

const MOST_DOMAINS = 5;
const MOST_ON_A_PAGE = 5;
/** A root domain, a subdomain, or `*.` in front of a root domain (documented); no pattern can distinguish the root. */
const DOMAIN = /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

export function customDomainOperations(setting: AppRunnerSetting): readonly OperationDefinition[] {
  const { world, resources, faults, events } = setting;
  const validation = new CertificateValidation(setting);

  /** What all three operations return about the service beside its domains. */
  const around = (service: ServiceRecord) => ({
    DNSTarget: service.hostname,
    ServiceArn: service.arn,
    VpcDNSTargets: targets(service),
  });

  /** One per connection; in the samples the name is the connection's own (captured). None before there is one (documented). */
  const targets = (service: ServiceRecord): VpcDNSTarget[] =>
    resources
      .connectionsOf(service)
      .filter(({ status }) => status !== 'FAILED_CREATION')
      .map(({ arn, target }) => ({
        VpcIngressConnectionArn: arn,
        VpcId: target.vpcId,
        DomainName: target.domainName,
      }));

  const demandIdle = (service: ServiceRecord, what: 'associated with' | 'disassociated from'): void => {
    if (service.status !== 'RUNNING' && service.status !== 'PAUSED') {
      throw invalidState(`Custom domain cannot be ${what} a service in the current state: ${service.status}.`);
    }
  };

  /** App Runner routes by Host in a region, so a name can lead to one service only (inferred). */
  const demandFree = (service: ServiceRecord, domain: DomainRecord): void => {
    for (const other of resources.services.values()) {
      if (other.region !== service.region) continue;
      for (const taken of [...other.domains.values()].flatMap(certifiedNames)) {
        if (!certifiedNames(domain).includes(taken)) continue;
        throw invalidRequest(
          other.account === service.account
            ? `${domain.name} is already associated with ${other.arn}.` // C
            : `${domain.name} is already associated with a service of another account.`,
        );
      }
    }
  };

  return [
    operation<AssociateCustomDomainCommandInput, AssociateCustomDomainCommandOutput>(AssociateCustomDomain$, {
      writes: true,
      permissions: ({ ServiceArn }, context) => permission(resources, context, 'AssociateCustomDomain', ServiceArn),
      run: (input, context) => {
        const sent = given(input.DomainName, 'DomainName');
        const service = resources.findService(context, input.ServiceArn);
        // AssociateCustomDomain has no ResourceNotFoundException in the model.
        if (service === undefined) throw invalidRequest(`Service not found for the provided ARN: ${input.ServiceArn}.`);
        const domain: DomainRecord = {
          order: resources.nextOrder(),
          name: sent.toLowerCase(),
          www: input.EnableWWWSubdomain ?? true,
          status: 'creating',
          records: [],
        };
        if (domain.name.length > 255 || !DOMAIN.test(domain.name)) {
          throw constraint(sent, 'domainName', `satisfy regular expression pattern: ${DOMAIN.source}`);
        }
        if (domain.name.startsWith('*.') && domain.www) {
          throw invalidRequest(`EnableWWWSubdomain must be false for the wildcard domain ${domain.name}.`);
        }
        // A registrable domain ends one label after a public suffix. What App Runner says then is I.
        if (domain.name.startsWith('*.') && getDomain(domain.name.slice(2)) !== domain.name.slice(2)) {
          throw invalidRequest(`${domain.name} is not valid: a wildcard must be directly below a root domain.`);
        }
        demandIdle(service, 'associated with');
        demandFree(service, domain);
        if (service.domains.size >= MOST_DOMAINS) {
          throw invalidRequest(`A service can have at most ${MOST_DOMAINS} custom domains.`);
        }
        resources.beforeDomainChange(service);
        service.domains.set(domain.name, domain);
        validation.begin(service, domain);
        return { ...around(service), CustomDomain: described(domain) };
      },
    }),

    operation<DescribeCustomDomainsCommandInput, DescribeCustomDomainsCommandOutput>(DescribeCustomDomains$, {
      permissions: ({ ServiceArn }, context) => permission(resources, context, 'DescribeCustomDomains', ServiceArn),
      run: (input, context) => {
        const service = resources.service(context, input.ServiceArn);
        if (service.status === 'DELETED') throw notFound(input.ServiceArn);
        const returned = page(resources.listedDomains(service), ({ order }) => order, input, {
          scope: `DescribeCustomDomains ${service.arn}`,
          limit: MOST_ON_A_PAGE,
        });
        return { ...around(service), CustomDomains: returned.items.map(described), ...returned.next };
      },
    }),

    operation<DisassociateCustomDomainCommandInput, DisassociateCustomDomainCommandOutput>(DisassociateCustomDomain$, {
      writes: true,
      permissions: ({ ServiceArn }, context) => permission(resources, context, 'DisassociateCustomDomain', ServiceArn),
      run: (input, context) => {
        const name = given(input.DomainName, 'DomainName').toLowerCase();
        const service = resources.service(context, input.ServiceArn);
        const domain = service.domains.get(name);
        if (domain === undefined) throw invalidRequest(`No custom domain ${name} found for the provided service.`); // C
        demandIdle(service, 'disassociated from');
        if (domain.status === 'deleting') {
          throw invalidState(`Custom domain ${name} cannot be disassociated in the current state: ${domain.status}.`);
        }
        resources.beforeDomainChange(service);
        domain.status = 'deleting';
        world.clock.schedule(world.profile.domainDeletion, () => {
          if (service.domains.get(name) !== domain) return;
          if (faults.meets('domain-deletion')) {
            domain.status = 'delete_failed';
            events.domainValidation(service, domain);
          } else {
            resources.beforeDomainChange(service);
            service.domains.delete(name);
          }
        });
        return { ...around(service), CustomDomain: described(domain) };
      },
    }),
  ];
}

function described(domain: DomainRecord): CustomDomain {
  return {
    DomainName: domain.name,
    EnableWWWSubdomain: domain.www,
    ...(domain.records.length > 0 && { CertificateValidationRecords: [...domain.records] }),
    Status: asModelled(domain.status),
  };
}

/**
 * The model says upper case, the wire lower (docs/facts.md#domain-status-case): the type follows the model, the
 * value the wire.
 */
const asModelled = (status: DomainRecord['status']): CustomDomainAssociationStatus =>
  status as unknown as CustomDomainAssociationStatus;
