import { Socket as UdpSocket } from 'node:dgram';
import { BlockList, isIP, Socket } from 'node:net';

/**
 * Runs before every test file: no packet leaves this machine. A test that reaches out fails with the address it wanted,
 * instead of passing here and failing where there is no network.
 */
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function refuseOutside(host: unknown): void {
  if (typeof host !== 'string' || host === 'localhost') return;
  const family = isIP(host);
  if (family !== 0 && loopback.check(host, family === 6 ? 'ipv6' : 'ipv4')) return;
  throw new Error(`a test wants to reach ${host}: tests know no network but loopback`);
}

/** `connect(options)`, `connect(port, host)`, `connect(path)`, or what `net.connect` has made of them: one array. */
function hostOf(args: readonly unknown[]): unknown {
  const [first, second] = args;
  if (Array.isArray(first)) return hostOf(first);
  if (typeof first === 'object' && first !== null) return 'host' in first ? first.host : undefined;
  return typeof first === 'number' ? second : undefined;
}

/** Files share a worker and its globals: the guard is put in front once. */
const GUARDED = Symbol.for('tests reach loopback only');

if (!Object.hasOwn(Socket.prototype, GUARDED)) {
  Object.defineProperty(Socket.prototype, GUARDED, { value: true });

  const connect = Socket.prototype.connect;
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
    refuseOutside(hostOf(args));
    return Reflect.apply(connect, this, args);
  };

  /** `send(message, [offset, length,] [port [, address]] [, callback])`: after the message only the address is a string. */
  const send = UdpSocket.prototype.send;
  UdpSocket.prototype.send = function (this: UdpSocket, ...args: unknown[]): void {
    refuseOutside(args.slice(1).find((argument) => typeof argument === 'string'));
    Reflect.apply(send, this, args);
  };
}
