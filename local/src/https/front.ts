import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext } from 'node:tls';
import { PortInUseError } from '../wire/http-server.ts';
import type { EndpointInterface, Endpoints, EndpointView, IngressRouter, World } from '../world.ts';
import { CertificateAuthority } from './certificates.ts';
import { answer, certificateName, defaultCertificateName, type FrontAnswer } from './routing.ts';

/** A request that never got as far as HTTP. `code` is the one that Node gives such an error. */
class ConnectionFailed extends Error {
  override readonly name = 'ConnectionFailed';
  readonly code: 'EHOSTUNREACH' | 'ETIMEDOUT';

  constructor(code: 'EHOSTUNREACH' | 'ETIMEDOUT', message: string) {
    super(message);
    this.code = code;
  }
}

const HIGHEST_PORT = 65_535;

interface Listener {
  readonly server: Server;
  readonly address: string;
  /** Open connections, also those that are still in their handshake and that the server knows nothing of yet. */
  readonly sockets: ReadonlySet<Duplex>;
}

interface Place {
  readonly endpoint: EndpointView;
  readonly networkInterface: EndpointInterface;
}

/** Where an interface is or will be: what its listener is known by, however often the interface comes and goes. */
type Door = `${string}/${string}/${string}`;
const door = (region: string, vpcId: string, address: string): Door => `${region}/${vpcId}/${address}`;
const doorOf = ({ endpoint, networkInterface }: Place): Door =>
  door(endpoint.region, endpoint.vpcId, networkInterface.address);

/**
 * The inside of the VPCs as HTTPS clients meet it: one TLS listener on the loopback for every interface of every
 * App Runner endpoint, there as long as the interface is.
 *
 *     client ──► listener of 10.0.22.10 ──► security group ──► certificate by SNI ──► service by Host
 *                127.0.0.1:any port         closed: cut off     or *.<region>.…       or 404
 */
export class HttpsFront {
  readonly #world: World;
  readonly #endpoints: Endpoints;
  readonly #router: IngressRouter;
  readonly #host: string;
  readonly #listeners = new Map<Door, Listener>();
  readonly #reserved = new Set<Door>();
  readonly #changed: (() => void)[] = [];
  #authority: CertificateAuthority | undefined;
  #running = false;
  /** 0 for any free ones. */
  #firstPort = 0;
  #isFirstPortRequired = false;
  #work: Promise<void> = Promise.resolve();

  constructor(parts: {
    readonly world: World;
    readonly endpoints: Endpoints;
    readonly router: IngressRouter;
    /** The local address to listen on. */
    readonly host?: string;
  }) {
    this.#world = parts.world;
    this.#endpoints = parts.endpoints;
    this.#router = parts.router;
    this.#host = parts.host ?? '127.0.0.1';
    this.#endpoints.onEndpointChange(() => {
      if (this.#running) this.#follow();
    });
  }

  /**
   * Makes the certificate authority, and listens for every interface there is.
   *
   * @param firstPort of the first listener; the others have the ones after it. One that is taken later on is left out.
   * @throws PortInUseError
   */
  async start(firstPort = 0): Promise<void> {
    this.#authority ??= await CertificateAuthority.create(this.#world.chance);
    this.#running = true;
    this.#firstPort = firstPort;
    this.#isFirstPortRequired = true;
    this.#follow();
    await this.whenUpdated();
    this.#isFirstPortRequired = false;
  }

  /** Listens for these addresses from the start on; until an interface has them, connections are cut off. */
  reserve(region: string, vpcId: string, addresses: readonly string[]): void {
    for (const address of addresses) this.#reserved.add(door(region, vpcId, address));
    if (this.#running) this.#follow();
  }

  /** Closes every listener and every connection. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#follow();
    await this.whenUpdated();
  }

  /** Resolves when the listeners are as the last change of the endpoints wants them. */
  async whenUpdated(): Promise<void> {
    let work: Promise<void>;
    do {
      work = this.#work;
      await work;
    } while (work !== this.#work);
  }

  /** The certificate authority to trust, in PEM. @throws Error before `start` */
  get caCertificatePem(): string {
    if (this.#authority === undefined) throw new Error('the HTTPS front has no certificate authority before start()');
    return this.#authority.certificatePem;
  }

  /**
   * `host:port` by the private address of the interface, its IPv6 address too if it has one.
   * @param vpcId the VPC to be in; without it all of them, and where two have the same address, the older endpoint's.
   */
  addresses(vpcId?: string): Readonly<Record<string, string>> {
    const reserved = [...this.#reserved]
      .filter((at) => vpcId === undefined || at.split('/')[1] === vpcId)
      .map((at) => [at, [at.split('/').at(-1) ?? '']] as const);
    const there = [...this.#places()]
      .filter(({ endpoint }) => vpcId === undefined || endpoint.vpcId === vpcId)
      .reverse()
      .map((place) => [doorOf(place), addressesOf(place.networkInterface)] as const);
    return Object.fromEntries(
      [...reserved, ...there].flatMap(([at, addresses]) => {
        const listener = this.#listeners.get(at);
        return listener === undefined ? [] : addresses.map((address) => [address, listener.address]);
      }),
    );
  }

  /** Called after listeners have come or gone. */
  onChange(listener: () => void): void {
    this.#changed.push(listener);
  }

  /**
   * The same request without a socket, for stories in virtual time.
   *
   * @param request `interfaceAddress` and, where several VPCs share it, `vpcId`; `servername` is the SNI and `host` by default
   * @returns the answer and the names of the certificate that would have been shown
   * @throws ConnectionFailed when no interface has the address, or its security groups do not allow TCP 443
   */
  request(request: {
    readonly interfaceAddress: string;
    readonly vpcId?: string;
    readonly host: string;
    readonly servername?: string;
    readonly path: string;
  }): FrontAnswer & { readonly certificateNames: readonly string[] } {
    const { interfaceAddress, vpcId, host, servername = host, path } = request;
    const place = [...this.#places()].find(
      ({ endpoint, networkInterface }) =>
        addressesOf(networkInterface).includes(interfaceAddress) && (vpcId === undefined || endpoint.vpcId === vpcId),
    );
    if (place === undefined)
      throw new ConnectionFailed('EHOSTUNREACH', `no interface has the address ${interfaceAddress}`);
    if (!place.networkInterface.allowsHttps) {
      throw new ConnectionFailed('ETIMEDOUT', `no security group of ${interfaceAddress} allows TCP 443 from the VPC`);
    }
    return {
      ...answer(this.#router, place.endpoint.endpointId, host, path),
      certificateNames: [certificateName(this.#router, place.endpoint, servername)],
    };
  }

  *#places(): Generator<Place> {
    for (const endpoint of this.#endpoints.allEndpoints()) {
      if (endpoint.state !== 'available' || !endpoint.serviceName.endsWith('.apprunner.requests')) continue;
      for (const networkInterface of endpoint.interfaces) yield { endpoint, networkInterface };
    }
  }

  /** Changes follow one another, so that two of them cannot open the same listener twice. */
  #follow(): void {
    const synchronise = () => this.#synchronise();
    this.#work = this.#work.then(synchronise, synchronise);
  }

  async #synchronise(): Promise<void> {
    const wanted = new Set(this.#running ? [...this.#reserved, ...[...this.#places()].map(doorOf)] : []);
    let changed = false;
    for (const [at, listener] of this.#listeners) {
      if (wanted.has(at)) continue;
      this.#listeners.delete(at);
      await close(listener);
      changed = true;
    }
    for (const at of wanted) {
      if (this.#listeners.has(at)) continue;
      this.#listeners.set(at, await this.#listen(at));
      changed = true;
    }
    if (changed) for (const listener of this.#changed) listener();
  }

  async #listen(at: Door): Promise<Listener> {
    const authority = this.#authority ?? (await CertificateAuthority.create(this.#world.chance));
    const placeNow = () => [...this.#places()].find((place) => doorOf(place) === at);
    const [region = ''] = at.split('/');
    const server = createServer(
      {
        ...(await authority.certificateFor(defaultCertificateName(region))),
        SNICallback: (servername, done) => {
          const place = placeNow();
          const name = place && certificateName(this.#router, place.endpoint, servername);
          authority
            .certificateFor(name ?? defaultCertificateName(region))
            .then((certificate) => done(null, createSecureContext(certificate)), done);
        },
      },
      (request, response) => {
        const place = placeNow();
        if (place === undefined) {
          response.destroy();
          return;
        }
        const { endpointId } = place.endpoint;
        const { status, headers, body } = answer(this.#router, endpointId, request.headers.host, request.url ?? '/');
        response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
      },
    );
    // A security group drops what it does not allow, and the client waits in vain. Hanging up says the same at once.
    const sockets = new Set<Duplex>();
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      if (placeNow()?.networkInterface.allowsHttps !== true) socket.destroy();
    });
    await this.#bind(server);
    return { server, sockets, address: hostAndPort(server.address()) };
  }

  async #bind(server: Server): Promise<void> {
    const bound = new Set([...this.#listeners.values()].map((listener) => portOf(listener.server)));
    for (let port = this.#firstPort; ; port++) {
      if (port !== 0 && bound.has(port)) continue;
      try {
        await listening(server, port > HIGHEST_PORT ? 0 : port, this.#host);
        return;
      } catch (error) {
        if (!(error instanceof PortInUseError) || port === 0) throw error;
        if (port === this.#firstPort && this.#isFirstPortRequired) throw error;
      }
    }
  }
}

const addressesOf = ({ address, ipv6Address }: EndpointInterface): readonly string[] =>
  ipv6Address === undefined ? [address] : [address, ipv6Address];

function hostAndPort(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') throw new Error('an HTTPS listener has no TCP address');
  return address.family === 'IPv6' ? `[${address.address}]:${address.port}` : `${address.address}:${address.port}`;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** @throws PortInUseError */
async function listening(server: Server, port: number, host: string): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw error instanceof Error && 'code' in error && error.code === 'EADDRINUSE' ? new PortInUseError(port) : error;
  }
}

async function close({ server, sockets }: Listener): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}
