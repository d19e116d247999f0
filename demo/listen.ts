import { readFile } from 'node:fs/promises';
import { createCloud, type EmbeddedCloud } from 'apprunner-embedded-cloud';
import { startApiServer } from 'apprunner-embedded-cloud/api-server';
import { systemChance } from 'apprunner-embedded-cloud/chance';
import { SystemClock } from 'apprunner-embedded-cloud/clock';
import type { DeployedStack } from 'apprunner-embedded-cloud/deploy';
import { startDnsServer } from 'apprunner-embedded-cloud/dns-server';
import { PortInUseError, startHttpServer } from 'apprunner-embedded-cloud/http-server';
import { type SeededNetwork, seedNetwork } from 'apprunner-embedded-cloud/seed';
import { type LogLine, workerRuntime } from 'apprunner-embedded-cloud/worker-runtime';
import type { DnsView } from 'apprunner-embedded-cloud/world';
import type { Package } from '../scripts/package.ts';
import { hubParameters } from './member-stacks.ts';
import type { PortChoice, StartOptions } from './options.ts';
import { deployMembers, type StartedOrganization, startOrganization } from './organization.ts';
import { deployProduct } from './product-stack.ts';

/** The `ready` event, on which scripts rely. */
export interface Ready {
  readonly aws: string;
  readonly api: string;
  /** `host:port` of the public view and of each VPC's. */
  readonly dns: Readonly<Record<string, string>>;
  /** `host:port` of what listens "inside the VPC" at an interface's address. */
  readonly https: Readonly<Record<string, string>>;
}

export interface Running {
  readonly cloud: EmbeddedCloud;
  readonly network: SeededNetwork;
  readonly stack: DeployedStack;
  /** Where one was asked for. */
  readonly organization?: StartedOrganization;
  readonly ready: Ready;
  stop(): Promise<void>;
}

export interface ListenOptions extends Pick<StartOptions, 'profile' | 'probe' | 'connectionNameIsPublic' | 'ports'> {
  /** Path of the packaged template, and the folder the packaged handlers' paths begin at. */
  readonly template: string;
  /** Paths of the members' templates: an organisation is made around the seeded account. */
  readonly organization?: Pick<Package, 'memberTemplate' | 'zonesTemplate'>;
  readonly codeFolder: string;
  /** What went wrong in the cloud without anybody waiting for an answer. */
  log(line: string): void;
  /** What the functions print. */
  functionLog(line: LogLine): void;
  /** A default port was taken, another one is used. */
  portGaveWay(name: string, port: number, instead: number): void;
}

/** Makes the cloud, gives it ports, seeds it and deploys the packaged stack into it. */
export async function listen(options: ListenOptions): Promise<Running> {
  const stops: (() => Promise<void> | void)[] = [];
  // What is cut off because everything ends is nobody's concern.
  let ending = false;
  const stop = async () => {
    ending = true;
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    const log = (line: string) => {
      if (!ending) options.log(line);
    };
    return await start({ ...options, log }, stops, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  options: ListenOptions,
  stops: (() => Promise<void> | void)[],
  stop: () => Promise<void>,
): Promise<Running> {
  const clock = new SystemClock((error) =>
    options.log(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  );
  stops.push(() => clock.stop());
  // What functions are told when they start; every one of them starts after all of it is known.
  let url = '';
  const dns: Record<string, string> = {};
  const cloud = createCloud({
    clock,
    chance: systemChance(),
    profile: options.profile,
    switches: { connectionNameIsPublic: options.connectionNameIsPublic },
    log: options.log,
    runtime: ({ iam, front }) =>
      workerRuntime({
        clock,
        endpointUrl: () => url,
        credentials: (roleArn) => iam.issueRoleCredentials(roleArn),
        network: ({ vpc }) => ({
          dns: dns[vpc?.vpcId ?? 'public'] ?? '',
          publicDns: dns.public ?? '',
          route: (address, port) =>
            port === 443 && vpc !== undefined ? hostPort(front.addresses(vpc.vpcId)[address]) : undefined,
        }),
        get certificates() {
          return [front.caCertificatePem];
        },
        log: options.functionLog,
      }),
  });
  stops.push(() => cloud.stop());
  const network = await seedNetwork(cloud);
  const organization =
    options.organization &&
    (await startOrganization(cloud, network, options.codeFolder, options.organization, options.probe));
  if (organization !== undefined) stops.push(() => organization.stop());
  await cloud.front.start();

  let ready: Ready | undefined;
  const routes = {
    ready: () => ready ?? {},
    ca: () => ({ pem: cloud.front.caCertificatePem }),
  };
  const server = await onPort(options, 'AWS', options.ports.aws, (port) =>
    startHttpServer({ gateway: cloud.gateway, port, routes }),
  );
  stops.push(() => server.close());
  url = server.url;
  cloud.sqs.setEndpoint(url);
  const others = cloud.ec2.vpcs().filter(({ vpcId }) => vpcId !== network.vpcId);
  const inVpc = (vpcId: string, choice: PortChoice) => [vpcId, { kind: 'vpc', vpcId }, choice] as const;
  const views: readonly (readonly [string, DnsView, PortChoice])[] = [
    ['public', { kind: 'public' }, options.ports.dns],
    inVpc(network.vpcId, nextPort(options.ports.dns)),
    ...others.map(({ vpcId }) => inVpc(vpcId, { port: 0, asked: true })),
  ];
  for (const [name, view, choice] of views) {
    const { resolver } = cloud;
    const started = await onPort(options, `DNS (${name})`, choice, (port) => startDnsServer({ resolver, view, port }));
    stops.push(() => started.stop());
    dns[name] = `127.0.0.1:${started.port}`;
  }
  const { httpApis } = cloud;
  let stack: DeployedStack | undefined;
  const api = await onPort(options, 'API', options.ports.api, (port) =>
    startApiServer({ apis: httpApis, port, defaultApi: () => httpApiOf(stack) }),
  );
  stops.push(() => api.close());

  const template: unknown = JSON.parse(await readFile(options.template, 'utf8'));
  stack = await deployProduct(cloud, network, {
    template,
    codeFolder: organization?.codeFolder ?? options.codeFolder,
    probe: options.probe,
    // Sweeps are begun by whoever tells the story.
    parameters: organization === undefined ? {} : { ...hubParameters(organization.seeded), SweepRate: 'rate(7 days)' },
  });
  if (organization !== undefined) await deployMembers(organization);
  for (const line of stack.notes) options.log(line);
  ready = { aws: url, api: api.url, dns, https: cloud.front.addresses() };
  return { cloud, network, stack, ready, stop, ...(organization === undefined ? {} : { organization }) };
}

/** The HTTP API of a stack, if it has one. */
function httpApiOf(stack: DeployedStack | undefined): string | undefined {
  return [...(stack?.resources.values() ?? [])].find(({ type }) => type === 'AWS::ApiGatewayV2::Api')?.reference;
}

/** The seeded VPC's view has the port after the public one; any free one when that is any free one. */
function nextPort({ port, asked }: PortChoice): PortChoice {
  return { port: port === 0 ? 0 : port + 1, asked };
}

async function onPort<Started>(
  { portGaveWay }: Pick<ListenOptions, 'portGaveWay'>,
  name: string,
  { port, asked }: PortChoice,
  startOn: (port: number) => Promise<Started & { readonly port: number }>,
): Promise<Started & { readonly port: number }> {
  try {
    return await startOn(port);
  } catch (error) {
    if (asked || !(error instanceof PortInUseError)) throw error;
    const started = await startOn(0);
    portGaveWay(name, port, started.port);
    return started;
  }
}

function hostPort(address: string | undefined): { readonly host: string; readonly port: number } | undefined {
  const [host, port] = address?.split(':') ?? [];
  return host === undefined || port === undefined ? undefined : { host, port: Number(port) };
}
