import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { PortInUseError } from 'apprunner-embedded-cloud/http-server';
import { profiles } from 'apprunner-embedded-cloud/profile';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ensurePackaged, type Package } from '../../build/package.ts';
import { type DemoListenOptions, listen, type Running } from '../../demo/listen.ts';
import { run } from './program.ts';

let packaged: Package;
beforeAll(async () => {
  packaged = await ensurePackaged();
});

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const anyPort = { port: 0, asked: true };
type Ports = DemoListenOptions['ports'];

/** The embedded cloud in this process, and what it says of ports that gave way. */
async function start(ports: Partial<Ports>): Promise<{ readonly running: Running; readonly gaveWay: unknown[] }> {
  const gaveWay: unknown[] = [];
  const running = await listen({
    profile: profiles.fast,
    probe: false,
    connectionNameIsPublic: true,
    ports: { aws: anyPort, dns: anyPort, api: anyPort, ...ports },
    template: packaged.template,
    codeFolder: packaged.codeFolder,
    log: () => {},
    functionLog: () => {},
    portGaveWay: (name, port, instead) => gaveWay.push({ name, port, instead }),
  });
  ends.push(() => running.stop());
  return { running, gaveWay };
}

/** Holds a TCP port. */
async function hold(port = 0): Promise<number> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Holds a UDP port. */
async function holdUdp(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  ends.push(() => socket.close());
  return socket.address().port;
}

const portOf = (address = '') => Number(address.split(':').at(-1));

describe('a port that is taken', () => {
  test.each(['aws', 'api', 'dns'] as const)('and was asked for (%s) is an error that names it', async (which) => {
    const port = which === 'dns' ? await holdUdp() : await hold();
    const refused = start({ [which]: { port, asked: true } });
    await expect(refused).rejects.toThrow(PortInUseError);
    await expect(refused).rejects.toThrow(`port ${port} of 127.0.0.1 is taken by another program`);
  });

  test('leaves nothing listening behind', async () => {
    const aws = await hold();
    for (const end of ends.splice(0)) await end();
    await expect(start({ aws: { port: aws, asked: true }, api: { port: await hold(), asked: true } })).rejects.toThrow(
      PortInUseError,
    );
    expect(await hold(aws)).toBe(aws);
  });

  test('and is only a default gives way to a free one, which is printed', async () => {
    const aws = await hold();
    const api = await hold();
    const dns = await holdUdp();
    const { running, gaveWay } = await start({
      aws: { port: aws, asked: false },
      api: { port: api, asked: false },
      dns: { port: dns, asked: false },
    });
    const { ready } = running;
    expect(gaveWay).toEqual(
      expect.arrayContaining([
        { name: 'AWS', port: aws, instead: portOf(ready.aws) },
        { name: 'DNS (public)', port: dns, instead: portOf(ready.dns.public) },
        { name: 'API', port: api, instead: portOf(ready.api) },
      ]),
    );
    expect((await fetch(`${ready.aws}/_embedded/health`)).status).toBe(200);
  });

  test('ends npm start with 1 and a message without a stack', async () => {
    const port = await hold();
    const args = ['--idle', '--json', '--aws-port', String(port), '--dns-port', '0', '--api-port', '0'];
    expect(await run('demo/start.ts', args)).toEqual({
      code: 1,
      signal: null,
      stdout: '',
      stderr: `port ${port} of 127.0.0.1 is taken by another program; stop that one, or ask for another port (0 is any free one)\n`,
    });
  });
});
