import { afterEach, describe, expect, test } from 'vitest';
import type { ApiEvent } from '../../src/services/apigateway/event.ts';
import type { InProcessHandler } from '../../src/services/lambda/in-process-runtime.ts';
import { type ApiCloud, apiCloud, type RouteChoice, template, textOf } from './cloud.ts';

let made: ApiCloud | undefined;
afterEach(() => made?.cloud.stop());

const echo: InProcessHandler = (event) => event;

async function start(
  document: object = template([['GET /services/{name}'], ['POST /services']]),
  handler: InProcessHandler = echo,
): Promise<ApiCloud> {
  made = await apiCloud(document, handler);
  return made;
}

/** The template with some resources changed. */
const changed = (
  changes: Readonly<Record<string, object | undefined>>,
  routes: readonly RouteChoice[] = [['GET /']],
) => {
  const document = template(routes);
  const resources = Object.entries({ ...document.Resources, ...changes }).filter(
    ([, resource]) => resource !== undefined,
  );
  return { ...document, Resources: Object.fromEntries(resources) };
};

describe('an HTTP API', () => {
  test('hands a request to the function of its route and its answer back', async () => {
    const { send, apiId, apiUrl } = await start();
    const response = await send({ target: '/services/web?x=1', headers: { host: 'localhost' } });
    expect(response).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
    const event: ApiEvent = JSON.parse(textOf(response));
    expect(event).toMatchObject({
      routeKey: 'GET /services/{name}',
      pathParameters: { name: 'web' },
      requestContext: { apiId, stage: '$default', accountId: '123456789012' },
    });
    expect(response.headers['apigw-requestid']).toBe(event.requestContext.requestId);
    expect(apiUrl).toBe(`https://${event.requestContext.domainName}`);
  });

  test('answers what has no route, what is not encoded and what is unknown', async () => {
    const { send, cloud } = await start();
    const answers = await Promise.all([
      send({ target: '/' }),
      send({ method: 'DELETE', target: '/services' }),
      send({ target: '/services/%zz' }),
      cloud.httpApis.handle('nobody', { method: 'GET', target: '/', headers: {}, body: new Uint8Array() }),
    ]);
    expect(answers.map((answer) => [answer.status, textOf(answer)])).toEqual([
      [404, '{"message":"Not Found"}'],
      [404, '{"message":"Not Found"}'],
      [400, '{"message":"Bad Request"}'],
      [404, '{"message":"Not Found"}'],
    ]);
  });

  test('takes bodies of 10 MB, and no more than Lambda takes', async () => {
    const { send } = await start(undefined, () => 'taken');
    const post = async (length: number) => {
      const headers = { 'content-type': 'text/plain' };
      return textOf(await send({ method: 'POST', target: '/services', headers, body: 'x'.repeat(length) }));
    };
    expect(await post(5 * 1024 * 1024)).toBe('taken');
    expect(await post(6 * 1024 * 1024)).toBe('{"message":"Request Entity Too Large"}');
    expect(await post(10 * 1024 * 1024 + 1)).toBe('{"message":"Request Entity Too Large"}');
  });

  test('takes 10,240 bytes of request line and header values', async () => {
    const { send } = await start(undefined, () => 'taken');
    const line = 'GET /services/a HTTP/1.1'.length;
    const get = async (length: number) =>
      (await send({ target: '/services/a', headers: { a: 'x'.repeat(length) } })).status;
    expect(await get(10_240 - line)).toBe(200);
    expect(await get(10_241 - line)).toBe(431);
  });

  test.each<readonly [string, InProcessHandler, string]>([
    ['throws', () => Promise.reject(new TypeError('oops')), 'TypeError: oops'],
    ['answers nonsense', () => ({ statusCode: 'fine' }), 'statusCode is "fine"'],
  ])('tells no more than a status when its function %s', async (_, handler, logged) => {
    const { send, log } = await start(undefined, handler);
    const answer = await send({ target: '/services/a' });
    expect([answer.status, textOf(answer)]).toEqual([500, '{"message":"Internal Server Error"}']);
    expect(log).toEqual([expect.stringContaining(logged)]);
  });

  test('waits no longer than the timeout of its integration', async () => {
    const handler: InProcessHandler = () => new Promise(() => {});
    const { send, clock } = await start(template([['GET /']], { TimeoutInMillis: 5000 }), handler);
    const answer = send({});
    await clock.advance(4999);
    const early = await Promise.race([answer, Promise.resolve('none yet')]);
    expect(early).toBe('none yet');
    await clock.advance(1);
    expect(await answer).toMatchObject({ status: 503 });
  });

  test('needs a permission to invoke the function', async () => {
    const { send, log } = await start(changed({ Permission: undefined }));
    expect(await send({})).toMatchObject({ status: 500 });
    expect(log).toEqual([expect.stringContaining('no permission (AWS::Lambda::Permission)')]);
  });

  test('has named stages beside $default', async () => {
    const stage = (StageName: string) => ({
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId: { Ref: 'HttpApi' }, StageName, AutoDeploy: true },
    });
    const document = changed({ HttpApiStage: stage('dev') }, [['GET /'], ['GET /{name}']]);
    const { send } = await start(document);
    const event = async (target: string): Promise<ApiEvent> => JSON.parse(textOf(await send({ target })));
    expect(await event('/dev/a')).toMatchObject({
      rawPath: '/dev/a',
      pathParameters: { name: 'a' },
      requestContext: { stage: 'dev' },
    });
    expect(await event('/dev')).toMatchObject({ routeKey: 'GET /', requestContext: { stage: 'dev' } });
    expect(await event('/a')).toEqual({ message: 'Not Found' });
  });
});

describe('a template is refused', () => {
  const withProperties = (logicalId: 'HttpApi' | 'HttpApiStage' | 'Integration' | 'Route0', properties: object) => {
    const resource = template([['GET /']]).Resources;
    const found = Object.entries(resource).find(([id]) => id === logicalId)?.[1];
    return changed({ [logicalId]: { ...found, Properties: { ...found?.Properties, ...properties } } });
  };
  test.each([
    ['of a WebSocket API', withProperties('HttpApi', { ProtocolType: 'WEBSOCKET' }), 'HTTP APIs only'],
    ['with CORS', withProperties('HttpApi', { CorsConfiguration: {} }), 'CorsConfiguration is not implemented'],
    ['with a stage of deployments', withProperties('HttpApiStage', { AutoDeploy: false }), 'needs AutoDeploy: true'],
    ['of another payload', withProperties('Integration', { PayloadFormatVersion: '1.0' }), 'payload format 2.0'],
    ['of an HTTP proxy', withProperties('Integration', { IntegrationType: 'HTTP_PROXY' }), 'AWS_PROXY integrations'],
    ['of more patience', withProperties('Integration', { TimeoutInMillis: 30_001 }), 'between 50 ms and 30000 ms'],
    ['with another authoriser', withProperties('Route0', { AuthorizationType: 'JWT' }), 'not by JWT'],
    ['of a wrong route', withProperties('Route0', { RouteKey: 'GET' }), 'not formatted properly'],
    [
      'of a route to nowhere',
      withProperties('Route0', { Target: 'integrations/none' }),
      'Invalid Integration identifier',
    ],
    ['with a route twice', changed({ Again: template([['GET /']]).Resources.Route0 }), 'already exists'],
    ['with an authorizer', changed({ A: { Type: 'AWS::ApiGatewayV2::Authorizer' } }), 'cannot make A'],
  ])('%s', async (_, document, why) => {
    await expect(start(document)).rejects.toThrow(why);
  });
});
