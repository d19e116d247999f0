import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, isIPv6, type Server, type Socket } from 'node:net';
import { PortInUseError } from '../wire/http-server.ts';
import type { DnsView } from '../world.ts';
import { respond } from './packet.ts';
import type { Resolver } from './resolver.ts';

export interface DnsServer {
  readonly port: number;
  /** Ends open connections too. */
  stop(): Promise<void>;
}

export interface DnsServerOptions {
  readonly resolver: Resolver;
  /** From where the questions of this server's clients are asked. */
  readonly view: DnsView;
  /** An address of this machine. Default: 127.0.0.1. */
  readonly host?: string;
  /** 0 for any that is free. */
  readonly port: number;
}

/** Ports that are free for TCP may be taken for UDP; with port 0, so many are tried. */
const ATTEMPTS = 20;

/**
 * Answers DNS over UDP and TCP on the same port.
 * @throws PortInUseError when `port` (not 0) is taken for either.
 */
export async function startDnsServer(options: DnsServerOptions): Promise<DnsServer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(options);
    } catch (error) {
      const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!taken) throw error;
      if (options.port !== 0 || attempt === ATTEMPTS) throw new PortInUseError(options.port);
    }
  }
}

async function start({ resolver, view, host = '127.0.0.1', port: wanted }: DnsServerOptions): Promise<DnsServer> {
  const connections = new Set<Socket>();
  const tcp = createServer((socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
    serve(socket, (message) => respond(resolver, view, message, 'tcp'));
  });
  const udp = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  udp.on('message', (message, client) => {
    const response = respond(resolver, view, message, 'udp');
    // Whether the client is still there to read it is its own affair.
    if (response !== undefined) udp.send(response, client.port, client.address, () => {});
  });

  tcp.listen(wanted, host);
  await once(tcp, 'listening');
  const port = portOf(tcp);
  try {
    udp.bind(port, host);
    await once(udp, 'listening');
  } catch (error) {
    await Promise.all([closed(tcp), closed(udp)]);
    throw error;
  }
  // Later trouble concerns single packets and connections; it must not end the cloud.
  udp.on('error', () => {});
  tcp.on('error', () => {});

  return {
    port,
    stop: async () => {
      for (const socket of connections) socket.destroy();
      await Promise.all([closed(tcp), closed(udp)]);
    },
  };
}

const closed = (server: Server | DatagramSocket) => new Promise<void>((resolve) => server.close(() => resolve()));

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address and a port');
  return address.port;
}

/** Each message is preceded by its length in two bytes (RFC 1035 §4.2.2); many may come on one connection (RFC 7766). */
function serve(socket: Socket, answer: (message: Buffer) => Buffer | undefined): void {
  let received: Buffer = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (data) => {
    received = Buffer.concat([received, data]);
    while (received.length >= 2) {
      const end = 2 + received.readUInt16BE(0);
      if (received.length < end) return;
      const response = answer(received.subarray(2, end));
      received = received.subarray(end);
      if (response === undefined) {
        socket.destroy();
        return;
      }
      const length = Buffer.alloc(2);
      length.writeUInt16BE(response.length);
      socket.write(Buffer.concat([length, response]));
    }
  });
}
