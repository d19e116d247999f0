import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import type { HostPort } from './messages.ts';

/** The network of this thread. */
export interface EmbeddedNetwork {
  /** `host:port` of the DNS server that the thread's resolver asks. */
  readonly dns: string;
  /** `host:port` of the DNS server that stands for every public resolver (`8.8.8.8` …). */
  readonly publicDns: string;
  /** Where a connection to this address and port ends up; `undefined` when nothing answers there. */
  route(address: string, port: number): Promise<HostPort | undefined>;
}

/**
 * Puts the whole thread into an embedded network:
 *
 *     dns.resolve*, new Resolver()   → the network's DNS server; setServers('8.8.8.8') → the public one
 *     dns.lookup, connecting by name → the same, instead of the machine's resolver
 *     connecting to loopback         → as it is (the AWS endpoint of the embedded cloud)
 *     connecting to any other address → where the network routes it, or ETIMEDOUT (private) or ENETUNREACH (public)
 *
 * Every TCP client of Node.js (net, tls, http, https, http2, fetch) connects through `net.Socket.prototype.connect`.
 */
export function embedNetwork(network: EmbeddedNetwork): void {
  embedDns(network);
  embedConnections(network);
  syncBuiltinESMExports();
}

const isLoopback = (host: string): boolean => /^(127\.|::1$|localhost$)/.test(host) || host.endsWith('.localhost');
const isPrivate = (address: string): boolean =>
  /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd]|fe80:)/i.test(
    address,
  );

function embedDns(network: EmbeddedNetwork): void {
  // Private addresses and 169.254.169.253 are the VPC's own resolver, anything else is on the internet.
  const embedded = (server: string): string => {
    const address = server.replace(/^\[(.*)\].*$/, '$1').replace(/^([\d.]+):\d+$/, '$1');
    return isLoopback(address) ? server : isPrivate(address) ? network.dns : network.publicDns;
  };
  const setServers = dns.setServers;
  setServers([network.dns]);
  const redirected = (servers: readonly string[]): void => setServers(servers.map(embedded));

  const embeddedClass = <Class extends typeof dns.Resolver | typeof dns.promises.Resolver>(original: Class): Class =>
    new Proxy(original, {
      construct: (target, args, newTarget) => {
        const resolver: dns.Resolver = Reflect.construct(target, args, newTarget);
        const setOwnServers = resolver.setServers.bind(resolver);
        setOwnServers([network.dns]);
        return Object.assign(resolver, {
          setServers: (servers: readonly string[]) => setOwnServers(servers.map(embedded)),
        });
      },
    });
  Object.assign(dns.promises, { Resolver: embeddedClass(dns.promises.Resolver), setServers: redirected, lookup });
  Object.assign(dns, { Resolver: embeddedClass(dns.Resolver), setServers: redirected, lookup: callbackLookup });
}

interface LookupOptions {
  readonly family?: number | string | undefined;
  readonly all?: boolean | undefined;
}

async function addressesOf(hostname: string, family: number | string = 0): Promise<dns.LookupAddress[]> {
  const literal = net.isIP(hostname);
  if (literal !== 0) return [{ address: hostname, family: literal }];
  if (isLoopback(hostname)) return [{ address: '127.0.0.1', family: 4 }];
  const wanted = Number(String(family).replace('IPv', ''));
  const ask = async (version: 4 | 6): Promise<dns.LookupAddress[]> => {
    if (wanted !== 0 && wanted !== version) return [];
    const found = version === 4 ? dns.promises.resolve4(hostname) : dns.promises.resolve6(hostname);
    return (await found).map((address) => ({ address, family: version }));
  };
  const answers = await Promise.allSettled([ask(4), ask(6)]);
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (found.length > 0) return found;
  const codes = answers.map((answer) => (answer.status === 'rejected' ? String(Object(answer.reason).code) : ''));
  const code = codes.some((one) => /REFUSED|TIMEOUT|SERVFAIL/.test(one)) ? 'EAI_AGAIN' : 'ENOTFOUND';
  throw Object.assign(new Error(`getaddrinfo ${code} ${hostname}`), { code, syscall: 'getaddrinfo', hostname });
}

async function lookup(hostname: string, options: LookupOptions | number = {}): Promise<unknown> {
  const { family, all }: LookupOptions = typeof options === 'number' ? { family: options } : options;
  const found = await addressesOf(hostname, family);
  return all === true ? found : found[0];
}

type LookupCallback = (error: Error | null, address?: string | dns.LookupAddress[], family?: number) => void;

function callbackLookup(
  hostname: string,
  options: LookupOptions | number | LookupCallback,
  callback?: LookupCallback,
): void {
  if (typeof options === 'function') {
    callbackLookup(hostname, {}, options);
    return;
  }
  const { family, all }: LookupOptions = typeof options === 'number' ? { family: options } : options;
  addressesOf(hostname, family).then(
    (found) => {
      if (all === true) callback?.(null, found);
      else callback?.(null, found[0]?.address, found[0]?.family);
    },
    (error) => callback?.(error),
  );
}

interface ConnectOptions extends LookupOptions {
  readonly host?: string | undefined;
  readonly port?: number | string | undefined;
  readonly path?: string | null | undefined;
  readonly lookup?: typeof callbackLookup | undefined;
}

type Callback = (this: net.Socket) => void;
const isCallback = (value: unknown): value is Callback => typeof value === 'function';

/** The ways to call `socket.connect`: (options), (port, host), (path), and an array of options and callback from net itself. */
function connectArguments(args: readonly unknown[]): { options: ConnectOptions; callback: Callback | undefined } {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  const last: unknown = (Array.isArray(args[0]) ? args[0] : args).at(-1);
  const callback = isCallback(last) ? last : undefined;
  if (typeof first === 'object' && first !== null) return { options: first, callback };
  if (typeof first === 'string' && Number.isNaN(Number(first))) return { options: { path: first }, callback };
  return { options: { port: Number(first), host: typeof second === 'string' ? second : undefined }, callback };
}

/** As net asks: by the caller's own `lookup` where it has one. */
function namedAddresses(host: string, options: ConnectOptions): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const ask = options.lookup ?? callbackLookup;
    ask(host, { family: options.family, all: true }, (error, found = []) => {
      if (error) reject(error);
      else resolve(typeof found === 'string' ? [found] : found.map(({ address }) => address));
    });
  });
}

function embedConnections(network: EmbeddedNetwork): void {
  const { connect } = net.Socket.prototype;
  const originalConnect = (socket: net.Socket, args: readonly unknown[]): net.Socket =>
    Reflect.apply(connect, socket, args);

  function embeddedConnect(this: net.Socket, ...args: unknown[]): net.Socket {
    const { options, callback } = connectArguments(args);
    const host = options.host || 'localhost';
    // http says `path: null` for a connection that is no pipe.
    const isPipe = typeof options.path === 'string';
    if (isPipe || (isLoopback(host) && options.lookup === undefined)) return originalConnect(this, args);
    // As net itself does before it looks a name up: what is written meanwhile waits for the connection.
    Object.assign(this, { connecting: true });
    if (callback !== undefined) this.once('connect', callback);
    destination(host, Number(options.port), options).then(
      ({ address, to }) => {
        if (this.destroyed) return;
        if (to.host !== address) {
          Object.defineProperties(this, {
            remoteAddress: { value: address },
            remotePort: { value: Number(options.port) },
          });
        }
        originalConnect(this, [{ ...options, ...to, lookup: undefined }]);
      },
      (error: Error) => this.destroy(error),
    );
    return this;
  }

  async function destination(
    host: string,
    port: number,
    options: ConnectOptions,
  ): Promise<{ address: string; to: HostPort }> {
    const addresses = net.isIP(host) === 0 ? await namedAddresses(host, options) : [host];
    for (const address of addresses) {
      const to = isLoopback(address) ? { host: address, port } : await network.route(address, port);
      if (to !== undefined) return { address, to };
    }
    const [address = host] = addresses;
    const code = isPrivate(address) ? 'ETIMEDOUT' : 'ENETUNREACH';
    throw Object.assign(new Error(`connect ${code} ${address}:${port}`), { code, syscall: 'connect', address, port });
  }

  net.Socket.prototype.connect = embeddedConnect;
}
