import { paginateListServiceQuotas, type ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { awsCommand } from '../aws-command.ts';
import { about, type DoctorCheck } from '../check.ts';

export interface QuotaFacts {
  readonly serviceCode: string;
  readonly code: string;
  readonly name: string;
  readonly value: number;
}

/** The quotas of the services that the stack meets quotas of. */
export async function askQuotas(client: ServiceQuotasClient): Promise<readonly QuotaFacts[]> {
  const found: QuotaFacts[] = [];
  for (const ServiceCode of ['vpc', 'apprunner', 'lambda']) {
    for await (const { Quotas = [] } of paginateListServiceQuotas({ client }, { ServiceCode })) {
      for (const { QuotaCode: code = '', QuotaName: name = '', Value: value } of Quotas)
        if (value !== undefined) found.push({ serviceCode: ServiceCode, code, name, value });
    }
  }
  return found;
}

/** What exists already. `undefined`: could not be read, or does not matter. */
export interface Usage {
  /** Interface endpoints of the VPC, where another one has to be made. */
  readonly interfaceEndpoints?: number | undefined;
  readonly appRunnerServices?: number | undefined;
}

/** The codes of App Runner's quotas are not published: find the quota by name (docs/facts.md#services-quota-name). */
const APP_RUNNER_SERVICES = /^(app runner )?services$/i;
/** Documented: what new accounts have, instead of 1,000. All functions of the account share it. */
const NEW_ACCOUNT_CONCURRENCY = 10;

export function judgeQuotas(
  quotas: readonly QuotaFacts[],
  { interfaceEndpoints, appRunnerServices }: Usage,
  region: string,
): readonly DoctorCheck[] {
  const find = (serviceCode: string, which: (quota: QuotaFacts) => boolean) =>
    quotas.find((quota) => quota.serviceCode === serviceCode && which(quota));
  const endpoints = find('vpc', ({ code }) => code === 'L-29B6F2EB');
  const services = find('apprunner', ({ name }) => APP_RUNNER_SERVICES.test(name));
  const concurrency = find('lambda', ({ code }) => code === 'L-B99A9384');
  const titled = ({ name, value }: QuotaFacts, used: number) => `${used} of ${value} ${name}`;
  const full = (
    id: string,
    quota: QuotaFacts,
    used: number,
    status: 'missing' | 'warning',
    why: string,
  ): DoctorCheck => {
    const check = about(id, quota.name);
    if (used < quota.value) return check.ok(titled(quota, used));
    return check[status](`${titled(quota, used)}: ${why}`, 'Ask for more.', increase(quota, used + 1, region));
  };
  return [
    ...(endpoints === undefined || interfaceEndpoints === undefined
      ? []
      : [full('quota-endpoints', endpoints, interfaceEndpoints, 'missing', 'the endpoint cannot be made')]),
    ...(services === undefined || appRunnerServices === undefined
      ? []
      : [full('quota-services', services, appRunnerServices, 'warning', 'no further service can be created')]),
    ...(concurrency === undefined ? [] : [judgeConcurrency(concurrency, region)]),
  ];
}

function judgeConcurrency(quota: QuotaFacts, region: string): DoctorCheck {
  const check = about('quota-concurrency', quota.name);
  if (quota.value > NEW_ACCOUNT_CONCURRENCY) return check.ok(`${quota.value} for all functions of the account`);
  return check.warning(
    `${quota.value} for all functions of the account together: the stack's would be throttled when others run`,
    'Ask for more.',
    increase(quota, 1000, region),
  );
}

const increase = ({ serviceCode, code }: QuotaFacts, desired: number, region: string): string =>
  awsCommand('service-quotas request-service-quota-increase', {
    'service-code': serviceCode,
    'quota-code': code,
    'desired-value': desired,
    region,
  });
