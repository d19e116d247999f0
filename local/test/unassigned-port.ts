import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that systems assign by themselves, from 32768 on or higher. */
const FIRST = 20_000;

/** A port that is free for TCP and UDP, and that no other program is assigned by chance until it is used. */
export async function unassignedPort(): Promise<number> {
  // Test workers begin at different ports.
  for (let port = FIRST + (process.pid % 1_000) * 10; ; port++) if (await isFree(port)) return port;
}

async function isFree(port: number): Promise<boolean> {
  const [tcp, udp] = [createServer(), createSocket('udp4')];
  try {
    tcp.listen(port, '127.0.0.1');
    await once(tcp, 'listening');
    udp.bind(port, '127.0.0.1');
    await once(udp, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    await Promise.all([tcp, udp].map((one) => new Promise<void>((resolve) => one.close(() => resolve()))));
  }
}
