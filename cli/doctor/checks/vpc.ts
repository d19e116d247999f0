import { endpointServiceName } from '../../../shared/observe/network.ts';
import type { ParameterValues } from '../../stack/parameters.ts';
import { awsCommand } from '../aws-command.ts';
import { about, type DoctorCheck } from '../check.ts';
import { freeBlock } from './free-block.ts';
import type { EndpointFacts, VpcFacts } from './network.ts';

export type OwnVpc = Extract<VpcFacts, { kind: 'own' }>;

interface Where {
  readonly vpcId: string;
  readonly account: string;
  readonly region: string;
}

/** Whether services can be reached from the VPC: it, the endpoint in it or what one is made of, and the probe's place. */
export function judgeVpc(facts: VpcFacts, parameters: ParameterValues, where: Where): readonly DoctorCheck[] {
  const { vpcId, account, region } = where;
  const check = about('vpc', vpcId);
  if (facts.kind === 'none') {
    return [
      check.missing(
        `there is no such VPC in account ${account}, region ${region}`,
        'Give the id of one that exists, in the region of the services.',
        awsCommand('ec2 describe-vpcs', { query: 'Vpcs[].[VpcId,CidrBlock]', output: 'table', region }),
      ),
    ];
  }
  if (facts.kind === 'elsewhere') {
    return [
      check.missing(
        `belongs to account ${facts.ownerId} and is shared: endpoints in it are not seen by App Runner, as users report`,
        'Give a VPC of this account, or leave VpcId out.',
      ),
    ];
  }
  return [
    check.ok(facts.cidrs.join(', ')),
    judgeDns(facts, where),
    ...judgeEndpoints(facts, parameters, where),
    ...judgeProbe(facts, parameters, where),
  ];
}

function judgeDns({ dnsSupport }: OwnVpc, { vpcId, region }: Where): DoctorCheck {
  const check = about('vpc-dns', vpcId);
  if (dnsSupport) return check.ok('its resolver is on');
  return check.missing(
    'enableDnsSupport is off: no name can be resolved in it',
    'Switch it on.',
    awsCommand('ec2 modify-vpc-attribute', { 'vpc-id': vpcId, 'enable-dns-support': { Value: true }, region }),
  );
}

function judgeEndpoints(facts: OwnVpc, parameters: ParameterValues, where: Where): readonly DoctorCheck[] {
  const name = endpointServiceName(where.region);
  const endpoints = facts.endpoints.filter(({ service }) => service === name);
  // Any that works will do: the stack takes that one.
  const [best] = endpoints.toSorted((one, other) => rank(one) - rank(other));
  if (best !== undefined) return judgeEndpoint(best, facts, where);
  return [
    ...judgeNearMiss(facts, where),
    judgeSubnets(facts, parameters.list('EndpointSubnetIds'), where),
    ...judgeGroups(facts, parameters.list('EndpointSecurityGroupIds'), 'endpoint-security-group', 'in', where),
  ];
}

const rank = ({ state }: EndpointFacts): number => (state === 'available' ? 0 : state.startsWith('pending') ? 1 : 2);

function judgeEndpoint(endpoint: EndpointFacts, facts: OwnVpc, where: Where): readonly DoctorCheck[] {
  const { id, state, groupIds, subnetIds } = endpoint;
  const { region } = where;
  const check = about('endpoint', id);
  if (state.startsWith('pending')) return [check.ok(`is ${state}; the stack waits for it`)];
  if (state !== 'available') {
    return [
      check.missing(
        `is ${state}, and blocks a new endpoint`,
        'Delete it; the stack then creates one.',
        awsCommand('ec2 delete-vpc-endpoints', { 'vpc-endpoint-ids': [id], region }),
      ),
    ];
  }
  const groups = facts.groups.filter((group) => groupIds.includes(group.id));
  const zones = new Set(facts.subnets.filter((subnet) => subnetIds.includes(subnet.id)).map(({ zone }) => zone));
  return [
    check.ok(`is available in ${[...zones].join(', ')}`),
    ...(groups.some(({ httpsIn }) => httpsIn)
      ? [about('endpoint-https', id).ok('its security groups let TCP 443 in')]
      : [closed('endpoint-https', id, groupIds[0] ?? '', 'in', facts, where)]),
    ...(endpoint.privateDns
      ? [
          about('endpoint-private-dns', id).warning(
            'has private DNS names on, and App Runner requires them to be off',
            'Switch them off.',
            awsCommand('ec2 modify-vpc-endpoint', { 'vpc-endpoint-id': id, 'no-private-dns-enabled': true, region }),
          ),
        ]
      : []),
    ...(zones.size === 1 ? [oneZone(id, facts, where, id)] : []),
  ];
}

/**
 * App Runner's other endpoint service is for its API, not for requests to services
 * (docs/facts.md#endpoint-service-name).
 */
function judgeNearMiss({ endpoints }: OwnVpc, { region }: Where): readonly DoctorCheck[] {
  const controlPlane = `com.amazonaws.${region}.apprunner`;
  return endpoints
    .filter(({ service }) => service === controlPlane)
    .map(({ id }) =>
      about('endpoint-near-miss', id).warning(
        `is for ${controlPlane}, App Runner's API; services are reached by ${endpointServiceName(region)}, which the stack will make`,
        'Delete it if it was meant for reaching services; it costs by the hour.',
        awsCommand('ec2 delete-vpc-endpoints', { 'vpc-endpoint-ids': [id], region }),
      ),
    );
}

/**
 * The subnets of an endpoint that the stack would create, one in each offered zone
 * (docs/facts.md#one-subnet-per-zone).
 */
function judgeSubnets(facts: OwnVpc, given: readonly string[], where: Where): DoctorCheck {
  const { vpcId } = where;
  const check = about('endpoint-subnets', given.length > 0 ? given.join(',') : vpcId);
  const strangers = given.filter((id) => !facts.subnets.some((subnet) => subnet.id === id));
  const choice = facts.subnets.filter(({ id }) => given.length === 0 || given.includes(id));
  const listed = facts.subnets.map(({ id, zone }) => `${id} (${zone})`).join(', ');
  if (strangers.length > 0) {
    const text = `Give subnets of ${vpcId} in EndpointSubnetIds, or none: ${listed === '' ? 'it has none' : listed}.`;
    return check.missing(`${strangers.join(', ')}: not in ${vpcId}`, text);
  }
  const offered = choice.filter(({ zone }) => facts.offeredZones.includes(zone));
  const zones = new Set(offered.map(({ zone }) => zone));
  if (zones.size === 0) {
    const evidence = `none of them is in a zone that App Runner's endpoint is offered in (${facts.offeredZones.join(', ')})`;
    if (given.length > 0) return check.missing(evidence, `Give others of ${vpcId} in EndpointSubnetIds: ${listed}.`);
    return check.missing(
      evidence,
      'Make a subnet in one of these zones.',
      ...createSubnet(facts, facts.offeredZones[0], where),
    );
  }
  if (zones.size === 1 && facts.offeredZones.length > 1) return oneZone(vpcId, facts, where, [...zones][0] ?? '');
  return check.ok(`in ${[...zones].join(', ')}`);
}

function oneZone(subject: string, facts: OwnVpc, where: Where, taken: string): DoctorCheck {
  const used = new Set(facts.subnets.map(({ zone }) => zone));
  const spare = facts.offeredZones.find((zone) => !used.has(zone));
  const isEndpoint = subject === taken;
  const evidence = isEndpoint ? 'is in one zone only' : `an endpoint would be in ${taken} only`;
  const text = isEndpoint
    ? 'Add a subnet of another zone to it (ec2 modify-vpc-endpoint --add-subnet-ids), or live with an outage of that zone.'
    : 'Make a subnet in another zone, or live with an outage of that zone.';
  return about('endpoint-single-zone', subject).warning(
    evidence,
    text,
    ...(isEndpoint || spare === undefined ? [] : createSubnet(facts, spare, where)),
  );
}

function createSubnet(
  { cidrs, subnets }: OwnVpc,
  zone: string | undefined,
  { vpcId, region }: Where,
): readonly string[] {
  const block = freeBlock(
    cidrs,
    subnets.map(({ cidr }) => cidr),
  );
  if (block === undefined || zone === undefined) return [];
  const options = { 'vpc-id': vpcId, 'availability-zone': zone, 'cidr-block': block, region };
  return [awsCommand('ec2 create-subnet', options)];
}

function judgeGroups(
  facts: OwnVpc,
  given: readonly string[],
  id: string,
  direction: 'in' | 'out',
  where: Where,
): readonly DoctorCheck[] {
  if (given.length === 0) return [];
  const { groups } = facts;
  const strangers = given.filter((one) => !groups.some((group) => group.id === one));
  if (strangers.length > 0) {
    const listed = groups.map((group) => group.id).join(', ');
    const text = `Give security groups of ${where.vpcId}: ${listed}.`;
    return strangers.map((one) => about(id, one).missing(`not a security group of ${where.vpcId}`, text));
  }
  const open = groups.filter(
    (group) => given.includes(group.id) && (direction === 'in' ? group.httpsIn : group.httpsOut),
  );
  if (open.length > 0) return [about(id, given.join(',')).ok(`TCP 443 is let ${direction} by ${open[0]?.id}`)];
  const [first = ''] = given;
  return [closed(id, first, first, direction, facts, where)];
}

/** @param direction `in` to an endpoint, from the VPC's own ranges; `out` of the probe. */
function closed(
  id: string,
  subject: string,
  groupId: string,
  direction: 'in' | 'out',
  { cidrs }: OwnVpc,
  { vpcId, region }: Where,
): DoctorCheck {
  const ranges = direction === 'in' ? cidrs : ['0.0.0.0/0'];
  const permission = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: ranges.map((CidrIp) => ({ CidrIp })) };
  const operation = direction === 'in' ? 'authorize-security-group-ingress' : 'authorize-security-group-egress';
  return about(id, subject).missing(
    `no security group of it lets TCP 443 ${direction}`,
    direction === 'in' ? `Let it in from ${vpcId}.` : 'Let it out.',
    awsCommand(`ec2 ${operation}`, { 'group-id': groupId, 'ip-permissions': [permission], region }),
  );
}

/** The network of the probe. It calls nothing public, so its subnets need no NAT. */
function judgeProbe(facts: OwnVpc, parameters: ParameterValues, where: Where): readonly DoctorCheck[] {
  const subnetIds = parameters.list('ProbeSubnetIds');
  const groupIds = parameters.list('ProbeSecurityGroupIds');
  if (subnetIds.length === 0 && groupIds.length === 0) return [];
  const check = about('probe', where.vpcId);
  if (subnetIds.length === 0 || groupIds.length === 0) {
    const lacking = subnetIds.length === 0 ? 'ProbeSubnetIds' : 'ProbeSecurityGroupIds';
    return [check.missing(`${lacking} is not given: there will be no probe`, `Give ${lacking} too, or neither.`)];
  }
  const strangers = subnetIds.filter((id) => !facts.subnets.some((subnet) => subnet.id === id));
  const listed = facts.subnets.map(({ id, zone }) => `${id} (${zone})`).join(', ');
  return [
    strangers.length > 0
      ? check.missing(
          `${strangers.join(', ')}: not in ${where.vpcId}`,
          `Give subnets of it in ProbeSubnetIds: ${listed}.`,
        )
      : check.ok(`in ${subnetIds.join(', ')}`),
    ...judgeGroups(facts, groupIds, 'probe-security-group', 'out', where),
  ];
}
