import type { RecordsAtName } from '../records/ownership.ts';
import type { RecordSet } from '../records/record-set.ts';
import type { Zone } from '../records/zones.ts';

/** Of one name. */
export interface NameClaim {
  /** ARN of the service that holds it. */
  readonly holder?: string | undefined;
  /** Ids of services that held it and released it: records that they left may be adopted. */
  readonly released: readonly string[];
}

/** What is seen, as plain data: everything the planner knows of the world. */

export type ServiceStatus =
  | 'CREATE_FAILED'
  | 'RUNNING'
  | 'DELETE_FAILED'
  | 'PAUSED'
  | 'OPERATION_IN_PROGRESS'
  /** A status this product does not know: never acted upon. */
  | 'UNKNOWN';

export type ObservedService =
  /** Neither described nor listed any more. */
  | { readonly kind: 'deleted' }
  | {
      readonly kind: 'present';
      readonly status: ServiceStatus;
      readonly isPublic: boolean;
      readonly dualStack: boolean;
      /** Milliseconds since the epoch. */
      readonly createdAt: number;
      /** App Runner's own name of it, normalized; a private service has none (docs/facts.md#private-service-has-no-url). */
      readonly publicName?: string;
      readonly tags: Readonly<Record<string, string>>;
    };

export interface EndpointState {
  readonly id: string;
  /**
   * Lower case (docs/facts.md#endpoint-state-case): `pending`, `available`, `deleting`, `failed`, `rejected`,
   * `expired` …
   */
  readonly state: string;
  /** `DnsEntries[0]`: the regional name and its hosted zone id; absent while pending. */
  readonly name: { readonly name: string; readonly zoneId: string } | undefined;
  /** Whether it has IPv4 and IPv6 addresses; known while it is pending too. */
  readonly isDualStack: boolean;
  /** Private addresses of its network interfaces, IPv4 and IPv6; not asked of a pending one that no connection uses. */
  readonly addresses: readonly string[];
  readonly interfaceCount: number;
  /** Whether its security groups let TCP 443 in from addresses of the VPC; absent where that is not asked. */
  readonly allowsHttps?: boolean;
  /** Ids of prefix lists that may let it in, and that the stack may not read. */
  readonly unreadSources?: readonly string[];
  /** The security group that this installation created for it, and the ranges that it should let in and does not. */
  readonly ownGroup?: { readonly id: string; readonly missing: readonly string[] };
  /** Created by this installation. */
  readonly ours: boolean;
}

/** What an endpoint could be made of; read only when there is none. */
export interface EndpointInputs {
  /** One subnet per zone the endpoint service is offered in. */
  readonly subnetIds: readonly string[];
  /** The subnets for an endpoint with IPv4 and IPv6 addresses, or why there can be none. */
  readonly dualStack:
    | { readonly kind: 'possible'; readonly subnetIds: readonly string[] }
    | { readonly kind: 'impossible'; readonly why: string };
  /** The zones it is offered in. */
  readonly offeredZones: readonly string[];
  /** Groups given by the stack's parameters or made by this installation before; empty: one has to be made. */
  readonly securityGroupIds: readonly string[];
  /** Ranges that a group of this installation lets in. */
  readonly cidrs: readonly string[];
}

export interface NetworkState {
  readonly vpcId: string;
  readonly vpcFound: boolean;
  /** Read only when there is no endpoint, before one is created. */
  readonly vpc?: { /** 12 digits. */ readonly ownerId: string; readonly dnsSupport: boolean };
  readonly endpoints: readonly EndpointState[];
  readonly endpointInputs: EndpointInputs | undefined;
}

export interface ConnectionState {
  readonly arn: string;
  readonly name: string;
  /** `AVAILABLE`, `PENDING_…`, `FAILED_…`; deleted ones are not listed here. */
  readonly status: string;
  readonly domainName: string;
  readonly vpcId: string;
  readonly endpointId: string;
  /** Its owner tag; read only where the name is that of the stack's connection and the ledger knows of none. */
  readonly owner?: string;
}

export interface ValidationRecord {
  /** Normalized. */
  readonly name: string;
  /** As App Runner spells it, with its final dot. */
  readonly value: string;
}

export interface Association {
  /** Lower case (docs/facts.md#domain-status-case). */
  readonly status: string;
  /** One to three, and empty for some seconds after the association (docs/facts.md#validation-records). */
  readonly validation: readonly ValidationRecord[];
  /** Statuses of the validation records that are not SUCCESS, as on the wire. */
  readonly unvalidated?: readonly string[];
  /** The `VpcDNSTargets` name for the desired VPC, once there is a connection. */
  readonly target: string | undefined;
  /** The associated domain that covers this name as its `www.` (docs/facts.md#www-is-on-by-default). */
  readonly coveredBy?: string;
}

export type Issuers =
  /** No CAA record up to the root: every authority may issue. */
  | { readonly kind: 'unrestricted' }
  | {
      readonly kind: 'listed';
      readonly names: readonly string[];
      /** Where the CAA set is. */
      readonly at: string;
      /** Which of its properties decides for the name. */
      readonly property?: 'issue' | 'issuewild';
    }
  /** DNS did not answer: nothing is concluded. */
  | { readonly kind: 'unknown' };

/** What public DNS gives as the name servers of a zone. */
export type NameServers =
  | { readonly kind: 'listed' /** Normalized. */; readonly names: readonly string[] }
  /** Public DNS answers that there are none. */
  | { readonly kind: 'none' }
  /** DNS did not answer: nothing is concluded. */
  | { readonly kind: 'unknown' };

/** The CNAME that public DNS has at a name. */
export type CnameAnswer =
  | { readonly kind: 'value' /** Normalized. */; readonly value: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown' };

/** Who answers publicly for the names of a public zone. */
export interface Delegation {
  /** The name servers of the zone itself, normalized. */
  readonly own: readonly string[];
  /** Those that public DNS gives for the zone's name. */
  readonly public: NameServers;
  /** NS records in the zone, at the name or above it: other name servers answer from there on. */
  readonly cut?: { readonly at: string; readonly names: readonly string[] };
}

export interface DomainState {
  readonly trafficZone: Zone | undefined;
  readonly validationZone: Zone | undefined;
  /** Hosted zones of one name that nothing decides between; neither is the traffic or validation zone then. */
  readonly tiedZones?: readonly Zone[];
  /** Whether public DNS leads to the validation zone; read until the certificate is issued. */
  readonly delegation?: Delegation;
  /** What public DNS has at the names of validation records that exist in the zone; read until the certificate is issued. */
  readonly publicValidation?: Readonly<Record<string, CnameAnswer>>;
  /** A private zone that holds the name but is not associated with the VPC. */
  readonly unseenZone?: Zone;
  /** Which issuers public DNS allows for the name; read only before a certificate is requested. */
  readonly issuers?: Issuers;
  readonly association: Association | undefined;
  /** By zone id: the traffic zone and every zone that was written to. */
  readonly records: Readonly<Record<string, RecordsAtName>>;
  /** The name in the public zone, where that is not the traffic zone. */
  readonly publicRecords?: RecordsAtName;
  /** The closest wildcard above the name in the public zone: it answers for a name that has no records of its own. */
  readonly wildcard?: readonly RecordSet[];
  /** Records at the names of validation records (those wanted and those written), by zone id. */
  readonly validation: Readonly<Record<string, readonly RecordSet[]>>;
}

/** Where DNS was queried: inside the VPC by the probe, or anywhere. */
export type Vantage = 'vpc' | 'public';

export type NameAnswer =
  | { readonly vantage: Vantage; readonly outcome: 'addresses'; readonly addresses: readonly string[] }
  | { readonly vantage: Vantage; readonly outcome: 'nxdomain' | 'no-data' }
  /** No answer, or an error (SERVFAIL, time-out, the probe failed). `denied`: the probe may not be invoked. */
  | { readonly vantage: Vantage; readonly outcome: 'failed'; readonly reason: string; readonly denied?: true };

/** One HTTPS request by the probe, from inside the VPC. */
export type HttpsCheck =
  | { readonly ok: true; readonly status: number; readonly milliseconds: number }
  | { readonly ok: false; readonly reason: string };

/** What the table of claims says of the validation records that a service has written. */
export interface ValidationShares {
  /** Records that the stack wrote and in which the service has a share. */
  readonly own: readonly { readonly zoneId: string; readonly record: RecordSet }[];
  /** Records that the certificates of other services need. */
  readonly others: readonly { readonly zoneId: string; readonly record: RecordSet }[];
}

export interface Observed {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly service: ObservedService;
  readonly network: NetworkState | undefined;
  readonly connections: readonly ConnectionState[];
  /** State of the endpoint that the connection leads to, where it is none of the network's. */
  readonly endpointElsewhere?: string;
  /** Whether any connection uses the endpoint this service was attached to; read once the service has none any more. */
  readonly endpointInUse?: boolean;
  /** Hosted zones that the service's tag names; `zone` is absent where no zone has the id. */
  readonly pinnedZones?: readonly { readonly id: string; readonly zone?: Zone }[];
  /** Desired domains and written ones. */
  readonly domains: Readonly<Record<string, DomainState>>;
  /** Names of the validation records of every domain of the service, also of those that another owner associated. */
  readonly validationInUse?: readonly string[];
  /** Who needs the written validation records; absent where no table says it. */
  readonly shares?: ValidationShares;
  /** Who holds the desired domains among all services of the installation; absent where no table says it. */
  readonly claims?: Readonly<Record<string, NameClaim>>;
  /** Every associated domain of the service. */
  readonly associated?: readonly string[];
  /** Names by which App Runner serves this service and no other: its public name and those of its connections. */
  readonly serviceNames?: readonly string[];
  /** The answer for the connection's DomainName; absent when there is no AVAILABLE connection. */
  readonly answer: NameAnswer | undefined;
  /** By domain, where a probe checked published names. */
  readonly httpsChecks: Readonly<
    Record<string, HttpsCheck & { /** What the name answers with. */ readonly addresses?: readonly string[] }>
  >;
}
