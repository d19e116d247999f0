import type { ApiResponse } from './message.ts';

/** What the function has answered is no response that API Gateway can pass on. */
export class MalformedResponseError extends Error {
  override readonly name = 'MalformedResponseError';
}

/**
 * The HTTP response that a function's answer means in payload format 2.0 (documented):
 *
 *     answer                                    status   content-type       body
 *     {statusCode, headers, cookies, body, …}   as said  as said, or text   as said
 *     "Hello"                                   200      application/json   Hello
 *     {hello: "world"}                          200      application/json   {"hello":"world"}
 *
 * @throws MalformedResponseError
 */
export function responseOf(answer: unknown): ApiResponse {
  if (!isObject(answer) || !('statusCode' in answer)) {
    const text = typeof answer === 'string' ? answer : JSON.stringify(answer ?? null);
    return { status: 200, headers: { 'content-type': 'application/json' }, cookies: [], body: Buffer.from(text) };
  }
  const { statusCode: status, body = '', cookies = [], isBase64Encoded = false } = answer;
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599) {
    throw new MalformedResponseError(`statusCode is ${JSON.stringify(status)}, not a whole number from 200 to 599`);
  }
  if (typeof body !== 'string') throw new MalformedResponseError(`body is ${typeof body}, not a string`);
  if (!Array.isArray(cookies)) throw new MalformedResponseError('cookies is not a list');
  const headers = headersOf(answer.headers);
  return {
    status,
    // What API Gateway says of a body that the function says nothing of (captured).
    headers: body === '' ? headers : { 'content-type': 'text/plain;charset=UTF-8', ...headers },
    cookies: cookies.map(String),
    body: Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}

/** Said by whoever carries the response. */
const CARRIERS = ['content-length', 'connection', 'transfer-encoding', 'date'];

function headersOf(given: unknown): Readonly<Record<string, string>> {
  if (given === undefined || given === null) return {};
  if (!isObject(given)) throw new MalformedResponseError('headers is not an object');
  const entries = Object.entries(given).map(([name, value]) => {
    if (!['string', 'number', 'boolean'].includes(typeof value))
      throw new MalformedResponseError(`the header ${name} is not a string, a number or a boolean`);
    return [name.toLowerCase(), String(value)] as const;
  });
  return Object.fromEntries(entries.filter(([name]) => !CARRIERS.includes(name)));
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
