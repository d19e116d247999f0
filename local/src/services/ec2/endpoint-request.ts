import { isDeepStrictEqual } from 'node:util';
import type { CreateVpcEndpointCommandInput } from '@aws-sdk/client-ec2';
import { AwsError } from '../../wire/errors.ts';
import { type EndpointOffers, endpointService } from './endpoint-services.ts';
import { required } from './input.ts';
import type {
  AddressType,
  DnsRecordType,
  Ec2Network,
  EndpointRecord,
  EndpointService,
  SubnetRecord,
  VpcRecord,
} from './network.ts';

const invalid = (message: string): AwsError => new AwsError('InvalidParameter', message);

/** A subnet for an interface of the endpoint, and the addresses asked for there, if any. */
export interface Placement {
  readonly subnet: SubnetRecord;
  readonly ipv4: string | undefined;
  readonly ipv6: string | undefined;
}

/** A CreateVpcEndpoint call that would work. */
export interface EndpointRequest {
  readonly vpc: VpcRecord;
  readonly service: EndpointService;
  readonly placements: readonly Placement[];
  readonly groupIds: readonly string[];
  readonly ipAddressType: AddressType;
  readonly dnsRecordType: DnsRecordType;
  readonly privateDns: boolean;
}

/**
 * The one policy that App Runner's endpoint services take, because they take none of one's own
 * (docs/facts.md#endpoint-service-name).
 */
export const FULL_ACCESS = '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}';

/** A policy document without its `Version`, which makes no difference here. */
function statements(policy: string): object {
  try {
    const document: unknown = JSON.parse(policy);
    if (typeof document === 'object' && document !== null) return { ...document, Version: undefined };
  } catch {}
  throw new AwsError('InvalidPolicyDocument', 'The policy document is not a valid JSON object.');
}

/** @throws AwsError `InvalidParameter` for any endpoint policy but full access (message captured from another service without policies). */
export function checkPolicy(service: EndpointService, policy: string | undefined): void {
  if (policy === undefined || policy === '') return;
  if (isDeepStrictEqual(statements(policy), statements(FULL_ACCESS))) return;
  throw invalid(`Service ${service.name} only supports the full-access endpoint policy.`);
}

/**
 * The address type of an endpoint with interfaces in `subnets`. D
 * (https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html): `dualstack` needs subnets with IPv4 and
 * IPv6 ranges, `ipv6` needs IPv6-only subnets, and the service has to accept requests of each family. There are no IPv6-only
 * subnets here, so `ipv6` is always refused. The wording is I.
 * @throws AwsError `InvalidParameter`
 */
export function checkAddressType(
  type: string | undefined,
  service: EndpointService,
  offers: EndpointOffers,
  subnets: readonly SubnetRecord[],
): AddressType {
  if (type === undefined || type === 'ipv4') return 'ipv4';
  if (type !== 'dualstack' && type !== 'ipv6') {
    throw new AwsError('InvalidParameterValue', `Value (${type}) for parameter ipAddressType is invalid.`);
  }
  if (!offers.families(service).includes('ipv6')) {
    throw invalid(`The VPC endpoint service ${service.name} does not support the IP address type ${type}.`);
  }
  if (type === 'ipv6') {
    throw invalid(
      `The IP address type ipv6 needs IPv6 only subnets: ${subnets.map((one) => one.subnetId).join(', ')}.`,
    );
  }
  const without = subnets.find((subnet) => subnet.ipv6Block === undefined);
  if (without !== undefined) {
    throw invalid(`The subnet ${without.subnetId} has no IPv6 CIDR block, which the IP address type dualstack needs.`);
  }
  return type;
}

/**
 * The DNS records of an endpoint. D (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DnsOptionsSpecification.html):
 * each record type needs its address type. That the default is the address type is I.
 * @throws AwsError `InvalidParameter`
 */
export function checkDnsRecordType(type: string | undefined, addressType: AddressType): DnsRecordType {
  if (type === undefined) return addressType;
  const known = (['ipv4', 'dualstack', 'ipv6', 'service-defined'] as const).find((one) => one === type);
  if (known === undefined) {
    throw new AwsError('InvalidParameterValue', `Value (${type}) for parameter dnsRecordIpType is invalid.`);
  }
  if (known !== 'ipv4' && addressType === 'ipv4') {
    throw invalid(`The DNS record IP type ${known} is not supported by the IP address type ${addressType}.`);
  }
  return known;
}

/**
 * The subnets of `ids` for an endpoint that already stands in the zones of `standing`.
 *
 * @throws AwsError `InvalidSubnetID.NotFound`, `InvalidParameter` for a subnet of another VPC or in a zone that the
 * service does not offer, `DuplicateSubnetsInSameZone` (messages captured).
 */
export function checkSubnets(
  network: Ec2Network,
  vpcId: string,
  service: EndpointService,
  offers: EndpointOffers,
  ids: readonly string[],
  standing: readonly SubnetRecord[] = [],
): readonly SubnetRecord[] {
  const zones = new Set(standing.map((subnet) => subnet.zone.name));
  return ids.map((id) => {
    const subnet = network.subnet(id);
    if (subnet.vpcId !== vpcId) throw invalid(`The subnet ${id} does not belong to the VPC ${vpcId}.`);
    if (!offers.zones(service).includes(subnet.zone.name)) {
      throw invalid(
        `The VPC endpoint service ${service.name} does not support the availability zone of the subnet: ${id}.`,
      );
    }
    if (zones.has(subnet.zone.name)) {
      throw new AwsError(
        'DuplicateSubnetsInSameZone',
        `Found another VPC endpoint subnet in the availability zone of ${id}. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.`,
      );
    }
    zones.add(subnet.zone.name);
    return subnet;
  });
}

/** @throws AwsError `InvalidGroup.NotFound`, or `InvalidParameter` for a group of another VPC. */
export function checkGroups(network: Ec2Network, vpcId: string, ids: readonly string[]): readonly string[] {
  for (const id of ids) {
    if (network.group(id).vpcId !== vpcId)
      throw invalid(`The security group ${id} does not belong to the VPC ${vpcId}.`);
  }
  return [...new Set(ids)];
}

/**
 * @throws AwsError `InvalidParameter` when the service has no private name (App Runner's requests,
 * docs/facts.md#endpoint-service-name) or the VPC
 * lacks one of its DNS attributes (documented, captured).
 */
export function checkPrivateDns(service: EndpointService, vpc: VpcRecord): void {
  if (service.privateDnsName === undefined) {
    throw invalid(
      `Private DNS can't be enabled because the service ${service.name} does not provide a private DNS name.`,
    );
  }
  if (!vpc.dnsSupport || !vpc.dnsHostnames) {
    throw invalid(
      `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${vpc.vpcId}`,
    );
  }
}

/**
 * @throws AwsError `InvalidParameter` when another endpoint of the VPC holds the domain. A second endpoint for App Runner's
 * requests was refused to a user so (captured, one report); the wording is EC2's for private DNS (captured), its domain a guess (unknown).
 * An endpoint that is being deleted still holds it (captured), a failed one does not (inferred).
 */
export function checkDomainIsFree(
  network: Ec2Network,
  vpcId: string,
  service: EndpointService,
  privateDns: boolean,
  self?: EndpointRecord,
): void {
  const domain = service.exclusiveDomain ?? (privateDns ? service.privateDnsName : undefined);
  if (domain === undefined) return;
  const holder = network
    .endpointsOf(vpcId)
    .filter((other) => other !== self && other.service.name === service.name)
    .filter((other) => service.exclusiveDomain !== undefined || other.privateDns)
    .find((other) => ['pending', 'available', 'deleting', 'pendingacceptance'].includes(other.state));
  if (holder !== undefined) {
    throw invalid(
      `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${domain} in the VPC ${vpcId}`,
    );
  }
}

/** Reads and checks a CreateVpcEndpoint call; it changes nothing. */
export function endpointRequest(
  network: Ec2Network,
  offers: EndpointOffers,
  input: CreateVpcEndpointCommandInput,
): EndpointRequest {
  const vpc = network.vpc(required(input.VpcId, 'vpcId'));
  const service = endpointService(network.region, required(input.ServiceName, 'serviceName'));
  const type = input.VpcEndpointType ?? 'Gateway';
  const wanted = new Map((input.SubnetConfigurations ?? []).map((one) => [one.SubnetId ?? '', one]));
  const subnetIds = [...(input.SubnetIds ?? []), ...[...wanted.keys()].filter((id) => !input.SubnetIds?.includes(id))];
  if (type === 'Gateway' && subnetIds.length > 0) {
    throw invalid('Subnet IDs are only supported for Interface and GatewayLoadBalancer type VPC Endpoints.');
  }
  if (type !== 'Interface') {
    throw invalid(`Endpoint type (${type}) does not match available service types ([Interface]).`);
  }
  if ((input.RouteTableIds ?? []).length > 0) {
    throw invalid('Route table IDs are only supported for Gateway type VPC Endpoint.');
  }
  checkPolicy(service, input.PolicyDocument);
  // The reference says "Default: true" (API model), yet services without a private name are created without the parameter (inferred).
  const privateDns = input.PrivateDnsEnabled ?? service.privateDnsName !== undefined;
  if (privateDns) checkPrivateDns(service, vpc);
  const subnets = checkSubnets(network, vpc.vpcId, service, offers, subnetIds);
  const groupIds = checkGroups(network, vpc.vpcId, input.SecurityGroupIds ?? []);
  const ipAddressType = checkAddressType(input.IpAddressType, service, offers, subnets);
  const dnsRecordType = checkDnsRecordType(input.DnsOptions?.DnsRecordIpType, ipAddressType);
  checkDomainIsFree(network, vpc.vpcId, service, privateDns);
  return {
    vpc,
    service,
    placements: subnets.map((subnet) => {
      const configuration = wanted.get(subnet.subnetId);
      return { subnet, ipv4: configuration?.Ipv4, ipv6: configuration?.Ipv6 };
    }),
    groupIds: groupIds.length > 0 ? groupIds : [vpc.defaultGroupId],
    ipAddressType,
    dnsRecordType,
    privateDns,
  };
}
