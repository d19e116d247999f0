import * as sdk from '@aws-sdk/client-service-quotas';
import { expect } from 'vitest';
import { ACCOUNT, REGION, type Row, type Rows } from './setting.ts';

const code = { ServiceCode: 'vpc', QuotaCode: 'L-29B6F2EB' };
const endpoints = { QuotaName: 'Interface VPC endpoints per VPC', Value: 50, Adjustable: true };

/** Asked for one quota that is there and one that is not. */
const ofQuota = (
  call: (client: sdk.ServiceQuotasClient, quota: typeof code) => Promise<object>,
  answer: object,
): Row => ({
  call: ({ quotas }) => call(quotas, code),
  answer,
  refused: {
    call: ({ quotas }) => call(quotas, { ...code, QuotaCode: 'L-00000000' }),
    by: sdk.NoSuchResourceException,
  },
});

const ofService = (
  call: (client: sdk.ServiceQuotasClient, ServiceCode: string) => Promise<object>,
  answer: object,
): Row => ({
  call: ({ quotas }) => call(quotas, 'vpc'),
  answer,
  refused: { call: ({ quotas }) => call(quotas, 'none'), by: sdk.NoSuchResourceException },
});

export const quotasRows: Rows = {
  ListServices: {
    call: ({ quotas }) => quotas.send(new sdk.ListServicesCommand({})),
    answer: { Services: expect.arrayContaining([{ ServiceCode: 'apprunner', ServiceName: 'AWS App Runner' }]) },
    refused: {
      call: ({ quotas }) => quotas.send(new sdk.ListServicesCommand({ NextToken: 'none' })),
      by: sdk.InvalidPaginationTokenException,
    },
  },
  ListServiceQuotas: ofService(
    (client, ServiceCode) => client.send(new sdk.ListServiceQuotasCommand({ ServiceCode })),
    { Quotas: [endpoints] },
  ),
  ListAWSDefaultServiceQuotas: ofService(
    (client, ServiceCode) => client.send(new sdk.ListAWSDefaultServiceQuotasCommand({ ServiceCode })),
    { Quotas: [endpoints] },
  ),
  GetServiceQuota: ofQuota((client, quota) => client.send(new sdk.GetServiceQuotaCommand(quota)), {
    Quota: { ...endpoints, QuotaArn: `arn:aws:servicequotas:${REGION}:${ACCOUNT}:vpc/L-29B6F2EB` },
  }),
  GetAWSDefaultServiceQuota: ofQuota((client, quota) => client.send(new sdk.GetAWSDefaultServiceQuotaCommand(quota)), {
    Quota: endpoints,
  }),
  RequestServiceQuotaIncrease: ofQuota(
    (client, quota) => client.send(new sdk.RequestServiceQuotaIncreaseCommand({ ...quota, DesiredValue: 60 })),
    { RequestedQuota: { DesiredValue: 60, Status: 'APPROVED' } },
  ),
};
