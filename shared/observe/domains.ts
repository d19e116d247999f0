import {
  type AppRunnerClient,
  type CustomDomain,
  paginateDescribeCustomDomains,
  type VpcDNSTarget,
} from '@aws-sdk/client-apprunner';
import type { Association } from '../plan/observed.ts';
import { normalizeName } from '../records/names.ts';

/**
 * The custom domains associated with a service, by normalized name.
 * @param vpcId the VPC whose DNS target is wanted (docs/facts.md#vpc-dns-targets).
 */
export async function observeAssociations(
  appRunner: AppRunnerClient,
  serviceArn: string,
  vpcId: string | undefined,
): Promise<Readonly<Record<string, Association>>> {
  const domains: CustomDomain[] = [];
  const targets: VpcDNSTarget[] = [];
  for await (const page of paginateDescribeCustomDomains({ client: appRunner }, { ServiceArn: serviceArn })) {
    domains.push(...(page.CustomDomains ?? []));
    targets.push(...(page.VpcDNSTargets ?? []));
  }
  const target = targets.find((one) => one.VpcId === vpcId)?.DomainName;
  return Object.fromEntries(
    domains.map(({ DomainName = '', Status = '', CertificateValidationRecords = [] }) => [
      normalizeName(DomainName),
      {
        // Lower case on the wire, upper case in the model (docs/facts.md#domain-status-case).
        status: Status.toLowerCase(),
        validation: CertificateValidationRecords.flatMap(({ Name, Value }) =>
          Name === undefined || Value === undefined ? [] : [{ name: normalizeName(Name), value: Value }],
        ),
        unvalidated: CertificateValidationRecords.flatMap(({ Status: state }) =>
          state === undefined || state.toUpperCase() === 'SUCCESS' ? [] : [state],
        ),
        target: target === undefined ? undefined : normalizeName(target),
      },
    ]),
  );
}
