import * as sdk from '@aws-sdk/client-service-quotas';
import { AwsError } from '../../wire/errors.ts';
import { errorSchemas, operationSchemas } from '../../wire/sdk-schemas.ts';
import { type CallContext, operation, type ServiceDefinition } from '../../wire/service.ts';
import type { World } from '../../world.ts';
import { catalogue, type Quota } from './catalogue.ts';

export interface Quotas {
  readonly definition: ServiceDefinition;
  /** Gives an account and region another value, as AWS does when it grants (or takes back) one. */
  set(account: string, region: string, serviceCode: string, name: string, value: number): void;
}

type Place = Pick<CallContext, 'account' | 'region'>;

const noSuchResource = (message: string) => new AwsError('NoSuchResourceException', message);

/** One page of a listing; the token is the position to go on from. */
function page<Item>(items: readonly Item[], { NextToken = '0', MaxResults = 100 }: sdk.ListServicesCommandInput) {
  const from = Number(NextToken);
  if (!Number.isInteger(from)) throw new AwsError('InvalidPaginationTokenException', 'Invalid pagination token.');
  if (MaxResults < 1 || MaxResults > 100)
    throw new AwsError('IllegalArgumentException', 'MaxResults must be between 1 and 100.');
  const to = from + MaxResults;
  return { items: items.slice(from, to), rest: to < items.length ? { NextToken: String(to) } : {} };
}

/** Service Quotas: what each account and region may have of what. Nothing in the embedded cloud is held to them. */
export function createQuotas(world: World): Quotas {
  const values = new Map<string, number>();
  const key = ({ account, region }: Place, { serviceCode, code }: Quota) =>
    `${account}/${region}/${serviceCode}/${code}`;
  const arn = ({ account, region }: Place, { serviceCode, code }: Quota) =>
    `arn:aws:servicequotas:${region}:${account}:${serviceCode}/${code}`;
  const describe = (place: Place, quota: Quota, value: number): sdk.ServiceQuota => ({
    ServiceCode: quota.serviceCode,
    ServiceName: quota.serviceName,
    QuotaArn: arn(place, quota),
    QuotaCode: quota.code,
    QuotaName: quota.name,
    Value: value,
    Unit: 'None',
    Adjustable: quota.adjustable,
    GlobalQuota: false,
    QuotaAppliedAtLevel: 'ACCOUNT',
  });
  const applied = (place: Place, quota: Quota) => describe(place, quota, values.get(key(place, quota)) ?? quota.value);
  const ofService = (serviceCode: string | undefined): readonly Quota[] => {
    const found = catalogue.filter((quota) => quota.serviceCode === serviceCode);
    if (found.length === 0) throw noSuchResource(`The service ${serviceCode} does not exist in Service Quotas.`);
    return found;
  };
  const found = (serviceCode: string | undefined, quotaCode: string | undefined): Quota => {
    const quota = ofService(serviceCode).find(({ code }) => code === quotaCode);
    if (quota === undefined) throw noSuchResource(`The quota ${quotaCode} of ${serviceCode} does not exist.`);
    return quota;
  };
  const anywhere = (action: string) => () => ({ action: `servicequotas:${action}`, resources: ['*'] });

  const operations = [
    operation<sdk.ListServicesCommandInput, sdk.ListServicesCommandOutput>(sdk.ListServices$, {
      permissions: anywhere('ListServices'),
      run: (input) => {
        const names = new Map(catalogue.map(({ serviceCode, serviceName }) => [serviceCode, serviceName]));
        const { items, rest } = page([...names], input);
        return { Services: items.map(([ServiceCode, ServiceName]) => ({ ServiceCode, ServiceName })), ...rest };
      },
    }),
    operation<sdk.ListServiceQuotasCommandInput, sdk.ListServiceQuotasCommandOutput>(sdk.ListServiceQuotas$, {
      permissions: anywhere('ListServiceQuotas'),
      run: (input, context) => {
        const { items, rest } = page(ofService(input.ServiceCode), input);
        return { Quotas: items.map((quota) => applied(context, quota)), ...rest };
      },
    }),
    operation<sdk.ListAWSDefaultServiceQuotasCommandInput, sdk.ListAWSDefaultServiceQuotasCommandOutput>(
      sdk.ListAWSDefaultServiceQuotas$,
      {
        permissions: anywhere('ListAWSDefaultServiceQuotas'),
        run: (input, context) => {
          const { items, rest } = page(ofService(input.ServiceCode), input);
          return { Quotas: items.map((quota) => describe(context, quota, quota.value)), ...rest };
        },
      },
    ),
    operation<sdk.GetServiceQuotaCommandInput, sdk.GetServiceQuotaCommandOutput>(sdk.GetServiceQuota$, {
      permissions: anywhere('GetServiceQuota'),
      run: ({ ServiceCode, QuotaCode }, context) => ({ Quota: applied(context, found(ServiceCode, QuotaCode)) }),
    }),
    operation<sdk.GetAWSDefaultServiceQuotaCommandInput, sdk.GetAWSDefaultServiceQuotaCommandOutput>(
      sdk.GetAWSDefaultServiceQuota$,
      {
        permissions: anywhere('GetAWSDefaultServiceQuota'),
        run: ({ ServiceCode, QuotaCode }, context) => {
          const quota = found(ServiceCode, QuotaCode);
          return { Quota: describe(context, quota, quota.value) };
        },
      },
    ),
    operation<sdk.RequestServiceQuotaIncreaseCommandInput, sdk.RequestServiceQuotaIncreaseCommandOutput>(
      sdk.RequestServiceQuotaIncrease$,
      {
        writes: true,
        permissions: ({ ServiceCode, QuotaCode }, { account, region }) => ({
          action: 'servicequotas:RequestServiceQuotaIncrease',
          resources: [`arn:aws:servicequotas:${region}:${account}:${ServiceCode}/${QuotaCode}`],
        }),
        // Granted at once: a person at AWS decides otherwise, and there is none here.
        run: ({ ServiceCode, QuotaCode, DesiredValue = 0 }, context) => {
          const quota = found(ServiceCode, QuotaCode);
          if (!quota.adjustable)
            throw new AwsError('InvalidResourceStateException', `${quota.name} is not adjustable.`);
          if (DesiredValue <= (applied(context, quota).Value ?? 0)) {
            const message = `The desired value of ${quota.name} must be greater than the current one.`;
            throw new AwsError('IllegalArgumentException', message);
          }
          values.set(key(context, quota), DesiredValue);
          const at = new Date(world.clock.now());
          return {
            RequestedQuota: {
              Id: world.chance.hex(32),
              ServiceCode: quota.serviceCode,
              ServiceName: quota.serviceName,
              QuotaCode: quota.code,
              QuotaName: quota.name,
              DesiredValue,
              Status: 'APPROVED',
              Created: at,
              LastUpdated: at,
              QuotaArn: arn(context, quota),
              GlobalQuota: false,
              Unit: 'None',
              QuotaRequestedAtLevel: 'ACCOUNT',
            },
          };
        },
      },
    ),
  ];

  return {
    definition: {
      signingName: 'servicequotas',
      eventSource: 'servicequotas.amazonaws.com',
      protocol: 'aws-json-1.1',
      targetPrefix: 'ServiceQuotasV20190624',
      errors: errorSchemas(sdk),
      operations,
      api: operationSchemas(sdk),
    },
    set: (account, region, serviceCode, name, value) => {
      const quota = ofService(serviceCode).find((one) => one.name === name);
      if (quota === undefined) throw noSuchResource(`There is no quota ${name} of ${serviceCode}.`);
      values.set(key({ account, region }, quota), value);
    },
  };
}
