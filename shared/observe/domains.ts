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

/** What App Runner says of the custom domains of a service, for every VPC. */
export interface DescribedDomains {
  readonly domains: readonly CustomDomain[];
  readonly vpcTargets: readonly VpcDNSTarget[];
  readonly target: string | undefined;
}

export async function describeCustomDomains(appRunner: AppRunnerClient, serviceArn: string): Promise<DescribedDomains> {
  const domains: CustomDomain[] = [];
  const vpcTargets: VpcDNSTarget[] = [];
  let target: string | undefined;
  for await (const page of paginateDescribeCustomDomains({ client: appRunner }, { ServiceArn: serviceArn })) {
    domains.push(...(page.CustomDomains ?? []));
    vpcTargets.push(...(page.VpcDNSTargets ?? []));
    target ??= page.DNSTarget;
  }
  return { domains, vpcTargets, target };
}

/** @param vpcId the VPC whose DNS target is wanted (docs/facts.md#vpc-dns-targets). */
export function customDomainsOf(
  { domains, vpcTargets, target: publicTarget }: DescribedDomains,
  vpcId: string | undefined,
): CustomDomains {
  const names = [publicTarget, ...vpcTargets.map(({ DomainName }) => DomainName)].flatMap((name) =>
    name === undefined ? [] : [normalizeName(name)],
  );
  const target = vpcTargets.find((one) => one.VpcId === vpcId)?.DomainName;
  const associations = domains.map(
    (domain) => [normalizeName(domain.DomainName ?? ''), association(domain, target)] as const,
  );
  const covered = domains.flatMap((domain) => {
    const name = normalizeName(domain.DomainName ?? '');
    if (domain.EnableWWWSubdomain !== true || name.startsWith('*.')) return [];
    return [[`www.${name}`, { ...association(domain, target), coveredBy: name }] as const];
  });
  return { associations: Object.fromEntries([...covered, ...associations]), serviceNames: [...new Set(names)] };
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
