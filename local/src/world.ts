import type { Chance } from './chance.ts';
import type { Clock } from './clock.ts';
import type { Profile, Switches } from './profile.ts';

/** What every service of the embedded cloud is made with. */
export interface World {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly profile: Profile;
  readonly switches: Switches;
  /** How far the read under way lags, in milliseconds, at most `profile.readLag`, by which every one lags without it. */
  readonly readLag?: () => number;
}

/** Where a DNS question is asked: on the internet, or by the resolver of a VPC. */
export type DnsView = { readonly kind: 'public' } | { readonly kind: 'vpc'; readonly vpcId: string };

export interface Addresses {
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
}

/** Names that AWS itself answers for (App Runner services, interface endpoints), outside of all hosted zones. */
export interface NameSource {
  /** `name` in lower case without the final dot. `undefined`: this source does not know the name in that view. */
  addressesOf(name: string, view: DnsView): Addresses | undefined;
  /** Whether the source is authoritative for `name` at all, so that an unknown name is NXDOMAIN and not passed to another source. */
  covers(name: string): boolean;
}

/** The public zones of the embedded Route 53, as certificate validation and CAA checks see them. */
export interface PublicRecords {
  /** The value of the CNAME at `name` in the public zone that answers for it (no final dot), or `undefined`. */
  cnameAt(name: string): string | undefined;
  /** The issuers named by the closest CAA `issue`/`issuewild` set at or above `name`; `undefined` when there is none. */
  caaIssuers(name: string): readonly string[] | undefined;
}

export interface EndpointInterface {
  readonly networkInterfaceId: string;
  /** Private IPv4 address. */
  readonly address: string;
  readonly ipv6Address?: string;
  readonly subnetId: string;
  /** For example `ap-northeast-1a`. */
  readonly availabilityZone: string;
  /** Whether the interface's security groups let TCP 443 in from the VPC's own addresses. */
  readonly allowsHttps: boolean;
}

/** An interface endpoint as the services beside EC2 see it. */
export interface EndpointView {
  readonly endpointId: string;
  readonly vpcId: string;
  readonly account: string;
  readonly region: string;
  /** `com.amazonaws.<region>.apprunner.requests` for the ones that App Runner can use. */
  readonly serviceName: string;
  /** Lower case, as on the wire (docs/facts.md#endpoint-state-case). */
  readonly state:
    | 'pending'
    | 'available'
    | 'deleting'
    | 'deleted'
    | 'failed'
    | 'rejected'
    | 'expired'
    | 'pendingacceptance';
  readonly interfaces: readonly EndpointInterface[];
}

/** What App Runner and the HTTPS front need from EC2. */
export interface Endpoints {
  endpoint(account: string, region: string, endpointId: string): EndpointView | undefined;
  /** Every endpoint of every account and region. */
  allEndpoints(): readonly EndpointView[];
  /** Called after an endpoint came, went or changed state or security. */
  onEndpointChange(listener: () => void): void;
}

/** A service that a request is routed to. */
export interface RoutedService {
  readonly serviceArn: string;
  readonly serviceName: string;
  readonly paused: boolean;
  /** HTTP status of the application's own answers. */
  readonly applicationStatus: number;
}

/** What the HTTPS front needs from App Runner. */
export interface IngressRouter {
  /** Which service answers for `host` behind the endpoint; `undefined` is App Runner's 404. */
  route(endpointId: string, host: string): RoutedService | undefined;
  /** Names with an issued certificate behind the endpoint: the services' own names and active custom domains. */
  certificateNames(endpointId: string): readonly string[];
}

/** An event of an AWS service, before EventBridge gives it id, time and version. */
export interface ServiceEvent {
  readonly account: string;
  readonly region: string;
  readonly source: string;
  readonly 'detail-type': string;
  readonly resources: readonly string[];
  readonly detail: object;
}

/** Where services put their events: the default bus of the event's account and region. */
export interface EventSink {
  emit(event: ServiceEvent): void;
}
