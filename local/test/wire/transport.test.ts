import { Readable } from 'node:stream';
import { AppRunnerClient, DescribeService$, DescribeServiceCommand } from '@aws-sdk/client-apprunner';
import { Invoke$, InvokeCommand, LambdaClient, UntagResource$, UntagResourceCommand } from '@aws-sdk/client-lambda';
import { afterEach, expect, it } from 'vitest';
import { type HttpServer, PortInUseError, startHttpServer } from '../../src/wire/http-server.ts';
import { inProcessHandler } from '../../src/wire/in-process.ts';
import { fakeCloud, fakeOperation, fakeService } from './fake.ts';

const open: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

const arn = 'arn:aws:apprunner:eu-west-1:123456789012:service/shop/0';
const invoke = fakeOperation(Invoke$, (input) => ({ StatusCode: 200, ...input }));
const untag = fakeOperation(UntagResource$);
const cloud = fakeCloud([
  fakeService('apprunner', [fakeOperation(DescribeService$, () => ({ Service: { ServiceArn: arn } }))]),
  fakeService('lambda', [invoke, untag]),
]);

async function start(options: Partial<Parameters<typeof startHttpServer>[0]> = {}): Promise<HttpServer> {
  const server = await startHttpServer({ gateway: cloud.gateway, port: 0, ...options });
  open.push(server);
  return server;
}
const config = (server: HttpServer) => ({
  endpoint: server.url,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
});

it('serves SDK clients over HTTP', async () => {
  const server = await start();
  expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
  const apprunner = new AppRunnerClient(config(server));
  const output = await apprunner.send(new DescribeServiceCommand({ ServiceArn: arn }));
  expect(output.Service?.ServiceArn).toBe(arn);
  expect(cloud.calls.at(-1)?.context.sourceAddress).toBe('127.0.0.1');
  const Payload = new Uint8Array([0, 1, 254, 255]);
  const lambda = new LambdaClient(config(server));
  const answer = await lambda.send(new InvokeCommand({ FunctionName: 'f:1', Qualifier: 'a b', Payload }));
  expect(invoke.inputs.at(-1)).toEqual({ FunctionName: 'f:1', Qualifier: 'a b', Payload });
  expect([...(answer.Payload ?? [])]).toEqual([...Payload]);
  await lambda.send(new UntagResourceCommand({ Resource: 'r', TagKeys: ['a', 'b'] }));
  expect(untag.inputs.at(-1)).toEqual({ Resource: 'r', TagKeys: ['a', 'b'] });
  apprunner.destroy();
  lambda.destroy();
});

it('names a port that is taken', async () => {
  const { port } = await start();
  const second = startHttpServer({ gateway: cloud.gateway, port });
  await expect(second).rejects.toThrow(PortInUseError);
  await expect(second).rejects.toMatchObject({ port, message: expect.stringContaining(String(port)) });
});

it('gives the port back', async () => {
  const first = await startHttpServer({ gateway: cloud.gateway, port: 0 });
  await first.close();
  expect((await start({ port: first.port })).port).toBe(first.port);
});

it('answers people and health checks', async () => {
  const routes = {
    state: (query: URLSearchParams) => ({ of: query.get('service') }),
    broken: () => Promise.reject(new Error('no')),
  };
  const { url } = await start({ routes });
  const get = async (path: string) => {
    const response = await fetch(url + path);
    return [response.status, await response.json()];
  };
  expect(await get('/')).toMatchObject([
    200,
    { endpoints: ['/_embedded/health', '/_embedded/state', '/_embedded/broken'] },
  ]);
  expect(await get('/_embedded/health')).toEqual([200, { status: 'ok' }]);
  expect(await get('/_embedded/state?service=shop')).toEqual([200, { of: 'shop' }]);
  expect(await get('/_embedded/nothing')).toMatchObject([404, { error: 'there is no /_embedded/nothing' }]);
  expect(await get('/_embedded/broken')).toEqual([500, { error: 'no' }]);
  const authorization =
    'AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0';
  const buckets = await fetch(url, { headers: { authorization } });
  expect([buckets.status, await buckets.text()]).toEqual([501, expect.stringContaining('s3:GET / is not implemented')]);
});

it('sends any body an SDK makes, without a socket', async () => {
  const seen: unknown[] = [];
  const handler = inProcessHandler({
    handle: async (request) => {
      seen.push([[...request.body], request.headers]);
      return { status: 204, headers: { a: 'b' }, body: new Uint8Array() };
    },
  });
  const bodies = [
    'AB',
    new Uint8Array([65, 66]),
    new Uint8Array([65, 66]).buffer,
    new DataView(new Uint8Array([64, 65, 66]).buffer, 1),
  ];
  for (const body of [...bodies, Readable.from([Buffer.from('A'), Buffer.from('B')])]) {
    const { response } = await handler.handle({ method: 'POST', path: '/', headers: { 'X-Upper': 'x' }, body });
    expect([response.statusCode, response.headers]).toEqual([204, { a: 'b' }]);
  }
  expect(seen).toEqual(Array(5).fill([[65, 66], { 'x-upper': 'x' }]));
  await expect(handler.handle({ method: 'POST', path: '/', headers: {}, body: 1 })).rejects.toThrow(TypeError);
});

it('does not send what has been aborted', async () => {
  const handler = inProcessHandler({ handle: () => Promise.reject(new Error('sent')) });
  const call = handler.handle({ method: 'GET', path: '/', headers: {} }, { abortSignal: { aborted: true } });
  await expect(call).rejects.toMatchObject({ name: 'AbortError' });
});
