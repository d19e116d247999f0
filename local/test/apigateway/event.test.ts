import { expect, test } from 'vitest';
import { proxyEvent } from '../../src/services/apigateway/event.ts';

const routed = {
  account: '123456789012',
  apiId: 'a1b2c3d4e5',
  domainName: 'a1b2c3d4e5.execute-api.ap-northeast-1.amazonaws.com',
  stage: '$default',
  routeKey: 'POST /services/{account}/{name}',
  pathParameters: { account: '1', name: 'a b' },
  requestId: 'JKJaXmPLvHcESHA=',
  now: Date.UTC(2020, 2, 12, 19, 3, 58, 42),
};

test('an event is payload format 2.0 to the letter', () => {
  const caller = {
    accessKey: 'AKIA',
    accountId: '123456789012',
    callerId: 'AROA:me',
    cognitoIdentity: null,
    principalOrgId: 'o-1',
    userArn: 'arn:aws:sts::123456789012:assumed-role/r/me',
    userId: 'AROA:me',
  };
  const event = proxyEvent({
    ...routed,
    caller,
    request: {
      method: 'POST',
      target: '/services/1/a%20b?tag=x&tag=y&q=1%2B1&empty=',
      headers: {
        host: 'localhost:3000',
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'curl/7.88.1',
        cookie: 'a=1; b=2',
        'x-twice': 'one,two',
      },
      body: Buffer.from('{"snow":"☃"}'),
      sourceAddress: '192.0.2.7',
    },
  });
  expect(event).toEqual({
    version: '2.0',
    routeKey: 'POST /services/{account}/{name}',
    rawPath: '/services/1/a b',
    rawQueryString: 'tag=x&tag=y&q=1%2B1&empty=',
    cookies: ['a=1', 'b=2'],
    headers: {
      host: 'localhost:3000',
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'curl/7.88.1',
      'x-twice': 'one,two',
      'content-length': '14',
      'x-forwarded-for': '192.0.2.7',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    queryStringParameters: { tag: 'x,y', q: '1+1', empty: '' },
    requestContext: {
      accountId: '123456789012',
      apiId: 'a1b2c3d4e5',
      authorizer: { iam: caller },
      domainName: 'a1b2c3d4e5.execute-api.ap-northeast-1.amazonaws.com',
      domainPrefix: 'a1b2c3d4e5',
      http: {
        method: 'POST',
        path: '/services/1/a b',
        protocol: 'HTTP/1.1',
        sourceIp: '192.0.2.7',
        userAgent: 'curl/7.88.1',
      },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: 'POST /services/{account}/{name}',
      stage: '$default',
      time: '12/Mar/2020:19:03:58 +0000',
      timeEpoch: 1584039838042,
    },
    pathParameters: { account: '1', name: 'a b' },
    body: '{"snow":"☃"}',
    isBase64Encoded: false,
  });
});

test('what a request does not have its event does not have', () => {
  const request = { method: 'GET', target: '/', headers: {}, body: new Uint8Array() };
  const event = proxyEvent({ ...routed, pathParameters: {}, request });
  expect(Object.keys(event)).toEqual([
    'version',
    'routeKey',
    'rawPath',
    'rawQueryString',
    'headers',
    'requestContext',
    'isBase64Encoded',
  ]);
  expect(event).toMatchObject({ rawQueryString: '', isBase64Encoded: false });
  expect(event.requestContext).not.toHaveProperty('authorizer');
});

test.each([
  ['text/html; charset=utf-8', false],
  ['application/json', false],
  ['application/xml', false],
  ['application/javascript', false],
  ['application/x-www-form-urlencoded', true],
  ['application/octet-stream', true],
  [undefined, true],
])('a body of the type %s is passed on in Base64: %s', (type, isBase64Encoded) => {
  const headers = type === undefined ? {} : { 'content-type': type };
  const event = proxyEvent({ ...routed, request: { method: 'POST', target: '/', headers, body: Buffer.from('a=1') } });
  expect(event).toMatchObject({ isBase64Encoded, body: isBase64Encoded ? 'YT0x' : 'a=1' });
});
