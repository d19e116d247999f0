import {
  AssociateCustomDomainCommand,
  CreateServiceCommand,
  CreateVpcIngressConnectionCommand,
  type CustomDomain,
  DescribeCustomDomainsCommand,
  DescribeServiceCommand,
  DescribeVpcIngressConnectionCommand,
  type NetworkConfiguration,
  type Tag,
} from '@aws-sdk/client-apprunner';
import { seededChance } from '../../src/chance.ts';
import { VirtualClock } from '../../src/clock.ts';
import { HELLO_IMAGE } from '../../src/hello-service.ts';
import { defaultSwitches, type Profile, profiles, type Switches } from '../../src/profile.ts';
import { createAppRunner } from '../../src/services/apprunner/app-runner.ts';
import type { AppRunnerOptions } from '../../src/services/apprunner/setting.ts';
import type { CallContext } from '../../src/wire/service.ts';
import type { Endpoints, EndpointView, PublicRecords, ServiceEvent, World } from '../../src/world.ts';

export const account = '123456789012';
export const region = 'ap-northeast-1';
export const vpcId = 'vpc-0123456789abcdef0';
export const endpointId = 'vpce-0123456789abcdef0';

type OutputOf<Command> = Command extends {
  resolveMiddleware(...args: never[]): (args: never) => Promise<{ output: infer Output }>;
}
  ? Output
  : never;

/** Endpoints that a test makes and changes by hand. */
class HandmadeEndpoints implements Endpoints {
  readonly all = new Map<string, EndpointView>();
  readonly #listeners: (() => void)[] = [];

  /** A ready App Runner endpoint in two zones, with `changes`. */
  put(changes: Partial<EndpointView> = {}): EndpointView {
    const one = {
      networkInterfaceId: 'eni-1',
      address: '10.0.22.10',
      ipv6Address: 'fd00::a',
      subnetId: 'subnet-1',
      availabilityZone: 'ap-northeast-1a',
      allowsHttps: true,
    };
    const other = { ...one, networkInterfaceId: 'eni-2', address: '10.0.21.218', subnetId: 'subnet-2' };
    const endpoint: EndpointView = {
      endpointId,
      vpcId,
      account,
      region,
      serviceName: `com.amazonaws.${region}.apprunner.requests`,
      state: 'available',
      interfaces: [one, { ...other, ipv6Address: 'fd00::b', availabilityZone: 'ap-northeast-1c' }],
      ...changes,
    };
    this.all.set(endpoint.endpointId, endpoint);
    for (const listener of this.#listeners) listener();
    return endpoint;
  }

  endpoint(ofAccount: string, ofRegion: string, id: string): EndpointView | undefined {
    const endpoint = this.all.get(id);
    return endpoint?.account === ofAccount && endpoint.region === ofRegion ? endpoint : undefined;
  }

  allEndpoints(): readonly EndpointView[] {
    return [...this.all.values()];
  }

  onEndpointChange(listener: () => void): void {
    this.#listeners.push(listener);
  }
}

/** App Runner alone in a world of virtual time, called without a wire. */
export function cloud({
  switches = {},
  profile = {},
  options = {},
}: {
  readonly switches?: Partial<Switches>;
  readonly profile?: Partial<Profile>;
  readonly options?: Partial<AppRunnerOptions>;
} = {}) {
  const clock = new VirtualClock();
  const world: World = {
    clock,
    chance: seededChance('apprunner'),
    profile: { ...profiles.realistic, ...profile },
    switches: { ...defaultSwitches, ...switches },
  };
  const endpoints = new HandmadeEndpoints();
  const cnames = new Map<string, string>();
  const issuers = new Map<string, readonly string[]>();
  const publicRecords: PublicRecords = {
    cnameAt: (name) => cnames.get(name),
    caaIssuers: (name) => issuers.get(name),
  };
  const events: ServiceEvent[] = [];
  const appRunner = createAppRunner(
    world,
    { endpoints, publicRecords, events: { emit: (event) => events.push(event) } },
    options,
  );

  const contextOf = (place: Partial<CallContext>): CallContext => ({
    account,
    region,
    requestId: 'request',
    principal: { kind: 'root', account, arn: `arn:aws:iam::${account}:root` },
    accessKeyId: account,
    userAgent: 'test',
    sourceAddress: '127.0.0.1',
    ...place,
  });

  const operationOf = (command: object) => {
    const name = command.constructor.name.replace(/Command$/, '');
    const definition = appRunner.definition.operations.find(({ schema }) => schema[2] === name);
    if (definition === undefined) throw new Error(`App Runner has no operation ${name}`);
    return definition;
  };

  /** Calls the operation of an SDK command. */
  async function send<Command extends { readonly input: object }>(
    command: Command,
    place: Partial<CallContext> = {},
  ): Promise<OutputOf<Command>> {
    // The operation's output has the command's shape, apart from $metadata, which only the wire adds.
    return (await operationOf(command).run(command.input, contextOf(place))) as OutputOf<Command>;
  }

  const permissions = (command: { readonly input: object }) =>
    operationOf(command).permissions(command.input, contextOf({}));

  const known = <Value>(value: Value | undefined): Value => {
    if (value === undefined) throw new Error('AWS left out a member that was expected');
    return value;
  };

  async function createService(
    name = 'orders',
    extra: { readonly NetworkConfiguration?: NetworkConfiguration; readonly Tags?: Tag[] } = {},
  ): Promise<string> {
    const { Service } = await send(
      new CreateServiceCommand({ ServiceName: name, SourceConfiguration: source, ...extra }),
    );
    return known(Service?.ServiceArn);
  }

  /** A service that is RUNNING. */
  async function service(name = 'orders', isPubliclyAccessible = true): Promise<string> {
    const arn = await createService(name, {
      NetworkConfiguration: { IngressConfiguration: { IsPubliclyAccessible: isPubliclyAccessible } },
    });
    await clock.advance(profiles.realistic.serviceOperation);
    return arn;
  }

  const connect = async (serviceArn: string, name = 'orders-ingress'): Promise<string> => {
    const { VpcIngressConnection } = await send(
      new CreateVpcIngressConnectionCommand({
        ServiceArn: serviceArn,
        VpcIngressConnectionName: name,
        IngressVpcConfiguration: { VpcId: vpcId, VpcEndpointId: endpointId },
      }),
    );
    return known(VpcIngressConnection?.VpcIngressConnectionArn);
  };

  /** A private service with an AVAILABLE connection whose name DNS knows. */
  async function connected(name = 'orders') {
    if (!endpoints.all.has(endpointId)) endpoints.put();
    const serviceArn = await service(name, false);
    const connectionArn = await connect(serviceArn, `${name}-ingress`);
    await clock.advance(profiles.realistic.connectionCreation + profiles.realistic.connectionDns);
    return { serviceArn, connectionArn, domainName: known((await connection(connectionArn)).DomainName) };
  }

  async function connection(arn: string) {
    return known(
      (await send(new DescribeVpcIngressConnectionCommand({ VpcIngressConnectionArn: arn }))).VpcIngressConnection,
    );
  }

  const associate = (serviceArn: string, DomainName: string, EnableWWWSubdomain = false) =>
    send(new AssociateCustomDomainCommand({ ServiceArn: serviceArn, DomainName, EnableWWWSubdomain }));

  async function domains(serviceArn: string): Promise<readonly CustomDomain[]> {
    return known((await send(new DescribeCustomDomainsCommand({ ServiceArn: serviceArn }))).CustomDomains);
  }

  /** Publishes the validation records that all domains of the service now ask for. */
  async function publish(serviceArn: string): Promise<void> {
    for (const { Name = '', Value = '' } of (await domains(serviceArn)).flatMap(
      ({ CertificateValidationRecords = [] }) => CertificateValidationRecords,
    )) {
      cnames.set(Name.replace(/\.$/, ''), Value.replace(/\.$/, ''));
    }
  }

  /** Associates a domain and sees it through to `active`. */
  async function activate(serviceArn: string, name: string, www = false): Promise<void> {
    await associate(serviceArn, name, www);
    await clock.advance(profiles.realistic.validationRecords);
    await publish(serviceArn);
    await clock.advance(2 * profiles.realistic.certificateIssuance + profiles.realistic.certificateBinding);
  }

  const describeService = async (arn: string) =>
    known((await send(new DescribeServiceCommand({ ServiceArn: arn }))).Service);

  return {
    world,
    clock,
    profile: world.profile,
    endpoints,
    cnames,
    issuers,
    events,
    appRunner,
    send,
    permissions,
    createService,
    service,
    describeService,
    connect,
    connected,
    connection,
    associate,
    domains,
    publish,
    activate,
  };
}

export const source = HELLO_IMAGE;
