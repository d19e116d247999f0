import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { AppRunnerClient, CreateServiceCommand } from '@aws-sdk/client-apprunner';
import { expect, it } from 'vitest';
import { HELLO_IMAGE } from '../../src/hello-service.ts';

const BIN = fileURLToPath(new URL('../../src/program/bin.ts', import.meta.url));
const ANY_PORTS = ['aws', 'dns', 'https', 'api'].flatMap((name) => [`--${name}-port`, '0']);

const credentials = { accessKeyId: 'me', secretAccessKey: 'me' };

it('serves real clients until Ctrl-C, and ends with 0', { timeout: 120_000 }, async () => {
  const child = spawn(process.execPath, [BIN, '--json', ...ANY_PORTS], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const [line] = await once(createInterface(child.stdout), 'line');
  const ready = JSON.parse(line);
  const address = expect.stringMatching(/^127\.0\.0\.1:\d+$/);
  expect(ready).toEqual({
    event: 'ready',
    aws: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    api: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    dns: { public: address, [Object.keys(ready.dns)[1] ?? '']: address },
    https: { '10.0.22.10': address, '10.0.21.218': address },
  });
  const client = new AppRunnerClient({ endpoint: ready.aws, region: 'ap-northeast-1', credentials });
  const { Service } = await client.send(
    new CreateServiceCommand({ ServiceName: 'hello', SourceConfiguration: HELLO_IMAGE }),
  );
  expect(Service?.ServiceName).toBe('hello');
  client.destroy();
  child.kill('SIGINT');
  expect(await closed).toEqual([0, null]);
});

it('says which port is taken, and ends with 1', { timeout: 120_000 }, async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const taken = server.address();
  const port = typeof taken === 'object' && taken !== null ? String(taken.port) : '';
  const child = spawn(process.execPath, [BIN, ...ANY_PORTS, '--aws-port', port], { stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  const complaint = (await child.stderr.setEncoding('utf8').toArray()).join('');
  expect(complaint).toMatch(new RegExp(`^port ${port} of 127.0.0.1 is taken by another program`));
  expect(await closed).toEqual([1, null]);
  server.close();
});
