import {
  type AppRunnerClient,
  type CustomDomain,
  paginateDescribeCustomDomains,
  type VpcDNSTarget,
} from '@aws-sdk/client-apprunner';
import type { Association } from '../plan/observed.ts';
import { normalizeName } from '../records/names.ts';

export interface CustomDomains {
  /** By normalized name; a `www.` that another association covers is among them. */
  readonly associations: Readonly<Record<string, Association>>;
  /** Names that App Runner gives the service: its public name, kept while it is private, and those of its connections. */
  readonly serviceNames: readonly string[];
}

/**
 * The custom domains associated with a service.
 * @param vpcId the VPC whose DNS target is wanted (docs/facts.md#vpc-dns-targets).
 */
export async function observeCustomDomains(
  appRunner: AppRunnerClient,
  serviceArn: string,
  vpcId: string | undefined,
): Promise<CustomDomains> {
  const domains: CustomDomain[] = [];
  const targets: VpcDNSTarget[] = [];
  const names = new Set<string>();
  for await (const page of paginateDescribeCustomDomains({ client: appRunner }, { ServiceArn: serviceArn })) {
    domains.push(...(page.CustomDomains ?? []));
    targets.push(...(page.VpcDNSTargets ?? []));
    if (page.DNSTarget !== undefined) names.add(normalizeName(page.DNSTarget));
  }
  for (const { DomainName } of targets) if (DomainName !== undefined) names.add(normalizeName(DomainName));
  const target = targets.find((one) => one.VpcId === vpcId)?.DomainName;
  const associations = domains.map(
    (domain) => [normalizeName(domain.DomainName ?? ''), association(domain, target)] as const,
  );
  const covered = domains.flatMap((domain) => {
    const name = normalizeName(domain.DomainName ?? '');
    if (domain.EnableWWWSubdomain !== true || name.startsWith('*.')) return [];
    return [[`www.${name}`, { ...association(domain, target), coveredBy: name }] as const];
  });
  return { associations: Object.fromEntries([...covered, ...associations]), serviceNames: [...names] };
}

/** The associations alone. */
export async function observeAssociations(
  appRunner: AppRunnerClient,
  serviceArn: string,
  vpcId: string | undefined,
): Promise<CustomDomains['associations']> {
  return (await observeCustomDomains(appRunner, serviceArn, vpcId)).associations;
}

function association(
  { Status, CertificateValidationRecords = [] }: CustomDomain,
  target: string | undefined,
): Association {
  return {
    // Lower case on the wire, upper case in the model (docs/facts.md#domain-status-case).
    status: Status?.toLowerCase() ?? '',
    validation: CertificateValidationRecords.flatMap(({ Name, Value }) =>
      Name === undefined || Value === undefined ? [] : [{ name: normalizeName(Name), value: Value }],
    ),
    unvalidated: CertificateValidationRecords.flatMap(({ Status: state }) =>
      state === undefined || state.toUpperCase() === 'SUCCESS' ? [] : [state],
    ),
    target: target === undefined ? undefined : normalizeName(target),
  };
}
