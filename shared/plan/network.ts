import { MINUTE } from '../duration.ts';
import { type Finding, finding } from '../findings.ts';
import { graceEnd } from '../policy/grace-time.ts';
import { networkOf } from '../policy/rules.ts';
import type { ServiceIdentity } from '../service-arn.ts';
import { connectionName, isOwnConnection, waitForOwner } from './connection-owner.ts';
import type { ConnectionState, EndpointState, NetworkState } from './observed.ts';
import type { PlanBuilder, PlanInput } from './plan-builder.ts';
import { answerFingerprint, gate } from './publish-gate.ts';

/** How far the way into the service is there. Each stage has what those before it have. */
export type Network =
  /** Nothing can come of it until a person has fixed what a finding reports. */
  | { readonly stage: 'impossible' }
  | { readonly stage: 'missing' }
  /** The endpoint is available, and the service public: the next step cuts its public name (`planCutover`). */
  | { readonly stage: 'public'; readonly endpoint: EndpointState }
  /** The stack's connection leads to another endpoint (`planMove`). */
  | { readonly stage: 'elsewhere'; readonly endpoint: EndpointState; readonly connection: ConnectionState }
  | { readonly stage: 'connected'; readonly endpoint: EndpointState; readonly connection: ConnectionState }
  | {
      readonly stage: 'open';
      readonly endpoint: EndpointState;
      readonly connection: ConnectionState;
      /** Whether the endpoint's addresses have been seen in DNS, and not just waited for long enough. */
      readonly verified: boolean;
    };

const ON_THE_WAY = ['pending', 'pendingacceptance', 'deleting'];

function vpcNotFound({ arn, account, region }: ServiceIdentity, { vpcId }: NetworkState): Finding {
  const message = `${vpcId} does not exist in account ${account}, region ${region}.`;
  return finding('vpc-not-found', { resource: arn, message });
}

function endpointNotFound({ arn }: ServiceIdentity, { vpcId }: NetworkState, endpointId: string): Finding {
  const message = `${endpointId} is not an App Runner endpoint of ${vpcId}.`;
  return finding('endpoint-not-found', { resource: arn, message });
}

/** What of the network is named and is not there, as the plan would report it. Pure. */
export function missingNetwork(
  service: ServiceIdentity,
  network: NetworkState,
  endpointId: string | undefined,
): Finding | undefined {
  if (!network.vpcFound) return vpcNotFound(service, network);
  const isThere = endpointId === undefined || network.endpoints.some(({ id }) => id === endpointId);
  return isThere ? undefined : endpointNotFound(service, network, endpointId);
}

/**
 * Endpoint, then private, then connection, then DNS: nothing is cut before its replacement can be made
 * (docs/facts.md#connection-needs-private-service).
 *
 *     endpoint      service   connection          name           →
 *     none          –         –                   –              create it (its security group first)
 *     pending       –         –                   –              wait
 *     available     public    –                   –              make private (see `planCutover`)
 *     available     private   none                –              create
 *     available     private   PENDING_…           –              wait
 *     available     private   FAILED_…            –              delete, to be made anew
 *     available     private   other endpoint      –              update (see `planMove`)
 *     available     private   AVAILABLE           not seen       wait
 *     available     private   AVAILABLE           seen           open
 *     available     private   AVAILABLE           unobservable   wait for the grace time, then open but unverified
 */
export function planNetwork(builder: PlanBuilder, network: NetworkState): Network {
  const { observed, service } = builder.input;
  const [connection] = observed.connections;
  if (!network.vpcFound) {
    builder.findings.push(vpcNotFound(service, network));
    return { stage: 'impossible' };
  }
  if (waitForOwner(builder, connection)) return { stage: 'missing' };
  const { desired } = builder.input.desire;
  const named = desired.kind === 'private' ? desired.endpointId : undefined;
  const candidates = candidatesOf(builder.input);
  const endpoint = chooseEndpoint(candidates, connection);
  if (named !== undefined && !network.endpoints.some(({ id }) => id === named)) {
    builder.findings.push(endpointNotFound(service, network, named));
    if (builder.input.required !== true) return { stage: 'impossible' };
  }
  if (endpoint === undefined) {
    return { stage: planEndpoint(builder, network) ? 'missing' : 'impossible' };
  }
  if (!endpoint.isDualStack) reportIpv4Only(builder, `The endpoint ${endpoint.id} has IPv4 addresses only`);
  if (ON_THE_WAY.includes(endpoint.state) || (endpoint.state === 'available' && endpoint.name === undefined)) {
    builder.waits.push({
      kind: 'endpoint',
      subject: endpoint.id,
      condition: { check: 'endpoint', endpointId: endpoint.id },
      expected: endpointFingerprint(endpoint),
      why: `the endpoint ${endpoint.id} is ${endpointFingerprint(endpoint)}`,
    });
    return { stage: 'missing' };
  }
  if (endpoint.state !== 'available') {
    builder.findings.push(
      finding('endpoint-unusable', {
        resource: endpoint.id,
        message: `The endpoint ${endpoint.id} is ${endpoint.state}.`,
      }),
    );
    return { stage: 'impossible' };
  }
  if (endpoint.allowsHttps !== true) {
    builder.findings.push(
      finding('endpoint-closed', {
        resource: endpoint.id,
        message: closedMessage(endpoint, network.vpcId),
      }),
    );
  }
  const { ownGroup } = endpoint;
  if (ownGroup !== undefined && ownGroup.missing.length > 0) {
    const why = 'the VPC or the policy has gained a range';
    builder.actions.push({ kind: 'extend-security-group', groupId: ownGroup.id, cidrs: ownGroup.missing, why });
  }
  if (endpoint.interfaceCount === 1) {
    const message = `The endpoint ${endpoint.id} has one network interface, so it is in one zone only.`;
    builder.findings.push(finding('endpoint-single-zone', { resource: endpoint.id, message }));
  }
  if (observed.service.kind === 'present' && observed.service.isPublic) {
    return { stage: 'public', endpoint };
  }
  return planConnection(builder, network, endpoint, connection);
}

/** The endpoint to use, if it is available. */
export function candidateEndpoint(input: PlanInput): EndpointState | undefined {
  const endpoint = chooseEndpoint(candidatesOf(input), input.observed.connections[0]);
  return endpoint?.state === 'available' ? endpoint : undefined;
}

/** The endpoint that is named, or all. Where a rule requires the service to be private, one of no use is no way out. */
function candidatesOf({ observed, desire: { desired }, required }: PlanInput): readonly EndpointState[] {
  const all = observed.network?.endpoints ?? [];
  const named = desired.kind === 'private' ? desired.endpointId : undefined;
  if (named === undefined) return all;
  const found = all.filter(({ id }) => id === named);
  return required === true && !found.some(({ state }) => state === 'available') ? all : found;
}

/** The endpoint the connection uses if it lives; else one that is available, ours first; else whatever there is. */
function chooseEndpoint(
  endpoints: readonly EndpointState[],
  connection: ConnectionState | undefined,
): EndpointState | undefined {
  const rank = (endpoint: EndpointState) =>
    (endpoint.state === 'available' ? 0 : ON_THE_WAY.includes(endpoint.state) ? 4 : 8) +
    (endpoint.id === connection?.endpointId ? 0 : 2) +
    (endpoint.ours ? 0 : 1);
  const alive = endpoints.filter(({ state }) => state !== 'deleted');
  return alive.toSorted((a, b) => rank(a) - rank(b) || a.id.localeCompare(b.id))[0];
}

/** What is not read is not called closed. */
function closedMessage({ id, unreadSources = [] }: EndpointState, vpcId: string): string {
  if (unreadSources.length === 0)
    return `No security group of the endpoint ${id} lets TCP 443 in from addresses of ${vpcId}.`;
  return `It is not known whether the security groups of the endpoint ${id} let TCP 443 in from addresses of ${vpcId}: their rules name prefix lists that the stack may not read (${unreadSources.join(', ')}; ec2:GetManagedPrefixListEntries).`;
}

/** The result of the check of an endpoint: another one once it has its DNS entries, which may come after `available`. */
export function endpointFingerprint({ state, name }: Pick<EndpointState, 'state' | 'name'>): string {
  return state === 'available' && name === undefined ? 'available, without DNS entries yet' : state;
}

/** A dual-stack service that IPv6 clients do not reach. */
function reportIpv4Only({ findings, input }: PlanBuilder, what: string): void {
  const { observed, service } = input;
  if (observed.service.kind !== 'present' || !observed.service.dualStack) return;
  const message = `${what}, and the service is dual-stack: no AAAA record is published.`;
  findings.push(finding('endpoint-not-dual-stack', { resource: service.arn, message }));
}

/** @returns whether there will be one. */
function planEndpoint(builder: PlanBuilder, { vpcId, vpc, endpointInputs }: NetworkState): boolean {
  const { account } = builder.input.service;
  if (vpc !== undefined && vpc.ownerId !== account) {
    const message = `${vpcId} belongs to account ${vpc.ownerId}, the service to ${account}.`;
    builder.findings.push(finding('vpc-shared', { resource: vpcId, message }));
  } else if (vpc?.dnsSupport === false) {
    const message = `${vpcId} has enableDnsSupport switched off.`;
    builder.findings.push(finding('vpc-dns-off', { resource: vpcId, message }));
  } else if (endpointInputs === undefined || endpointInputs.subnetIds.length === 0) {
    builder.findings.push(
      finding('subnets-not-found', {
        resource: vpcId,
        message: `${vpcId} has no subnet in ${endpointInputs?.offeredZones.join(', ') || 'any zone'}, where the App Runner endpoint service is offered.`,
      }),
    );
  } else if (endpointInputs.securityGroupIds.length === 0) {
    const why = 'the endpoint needs a security group that lets HTTPS in';
    builder.actions.push({ kind: 'create-security-group', vpcId, cidrs: endpointInputs.cidrs, why });
  } else {
    const { securityGroupIds, dualStack } = endpointInputs;
    const { service } = builder.input.observed;
    const isDualStack = service.kind === 'present' && service.dualStack && dualStack.kind === 'possible';
    const subnetIds = isDualStack ? dualStack.subnetIds : endpointInputs.subnetIds;
    const why = 'the VPC has no App Runner endpoint';
    builder.actions.push({
      kind: 'create-endpoint',
      vpcId,
      subnetIds,
      securityGroupIds,
      dualStack: isDualStack,
      why,
    });
  }
  if (endpointInputs?.dualStack.kind === 'impossible') {
    reportIpv4Only(builder, `The endpoint of ${vpcId} gets IPv4 addresses only (${endpointInputs.dualStack.why})`);
  }
  return builder.actions.some(({ kind }) => kind === 'create-security-group' || kind === 'create-endpoint');
}

/** Milliseconds before a failed connection is made anew for the second and third time. */
const CONNECTION_PAUSES = [2 * MINUTE, 10 * MINUTE];

function planConnection(
  builder: PlanBuilder,
  network: NetworkState,
  endpoint: EndpointState,
  connection: ConnectionState | undefined,
): Network {
  const { vpcId } = network;
  const name = connectionName(builder.input.service.arn);
  if (connection === undefined) {
    const why = 'the service has no VPC ingress connection';
    builder.whenIdle({ kind: 'create-connection', name, vpcId, endpointId: endpoint.id, why });
    return { stage: 'missing' };
  }
  const ours = isOwnConnection(builder.input, connection);
  if (connection.status.startsWith('PENDING_')) {
    waitForConnection(builder, connection);
    return { stage: 'missing' };
  }
  if (connection.status !== 'AVAILABLE') {
    builder.findings.push(
      finding('connection-failed', {
        resource: connection.arn,
        message: `The VPC ingress connection ${connection.name} is ${connection.status}.`,
      }),
    );
    if (ours && connection.status.startsWith('FAILED_')) {
      const again = { kind: 'delete-connection', arn: connection.arn, why: 'it failed; it is created again' } as const;
      if (builder.whenPaused(again, CONNECTION_PAUSES)) {
        const message = `The VPC ingress connection ${connection.name} is ${connection.status} after ${CONNECTION_PAUSES.length + 2} attempts.`;
        builder.findings.push(finding('connection-given-up', { resource: connection.arn, message }));
      }
    }
    return { stage: 'missing' };
  }
  if (connection.vpcId !== vpcId || connection.endpointId !== endpoint.id) {
    if (ours) return { stage: 'elsewhere', endpoint, connection };
    builder.findings.push(
      finding('connection-elsewhere', {
        resource: connection.arn,
        message: `The service has a VPC ingress connection of another owner, ${connection.name}, that leads to ${connection.endpointId} in ${connection.vpcId}; a service has one at most.`,
      }),
    );
    return { stage: 'impossible' };
  }
  return planGate(builder, network, endpoint, connection);
}

export function waitForConnection(builder: PlanBuilder, connection: ConnectionState): void {
  builder.waits.push({
    kind: 'connection',
    subject: connection.arn,
    condition: { check: 'connection', arn: connection.arn },
    expected: connection.status,
    why: `the VPC ingress connection ${connection.name} is ${connection.status}`,
  });
}

function planGate(
  builder: PlanBuilder,
  network: NetworkState,
  endpoint: EndpointState,
  connection: ConnectionState,
): Network {
  const { answer, at } = builder.input.observed;
  if (answer === undefined) return { stage: 'connected', endpoint, connection };
  const result = gate(answer, endpoint.addresses);
  const waitForName = (why: string, endsAt?: number) =>
    builder.waits.push({
      kind: 'dns',
      subject: connection.domainName,
      condition: {
        check: 'name',
        name: connection.domainName,
        probe: networkOf(builder.input.rules, network.vpcId)?.probe,
      },
      expected: answerFingerprint(answer),
      why: `${connection.domainName} has to answer with ${endpoint.addresses.join(', ')}: ${why}`,
      ...(endsAt === undefined ? {} : { endsAt }),
    });
  switch (result.kind) {
    case 'seen':
      return { stage: 'open', endpoint, connection, verified: true };
    case 'not-yet':
      waitForName(result.why);
      return { stage: 'connected', endpoint, connection };
    case 'wrong':
      waitForName(result.why);
      builder.findings.push(
        finding('dns-wrong', {
          resource: connection.arn,
          message: `${connection.domainName}, asked from ${answer.vantage === 'vpc' ? 'inside the VPC' : 'the internet'}: ${result.why}.`,
        }),
      );
      return { stage: 'connected', endpoint, connection };
    case 'unobservable': {
      const unseen = finding('dns-unobservable', {
        resource: connection.arn,
        message: `${connection.domainName} cannot be seen from here: ${result.why}.`,
      });
      builder.findings.push(unseen);
      const { findings, rules } = builder.input;
      const until = graceEnd(findings, ({ id }) => id === unseen.id, rules.unobservableGrace, at);
      if (at >= until) return { stage: 'open', endpoint, connection, verified: false };
      waitForName(`${result.why}, so the grace time runs`, until);
      return { stage: 'connected', endpoint, connection };
    }
  }
}
