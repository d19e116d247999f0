import { createHash } from 'node:crypto';
import {
  DescribeVpcEndpointServices$,
  type DescribeVpcEndpointServicesCommandInput,
  type DescribeVpcEndpointServicesCommandOutput,
  type ServiceDetail,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../wire/errors.ts';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import { type Fields, matching } from './filters.ts';
import type { EndpointService, Networks } from './network.ts';
import { reads } from './permissions.ts';
import { zonesOf } from './regions.ts';

/** The regions that App Runner is in (docs/facts.md#app-runner-zone-ids). */
const appRunnerRegions = new Set(
  (
    'us-east-1 us-east-2 us-west-2 ap-south-1 ap-southeast-1 ap-southeast-2 ap-northeast-1 ' +
    'eu-central-1 eu-west-1 eu-west-2 eu-west-3'
  ).split(' '),
);

/** The endpoint services of a region. Only App Runner's are imitated: nothing else of the embedded cloud is reached privately. */
function endpointServices(region: string): readonly EndpointService[] {
  if (!appRunnerRegions.has(region)) return [];
  const control = `apprunner.${region}.amazonaws.com`;
  return [
    { name: `com.amazonaws.${region}.apprunner`, region, dnsLabel: 'apprunner', privateDnsName: control },
    {
      name: `com.amazonaws.${region}.apprunner.requests`,
      region,
      dnsLabel: 'requests.apprunner',
      exclusiveDomain: `requests.${control}`,
    },
  ];
}

/** @throws AwsError `InvalidServiceName` (message captured). */
export function endpointService(region: string, name: string): EndpointService {
  const service = endpointServices(region).find((candidate) => candidate.name === name);
  if (service === undefined) {
    throw new AwsError('InvalidServiceName', `The Vpc Endpoint Service '${name}' does not exist`);
  }
  return service;
}

/** The kinds of addresses that an endpoint service accepts requests over. */
export type AddressFamily = 'ipv4' | 'ipv6';

/** Which zones and address families each endpoint service offers. */
export class EndpointOffers {
  readonly #zones = new Map<string, readonly string[]>();
  readonly #families = new Map<string, readonly AddressFamily[]>();

  /** From now on `serviceName` is offered in these zones only (`ap-northeast-1a` …). */
  setZones(serviceName: string, zoneNames: readonly string[]): void {
    this.#zones.set(serviceName, zoneNames);
  }

  /** From now on `serviceName` accepts requests over these address families only. */
  setFamilies(serviceName: string, families: readonly AddressFamily[]): void {
    this.#families.set(serviceName, families);
  }

  families(service: EndpointService): readonly AddressFamily[] {
    return this.#families.get(service.name) ?? ['ipv4', 'ipv6'];
  }

  /** By default every zone but us-east-1's zone 3, which newer services are not in (inferred; AWS publishes no list). */
  zones(service: EndpointService): readonly string[] {
    return (
      this.#zones.get(service.name) ??
      zonesOf(service.region)
        .filter((zone) => zone.id !== 'use1-az3')
        .map((zone) => zone.name)
    );
  }
}

const fields: Fields<ServiceDetail> = {
  owner: (service) => [service.Owner ?? ''],
  'service-name': (service) => [service.ServiceName ?? ''],
  'service-region': (service) => [service.ServiceRegion ?? ''],
  'service-type': (service) => (service.ServiceType ?? []).map((type) => type.ServiceType ?? ''),
  'supported-ip-address-types': (service) => service.SupportedIpAddressTypes ?? [],
};

export function endpointServiceOperations(
  networks: Pick<Networks, 'page'>,
  offers: EndpointOffers,
): readonly OperationDefinition[] {
  const detail = (service: EndpointService): ServiceDetail => ({
    ServiceName: service.name,
    ServiceId: `vpce-svc-${createHash('sha256').update(service.name).digest('hex').slice(0, 17)}`,
    ServiceType: [{ ServiceType: 'Interface' }],
    ServiceRegion: service.region,
    AvailabilityZoneIds: zonesOf(service.region)
      .filter((zone) => offers.zones(service).includes(zone.name))
      .map((zone) => zone.id),
    AvailabilityZones: [...offers.zones(service)],
    Owner: 'amazon',
    BaseEndpointDnsNames: [`${service.dnsLabel}.${service.region}.vpce.amazonaws.com`],
    ...(service.privateDnsName === undefined
      ? {}
      : {
          PrivateDnsName: service.privateDnsName,
          PrivateDnsNames: [{ PrivateDnsName: service.privateDnsName }],
          PrivateDnsNameVerificationState: 'verified' as const,
        }),
    VpcEndpointPolicySupported: false,
    AcceptanceRequired: false,
    ManagesVpcEndpoints: false,
    SupportedIpAddressTypes: [...offers.families(service)],
    Tags: [],
  });

  return [
    operation<DescribeVpcEndpointServicesCommandInput, DescribeVpcEndpointServicesCommandOutput>(
      DescribeVpcEndpointServices$,
      {
        permissions: () => reads('DescribeVpcEndpointServices'),
        run: (input, context) => {
          const wanted = input.ServiceNames ?? [];
          const all = endpointServices(context.region);
          const named = wanted.length === 0 ? all : wanted.map((name) => endpointService(context.region, name));
          const found = matching(named.map(detail), input.Filters, fields, () => []);
          const { items, NextToken } = networks.page(found, input, { clamp: true });
          return { ServiceNames: items.map((service) => service.ServiceName ?? ''), ServiceDetails: items, NextToken };
        },
      },
    ),
  ];
}
