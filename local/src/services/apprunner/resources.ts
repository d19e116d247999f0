import type {
  AutoScalingConfigurationSummary,
  CertificateValidationRecord,
  CustomDomainAssociationStatus,
  EncryptionConfiguration,
  HealthCheckConfiguration,
  InstanceConfiguration,
  OperationStatus,
  OperationType,
  ServiceObservabilityConfiguration,
  ServiceStatus,
  SourceConfiguration,
  VpcIngressConnectionStatus,
} from '@aws-sdk/client-apprunner';
import { ReadLag } from '../../read-lag.ts';
import type { World } from '../../world.ts';
import { invalidRequest, notFound } from './refusals.ts';

/** Names of services and of VPC ingress connections (API model). */
export const NAME = /^[A-Za-z0-9][A-Za-z0-9\-_]{3,39}$/;

/** Whose a resource is and where it lives. */
export interface AppRunnerPlace {
  readonly account: string;
  readonly region: string;
}

/** The three parts that an update replaces as a whole (docs/facts.md#update-replaces-network-configuration). */
export interface ServiceNetwork {
  readonly egressType: 'DEFAULT' | 'VPC';
  readonly vpcConnectorArn?: string;
  readonly isPubliclyAccessible: boolean;
  readonly ipAddressType: 'IPV4' | 'DUAL_STACK';
}

export interface ServiceConfiguration {
  readonly source: SourceConfiguration;
  readonly instance: InstanceConfiguration;
  readonly healthCheck: HealthCheckConfiguration;
  readonly autoScaling: AutoScalingConfigurationSummary;
  readonly observability: ServiceObservabilityConfiguration;
  readonly network: ServiceNetwork;
}

/** One long-running operation on a service, as ListOperations returns it. */
export interface OperationRecord {
  readonly order: number;
  readonly id: string;
  readonly type: OperationType;
  readonly startedAt: number;
  status: OperationStatus;
  updatedAt: number;
  endedAt?: number;
}

export interface ServiceRecord extends AppRunnerPlace {
  readonly kind: 'service';
  /** Order of creation, by which lists are paged. */
  readonly order: number;
  readonly arn: string;
  readonly name: string;
  /** 32 hexadecimal digits without dashes (docs/facts.md#service-arn). */
  readonly id: string;
  /** `<10 characters>.<region>.awsapprunner.com`: kept for the service's whole life, shown and answered only while it is public (inferred). */
  readonly hostname: string;
  /** What `hostname` resolves to while the service is public. */
  readonly publicAddresses: { readonly ipv4: readonly string[]; readonly ipv6: readonly string[] };
  readonly encryption?: EncryptionConfiguration;
  readonly createdAt: number;
  updatedAt: number;
  deletedAt?: number;
  status: ServiceStatus;
  /** Scaled to nothing: by PauseService until ResumeService has succeeded. */
  paused: boolean;
  /** HTTP status that the application itself answers every request with. */
  applicationStatus: number;
  /** As described: the target of an update is shown at once. */
  configuration: ServiceConfiguration;
  /** As running: what traffic meets. Absent until the service has been created successfully. */
  deployed?: ServiceConfiguration;
  readonly operations: OperationRecord[];
  readonly tags: Map<string, string>;
  readonly domains: Map<string, DomainRecord>;
}

/** Where a connection leads. */
export interface ConnectionRoute {
  readonly vpcId: string;
  readonly vpcEndpointId: string;
  readonly domainName: string;
}

export interface ConnectionRecord extends AppRunnerPlace {
  readonly kind: 'connection';
  readonly order: number;
  readonly arn: string;
  readonly name: string;
  readonly serviceArn: string;
  readonly createdAt: number;
  deletedAt?: number;
  status: VpcIngressConnectionStatus;
  /** As described: the target of an update is shown at once. */
  target: ConnectionRoute;
  /** As traffic meets it; DNS knows the name from `resolvesFrom` (milliseconds since the epoch) on. */
  live?: ConnectionRoute & { readonly resolvesFrom: number };
  readonly tags: Map<string, string>;
}

export interface DomainRecord {
  readonly order: number;
  /** Lower case, no final dot; may begin with `*.`. */
  readonly name: string;
  readonly www: boolean;
  /** Lower case on the wire (docs/facts.md#domain-status-case). */
  status: Lowercase<CustomDomainAssociationStatus>;
  records: CertificateValidationRecord[];
}

/** Everything App Runner keeps, of every account and region; an ARN carries both. */
export class AppRunnerResources {
  readonly services = new Map<string, ServiceRecord>();
  readonly connections = new Map<string, ConnectionRecord>();
  readonly #world: World;
  readonly #describedAfterDeletion: number;
  readonly #connectionLag: ReadLag<string, readonly ConnectionRecord[]>;
  readonly #domainLag: ReadLag<string, readonly DomainRecord[]>;
  #order = 0;

  /** @param describedAfterDeletion milliseconds for which a deleted resource is still described. */
  constructor(world: World, describedAfterDeletion: number) {
    this.#world = world;
    this.#describedAfterDeletion = describedAfterDeletion;
    this.#connectionLag = new ReadLag(world);
    this.#domainLag = new ReadLag(world);
  }

  nextOrder(): number {
    return ++this.#order;
  }

  /** A new `<10 characters>.<region>.awsapprunner.com`. */
  newHostname(region: string): string {
    return `${this.#world.chance.base32(10).toLowerCase()}.${region}.awsapprunner.com`;
  }

  /** The service, also for a while after its deletion. @throws AwsError ResourceNotFoundException */
  service(context: AppRunnerPlace, arn: string | undefined): ServiceRecord {
    const service = this.findService(context, arn);
    if (service === undefined) throw notFound(arn);
    return service;
  }

  findService(context: AppRunnerPlace, arn: string | undefined): ServiceRecord | undefined {
    return this.#find(this.services, context, arn);
  }

  /** The connection, also for a while after its deletion. @throws AwsError ResourceNotFoundException */
  connection(context: AppRunnerPlace, arn: string | undefined): ConnectionRecord {
    const connection = this.#find(this.connections, context, arn);
    if (connection === undefined) throw notFound(arn);
    return connection;
  }

  /** A service or connection that is not deleted, for its tags. @throws AwsError ResourceNotFoundException */
  taggable(context: AppRunnerPlace, arn: string | undefined): ServiceRecord | ConnectionRecord {
    const resource = this.findService(context, arn) ?? this.#find(this.connections, context, arn);
    if (resource === undefined || resource.status === 'DELETED') throw notFound(arn);
    return resource;
  }

  /** Services of one account and region that are not deleted, oldest first. */
  servicesIn({ account, region }: AppRunnerPlace): readonly ServiceRecord[] {
    return [...this.services.values()].filter(
      (service) => service.account === account && service.region === region && service.status !== 'DELETED',
    );
  }

  /** Connections of one account and region that are not deleted, oldest first. */
  connectionsIn({ account, region }: AppRunnerPlace): readonly ConnectionRecord[] {
    return [...this.connections.values()].filter(
      (connection) => connection.account === account && connection.region === region && connection.status !== 'DELETED',
    );
  }

  connectionsOf(service: ServiceRecord): readonly ConnectionRecord[] {
    return this.connectionsIn(service).filter((connection) => connection.serviceArn === service.arn);
  }

  /** Connections as ListVpcIngressConnections lists them, behind the truth by the read lag. */
  listedConnections(place: AppRunnerPlace): readonly ConnectionRecord[] {
    return this.#connectionLag.read(placeKey(place), () => this.connectionsIn(place));
  }

  beforeConnectionChange(place: AppRunnerPlace): void {
    this.#connectionLag.beforeChange(placeKey(place), () => this.connectionsIn(place).map((one) => ({ ...one })));
  }

  /** Domains as DescribeCustomDomains lists them, behind the truth by the read lag. */
  listedDomains(service: ServiceRecord): readonly DomainRecord[] {
    return this.#domainLag.read(service.arn, () => [...service.domains.values()]);
  }

  beforeDomainChange(service: ServiceRecord): void {
    this.#domainLag.beforeChange(service.arn, () => [...service.domains.values()].map((one) => ({ ...one })));
  }

  #find<Resource extends AppRunnerPlace & { readonly deletedAt?: number }>(
    resources: ReadonlyMap<string, Resource>,
    context: AppRunnerPlace,
    arn: string | undefined,
  ): Resource | undefined {
    const resource = arn === undefined ? undefined : resources.get(arn);
    if (resource === undefined) return undefined;
    if (resource.account !== context.account || resource.region !== context.region) return undefined;
    const forgotten =
      resource.deletedAt !== undefined && this.#world.clock.now() >= resource.deletedAt + this.#describedAfterDeletion;
    return forgotten ? undefined : resource;
  }
}

/** @throws AwsError InvalidRequestException when a required member is missing. */
export function given(value: string | undefined, member: string): string {
  if (value === undefined || value === '') throw invalidRequest(`${member} is required.`);
  return value;
}

export const arnOf = (context: AppRunnerPlace, resource: string): string =>
  `arn:aws:apprunner:${context.region}:${context.account}:${resource}`;

const placeKey = ({ account, region }: AppRunnerPlace): string => `${account} ${region}`;
