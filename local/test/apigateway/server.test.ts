import { once } from 'node:events';
import { request } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startApiServer } from '../../src/services/apigateway/server.ts';
import { type HttpServer, PortInUseError } from '../../src/wire/http-server.ts';
import { type ApiCloud, apiCloud, signed, template } from './cloud.ts';

let api: ApiCloud;
let server: HttpServer;
let defaultApi: string | undefined;

beforeEach(async () => {
  const routes = template([
    ['GET /services', 'AWS_IAM'],
    ['POST /echo', 'NONE'],
    ['GET /cookies', 'NONE'],
  ]);
  api = await apiCloud(routes, (event) =>
    Object(event).rawPath === '/cookies' ? { statusCode: 204, cookies: ['a=1', 'b=2'] } : event,
  );
  defaultApi = api.apiId;
  server = await startApiServer({ apis: api.cloud.httpApis, port: 0, defaultApi: () => defaultApi });
});
afterEach(async () => {
  await server.close();
  await api.cloud.stop();
});

test('a request signed for the address it is sent to is answered', async () => {
  const { host } = new URL(server.url);
  const credentials = { accessKeyId: 'me', secretAccessKey: 'me' };
  const target = '/services?a=1';
  const headers = await signed({ target, headers: { host } }, { credentials, at: api.clock.now() });
  const answer = await fetch(`${server.url}${target}`, { headers });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    rawQueryString: 'a=1',
    headers: { host },
    requestContext: { http: { sourceIp: '127.0.0.1' } },
  });
  expect((await fetch(`${server.url}/services`)).status).toBe(403);
});

test('bodies, cookies and headers that are sent twice arrive, and cookies leave', async () => {
  const answer = await fetch(`${server.url}/echo`, {
    method: 'POST',
    headers: [
      ['content-type', 'application/json'],
      ['x-twice', 'a'],
      ['x-twice', 'b'],
      ['cookie', 'c=1; d=2'],
    ],
    body: '{}',
  });
  expect(await answer.json()).toMatchObject({ body: '{}', cookies: ['c=1', 'd=2'], headers: { 'x-twice': 'a, b' } });
  expect((await fetch(`${server.url}/cookies`)).headers.getSetCookie()).toEqual(['a=1', 'b=2']);
});

test('without an API every path is not found, but for a Host header that names one', async () => {
  defaultApi = undefined;
  expect((await fetch(`${server.url}/cookies`)).status).toBe(404);
  const status = async (host: string) => {
    const [response] = await once(request(`${server.url}/cookies`, { headers: { host } }).end(), 'response');
    response.resume();
    return response.statusCode;
  };
  expect(await status(new URL(api.apiUrl).host)).toBe(204);
  // A Host that names no API may be a web page's.
  expect(await status(`${api.apiId}.execute-api.us-east-1.amazonaws.com`)).toBe(403);
});

test('a body that is too large is read to its end, and refused', async () => {
  const answer = await fetch(`${server.url}/echo`, { method: 'POST', body: 'x'.repeat(11 * 1024 * 1024) });
  expect([answer.status, await answer.text()]).toEqual([413, '{"message":"Request Entity Too Large"}']);
});

test('a port that is taken is reported', async () => {
  const again = startApiServer({ apis: api.cloud.httpApis, port: server.port, defaultApi: () => undefined });
  await expect(again).rejects.toThrow(PortInUseError);
});
