import { describe, expect, test } from 'vitest';
import { matchRoute, parseRouteKey } from '../../src/services/apigateway/route.ts';

const routes = (...keys: readonly string[]) => keys.map((key) => ({ pattern: parseRouteKey(key) }));

function found(keys: readonly string[], request: string) {
  const [method = '', path = ''] = request.split(' ');
  const match = matchRoute(routes(...keys), method, path);
  return match && [match.route.pattern.routeKey, match.pathParameters];
}

describe("the documentation's own example", () => {
  const keys = ['$default', 'ANY /{proxy+}', 'GET /pets/{proxy+}', 'GET /pets/dog/{id}', 'GET /pets/dog/1'];
  test.each([
    ['GET /pets/dog/1', 'GET /pets/dog/1', {}],
    ['GET /pets/dog/2', 'GET /pets/dog/{id}', { id: '2' }],
    ['GET /pets/cat/1', 'GET /pets/{proxy+}', { proxy: 'cat/1' }],
    ['POST /test/5', 'ANY /{proxy+}', { proxy: 'test/5' }],
    ['POST /pets/dog/1', 'ANY /{proxy+}', { proxy: 'pets/dog/1' }],
    ['GET /', '$default', {}],
  ])('%s goes to %s', (request, routeKey, parameters) => {
    expect(found(keys, request)).toEqual([routeKey, parameters]);
    expect(found(keys.toReversed(), request)).toEqual([routeKey, parameters]);
  });
});

test.each([
  [
    'a full match comes before a greedy one that begins with more text',
    ['GET /pets/{rest+}', 'GET /{kind}/dog'],
    'GET /pets/dog',
    'GET /{kind}/dog',
  ],
  ['a method by name comes before ANY', ['ANY /pets', 'GET /pets'], 'GET /pets', 'GET /pets'],
  ['ANY takes the methods that have no route', ['ANY /pets', 'GET /pets'], 'PUT /pets', 'ANY /pets'],
  ['text comes before a variable', ['GET /{a}/x', 'GET /pets/{b}'], 'GET /pets/x', 'GET /pets/{b}'],
])('%s', (_, keys, request, routeKey) => {
  expect(found(keys, request)?.[0]).toBe(routeKey);
});

test.each(['GET /pets', 'GET /pets/', 'GET /pets/1/2', 'POST /pets/1', 'GET /PETS/1'])(
  'without $default %s has no route',
  (request) => {
    expect(found(['GET /pets/{id}'], request)).toBeUndefined();
  },
);

test('path parameters are decoded, each separately', () => {
  expect(found(['GET /{a}/{rest+}'], 'GET /x%20y%2Fz/1%2F2/3')).toEqual([
    'GET /{a}/{rest+}',
    { a: 'x y/z', rest: '1/2/3' },
  ]);
  expect(() => found(['GET /{a}'], 'GET /%zz')).toThrow(URIError);
});

test.each([
  ['/pets', 'not formatted properly'],
  ['FETCH /pets', 'not formatted properly'],
  ['GET pets', 'not formatted properly'],
  ['GET /{all+}/pets', 'has to be the last'],
  ['GET /pet-{id}', 'has to be a whole segment'],
])('%s is no route key', (key, why) => {
  expect(() => parseRouteKey(key)).toThrow(why);
});
