import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import {
  type Change,
  ChangeResourceRecordSetsCommand,
  ListHostedZonesCommand,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { signed } from 'apprunner-embedded-cloud/test/apigateway/cloud';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ensurePackaged } from '../../build/package.ts';
import { Program } from './program.ts';

beforeAll(async () => {
  await ensurePackaged();
});

function idle(...options: readonly string[]): Program {
  const ports = ['--aws-port', '0', '--dns-port', '0', '--api-port', '0'];
  return Program.start('demo/start.ts', ['--idle', ...options, ...ports]);
}

const readySchema = z.object({
  event: z.literal('ready'),
  aws: z.url(),
  api: z.url(),
  dns: z.record(z.string(), z.string()),
  https: z.record(z.string(), z.string()),
});

describe('--idle', () => {
  test('serves AWS, DNS of both views and HTTPS, plays no story, and ends with 0 on a signal', async () => {
    const program = idle('--json');
    const printed = await program.printed('\n');
    const ready = readySchema.parse(JSON.parse(printed));
    const [vpcId = ''] = Object.keys(ready.dns).filter((view) => view !== 'public');

    const asked: unknown = await (await fetch(`${ready.aws}/_embedded/ready`)).json();
    expect({ event: 'ready', ...Object(asked) }).toEqual(ready);

    const inVpc = resolver(ready.dns[vpcId]);
    const outside = resolver(ready.dns.public);
    expect(await outside.resolveSoa('example.com')).toMatchObject({ hostmaster: expect.any(String) });
    await expect(inVpc.resolve4('web.example.com')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await publishInPrivateZone(ready.aws, 'web.example.com', '10.0.22.99');
    expect(await inVpc.resolve4('web.example.com')).toEqual(['10.0.22.99']);
    await expect(outside.resolve4('web.example.com')).rejects.toMatchObject({ code: 'ENOTFOUND' });

    // There is no endpoint yet: nothing answers at its addresses, so the connection is cut off before any byte.
    expect(Object.keys(ready.https)).toEqual(['10.0.22.10', '10.0.21.218']);
    for (const listener of Object.values(ready.https)) {
      await expect(secure(listener)).rejects.toMatchObject({ code: 'ECONNRESET' });
    }

    // The deployed stack's own HTTP API refuses unsigned requests and accepts root of the account.
    const target = '/services';
    const { host } = new URL(ready.api);
    const credentials = { accessKeyId: 'me', secretAccessKey: 'me' };
    const headers = await signed({ target, headers: { host } }, { credentials, at: Date.now() });
    expect((await fetch(`${ready.api}${target}`)).status).toBe(403);
    expect(await (await fetch(`${ready.api}${target}`, { headers })).json()).toEqual({ services: [] });

    expect(await program.end('SIGTERM')).toEqual({ code: 0, signal: null, stdout: printed, stderr: '' });
    await expect(open(new URL(ready.aws).host)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('as text in a pipe has no colours, says how to go on, and ends with 0 on Ctrl-C', async () => {
    const program = idle();
    await program.printed('npm run plan -- mine\n');
    const { code, stdout, stderr } = await program.end('SIGINT');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toMatch(/^ {2}AWS {4}http:\/\/127\.0\.0\.1:\d+$/m);
    expect(stdout).toMatch(/10\.0\.22\.10 = 127\.0\.0\.1:\d+/);
    expect(stdout).toMatch(/export AWS_ENDPOINT_URL=http:\/\/127\.0\.0\.1:\d+ /);
  });
});

function resolver(server = ''): Resolver {
  const made = new Resolver({ timeout: 2000, tries: 1 });
  made.setServers([server]);
  return made;
}

/** By API calls. */
async function publishInPrivateZone(endpoint: string, Name: string, Value: string): Promise<void> {
  const route53 = new Route53Client({
    endpoint,
    region: 'ap-northeast-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  const { HostedZones = [] } = await route53.send(new ListHostedZonesCommand({}));
  const HostedZoneId = HostedZones.find(({ Config }) => Config?.PrivateZone)?.Id;
  const ResourceRecordSet = { Name, Type: 'A', TTL: 60, ResourceRecords: [{ Value }] } satisfies ResourceRecordSet;
  const Changes = [{ Action: 'CREATE', ResourceRecordSet } satisfies Change];
  await route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes } }));
}

const hostPort = (address: string) => {
  const [host = '', port = ''] = address.split(':');
  return { host, port: Number(port) };
};

async function open(address: string): Promise<void> {
  const socket = connect(hostPort(address));
  await once(socket, 'connect');
  socket.destroy();
}

async function secure(listener: string): Promise<void> {
  const socket = connectTls({ ...hostPort(listener), servername: 'web.example.com', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  socket.destroy();
}
