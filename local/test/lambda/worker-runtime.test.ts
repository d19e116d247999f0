import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import packet from 'dns-packet';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seededChance } from '../../src/chance.ts';
import { SystemClock } from '../../src/clock.ts';
import { CertificateAuthority } from '../../src/https/certificates.ts';
import type { LambdaFunction } from '../../src/services/lambda/function.ts';
import type { InvocationOutcome, Runtime } from '../../src/services/lambda/runtime.ts';
import { type LogLine, workerRuntime } from '../../src/services/lambda/worker-runtime.ts';
import { sampleFunction } from './sample-function.ts';

const FUNCTION = `
import dns, { promises } from 'node:dns';
import { lookup } from 'node:dns/promises';
import http from 'node:http';
import { get } from 'node:https';
import net from 'node:net';
import { connect } from 'node:tls';

let calls = 0;
const body = (options) => new Promise((resolve, reject) => {
  get(options, async (response) => {
    const from = response.socket.remoteAddress;
    let text = '';
    for await (const chunk of response) text += chunk;
    resolve({ status: response.statusCode, text, from });
  }).on('error', reject);
});
const actions = {
  environment: () => process.env,
  context: (event, context) => ({ ...context, remaining: context.getRemainingTimeInMillis() }),
  calls: () => ++calls,
  log: () => { console.log('one\\ntwo'); console.error('three'); },
  throws: () => { throw new TypeError('no such thing'); },
  rejectsText: async () => { throw 'just text'; },
  cyclic: () => { const cycle = {}; cycle.cycle = cycle; return cycle; },
  exit: (event) => process.exit(event.code),
  crash: () => new Promise(() => setImmediate(() => { throw new RangeError('out of the blue'); })),
  forgotten: () => new Promise(() => { Promise.reject(new Error('not awaited')); }),
  hang: () => new Promise((resolve) => setInterval(() => {}, 1000)),
  spin: () => { for (;;); },
  resolve4: (event) => promises.resolve4(event.name),
  resolver: (event) => { const resolver = new promises.Resolver(); if (event.servers) resolver.setServers(event.servers); return resolver.resolve4(event.name); },
  callbackResolver: (event) => new Promise((resolve, reject) => new dns.Resolver().resolve4(event.name, (error, found) => error ? reject(error) : resolve(found))),
  lookup: (event) => lookup(event.name, event.options),
  callbackLookup: (event) => new Promise((resolve, reject) => dns.lookup(event.name, { all: true }, (error, found) => error ? reject(error) : resolve(found))),
  get: (event) => body(event.url),
  getBySni: (event) => body({ host: event.name, servername: event.name, agent: false, lookup: (name, options, callback) => callback(null, [{ address: event.address, family: 4 }]) }),
  tls: (event) => new Promise((resolve, reject) => {
    const socket = connect({ host: event.address, port: 443, servername: event.name }, () => {
      resolve({ authorized: socket.authorized, from: socket.remoteAddress, names: socket.getPeerCertificate().subjectaltname });
      socket.destroy();
    }).on('error', reject);
  }),
  fetch: async (event) => (await fetch(event.url)).text(),
  plain: (event) => new Promise((resolve, reject) => net.connect(event.port, event.host, () => resolve('connected')).on('error', reject)),
};
export const handler = async (event, context) => actions[event.action](event, context);
export const old = (event, context, callback) => setImmediate(() => event.fails ? callback(new Error('old way')) : callback(null, 'called back'));
`;

const NAME = 'hello.ap-northeast-1.awsapprunner.com';
const ADDRESS = '10.0.22.10';

interface Shared {
  readonly folder: string;
  readonly https: Server;
  readonly names: Socket;
  readonly publicNames: Socket;
}

/** Answers every A question with one address, everything else with nothing. */
async function nameServer(address: string): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => {
    const { id, questions = [] } = packet.decode(message);
    const [question] = questions;
    const known = question?.name.toLowerCase() === NAME;
    const answers =
      known && question.type === 'A' ? [{ type: 'A' as const, name: question.name, ttl: 60, data: address }] : [];
    socket.send(
      packet.encode({ type: 'response', id: id ?? 0, flags: known ? 0 : 3, questions, answers }),
      from.port,
      from.address,
    );
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

const serverOf = (socket: Socket): string => `127.0.0.1:${socket.address().port}`;

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port');
  return address.port;
}

describe('the worker runtime', () => {
  let shared: Shared;
  let makeRuntime: () => Runtime;
  let runtime: Runtime;
  const clock = new SystemClock();
  const lines: LogLine[] = [];
  let onLine = (): void => {};

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'worker-runtime-'));
    await writeFile(join(folder, 'index.mjs'), FUNCTION);
    await writeFile(join(folder, 'broken.mjs'), 'export const handler = ;');
    await writeFile(join(folder, 'throwing.mjs'), 'throw new RangeError("at load")');
    const authority = await CertificateAuthority.create(seededChance('worker runtime'));
    const https = createServer(await authority.certificateFor(NAME), (request, response) =>
      response.end(`hello ${request.headers.host}`),
    );
    https.listen(0, '127.0.0.1');
    await once(https, 'listening');
    shared = {
      folder,
      https,
      names: await nameServer(ADDRESS),
      publicNames: await nameServer('203.0.113.7'),
    };
    makeRuntime = () =>
      workerRuntime({
        clock,
        endpointUrl: () => 'http://127.0.0.1:4566',
        credentials: (roleArn) => ({
          accessKeyId: 'ASIAEXAMPLE',
          secretAccessKey: `secret of ${roleArn}`,
          sessionToken: 'token',
        }),
        network: () => ({
          dns: serverOf(shared.names),
          publicDns: serverOf(shared.publicNames),
          route: (address, port) =>
            address === ADDRESS && port === 443 ? { host: '127.0.0.1', port: portOf(shared.https) } : undefined,
        }),
        certificates: [authority.certificatePem],
        log: (line) => {
          lines.push(line);
          onLine();
        },
      });
  });

  beforeEach(() => {
    runtime = makeRuntime();
  });
  afterEach(() => runtime.close());

  afterAll(async () => {
    clock.stop();
    shared.https.close();
    shared.names.close();
    shared.publicNames.close();
    await rm(shared.folder, { recursive: true });
  });

  const sample = (changes: Partial<LambdaFunction> = {}): LambdaFunction =>
    sampleFunction({ codeFolder: shared.folder, ...changes });
  const invoke = (event: object, fn = sample()): Promise<InvocationOutcome> =>
    runtime.invoke(fn, event, { requestId: 'request-1' });

  it('gives the function exactly its own environment', async () => {
    const outcome = await invoke({ action: 'environment' }, sample({ environment: { TABLE: 'rows' } }));
    expect(outcome).toMatchObject({
      ok: true,
      payload: {
        TABLE: 'rows',
        AWS_REGION: 'ap-northeast-1',
        AWS_LAMBDA_FUNCTION_NAME: 'sample',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
        AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
        AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
        AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'secret of arn:aws:iam::123456789012:role/sample',
        AWS_SESSION_TOKEN: 'token',
      },
    });
    expect(outcome.ok && Object(outcome.payload)).not.toHaveProperty('PATH');
  });

  it('gives the handler a context', async () => {
    const outcome = await invoke({ action: 'context' });
    expect(outcome).toMatchObject({
      ok: true,
      payload: {
        awsRequestId: 'request-1',
        functionName: 'sample',
        memoryLimitInMB: '128',
        invokedFunctionArn: sample().arn,
      },
    });
    const remaining = outcome.ok ? Object(outcome.payload).remaining : undefined;
    expect(remaining).toBeGreaterThan(0);
    expect(remaining).toBeLessThanOrEqual(10_000);
  });

  it('uses a free environment again, and starts another for events at the same time', async () => {
    const fn = sample();
    expect(await invoke({ action: 'calls' }, fn)).toEqual({ ok: true, payload: 1 });
    expect(await invoke({ action: 'calls' }, fn)).toEqual({ ok: true, payload: 2 });
    const both = await Promise.all([invoke({ action: 'calls' }, fn), invoke({ action: 'calls' }, fn)]);
    expect(both).toEqual([
      { ok: true, payload: 3 },
      { ok: true, payload: 1 },
    ]);
  });

  it('hands every line that the function writes to the log', async () => {
    lines.length = 0;
    const three = new Promise<void>((resolve) => {
      onLine = () => lines.length === 3 && resolve();
    });
    await invoke({ action: 'log' });
    await three;
    expect(lines.filter(({ stream }) => stream === 'stdout').map(({ line }) => line)).toEqual(['one', 'two']);
    expect(lines.filter(({ stream }) => stream === 'stderr').map(({ line }) => line)).toEqual(['three']);
  });

  it.each([
    ['throws', { action: 'throws' }, 'TypeError', 'no such thing'],
    ['rejects with a text', { action: 'rejectsText' }, 'string', 'just text'],
    ['answers what is not JSON', { action: 'cyclic' }, 'Runtime.MarshalError', 'Unable to stringify response body'],
    [
      'exits',
      { action: 'exit', code: 3 },
      'Runtime.ExitError',
      'RequestId: request-1 Error: Runtime exited with error: exit status 3',
    ],
    [
      'exits with 0',
      { action: 'exit', code: 0 },
      'Runtime.ExitError',
      'RequestId: request-1 Error: Runtime exited without providing a reason',
    ],
    ['crashes', { action: 'crash' }, 'RangeError', 'out of the blue'],
    ['forgets a rejection', { action: 'forgotten' }, 'Runtime.UnhandledPromiseRejection', 'not awaited'],
  ])('reports a function that %s, and continues with the next event', async (_how, event, errorType, errorMessage) => {
    const fn = sample();
    expect(await invoke(event, fn)).toMatchObject({ ok: false, errorType, errorMessage });
    expect(await invoke({ action: 'calls' }, fn)).toMatchObject({ ok: true });
  });

  it.each([['hang'], ['spin']])('stops a function that does not end (%s)', async (action) => {
    const fn = sample({ timeout: 0.3 });
    const outcome = await invoke({ action }, fn);
    expect(outcome).toEqual({
      ok: false,
      errorType: 'Sandbox.Timedout',
      errorMessage: 'RequestId: request-1 Error: Task timed out after 0.30 seconds',
    });
  });

  it('starts nothing once it is closed, not even for events that wait', async () => {
    const fn = sample();
    const events = [1, 2, 3, 4].map(() => invoke({ action: 'hang' }, fn));
    await runtime.close();
    const closed = { ok: false, errorType: 'Runtime.ExitError' };
    expect(await Promise.all(events)).toMatchObject([closed, closed, closed, closed]);
    expect(await invoke({ action: 'calls' }, fn)).toMatchObject({
      ...closed,
      errorMessage: 'RequestId: request-1 Error: Runtime is closed',
    });
  });

  it.each([
    ['no such file', 'missing.handler', 'Runtime.ImportModuleError', "Error: Cannot find module 'missing'"],
    ['no such export', 'index.other', 'Runtime.HandlerNotFound', 'index.other is undefined or not exported'],
    ['a module that throws', 'throwing.handler', 'RangeError', 'at load'],
    ['a module that is not JavaScript', 'broken.handler', 'Runtime.UserCodeSyntaxError', "Unexpected token ';'"],
  ])('reports %s', async (_what, handler, errorType, errorMessage) => {
    expect(await invoke({}, sample({ handler }))).toMatchObject({ ok: false, errorType, errorMessage });
  });

  it('knows handlers that call back', async () => {
    const fn = sample({ handler: 'index.old' });
    expect(await invoke({}, fn)).toEqual({ ok: true, payload: 'called back' });
    expect(await invoke({ fails: true }, fn)).toMatchObject({ ok: false, errorType: 'Error', errorMessage: 'old way' });
  });

  it.each([
    ['dns.promises.resolve4', { action: 'resolve4', name: NAME }, [ADDRESS]],
    ['new dns.promises.Resolver()', { action: 'resolver', name: NAME }, [ADDRESS]],
    ['a resolver set to a public server', { action: 'resolver', name: NAME, servers: ['8.8.8.8'] }, ['203.0.113.7']],
    ["a resolver set to the VPC's server", { action: 'resolver', name: NAME, servers: ['10.0.0.2:53'] }, [ADDRESS]],
    ['new dns.Resolver()', { action: 'callbackResolver', name: NAME }, [ADDRESS]],
    ['dns.promises.lookup', { action: 'lookup', name: NAME }, { address: ADDRESS, family: 4 }],
    [
      'dns.promises.lookup of all',
      { action: 'lookup', name: NAME, options: { all: true } },
      [{ address: ADDRESS, family: 4 }],
    ],
    ['dns.lookup', { action: 'callbackLookup', name: NAME }, [{ address: ADDRESS, family: 4 }]],
    [
      'https.get by name',
      { action: 'get', url: `https://${NAME}/` },
      { status: 200, text: `hello ${NAME}`, from: ADDRESS },
    ],
    [
      'https.get with its own lookup',
      { action: 'getBySni', name: NAME, address: ADDRESS },
      { status: 200, text: `hello ${NAME}`, from: ADDRESS },
    ],
    [
      'tls.connect by address',
      { action: 'tls', address: ADDRESS, name: NAME },
      { authorized: true, from: ADDRESS, names: `DNS:${NAME}` },
    ],
    ['fetch', { action: 'fetch', url: `https://${NAME}/` }, `hello ${NAME}`],
  ])('puts %s into the network of the function', async (_what, event, payload) => {
    expect(await invoke(event)).toEqual({ ok: true, payload });
  });

  it.each([
    [
      'a private address without listener',
      { action: 'plain', host: '10.0.22.11', port: 443 },
      'connect ETIMEDOUT 10.0.22.11:443',
    ],
    ['another port', { action: 'plain', host: ADDRESS, port: 80 }, 'connect ETIMEDOUT 10.0.22.10:80'],
    ['a public address', { action: 'plain', host: '198.51.100.1', port: 443 }, 'connect ENETUNREACH 198.51.100.1:443'],
    [
      'an unknown name',
      { action: 'plain', host: 'nowhere.example.com', port: 443 },
      'getaddrinfo ENOTFOUND nowhere.example.com',
    ],
    [
      'a certificate of another name',
      { action: 'tls', address: ADDRESS, name: 'other.example.com' },
      expect.stringContaining("does not match certificate's altnames"),
    ],
  ])('refuses %s', async (_what, event, errorMessage) => {
    expect(await invoke(event)).toMatchObject({ ok: false, errorMessage });
  });

  it('lets the function reach loopback, where the AWS endpoint is', async () => {
    expect(await invoke({ action: 'plain', host: 'localhost', port: portOf(shared.https) })).toEqual({
      ok: true,
      payload: 'connected',
    });
  });
});
