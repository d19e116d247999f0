import { type Chance, systemChance } from './chance.ts';
import { SystemClock } from './clock.ts';
import { createCloud, type EmbeddedCloud } from './cloud.ts';
import { startDnsServer } from './dns/server.ts';
import { errorText } from './error-text.ts';
import { liveRoutes } from './live/routes.ts';
import { ANY_FREE, nextPort, onPort, type PortChoice, type PortGaveWay } from './ports.ts';
import type { Profile, Switches } from './profile.ts';
import { startApiServer } from './services/apigateway/server.ts';
import { type LogLine, workerRuntime } from './services/lambda/worker-runtime.ts';
import { startHttpServer } from './wire/http-server.ts';
import type { DnsView } from './world.ts';

export { ANY_FREE, type PortChoice, type PortGaveWay } from './ports.ts';

/** Where the cloud listens. A VPC that is created and an endpoint that comes or goes changes `dns` and `https`. */
export interface ListenAddresses {
  /** The URL of the AWS APIs. */
  readonly aws: string;
  /** The URL of HTTP APIs. */
  readonly api: string;
  /** `host:port` of the public view and of each VPC's, by `public` or the VPC's id. */
  readonly dns: Readonly<Record<string, string>>;
  /** `host:port` of what listens "inside the VPC", by the private address of the endpoint's interface. */
  readonly https: Readonly<Record<string, string>>;
}

export interface ListenOptions<Seeded, Deployed> {
  readonly profile: Profile;
  readonly switches?: Partial<Switches>;
  readonly chance?: Chance;
  /** DNS: the public view; the first VPC has the port after it. HTTPS: the first interface; the others have those after it. */
  readonly ports: Readonly<Record<'aws' | 'dns' | 'https' | 'api', PortChoice>>;
  /** Makes what is there before the cloud listens. What it hands to `atEnd` runs when the cloud stops. */
  seed(cloud: EmbeddedCloud, atEnd: (stop: () => Promise<void>) => Promise<void>): Promise<Seeded>;
  /** Deploys into the cloud that listens; `/_embedded/ready` answers with the addresses once it is done. */
  deploy(cloud: EmbeddedCloud, seeded: Seeded): Promise<Deployed>;
  /** What fails without a caller that waits for it. */
  log(line: string): void;
  /** What functions print. */
  functionLog(line: LogLine): void;
  readonly portGaveWay: PortGaveWay;
}

export interface Listening<Seeded, Deployed> {
  readonly cloud: EmbeddedCloud;
  readonly seeded: Seeded;
  readonly deployed: Deployed;
  addresses(): ListenAddresses;
  stop(): Promise<void>;
}

/** Makes a cloud in the time of this machine, whose AWS APIs, DNS, HTTPS and HTTP APIs listen on 127.0.0.1. @throws PortInUseError */
export async function listen<Seeded, Deployed>(
  options: ListenOptions<Seeded, Deployed>,
): Promise<Listening<Seeded, Deployed>> {
  const stops = new Stops();
  const stop = () => stops.run();
  // Whatever is cut off by the end is no failure.
  const log = (line: string) => {
    if (!stops.ran) options.log(line);
  };
  try {
    return { ...(await start({ ...options, log }, stops)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What ends the parts, the last one first. */
class Stops {
  readonly #all: (() => Promise<void> | void)[] = [];
  ran = false;

  async run(): Promise<void> {
    this.ran = true;
    for (const stop of this.#all.splice(0).reverse()) await stop();
  }

  /** A part that came up after the end is ended at once. */
  async add(stop: () => Promise<void> | void): Promise<void> {
    if (this.ran) await stop();
    else this.#all.push(stop);
  }
}

async function start<Seeded, Deployed>(
  options: ListenOptions<Seeded, Deployed>,
  stops: Stops,
): Promise<Omit<Listening<Seeded, Deployed>, 'stop'>> {
  const clock = new SystemClock((error) => options.log(errorText(error)));
  await stops.add(() => clock.stop());
  // Functions get both when they start, which is after the servers below have.
  let url = '';
  const dns: Record<string, string> = {};
  const cloud = createCloud({
    clock,
    chance: options.chance ?? systemChance(),
    profile: options.profile,
    switches: options.switches ?? {},
    log: options.log,
    runtime: ({ iam, front, telemetry }) =>
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
        log: (line) => {
          telemetry.line({ ...line, name: line.functionName }, line.line, line.at);
          options.functionLog(line);
        },
      }),
  });
  await stops.add(() => cloud.stop());
  const seeded = await options.seed(cloud, (stop) => stops.add(stop));
  await onPort(
    'HTTPS',
    options.ports.https,
    async (port) => {
      await cloud.front.start(port);
      return { port: hostPort(Object.values(cloud.front.addresses())[0])?.port ?? port };
    },
    options.portGaveWay,
  );

  let isReady = false;
  let api = '';
  const addresses = (): ListenAddresses => ({ aws: url, api, dns, https: cloud.front.addresses() });
  const routes = {
    ready: () => (isReady ? addresses() : {}),
    ca: () => ({ pem: cloud.front.caCertificatePem }),
  };
  const server = await onPort(
    'AWS',
    options.ports.aws,
    (port) => startHttpServer({ gateway: cloud.gateway, port, routes }),
    options.portGaveWay,
  );
  await stops.add(() => server.close());
  url = server.url;
  cloud.sqs.setEndpoint(url);

  const startDns = async (name: string, view: DnsView, choice: PortChoice): Promise<void> => {
    const { resolver } = cloud;
    const started = await onPort(
      `DNS (${name})`,
      choice,
      (port) => startDnsServer({ resolver, view, port }),
      options.portGaveWay,
    );
    await stops.add(() => started.stop());
    dns[name] = `127.0.0.1:${started.port}`;
  };
  await startDns('public', { kind: 'public' }, options.ports.dns);
  const followed = new Set<string>();
  const followVpcs = async (): Promise<void> => {
    for (const { vpcId } of cloud.ec2.vpcs()) {
      if (followed.has(vpcId)) continue;
      const isFirst = followed.size === 0;
      followed.add(vpcId);
      await startDns(vpcId, { kind: 'vpc', vpcId }, isFirst ? nextPort(options.ports.dns) : ANY_FREE);
    }
  };
  await followVpcs();
  cloud.gateway.observe(({ service, operation, outcome }) => {
    if (service !== 'ec2' || operation !== 'CreateVpc' || !outcome.ok) return;
    followVpcs().catch((error: unknown) => options.log(errorText(error)));
  });

  const page = liveRoutes(cloud);
  const httpApi = await onPort(
    'API',
    options.ports.api,
    (port) => startApiServer({ apis: cloud.httpApis, port, defaultApi: () => cloud.httpApis.first(), page }),
    options.portGaveWay,
  );
  await stops.add(() => httpApi.close());
  api = httpApi.url;
  // Functions end before what they call, which they would report as failing.
  await stops.add(() => cloud.lambda.close());

  const deployed = await options.deploy(cloud, seeded);
  isReady = true;
  return { cloud, seeded, deployed, addresses };
}

function hostPort(address: string | undefined): { readonly host: string; readonly port: number } | undefined {
  const [host, port] = address?.split(':') ?? [];
  return host === undefined || port === undefined ? undefined : { host, port: Number(port) };
}

/** Milliseconds between two checks whether the process that started this one is still there. */
const ORPHAN_CHECK = 500;

/** Resolves on Ctrl-C, on a signal, and at the end of npm, which does not pass its own end on. */
export function interrupted(): Promise<void> {
  const parent = process.ppid;
  return new Promise((resolve) => {
    setInterval(() => {
      if (process.ppid !== parent) resolve();
    }, ORPHAN_CHECK).unref();
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}
