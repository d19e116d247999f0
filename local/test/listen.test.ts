import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import { afterEach, describe, expect, it } from 'vitest';
import { ACCOUNT } from '../src/cloud.ts';
import { ANY_FREE, type Listening, type ListenOptions, listen } from '../src/listen.ts';
import { profiles } from '../src/profile.ts';
import { type SeededNetwork, seedNetwork } from '../src/seed.ts';
import type { InvocationOutcome } from '../src/services/lambda/runtime.ts';
import { PortInUseError } from '../src/wire/http-server.ts';
import { sampleFunction } from './lambda/sample-function.ts';
import { unassignedPort } from './unassigned-port.ts';

const REGION = 'ap-northeast-1';
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

type Options = ListenOptions<SeededNetwork | undefined, undefined>;

async function listening(options: Partial<Options> = {}): Promise<Listening<SeededNetwork | undefined, undefined>> {
  const started = await listen<SeededNetwork | undefined, undefined>({
    profile: profiles.fast,
    ports: { aws: ANY_FREE, dns: ANY_FREE, https: ANY_FREE, api: ANY_FREE },
    seed: async () => undefined,
    deploy: async () => undefined,
    log: (line) => {
      throw new Error(line);
    },
    functionLog: () => {},
    portGaveWay: () => {},
    ...options,
  });
  stops.push(started.stop);
  return started;
}

/** A port that another program holds. */
async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(() => server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const json = async (url: string): Promise<unknown> => (await fetch(url)).json();

describe('listen', () => {
  it('is ready once what is deployed stands', async () => {
    let during: unknown;
    const { addresses, deployed } = await listen({
      profile: profiles.fast,
      ports: { aws: { port: 0, asked: true }, dns: ANY_FREE, https: ANY_FREE, api: ANY_FREE },
      seed: async (_cloud, atEnd) => {
        await atEnd(async () => {
          during = 'stopped';
        });
        return 'seeded';
      },
      deploy: async (cloud, seeded) => `${seeded}, then deployed for ${cloud.clientConfig().region}`,
      log: () => {},
      functionLog: () => {},
      portGaveWay: () => {},
    }).then((started) => {
      stops.push(started.stop);
      return started;
    });
    expect(deployed).toBe(`seeded, then deployed for ${REGION}`);
    expect(await json(`${addresses().aws}/_embedded/ready`)).toEqual(addresses());
    await stops.pop()?.();
    expect(during).toBe('stopped');
  });

  it('ends functions before what they call', async () => {
    const codeFolder = await mkdtemp(join(tmpdir(), 'listen-'));
    stops.push(() => rm(codeFolder, { recursive: true }));
    await writeFile(
      join(codeFolder, 'index.mjs'),
      `export const handler = async () => {
        console.log('begun');
        for (;;) await fetch(process.env.AWS_ENDPOINT_URL + '/_embedded/ready');
      };`,
    );
    const lines: string[] = [];
    let begun = (): void => {};
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    let outcome: Promise<InvocationOutcome> | undefined;
    const { cloud, stop } = await listening({
      seed: async (_cloud, atEnd) => {
        await atEnd(async () => void (await outcome));
        return undefined;
      },
      functionLog: ({ line }) => {
        lines.push(line);
        begun();
      },
    });
    const roleArn = cloud.iam.createRole(ACCOUNT, {
      RoleName: 'sample',
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      },
    }).arn;
    const fn = cloud.lambda.createFunction(sampleFunction({ codeFolder, roleArn }));
    outcome = cloud.lambda.invoke(fn, {});
    await hasBegun;
    await stop();
    expect(await outcome).toMatchObject({ ok: false, errorType: 'Runtime.ExitError' });
    expect(lines).toEqual(['begun']);
  });

  it('gives a VPC that is created a DNS view of its own', async () => {
    const { cloud, addresses } = await listening();
    expect(Object.keys(addresses().dns)).toEqual(['public']);
    const client = new EC2Client(cloud.clientConfig());
    const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    await expect.poll(() => addresses().dns[Vpc?.VpcId ?? '']).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  it('opens the interfaces of endpoints on the HTTPS port and those after it', async () => {
    const port = await unassignedPort();
    const { addresses } = await listening({
      seed: seedNetwork,
      ports: { aws: ANY_FREE, dns: ANY_FREE, https: { port, asked: true }, api: ANY_FREE },
    });
    const ports = Object.values(addresses().https).map((address) => Number(address.split(':')[1]));
    expect(ports[0]).toBe(port);
    expect(ports[1]).toBeGreaterThan(port);
  });

  it('opens an interface that comes later on the next port if its own is taken', async () => {
    const port = await takenPort();
    const { cloud, addresses } = await listening({
      ports: { aws: ANY_FREE, dns: ANY_FREE, https: { port, asked: true }, api: ANY_FREE },
    });
    await seedNetwork(cloud);
    await cloud.front.whenUpdated();
    const ports = Object.values(addresses().https).map((address) => Number(address.split(':')[1]));
    expect(ports).toHaveLength(2);
    for (const opened of ports) expect(opened).toBeGreaterThan(port);
  });

  it.each(['aws', 'dns', 'https', 'api'] as const)('lets a default %s port give way, and no other', async (name) => {
    const port = await takenPort();
    const gaveWay: unknown[] = [];
    const seed = seedNetwork;
    const all = { aws: ANY_FREE, dns: ANY_FREE, https: ANY_FREE, api: ANY_FREE };
    const portGaveWay = (_what: string, wanted: number) => gaveWay.push(wanted);
    await listening({ seed, ports: { ...all, [name]: { port, asked: false } }, portGaveWay });
    expect(gaveWay).toEqual([port]);
    await expect(listening({ seed, ports: { ...all, [name]: { port, asked: true } } })).rejects.toThrow(PortInUseError);
  });
});
