import { finding } from '../findings.ts';
import { hindrancesOf } from './cutover.ts';
import { ownedDomain } from './ledger.ts';
import type { Network } from './network.ts';
import type { PlanBuilder } from './plan-builder.ts';

/**
 * The connection leads to another endpoint than the one wanted. While it answers there, it is pointed at the new one only
 * once that can answer too:
 *
 *     the endpoint it leads to   the new one, and the published names   →
 *     gone, failed               –                                      update the connection
 *     available                  possible                               update the connection
 *     available                  closed, or a name has an error         move-held
 */
export function planMove(builder: PlanBuilder, network: Network): void {
  if (network.stage !== 'elsewhere') return;
  const { endpoint, connection } = network;
  const { service, observed, ledger } = builder.input;
  const { endpointId, vpcId } = connection;
  const near = observed.network?.endpoints.find(({ id }) => id === endpointId)?.state;
  const isAlive = (near ?? observed.endpointElsewhere) === 'available';
  const hindrances = hindrancesOf(builder).filter(
    ({ code, domain }) =>
      code === 'endpoint-closed' || (domain !== undefined && ownedDomain(ledger, domain).records.length > 0),
  );
  if (isAlive && hindrances.length > 0) {
    const what = hindrances.map(({ code, message }) => `${message} (${code})`).join(' ');
    const message = `The service stays attached to ${endpointId} in ${vpcId}, where it answers, and is to be attached to ${endpoint.id}. What hinders: ${what}`;
    builder.findings.push(finding('move-held', { resource: service.arn, message }));
    return;
  }
  const target = observed.network?.vpcId ?? vpcId;
  const why = `it leads to ${endpointId} in ${vpcId}`;
  builder.whenIdle({ kind: 'update-connection', arn: connection.arn, vpcId: target, endpointId: endpoint.id, why });
}
