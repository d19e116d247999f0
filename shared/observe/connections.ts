import {
  type AppRunnerClient,
  DescribeVpcIngressConnectionCommand,
  paginateListVpcIngressConnections,
  type VpcIngressConnection,
} from '@aws-sdk/client-apprunner';
import { errorName } from '../errors.ts';
import { connectionName } from '../plan/connection-owner.ts';
import type { ConnectionState } from '../plan/observed.ts';
import { OWNER_TAG } from '../tags.ts';

/** What is asked about connections. */
export interface ConnectionQuestions {
  /** ARNs of the service's connections. */
  list(): Promise<readonly string[]>;
  /** `undefined` when it is deleted. */
  describe(arn: string): Promise<ConnectionState | undefined>;
  tags(arn: string): Promise<Readonly<Record<string, string>>>;
}

/**
 * The VPC ingress connections of a service that are not deleted. The quota allows one; the listing decides.
 * @param isKnown whether the ledger says that this installation created one: then no tag has to.
 */
export async function observeConnections(
  serviceArn: string,
  isKnown: boolean,
  ask: ConnectionQuestions,
): Promise<readonly ConnectionState[]> {
  const connections: ConnectionState[] = [];
  for (const arn of await ask.list()) {
    const connection = await ask.describe(arn);
    if (connection === undefined) continue;
    const isNamed = connection.name === connectionName(serviceArn);
    const owner = isNamed && !isKnown ? await ownerOf(ask, arn) : undefined;
    connections.push({ ...connection, ...(owner === undefined ? {} : { owner }) });
  }
  return connections;
}

/** The VPC ingress connections of a service, without their owners. */
export function describeConnections(
  appRunner: AppRunnerClient,
  serviceArn: string,
): Promise<readonly ConnectionState[]> {
  return observeConnections(serviceArn, true, {
    list: async () => (await listConnections(appRunner, serviceArn)).map(({ arn }) => arn),
    describe: (arn) => describeConnection(appRunner, arn),
    tags: async () => ({}),
  });
}

async function ownerOf(ask: ConnectionQuestions, connectionArn: string): Promise<string | undefined> {
  try {
    return (await ask.tags(connectionArn))[OWNER_TAG];
  } catch (error) {
    // Deleted since: the next observation does not list it.
    if (errorName(error) === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** A connection in a listing: the summary has only ARNs (docs/facts.md#connection-listing). */
export interface ListedConnection {
  readonly arn: string;
  readonly serviceArn: string;
}

/** @param serviceArn lists those of one service; otherwise all of the account and region. */
export async function listConnections(
  appRunner: AppRunnerClient,
  serviceArn?: string,
): Promise<readonly ListedConnection[]> {
  const listed: ListedConnection[] = [];
  const filter = serviceArn === undefined ? {} : { Filter: { ServiceArn: serviceArn } };
  for await (const page of paginateListVpcIngressConnections({ client: appRunner }, filter)) {
    for (const { VpcIngressConnectionArn: arn, ServiceArn } of page.VpcIngressConnectionSummaryList ?? [])
      if (arn !== undefined) listed.push({ arn, serviceArn: ServiceArn ?? serviceArn ?? '' });
  }
  return listed;
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
    return connection === undefined ? undefined : connectionState(arn, connection);
  } catch (error) {
    if (errorName(error) === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** @returns `undefined` when it is deleted. */
export function connectionState(
  arn: string,
  { VpcIngressConnectionName, Status, DomainName = '', IngressVpcConfiguration }: VpcIngressConnection,
): ConnectionState | undefined {
  if (Status === 'DELETED') return undefined;
  return {
    arn,
    name: VpcIngressConnectionName ?? '',
    status: Status ?? 'UNKNOWN',
    domainName: DomainName.toLowerCase(),
    vpcId: IngressVpcConfiguration?.VpcId ?? '',
    endpointId: IngressVpcConfiguration?.VpcEndpointId ?? '',
  };
}
