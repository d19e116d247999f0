import { type AppRunnerClient, paginateListServices } from '@aws-sdk/client-apprunner';
import { type EC2Client, paginateDescribeVpcEndpoints } from '@aws-sdk/client-ec2';
import { normalizeName } from '../records/names.ts';
import { claimOf } from '../records/ownership.ts';
import { OWNER_TAG } from '../tags.ts';
import { isEndpointInUse } from './connections.ts';
import { endpointServiceName } from './network.ts';
import { recordSet } from './records.ts';
import { said } from './said.ts';
import { type ListPage, nextStart, type RecordStart } from './zone-pages.ts';

/** ARNs of the services of an account and region, but for the deleted ones. */
export async function observeServices(appRunner: AppRunnerClient): Promise<readonly string[]> {
  const arns: string[] = [];
  for await (const page of paginateListServices({ client: appRunner }, {})) {
    for (const { ServiceArn, Status } of page.ServiceSummaryList ?? []) {
      if (ServiceArn !== undefined && Status !== 'DELETED') arns.push(ServiceArn);
    }
  }
  return arns;
}

/** An endpoint that this installation created and no service is attached to. */
export interface UnusedEndpoint {
  readonly id: string;
  readonly vpcId: string;
  readonly interfaceCount: number;
}

export async function observeUnusedEndpoints(
  ec2: EC2Client,
  appRunner: AppRunnerClient,
  region: string,
  ownerTag: string,
): Promise<readonly UnusedEndpoint[]> {
  const Filters = [
    { Name: 'service-name', Values: [endpointServiceName(region)] },
    { Name: `tag:${OWNER_TAG}`, Values: [ownerTag] },
  ];
  const unused: UnusedEndpoint[] = [];
  for await (const page of paginateDescribeVpcEndpoints({ client: ec2 }, { Filters })) {
    const endpoints = said(page.VpcEndpoints, 'DescribeVpcEndpoints');
    for (const { VpcEndpointId: id = '', VpcId: vpcId = '', State, NetworkInterfaceIds = [] } of endpoints) {
      if (State?.toLowerCase() !== 'available' || (await isEndpointInUse(appRunner, id))) continue;
      unused.push({ id, vpcId, interfaceCount: NetworkInterfaceIds.length });
    }
  }
  return unused;
}

/** An ownership record of this installation. */
export interface StandingClaim {
  /** The name of the TXT, normalized: `_private-ingress.app.example.com`. */
  readonly name: string;
  readonly serviceId: string;
}

/** Every ownership record of the installation in a zone: the whole zone is read. */
export async function observeClaims(list: ListPage, installation: string): Promise<readonly StandingClaim[]> {
  const claims: StandingClaim[] = [];
  for (let start: RecordStart | undefined = {}; start !== undefined; ) {
    const page = await list(start);
    for (const record of page.ResourceRecordSets ?? []) {
      if (record.Type !== 'TXT' || !normalizeName(record.Name ?? '').startsWith('_private-ingress.')) continue;
      const claim = claimOf(recordSet(record));
      if (claim?.installation === installation)
        claims.push({ name: normalizeName(record.Name ?? ''), serviceId: claim.serviceId });
    }
    start = nextStart(page);
  }
  return claims;
}
