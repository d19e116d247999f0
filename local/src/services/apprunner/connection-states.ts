import type { VpcIngressConnectionStatus } from '@aws-sdk/client-apprunner';
import type { AppRunnerPlace, ConnectionRecord, ServiceRecord } from './resources.ts';
import type { AppRunnerSetting } from './setting.ts';

/**
 * From which states a connection may be changed (docs/facts.md#connection-update-states,
 * docs/facts.md#connection-delete-states):
 *
 *     PENDING_CREATION ─► AVAILABLE ◄─► PENDING_UPDATE        AVAILABLE ─► PENDING_DELETION ─► DELETED
 *            └─► FAILED_CREATION  │           └─► FAILED_UPDATE                    └─► FAILED_DELETION
 */
export const updatable: readonly VpcIngressConnectionStatus[] = ['AVAILABLE', 'FAILED_CREATION', 'FAILED_UPDATE'];
export const deletable: readonly VpcIngressConnectionStatus[] = [...updatable, 'FAILED_DELETION'];

/** The name stops being answered at once, the resource goes after `profile.connectionDeletion` (inferred). */
export function beginConnectionDeletion(
  { world, faults, resources }: AppRunnerSetting,
  connection: ConnectionRecord,
): void {
  const { clock, profile } = world;
  if (connection.status === 'PENDING_DELETION') return;
  resources.beforeConnectionChange(connection);
  connection.status = 'PENDING_DELETION';
  delete connection.live;
  clock.schedule(profile.connectionDeletion, () => {
    if (faults.meets('connection-deletion')) {
      connection.status = 'FAILED_DELETION';
    } else {
      resources.beforeConnectionChange(connection);
      connection.status = 'DELETED';
      connection.deletedAt = clock.now();
    }
  });
}

/** Makes the target live after `duration`, unless a fault or the endpoint's end comes in between. */
export function beginSettling(
  setting: AppRunnerSetting,
  connection: ConnectionRecord,
  duration: number,
  kind: { readonly fault: 'connection-creation' | 'connection-update'; readonly failed: VpcIngressConnectionStatus },
): void {
  const { world, faults } = setting;
  const { clock, profile } = world;
  const pending = connection.status;
  clock.schedule(duration, () => {
    if (connection.status !== pending) return; // deleted with its service meanwhile
    const failed = faults.meets(kind.fault) || problemOfEndpoint(setting, connection, connection.target) !== undefined;
    connection.status = failed ? kind.failed : 'AVAILABLE';
    if (failed) return;
    const known = connection.live?.domainName === connection.target.domainName;
    const resolvesFrom = known && connection.live ? connection.live.resolvesFrom : clock.now() + profile.connectionDns;
    connection.live = { ...connection.target, resolvesFrom };
  });
}

export type Target = { readonly vpcId: string; readonly vpcEndpointId: string };

/** Why the endpoint cannot carry a connection, or `undefined` if it can. */
export function problemOfEndpoint(
  { endpoints }: AppRunnerSetting,
  { account, region }: AppRunnerPlace,
  target: Target,
): string | undefined {
  const endpoint = endpoints.endpoint(account, region, target.vpcEndpointId);
  if (endpoint === undefined) return `VPC endpoint ${target.vpcEndpointId} does not exist.`;
  if (endpoint.serviceName !== `com.amazonaws.${region}.apprunner.requests`) {
    return `VPC endpoint ${target.vpcEndpointId} is for ${endpoint.serviceName}, not for com.amazonaws.${region}.apprunner.requests.`;
  }
  if (endpoint.vpcId !== target.vpcId) return `VPC endpoint ${target.vpcEndpointId} is not in VPC ${target.vpcId}.`;
  if (endpoint.state !== 'available') {
    return `VPC endpoint ${target.vpcEndpointId} must be available, its state is ${endpoint.state}.`;
  }
  return undefined;
}

/** Why the service cannot have a connection, or `undefined` if it can: it must be private, and have been deployed so. */
export function problemOfService(service: ServiceRecord): string | undefined {
  if (service.status !== 'RUNNING' && service.status !== 'PAUSED') {
    return `Service must be RUNNING or PAUSED, its status is ${service.status}.`;
  }
  if (service.deployed?.network.isPubliclyAccessible !== false) {
    return 'Service must not be publicly accessible to have a VPC ingress connection.';
  }
  return undefined;
}
