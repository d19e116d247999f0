import { describe, expect, test } from 'vitest';
import { MalformedResponseError, responseOf } from '../../src/services/apigateway/response.ts';

const read = (answer: unknown) => {
  const { body, ...response } = responseOf(answer);
  return { ...response, body: new TextDecoder().decode(body) };
};
const json = { 'content-type': 'application/json' };

describe('an answer without statusCode', () => {
  test.each([
    ['Hello', 'Hello'],
    [{ hello: 'world' }, '{"hello":"world"}'],
    [[1, 2], '[1,2]'],
    [null, 'null'],
  ])('%j is a JSON body', (answer, body) => {
    expect(read(answer)).toEqual({ status: 200, headers: json, cookies: [], body });
  });
});

describe('an answer with statusCode', () => {
  test('is taken as it stands, names of headers in lower case', () => {
    const headers = { 'Content-Type': 'application/problem+json', 'X-Count': 3 };
    expect(read({ statusCode: 404, headers, cookies: ['a=1', 'b=2'], body: '{}' })).toEqual({
      status: 404,
      headers: { 'content-type': 'application/problem+json', 'x-count': '3' },
      cookies: ['a=1', 'b=2'],
      body: '{}',
    });
  });

  test('may have a body in Base64, of no type, or none', () => {
    const plain = { 'content-type': 'text/plain;charset=UTF-8' };
    expect(read({ statusCode: 200, body: 'SGVsbG8=', isBase64Encoded: true })).toMatchObject({
      headers: plain,
      body: 'Hello',
    });
    expect(read({ statusCode: 204 })).toEqual({ status: 204, headers: {}, cookies: [], body: '' });
  });

  test('cannot say what only the carrier knows', () => {
    expect(
      read({ statusCode: 200, headers: { 'Content-Length': '7', Connection: 'close' }, body: '' }).headers,
    ).toEqual({});
  });

  test.each([
    [{ statusCode: '200' }, 'statusCode is "200"'],
    [{ statusCode: 99 }, 'statusCode is 99'],
    [{ statusCode: 200, body: { a: 1 } }, 'body is object'],
    [{ statusCode: 200, headers: ['a'] }, 'headers is not an object'],
    [{ statusCode: 200, headers: { a: ['b'] } }, 'the header a'],
    [{ statusCode: 200, cookies: 'a=1' }, 'cookies is not a list'],
  ])('%j is malformed', (answer, why) => {
    expect(() => responseOf(answer)).toThrow(MalformedResponseError);
    expect(() => responseOf(answer)).toThrow(why);
  });
});
