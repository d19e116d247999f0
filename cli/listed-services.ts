import { AppRunnerClient, paginateListServices } from '@aws-sdk/client-apprunner';
import type { ClientConfig } from '../shared/aws/client-config.ts';
import { parseServiceArn, type ServiceIdentity } from '../shared/service-arn.ts';

/** What App Runner lists in the account and region of the caller. */
export async function listedServices(config: ClientConfig): Promise<readonly ServiceIdentity[]> {
  const found: ServiceIdentity[] = [];
  for await (const { ServiceSummaryList = [] } of paginateListServices({ client: new AppRunnerClient(config) }, {})) {
    for (const { ServiceArn = '' } of ServiceSummaryList) {
      const service = parseServiceArn(ServiceArn);
      if (service !== undefined) found.push(service);
    }
  }
  return found;
}
