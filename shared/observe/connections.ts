import {
  type AppRunnerClient,
  DescribeVpcIngressConnectionCommand,
  paginateListVpcIngressConnections,
} from '@aws-sdk/client-apprunner';
import { errorName } from '../errors.ts';
import { connectionName } from '../plan/connection-owner.ts';
import type { ConnectionState } from '../plan/observed.ts';
import { OWNER_TAG } from '../tags.ts';
import { observeTags } from './service.ts';

/**
 * The VPC ingress connections of a service that are not deleted. The quota allows one; the listing decides.
 * @param isKnown whether the ledger says that this installation created one: then no tag has to.
 */
export async function observeConnections(
  appRunner: AppRunnerClient,
  serviceArn: string,
  isKnown: boolean,
): Promise<readonly ConnectionState[]> {
  const connections: ConnectionState[] = [];
  const pages = paginateListVpcIngressConnections({ client: appRunner }, { Filter: { ServiceArn: serviceArn } });
  for await (const page of pages) {
    // The summary has only ARNs (docs/facts.md#connection-listing).
    for (const { VpcIngressConnectionArn } of page.VpcIngressConnectionSummaryList ?? []) {
      if (VpcIngressConnectionArn === undefined) continue;
      const connection = await describeConnection(appRunner, VpcIngressConnectionArn);
      if (connection === undefined) continue;
      const isNamed = connection.name === connectionName(serviceArn);
      const owner = isNamed && !isKnown ? await ownerOf(appRunner, connection.arn) : undefined;
      connections.push({ ...connection, ...(owner === undefined ? {} : { owner }) });
    }
  }
  return connections;
}

async function ownerOf(appRunner: AppRunnerClient, connectionArn: string): Promise<string | undefined> {
  try {
    return (await observeTags(appRunner, connectionArn))[OWNER_TAG];
  } catch (error) {
    // Deleted since: the next observation does not list it.
    if (errorName(error) === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** Whether any service is attached to the endpoint. */
export async function isEndpointInUse(appRunner: AppRunnerClient, endpointId: string): Promise<boolean> {
  for await (const page of paginateListVpcIngressConnections(
    { client: appRunner },
    { Filter: { VpcEndpointId: endpointId } },
  )) {
    for (const { VpcIngressConnectionArn: arn } of page.VpcIngressConnectionSummaryList ?? []) {
      if (arn !== undefined && (await describeConnection(appRunner, arn)) !== undefined) return true;
    }
  }
  return false;
}

/** `undefined` when it is deleted, for which Describe has two answers (docs/facts.md#connection-delete-states). */
export async function describeConnection(
  appRunner: AppRunnerClient,
  arn: string,
): Promise<ConnectionState | undefined> {
  try {
    const { VpcIngressConnection: connection } = await appRunner.send(
      new DescribeVpcIngressConnectionCommand({ VpcIngressConnectionArn: arn }),
    );
    if (connection === undefined || connection.Status === 'DELETED') return undefined;
    return {
      arn,
      name: connection.VpcIngressConnectionName ?? '',
      status: connection.Status ?? 'UNKNOWN',
      domainName: (connection.DomainName ?? '').toLowerCase(),
      vpcId: connection.IngressVpcConfiguration?.VpcId ?? '',
      endpointId: connection.IngressVpcConfiguration?.VpcEndpointId ?? '',
    };
  } catch (error) {
    if (errorName(error) === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}
